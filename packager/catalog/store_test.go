package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"manifold/packager/fault"
)

const (
	first  = `{"presentationTimeRange":{"startTimestamp":10}}`
	second = `{"presentationTimeRange":{"startTimestamp":20}}`
)

func code(err error) fault.Code {
	if err == nil {
		return ""
	}
	return fault.As(err).Code
}

// write writes a file of a data directory as an editor does.
func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// What is edited by hand is in force with the next request, whatever the edit
// leaves as it was.
func TestDocumentsEditedByHandAreInForceAtOnce(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, "")
	for i := range 200 { // of one size, and often of one time
		write(t, dir, "filters/f.json", fmt.Sprintf(`{"presentationTimeRange":{"startTimestamp":%d}}`, 100+i))
		f, _, err := c.Filter("f", "")
		if err != nil || f.Start != int64(100+i) {
			t.Fatalf("edit %d: %+v, %v", i, f, err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "filters", "f.json")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Filter("f", ""); code(err) != fault.FilterNotFound {
		t.Errorf("a filter that was deleted: %v", err)
	}
}

func TestABrokenDocumentLeavesItsLastGoodVersionInForce(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, "")
	write(t, dir, "filters/f.json", first)
	_, revision, err := c.Filter("f", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range []string{"", "{\n\"trakcs\":[]}", strings.Repeat(" ", maxDocument+1)} {
		write(t, dir, "filters/f.json", broken)
		f, r, err := c.Filter("f", "")
		if err != nil || f.Start != 10 || r != revision {
			t.Errorf("%.20q: %+v, %s, %v", broken, f, r, err)
		}
		found := c.Findings()
		if len(found) != 1 || found[0].Severity != fault.Warning || found[0].Code != "document-broken" || !strings.HasPrefix(found[0].Where, "filters/f.json") {
			t.Errorf("%.20q: %+v", broken, found)
		}
		if strings.Contains(broken, "trakcs") && (found[0].Where != "filters/f.json line 2" || !strings.Contains(found[0].Message, `"trakcs"`)) {
			t.Errorf("%+v", found)
		}
	}
	if _, _, err := open(t, dir, "").Filter("f", ""); code(err) == fault.FilterNotFound || err == nil {
		t.Errorf("one that never was good: %v", err)
	}
	write(t, dir, "filters/f.json", second)
	if f, _, err := c.Filter("f", ""); err != nil || f.Start != 20 || len(c.Findings()) != 0 {
		t.Errorf("when it is mended: %+v, %v, %+v", f, err, c.Findings())
	}
}

func TestWhatIsNoFileIsNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, "")
	if err := os.MkdirAll(filepath.Join(dir, "filters", "folder.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("mkfifo", filepath.Join(dir, "filters", "pipe.json")).Run(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"folder", "pipe"} {
		if _, _, err := c.Filter(name, ""); err == nil {
			t.Errorf("a %s is a filter", name)
		}
	}
}

func TestAWriterThatSawAnOlderRevisionIsRefused(t *testing.T) {
	dir := t.TempDir()
	c, other := open(t, dir, ""), open(t, dir, "")
	if err := c.SetFilter("f", "", []byte(first)); err != nil {
		t.Fatal(err)
	}
	_, revision, err := other.Filter("f", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.ChangeFilter("f", "", []byte(second), revision); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"an older revision":          other.ChangeFilter("f", "", []byte(first), revision),
		"a filter that is not there": other.ChangeFilter("g", "", []byte(first), revision),
		"what a new one would be":    other.CreateFilter("f", "", []byte(first)),
		"the end of an older one":    other.DeleteFilter("f", "", revision),
	} {
		if code(err) != fault.StorageConflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	if f, _, err := other.Filter("f", ""); err != nil || f.Start != 20 {
		t.Errorf("%+v, %v", f, err)
	}
}

// Many writers count up one number; each sees what it changes.
func TestNoWriteIsLost(t *testing.T) {
	dir := t.TempDir()
	const writers, times = 4, 25
	if err := open(t, dir, "").SetFilter("f", "", []byte(`{"firstQuality":{"bitrate":1}}`)); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			c := open(t, dir, "")
			for done := 0; done < times; {
				f, revision, err := c.Filter("f", "")
				if err == nil {
					err = c.ChangeFilter("f", "", fmt.Appendf(nil, `{"firstQuality":{"bitrate":%d}}`, f.First+1), revision)
				}
				switch {
				case err == nil:
					done++
				case code(err) != fault.StorageConflict:
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if f, _, err := open(t, dir, "").Filter("f", ""); err != nil || f.First != 1+writers*times {
		t.Errorf("%+v, %v", f, err)
	}
}

// writer is the variable by which this test runs itself as a process that only
// writes.
const writer = "MANIFOLD_TEST_WRITER"

func TestKilledWriterLeavesAReadableStore(t *testing.T) {
	if dir := os.Getenv(writer); dir != "" {
		c := open(t, dir, "")
		for i := 0; ; i++ {
			if err := c.SetFilter("f", "", big(i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := t.TempDir()
	c := open(t, dir, "")
	last := -1
	for range 10 {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestKilledWriterLeavesAReadableStore$")
		cmd.Env = append(os.Environ(), writer+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for begun := time.Now(); ; { // until it writes, and then into the middle of it
			f, _, err := c.Filter("f", "")
			if err == nil && f.First != last {
				last = f.First
				break
			}
			if err != nil && code(err) != fault.FilterNotFound || time.Since(begun) > time.Minute {
				t.Fatal(err)
			}
		}
		if err := cmd.Process.Kill(); err != nil { // SIGKILL
			t.Fatal(err)
		}
		cmd.Wait()
		f, _, err := open(t, dir, "").Filter("f", "")
		if err != nil || len(c.Findings()) != 0 {
			t.Fatalf("after the kill: %v, %+v", err, c.Findings())
		}
		last = f.First
	}
	if err := c.SetFilter("f", "", []byte(first)); err != nil {
		t.Errorf("the dead hold the lock: %v", err)
	}
	if list, err := os.ReadDir(filepath.Join(dir, "filters")); err != nil || len(list) != 1 {
		t.Errorf("beside the filter there are %v (%v)", list, err)
	}
}

// big is a valid filter of half a megabyte.
func big(i int) []byte {
	return []byte(`{"firstQuality":{"bitrate":` + strconv.Itoa(1+i) + `},"tracks":[` + strings.Repeat(" ", 500_000) + `]}`)
}

func TestStoresRefuseNames(t *testing.T) {
	c := open(t, t.TempDir(), "")
	for _, name := range []string{"", "a b", "../up", ".hidden", "a/b", strings.Repeat("x", 101)} {
		if err := c.SetFilter(name, "", []byte(first)); err == nil {
			t.Errorf("%q is set", name)
		}
		if err := c.DeleteFilter(name, "", ""); code(err) != fault.FilterNotFound {
			t.Errorf("%q is deleted: %v", name, err)
		}
		if _, err := c.locators.bytes(name); name != "a/b" && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%q is read: %v", name, err)
		}
	}
}
