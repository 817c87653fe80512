package packager_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"manifold/packager"
	"manifold/packager/catalog"
	"manifold/packager/fault"
	"manifold/packager/keypolicy"
	"manifold/packager/protect"
	"manifold/packager/route"
)

// create makes a locator of the first asset of an engine.
func create(t *testing.T, e *packager.Engine, name string, p catalog.LocatorProperties) packager.Entry {
	t.Helper()
	entry := e.Entries()[0]
	p.Path = entry.Path
	l, err := e.Catalog().CreateLocator(name, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, published := range e.Locators(entry) {
		if published.Locator.ID == l.ID {
			return published
		}
	}
	t.Fatalf("the asset has no locator %s", name)
	return entry
}

// askAt is ask below a locator.
func askAt(e *packager.Engine, entry packager.Entry, tail string) ([]byte, *packager.Answer, error) {
	r, err := route.Parse(entry.Base() + tail)
	if err != nil {
		return nil, nil, err
	}
	a, err := e.Do(context.Background(), r, nil)
	if err != nil {
		return nil, nil, err
	}
	defer a.Close()
	var b bytes.Buffer
	switch {
	case a.Text != nil:
		b.Write(a.Text.Plain())
	case a.Body != nil:
		err = a.Body.WriteTo(context.Background(), &b)
	}
	return b.Bytes(), a, err
}

// A locator publishes the same asset under its own policy, beside the default one.
func TestLocatorsPublishUnderRulesOfTheirOwn(t *testing.T) {
	e := golden(t, packager.Config{})
	strict := create(t, e, "strict", catalog.LocatorProperties{Policy: "Predefined_ClearStreamingOnly"})
	if all := e.Locators(e.Entries()[0]); len(all) != 2 || all[0].Locator.Name != catalog.DefaultName || all[1].Locator.Name != "strict" {
		t.Fatalf("%+v", all)
	}
	const tail = "manifest(format=mpd-time-cmaf)"
	b, a, err := askAt(e, strict, tail)
	if err != nil || !bytes.Equal(b, mustAsk(t, e, tail)) || a.Mutable {
		t.Errorf("%v, %+v", err, a)
	}
	if _, _, err := askAt(e, strict, "manifest(format=mpd-time-cmaf,encryption=cenc)"); code(err) != fault.EncryptionNotInPolicy {
		t.Errorf("an encryption of the default locator's policy: %v", err)
	}
	r, _ := route.Parse("/" + strict.Locator.ID + "/" + "ignite_1280x720.mp4")
	if _, err := e.Do(t.Context(), r, nil); code(err) != fault.OutputFormatBlocked {
		t.Errorf("a download: %v", err)
	}
	if len(strict.Paths()) != 7 {
		t.Errorf("it lists %+v", strict.Paths())
	}
	if err := e.Catalog().DeleteLocator("strict"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := askAt(e, strict, tail); code(err) != fault.ResourceNotFound {
		t.Errorf("after it was deleted: %v", err)
	}
}

func TestLocatorsOfAssetsThatAreNotHere(t *testing.T) {
	e := golden(t, packager.Config{})
	l, err := e.Catalog().CreateLocator("other", catalog.LocatorProperties{Asset: "other", Policy: "Workbench"})
	if err != nil {
		t.Fatal(err)
	}
	entry := e.Entries()[0]
	entry.Locator = l
	if _, _, err := askAt(e, entry, "manifest"); code(err) != fault.ResourceNotFound || !strings.Contains(err.Error(), "does not have the asset of the locator other") {
		t.Error(err)
	}
}

func TestLocatorsAnswerInTheirTime(t *testing.T) {
	e := golden(t, packager.Config{})
	at := func(d time.Duration) string { return time.Now().Add(d).Format(time.RFC3339) }
	for name, w := range map[string]struct {
		start, end string
		code       fault.Code
	}{
		"now":      {at(-time.Hour), at(time.Hour), ""},
		"over":     {"", at(-time.Hour), fault.Unauthorized},
		"not-yet":  {at(time.Hour), "", fault.Unauthorized},
		"for-good": {at(-time.Hour), "", ""},
	} {
		entry := create(t, e, name, catalog.LocatorProperties{Policy: "Predefined_ClearKey", Start: w.start, End: w.end})
		for _, tail := range []string{"manifest(encryption=cbc)", "QualityLevels(381048)/Fragments(video=0,encryption=cbc)"} {
			if _, _, err := askAt(e, entry, tail); code(err) != w.code {
				t.Errorf("%s: %s: %v", name, tail, err)
			}
		}
		a, err := e.Asset(t.Context(), entry.Locator.ID)
		if err != nil {
			t.Fatal(err)
		}
		keys, err := e.Keys(entry, a)
		if err != nil || len(keys) != 1 {
			t.Fatal(keys, err)
		}
		id, _ := protect.ParseKID(keys[0].ID)
		if _, err := e.DeliverKey(id, new(keypolicy.Request)); code(err) != w.code {
			t.Errorf("%s: its key: %v", name, err)
		}
	}
}

// The filters of a locator come first, and count with those of the URL.
func TestLocatorsHaveFilters(t *testing.T) {
	e := golden(t, packager.Config{})
	for name, document := range map[string]string{
		"video": `{"tracks":[{"trackSelections":[{"property":"Type","operation":"Equal","value":"video"}]}]}`,
		"small": `{"tracks":[{"trackSelections":[{"property":"Bitrate","operation":"Equal","value":"0-800000"}]}]}`,
		"all":   `{}`,
	} {
		if err := e.Catalog().SetFilter(name, "", []byte(document)); err != nil {
			t.Fatal(err)
		}
	}
	entry := create(t, e, "silent", catalog.LocatorProperties{Policy: "Workbench", Filters: []string{"video"}})
	for _, tail := range []string{"manifest(format=m3u8-cmaf%s)", "manifest(format=mpd-time-csf%s)", "manifest(format=fmp4%s)"} {
		b, _, err := askAt(e, entry, fmt.Sprintf(tail, ",filter=small"))
		want, _, err2 := ask(e, fmt.Sprintf(tail, ",filter=video;small"))
		if err != nil || err2 != nil || string(b) != strings.ReplaceAll(string(want), "video;small", "small") {
			t.Errorf("%s: %v, %v\n%s\nwant\n%s", tail, err, err2, b, want)
		}
	}
	const audio = "QualityLevels(128041)/Manifest(aac_eng_2_128041_2_1,format=m3u8-cmaf)"
	if _, _, err := askAt(e, entry, audio); code(err) != fault.TrackNotFound {
		t.Errorf("a playlist that the filter takes away: %v", err)
	}
	full := strings.TrimSuffix(strings.Repeat("all;", 10), ";")
	if _, _, err := ask(e, "manifest(filter="+full+")"); err != nil {
		t.Errorf("ten filters: %v", err)
	}
	if _, _, err := askAt(e, entry, "manifest(filter="+full+")"); code(err) != fault.FilterCount {
		t.Errorf("ten filters and that of the locator: %v", err)
	}
	if err := e.Catalog().DeleteFilter("video", "", ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := askAt(e, entry, "manifest"); code(err) != fault.FilterNotFound {
		t.Errorf("a filter of the locator that was deleted: %v", err)
	}
}

func TestLocatorsHaveKeysOfTheirOwn(t *testing.T) {
	data := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		path := filepath.Join(data, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("policies/mine.json", `{"envelopeEncryption":{"enabledProtocols":{"hls":true}},
		"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"per":"trackType"},
			"drm":{"widevine":{"customLicenseAcquisitionUrlTemplate":"https://drm.example/{AlternativeMediaId}/{ContentKeyId}"}},"clearKeyEncryptionConfiguration":{}}}`)
	const kind = "#Microsoft.Media.ContentKeyPolicy"
	policy := func(secret string) string {
		return `{"options":[{"configuration":{"@odata.type":"` + kind + `ClearKeyConfiguration"},"restriction":{"@odata.type":"` + kind + `TokenRestriction","restrictionTokenType":"Jwt",
			"issuer":"urn:a","audience":"urn:b","primaryVerificationKey":{"@odata.type":"` + kind + `SymmetricTokenKey","keyValue":"` + base64.StdEncoding.EncodeToString([]byte(secret)) + `"}}}]}`
	}
	put("keypolicies/viewers.json", policy("0123456789abcdef"))
	put("keypolicies/few.json", policy("fedcba9876543210"))
	e := golden(t, packager.Config{Data: data})
	entry := create(t, e, "keyed", catalog.LocatorProperties{Policy: "mine", KeyPolicy: "viewers", MediaID: "movie-7", Keys: []catalog.PropertyKey{
		{ID: "00000000-0000-4000-8000-00000000000a", Type: "CommonEncryptionCenc", Label: "video", Value: []byte("AAAAAAAAAAAAAAAA")},
		{ID: "00000000-0000-4000-8000-00000000000b", Type: "CommonEncryptionCenc", Label: "audio", Value: []byte("BBBBBBBBBBBBBBBB"), KeyPolicy: "few"},
	}})
	mpd, _, err := askAt(e, entry, "manifest(format=mpd-time-cmaf,encryption=cenc)")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`default_KID="00000000-0000-4000-8000-00000000000a"`, `default_KID="00000000-0000-4000-8000-00000000000b"`, "https://drm.example/movie-7/00000000-0000-4000-8000-00000000000b"} {
		if !strings.Contains(strings.ToLower(string(mpd)), strings.ToLower(want)) {
			t.Errorf("the MPD lacks %s\n%s", want, mpd)
		}
	}
	a, err := e.Asset(t.Context(), entry.Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := e.Keys(entry, a)
	if err != nil || len(keys) != 3 || keys[0].Scheme != "EnvelopeEncryption" || keys[1].ID != "00000000-0000-4000-8000-00000000000b" && keys[2].ID != "00000000-0000-4000-8000-00000000000b" {
		t.Errorf("%+v, %v", keys, err)
	}
	sign := func(policy string) string {
		t.Helper()
		p, err := e.Catalog().KeyPolicy(policy)
		if err != nil {
			t.Fatal(err)
		}
		token, err := p.Sign(keypolicy.Grant{Until: time.Now().Add(time.Hour)}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	viewers, few := sign("viewers"), sign("few")
	for _, k := range keys {
		id, _ := protect.ParseKID(k.ID)
		mine, other := viewers, few // of the locator's policy
		if k.Label == "audio" {
			mine, other = few, viewers // of the key's
		}
		if _, err := e.DeliverKey(id, &keypolicy.Request{Token: mine}); err != nil {
			t.Errorf("%+v: %v", k, err)
		}
		for _, token := range []string{"", other} {
			if _, err := e.DeliverKey(id, &keypolicy.Request{Token: token}); code(err) != fault.TokenRefused {
				t.Errorf("%+v with the token %q: %v", k, token, err)
			}
		}
	}
}

// lacks says whether a key is not given as its policy is not there: a failure of
// the server, whose cause is the name of the policy.
func lacks(err error, policy string) bool {
	return code(err) == fault.Internal && fault.As(fault.As(err).Err).Where == policy
}

// The content key policies that a streaming policy names are in force for keys
// whose locator names none; that of an encryption goes before that of the locator.
func TestStreamingPoliciesNameContentKeyPolicies(t *testing.T) {
	data := t.TempDir()
	if err := os.MkdirAll(filepath.Join(data, "policies"), 0o700); err != nil {
		t.Fatal(err)
	}
	const text = `{"defaultContentKeyPolicyName":"gone","envelopeEncryption":{"enabledProtocols":{"hls":true}},
		"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"defaultKey":{"label":"x","policyName":"lost"}},"clearKeyEncryptionConfiguration":{}}}`
	if err := os.WriteFile(filepath.Join(data, "policies", "mine.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	e := golden(t, packager.Config{Data: data, Policy: "mine"})
	named := e.Entries()[0]
	if _, err := e.Catalog().CreateLocator("open", catalog.LocatorProperties{Path: named.Path, Policy: "mine", KeyPolicy: "Open"}); err != nil {
		t.Fatal(err)
	}
	for _, entry := range e.Locators(named) {
		a, err := e.Asset(t.Context(), entry.Locator.ID)
		if err != nil {
			t.Fatal(err)
		}
		keys, err := e.Keys(entry, a)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			id, _ := protect.ParseKID(k.ID)
			want := "gone"
			switch {
			case k.Scheme == "CommonEncryptionCenc":
				want = "lost"
			case entry.Locator.Name == "open":
				want = ""
			}
			if _, err := e.DeliverKey(id, new(keypolicy.Request)); want == "" && err != nil || want != "" && !lacks(err, want) {
				t.Errorf("%s, %s: %v, want %q", entry.Locator.Name, k.Scheme, err, want)
			}
		}
	}
}

// A mapping has a content key policy of its own; the default key has the label that
// the policy gives it, in locators and where keys are given by hand.
func TestKeysByLabelHavePoliciesByLabel(t *testing.T) {
	data := t.TempDir()
	if err := os.MkdirAll(filepath.Join(data, "policies"), 0o700); err != nil {
		t.Fatal(err)
	}
	const text = `{"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"clearKeyEncryptionConfiguration":{},"contentKeys":{"defaultKey":{"label":"main","policyName":"lost"},
		"keyToTrackMappings":[{"label":"sound","policyName":"gone","tracks":[{"trackSelections":[{"property":"Type","operation":"Equal","value":"audio"}]}]}]}}}`
	if err := os.WriteFile(filepath.Join(data, "policies", "mine.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	e := golden(t, packager.Config{Data: data, Policy: "mine"})
	entry := e.Entries()[0]
	const given, published = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
	if err := e.Catalog().SetKeys(entry.Locator.ID, false, catalog.ContentKey{ID: given, Scheme: "CommonEncryptionCenc", Label: "main", Value: []byte("AAAAAAAAAAAAAAAA")}); err != nil {
		t.Fatal(err)
	}
	named := create(t, e, "named", catalog.LocatorProperties{Policy: "mine", Keys: []catalog.PropertyKey{{ID: published, Value: []byte("BBBBBBBBBBBBBBBB")}}})
	for id, entry := range map[string]packager.Entry{given: entry, published: named} {
		a, err := e.Asset(t.Context(), entry.Locator.ID)
		if err != nil {
			t.Fatal(err)
		}
		keys, err := e.Keys(entry, a)
		if err != nil || len(keys) != 2 {
			t.Fatalf("%+v, %v", keys, err)
		}
		for _, k := range keys {
			want := map[string]string{"main": "lost", "sound": "gone"}[k.Label]
			if (k.Label == "main") != (k.ID == id) {
				t.Errorf("the key %s is %s", k.Label, k.ID)
			}
			kid, _ := protect.ParseKID(k.ID)
			if _, err := e.DeliverKey(kid, new(keypolicy.Request)); !lacks(err, want) {
				t.Errorf("%s: %v, want %q", k.Label, err, want)
			}
		}
	}
}

// A policy that is edited is in force at once; one that is broken is not.
func TestPoliciesEditedByHand(t *testing.T) {
	data := t.TempDir()
	path := filepath.Join(data, "policies", "mine.json")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	edit := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	edit(`{"noEncryption":{"enabledProtocols":{"dash":true}}}`)
	e := golden(t, packager.Config{Data: data, Policy: "mine"})
	allowed := func(want ...fault.Code) {
		t.Helper()
		for i, tail := range []string{"manifest(format=mpd-time-cmaf)", "manifest(format=m3u8-cmaf)"} {
			if _, _, err := ask(e, tail); code(err) != want[i] {
				t.Errorf("%s: %v, want %q", tail, err, want[i])
			}
		}
	}
	allowed("", fault.OutputFormatBlocked)
	if _, _, err := ask(e, "manifest(format=m3u8-cmaf,encryption=cenc)"); code(err) != fault.OutputFormatBlocked {
		t.Errorf("an encryption of a protocol that is not enabled: %v", err)
	}
	edit(`{"noEncryption":{"enabledProtocols":{"hls":true}}}`)
	allowed(fault.OutputFormatBlocked, "")
	edit(`{"noEncryption":{"enabledProtocols":{"dahs":true}}}`)
	allowed(fault.OutputFormatBlocked, "")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	allowed("", fault.OutputFormatBlocked) // as it was when the server started
}

// While a filter and locators are edited, every request gets one version or the
// other, and whoever is not edited is not disturbed.
func TestEditsUnderLoad(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 6, 200)
	e := open(t, packager.Config{Data: data}, dir)
	steady := create(t, e, "steady", catalog.LocatorProperties{Policy: "Workbench"})
	documents := []string{`{"tracks":[{"trackSelections":[{"property":"Type","operation":"Equal","value":"video"}]}]}`, `{"tracks":[{"trackSelections":[{"property":"Type","operation":"Equal","value":"audio"}]}]}`}
	want := map[string]bool{}
	for _, d := range documents {
		if err := e.Catalog().SetFilter("f", "", []byte(d)); err != nil {
			t.Fatal(err)
		}
		want[string(mustAsk(t, e, "manifest(format=mpd-time-cmaf,filter=f)"))] = true
	}
	ctx, cancel := context.WithCancel(t.Context())
	var editors, readers sync.WaitGroup
	for w := range 3 {
		other, err := catalog.Open(data, "")
		if err != nil {
			t.Fatal(err)
		}
		editors.Go(func() {
			for i := range 60 {
				if err := other.SetFilter("f", "", []byte(documents[(i+w)%2])); err != nil {
					t.Error(err)
				}
				name := fmt.Sprintf("l%d-%d", w, i)
				if _, err := other.CreateLocator(name, catalog.LocatorProperties{Asset: "x", Policy: "Workbench"}); err != nil {
					t.Error(err)
				}
				if i%2 == 0 {
					if err := other.DeleteLocator(name); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	answers := 0
	readers.Go(func() {
		for ; ctx.Err() == nil || answers == 0; answers++ {
			b, _, err := ask(e, "manifest(format=mpd-time-cmaf,filter=f)")
			if err != nil || !want[string(b)] {
				t.Errorf("%v\n%s", err, b)
				return
			}
			if _, _, err := askAt(e, steady, "manifest(format=m3u8-cmaf)"); err != nil {
				t.Error(err)
				return
			}
		}
	})
	editors.Wait()
	cancel()
	readers.Wait()
	if n := len(e.Catalog().LocatorNames()); n != 1+3*30 || len(e.Catalog().Findings()) != 0 {
		t.Errorf("%d locators are left, %d requests, %+v", n, answers, e.Catalog().Findings())
	}
}
