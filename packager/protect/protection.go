package protect

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"manifold/packager/codec"
	"manifold/packager/fault"
	"manifold/packager/media"
)

// Protection is how one presentation is encrypted. A nil Protection leaves it
// as it is.
type Protection struct {
	Scheme Scheme
	// Keys are the keys in use; each track has the one of its Label.
	Keys []Labelled
	// Split says what has keys of its own.
	Split   Split
	Systems Systems
	// Base is the address of the server in absolute URLs, without a slash at
	// the end.
	Base string
	// Fingerprint changes with the bytes of any source file and is the same
	// wherever they lie. Segments of schemes that count need it.
	Fingerprint string
	// Growths remembers by how many bytes pictures grow in MPEG-2 TS, Maps which
	// bytes of samples are protected; nil learns it anew each time.
	Growths Memory[[]int32]
	Maps    Memory[*Map]
}

// Labelled is a key with the label of what it encrypts.
type Labelled struct {
	Label string
	Key
}

// Key returns the key of a track that is covered.
func (p *Protection) Key(t *media.Track) Key {
	label := p.Split.Label(t)
	for _, k := range p.Keys {
		if k.Label == label {
			return k.Key
		}
	}
	return p.Keys[0].Key
}

// Covers says whether a track is encrypted.
func (p *Protection) Covers(t *media.Track) bool {
	return p != nil && p.Scheme.covers(t) && p.Split.Label(t) != Clear
}

// Applies says whether the samples of a track are encrypted one by one.
func (p *Protection) Applies(t *media.Track) bool { return p.Covers(t) && p.Scheme != Envelope }

// Enveloped returns the key of whole segments of a track, if they have one.
func (p *Protection) Enveloped(t *media.Track) (Key, bool) {
	if !p.Covers(t) || p.Scheme != Envelope {
		return Key{}, false
	}
	return p.Key(t), true
}

// Systems are the protection systems that manifests and init segments tell
// players about; nil for those that are not told.
type Systems struct {
	PlayReady, Widevine, FairPlay, ClearKey *System
	// Envelope is the key server of envelopes; nil for this server.
	Envelope *System
}

// System is what players are told of a protection system.
type System struct {
	// License is the URL of the licence server, with the placeholders
	// {ContentKeyId} and {AlternativeMediaId}; "" leaves it to the player.
	License string
	// Custom is XML for the CUSTOMATTRIBUTES of a PlayReady header.
	Custom string
	// Version is the lowest one of HeaderVersions that PlayReady headers have; ""
	// is the first.
	Version string
	// MediaID replaces {AlternativeMediaId}.
	MediaID string
}

// For returns the systems with what replaces {AlternativeMediaId}.
func (s Systems) For(mediaID string) Systems {
	if mediaID == "" {
		return s
	}
	for _, x := range []**System{&s.PlayReady, &s.Widevine, &s.FairPlay, &s.ClearKey, &s.Envelope} {
		if *x != nil {
			named := **x
			named.MediaID = mediaID
			*x = &named
		}
	}
	return s
}

// Here says whether this server gives the keys of ClearKey.
func (s *System) Here() bool { return s != nil && s.License == "" }

// URL returns the licence URL for a key.
func (s *System) URL(k Key) string {
	return strings.NewReplacer("{ContentKeyId}", k.ID.String(), "{AlternativeMediaId}", s.MediaID).Replace(s.License)
}

// keydelivery is where the server delivers keys.
const keydelivery = "/keydelivery/"

// KeyURL returns the URL that delivers the bytes of a key. root is what leads to
// the root of this server.
func (p *Protection) KeyURL(root string, k Key) string {
	if e := p.Systems.Envelope; e != nil && p.Scheme == Envelope {
		return e.URL(k)
	}
	return root + keydelivery + "?kid=" + k.ID.String()
}

// ClearKeyURL returns the absolute URL that answers W3C ClearKey licence
// requests (Encrypted Media Extensions §9.1.4).
func (p *Protection) ClearKeyURL(k Key) string {
	if c := p.Systems.ClearKey; c != nil && c.License != "" {
		return c.URL(k)
	}
	return p.Base + keydelivery + "ClearKey/?kid=" + k.ID.String()
}

// Supports returns nil when the samples of a codec can be encrypted one by one in
// fragmented MP4, else why not.
func Supports(c *media.Codec, s Scheme) error {
	switch {
	case s == Envelope || c.SamplingRate > 0 || codec.NALOf(c) != nil:
		return nil
	case c.Family == "vp9" && s == CBCS:
		return fault.New(fault.EncryptionNotSupported, c.FourCC, c.Words+" is not encrypted with "+s.Words()+": its MP4 binding knows CENC alone", "Ask for CENC (encryption=cenc), for AES-128 (encryption=cbc), or for no encryption.")
	case codec.NewParts(c) != nil:
		return nil
	}
	return fault.New(fault.EncryptionNotSupported, c.FourCC, c.Words+" is not encrypted with "+s.Words(), "Ask for AES-128 (encryption=cbc), or for no encryption.")
}

// Revision changes with everything that manifests and segments take from the
// protection.
func (p *Protection) Revision() string {
	if p == nil {
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s %q %s %s\n", p.Scheme, p.Split.Per, p.Base, p.Fingerprint)
	for _, r := range p.Split.Rules {
		fmt.Fprintf(h, "%q %q\n", r.Label, r.Says)
	}
	for _, k := range p.Keys {
		fmt.Fprintf(h, "%q %x %x\n", k.Label, k.ID, k.Value)
	}
	for _, s := range []*System{p.Systems.PlayReady, p.Systems.Widevine, p.Systems.FairPlay, p.Systems.ClearKey, p.Systems.Envelope} {
		if s != nil {
			fmt.Fprintf(h, "%q", *s)
		}
		fmt.Fprintln(h)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
