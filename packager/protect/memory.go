package protect

import (
	"unsafe"
	"weak"

	"manifold/packager/media"
)

// Memory keeps what was learned by looking at the media of runs of samples, in as
// many bytes of memory. Who adds something does not change it any more.
type Memory[V any] interface {
	Get(Run) (v V, ok bool)
	Add(run Run, v V, bytes int)
}

// Run is a run of samples in a scheme, under a key where it matters. An index that
// is gone is equal to none.
type Run struct {
	samples weak.Pointer[media.Samples]
	first   int
	count   int
	scheme  Scheme
	key     Key
}

// recall returns what was learned of a run, or learns it: something of so many
// bytes. A nil Memory forgets.
func recall[V any](m Memory[V], run Run, learn func() (v V, bytes int, err error)) (V, error) {
	if m == nil {
		v, _, err := learn()
		return v, err
	}
	if v, ok := m.Get(run); ok {
		return v, nil
	}
	v, bytes, err := learn()
	if err == nil {
		m.Add(run, v, int(unsafe.Sizeof(run))+bytes)
	}
	return v, err
}
