package catalog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"manifold/packager/fault"
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
	for _, c := range []struct {
		name      string
		protocols []string
		download  bool
	}{
		{"", everyProtocol, true},
		{"workbench", everyProtocol, true},
		{"Predefined_DownloadOnly", nil, true},
		{"predefined_clearstreamingonly", everyProtocol, false},
		{"Predefined_DownloadAndClearStreaming", everyProtocol, true},
	} {
		p, err := PolicyOf(c.name)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, protocol := range everyProtocol {
			err := p.Allows(protocol, "")
			if allowed := slices.Contains(c.protocols, protocol); (err == nil) != allowed || err != nil && fault.As(err).Code != fault.OutputFormatBlocked {
				t.Errorf("%s, %s: %v", p.Name, protocol, err)
			}
			if err := p.Allows(protocol, "cenc"); err == nil || fault.As(err).Code != fault.EncryptionNotInPolicy {
				t.Errorf("%s, %s with cenc: %v", p.Name, protocol, err)
			}
		}
		if err := p.AllowsDownload(); (err == nil) != c.download || err != nil && fault.As(err).Code.Status() != 403 {
			t.Errorf("%s, download: %v", p.Name, err)
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
