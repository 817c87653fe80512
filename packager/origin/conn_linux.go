package origin

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"unsafe"
)

// quickly reads and writes without telling the scheduler. Sockets of package net
// do not block: a system call on one ends as a function does, unless it touches
// memory that lies on a disk. The scheduler looks after those that it is told of,
// from a thread that wakes every 20 µs, which takes up to a tenth of the time that
// a segment takes.
type quickly struct{ syscall.RawConn }

func quick(c *net.TCPConn) quickly {
	raw, err := c.SyscallConn()
	if err != nil {
		panic(err) // a connection that was accepted has one
	}
	return quickly{raw}
}

func (q quickly) read(c *net.TCPConn, p []byte) (n int, err error) {
	if len(p) == 0 {
		return 0, nil
	}
	var errno syscall.Errno
	err = q.Read(func(fd uintptr) (done bool) {
		n, errno = asked(syscall.SYS_READ, fd, unsafe.Pointer(&p[0]), len(p))
		return errno != syscall.EAGAIN
	})
	switch {
	case err != nil || errno != 0:
		return 0, failed(c, "read", err, errno)
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// maxIovecs is how many pieces one call takes (IOV_MAX).
const maxIovecs = 1024

func (q quickly) write(c *net.TCPConn, pieces [][]byte) error {
	list := make([]syscall.Iovec, 0, len(pieces))
	for _, p := range pieces {
		if len(p) > 0 {
			v := syscall.Iovec{Base: &p[0]}
			v.SetLen(len(p))
			list = append(list, v)
		}
	}
	var errno syscall.Errno
	err := q.Write(func(fd uintptr) (done bool) {
		for len(list) > 0 {
			var n int
			if n, errno = asked(syscall.SYS_WRITEV, fd, unsafe.Pointer(&list[0]), min(len(list), maxIovecs)); errno != 0 {
				return errno != syscall.EAGAIN
			}
			list = behind(list, n)
		}
		return true
	})
	if err != nil || errno != 0 {
		return failed(c, "write", err, errno)
	}
	return nil
}

// behind returns what is left of a list behind n bytes.
func behind(list []syscall.Iovec, n int) []syscall.Iovec {
	for n > 0 && n >= int(list[0].Len) {
		n -= int(list[0].Len)
		list = list[1:]
	}
	if n > 0 {
		list[0].Base = (*byte)(unsafe.Add(unsafe.Pointer(list[0].Base), n))
		list[0].SetLen(int(list[0].Len) - n)
	}
	return list
}

// asked makes a system call until no signal comes in between.
func asked(call, fd uintptr, p unsafe.Pointer, n int) (int, syscall.Errno) {
	for {
		if k, _, errno := syscall.RawSyscall(call, fd, uintptr(p), uintptr(n)); errno != syscall.EINTR {
			return int(k), errno
		}
	}
}

// failed is the error of an operation as package net has it.
func failed(c *net.TCPConn, op string, err error, errno syscall.Errno) error {
	var e *net.OpError
	if errors.As(err, &e) {
		err = e.Err
	} else if err == nil {
		err = os.NewSyscallError(op, errno)
	}
	return &net.OpError{Op: op, Net: c.LocalAddr().Network(), Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}
