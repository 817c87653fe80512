package source

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// digestOf is the digest of what lies at a path.
func digestOf(t testing.TB, d *Digests, path string) Digest {
	t.Helper()
	f, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sum, err := d.Of(f)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestEveryByteDecidesTheDigest(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "film.mp4")
	b := bytes.Repeat([]byte("0123456789abcdef"), (2*leafSize+leafSize/2)/16)
	put(t, path, string(b))
	d := NewDigests(filepath.Join(dir, "digests"))
	whole := digestOf(t, d, path)
	seen := map[Digest]string{whole: "the file"}
	for _, at := range []int{0, leafSize - 1, leafSize, len(b)/2 + 77, len(b) - 1} {
		old, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		b[at] ^= 1
		put(t, path, string(b))
		if err := os.Chtimes(path, old.ModTime(), old.ModTime()); err != nil { // as if nothing had been done
			t.Fatal(err)
		}
		sum := digestOf(t, d, path)
		if was, ok := seen[sum]; ok {
			t.Errorf("changed at %d it has the digest of %s", at, was)
		}
		seen[sum] = "another change"
		b[at] ^= 1
	}
	put(t, path, string(b))
	put(t, filepath.Join(dir, "copy"), string(b))
	if digestOf(t, d, path) != whole || digestOf(t, NewDigests(""), filepath.Join(dir, "copy")) != whole {
		t.Error("the same bytes have another digest")
	}
	put(t, path, string(b[:leafSize]))
	if sum := digestOf(t, d, path); seen[sum] != "" {
		t.Errorf("cut short it has the digest of %s", seen[sum])
	}
}

// A digest is read from the list of an earlier process as long as the file is
// the same; what stands wrong in the list is not believed.
func TestDigestsAreRemembered(t *testing.T) {
	dir := t.TempDir()
	path, list := filepath.Join(dir, "film.mp4"), filepath.Join(dir, "digests")
	put(t, path, "0123456789")
	put(t, list, "{\"path\":\n\nnonsense\n")
	sum := digestOf(t, NewDigests(list), path)
	b, err := os.ReadFile(list)
	if err != nil || strings.Count(string(b), path) != 1 {
		t.Fatalf("%s, %v", b, err)
	}
	d := NewDigests(list)
	marked := Digest{1, 2, 3}
	d.known = recall(list)
	if len(d.known) != 1 {
		t.Fatalf("%d digests are remembered", len(d.known))
	}
	for v, was := range d.known {
		if was != sum {
			t.Errorf("%x is remembered of %x", was, sum)
		}
		d.known[v] = marked
	}
	if digestOf(t, d, path) != marked {
		t.Error("the file is read again")
	}
	put(t, path, "0123456780")
	if digestOf(t, d, path) == marked {
		t.Error("another version has the digest of the first")
	}
}

func TestTheListOfDigestsIsBounded(t *testing.T) {
	list := filepath.Join(t.TempDir(), "digests")
	for i := range maxRemembered + 10 {
		if err := remember(list, remembered{version{Path: "film", Size: int64(i)}, make([]byte, 32)}); err != nil {
			t.Fatal(err)
		}
	}
	known := recall(list)
	if n := len(known); n > maxRemembered/2 || n < maxRemembered/2-10 {
		t.Errorf("%d are remembered", n)
	}
	if _, ok := known[version{Path: "film", Size: maxRemembered + 9}]; !ok {
		t.Error("the newest is forgotten")
	}
	if again := recall(list); len(again) != len(known) {
		t.Errorf("%d, then %d", len(known), len(again))
	}
}

func TestAFileThatChangesHasNoDigest(t *testing.T) {
	path, f := file(t, "0123456789")
	time.Sleep(2 * tick)
	put(t, path, "abcdefghij")
	if _, err := NewDigests("").Of(f); !errors.Is(err, ErrChanged) {
		t.Error(err)
	}
}

// The data directory belongs to others once it is closed.
func TestNothingIsRememberedAfterClose(t *testing.T) {
	list := filepath.Join(t.TempDir(), "digests")
	d := NewDigests(list)
	_, f := file(t, "0123456789")
	d.Close()
	if _, err := d.Of(f); !errors.Is(err, fs.ErrClosed) {
		t.Error(err)
	}
	if _, err := os.Stat(list); err == nil {
		t.Error("the list is written")
	}
}
