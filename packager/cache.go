package packager

import (
	"math"
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// weighed is a cache that holds so many bytes: the values that were used least
// recently go first.
type weighed[K comparable, V any] struct {
	mu    sync.Mutex
	lru   *simplelru.LRU[K, heavy[V]]
	bytes int
	limit int
}

type heavy[V any] struct {
	value V
	bytes int
}

func newWeighed[K comparable, V any](limit int) *weighed[K, V] {
	w := &weighed[K, V]{limit: limit}
	w.lru, _ = simplelru.NewLRU(math.MaxInt, func(_ K, h heavy[V]) { w.bytes -= h.bytes }) // fails for sizes below 1 only
	return w
}

// Get returns a value and marks it as used.
func (w *weighed[K, V]) Get(k K) (V, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h, ok := w.lru.Get(k)
	return h.value, ok
}

// Add keeps a value that holds so many bytes. The newest stays even when it
// alone is over the limit, unless that is less than 0.
func (w *weighed[K, V]) Add(k K, v V, bytes int) {
	if w.limit < 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lru.Remove(k) // takes its bytes off, too
	w.lru.Add(k, heavy[V]{v, bytes})
	w.bytes += bytes
	for w.bytes > w.limit && w.lru.Len() > 1 {
		w.lru.RemoveOldest()
	}
}

// Remove drops a value.
func (w *weighed[K, V]) Remove(k K) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lru.Remove(k)
}
