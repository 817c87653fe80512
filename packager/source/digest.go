package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Digest is a hash of all bytes of a file: the SHA-256 of the SHA-256 of each
// 4 MiB of it, which several processors compute at once.
type Digest [sha256.Size]byte

const leafSize = 4 << 20 // bytes; every machine has to take the same

// Digests computes digests of files. That takes as long as reading them to the
// end, so it remembers them, by what tells versions of a file apart. It is safe
// for concurrent use, by several processes, too.
type Digests struct {
	path string // JSON, a line for each file

	closed atomic.Bool

	mu    sync.Mutex
	known map[version]Digest // nil: not read yet
}

// NewDigests returns what is remembered in a file, which need not be there yet.
func NewDigests(path string) *Digests { return &Digests{path: path} }

// Close ends what is being read. Nothing is remembered any more.
func (d *Digests) Close() {
	d.closed.Store(true)
	d.mu.Lock() // until a line is written
	defer d.mu.Unlock()
}

// version is a version of a file on this machine.
type version struct {
	Path     string `json:"path"`
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"` // Unix time, ns
	Changed  int64  `json:"changed"`
	Inode    uint64 `json:"inode"`
}

// remembered is a line of the file.
type remembered struct {
	version
	Digest []byte `json:"digest"`
}

// long is the size of files whose reading is told in the log, in bytes.
const long = 1 << 30

// Of returns the digest of a file. The error is ErrChanged when the file was
// written to since it was opened, and fs.ErrClosed after Close.
func (d *Digests) Of(f *File) (Digest, error) {
	v := version{f.path, f.id.size, f.id.modified, f.id.changed, f.id.inode}
	d.mu.Lock()
	if d.known == nil {
		d.known = recall(d.path)
	}
	known, ok := d.known[v]
	d.mu.Unlock()
	if ok {
		return known, nil
	}
	if f.Size() >= long {
		slog.Info("reading a file to its end, once, for the vectors of its encryption", "file", f.path, "bytes", f.Size())
	}
	sum, err := d.read(f)
	if err != nil {
		return sum, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed.Load() {
		return sum, fs.ErrClosed
	}
	d.known[v] = sum
	if err := remember(d.path, remembered{v, sum[:]}); err != nil {
		slog.Warn("what was read will be read again after the next start", "file", f.path, "error", err)
	}
	return sum, nil
}

// tick is more than the clock of file systems takes from one time to the next:
// of two changes within it the second does not show.
const tick = 20 * time.Millisecond

// read reads a file to its end. Two readers keep a disk busy; of many processors
// half are left to players.
func (d *Digests) read(f *File) (Digest, error) {
	time.Sleep(min(tick, time.Until(time.Unix(0, f.id.changed).Add(tick)))) // the time may lie ahead
	leaves := make([]leaf, max(2, min(4, runtime.GOMAXPROCS(0)/2)))
	whole := sha256.New()
	for at := int64(0); at < f.Size(); {
		var work sync.WaitGroup
		n := 0
		for ; n < len(leaves) && at < f.Size(); n++ {
			l, r := &leaves[n], io.NewSectionReader(f, at, leafSize)
			work.Go(func() { l.read(r) })
			at += leafSize
		}
		work.Wait()
		if d.closed.Load() {
			return Digest{}, fs.ErrClosed
		}
		for _, l := range leaves[:n] {
			if l.err != nil {
				return Digest{}, l.err
			}
			whole.Write(l.sum[:])
		}
	}
	if id, err := identify(f.f); err != nil || id != f.id {
		return Digest{}, ErrChanged
	}
	return Digest(whole.Sum(nil)), nil
}

// leaf is what is hashed by one processor.
type leaf struct {
	buf []byte
	sum Digest
	err error
}

func (l *leaf) read(r io.Reader) {
	if l.buf == nil {
		l.buf = make([]byte, 256<<10)
	}
	h := sha256.New()
	_, l.err = io.CopyBuffer(struct{ io.Writer }{h}, r, l.buf)
	h.Sum(l.sum[:0])
}

// maxRemembered bounds the lines of the file; beyond it the older half goes.
const maxRemembered = 5000

// recall reads the file. A line that cannot be read is not remembered.
func recall(path string) map[version]Digest {
	known := make(map[version]Digest)
	b, err := os.ReadFile(path)
	if err != nil {
		return known
	}
	lines := bytes.Split(b, []byte("\n"))
	if len(lines) > maxRemembered {
		lines = lines[len(lines)-maxRemembered/2:]
		if err := os.WriteFile(path, bytes.Join(lines, []byte("\n")), 0o600); err != nil {
			slog.Warn("the list of what was read grows", "file", path, "error", err)
		}
	}
	for _, l := range lines {
		var r remembered
		if json.Unmarshal(l, &r) == nil && len(r.Digest) == sha256.Size {
			known[r.version] = Digest(r.Digest)
		}
	}
	return known
}

// remember adds a line to the file: whole, whoever else does so at the same time.
func remember(path string, r remembered) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	return errors.Join(err, f.Close())
}
