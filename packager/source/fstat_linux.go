//go:build amd64 || arm64

package source

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// fstat asks for what the system has in memory of an open file, before or behind
// every segment: telling the scheduler of the call would take longer.
func fstat(fd int, s *unix.Stat_t) error {
	for {
		switch _, _, errno := unix.RawSyscall(unix.SYS_FSTAT, uintptr(fd), uintptr(unsafe.Pointer(s)), 0); errno {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return errno
		}
	}
}
