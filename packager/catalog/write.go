package catalog

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"manifold/packager/fault"
)

// set checks a document and keeps it, in place of any other.
func (s *store[T]) set(name string, b []byte) error {
	return s.write(name, b, func([]byte, bool) error { return nil })
}

// create checks a document and keeps it, unless there is one.
func (s *store[T]) create(name string, b []byte) error {
	return s.write(name, b, func(_ []byte, there bool) error {
		if there {
			return fault.New(fault.StorageConflict, s.where(name), "there is one of this name", "Take another name, or delete that one first.")
		}
		return nil
	})
}

// change checks a document and keeps it in place of one revision.
func (s *store[T]) change(name string, b []byte, revision string) error {
	return s.write(name, b, func(old []byte, there bool) error {
		if !there || Revision(old) != revision {
			return s.changed(name)
		}
		return nil
	})
}

func (s *store[T]) changed(name string) error {
	return fault.New(fault.StorageConflict, s.where(name), "somebody else changed it meanwhile", "Look at it again, and make your change there.")
}

// write keeps a document if may lets it. What lies there is replaced at once:
// whoever reads gets one or the other.
func (s *store[T]) write(name string, b []byte, may func(old []byte, there bool) error) error {
	if !validName(name) {
		return fault.Newf(fault.BadURLSyntax, name, "this is no name for a document; letters, digits, '_', '-' and '.' make one, at most 100 of them")
	}
	if len(b) > maxDocument {
		return fault.Newf(fault.FormatNotSupported, name, "the document has %d bytes, more than %d", len(b), maxDocument)
	}
	if _, err := s.parse(name, b); err != nil {
		return err
	}
	return s.locked(func() error {
		old, err := s.bytes(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := may(old, err == nil); err != nil {
			return err
		}
		if err == nil && bytes.Equal(old, b) {
			return nil
		}
		if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o700); err != nil {
			return unusable(s.root, err)
		}
		return replaceFile(s.path(name), b)
	})
}

// delete removes a document of a revision, of any when that is ""; the error is
// fs.ErrNotExist when there is none.
func (s *store[T]) delete(name, revision string) error {
	if !validName(name) {
		return fs.ErrNotExist
	}
	return s.locked(func() error {
		if revision != "" {
			if old, err := s.bytes(name); err != nil {
				return err
			} else if Revision(old) != revision {
				return s.changed(name)
			}
		}
		if err := os.Remove(s.path(name)); err != nil {
			return s.cannot(err)
		}
		return nil
	})
}

// patience is how long a writer waits for others.
const patience = 10 * time.Second

// locked does something while no other writer of the data directory does, in
// any process.
func (s *store[T]) locked(do func() error) error {
	if err := os.MkdirAll(s.root, 0o700); err != nil {
		return unusable(s.root, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	lock := flock.New(filepath.Join(s.root, "lock"), flock.SetPermissions(0o600))
	defer lock.Close()
	if ok, err := lock.TryLockContext(ctx, time.Millisecond); !ok {
		if ctx.Err() != nil {
			return fault.Newf(fault.StorageBusy, s.root, "another process has been writing to the data directory for %v", patience)
		}
		return unusable(s.root, err)
	}
	return do()
}

// unfinished begins the names of files that are being written.
const unfinished = ".set-"

// replaceFile writes a file beside the old one, and puts it in its place when
// it is whole on the disk. The lock is held: what others left unfinished is
// nobody's.
func replaceFile(path string, b []byte) error {
	dir := filepath.Dir(path)
	list, _ := os.ReadDir(dir)
	for _, e := range list {
		if strings.HasPrefix(e.Name(), unfinished) {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	written, err := writeBeside(path, unfinished+"*", b)
	if err == nil {
		defer os.Remove(written)
		err = os.Rename(written, path)
	}
	if err != nil {
		return unusable(dir, err)
	}
	return nil
}
