package mux

import (
	"sync"

	"manifold/packager/media"
)

// BufferSize is the size of the pooled buffers that media flows through, and
// so the largest piece that is read or written at once. What a connection
// holds does not depend on the size of its segment.
const BufferSize = 256 << 10

// Touching fresh pages is dear: buffers are kept for good. A
// channel rather than a sync.Pool, which the garbage collector empties.
var buffers = make(chan []byte, 256)

// GetBuffer returns a buffer of BufferSize bytes with undefined content.
func GetBuffer() []byte {
	select {
	case b := <-buffers:
		return b
	default:
		return make([]byte, BufferSize)
	}
}

// PutBuffer gives a buffer back.
func PutBuffer(b []byte) {
	select {
	case buffers <- b[:BufferSize]:
	default:
	}
}

var samples = sync.Pool{New: func() any { s := make([]media.Sample, 0, 1024); return &s }}
