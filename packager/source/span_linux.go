package source

import (
	"bytes"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
)

// maxResident is about how much of the page cache is mapped into the process
// at once, in bytes. Pages are taken out of the map beyond that, which frees no
// memory: it keeps the figure small that is called resident.
const maxResident = 192 << 20

// look is after how many bytes of spans the resident pages are counted.
const look = 64 << 20

// mapping is a file as memory. It is unmapped when the last reference to the
// File is gone.
type mapping struct {
	once sync.Once
	data []byte // nil where the file cannot be mapped
}

// memory returns the file as memory, nil where it is read.
func (f *File) memory() []byte {
	m := &f.mapped
	m.once.Do(func() {
		if f.maps == nil || f.id.size == 0 || int64(int(f.id.size)) != f.id.size {
			return
		}
		data, err := syscall.Mmap(int(f.f.Fd()), 0, int(f.id.size), syscall.PROT_READ, syscall.MAP_SHARED)
		if err != nil {
			return
		}
		m.data = data
		f.maps.add(data)
		runtime.AddCleanup(f, f.maps.remove, data)
	})
	return m.data
}

// Span implements media.Spans.
func (f *File) Span(off int64, n int) []byte {
	data := f.memory()
	if off < 0 || n < 0 || off > int64(len(data))-int64(n) {
		return nil
	}
	f.maps.use(int64(n))
	return data[off : off+int64(n) : off+int64(n)]
}

// Maps are the files that are mapped into the process together. The zero value
// is ready; it is safe for concurrent use.
type Maps struct {
	mu   sync.Mutex
	live map[*byte][]byte
	used atomic.Int64 // bytes of spans since the resident pages were counted
}

func (m *Maps) add(data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.live == nil {
		m.live = make(map[*byte][]byte)
	}
	m.live[&data[0]] = data
}

func (m *Maps) remove(data []byte) {
	m.mu.Lock()
	delete(m.live, &data[0])
	m.mu.Unlock()
	syscall.Munmap(data)
}

// use notes that n bytes are used, and drops pages when too many are resident:
// spans stay valid, and what is read again comes back.
func (m *Maps) use(n int64) {
	if m.used.Add(n) < look {
		return
	}
	m.used.Store(0)
	if resident() > maxResident {
		m.drop()
	}
}

// drop takes all pages out of the map.
func (m *Maps) drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, data := range m.live {
		syscall.Madvise(data, syscall.MADV_DONTNEED)
	}
}

// resident returns how many bytes of files are mapped into the process, 0 where
// the system does not say.
func resident() int {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(b)
	if len(fields) < 3 {
		return 0
	}
	pages, err := strconv.Atoi(string(fields[2])) // shared: of files
	if err != nil {
		return 0
	}
	return pages * os.Getpagesize()
}
