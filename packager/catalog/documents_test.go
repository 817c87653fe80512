package catalog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"manifold/packager/fault"
)

const openPolicy = `{"options":[{"configuration":{"@odata.type":"#Microsoft.Media.ContentKeyPolicyClearKeyConfiguration"},"restriction":{"@odata.type":"#Microsoft.Media.ContentKeyPolicyOpenRestriction"}}]}`

// Documents of every kind are made, changed and deleted alike; a locator is not
// changed, and nobody's change is lost.
func TestDocumentsOfEveryKind(t *testing.T) {
	dir := t.TempDir()
	c, err := Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		kind            Kind
		name, text, bad string
		next            string // "" where it cannot be changed
	}{
		{Policies, "mine", `{"noEncryption":{"enabledProtocols":{"dash":true}}}`, `{"noEncription":{}}`, `{"noEncryption":{"enabledProtocols":{"hls":true}}}`},
		{KeyPolicies, "mine", openPolicy, `{"options":[]}`, openPolicy + "\n"},
		{Locators, "mine", `{"assetName":"film","streamingPolicyName":"mine"}`, `{"assetName":"film"}`, ""},
		{Settings, "endpoint", `{"maxCacheAge":60}`, `{"maxCacheAge":-1}`, `{"maxCacheAge":61}`},
	} {
		first := Document{Kind: x.kind, Name: x.name, Text: []byte(x.text)}
		if x.kind == Settings {
			if d, err := c.Document(x.kind, x.name); err != nil || d.Revision != "" || string(d.Text) != DefaultEndpoint {
				t.Errorf("%s before anybody wrote it: %+v, %v", x.kind, d, err)
			}
		} else if _, err := c.Document(x.kind, x.name); fault.As(err).Code != fault.ResourceNotFound {
			t.Errorf("%s: there is one: %v", x.kind, err)
		}
		if err := c.Keep(Document{Kind: x.kind, Name: x.name, Text: []byte(x.bad)}); err == nil {
			t.Errorf("%s: %s is kept", x.kind, x.bad)
		}
		if err := c.Keep(first); err != nil {
			t.Fatalf("%s: %v", x.kind, err)
		}
		if err := c.Keep(first); fault.As(err).Code != fault.StorageConflict {
			t.Errorf("%s: a second one of the name: %v", x.kind, err)
		}
		list, err := c.Documents(x.kind)
		if err != nil || len(list) != 1 || list[0].Name != x.name || list[0].Fault != nil {
			t.Fatalf("%s: %+v, %v", x.kind, list, err)
		}
		next := list[0]
		next.Text = []byte(x.next)
		if x.next == "" {
			if err := c.Keep(next); err == nil || !strings.Contains(err.Error(), "do not change") {
				t.Errorf("%s is changed: %v", x.kind, err)
			}
		} else {
			if err := c.Keep(next); err != nil {
				t.Errorf("%s: %v", x.kind, err)
			}
			if err := c.Keep(next); fault.As(err).Code != fault.StorageConflict {
				t.Errorf("%s: a change of what is not there any more: %v", x.kind, err)
			}
			if d, err := c.Document(x.kind, x.name); err != nil || string(d.Text) != x.next {
				t.Errorf("%s: %s, %v", x.kind, d.Text, err)
			}
		}
	}
	if got := strings.Join(c.PolicyNames(), " "); !strings.HasPrefix(got, "Workbench ") || !strings.HasSuffix(got, " mine") {
		t.Errorf("policies %s", got)
	}
	if got := c.KeyPolicyNames(); len(got) != 1 || got[0] != "mine" {
		t.Errorf("key policies %v", got)
	}
	for _, k := range []Kind{Locators, KeyPolicies, Policies, Settings} {
		name := "mine"
		if k == Settings {
			name = "endpoint"
		}
		if err := c.Delete(k, name); err != nil {
			t.Errorf("%s: %v", k, err)
		}
		if err := c.Delete(k, name); fault.As(err).Code != fault.ResourceNotFound {
			t.Errorf("%s: deleted twice: %v", k, err)
		}
	}
}

// A discovery document and the keys that it leads to lie beside the policy that
// names it, and are no policies, whether that one is good or not.
func TestFilesOfKeyPoliciesAreNoPolicies(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(dir, keyPoliciesName), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, keyPoliciesName, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const kind = "#Microsoft.Media.ContentKeyPolicy"
	put("mine.json", `{"options":[{"configuration":{"@odata.type":"`+kind+`ClearKeyConfiguration"},"restriction":{"@odata.type":"`+kind+`TokenRestriction",
		"restrictionTokenType":"Jwt","openIdConnectDiscoveryDocument":"a-discovery.json"}}]}`)
	put("a-discovery.json", `{"issuer":"us","jwks_uri":"file://keys.json"}`)
	put("other.json", `{"keys":[]}`) // nobody names it
	for keys, want := range map[string]string{
		`{"keys":[{"kty":"RSA","n":"` + strings.Repeat("_", 344) + `","e":"AQAB"}]}`: "keypolicies/other.json",
		`{"keys":[]}`: "keypolicies/mine.json keypolicies/other.json",
	} {
		put("keys.json", keys)
		c, err := Open(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(c.KeyPolicyNames(), " "); got != "mine other" {
			t.Errorf("policies %s", got)
		}
		var broken []string
		for _, f := range c.Findings() {
			broken = append(broken, strings.Fields(f.Where)[0])
		}
		if got := strings.Join(broken, " "); got != want {
			t.Errorf("%s: broken are %s, want %s", keys, got, want)
		}
	}
}
