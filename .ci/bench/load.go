package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// connections of the load that ratios are measured with.
const connections = 4

// load asks for URLs in turn on some connections until the time is over, and
// returns how many answers came whole and how many bytes they had.
func load(urls []string, connections int, d time.Duration) (answers, bytes int64, err error) {
	u, err := url.Parse(urls[0])
	if err != nil {
		return 0, 0, err
	}
	requests := make([][]byte, len(urls))
	for i, s := range urls {
		x, err := url.Parse(s)
		if err != nil {
			return 0, 0, err
		}
		requests[i] = fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", x.RequestURI(), x.Host)
	}
	var next, n, sum atomic.Int64
	var failed atomic.Pointer[error]
	end := time.Now().Add(d)
	var wait sync.WaitGroup
	for range connections {
		wait.Go(func() {
			runtime.LockOSThread() // the thread is bound to the processor of the load
			pin(1)
			c, err := dial(u.Host)
			if err != nil {
				failed.Store(&err)
				return
			}
			defer c.Close()
			r := bufio.NewReaderSize(c, 256<<10)
			for time.Now().Before(end) {
				i := next.Add(1) - 1
				k, err := one(c, r, requests[int(i)%len(requests)])
				if err != nil {
					failed.Store(&err)
					return
				}
				n.Add(1)
				sum.Add(k)
			}
		})
	}
	wait.Wait()
	if e := failed.Load(); e != nil {
		return 0, 0, *e
	}
	return n.Load(), sum.Load(), nil
}

// socket is a connection that its thread waits for by itself: what shares one
// processor with the load, as Go's poller would, keeps small answers from the
// server, which then counts its idling, too.
type socket struct{ *os.File }

// dial connects a socket.
func dial(host string) (socket, error) {
	c, err := net.Dial("tcp", host)
	if err != nil {
		return socket{}, err
	}
	defer c.Close()
	f, err := c.(*net.TCPConn).File()
	if err != nil {
		return socket{}, err
	}
	return socket{f}, syscall.SetNonblock(int(f.Fd()), false)
}

// Read implements io.Reader.
func (s socket) Read(p []byte) (int, error) {
	for {
		switch n, err := syscall.Read(int(s.Fd()), p); {
		case err == syscall.EINTR:
		case n == 0 && err == nil:
			return 0, io.EOF
		default:
			return n, err
		}
	}
}

// Write implements io.Writer.
func (s socket) Write(p []byte) (n int, err error) {
	for n < len(p) {
		k, err := syscall.Write(int(s.Fd()), p[n:])
		if err != nil && err != syscall.EINTR {
			return n, err
		}
		n += max(k, 0)
	}
	return n, nil
}

// one sends a request and reads its answer.
func one(c io.Writer, r *bufio.Reader, request []byte) (int64, error) {
	if _, err := c.Write(request); err != nil {
		return 0, err
	}
	a, err := http.ReadResponse(r, nil)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, a.Body)
	if a.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("status %s", a.Status)
	}
	return n, err
}

// pin binds the thread to a processor.
func pin(processor int) {
	mask := [16]uint64{1 << processor}
	syscall.RawSyscall(syscall.SYS_SCHED_SETAFFINITY, 0, unsafe.Sizeof(mask), uintptr(unsafe.Pointer(&mask)))
}

// measured is one row of the table.
type measured struct {
	ratio        float64 // CPU seconds of nginx for an answer over ours
	ours, static float64 // CPU seconds a GB
	faults       float64 // page faults an answer, ours
	first        float64 // ms to the first byte, warm, one connection
}

// compare measures our server and nginx on the same bytes in turn.
func compare(ours *server, urls []string, dir string, pairs int, each time.Duration) (measured, error) {
	root, err := os.MkdirTemp(dir, "static-")
	if err != nil {
		return measured{}, err
	}
	defer os.RemoveAll(root)
	var static []string
	for i, u := range urls {
		if err := fetch(u, filepath.Join(root, fmt.Sprint(i))); err != nil {
			return measured{}, err
		}
	}
	nginx, err := startNginx(root)
	if err != nil {
		return measured{}, err
	}
	defer nginx.stop()
	for i := range urls {
		static = append(static, fmt.Sprintf("%s/%d", nginx.base, i))
	}
	var m measured
	if m.first, err = firstByte(urls); err != nil {
		return m, err
	}
	var a, b, c, f, g []float64
	for range pairs {
		x, err := spent(nginx, static, each)
		if err != nil {
			return m, fmt.Errorf("nginx: %w", err)
		}
		y, err := spent(ours, urls, each)
		if err != nil {
			return m, err
		}
		a = append(a, x.answer/y.answer)
		b, c = append(b, y.gigabyte), append(c, x.gigabyte)
		f, g = append(f, y.faults), append(g, y.answer)
	}
	m.ratio, m.ours, m.static, m.faults = median(a), median(b), median(c), median(f)
	return m, nil
}

type spending struct{ answer, gigabyte, faults float64 }

func spent(s *server, urls []string, d time.Duration) (spending, error) {
	before, err := costOf(s.pid)
	if err != nil {
		return spending{}, err
	}
	n, bytes, err := load(urls, connections, d)
	if err != nil {
		return spending{}, err
	}
	after, err := costOf(s.pid)
	cpu := after.cpu - before.cpu
	if n == 0 || cpu <= 0 {
		return spending{}, errors.New("nothing was answered in time")
	}
	return spending{cpu / float64(n), cpu / float64(bytes) * 1e9, float64(after.faults-before.faults) / float64(n)}, err
}

// firstByte is the median time in ms from a request to the first byte of its
// answer's body.
func firstByte(urls []string) (float64, error) {
	var all []float64
	for range 3 {
		for _, u := range urls {
			t := time.Now()
			a, err := http.Get(u)
			if err != nil {
				return 0, err
			}
			var b [1]byte
			_, err = io.ReadFull(a.Body, b[:])
			all = append(all, float64(time.Since(t).Microseconds())/1000)
			io.Copy(io.Discard, a.Body)
			a.Body.Close()
			if err != nil {
				return 0, err
			}
		}
	}
	return median(all), nil
}

func fetch(u, path string) error {
	a, err := http.Get(u)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", u, a.Status)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, a.Body); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
