package protect

import (
	"crypto/aes"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"strings"
	"unicode/utf16"
)

// playReadyObject is the PlayReady object of a key: one record with a rights
// management header (PlayReady Header Specification §2). A header of several
// keys lists the others behind it.
func (p *Protection) playReadyObject(k Key, others ...Key) []byte {
	text := utf16.Encode([]rune(p.playReadyHeader(k, others)))
	size := 2 * len(text)
	b := make([]byte, 0, 10+size)
	b = binary.LittleEndian.AppendUint32(b, uint32(10+size))
	b = binary.LittleEndian.AppendUint16(b, 1) // records
	b = binary.LittleEndian.AppendUint16(b, 1) // rights management header
	b = binary.LittleEndian.AppendUint16(b, uint16(size))
	for _, c := range text {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return b
}

// PlayReadyObject returns the object of all keys: what clients of Smooth
// Streaming get.
func (p *Protection) PlayReadyObject() []byte {
	var others []Key
	for _, k := range p.Keys[1:] {
		others = append(others, k.Key)
	}
	return p.playReadyObject(p.Keys[0].Key, others...)
}

// HeaderVersions are those of PlayReady headers, from the one that every client
// reads to the one that the fewest read.
func HeaderVersions() []string { return []string{"4.0", "4.1", "4.2", "4.3"} }

// headerVersion is the lowest that can say what there is to say of some keys, or
// the one that the policy wants where that is higher: 4.0 as Azure Media Services
// wrote it, 4.2 for several keys, 4.3 for CBCS.
func (p *Protection) headerVersion(keys int) string {
	version := "4.0"
	switch {
	case p.Scheme == CBCS:
		version = "4.3"
	case keys > 1:
		version = "4.2"
	}
	if s := p.Systems.PlayReady; s != nil {
		version = max(version, s.Version)
	}
	return version
}

// playReadyHeader is the header of some keys (PlayReady Header Specification §3:
// attributes in the order of the alphabet, every element with an end tag).
func (p *Protection) playReadyHeader(k Key, others []Key) string {
	version := p.headerVersion(1 + len(others))
	var b strings.Builder
	b.WriteString(`<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="` + version + `.0.0"><DATA>`)
	switch version {
	case "4.0":
		b.WriteString(`<PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>` + k.base64() + `</KID><CHECKSUM>` + k.checksum() + `</CHECKSUM>`)
	case "4.1":
		b.WriteString(`<PROTECTINFO>` + p.playReadyKID(k) + `</PROTECTINFO>`)
	default:
		b.WriteString(`<PROTECTINFO><KIDS>` + p.playReadyKID(k))
		for _, k := range others {
			b.WriteString(p.playReadyKID(k))
		}
		b.WriteString(`</KIDS></PROTECTINFO>`)
	}
	if s := p.Systems.PlayReady; s != nil {
		if u := s.URL(k); u != "" {
			b.WriteString(`<LA_URL>`)
			xml.EscapeText(&b, []byte(u))
			b.WriteString(`</LA_URL>`)
		}
		if s.Custom != "" {
			b.WriteString(`<CUSTOMATTRIBUTES>` + s.Custom + `</CUSTOMATTRIBUTES>`)
		}
	}
	b.WriteString(`</DATA></WRMHEADER>`)
	return b.String()
}

// playReadyKID is the element of a key from version 4.1 on. For CBC no checksum
// is defined.
func (p *Protection) playReadyKID(k Key) string {
	if p.Scheme == CBCS {
		return `<KID ALGID="AESCBC" VALUE="` + k.base64() + `"></KID>`
	}
	return `<KID ALGID="AESCTR" CHECKSUM="` + k.checksum() + `" VALUE="` + k.base64() + `"></KID>`
}

// base64 is the key ID as the header has it.
func (k Key) base64() string {
	g := k.ID.guid()
	return base64.StdEncoding.EncodeToString(g[:])
}

// checksum is the first eight bytes of the key ID encrypted with the key.
func (k Key) checksum() string {
	c, err := aes.NewCipher(k.Value[:])
	if err != nil {
		return "" // 16 bytes are a key
	}
	g := k.ID.guid()
	c.Encrypt(g[:], g[:])
	return base64.StdEncoding.EncodeToString(g[:8])
}
