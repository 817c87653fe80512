package origin_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"manifold/packager"
	"manifold/packager/keypolicy"
	"manifold/packager/origin"
	"manifold/packager/protect"
)

const kinds = "#Microsoft.Media.ContentKeyPolicy"

// put writes a document into a data directory.
func put(t *testing.T, data, name, text string) {
	t.Helper()
	path := filepath.Join(data, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A licence with all keys of a stream uses a token once; HEAD uses nothing.
func TestTokensOfOneUse(t *testing.T) {
	data := t.TempDir()
	put(t, data, "policies/split.json", `{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"per":"trackType"},"clearKeyEncryptionConfiguration":{}}}`)
	put(t, data, "keypolicies/viewers.json", `{"options":[{"configuration":{"@odata.type":"`+kinds+`ClearKeyConfiguration"},"restriction":{"@odata.type":"`+kinds+`TokenRestriction",
		"restrictionTokenType":"Jwt","primaryVerificationKey":{"@odata.type":"`+kinds+`SymmetricTokenKey","keyValue":"MDEyMzQ1Njc4OWFiY2RlZg=="}}}]}`)
	s, _, h := server(t, packager.Config{Data: data, Policy: "split", KeyPolicy: "viewers"}, origin.Hosts{})
	e := h.Engine.(*packager.Engine)
	a, err := e.Asset(t.Context(), e.Entries()[0].Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := e.Keys(e.Entries()[0], a)
	if err != nil || len(keys) != 2 {
		t.Fatalf("%+v, %v", keys, err)
	}
	token := func(id string) string {
		p, err := e.KeyPolicy()
		if err != nil {
			t.Fatal(err)
		}
		text, err := p.Sign(keypolicy.Grant{ID: id, Until: time.Now().Add(time.Hour), Uses: 1}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	var ask struct {
		KIDs []string `json:"kids"`
	}
	for _, k := range keys {
		id, err := protect.ParseKID(k.ID)
		if err != nil {
			t.Fatal(err)
		}
		ask.KIDs = append(ask.KIDs, base64.RawURLEncoding.EncodeToString(id[:]))
	}
	body, err := json.Marshal(ask)
	if err != nil {
		t.Fatal(err)
	}
	licence := func(token string) (status, delivered int) {
		r, err := http.Post(s.URL+"/keydelivery/ClearKey/?token="+token, "application/json", strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		var got struct{ Keys []any }
		json.NewDecoder(r.Body).Decode(&got) // a refusal has no keys
		return r.StatusCode, len(got.Keys)
	}
	once := token("a")
	if status, n := licence(once); status != 200 || n != 2 {
		t.Errorf("%d, %d keys, want both", status, n)
	}
	if status, n := licence(once); status != 403 || n != 0 {
		t.Errorf("the second time: %d, %d keys", status, n)
	}
	once = token("b")
	for _, w := range []struct {
		method string
		status int
	}{{"HEAD", 200}, {"HEAD", 200}, {"GET", 200}, {"HEAD", 403}, {"GET", 403}} {
		a, _ := do(t, w.method, s.URL+"/keydelivery/?kid="+keys[0].ID, "Authorization", "Bearer "+once)
		expect(t, a, w.status)
	}
}

// A key whose policy is gone is a failure of the server, and what it lacks is for
// its log alone.
func TestKeysOfAPolicyThatIsGone(t *testing.T) {
	data := t.TempDir()
	put(t, data, "keypolicies/secrets.json", `{"options":[{"configuration":{"@odata.type":"`+kinds+`ClearKeyConfiguration"},"restriction":{"@odata.type":"`+kinds+`OpenRestriction"}}]}`)
	s, _, h := server(t, packager.Config{Data: data, Policy: "Predefined_ClearKey", KeyPolicy: "secrets"}, origin.Hosts{})
	e := h.Engine.(*packager.Engine)
	a, err := e.Asset(t.Context(), e.Entries()[0].Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := e.Keys(e.Entries()[0], a)
	if err != nil {
		t.Fatal(err)
	}
	url := s.URL + "/keydelivery/?kid=" + keys[0].ID
	answer, _ := do(t, "GET", url)
	expect(t, answer, 200)
	if err := os.Remove(filepath.Join(data, "keypolicies", "secrets.json")); err != nil {
		t.Fatal(err)
	}
	answer, b := do(t, "GET", url)
	expect(t, answer, 500)
	if strings.Contains(string(b), "polic") || strings.Contains(string(b), "secrets") || !strings.Contains(string(b), "See the log") {
		t.Errorf("%s", b)
	}
}
