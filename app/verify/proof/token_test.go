package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// keyPolicy asks for a token that its own symmetric key signed.
const keyPolicy = `{"properties":{"options":[{"name":"viewers",
	"configuration":{"@odata.type":"#Microsoft.Media.ContentKeyPolicyClearKeyConfiguration"},
	"restriction":{"@odata.type":"#Microsoft.Media.ContentKeyPolicyTokenRestriction","issuer":"urn:issuer","audience":"urn:audience","restrictionTokenType":"Jwt",
		"primaryVerificationKey":{"@odata.type":"#Microsoft.Media.ContentKeyPolicySymmetricTokenKey","keyValue":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}}}]}}`

// TestKeysForTokens asks for keys under a policy that gives them for tokens alone.
func TestKeysForTokens(t *testing.T) {
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, "keypolicies"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "keypolicies", "viewers.json"), []byte(keyPolicy), 0o600); err != nil {
		t.Fatal(err)
	}
	o := serveFrom(t, data, "--key-policy", "viewers", filepath.Join(made, "good", "ladder"))
	keys := o.Assets[0].Locators[0].Keys
	token := func(more ...string) string {
		out, err := exec.Command(program, append([]string{"token", "viewers", "--data", data}, more...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(out))
	}
	key := o.Base + "/keydelivery/?kid=" + keys[0].ID
	for _, c := range []struct {
		name, method, address, authorization string
		status                               int
	}{
		{"no token", "GET", key, "", 401},
		{"nonsense", "GET", key, "Bearer nonsense", 401},
		{"a token", "GET", key, "Bearer " + token(), 200},
		{"a token by POST", "POST", key, "Bearer=" + token(), 200},
		{"a token in the URL", "GET", key + "&token=" + token(), "", 200},
		{"for this key", "GET", key, "bearer " + token("--kid", keys[0].ID), 200},
		{"for another key", "GET", key, "Bearer " + token("--kid", keys[1].ID), 403},
		{"too old", "GET", key, "Bearer " + token("--for=-10m"), 401},
		{"no such key", "GET", o.Base + "/keydelivery/?kid=00000000-0000-4000-8000-000000000000", "Bearer " + token(), 404},
	} {
		a := ask(t, c.method, c.address, "Authorization", c.authorization)
		if a.Status != c.status || a.Header.Get("Cache-Control") != "no-store" || (c.status == 401) != (a.Header.Get("WWW-Authenticate") == "Bearer") {
			t.Errorf("%s: %d %v", c.name, a.Status, a.Header)
		}
		if c.status == 200 && !bytes.Equal(a.Body, keys[0].Value) || c.status != 200 && !strings.HasPrefix(string(a.Body), "MPE_") {
			t.Errorf("%s: %q", c.name, a.Body)
		}
	}
	once := "Bearer " + token("--uses", "1")
	for i, want := range []int{200, 403} {
		if a := ask(t, "GET", key, "Authorization", once); a.Status != want {
			t.Errorf("use %d of a token for one: %d", i+1, a.Status)
		}
	}

	// a ClearKey licence
	var kid []byte
	for _, k := range keys {
		if k.Scheme == "CommonEncryptionCenc" {
			kid = bytes.ReplaceAll([]byte(k.ID), []byte("-"), nil)
		}
	}
	id := make([]byte, 16)
	if n, err := hex.Decode(id, kid); err != nil || n != 16 {
		t.Fatal(err)
	}
	wanted := `{"kids":["` + base64.RawURLEncoding.EncodeToString(id) + `"],"type":"temporary"}`
	if a := send(t, "POST", o.Base+"/keydelivery/ClearKey/", wanted); a.Status != 401 {
		t.Errorf("a licence without a token: %d", a.Status)
	}
	a := send(t, "POST", o.Base+"/keydelivery/ClearKey/", wanted, "Authorization", "Bearer "+token())
	var licence struct{ Keys []map[string]string }
	if err := json.Unmarshal(a.Body, &licence); err != nil || a.Status != 200 || len(licence.Keys) != 1 {
		t.Errorf("a licence: %d %s", a.Status, a.Body)
	}
	if strings.Contains(o.wholeLog(t), token()[:20]) {
		t.Error("a token is in the log")
	}
}
