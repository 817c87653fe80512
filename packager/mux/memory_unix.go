//go:build unix

package mux

import "golang.org/x/sys/unix"

// allocate returns n bytes outside the heap: the collector lets as much garbage
// gather as there is in use, which would be the buffers of all connections once
// more. Where the system has none to give, they are of the heap.
func allocate(n int) []byte {
	b, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return make([]byte, n)
	}
	return b
}

// release gives back what allocate returned; the collector does so with what is of
// the heap.
func release(b []byte) {
	_ = unix.Munmap(b) // EINVAL: b is of the heap
}
