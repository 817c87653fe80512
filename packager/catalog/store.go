package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"manifold/packager/fault"
	"manifold/packager/filter"
)

// store holds the documents of one kind: JSON files that users write with an
// editor or with our commands, one for each resource. Every get looks whether
// the file is still the same, so that what is edited by hand is in force at
// once. A document that is broken leaves its last good version in force. It is
// safe for concurrent use, by several processes, too.
type store[T any] struct {
	root   string // data directory
	folder string // below it, "filters"; "" for the data directory itself
	parse  func(name string, b []byte) (T, error)

	mu   sync.Mutex
	seen map[string]seen[T] // by name
}

// seen is a document as it was read last.
type seen[T any] struct {
	file     fs.FileInfo
	at       time.Time // when it was read
	good     bool      // there was a good version
	value    T         // of the last good version
	revision string    // of the last good version
	broken   error     // why what lies there now is not in force, nil when it is
}

// maxDocument bounds the size of a document, in bytes.
const maxDocument = 1 << 20

// path returns where a document lies; name may have a folder before it.
func (s *store[T]) path(name string) string {
	return filepath.Join(s.root, s.folder, filepath.FromSlash(name)+".json")
}

// where names a document in errors, relative to the data directory.
func (s *store[T]) where(name string) string { return path.Join(s.folder, name+".json") }

// validName says whether a document may have a name; the parts of it are joined
// by slashes.
func validName(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if !filter.ValidName(part) {
			return false
		}
	}
	return true
}

// get returns a document and its revision, which changes with its bytes. The
// error is fs.ErrNotExist, or says what is wrong with a document that never was
// good.
func (s *store[T]) get(name string) (T, string, error) {
	var none T
	d, err := s.look(name)
	switch {
	case err != nil:
		return none, "", err
	case !d.good:
		return none, "", d.broken
	}
	return d.value, d.revision, nil
}

// look reads a document unless the file is the one that was read last.
func (s *store[T]) look(name string) (seen[T], error) {
	if !validName(name) {
		return seen[T]{}, fs.ErrNotExist
	}
	file, err := os.Stat(s.path(name)) // before it is read: what comes later is seen the next time
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		delete(s.seen, name)
		return seen[T]{}, s.cannot(err)
	}
	d, ok := s.seen[name]
	if ok && d.same(file) {
		return d, nil
	}
	d.file, d.at = file, time.Now()
	before := d.broken
	d.broken = s.read(name, &d)
	if d.broken != nil && (before == nil || before.Error() != d.broken.Error()) {
		slog.Error("a document is broken", "error", d.broken.Error(), "its last good version is in force", d.good)
	}
	if s.seen == nil {
		s.seen = make(map[string]seen[T])
	}
	s.seen[name] = d
	return d, nil
}

// read takes over what lies there now, if it is good.
func (s *store[T]) read(name string, d *seen[T]) error {
	b, err := readBounded(s.path(name))
	if err == nil && d.good && Revision(b) == d.revision {
		return nil
	}
	var v T
	if err == nil {
		v, err = s.parse(name, b)
	}
	if err != nil {
		e := *fault.As(err)
		e.Where = strings.TrimSpace(s.where(name) + " " + e.Where)
		return &e
	}
	d.good, d.value, d.revision = true, v, Revision(b)
	return nil
}

// settled is how old a file has to be for its time to tell versions apart.
const settled = 50 * time.Millisecond

// same says whether a file is the version that was read.
func (d *seen[T]) same(file fs.FileInfo) bool {
	return os.SameFile(d.file, file) && d.file.Size() == file.Size() && d.file.ModTime().Equal(file.ModTime()) &&
		d.at.Sub(file.ModTime()) > settled
}

// Revision is what tells a document from others of the same name.
func Revision(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// cannot is the error of a file that cannot be used; fs.ErrNotExist stays.
func (s *store[T]) cannot(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.As(err, new(*fault.Error)) {
		return err
	}
	return unusable(s.root, err)
}

// fault says why a document is not in force as it lies there, nil when it is.
func (s *store[T]) fault(name string) error {
	d, err := s.look(name)
	if err != nil {
		return err
	}
	return d.broken
}

// bytes returns a document as it was written, whatever it holds.
func (s *store[T]) bytes(name string) ([]byte, error) {
	if !validName(name) {
		return nil, fs.ErrNotExist
	}
	b, err := readBounded(s.path(name))
	if err != nil {
		return nil, s.cannot(err)
	}
	return b, nil
}

// names returns the names of the documents in a folder of the store, "" for its
// own, in lexical order.
func (s *store[T]) names(folder string) []string {
	var out []string
	for _, e := range s.list(folder) {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok && !e.IsDir() && validName(name) {
			out = append(out, path.Join(folder, name))
		}
	}
	return out
}

// folders returns the names of the folders in the store.
func (s *store[T]) folders() []string {
	var out []string
	for _, e := range s.list("") {
		if e.IsDir() && validName(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out
}

// list returns what lies in a folder of the store, nothing where there is none.
func (s *store[T]) list(folder string) []fs.DirEntry {
	list, err := os.ReadDir(filepath.Join(s.root, s.folder, folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		slog.Error("a folder of documents cannot be read", "error", err)
	}
	return list
}

// broken returns what is wrong with documents that are not in force as they lie
// there.
func (s *store[T]) broken(names []string) []fault.Finding {
	var out []fault.Finding
	for _, name := range names {
		d, err := s.look(name)
		if err != nil || d.broken == nil {
			continue
		}
		f := fault.As(d.broken).Finding("")
		f.Code = brokenCode
		if d.good {
			f.Severity = fault.Warning
			f.Message += "; its last good version is in force"
		}
		out = append(out, f)
	}
	return out
}

const brokenCode = "document-broken"

// readBounded reads a file that is not too large.
func readBounded(path string) ([]byte, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() { // a pipe would be waited for
		return nil, fault.New(fault.Internal, "", "this is no file", "")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxDocument+1))
	if err == nil && len(b) > maxDocument {
		err = fault.Newf(fault.Internal, "", "the file has more than %d bytes", maxDocument)
	}
	return b, err
}
