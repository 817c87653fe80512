package media

import "io"

// Spans is a source whose bytes lie in memory by themselves: a file of the
// page cache.
type Spans interface {
	io.ReaderAt
	// Span returns bytes [off, off+n), nil where they do not lie in memory and
	// have to be read. They must not be changed, and become those of a newer
	// version when the source is changed: Check says it. Reading them may fault.
	Span(off int64, n int) []byte
	// Check returns an error when the source is not what it was: what spans
	// showed may be of another version.
	Check() error
}
