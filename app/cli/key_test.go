package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"manifold/packager/catalog"
)

// command runs a command that ends with a status.
func command(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	n := start(context.Background(), args, &o, &e, func(WindowOptions) error { return errors.New("the window was asked for") })
	if n != want {
		t.Fatalf("%v: status %d, %s", args, n, e.String())
	}
	return o.String(), e.String()
}

// Keys are typed in, listed without their values, not replaced unawares, and go
// to another installation in a document that only its recipient can read.
func TestKeys(t *testing.T) {
	_, good, _ := assets(t)
	home, there := t.TempDir(), t.TempDir()
	const id, value = "01234567-89ab-cdef-0123-456789abcdef", "00112233445566778899aabbccddeeff"
	command(t, 0, "key", "set", good, value, "--scheme", "cenc", "--id", id, "--data", home)
	command(t, 0, "key", "set", good, value, "--scheme", "cenc", "--id", id, "--data", home) // the same is no change
	for want, args := range map[string][]string{
		"there is a key already": {value, "--scheme", "cenc"},
		"is no GUID":             {value, "--scheme", "cbcs", "--id", "x"},
		"is no label":            {value, "--scheme", "cbcs", "--label", "a/b"},
		"another key has the id": {"ff112233445566778899aabbccddeeff", "--scheme", "cbcs", "--id", id},
	} {
		if _, errs := command(t, 1, append([]string{"key", "set", good, "--data", home}, args...)...); !strings.Contains(errs, want) || strings.Contains(errs, args[0]) {
			t.Errorf("%v: %s", args, errs)
		}
	}
	if _, errs := command(t, 2, "key", "set", good, "0011", "--scheme", "cbcs", "--data", home); !strings.Contains(errs, "neither 32 hexadecimal") {
		t.Error(errs)
	}
	if out, _ := command(t, 0, "key", "list", good, "--data", home); out != "CommonEncryptionCenc    "+id+"\n" {
		t.Errorf("the list is %q", out)
	}
	if out, _ := command(t, 0, "get", good, "manifest(format=mpd-time-cmaf,encryption=cenc)", "--data", home); !strings.Contains(strings.ToLower(out), `default_kid="`+id) {
		t.Errorf("the key is not in force:\n%s", out)
	}

	private, certificate := pair(t)
	file := filepath.Join(t.TempDir(), "keys.xml")
	if err := os.WriteFile(file, nil, 0o644); err != nil { // others could read what was there
		t.Fatal(err)
	}
	command(t, 0, "key", "export", good, file, "--for", certificate, "--data", home)
	if i, err := os.Stat(file); err != nil || i.Mode().Perm() != 0o600 {
		t.Errorf("the document: %v, %v", i.Mode(), err)
	}
	if _, errs := command(t, 1, "key", "import", good, file, "--data", there); !strings.Contains(errs, "encrypted") {
		t.Errorf("without the private key: %s", errs)
	}
	if _, errs := command(t, 0, "key", "import", good, file, "--key", private, "--data", there); !strings.Contains(errs, "3 of 3 content keys are in force under the streaming policy Workbench") {
		t.Errorf("imported: %s", errs)
	}
	keys := func(data string) (list []catalog.ContentKey) {
		out, _ := command(t, 0, "key", "list", good, "--show-keys", "--json", "--data", data)
		if err := json.Unmarshal([]byte(out), &list); err != nil {
			t.Fatal(err)
		}
		return list
	}
	a, b := keys(home), keys(there)
	if len(a) != 3 || len(b) != 3 {
		t.Fatalf("%d keys here, %d there", len(a), len(b))
	}
	for i := range a {
		if a[i].ID != b[i].ID || !bytes.Equal(a[i].Value, b[i].Value) {
			t.Errorf("%+v became %+v", a[i], b[i])
		}
	}
	if out, _ := command(t, 0, "key", "export", good, "-", "--data", there); !strings.Contains(out, "ABEiM0RVZneImaq7zN3u/w==") {
		t.Errorf("in the clear:\n%s", out)
	}
}

// A document whose keys cannot all be taken leaves everything as it is.
func TestKeysAreImportedTogether(t *testing.T) {
	_, good, _ := assets(t)
	data := t.TempDir()
	const plain = `<Data><Secret><PlainValue>AAECAwQFBgcICQoLDA0ODw==</PlainValue></Secret></Data></ContentKey>`
	document := func(keys, rules string) string {
		file := filepath.Join(t.TempDir(), "keys.xml")
		text := `<CPIX><ContentKeyList>` + keys + `</ContentKeyList><ContentKeyUsageRuleList>` + rules + `</ContentKeyUsageRuleList></CPIX>`
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	const one, two, three = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000003"
	key := func(id, scheme string) string {
		return `<ContentKey kid="` + id + `" explicitIV="AAECAwQFBgcICQoLDA0ODw==" commonEncryptionScheme="` + scheme + `">` + plain
	}
	command(t, 0, "key", "set", good, "00112233445566778899aabbccddeeff", "--scheme", "cbcs", "--data", data)
	before, _ := command(t, 0, "key", "list", good, "--show-keys", "--data", data)
	for name, c := range map[string]struct{ keys, want string }{
		"one is there":     {key(one, "cenc") + key(two, "cbcs"), "there is a key already"},
		"two for one":      {key(one, "cenc") + key(three, "cenc"), "there are two keys for it"},
		"two with one id":  {key(one, "cenc") + strings.Replace(key(one, "cbcs"), "AAEC", "AAAA", 2), "another key has the id"},
		"another's scheme": {key(one, "cenc") + key(two, "cens"), "which is not encrypted with here"},
	} {
		if _, errs := command(t, 1, "key", "import", good, document(c.keys, ""), "--data", data); !strings.Contains(errs, c.want) {
			t.Errorf("%s: %s", name, errs)
		}
		if after, _ := command(t, 0, "key", "list", good, "--show-keys", "--data", data); after != before {
			t.Errorf("%s: the keys were\n%sand are\n%s", name, before, after)
		}
	}
	rules := `<ContentKeyUsageRule kid="` + one + `"><LabelFilter label="premium"/></ContentKeyUsageRule>`
	signed := filepath.Join("..", "..", "packager", "cpix", "testdata", "whole.xml")
	if _, errs := command(t, 0, "key", "import", good, signed, "--data", t.TempDir()); !strings.Contains(errs, `signed by "CN=key server,O=Example", certificate SHA-256 `) || !strings.Contains(errs, ": CPIX\n") {
		t.Errorf("a signed document: %s", errs)
	}
	if _, errs := command(t, 0, "key", "import", good, document(key(one, "cenc"), rules), "--data", data); !strings.Contains(errs, "explicitIV is not taken") {
		t.Errorf("nothing is said of the vector: %s", errs)
	}
	if out, _ := command(t, 0, "key", "list", good, "--data", data); !strings.Contains(out, "CommonEncryptionCenc  premium  "+one) {
		t.Errorf("the label is lost:\n%s", out)
	}

	// keys with labels are in force under a policy with these alone
	policy := filepath.Join(data, "policies", "split.json")
	if err := os.Mkdir(filepath.Dir(policy), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(policy, []byte(`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"per":"trackType"},"clearKeyEncryptionConfiguration":{}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	split := document(key(two, "cenc")+strings.Replace(key(three, "cenc"), "AAEC", "AAAA", 2),
		`<ContentKeyUsageRule kid="`+two+`"><VideoFilter/></ContentKeyUsageRule><ContentKeyUsageRule kid="`+three+`"><AudioFilter/></ContentKeyUsageRule>`)
	for _, w := range []struct {
		policy, says string
		idle         int
	}{{"", "0 of 2 content keys are in force under the streaming policy Workbench", 2}, {"split", "2 of 2 content keys are in force under the streaming policy split", 0}} {
		_, errs := command(t, 0, "key", "import", good, split, "--policy", w.policy, "--data", data)
		if !strings.Contains(errs, w.says) || strings.Count(errs, "not in force") != w.idle {
			t.Errorf("under %q: %s", w.policy, errs)
		}
	}
	for label, want := range map[string]string{"audio": "", "": "has none for CommonEncryptionCenc without a label"} {
		_, errs := command(t, 0, "key", "set", good, "00112233445566778899aabbccddeef"+fmt.Sprint(len(label)), "--scheme", "cenc", "--label", label, "--replace", "--policy", "split", "--data", data)
		if want == "" && errs != "" || !strings.Contains(errs, want) {
			t.Errorf("the label %q: %s", label, errs)
		}
	}
	if _, errs := command(t, 1, "key", "import", good, split, "--policy", "nothing", "--data", data); !strings.Contains(errs, "no such streaming policy") {
		t.Error(errs)
	}
}

// pair writes a private key and its certificate as PEM files.
func pair(t *testing.T) (private, certificate string) {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "packager"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, b []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("key.pem", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(k)), write("cert.pem", "CERTIFICATE", der)
}
