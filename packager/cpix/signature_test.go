package cpix

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Documents that xmlsec signed: all of one with exclusive and with inclusive canonical
// XML, and lists of one by their id.
func TestSignedDocuments(t *testing.T) {
	for name, want := range map[string][][]string{
		"whole":     {{"CPIX"}},
		"inclusive": {{"CPIX"}},
		"lists":     {{"ContentKeyList"}, {"ContentKeyUsageRuleList"}},
		"both":      {{"ContentKeyList", "ContentKeyUsageRuleList"}},
	} {
		b := signed(t, name)
		d, err := Read(b, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var covers [][]string
		for _, s := range d.Signatures {
			covers = append(covers, s.Covers)
			if s.Signer.Subject.CommonName != "key server" {
				t.Errorf("%s: signed by %s", name, s.Signer.Subject)
			}
		}
		if !slices.EqualFunc(covers, want, slices.Equal) || len(d.Keys) != 2 {
			t.Errorf("%s: %v, %d keys", name, covers, len(d.Keys))
		}
		// comments are not signed, and quotes are not what counts
		same := bytes.ReplaceAll(bytes.Replace(b, []byte("<!-- two keys -->"), []byte("<!-- more -->"), 1), []byte("'cenc'"), []byte(`"cenc"`))
		if _, err := Read(same, nil); err != nil {
			t.Errorf("%s, written in another way: %v", name, err)
		}
		for what, change := range map[string][2]string{
			"another key":        {"AAECAwQF", "BAECAwQF"},
			"another rule":       {`"VIDEO"`, `"AUDIO"`},
			"another key ID":     {`000002" common`, `000003" common`},
			"another digest":     {"<ds:DigestValue>", "<ds:DigestValue>AA"},
			"another signature":  {"<ds:SignatureValue>", "<ds:SignatureValue>AAAA"},
			"another method":     {`<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha`, `<ds:SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha`},
			"another transform":  {`<ds:Transform Algorithm="`, `<ds:Transform Algorithm="x`},
			"no certificate":     {"<ds:X509Certificate>", "<ds:X509Certificate/><ds:X509Certificate>"},
			"keys beside others": {"<ContentKeyList id", `<ContentKeyList><ContentKey kid="00000000-0000-0000-0000-000000000009"><Data><Secret><PlainValue>AAECAwQFBgcICQoLDA0ODw==</PlainValue></Secret></Data></ContentKey></ContentKeyList><ContentKeyList id`},
			"an ID twice":        {"<ContentKeyList id", `<ContentKeyPeriodList id="keys"/><ContentKeyList id`},
			"in something else":  {"<ds:Signature>", "<Extra><ds:Signature/></Extra><ds:Signature>"},
		} {
			changed := bytes.Replace(b, []byte(change[0]), []byte(change[1]), 1)
			if d, err := Read(changed, nil); err == nil || !strings.Contains(err.Error(), "signature cannot be verified") {
				t.Errorf("%s, %s: %v, %v", name, what, d, err)
			}
		}
		bare := regexp.MustCompile(`(?s)<ds:Signature>.*</ds:Signature>`).ReplaceAll(b, nil)
		if d, err := Read(bare, nil); err != nil || len(d.Signatures) != 0 {
			t.Errorf("%s without its signature: %v", name, err)
		}
	}
}

// A document that is made to keep others busy is refused at once.
func TestSignaturesThatTakeForever(t *testing.T) {
	b := string(signed(t, "whole"))
	for name, more := range map[string]string{
		"depth":      strings.Repeat("<a>", 30000) + strings.Repeat("</a>", 30000),
		"references": strings.Repeat("<ds:Signature/>", 50),
	} {
		if _, err := Read([]byte(strings.Replace(b, "<!-- two keys -->", more, 1)), nil); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
}

func signed(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
