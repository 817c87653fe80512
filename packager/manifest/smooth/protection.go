package smooth

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"manifold/packager/manifest/text"
	"manifold/packager/protect"
)

// protection writes how the presentation is protected ([MS-SSTR] §2.2.2.2): a
// PlayReady object, or for the envelope the elements that MPDs have.
func protection(x *text.XML, s *protect.Protection) {
	switch {
	case s == nil:
	case s.Scheme == protect.Envelope:
		envelope(x, s)
	default:
		x.Begin("Protection")
		x.Begin("ProtectionHeader")
		x.Attr("SystemID", "9A04F079-9840-4286-AB92-E65BE0885F95")
		x.Content(base64.StdEncoding.EncodeToString(s.PlayReadyObject()))
		x.End()
	}
}

func envelope(x *text.XML, s *protect.Protection) {
	k := s.Keys[0].Key // clients know one
	iv := k.IV(protect.Envelope)
	x.Begin("Protection")
	x.Begin("ProtectionHeader")
	x.Attr("SystemID", "B47B251A-2409-4B42-958E-08DBAE7B4EE9")
	x.Begin("ContentProtection")
	x.Attr("xmlns:sea", "urn:mpeg:dash:schema:sea:2012")
	x.Attr("schemeIdUri", "urn:mpeg:dash:sea:2012")
	x.Begin("sea:SegmentEncryption")
	x.Attr("schemeIdUri", "urn:mpeg:dash:sea:aes128-cbc:2013")
	x.End()
	x.Begin("sea:KeySystem")
	x.Attr("keySystemUri", "urn:mpeg:dash:sea:keysys:http:2013")
	x.End()
	x.Begin("sea:CryptoPeriod")
	x.Attr("IV", "0x"+strings.ToUpper(hex.EncodeToString(iv[:])))
	x.Attr("keyUriTemplate", s.KeyURL(s.Base, k))
	x.End()
	x.End()
	x.End()
	x.End()
}
