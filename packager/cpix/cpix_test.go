package cpix

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"math/big"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"manifold/packager/protect"
)

// recipient makes a key pair with a certificate, once: that takes a while.
var recipient = sync.OnceValues(func() (*rsa.PrivateKey, *x509.Certificate) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "packager"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &private.PublicKey, private)
	if err != nil {
		panic(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return private, c
})

func kid(n byte) protect.KID { return protect.KID{15: n} }

func TestRoundTrip(t *testing.T) {
	private, certificate := recipient()
	d := &Document{
		Keys: []Key{
			{Key: protect.Key{ID: kid(1), Value: [16]byte{1}}, Scheme: "cenc", Label: "SD"},
			{Key: protect.Key{ID: kid(1), Value: [16]byte{1}}, Scheme: "cenc", Label: "audio"},
			{Key: protect.Key{ID: kid(2), Value: [16]byte{2}}, Scheme: "cenc", Label: "HD"},
			{Key: protect.Key{ID: kid(3), Value: [16]byte{3}}, Scheme: "cenc", Label: "UHD"},
			{Key: protect.Key{ID: kid(4), Value: [16]byte{4}}, Scheme: "cbcs", Label: "video"},
			{Key: protect.Key{ID: kid(5), Value: [16]byte{5}}},
			{Key: protect.Key{ID: kid(6), Value: [16]byte{6}}, Scheme: "cbcs", Label: "premium"},
			{Key: protect.Key{ID: kid(6), Value: [16]byte{6}}, Scheme: "cbcs", Label: `a"<&`},
		},
		Systems: []System{{KID: kid(1), ID: kid(9), PSSH: []byte("box")}, {KID: kid(1), ID: kid(8), PSSH: []byte("box"), Smooth: "b2JqZWN0"}},
	}
	for name, c := range map[string]struct {
		to      *x509.Certificate
		private *rsa.PrivateKey
	}{"in the clear": {}, "in the clear, with a key": {nil, private}, "for a recipient": {certificate, private}} {
		b, err := d.Write(c.to)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Read(b, c.private)
		if err != nil || !reflect.DeepEqual(got, d) {
			t.Errorf("%s: %v\n%+v\n%s", name, err, got, b)
		}
		if clear := strings.Contains(string(b), base64.StdEncoding.EncodeToString(d.Keys[0].Value[:])); clear != (c.to == nil) {
			t.Errorf("%s: the value of a key can be read: %v", name, clear)
		}
	}
}

// sealed is a document of one key that was put together by hand, for one
// recipient of two, as the specification says it.
func sealed(t *testing.T, public *rsa.PublicKey, change func(name string, b []byte) []byte) []byte {
	t.Helper()
	other, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	b64 := func(name string, b []byte) string {
		if change != nil {
			b = change(name, append([]byte{}, b...))
		}
		return base64.StdEncoding.EncodeToString(b)
	}
	documentKey, macKey, iv := make([]byte, 32), []byte("a secret of any length"), make([]byte, 16)
	documentKey[0], iv[3] = 7, 9
	delivery := func(to *rsa.PublicKey) string {
		enc := func(name string, b []byte) string {
			c, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, to, b, nil)
			if err != nil {
				t.Fatal(err)
			}
			return `<enc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"/><enc:CipherData><enc:CipherValue>` + b64(name, c) + `</enc:CipherValue></enc:CipherData>`
		}
		return `<DeliveryData><DocumentKey Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"><Data><pskc:Secret><pskc:EncryptedValue>` + enc("document key", documentKey) + `</pskc:EncryptedValue></pskc:Secret></Data></DocumentKey>
			<MACMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#hmac-sha512"><Key>` + enc("MAC key", macKey) + `</Key></MACMethod></DeliveryData>`
	}
	value := append([]byte("0123456789abcdef"), append(make([]byte, 15), 16)...)
	block, _ := aes.NewCipher(documentKey)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(value, value)
	value = append(iv, value...)
	h := hmac.New(sha512.New, macKey)
	h.Write(value)
	return fmt.Appendf(nil, `<CPIX xmlns="urn:dashif:org:cpix" xmlns:pskc="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><DeliveryDataList>%s%s</DeliveryDataList>
		<ContentKeyList><ContentKey kid="00000000-0000-0000-0000-000000000001" commonEncryptionScheme="cbcs"><Data><pskc:Secret><pskc:EncryptedValue><enc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/>
		<enc:CipherData><enc:CipherValue>
			%s
		</enc:CipherValue></enc:CipherData></pskc:EncryptedValue><pskc:ValueMAC>%s</pskc:ValueMAC></pskc:Secret></Data></ContentKey></ContentKeyList></CPIX>`,
		delivery(&other.PublicKey), delivery(public), b64("value", value), b64("MAC", h.Sum(nil)))
}

// What is written opens step by step as others do it.
func TestOthersOpenKeys(t *testing.T) {
	private, certificate := recipient()
	want := []byte("fedcba9876543210")
	b, err := (&Document{Keys: []Key{{Key: protect.Key{ID: kid(1), Value: [16]byte(want)}}}}).Write(certificate)
	if err != nil {
		t.Fatal(err)
	}
	var parts [][]byte
	for _, m := range regexp.MustCompile(`<(?:xenc:CipherValue|pskc:ValueMAC)>([^<]+)<`).FindAllSubmatch(b, -1) {
		p, err := base64.StdEncoding.DecodeString(string(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p)
	}
	if len(parts) != 4 {
		t.Fatalf("%d values in\n%s", len(parts), b)
	}
	key, err := rsa.DecryptOAEP(sha1.New(), nil, private, parts[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	macKey, err := rsa.DecryptOAEP(sha1.New(), nil, private, parts[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	h := hmac.New(sha512.New, macKey)
	h.Write(parts[2])
	if !hmac.Equal(h.Sum(nil), parts[3]) {
		t.Error("the ValueMAC is not that of vector and value")
	}
	block, err := aes.NewCipher(key)
	if err != nil || len(key) != 32 || len(parts[2]) != 48 {
		t.Fatalf("a key of %d bytes for %d: %v", len(key), len(parts[2]), err)
	}
	got := make([]byte, 32)
	cipher.NewCBCDecrypter(block, parts[2][:16]).CryptBlocks(got, parts[2][16:])
	if want = append(want, bytes.Repeat([]byte{16}, 16)...); !bytes.Equal(got, want) {
		t.Errorf("the value is % x", got)
	}
}

func TestKeysForARecipient(t *testing.T) {
	private, _ := recipient()
	d, err := Read(sealed(t, &private.PublicKey, nil), private)
	if err != nil || len(d.Keys) != 1 || string(d.Keys[0].Value[:]) != "0123456789abcdef" || d.Keys[0].Scheme != "cbcs" {
		t.Fatalf("%+v, %v", d, err)
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		private *rsa.PrivateKey
		change  string
		want    string
	}{
		{"no private key", nil, "", "the key is encrypted"},
		{"the private key of somebody else", stranger, "", "not for this private key"},
		{"another MAC", private, "MAC", "ValueMAC"},
		{"another value", private, "value", "ValueMAC"},
		{"another document key", private, "document key", "not for this private key"},
	} {
		b := sealed(t, &private.PublicKey, func(name string, b []byte) []byte {
			if name == c.change {
				b[len(b)/2] ^= 1
			}
			return b
		})
		if _, err := Read(b, c.private); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	b := sealed(t, &private.PublicKey, nil)
	unvouched := regexp.MustCompile(`(?s)<MACMethod.*?</MACMethod>|<pskc:ValueMAC>.*?</pskc:ValueMAC>`).ReplaceAll(b, nil)
	if _, err := Read(unvouched, private); err == nil || !strings.Contains(err.Error(), "MACMethod") {
		t.Errorf("without a MAC: %v", err)
	}
	unnamed := bytes.ReplaceAll(b, []byte(`<DocumentKey Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc">`), []byte("<DocumentKey>"))
	foreign := bytes.Replace(unnamed, []byte("xmlenc#rsa-oaep-mgf1p"), []byte("xmlenc#rsa-1_5"), 1) // of the other recipient
	if d, err := Read(foreign, private); err != nil || len(d.Keys) != 1 {
		t.Errorf("algorithms of others count: %v", err)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	const plain = `<Data><Secret><PlainValue>AAECAwQFBgcICQoLDA0ODw==</PlainValue></Secret></Data>`
	keys := func(list string) string { return `<CPIX><ContentKeyList>` + list + `</ContentKeyList></CPIX>` }
	one := keys(`<ContentKey kid="00000000-0000-0000-0000-000000000001">` + plain + `</ContentKey>`)
	rule := func(r string) string {
		return strings.Replace(one, "</CPIX>", `<ContentKeyUsageRuleList><ContentKeyUsageRule kid="00000000-0000-0000-0000-000000000001"`+r+`</ContentKeyUsageRuleList></CPIX>`, 1)
	}
	for text, want := range map[string]string{
		"":                    "it is empty",
		"<CPIX":               "no CPIX document",
		"<MPD/>":              "no CPIX document",
		"<CPIX/>":             "no content keys",
		keys(`<ContentKey/>`): "its kid is no UUID",
		one:                   "",
		keys(`<ContentKey kid="00000000000000000000000000000001"/>`):                                                                        "no value",
		keys(`<ContentKey kid="00000000000000000000000000000001"><Data><Secret><PlainValue>AAEC</PlainValue></Secret></Data></ContentKey>`): "3 bytes, not 16",
		keys(`<ContentKey kid="00000000000000000000000000000001"><Data><Secret><PlainValue>!</PlainValue></Secret></Data></ContentKey>`):    "not base64",
		keys(strings.Repeat(`<ContentKey kid="00000000000000000000000000000001">`+plain+`</ContentKey>`, 2)):                                "twice",
		rule(`><BitrateFilter minBitrate="1"/></ContentKeyUsageRule>`):                                                                      "not supported",
		rule(`><KeyPeriodFilter periodId="p"/></ContentKeyUsageRule>`):                                                                      "not supported",
		rule(`><Colour xmlns="urn:x"/></ContentKeyUsageRule>`):                                                                              "not supported",
		rule(`><VideoFilter hdr="true"/></ContentKeyUsageRule>`):                                                                            "not supported",
		rule(`><VideoFilter minFps="30"/></ContentKeyUsageRule>`):                                                                           "not supported",
		rule(`><AudioFilter minChannels="6"/></ContentKeyUsageRule>`):                                                                       "not supported",
		rule(`><VideoFilter/><AudioFilter/></ContentKeyUsageRule>`):                                                                         "not supported",
		rule(`><LabelFilter label="a"/><VideoFilter/></ContentKeyUsageRule>`):                                                               "not supported",
		rule(`><VideoFilter xmlns="urn:dashif:org:cpix"/></ContentKeyUsageRule>`):                                                           "",
		rule(`><LabelFilter label="a"/><LabelFilter label="b"/></ContentKeyUsageRule>`):                                                     "",
		rule(` intendedTrackType="OTHER"/>`):                                                                                                "not supported",
		rule(`><VideoFilter minPixels="1" maxPixels="2000000"/></ContentKeyUsageRule>`):                                                     "not supported",
		rule(` intendedTrackType="STEREO_AUDIO"/>`):                                                                                         "",
		rule(` intendedTrackType="UHD2"/>`):                                                                                                 "",
	} {
		_, err := Read([]byte(text), nil)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n%v, want %q", text, err, want)
		}
	}
	if _, err := Read(make([]byte, MaxSize+1), nil); err == nil {
		t.Error("a document of any size is read")
	}
}

// Whatever the document, reading it ends; what is read can be written and read
// again.
func FuzzRead(f *testing.F) {
	private, _ := recipient()
	d := &Document{Keys: []Key{{Key: protect.Key{ID: kid(1)}, Scheme: "cenc", Label: "SD"}}}
	b, err := d.Write(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(signed(f, "both"))
	f.Add([]byte(`<CPIX><ContentKeyList><ContentKey kid="1"><Data><Secret><EncryptedValue/></Secret></Data></ContentKey></ContentKeyList></CPIX>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Read(b, private)
		if err != nil {
			return
		}
		if len(d.Keys) == 0 {
			t.Fatal("a document without keys is read")
		}
		for i := range d.Keys {
			d.Keys[i].Scheme = "cenc"
		}
		b, err = d.Write(nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(b, nil); err != nil && !strings.Contains(err.Error(), "twice") {
			t.Fatalf("%v\n%s", err, b)
		}
	})
}
