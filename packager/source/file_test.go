package source

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func file(t *testing.T, content string) (string, *File) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.mp4")
	put(t, path, content)
	// however coarse the clock of the file system is, changes come later
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return path, f
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestFileIsReadByRange(t *testing.T) {
	_, f := file(t, "0123456789")
	if f.Size() != 10 || f.Stale() {
		t.Errorf("%d bytes, stale %v", f.Size(), f.Stale())
	}
	for _, c := range []struct {
		off  int64
		n    int
		want string
		err  error
	}{{0, 10, "0123456789", nil}, {3, 4, "3456", nil}, {8, 4, "89", io.EOF}, {10, 1, "", io.EOF}, {50, 1, "", io.EOF}, {2, 0, "", nil}} {
		b := make([]byte, c.n)
		n, err := f.ReadAt(b, c.off)
		if string(b[:n]) != c.want || err != c.err {
			t.Errorf("%d bytes at %d: %q, %v", c.n, c.off, b[:n], err)
		}
	}
}

func TestReadsOfAChangedFileFail(t *testing.T) {
	for name, change := range map[string]func(path string, f *File){
		"written over in place":     func(path string, f *File) { put(t, path, "abcdefghij") },
		"cut short":                 func(path string, f *File) { os.Truncate(path, 5) },
		"grown by another process":  func(path string, f *File) { os.Truncate(path, 500) },
		"cut short and grown again": func(path string, f *File) { put(t, path, "abc"); put(t, path, "9876543210") },
	} {
		path, f := file(t, "0123456789")
		version := f.Version()
		change(path, f)
		b := make([]byte, 4)
		if n, err := f.ReadAt(b, 0); n != 0 || !errors.Is(err, ErrChanged) {
			t.Errorf("%s: %d bytes, %v", name, n, err)
		}
		if !f.Stale() {
			t.Errorf("%s: it is not stale", name)
		}
		again, err := Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if again.Version() == version || again.Stale() {
			t.Errorf("%s: version %s again, stale %v", name, again.Version(), again.Stale())
		}
		again.Close()
	}
}

func TestAReplacedFileIsReadToItsEnd(t *testing.T) {
	path, f := file(t, "0123456789")
	put(t, path+".new", "abcdefghij")
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 10)
	// the old bytes are still there, whole: an answer that has begun can end
	if n, err := f.ReadAt(b, 0); n != 10 && !errors.Is(err, ErrChanged) || n == 10 && string(b) != "0123456789" {
		t.Errorf("%q, %v", b[:n], err)
	}
	if !f.Stale() {
		t.Error("the file at the path is another one, and it is not stale")
	}
}

func TestARemovedFileIsStale(t *testing.T) {
	path, f := file(t, "0123456789")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if !f.Stale() {
		t.Error("it is not stale")
	}
}

func TestOnlyRegularFilesAreOpened(t *testing.T) {
	for _, path := range []string{t.TempDir(), os.DevNull} {
		if f, err := Open(path, nil); err == nil {
			f.Close()
			t.Errorf("%s was opened", path)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "gone"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// Bytes of two versions never come from one File, whenever it is changed.
func TestVersionsAreNeverMixed(t *testing.T) {
	old, next := bytes.Repeat([]byte("a"), 1<<16), bytes.Repeat([]byte("b"), 1<<16)
	path, f := file(t, string(old))
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			b := make([]byte, 4096)
			for i := 0; ; i++ {
				n, err := f.ReadAt(b, int64(i%16)*4096)
				if errors.Is(err, ErrChanged) {
					return
				}
				if err != nil || !bytes.Equal(b[:n], old[:n]) {
					t.Errorf("%q…, %v", b[:4], err)
					return
				}
			}
		})
	}
	put(t, path, string(next)) // truncates, so that sizes differ in between
	readers.Wait()
}

// A time that is put back hides nothing; a name that is taken or given is no change.
func TestWhatWasDoneToAFileIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		do      func(path string, f *File)
		changed bool
	}{
		"written over, its time put back": {func(path string, f *File) {
			put(t, path, "abcdefghij")
			os.Chtimes(path, f.Modified(), f.Modified())
		}, true},
		"removed":       {func(path string, f *File) { os.Remove(path) }, false},
		"linked beside": {func(path string, f *File) { os.Link(path, path+".too") }, false},
	} {
		path, f := file(t, "0123456789")
		time.Sleep(2 * tick)
		c.do(path, f)
		if err := f.Check(); errors.Is(err, ErrChanged) != c.changed {
			t.Errorf("%s: %v", name, err)
		}
		if !f.Stale() {
			t.Errorf("%s: it is not stale", name)
		}
	}
}
