package media

import "io"

// Spans is a source whose bytes lie in memory by themselves: a file of the
// page cache.
type Spans interface {
	io.ReaderAt
	// Span returns bytes [off, off+n), nil where they do not lie in memory and
	// have to be read. They must not be changed, and become those of a newer
	// version when the source is changed: the error is that this happened to
	// what was returned before. Reading them may fault.
	Span(off int64, n int) ([]byte, error)
}
