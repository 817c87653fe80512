package origin

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// pair returns both ends of a connection.
func pair(t *testing.T) (ours *conn, theirs *net.TCPConn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	a, err := listener{l}.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close(); c.Close() })
	return a.(*conn), c.(*net.TCPConn)
}

// What goes wrong on a connection is what package net says of it: net/http goes by
// that.
func TestErrorsOfConnections(t *testing.T) {
	buf := make([]byte, 8)
	op := func(err error) string {
		var e *net.OpError
		if !errors.As(err, &e) || e.Addr == nil {
			return ""
		}
		return e.Op
	}
	c, _ := pair(t)
	c.SetDeadline(time.Now())
	_, err := c.Read(buf)
	var e net.Error
	if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &e) || !e.Timeout() || op(err) != "read" {
		t.Errorf("reading behind the deadline: %v", err)
	}
	if _, err = c.Write(buf); !errors.Is(err, os.ErrDeadlineExceeded) || op(err) != "write" {
		t.Errorf("writing behind the deadline: %v", err)
	}
	c.Close()
	if _, err = c.Read(buf); !errors.Is(err, net.ErrClosed) || op(err) != "read" {
		t.Errorf("reading behind the end: %v", err)
	}

	c, client := pair(t)
	client.Write([]byte("abc"))
	client.CloseWrite()
	if n, err := c.Read(nil); n != 0 || err != nil {
		t.Errorf("reading nothing: %d, %v", n, err)
	}
	if n, err := io.ReadFull(c, buf); string(buf[:n]) != "abc" || err != io.ErrUnexpectedEOF {
		t.Errorf("%q, %v", buf[:n], err)
	}
	client.SetLinger(0)
	client.Close()
	for err = nil; err == nil; { // until the client's system has answered
		_, err = c.Write(buf)
	}
	if !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) || op(err) != "write" {
		t.Errorf("writing to nobody: %v", err)
	}
}
