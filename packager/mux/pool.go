package mux

import (
	"sync"

	"manifold/packager/media"
)

// BufferSize is the size of the pooled buffers that media flows through, and
// so the largest piece that is copied at once. What a connection holds does not
// depend on the size of its segment: one of them and some small ones, two where the
// source of a segment that is muxed does not lie in memory, and so less than 1 MiB.
const BufferSize = 448 << 10

// firstSize is how much is copied or encrypted at first, so that the first byte
// comes soon. From then on it is a buffer each time.
const firstSize = 64 << 10

// SmallSize is the size of the pooled buffers for little.
const SmallSize = 64 << 10

// Touching fresh pages is dear: buffers are kept for good, which a sync.Pool does
// not do.
var (
	buffers      = stack{size: BufferSize, most: 256}
	smallBuffers = stack{size: SmallSize, most: 512}
)

// stack keeps buffers of one size. What was used last comes first: it is still near
// the processor.
type stack struct {
	size, most int

	mu   sync.Mutex
	free [][]byte
}

func (s *stack) get() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.free) - 1
	if last < 0 {
		return allocate(s.size)
	}
	b := s.free[last]
	s.free = s.free[:last]
	return b
}

func (s *stack) put(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b = b[:s.size]; len(s.free) < s.most {
		s.free = append(s.free, b)
	} else {
		release(b)
	}
}

// GetBuffer returns a buffer with undefined content for n bytes: of BufferSize
// bytes, or fewer where n are fewer.
func GetBuffer(n int64) []byte {
	if n <= SmallSize {
		return smallBuffers.get()
	}
	return buffers.get()
}

// PutBuffer gives a buffer back.
func PutBuffer(b []byte) {
	if cap(b) < BufferSize {
		smallBuffers.put(b)
	} else {
		buffers.put(b)
	}
}

var samples = sync.Pool{New: func() any { s := make([]media.Sample, 0, 1024); return &s }}
