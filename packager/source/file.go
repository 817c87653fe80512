// Package source gives the bytes of source media by range: copied, or where the
// system can, as they lie in its page cache (Span, under a Guard). A File is one
// version of a file: when the file is changed while it is read, reads fail
// instead of mixing two versions; Digests tell versions apart by their bytes, on
// every machine in the same way. Files are only ever opened for reading.
package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// ErrChanged is the error of reading a file that is no longer what was opened.
var ErrChanged = errors.New("the file was changed while it was being read")

// File is an open file at one version. It is safe for concurrent use; the
// descriptor is closed when the last reference is gone.
type File struct {
	f      *os.File
	path   string
	id     identity
	maps   *Maps // nil: the file is not mapped
	mapped mapping
}

// identity is what tells two versions of a file apart.
type identity struct {
	size     int64
	modified int64 // Unix time, ns: of the bytes; a copy may have the same
	changed  int64 // Unix time, ns: of the file, which nobody can set; modified where the system has none
	inode    uint64
	links    uint64 // names that the file has; 0 where the system does not say
}

// Open opens a regular file for reading. It is mapped among the others of m,
// or read where m is nil or the system cannot.
func Open(path string, m *Maps) (*File, error) {
	// a pipe or device would block or never end
	if i, err := os.Stat(path); err != nil {
		return nil, err
	} else if !i.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	id, err := identify(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return &File{f: f, path: path, id: id, maps: m}, nil
}

// ReadAt implements io.ReaderAt. It returns ErrChanged when the file was
// written to since it was opened.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.f.ReadAt(p, off)
	if e := f.Check(); e != nil {
		return 0, e
	}
	return n, err
}

// Check implements media.Spans: it returns ErrChanged when the file was written to
// since it was opened. One that only lost its name is read to its end: that changes
// the time of the file as well, and no byte.
func (f *File) Check() error {
	id, err := identify(f.f)
	if id.links != f.id.links {
		id.links, id.changed = f.id.links, f.id.changed
	}
	if err != nil || id != f.id {
		return ErrChanged
	}
	return nil
}

// Close closes the file before the last reference is gone.
func (f *File) Close() error { return f.f.Close() }

// Size returns the size in bytes.
func (f *File) Size() int64 { return f.id.size }

// Modified returns the time of the last change.
func (f *File) Modified() time.Time { return time.Unix(0, f.id.modified) }

// Version returns a string that another version of the file does not have. A
// copy of the file with the same time has the same.
func (f *File) Version() string {
	return fmt.Sprintf("%x-%x", f.id.size, f.id.modified)
}

// Stale says whether another version, or none, lies at the path by now.
func (f *File) Stale() bool {
	id, err := identifyAt(f.path)
	return err != nil || id != f.id
}
