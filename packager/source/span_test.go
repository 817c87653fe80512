//go:build linux

package source

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// mappedFile returns a file of n bytes that is mapped.
func mappedFile(t *testing.T, n int) (string, *File, []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.mp4")
	content := make([]byte, n)
	for i := range content {
		content[i] = byte(i % 251)
	}
	put(t, path, string(content))
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path, new(Maps))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return path, f, content
}

func TestSpansAreTheBytesOfTheFile(t *testing.T) {
	_, f, content := mappedFile(t, 100_000)
	for _, c := range []struct {
		off int64
		n   int
	}{{0, 100_000}, {0, 0}, {4096, 8192}, {99_999, 1}, {100_000, 0}} {
		if b := f.Span(c.off, c.n); b == nil || !bytes.Equal(b, content[c.off:c.off+int64(c.n)]) {
			t.Errorf("%d bytes at %d: %d", c.n, c.off, len(b))
		}
	}
	for _, c := range []struct {
		off int64
		n   int
	}{{0, 100_001}, {99_999, 2}, {200_000, 1}, {-1, 5}, {0, -1}, {1<<63 - 1, 10}} {
		if b := f.Span(c.off, c.n); b != nil {
			t.Errorf("%d bytes at %d: %d", c.n, c.off, len(b))
		}
	}
	path := filepath.Join(t.TempDir(), "empty")
	put(t, path, "")
	if e, err := Open(path, new(Maps)); err != nil {
		t.Error(err)
	} else if b := e.Span(0, 0); b != nil {
		t.Errorf("of an empty file: %v", b)
	}
}

func TestFilesThatChangedAreTold(t *testing.T) {
	path, f, _ := mappedFile(t, 10_000)
	if err := f.Check(); err != nil {
		t.Fatal(err)
	}
	put(t, path, "other")
	if err := f.Check(); !errors.Is(err, ErrChanged) {
		t.Errorf("the error is %v", err)
	}
}

// A file that becomes shorter while its spans are read is an error, not the end
// of the process.
func TestGuardSurvivesAShorterFile(t *testing.T) {
	path, f, _ := mappedFile(t, 100_000)
	b := f.Span(0, 100_000)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	out := make([]byte, len(b))
	if err := Guard(func() error { copy(out, b); return nil }); !errors.Is(err, ErrChanged) {
		t.Errorf("the error is %v", err)
	}
}

func TestGuardPassesOnOtherPanicsAndErrors(t *testing.T) {
	broken := errors.New("broken")
	if err := Guard(func() error { return broken }); err != broken {
		t.Errorf("the error is %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a panic of ours is hidden")
		}
	}()
	Guard(func() error { var list []int; return errors.New(string(rune(list[3]))) })
}

// Beyond the limit pages are taken out of the map, and spans stay what they were.
func TestResidentPagesAreLimited(t *testing.T) {
	_, f, content := mappedFile(t, 1<<20)
	b := f.Span(0, len(content))
	if !bytes.Equal(b, content) {
		t.Fatalf("%d bytes", len(b))
	}
	before := resident()
	f.maps.drop()
	if after := resident(); after > before-len(content)/2 {
		t.Errorf("%d bytes are resident, %d before", after, before)
	}
	if !bytes.Equal(b, content) {
		t.Error("the span is something else")
	}
}
