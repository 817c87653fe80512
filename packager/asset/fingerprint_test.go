package asset

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"manifold/packager/fault"
	"manifold/packager/source"
)

// A file that cannot be read is named, and the next who asks finds it mended.
func TestFilesThatCannotBeReadHaveNoFingerprint(t *testing.T) {
	dir := folder(t, map[string][]byte{"a.mp4": movie(audio(100, 1, "eng"))})
	digests := source.NewDigests(filepath.Join(t.TempDir(), "digests"))
	a := Open(t.Context(), find(t, dir)[0], Options{Digests: digests})
	broken := a.files[0].File
	if err := broken.Close(); err != nil {
		t.Fatal(err)
	}
	var e *fault.Error
	if print, err := a.Fingerprint(t.Context()); !errors.As(err, &e) || e.Where != "a.mp4" || print != "" {
		t.Errorf("%q, %v", print, err)
	}
	mended, err := source.Open(filepath.Join(dir, "a.mp4"), nil)
	if err != nil {
		t.Fatal(err)
	}
	a.files[0].File = mended
	print, err := a.Fingerprint(t.Context())
	if err != nil || print == "" {
		t.Errorf("%q, %v", print, err)
	}
	other := Open(t.Context(), find(t, dir)[0], Options{Digests: digests})
	if again, err := other.Fingerprint(t.Context()); again != print || err != nil {
		t.Errorf("%q, then %q, %v", print, again, err)
	}
}

func TestWhoeverWaitsForAFingerprintMayGo(t *testing.T) {
	dir := folder(t, map[string][]byte{"a.mp4": movie(audio(100, 1, "eng"))})
	a := Open(t.Context(), find(t, dir)[0], Options{Digests: source.NewDigests("")})
	a.printing = &printing{done: make(chan struct{})} // goes on for ever
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Fingerprint(gone); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
