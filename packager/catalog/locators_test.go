package catalog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"manifold/packager/fault"
	"manifold/packager/protect"
)

const guid = "0f0e0d0c-0b0a-4908-8706-050403020100"

// A document of the service loads as it is.
func TestLocatorsOfDocuments(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, "")
	write(t, dir, "locators/premiere.json", `{"name":"other","id":"/x","type":"Microsoft.Media/mediaservices/streamingLocators","systemData":{},
		"properties":{"assetName":"tears","created":"2021-01-01T00:00:00Z","startTime":"2021-01-01T00:00:00Z","endTime":"9999-12-31T23:59:59.9999999Z",
		"streamingLocatorId":"{0F0E0D0C-0B0A-4908-8706-050403020100}","streamingPolicyName":"Predefined_ClearKey","defaultContentKeyPolicyName":"viewers",
		"alternativeMediaId":"mv-1","filters":["trim","small"],
		"contentKeys":[{"id":"00000000-0000-4000-8000-000000000001","labelReferenceInStreamingPolicy":"video","value":"AAECAwQFBgcICQoLDA0ODw==","policyName":"few","tracks":[]}]}}`)
	write(t, dir, "locators/second.json", `{"path":"/movies/tears","streamingPolicyName":"Workbench"}`)
	for _, name := range []string{"viewers", "few"} {
		write(t, dir, "keypolicies/"+name+".json", openPolicy)
	}
	write(t, dir, "filters/trim.json", `{}`)
	write(t, dir, "filters/"+c.Default("/movies/tears").ID+"/small.json", `{}`)
	list := c.Locators("tears", "/movies/tears")
	if len(list) != 2 || len(c.Findings()) != 0 {
		t.Fatalf("%+v, %+v", list, c.Findings())
	}
	l := list[0]
	if l.ID != guid || l.Name != "premiere" || l.Policy.Name != "Predefined_ClearKey" || len(l.Policy.Encryptions) != 1 || l.KeyPolicy != "viewers" ||
		strings.Join(l.Filters, ";") != "trim;small" || l.MediaID != "mv-1" || l.Start.Year() != 2021 || l.End.Year() != 9999 {
		t.Errorf("%+v", l)
	}
	k, ok := l.Key("EnvelopeEncryption", "") // the policy has one key, however it is called
	if !ok || k.ID.String() != "00000000-0000-4000-8000-000000000001" || k.Value[15] != 15 || k.KeyPolicy != "few" {
		t.Errorf("%+v", l.Keys)
	}
	if h := c.Holdings(k.ID); len(h) != 1 || h[0].Locator != guid || h[0].Family != "EnvelopeEncryption" {
		t.Errorf("%+v", h)
	}
	second := list[1]
	if id, err := uuid.Parse(second.ID); err != nil || id.Version() != 5 || open(t, dir, "").Locators("x", "/movies/tears")[0].ID != second.ID {
		t.Errorf("%s is no GUID that stays the same", second.ID)
	}
	for _, id := range []string{guid, second.ID} {
		if l, publishes, ok := c.Locator(id); !ok || l.ID != id || !publishes("tears", "/movies/tears") || publishes("other", "/movies/other") {
			t.Errorf("%s: %+v, %t", id, l, ok)
		}
	}
	if err := os.Rename(filepath.Join(dir, "locators", "premiere.json"), filepath.Join(dir, "locators", "late.json")); err != nil {
		t.Fatal(err)
	}
	if l, _, ok := c.Locator(guid); !ok || l.Name != "late" {
		t.Errorf("renamed: %+v, %t", l, ok)
	}
	if err := c.DeleteLocator("late"); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := c.Locator(guid); ok {
		t.Error("a locator is there that was deleted")
	}
	if err := c.DeleteLocator("late"); code(err) != fault.ResourceNotFound {
		t.Error(err)
	}
}

func TestLocatorsAreMadeOnce(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, "")
	write(t, dir, "policies/two.json", `{"envelopeEncryption":{"enabledProtocols":{"hls":true}},"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"clearKeyEncryptionConfiguration":{}}}`)
	write(t, dir, "policies/classes.json", `{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"per":"resolution"},"clearKeyEncryptionConfiguration":{}}}`)
	write(t, dir, "policies/labelled.json", `{"envelopeEncryption":{"enabledProtocols":{"hls":true},"contentKeys":{"defaultKey":{"label":"aesKey"}}},
		"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"defaultKey":{"label":"cencKey"}},"clearKeyEncryptionConfiguration":{}}}`)
	l, err := c.CreateLocator("a", LocatorProperties{Asset: "tears", Policy: "two", Keys: []PropertyKey{{Type: "commonencryptioncenc"}}})
	if err != nil {
		t.Fatal(err)
	}
	if id, err := uuid.Parse(l.ID); err != nil || id.Version() != 4 {
		t.Errorf("%s is no new GUID", l.ID)
	}
	made := c.Locators("tears", "")[0]
	k, ok := made.Key("CommonEncryptionCenc", "")
	if !ok || k.ID == (protect.KID{}) || k.Value == [16]byte{} {
		t.Errorf("a key without id and value gets none: %+v", made.Keys)
	}
	if info, err := os.Stat(filepath.Join(dir, "locators", "a.json")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others can read the document: %v, %v", info.Mode(), err)
	}
	const workbench = "Workbench"
	write(t, dir, "filters/trim.json", `{}`)
	write(t, dir, "filters/"+c.Default("/movies/sintel").ID+"/theirs.json", `{}`)
	for name, w := range map[string]struct {
		name string
		p    LocatorProperties
		code fault.Code
		says string
	}{
		"a name that is taken":      {"a", LocatorProperties{Asset: "x", Policy: workbench}, fault.StorageConflict, "do not change"},
		"a GUID that is taken":      {"b", LocatorProperties{Asset: "x", Policy: workbench, ID: strings.ToUpper(l.ID)}, fault.StorageConflict, "has this GUID"},
		"that of the default":       {"b", LocatorProperties{Path: "/m", Policy: workbench, ID: c.Default("/m").ID}, fault.StorageConflict, "default locator"},
		"the name of the default":   {"default", LocatorProperties{Asset: "x", Policy: workbench}, fault.Internal, "every asset"},
		"no name":                   {"a/b", LocatorProperties{Asset: "x", Policy: workbench}, fault.Internal, "no name"},
		"no asset":                  {"b", LocatorProperties{Policy: workbench}, fault.Internal, "no asset"},
		"a relative path":           {"b", LocatorProperties{Path: "x", Policy: workbench}, fault.Internal, "root"},
		"no policy":                 {"b", LocatorProperties{Asset: "x"}, fault.Internal, "no streaming policy"},
		"an unknown policy":         {"b", LocatorProperties{Asset: "x", Policy: "Nothing"}, fault.ResourceNotFound, "policies/Nothing.json"},
		"an unknown key policy":     {"b", LocatorProperties{Asset: "x", Policy: workbench, KeyPolicy: "nobody"}, fault.ResourceNotFound, "keypolicies/nobody.json"},
		"that of a key":             {"b", LocatorProperties{Asset: "x", Policy: "Predefined_ClearKey", Keys: []PropertyKey{{KeyPolicy: "nobody"}}}, fault.ResourceNotFound, "keypolicies/nobody.json"},
		"no GUID":                   {"b", LocatorProperties{Asset: "x", Policy: workbench, ID: "7"}, fault.Internal, "no GUID"},
		"no filter":                 {"b", LocatorProperties{Asset: "x", Policy: workbench, Filters: []string{"a b"}}, fault.Internal, "no name of a filter"},
		"an unknown filter":         {"b", LocatorProperties{Path: "/movies/tears", Policy: workbench, Filters: []string{"trim", "nope"}}, fault.FilterNotFound, "Filters are trim."},
		"that of another asset":     {"b", LocatorProperties{Path: "/movies/tears", Policy: workbench, Filters: []string{"theirs"}}, fault.FilterNotFound, "no such filter"},
		"nobody's":                  {"b", LocatorProperties{Asset: "tears", Policy: workbench, Filters: []string{"nope"}}, fault.FilterNotFound, "no such filter"},
		"eleven filters":            {"b", LocatorProperties{Asset: "x", Policy: workbench, Filters: strings.Split("a,b,c,d,e,f,g,h,i,j,k", ",")}, fault.Internal, "more than 10"},
		"no time":                   {"b", LocatorProperties{Asset: "x", Policy: workbench, Start: "tomorrow"}, fault.Internal, "no time"},
		"an end before the start":   {"b", LocatorProperties{Asset: "x", Policy: workbench, Start: "2030-01-02T00:00:00Z", End: "2030-01-02T00:00:00Z"}, fault.Internal, "not after"},
		"an id that breaks out":     {"b", LocatorProperties{Asset: "x", Policy: workbench, MediaID: `a"b`}, fault.Internal, "in a URL"},
		"a key of no encryption":    {"b", LocatorProperties{Asset: "x", Policy: "Predefined_ClearStreamingOnly", Keys: []PropertyKey{{}}}, fault.Internal, "no type"},
		"a key of two":              {"b", LocatorProperties{Asset: "x", Policy: "two", Keys: []PropertyKey{{}}}, fault.Internal, "no type"},
		"a type that is not there":  {"b", LocatorProperties{Asset: "x", Policy: "Predefined_ClearKey", Keys: []PropertyKey{{Type: "CommonEncryptionCbcs"}}}, fault.Internal, "encrypts with"},
		"labels that are not there": {"b", LocatorProperties{Asset: "x", Policy: "labelled", Keys: []PropertyKey{{Label: "other"}}}, fault.Internal, "no type"},
		"a label of the other key":  {"b", LocatorProperties{Asset: "x", Policy: "labelled", Keys: []PropertyKey{{Type: "EnvelopeEncryption", Label: "cencKey"}}}, fault.Internal, `no key with the label "cencKey"`},
		"an id of another key":      {"b", LocatorProperties{Asset: "x", Policy: "Predefined_ClearKey", Keys: []PropertyKey{{ID: k.ID.String()}}}, fault.StorageConflict, "another key has the id"},
		"two keys for one":          {"b", LocatorProperties{Asset: "x", Policy: "Predefined_ClearKey", Keys: []PropertyKey{{Label: "v"}, {Label: "w"}}}, fault.Internal, "another key"},
		"a label that is not there": {"b", LocatorProperties{Asset: "x", Policy: "classes", Keys: []PropertyKey{{Label: "v"}}}, fault.Internal, `no key with the label "v"`},
		"two keys of one label":     {"b", LocatorProperties{Asset: "x", Policy: "Predefined_ClearKey", Keys: []PropertyKey{{Label: "v"}, {Label: "v"}}}, fault.Internal, "another key"},
		"a key of fifteen bytes":    {"b", LocatorProperties{Asset: "x", Policy: "Predefined_ClearKey", Keys: []PropertyKey{{Value: make([]byte, 15)}}}, fault.Internal, "15 bytes"},
		"a key whose id is no GUID": {"b", LocatorProperties{Asset: "x", Policy: "Predefined_ClearKey", Keys: []PropertyKey{{ID: "7"}}}, fault.Internal, "no GUID"},
	} {
		if _, err := c.CreateLocator(w.name, w.p); code(err) != w.code || !strings.Contains(err.Error()+fault.As(err).Advice, w.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if names := c.LocatorNames(); len(names) != 1 {
		t.Errorf("there are %v", names)
	}
	for i := 1; i < maxLocators; i++ {
		if _, err := c.CreateLocator("n"+strings.Repeat("n", i), LocatorProperties{Asset: "tears", Policy: workbench}); i < 100 && err != nil {
			t.Fatal(i, err)
		}
	}
	if _, err := c.CreateLocator("more", LocatorProperties{Asset: "tears", Policy: workbench}); code(err) != fault.StorageConflict {
		t.Errorf("one more than %d: %v", maxLocators, err)
	}
}

func TestLocatorsThatAreLeftOut(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, "")
	write(t, dir, "locators/a.json", `{"assetName":"x","streamingPolicyName":"Workbench","streamingLocatorId":"`+guid+`"}`)
	write(t, dir, "locators/b.json", `{"assetName":"x","streamingPolicyName":"Workbench","streamingLocatorId":"`+guid+`"}`)
	write(t, dir, "locators/c.json", `{"assetName":"x","streamingPolicyName":"Gone"}`)
	write(t, dir, "locators/d.json", "{\"assetName\":\"x\",\n\"streamingPolicy\":\"Workbench\"}")
	if l := c.Locators("x", ""); len(l) != 1 || l[0].Name != "a" {
		t.Errorf("%+v", l)
	}
	var where []string
	for _, f := range c.Findings() {
		where = append(where, f.Where)
	}
	if got := strings.Join(where, ", "); got != "locators/d.json line 2, locators/b.json, locators/c.json Gone" {
		t.Errorf("broken are %s", got)
	}
}

// What a locator names and is not there is said; the locator is there all the same.
func TestLocatorsThatNameWhatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, "")
	write(t, dir, "keypolicies/viewers.json", openPolicy)
	write(t, dir, "filters/trim.json", `{}`)
	write(t, dir, "locators/a.json", `{"path":"/movies/tears","streamingPolicyName":"Predefined_ClearKey","defaultContentKeyPolicyName":"nobody","filters":["trim","nope"],
		"contentKeys":[{"id":"00000000-0000-4000-8000-000000000001","value":"AAECAwQFBgcICQoLDA0ODw==","policyName":"gone"}]}`)
	write(t, dir, "locators/b.json", `{"path":"/movies/tears","streamingPolicyName":"Workbench","defaultContentKeyPolicyName":"viewers","filters":["trim"]}`)
	var where []string
	for _, f := range c.Findings() {
		where = append(where, f.Where)
	}
	if got := strings.Join(where, ", "); got != "locators/a.json nobody, locators/a.json gone, locators/a.json filter=nope" {
		t.Errorf("findings are of %s", got)
	}
	if l := c.Locators("tears", "/movies/tears"); len(l) != 2 {
		t.Errorf("%+v", l)
	}
}

// As the service has them: a key is for the encryption that has its label.
func TestKeysOfLocatorsByLabel(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, "")
	write(t, dir, "policies/labelled.json", `{"envelopeEncryption":{"enabledProtocols":{"hls":true},"contentKeys":{"defaultKey":{"label":"aesKey"}}},
		"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"defaultKey":{"label":"cencKey"},"keyToTrackMappings":[{"label":"sound","tracks":[{"trackSelections":[{"property":"Type","operation":"Equal","value":"audio"}]}]}]},"clearKeyEncryptionConfiguration":{}}}`)
	l, err := c.CreateLocator("a", LocatorProperties{Asset: "tears", Policy: "labelled", Keys: []PropertyKey{{Label: "sound"}, {Label: "aesKey"}, {Label: "cencKey"}}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"CommonEncryptionCenc sound", "EnvelopeEncryption aesKey", "CommonEncryptionCenc cencKey"} {
		if got := l.Keys[i].Family + " " + l.Keys[i].Label; got != want {
			t.Errorf("key %d is for %s, not %s", i, got, want)
		}
	}
}

// Whoever has the id gets the key, of whatever asset it is asked for.
func TestKeysOfSeveralAssetsHaveSeveralHoldings(t *testing.T) {
	c := open(t, t.TempDir(), "")
	key := ContentKey{ID: guid, Value: []byte("0123456789abcdef")}
	for _, asset := range []string{"/movies/tears", "/movies/sintel"} {
		for _, scheme := range []string{"EnvelopeEncryption", "CommonEncryptionCbcs"} {
			key.Scheme = scheme
			if err := c.SetKeys(c.Default(asset).ID, false, key); err != nil {
				t.Fatal(err)
			}
		}
	}
	id, _ := protect.ParseKID(guid)
	if h := c.Holdings(id); len(h) != 4 {
		t.Errorf("%+v", h)
	}
}

func TestIdsOfTwoKeysAreFindings(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, "")
	for name, value := range map[string]string{"a": "MDEyMzQ1Njc4OWFiY2RlZg==", "b": "MDEyMzQ1Njc4OWFiY2RlZw=="} {
		write(t, dir, "locators/"+name+".json", `{"assetName":"tears","streamingPolicyName":"Predefined_ClearKey","contentKeys":[{"id":"`+guid+`","value":"`+value+`"}]}`)
	}
	if f := c.Findings(); len(f) != 1 || f[0].Code != "key-id-shared" || f[0].Where != "locators/b.json contentKeys[0]" || f[0].Severity != fault.Severe {
		t.Errorf("%+v", f)
	}
}

func TestKeysThatAreUsedTwiceAreFindings(t *testing.T) {
	c := open(t, t.TempDir(), "")
	value := []byte("0123456789abcdef")
	for _, l := range []struct{ name, asset, family string }{
		{"a", "tears", "CommonEncryptionCenc"},
		{"b", "tears", "CommonEncryptionCenc"}, // the same asset may be published twice
		{"c", "tears", "CommonEncryptionCbcs"},
		{"d", "sintel", "CommonEncryptionCenc"},
	} {
		if _, err := c.CreateLocator(l.name, LocatorProperties{Asset: l.asset, Policy: "Workbench", Keys: []PropertyKey{{Type: l.family, Value: value}}}); err != nil {
			t.Fatal(err)
		}
	}
	var where []string
	for _, f := range c.Findings() {
		where = append(where, f.Code+" "+f.Where)
	}
	if got := strings.Join(where, ", "); got != "key-shared locators/c.json contentKeys[0], key-shared locators/d.json contentKeys[0]" {
		t.Error(got)
	}
}

func TestLocatorsHaveTheirTime(t *testing.T) {
	now := time.Now()
	for _, w := range []struct {
		start, end time.Time
		open       bool
	}{
		{time.Time{}, time.Time{}, true},
		{now, time.Time{}, true},
		{now.Add(1), time.Time{}, false},
		{time.Time{}, now, false},
		{time.Time{}, now.Add(1), true},
		{now.Add(-2), now.Add(-1), false},
	} {
		l := Locator{ID: guid, Start: w.start, End: w.end}
		err := l.Open(now)
		if (err == nil) != w.open || err != nil && (code(err) != fault.Unauthorized || fault.Unauthorized.Status() != 404) {
			t.Errorf("%+v: %v", w, err)
		}
	}
}
