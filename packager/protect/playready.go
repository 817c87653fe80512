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

// playReadyHeader is version 4.0 as Azure Media Services wrote it, 4.2 where
// there are several keys, and 4.3 for CBCS, which older versions do not know.
func (p *Protection) playReadyHeader(k Key, others []Key) string {
	version := "4.0.0.0"
	switch {
	case p.Scheme == CBCS:
		version = "4.3.0.0"
	case len(others) > 0:
		version = "4.2.0.0"
	}
	var b strings.Builder
	b.WriteString(`<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="` + version + `"><DATA>`)
	if version == "4.0.0.0" {
		b.WriteString(`<PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>` + k.base64() + `</KID><CHECKSUM>` + k.checksum() + `</CHECKSUM>`)
	} else {
		b.WriteString(`<PROTECTINFO><KIDS>`)
		for _, k := range append([]Key{k}, others...) {
			if p.Scheme == CBCS { // no checksum is defined for it
				b.WriteString(`<KID ALGID="AESCBC" VALUE="` + k.base64() + `"></KID>`)
			} else {
				b.WriteString(`<KID ALGID="AESCTR" CHECKSUM="` + k.checksum() + `" VALUE="` + k.base64() + `"></KID>`)
			}
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
