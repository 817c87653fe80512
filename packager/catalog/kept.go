package catalog

import (
	"io/fs"
	"os"
	"sync"
	"time"
)

// kept are documents as they were read last, by path. The zero value is ready; it
// is safe for concurrent use.
type kept[T any] struct {
	mu        sync.Mutex
	documents map[string]keptDocument[T]
}

type keptDocument[T any] struct {
	file   fs.FileInfo
	value  T
	looked time.Time
}

// LookEvery is how long requests take a document that all of them need for what
// it was: to look at its file costs a tenth of a small one, and nobody changes it
// faster.
const LookEvery = 10 * time.Millisecond

// get returns the document at a path, by read unless it is kept and its file still
// the same: for so long after the last look that is taken for granted.
func (k *kept[T]) get(path string, granted time.Duration, read func() (T, error)) (T, error) {
	k.mu.Lock()
	d, ok := k.documents[path]
	k.mu.Unlock()
	now := time.Now()
	if ok && now.Sub(d.looked) < granted {
		return d.value, nil
	}
	file, err := os.Stat(path)
	if err != nil {
		k.forget(path)
		return read()
	}
	if !ok || !os.SameFile(d.file, file) || d.file.Size() != file.Size() || !d.file.ModTime().Equal(file.ModTime()) {
		if d.value, err = read(); err != nil {
			return d.value, err
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.documents == nil {
		k.documents = make(map[string]keptDocument[T])
	}
	k.documents[path] = keptDocument[T]{file, d.value, now}
	return d.value, nil
}

// forget has the document at a path looked at again.
func (k *kept[T]) forget(path string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.documents, path)
}
