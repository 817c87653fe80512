package player

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// desktop puts an xdg-open of our own in front: it notes what it was given.
// The returned function waits for that note.
func desktop(t *testing.T) func() string {
	t.Helper()
	dir := t.TempDir()
	note := filepath.Join(dir, "note")
	script := "#!/bin/sh\necho noise\nprintf %s \"$1\" >'" + note + ".new' && mv '" + note + ".new' '" + note + "'\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return func() string {
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
			if b, err := os.ReadFile(note); err == nil {
				return string(b)
			}
		}
		t.Fatal("nothing was opened")
		return ""
	}
}

func TestOpenGivesTheURLToTheBrowser(t *testing.T) {
	opened := desktop(t)
	url := "http://127.0.0.1:8080/player/?url=/8b6f/it's.ism/manifest(format=m3u8-cmaf)&engine=shaka"
	if err := Open(url); err != nil {
		t.Fatal(err)
	}
	if got := opened(); got != url {
		t.Errorf("opened %q, want %q", got, url)
	}
}

func TestRevealShowsAFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), `it's 100% "été"`)
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "a b.mp4")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, file} {
		opened := desktop(t)
		if err := Reveal(path); err != nil {
			t.Fatal(err)
		}
		if got := opened(); got != folder {
			t.Errorf("Reveal(%s) opened %q, want %q", path, got, folder)
		}
	}
	if err := Reveal(filepath.Join(folder, "missing")); err == nil {
		t.Error("a missing file was revealed")
	}
}
