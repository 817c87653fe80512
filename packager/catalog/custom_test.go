package catalog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"manifold/packager/fault"
	"manifold/packager/protect"
)

// A policy as the service had it, with licence servers of the user's.
const custom = `{"name":"mine","properties":{"created":"2023-01-01T00:00:00Z","defaultContentKeyPolicyName":null,
	"noEncryption":{"enabledProtocols":{"download":true,"dash":false,"hls":false,"smoothStreaming":false}},
	"envelopeEncryption":{"enabledProtocols":{"dash":true,"hls":true},"customKeyAcquisitionUrlTemplate":"https://keys.example/aes?k={ContentKeyId}"},
	"commonEncryptionCenc":{"enabledProtocols":{"dash":true,"smoothStreaming":true},"contentKeys":{"defaultKey":{"label":"main"},"per":"resolution"},
		"drm":{"playReady":{"customLicenseAcquisitionUrlTemplate":"https://drm.example/pr/{ContentKeyId}","playReadyCustomAttributes":"<A>1</A>","headerVersion":"4.1"},"widevine":{"customLicenseAcquisitionUrlTemplate":"https://drm.example/wv?a={AlternativeMediaId}"}}},
	"commonEncryptionCbcs":{"enabledProtocols":{"hls":true},"drm":{"fairPlay":{"customLicenseAcquisitionUrlTemplate":"skd://drm.example/{ContentKeyId}","allowPersistentLicense":true}}}}}`

func TestPoliciesOfTheUser(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "policies"), 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, "policies", name+".json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("mine", custom)
	c, err := Open(dir, "mine")
	if err != nil {
		t.Fatal(err)
	}
	p := c.Default("/movies/tears").Policy
	if p.Name != "mine" || !p.Download || len(p.Clear) != 0 || len(p.Encryptions) != 3 {
		t.Fatalf("%+v", p)
	}
	key := protect.Key{ID: protect.KID{1}}
	for _, w := range []struct {
		system *protect.System
		url    string
	}{
		{p.Encryptions[0].Systems.Envelope, "https://keys.example/aes?k=01000000-0000-0000-0000-000000000000"},
		{p.Encryptions[1].Systems.PlayReady, "https://drm.example/pr/01000000-0000-0000-0000-000000000000"},
		{p.Encryptions[1].Systems.Widevine, "https://drm.example/wv?a="},
		{p.Encryptions[2].Systems.FairPlay, "skd://drm.example/01000000-0000-0000-0000-000000000000"},
	} {
		if w.system == nil || w.system.URL(key) != w.url {
			t.Errorf("%+v, want %s", w.system, w.url)
		}
	}
	if p.Encryptions[1].Split.Per != protect.ByResolution || p.Encryptions[1].Systems.PlayReady.Custom != "<A>1</A>" || p.Encryptions[1].Systems.PlayReady.Version != "4.1" || p.Encryptions[0].Split.Per != protect.OneKey {
		t.Errorf("%+v", p.Encryptions)
	}

	write("broken", "{\n\"noEncription\":{}}")
	if _, err := Open(dir, "broken"); err == nil || !strings.Contains(err.Error(), filepath.Join("policies", "broken.json")+" line 2") || !strings.Contains(err.Error(), `"noEncription"`) {
		t.Errorf("a misspelt key: %v", err)
	}
	if _, err := Open(dir, "absent"); fault.As(err).Code != fault.ResourceNotFound || !strings.Contains(fault.As(err).Advice, "absent.json") {
		t.Errorf("a policy that is not there: %v", err)
	}
	if _, err := Open(dir, "../installation"); fault.As(err).Code != fault.ResourceNotFound {
		t.Errorf("a path for a name: %v", err)
	}
}

// Content key policies that a streaming policy names and that are not there are said,
// each once; the policy is in force all the same.
func TestPoliciesThatNameWhatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, "")
	write(t, dir, "keypolicies/viewers.json", openPolicy)
	write(t, dir, "policies/good.json", `{"defaultContentKeyPolicyName":"viewers","envelopeEncryption":{"enabledProtocols":{"hls":true},"contentKeys":{"defaultKey":{"policyName":"Open"}}}}`)
	write(t, dir, "policies/mine.json", `{"defaultContentKeyPolicyName":"nobody","envelopeEncryption":{"enabledProtocols":{"hls":true},"contentKeys":{"defaultKey":{"label":"rest","policyName":"gone"},
		"keyToTrackMappings":[{"label":"sound","policyName":"deaf","tracks":[{"trackSelections":[{"property":"Type","operation":"Equal","value":"audio"}]}]},
			{"label":"words","policyName":"nobody","tracks":[{"trackSelections":[{"property":"Type","operation":"Equal","value":"text"}]}]}]}}}`)
	var where []string
	for _, f := range c.Findings() {
		where = append(where, f.Where)
	}
	if got := strings.Join(where, ", "); got != "policies/mine.json nobody, policies/mine.json gone, policies/mine.json deaf" {
		t.Errorf("findings are of %s", got)
	}
	if _, err := c.Policy("mine"); err != nil {
		t.Error(err)
	}
	if err := c.Keep(Document{Kind: Policies, Name: "workbench", Text: []byte(`{"noEncryption":{"enabledProtocols":{"hls":true}}}`)}); err == nil || !strings.Contains(err.Error(), "built in") {
		t.Errorf("a policy is kept that never is in force: %v", err)
	}
}

// What would be served otherwise than a document says is refused.
func TestPolicyRefusals(t *testing.T) {
	const drm = `"drm":{"widevine":{}}`
	const audio = `{"trackSelections":[{"property":"Type","operation":"Equal","value":"audio"}]}`
	for document, want := range map[string]string{
		`{}`: "enables nothing",
		`{"noEncryption":{"enabledProtocols":{}}}`:                                                                                                                                                                      "enables nothing",
		`{"envelopeEncryption":{"enabledProtocols":{}}}`:                                                                                                                                                                "enabledProtocols has none",
		`{"envelopeEncryption":{"enabledProtocols":{"hls":true,"download":true}}}`:                                                                                                                                      "downloads are never encrypted",
		`{"envelopeEncryption":{"enabledProtocols":{"hls":true},` + drm + `}}`:                                                                                                                                          "envelopes have no drm",
		`{"envelopeEncryption":{"enabledProtocols":{"hls":true},"customKeyAcquisitionUrlTemplate":"keys.example"}}`:                                                                                                     "no URL of a server",
		`{"envelopeEncryption":{"enabledProtocols":{"hls":true},"customKeyAcquisitionUrlTemplate":"https://k.example/{Kid}"}}`:                                                                                          "no URL of a server",
		`{"envelopeEncryption":{"enabledProtocols":{"hls":true},"customKeyAcquisitionUrlTemplate":"https://k.example/\""}}`:                                                                                             "no URL of a server",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"customKeyAcquisitionUrlTemplate":"https://k.example"}}`:                                                                                             "belongs to envelopes",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true}}}`:                                                                                                                                                   "where the keys are",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"drm":{"fairPlay":{}}}}`:                                                                                                                             "FairPlay needs CBCS",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"drm":{"playReady":{"headerVersion":"4.4"}}}}`:                                                                                                       "headerVersion is one of 4.0, 4.1, 4.2, 4.3",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"drm":{"playReady":{"playReadyCustomAttributes":"<A>"}}}}`:                                                                                           "no XML",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"drm":{"playReady":{"playReadyCustomAttributes":"</CUSTOMATTRIBUTES><CUSTOMATTRIBUTES>"}}}}`:                                                         "no XML",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"drm":{"playReady":{"playReadyCustomAttributes":"<A/>x"}}}}`:                                                                                         "text outside",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"drm":{"playReady":{"playReadyCustomAttributes":"<?xml version='1.0'?><A/>"}}}}`:                                                                     "no XML",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"drm":{"playReady":{"playReadyCustomAttributes":"<A>` + strings.Repeat("x", 5000) + `</A>"}}}}`:                                                      "more than",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"drm":{"playReady":{"customLicenseAcquisitionUrlTemplate":"https://k.example/` + strings.Repeat("x", 3000) + `"}}}}`:                                 "more than",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"keyToTrackMappings":[` + strings.Repeat(`{},`, 100) + `{}]},` + drm + `}}`:                                                           "more than",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"clearTracks":[{"trackSelections":[]}],` + drm + `}}`:                                                                                                "clearTracks",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"keyToTrackMappings":[{"label":"a"}]},` + drm + `}}`:                                                                                  "keyToTrackMappings",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"per":"language"},` + drm + `}}`:                                                                                                      "trackType",
		`{"commonEncryptionCbcs":{"enabledProtocols":{"smoothStreaming":true},` + drm + `}}`:                                                                                                                            "no CBCS",
		`{"commonEncryptionCbcs":{"enabledProtocols":{"hls":true},` + drm + `}}`:                                                                                                                                        "needs fairPlay",
		`{"commonEncryptionCbcs":{"enabledProtocols":{"hls":true},"clearKeyEncryptionConfiguration":{"customKeysAcquisitionUrlTemplate":"ftp://k.example"}}}`:                                                           "no URL of a server",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"defaultKey":{"label":"clear"}},` + drm + `}}`:                                                                                        "no label",
		`{"envelopeEncryption":{"enabledProtocols":{"smoothStreaming":true},"contentKeys":{"per":"trackType"}}}`:                                                                                                        "with one key",
		`{"envelopeEncryption":{"enabledProtocols":{"smoothStreaming":true},"clearTracks":[` + audio + `]}}`:                                                                                                            "with one key",
		`{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"keyToTrackMappings":[{"label":"a","policyName":"x","tracks":[` + audio + `]},{"label":"a","tracks":[` + audio + `]}]},` + drm + `}}`: "two policies",
	} {
		if _, err := ParsePolicy([]byte(document), "p"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", document, err)
		}
	}
	p, err := ParsePolicy([]byte(`{"commonEncryptionCbcs":{"enabledProtocols":{"hls":true},"clearKeyEncryptionConfiguration":{}}}`), "p")
	if err != nil || !p.Encryptions[0].Systems.ClearKey.Here() {
		t.Errorf("%+v, %v", p, err)
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(custom))
	f.Add([]byte(`{"noEncryption":{"enabledProtocols":{"hls":true}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParsePolicy(b, "p")
		if err == nil && !p.Download && len(p.Clear)+len(p.Encryptions) == 0 {
			t.Errorf("%s enables nothing", b)
		}
	})
}
