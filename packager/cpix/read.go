package cpix

import (
	"bytes"
	"cmp"
	"crypto/rsa"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"manifold/packager/protect"
)

// The elements that are read, by their local names.
type (
	document struct {
		XMLName    xml.Name   `xml:"CPIX"`
		Deliveries []delivery `xml:"DeliveryDataList>DeliveryData"`
		Keys       []key      `xml:"ContentKeyList>ContentKey"`
		Systems    []system   `xml:"DRMSystemList>DRMSystem"`
		Rules      []rule     `xml:"ContentKeyUsageRuleList>ContentKeyUsageRule"`
	}
	delivery struct {
		Document struct {
			Algorithm string    `xml:"Algorithm,attr"`
			Value     encrypted `xml:"Data>Secret>EncryptedValue"`
		} `xml:"DocumentKey"`
		MAC struct {
			Algorithm string    `xml:"Algorithm,attr"`
			Value     encrypted `xml:"Key"`
		} `xml:"MACMethod"`
	}
	encrypted struct {
		Method struct {
			Algorithm string `xml:"Algorithm,attr"`
		} `xml:"EncryptionMethod"`
		Cipher string `xml:"CipherData>CipherValue"`
	}
	key struct {
		KID    string `xml:"kid,attr"`
		Scheme string `xml:"commonEncryptionScheme,attr"`
		IV     string `xml:"explicitIV,attr"`
		Secret struct {
			Plain     string     `xml:"PlainValue"`
			Encrypted *encrypted `xml:"EncryptedValue"`
			MAC       string     `xml:"ValueMAC"`
		} `xml:"Data>Secret"`
	}
	system struct {
		KID    string `xml:"kid,attr"`
		ID     string `xml:"systemId,attr"`
		PSSH   string `xml:"PSSH"`
		Smooth string `xml:"SmoothStreamingProtectionHeaderData"`
	}
	rule struct {
		KID    string `xml:"kid,attr"`
		Type   string `xml:"intendedTrackType,attr"`
		Labels []struct {
			Label string `xml:"label,attr"`
		} `xml:"LabelFilter"`
		Video []struct {
			Min   *int       `xml:"minPixels,attr"`
			Max   *int       `xml:"maxPixels,attr"`
			Other []xml.Attr `xml:",any,attr"`
		} `xml:"VideoFilter"`
		Audio []struct {
			Other []xml.Attr `xml:",any,attr"`
		} `xml:"AudioFilter"`
		Other []struct{} `xml:",any"`
	}
)

// Read reads a document. private opens keys that are encrypted; it may be nil
// where none is. A document with a signature that cannot be verified is refused.
func Read(b []byte, private *rsa.PrivateKey) (*Document, error) {
	if len(b) > MaxSize {
		return nil, wrong("", fmt.Sprintf("the document has %d bytes, more than %d", len(b), MaxSize), "")
	}
	var d document
	x := xml.NewDecoder(bytes.NewReader(b))
	if err := x.Decode(&d); err != nil {
		line, _ := x.InputPos()
		if errors.Is(err, io.EOF) {
			err = errors.New("it is empty")
		}
		return nil, wrong(fmt.Sprintf("line %d", line), "this is no CPIX document: "+strings.TrimPrefix(err.Error(), "xml: "), "Give the XML that a key server or another packager exports.")
	}
	switch {
	case len(d.Keys) == 0:
		return nil, wrong("ContentKeyList", "the document has no content keys", "Ask for a document with keys.")
	case len(d.Keys) > maxKeys:
		return nil, wrong("ContentKeyList", fmt.Sprintf("the document has %d content keys, more than %d", len(d.Keys), maxKeys), "")
	}
	signatures, err := verify(b)
	if err != nil {
		return nil, err
	}
	s, err := d.secrets(private)
	if err != nil {
		return nil, err
	}
	out := &Document{Signatures: signatures}
	for _, k := range d.Keys {
		read, err := k.read(s, len(d.Deliveries) > 0)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out.Keys, func(o Key) bool { return o.ID == read.ID && o.Scheme == read.Scheme }) {
			return nil, wrong("ContentKey kid="+k.KID, "the document has this key twice", "")
		}
		labels, err := d.labels(read.ID)
		if err != nil {
			return nil, err
		}
		for _, l := range labels {
			read.Label = l
			out.Keys = append(out.Keys, read)
		}
	}
	for _, y := range d.Systems {
		id, err := protect.ParseKID(y.ID)
		kid, err2 := protect.ParseKID(y.KID)
		if err = errors.Join(err, err2); err != nil {
			return nil, wrong("DRMSystem", "its systemId or kid is no UUID", "")
		}
		pssh, err := decoded(y.PSSH)
		if err != nil {
			return nil, wrong("DRMSystem systemId="+y.ID, "its PSSH is not base64", "")
		}
		out.Systems = append(out.Systems, System{KID: kid, ID: id, PSSH: pssh, Smooth: strings.TrimSpace(y.Smooth)})
	}
	return out, nil
}

// secrets opens what the keys are sealed with, by the delivery data that the
// private key is for; nil when nothing is sealed, or nobody can open it.
func (d *document) secrets(private *rsa.PrivateKey) (*secrets, error) {
	if private == nil || len(d.Deliveries) == 0 {
		return nil, nil
	}
	failed := wrong("DeliveryDataList", "the document is not for this private key", "Ask for one for its certificate.")
	for _, y := range d.Deliveries {
		if err := y.supported(); err != nil {
			failed = err
			continue
		}
		s := &secrets{}
		var err error
		if s.key, err = unwrapped(private, y.Document.Value); err != nil {
			continue // for somebody else
		}
		if s.mac, err = unwrapped(private, y.MAC.Value); err != nil {
			continue
		}
		if len(s.key) != 32 {
			return nil, wrong("DocumentKey", fmt.Sprintf("the document key has %d bytes, not 32", len(s.key)), "")
		}
		return s, nil
	}
	return nil, failed
}

// supported says whether the algorithms are those that the specification has. A
// MAC has to be there: values that nobody vouches for are not decrypted.
func (y *delivery) supported() error {
	for _, x := range []struct{ where, is, want string }{
		{"DocumentKey", cmp.Or(y.Document.Algorithm, aes256CBC), aes256CBC}, // may be missing
		{"DocumentKey/EncryptionMethod", y.Document.Value.Method.Algorithm, rsaOAEP},
		{"MACMethod", y.MAC.Algorithm, hmacSHA512},
		{"MACMethod/EncryptionMethod", y.MAC.Value.Method.Algorithm, rsaOAEP},
	} {
		if x.is != x.want {
			return wrong(x.where, fmt.Sprintf("the algorithm %q is not supported", x.is), "It has to be "+x.want+".")
		}
	}
	return nil
}

func unwrapped(private *rsa.PrivateKey, v encrypted) ([]byte, error) {
	b, err := decoded(v.Cipher)
	if err != nil {
		return nil, err
	}
	return unwrap(private, b)
}

// read opens one key.
func (k *key) read(s *secrets, delivered bool) (Key, error) {
	where := "ContentKey kid=" + k.KID
	id, err := protect.ParseKID(k.KID)
	if err != nil {
		return Key{}, wrong(where, "its kid is no UUID", "")
	}
	out := Key{Key: protect.Key{ID: id}, Scheme: k.Scheme, OtherIV: k.IV != ""}
	var value []byte
	switch e := k.Secret.Encrypted; {
	case e != nil && s == nil && delivered:
		return Key{}, wrong(where, "the key is encrypted", "Give the private key of its recipient.")
	case e != nil && s == nil:
		return Key{}, wrong(where, "the key is encrypted, and the document does not say for whom", "Ask for one with DeliveryData.")
	case e != nil:
		if e.Method.Algorithm != aes256CBC {
			return Key{}, wrong(where, fmt.Sprintf("the algorithm %q is not supported", e.Method.Algorithm), "It has to be "+aes256CBC+".")
		}
		sealed, err := decoded(e.Cipher)
		var mac []byte
		if err == nil {
			mac, err = decoded(k.Secret.MAC)
		}
		if err == nil {
			value, err = s.open(sealed, mac)
		}
		if err != nil {
			return Key{}, wrong(where, "the key cannot be decrypted: "+err.Error(), "Ask for the document again.")
		}
	case k.Secret.Plain != "":
		if value, err = decoded(k.Secret.Plain); err != nil {
			return Key{}, wrong(where, "its value is not base64", "")
		}
	default:
		return Key{}, wrong(where, "the key has no value", "Ask for a document with the values of keys.")
	}
	if len(value) != len(out.Value) {
		return Key{}, wrong(where, fmt.Sprintf("the key has %d bytes, not %d", len(value), len(out.Value)), "Keys of AES-128 have 16 bytes.")
	}
	out.Value = [16]byte(value)
	return out, nil
}

// labels returns what the rules say that a key is for, "" alone without rules.
func (d *document) labels(id protect.KID) ([]string, error) {
	var out []string
	for _, r := range d.Rules {
		kid, err := protect.ParseKID(r.KID)
		if err != nil {
			return nil, wrong("ContentKeyUsageRule kid="+r.KID, "its kid is no UUID", "")
		}
		if kid != id {
			continue
		}
		labels := r.labels()
		if len(labels) == 0 {
			return nil, wrong("ContentKeyUsageRule kid="+r.KID, "the rule chooses tracks in a way that is not supported", "It can choose by a label, AUDIO, VIDEO, SD, HD, UHD, or pixels up to 1024×576 and 1920×1080.")
		}
		for _, l := range labels {
			if !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	if len(out) == 0 {
		out = []string{""}
	}
	return out, nil
}

// labels returns what a rule chooses, by its filters, else by its intended track
// type; none when it has a filter that is not understood, since the key must not
// be used then (§ ContentKeyUsageRule).
func (r *rule) labels() []string {
	switch {
	case len(r.Other) > 0: // by bitrate, key period, or unknown
		return nil
	case len(r.Labels) > 0 && len(r.Video)+len(r.Audio) == 0:
		var out []string
		for _, l := range r.Labels { // either of them
			out = append(out, l.Label)
		}
		return out
	case len(r.Labels) > 0: // both of them
		return nil
	case len(r.Video) == 0 && len(r.Audio) == 1 && none(r.Audio[0].Other):
		return []string{"audio"}
	case len(r.Audio) == 0 && len(r.Video) == 1 && none(r.Video[0].Other):
		return ofPixels(r.Video[0].Min, r.Video[0].Max)
	case len(r.Video)+len(r.Audio) > 0:
		return nil
	}
	t := strings.ToUpper(r.Type)
	switch {
	case t == "":
		return []string{""}
	case strings.Contains(t, "AUDIO"):
		return []string{"audio"}
	case t == "VIDEO":
		return []string{"video"}
	case strings.HasPrefix(t, "UHD"):
		return []string{"UHD"}
	case t == "HD", t == "SD":
		return []string{t}
	}
	return nil
}

// none says whether a filter has no attributes but names of namespaces.
func none(other []xml.Attr) bool {
	return !slices.ContainsFunc(other, func(a xml.Attr) bool { return a.Name.Space != "xmlns" && a.Name.Local != "xmlns" })
}

// ofPixels returns the label of pictures from low to high pixels; none when it is
// no class of resolution.
func ofPixels(low, high *int) []string {
	switch {
	case low == nil && high == nil:
		return []string{"video"}
	case high != nil && *high <= protect.PixelsSD:
		return []string{"SD"}
	case high != nil && *high <= protect.PixelsHD && low != nil && *low > protect.PixelsSD:
		return []string{"HD"}
	case high == nil && low != nil && *low > protect.PixelsHD:
		return []string{"UHD"}
	}
	return nil
}

// decoded reads base64 with white space in it.
func decoded(s string) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
}
