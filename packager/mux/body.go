package mux

import (
	"context"
	"io"
)

// Body is a segment that is ready to be sent: its size is known and nothing
// of the media was read yet.
type Body interface {
	// Size returns the exact number of bytes that WriteTo writes.
	Size() int64
	// WriteTo writes the segment in pieces, several at once where w is a
	// Gatherer. It can be called once.
	WriteTo(ctx context.Context, w io.Writer) error
	// Close gives pooled memory back; the Body must not be used afterwards.
	Close()
}

// Bytes is a Body that is already complete: an init segment.
type Bytes []byte

// Size implements Body.
func (b Bytes) Size() int64 { return int64(len(b)) }

// WriteTo implements Body.
func (b Bytes) WriteTo(_ context.Context, w io.Writer) error {
	_, err := w.Write(b)
	return err
}

// Close implements Body.
func (b Bytes) Close() {}
