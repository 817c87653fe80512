package catalog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"manifold/packager/fault"
	"manifold/packager/protect"
)

func open(t *testing.T, dir, policy string) *Catalog {
	t.Helper()
	c, err := Open(dir, policy)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLocatorsAreTheSameAtEveryStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	first := open(t, dir, "").Default("/media/tears")
	again := open(t, dir, "").Default("/media/tears")
	if first.ID != again.ID || first.Name != "default" || first.Policy.Name != "Workbench" {
		t.Errorf("%+v, then %+v", first, again)
	}
	if id, err := uuid.Parse(first.ID); err != nil || id.Version() != 5 || strings.ToLower(first.ID) != first.ID {
		t.Errorf("%s is no lower-case UUIDv5", first.ID)
	}
	if other := open(t, dir, "").Default("/media/tears2"); other.ID == first.ID {
		t.Error("two assets have one locator")
	}
	if other := open(t, t.TempDir(), "").Default("/media/tears"); other.ID == first.ID {
		t.Error("two installations have one locator")
	}
}

func TestTheSecretIsForItsOwnerAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // permissions are lists there
	}
	dir := filepath.Join(t.TempDir(), "data")
	open(t, dir, "")
	for path, want := range map[string]fs.FileMode{dir: 0o700, filepath.Join(dir, secretName): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v (%v), want %v", path, info.Mode().Perm(), err, want)
		}
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("beside the secret there are %v (%v)", list, err)
	}
}

func TestManyFirstStartsAgreeOnOneSecret(t *testing.T) {
	dir := t.TempDir()
	ids := make([]string, 16)
	var starts sync.WaitGroup
	for i := range ids {
		starts.Go(func() {
			c, err := Open(dir, "")
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = c.Default("/a").ID
		})
	}
	starts.Wait()
	if slices.Sort(ids); ids[0] != ids[len(ids)-1] {
		t.Errorf("locators %v", ids)
	}
}

func TestDataDirectoriesThatCannotBeUsed(t *testing.T) {
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, secretName), []byte("xyz"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, says := range map[string]string{damaged: "not a UUID", file: "cannot be used", filepath.Join(file, "below"): "cannot be used"} {
		_, err := Open(dir, "")
		var e *fault.Error
		if !errors.As(err, &e) || !strings.Contains(e.What, says) || e.Advice == "" || !strings.HasPrefix(e.Where, dir) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	if b, err := os.ReadFile(filepath.Join(damaged, secretName)); err != nil || string(b) != "xyz" {
		t.Error("the damaged secret was replaced")
	}
}

func TestTheDataDirectoryIsWhereTheUserSays(t *testing.T) {
	t.Setenv("MANIFOLD_DATA", "/elsewhere")
	if dir, err := DefaultDirectory(); err != nil || dir != "/elsewhere" {
		t.Error(dir, err)
	}
	if runtime.GOOS != "linux" {
		return
	}
	for _, c := range []struct{ home, xdg, want string }{
		{"/home/a", "/home/a/data", "/home/a/data/manifold"},
		{"/home/a", "", "/home/a/.local/share/manifold"},
		{"/home/a", "relative", "/home/a/.local/share/manifold"}, // the XDG rules ignore it
		{"", "/data", "/data/manifold"},
		{"", "", ""},
	} {
		t.Setenv("MANIFOLD_DATA", "")
		t.Setenv("HOME", c.home)
		t.Setenv("XDG_DATA_HOME", c.xdg)
		dir, err := DefaultDirectory()
		if dir != c.want || (err != nil) != (c.want == "") {
			t.Errorf("HOME=%s XDG_DATA_HOME=%s: %q, %v, want %q", c.home, c.xdg, dir, err, c.want)
		}
	}
}

func TestPoliciesAllowWhatTheyName(t *testing.T) {
	const all = "Hls Dash SmoothStreaming"
	for _, c := range []struct {
		name                       string
		clear, envelope, ctr, cbcs string // protocols
		download                   bool
	}{
		{"", all, all, all, all, true},
		{"workbench", all, all, all, all, true},
		{"Predefined_DownloadOnly", "", "", "", "", true},
		{"predefined_clearstreamingonly", all, "", "", "", false},
		{"Predefined_DownloadAndClearStreaming", all, "", "", "", true},
		{"Predefined_ClearKey", "", all, "", "", false},
		{"Predefined_MultiDrmCencStreaming", "", all, "Dash SmoothStreaming", "", false},
		{"Predefined_MultiDrmStreaming", "", all, "Dash SmoothStreaming", "Hls", false},
	} {
		p, err := PolicyOf(c.name)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, protocol := range everyProtocol {
			refusal := fault.OutputFormatBlocked // ams.md §1.4: the protocol is not enabled at all
			if strings.Contains(c.clear+c.envelope+c.ctr+c.cbcs, protocol) {
				refusal = fault.EncryptionNotInPolicy
			}
			for scheme, list := range map[protect.Scheme]string{protect.Envelope: c.envelope, protect.CENC: c.ctr, protect.PIFF: c.ctr, protect.CBCS: c.cbcs} {
				e, err := p.Encryption(protocol, false, scheme)
				allowed := slices.Contains(strings.Fields(list), protocol)
				if allowed != (err == nil) || allowed && e.Scheme.Family() != scheme.Family() || err != nil && fault.As(err).Code != refusal {
					t.Errorf("%s, %s with %s: %v", p.Name, protocol, scheme, err)
				}
			}
			e, err := p.Encryption(protocol, false, "")
			if slices.Contains(strings.Fields(c.clear), protocol) && (e != nil || err != nil) {
				t.Errorf("%s, %s: %+v, %v", p.Name, protocol, e, err)
			}
		}
		if err := p.AllowsDownload(); (err == nil) != c.download || err != nil && fault.As(err).Code.Status() != 403 {
			t.Errorf("%s, download: %v", p.Name, err)
		}
	}
	// what a URL without encryption= means
	for _, c := range []struct {
		policy, protocol string
		cmaf             bool
		want             protect.Scheme
		code             fault.Code
	}{
		{"Predefined_ClearKey", hls, false, protect.Envelope, ""},
		{"Predefined_ClearKey", hls, true, "", fault.EncryptionNotSpecified},
		{"Predefined_MultiDrmCencStreaming", hls, false, protect.Envelope, ""},
		{"Predefined_MultiDrmCencStreaming", dash, false, "", fault.EncryptionNotSpecified},
		{"Predefined_MultiDrmStreaming", hls, false, "", fault.EncryptionNotSpecified},
		{"Predefined_DownloadOnly", dash, false, "", fault.OutputFormatBlocked},
	} {
		p, _ := PolicyOf(c.policy)
		switch e, err := p.Encryption(c.protocol, c.cmaf, ""); {
		case err != nil && (c.code == "" || fault.As(err).Code != c.code), err == nil && (c.code != "" || e.Scheme != c.want):
			t.Errorf("%+v: %+v, %v", c, e, err)
		}
	}
	_, err := PolicyOf("Predefined_Nothing")
	if e := fault.As(err); e.Code != fault.ResourceNotFound || !strings.Contains(e.Advice, "Predefined_DownloadOnly") {
		t.Error(err)
	}
	if _, err := Open(t.TempDir(), "Predefined_Nothing"); err == nil {
		t.Error("an unknown policy is accepted")
	}
}

func TestKeysAreKept(t *testing.T) {
	dir := t.TempDir()
	const locator = "0f0e0d0c-0000-4000-8000-000000000000"
	c := open(t, dir, "")
	first, err := c.Key(locator, "CommonEncryptionCenc", "")
	if err != nil {
		t.Fatal(err)
	}
	var starts sync.WaitGroup
	for range 16 {
		starts.Go(func() {
			k, err := open(t, dir, "").Key(locator, "CommonEncryptionCenc", "")
			if err != nil || k != first {
				t.Errorf("%+v, %v", k, err)
			}
			_, _ = open(t, dir, "").Key(locator, "EnvelopeEncryption", "SD")
		})
	}
	starts.Wait()
	other, err := c.Key(locator, "CommonEncryptionCbcs", "")
	if err != nil || other.ID == first.ID || other.Value == first.Value {
		t.Errorf("two families have one key (%v)", err)
	}
	path := c.keyPath(locator, "CommonEncryptionCenc", "")
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if h := c.Holdings(first.ID); len(h) != 1 || h[0].Locator != locator || h[0].Family != "CommonEncryptionCenc" || h[0].Key != first {
		t.Errorf("found %+v", h)
	}
	if h := c.Holdings(protect.KID{1}); len(h) != 0 {
		t.Errorf("a key that is not there is found: %+v", h)
	}
	if err := c.SetKeys(locator, true, ContentKey{ID: other.ID.String(), Scheme: "CommonEncryptionCbcs", Value: first.Value[:]}); err != nil {
		t.Fatal(err)
	}
	if k, err := c.Key(locator, "CommonEncryptionCbcs", ""); err != nil || k.Value != first.Value {
		t.Errorf("a key that was replaced is in force (%v)", err)
	}
	time.Sleep(2 * LookEvery) // what others write is seen then
	for name, text := range map[string]string{
		"no JSON": "{", "no GUID": `{"id":"x","value":"AAAAAAAAAAAAAAAAAAAAAA=="}`,
		"a short value": `{"id":"0f0e0d0c-0000-4000-8000-000000000000","value":"AAAA"}`, "too large": strings.Repeat(" ", maxKey+1),
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Key(locator, "CommonEncryptionCenc", ""); err == nil || !strings.HasPrefix(fault.As(err).Where, dir) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A key is not replaced unawares, and an id is that of one key alone, whoever has it.
func TestKeysThatAreGiven(t *testing.T) {
	const here, there = "0f0e0d0c-0000-4000-8000-000000000000", "0f0e0d0c-0000-4000-8000-000000000001"
	const id, other, third = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b", "00000000-0000-4000-8000-00000000000c"
	a, b := []byte("AAAAAAAAAAAAAAAA"), []byte("BBBBBBBBBBBBBBBB")
	cenc := func(id, label string, value []byte) ContentKey {
		return ContentKey{ID: id, Scheme: "CommonEncryptionCenc", Label: label, Value: value}
	}
	c := open(t, t.TempDir(), "")
	if err := c.SetKeys(here, false, cenc(id, "SD", a), cenc(strings.ToUpper(id), "HD", a)); err != nil { // one key for two
		t.Fatal(err)
	}
	if _, err := c.CreateLocator("l", LocatorProperties{Asset: "x", Policy: "Workbench", Keys: []PropertyKey{{ID: third, Type: "CommonEncryptionCenc", Value: a}}}); err != nil {
		t.Fatal(err)
	}
	for name, w := range map[string]struct {
		locator string
		replace bool
		keys    []ContentKey
		says    string
	}{
		"the same":                        {here, false, []ContentKey{cenc(id, "SD", a)}, ""},
		"another":                         {here, false, []ContentKey{cenc(other, "SD", a)}, "a key already"},
		"the id of another label":         {here, true, []ContentKey{cenc(id, "SD", b)}, "another key has the id"},
		"the id of another asset":         {there, true, []ContentKey{cenc(id, "", b)}, "another key has the id"},
		"the id of a locator":             {there, true, []ContentKey{cenc(third, "", b)}, "another key has the id"},
		"one id for two":                  {there, true, []ContentKey{cenc(other, "SD", a), cenc(other, "HD", b)}, "another key has the id"},
		"two for one":                     {there, true, []ContentKey{cenc(other, "", a), cenc(third, "", a)}, "two keys"},
		"a label of what is in the clear": {there, false, []ContentKey{cenc(other, "clear", a)}, "no label"},
		"another value for all of its":    {here, true, []ContentKey{cenc(id, "SD", b), cenc(id, "HD", b)}, ""},
	} {
		before, _ := c.Keys(w.locator)
		err := c.SetKeys(w.locator, w.replace, w.keys...)
		if (err == nil) != (w.says == "") || err != nil && !strings.Contains(err.Error(), w.says) {
			t.Errorf("%s: %v", name, err)
		}
		if after, _ := c.Keys(w.locator); w.says != "" && !reflect.DeepEqual(after, before) {
			t.Errorf("%s: the keys are %+v", name, after)
		}
		if err := c.SetKeys(here, true, cenc(id, "SD", a), cenc(id, "HD", a)); err != nil { // as it was
			t.Fatal(err)
		}
	}
}
