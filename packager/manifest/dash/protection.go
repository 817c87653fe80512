package dash

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"manifold/packager/manifest/text"
	"manifold/packager/media"
	"manifold/packager/protect"
)

// namespaces declares those of ContentProtection.
func namespaces(x *text.XML, s *protect.Protection) {
	switch {
	case s == nil:
	case s.Scheme == protect.Envelope:
		x.Attr("xmlns:sea", "urn:mpeg:dash:schema:sea:2012")
	default:
		x.Attr("xmlns:cenc", "urn:mpeg:cenc:2013")
		x.Attr("xmlns:mspr", "urn:microsoft:playready")
		x.Attr("xmlns:ms", "urn:microsoft")
		x.Attr("xmlns:dashif", "https://dashif.org/CPS")
	}
}

// contentProtection writes how the tracks of an AdaptationSet are protected.
func contentProtection(x *text.XML, s *protect.Protection, g *media.Group) {
	if s.Covers(g.Tracks[0]) {
		descriptors(x, s, s.Key(g.Tracks[0]))
	}
}

// set is an AdaptationSet: the tracks of a stream that share a key, or have none.
type set struct {
	*media.Group
	stream *media.Group
	id     int
	others []int // ids of the sets that have the other tracks of the stream
}

// sets returns the AdaptationSets of a presentation. DASH-IF wants the protection
// with the AdaptationSet and for all that is in it (IOP 4.3 §7.5.2): tracks with
// keys of their own are in sets of their own, between which players may switch.
func sets(p *media.Presentation, s *protect.Protection) []set {
	var out []set
	for _, g := range p.Groups {
		first := len(out)
		for _, t := range g.Tracks {
			i := first
			for i < len(out) && !together(s, t, out[i].Tracks[0]) {
				i++
			}
			if i == len(out) {
				part := *g
				part.Tracks = nil
				out = append(out, set{Group: &part, stream: g, id: i + 1})
			}
			out[i].Tracks = append(out[i].Tracks, t)
		}
		for i := first; i < len(out); i++ {
			for k := first; k < len(out); k++ {
				if k != i {
					out[i].others = append(out[i].others, out[k].id)
				}
			}
		}
	}
	return out
}

// together says whether two tracks of a stream have one key, or none.
func together(s *protect.Protection, a, b *media.Track) bool {
	return s.Covers(a) == s.Covers(b) && (!s.Covers(a) || s.Key(a).ID == s.Key(b).ID)
}

// descriptors writes the ContentProtection elements of a key: the encryption of
// whole segments (ISO/IEC 23009-4), or that of samples with each protection
// system (ISO/IEC 23001-7 §11.2, DASH-IF IOP part 6).
func descriptors(x *text.XML, s *protect.Protection, k protect.Key) {
	if s.Scheme == protect.Envelope {
		envelope(x, s, k)
		return
	}
	x.Begin("ContentProtection")
	x.Attr("schemeIdUri", "urn:mpeg:dash:mp4protection:2011")
	x.Attr("value", s.Scheme.FourCC())
	x.Attr("cenc:default_KID", k.ID.String())
	x.End()
	for _, h := range s.Headers(k) {
		system(x, s, k, h)
	}
}

func envelope(x *text.XML, s *protect.Protection, k protect.Key) {
	x.Begin("ContentProtection")
	x.Attr("schemeIdUri", "urn:mpeg:dash:sea:2012")
	x.Begin("sea:SegmentEncryption")
	x.Attr("schemeIdUri", "urn:mpeg:dash:sea:aes128-cbc:2013")
	x.End()
	x.Begin("sea:KeySystem")
	x.Attr("keySystemUri", "urn:mpeg:dash:sea:keysys:http:2013")
	x.End()
	iv := k.IV(protect.Envelope)
	x.Begin("sea:CryptoPeriod")
	x.Attr("keyUriTemplate", s.KeyURL(s.Base, k))
	x.Attr("IV", "0x"+strings.ToUpper(hex.EncodeToString(iv[:])))
	x.End()
	x.End()
}

func system(x *text.XML, s *protect.Protection, k protect.Key, h protect.Header) {
	x.Begin("ContentProtection")
	if h.IsCommon() {
		// ClearKey has its own identifier here, and no pssh: players make the
		// initialization data of it from default_KID (DASH-IF IOP part 6).
		x.Attr("schemeIdUri", "urn:uuid:"+protect.ClearKeyID())
		x.Attr("value", "ClearKey1.0")
		licence(x, s.ClearKeyURL(k))
		x.End()
		return
	}
	x.Attr("schemeIdUri", "urn:uuid:"+h.System.String())
	if h.IsPlayReady() {
		x.Attr("value", "MSPR 2.0")
	}
	x.Text("cenc:pssh", base64.StdEncoding.EncodeToString(h.PSSH))
	if h.IsPlayReady() {
		x.Text("mspr:pro", base64.StdEncoding.EncodeToString(h.Data))
	}
	if h.URL != "" {
		licence(x, h.URL)
	}
	x.End()
}

// licence writes where licences are, in the element of DASH-IF and in the one
// of Azure Media Services.
func licence(x *text.XML, url string) {
	x.Text("dashif:Laurl", url)
	x.Begin("ms:laurl")
	x.Attr("licenseUrl", url)
	x.End()
}
