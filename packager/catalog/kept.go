package catalog

import (
	"io/fs"
	"os"
	"sync"
)

// kept are documents as they were read last, by path. Every request looks
// whether the file is still the same, and reads it when it is not. The zero
// value is ready; it is safe for concurrent use.
type kept[T any] struct {
	mu        sync.Mutex
	documents map[string]keptDocument[T]
}

type keptDocument[T any] struct {
	file  fs.FileInfo
	value T
}

// get returns the document at a path, by read unless it is kept.
func (k *kept[T]) get(path string, read func() (T, error)) (T, error) {
	file, missing := os.Stat(path)
	if missing == nil {
		k.mu.Lock()
		d, ok := k.documents[path]
		k.mu.Unlock()
		if ok && os.SameFile(d.file, file) && d.file.Size() == file.Size() && d.file.ModTime().Equal(file.ModTime()) {
			return d.value, nil
		}
	}
	v, err := read()
	if err != nil || missing != nil {
		return v, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.documents == nil {
		k.documents = make(map[string]keptDocument[T])
	}
	k.documents[path] = keptDocument[T]{file, v}
	return v, nil
}
