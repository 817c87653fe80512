//go:build unix

package source

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// identify tells which version of a file is open. It is asked before all that is
// read, and so by the system call itself: os.File makes garbage of the answer.
func identify(f *os.File) (identity, error) {
	var s unix.Stat_t
	err := fstat(int(f.Fd()), &s)
	runtime.KeepAlive(f) // or it might be closed before
	return identified(&s), err
}

// identifyAt tells which version of a file lies at a path.
func identifyAt(path string) (identity, error) {
	var s unix.Stat_t
	err := unix.Stat(path, &s)
	return identified(&s), err
}

func identified(s *unix.Stat_t) identity {
	return identity{size: s.Size, modified: s.Mtim.Nano(), changed: s.Ctim.Nano(), inode: s.Ino, links: uint64(s.Nlink)}
}
