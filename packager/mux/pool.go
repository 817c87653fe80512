package mux

import (
	"sync"

	"manifold/packager/media"
)

// BufferSize is the size of the pooled buffers that media flows through, and
// so the largest piece that is copied at once. What a connection holds does not
// depend on the size of its segment: two of them at most, where a segment is muxed
// and encrypted, and so less than 1 MiB.
const BufferSize = 448 << 10

// firstSize is how much is copied or encrypted at first, so that the first byte
// comes soon. From then on it is a buffer each time.
const firstSize = 64 << 10

// smallSize is the size of the buffers for little.
const smallSize = 64 << 10

// Touching fresh pages is dear: buffers are kept for good. Channels rather than
// a sync.Pool, which the garbage collector empties.
var (
	buffers      = make(chan []byte, 256)
	smallBuffers = make(chan []byte, 512)
)

// GetBuffer returns a buffer with undefined content for n bytes: of BufferSize
// bytes, or fewer where n are fewer.
func GetBuffer(n int64) []byte {
	from, size := buffers, BufferSize
	if n <= smallSize {
		from, size = smallBuffers, smallSize
	}
	select {
	case b := <-from:
		return b
	default:
		return make([]byte, size)
	}
}

// PutBuffer gives a buffer back.
func PutBuffer(b []byte) {
	to, size := buffers, BufferSize
	if cap(b) < BufferSize {
		to, size = smallBuffers, smallSize
	}
	select {
	case to <- b[:size]:
	default:
	}
}

var samples = sync.Pool{New: func() any { s := make([]media.Sample, 0, 1024); return &s }}
