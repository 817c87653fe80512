package watch

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"manifold/packager"
)

func TestDiscoverFindsWhatAppearsBelow(t *testing.T) {
	root, engine := t.TempDir(), newEngine(t)
	put := func(dir string) {
		t.Helper()
		path := filepath.Join(root, dir)
		err := os.MkdirAll(path, 0o755)
		if err == nil {
			err = os.WriteFile(filepath.Join(path, "a.mp4"), nil, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put("one")
	put("shelf/two")
	var f Folders
	entries, err := f.Open(context.Background(), engine, root)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%d assets, %v", len(entries), err)
	}
	names := func() []string {
		var out []string
		for _, e := range f.Discover(context.Background(), engine) {
			out = append(out, e.Name)
		}
		return out
	}
	if got := names(); got != nil {
		t.Errorf("nothing happened, and %v appeared", got)
	}
	engine.Remove(entries[0].Path)
	put("shelf/three")
	if got := names(); !slices.Equal(got, []string{"three"}) {
		t.Errorf("%v appeared, want three", got)
	}
	if n := len(engine.Entries()); n != 2 {
		t.Errorf("%d assets, want two and three: the first was closed", n)
	}
	put("shelf/deep/four")
	if got := names(); !slices.Equal(got, []string{"four"}) {
		t.Errorf("%v appeared, want four", got)
	}
	f.Forget(func(folder string) bool { return false })
	put("five")
	if got := names(); got != nil {
		t.Errorf("the folder is forgotten, and %v appeared", got)
	}
	if s := f.Searched(); len(s) != 0 {
		t.Errorf("still searched: %v", s)
	}
}

func TestAFileIsNoFolderToSearch(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.mp4")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	var f Folders
	if _, err := f.Open(context.Background(), newEngine(t), file); err != nil {
		t.Fatal(err)
	}
	if s := f.Searched(); len(s) != 0 {
		t.Errorf("searched: %v", s)
	}
	if _, err := f.Open(context.Background(), newEngine(t), file+".gone"); err == nil {
		t.Error("a path that is not there is opened")
	}
}

func newEngine(t *testing.T) *packager.Engine {
	t.Helper()
	e, err := packager.New(packager.Config{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
