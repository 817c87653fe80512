package cpix

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strings"

	"manifold/packager/protect"
)

// Write writes a document; its keys are for the owner of a certificate, or in the
// clear where that is nil.
func (d *Document) Write(to *x509.Certificate) ([]byte, error) {
	w := &writer{}
	w.WriteString(xml.Header)
	w.line(`<CPIX xmlns="urn:dashif:org:cpix" xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" version="2.3">`)
	var s *secrets
	if to != nil {
		public, ok := to.PublicKey.(*rsa.PublicKey)
		if !ok {
			return nil, wrong("", "the certificate has no RSA key", "CPIX documents are for recipients with RSA keys.")
		}
		s = newSecrets()
		if err := w.delivery(to.Raw, public, s); err != nil {
			return nil, err
		}
	}
	if err := w.keys(d.Keys, s); err != nil {
		return nil, err
	}
	w.systems(d.Systems)
	w.rules(d.Keys)
	w.line("</CPIX>")
	return []byte(w.String()), nil
}

type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(w, format, args...)
	w.WriteByte('\n')
}

func encoded(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

func escaped(s string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}

// delivery writes for whom the keys are.
func (w *writer) delivery(certificate []byte, public *rsa.PublicKey, s *secrets) error {
	key, err := wrap(public, s.key)
	if err != nil {
		return err
	}
	mac, err := wrap(public, s.mac)
	if err != nil {
		return err
	}
	const method = `<xenc:EncryptionMethod Algorithm="` + rsaOAEP + `"/><xenc:CipherData><xenc:CipherValue>%s</xenc:CipherValue></xenc:CipherData>`
	w.line("  <DeliveryDataList>")
	w.line("    <DeliveryData>")
	w.line("      <DeliveryKey><ds:X509Data><ds:X509Certificate>%s</ds:X509Certificate></ds:X509Data></DeliveryKey>", encoded(certificate))
	w.line(`      <DocumentKey Algorithm="`+aes256CBC+`"><Data><pskc:Secret><pskc:EncryptedValue>`+method+`</pskc:EncryptedValue></pskc:Secret></Data></DocumentKey>`, encoded(key))
	w.line(`      <MACMethod Algorithm="`+hmacSHA512+`"><Key>`+method+`</Key></MACMethod>`, encoded(mac))
	w.line("    </DeliveryData>")
	w.line("  </DeliveryDataList>")
	return nil
}

func (w *writer) keys(keys []Key, s *secrets) error {
	w.line("  <ContentKeyList>")
	for _, k := range distinct(keys) {
		scheme := ""
		if k.Scheme != "" {
			scheme = ` commonEncryptionScheme="` + k.Scheme + `"`
		}
		value := "<pskc:PlainValue>" + encoded(k.Value[:]) + "</pskc:PlainValue>"
		if s != nil {
			sealed, mac, err := s.seal(k.Value[:])
			if err != nil {
				return err
			}
			value = `<pskc:EncryptedValue><xenc:EncryptionMethod Algorithm="` + aes256CBC + `"/><xenc:CipherData><xenc:CipherValue>` + encoded(sealed) +
				"</xenc:CipherValue></xenc:CipherData></pskc:EncryptedValue><pskc:ValueMAC>" + encoded(mac) + "</pskc:ValueMAC>"
		}
		w.line(`    <ContentKey kid="%s"%s><Data><pskc:Secret>%s</pskc:Secret></Data></ContentKey>`, k.ID, scheme, value)
	}
	w.line("  </ContentKeyList>")
	return nil
}

// distinct drops the second and further labels of a key.
func distinct(keys []Key) []Key {
	var out []Key
	seen := make(map[string]bool)
	for _, k := range keys {
		if id := k.ID.String() + k.Scheme; !seen[id] {
			seen[id] = true
			out = append(out, k)
		}
	}
	return out
}

func (w *writer) systems(systems []System) {
	if len(systems) == 0 {
		return
	}
	w.line("  <DRMSystemList>")
	for _, y := range systems {
		smooth := ""
		if y.Smooth != "" {
			smooth = "<SmoothStreamingProtectionHeaderData>" + escaped(y.Smooth) + "</SmoothStreamingProtectionHeaderData>"
		}
		w.line(`    <DRMSystem kid="%s" systemId="%s"><PSSH>%s</PSSH>%s</DRMSystem>`, y.KID, y.ID, encoded(y.PSSH), smooth)
	}
	w.line("  </DRMSystemList>")
}

// filters are the elements and intended track types of labels.
var filters = map[string][2]string{
	"video": {"VIDEO", "<VideoFilter/>"},
	"audio": {"AUDIO", "<AudioFilter/>"},
	"SD":    {"SD", fmt.Sprintf(`<VideoFilter maxPixels="%d"/>`, protect.PixelsSD)},
	"HD":    {"HD", fmt.Sprintf(`<VideoFilter minPixels="%d" maxPixels="%d"/>`, protect.PixelsSD+1, protect.PixelsHD)},
	"UHD":   {"UHD", fmt.Sprintf(`<VideoFilter minPixels="%d"/>`, protect.PixelsHD+1)},
}

func (w *writer) rules(keys []Key) {
	open := false
	for _, k := range keys {
		if k.Label == "" {
			continue
		}
		f, ok := filters[k.Label]
		if !ok {
			f = [2]string{escaped(k.Label), `<LabelFilter label="` + escaped(k.Label) + `"/>`}
		}
		if !open {
			w.line("  <ContentKeyUsageRuleList>")
			open = true
		}
		w.line(`    <ContentKeyUsageRule kid="%s" intendedTrackType="%s">%s</ContentKeyUsageRule>`, k.ID, f[0], f[1])
	}
	if open {
		w.line("  </ContentKeyUsageRuleList>")
	}
}
