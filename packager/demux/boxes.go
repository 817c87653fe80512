package demux

import (
	"encoding/binary"
	"fmt"
	"io"

	"manifold/packager/fault"
)

// Limits on what a file may make us do.
const (
	maxTopLevel = 1 << 20 // boxes beside moov
	maxChildren = 4096    // boxes in one box
	maxSmallBox = 1 << 20 // bytes of a box that is read whole
	maxSamples  = 1 << 26 // samples of a track
	maxTracks   = 256
)

// box is where a box lies. Offsets are in the file.
type box struct {
	kind    string
	start   int64 // of the header
	payload int64
	end     int64
	path    string // "moov/trak[2]/mdia", for messages
}

func (b box) size() int64 { return b.end - b.payload }

// file is a source with its name for messages and a small read-ahead buffer.
type file struct {
	r    io.ReaderAt
	size int64
	name string

	quickTime bool  // not MP4: its fields mean what QuickTime says
	fragments int64 // where the first moof may stand

	buf   [16 << 10]byte
	at    int64 // file offset of buf
	valid int
}

// bytes returns n ≤ 4096 bytes at an offset; they are valid until the next call.
func (f *file) bytes(off int64, n int) ([]byte, error) {
	if off < f.at || off+int64(n) > f.at+int64(f.valid) {
		m := min(int64(len(f.buf)), f.size-off)
		if off < 0 || m < int64(n) {
			return nil, io.ErrUnexpectedEOF
		}
		got, err := f.r.ReadAt(f.buf[:m], off)
		if int64(got) < m {
			f.valid = 0
			if err == nil {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		f.at, f.valid = off, got
	}
	i := int(off - f.at)
	return f.buf[i : i+n], nil
}

func (f *file) fault(where string, off int64, format string, args ...any) *fault.Error {
	if where != "" {
		where += " "
	}
	return &fault.Error{
		Code: fault.InputFormatNotSupported, Where: fmt.Sprintf("%s %sat byte %d", f.name, where, off),
		What:   fmt.Sprintf(format, args...),
		Advice: "The file is damaged or incomplete; write it again from its source.",
	}
}

// next reads the header of the box at off, which must lie before end.
func (f *file) next(parent string, off, end int64) (box, error) {
	if end-off < 8 {
		return box{}, f.fault(parent, off, "%d bytes are left where a box header of 8 must stand", end-off)
	}
	h, err := f.bytes(off, 8)
	if err != nil {
		return box{}, f.read(parent, off, err)
	}
	n, kind, head := int64(binary.BigEndian.Uint32(h)), string(h[4:8]), int64(8)
	switch n {
	case 0: // to the end of what holds it
		n = end - off
	case 1:
		if end-off < 16 {
			return box{}, f.fault(join(parent, kind), off, "the header is cut off")
		}
		if h, err = f.bytes(off, 16); err != nil {
			return box{}, f.read(parent, off, err)
		}
		u := binary.BigEndian.Uint64(h[8:])
		if u > 1<<62 {
			return box{}, f.fault(join(parent, kind), off, "the box claims %d bytes", u)
		}
		n, head = int64(u), 16
	}
	if n < head {
		return box{}, f.fault(join(parent, kind), off, "the box claims %d bytes, less than its header", n)
	}
	return box{kind: kind, start: off, payload: off + head, end: off + n, path: join(parent, kind)}, nil
}

func (f *file) read(where string, off int64, err error) error {
	e := f.fault(where, off, "the file could not be read")
	e.Err = err
	return e
}

func join(parent, kind string) string {
	for _, c := range []byte(kind) {
		if c < 0x20 || c > 0x7e {
			kind = fmt.Sprintf("%x", kind)
			break
		}
	}
	if parent == "" {
		return kind
	}
	return parent + "/" + kind
}

// children returns the boxes in b from offset skip of its payload on. Less
// than eight bytes at the end are ignored: QuickTime ends lists with zeros.
func (f *file) children(b box, skip int64) ([]box, error) {
	var out []box
	for off := b.payload + skip; b.end-off >= 8; {
		c, err := f.next(b.path, off, b.end)
		if err != nil {
			return out, err
		}
		if c.end > b.end {
			return out, f.fault(c.path, c.start, "the box ends %d bytes behind the one that holds it", c.end-b.end)
		}
		if len(out) == maxChildren {
			return out, f.fault(b.path, b.start, "more than %d boxes in one", maxChildren)
		}
		out = append(out, c)
		off = c.end
	}
	return out, nil
}

func find(list []box, kind string) (box, bool) {
	for _, b := range list {
		if b.kind == kind {
			return b, true
		}
	}
	return box{}, false
}

// whole returns the payload of a small box in memory of its own.
func (f *file) whole(b box) ([]byte, error) {
	if b.size() > maxSmallBox {
		return nil, f.fault(b.path, b.start, "the box claims %d bytes, more than such a box can need", b.size())
	}
	p := make([]byte, b.size())
	if n, err := f.r.ReadAt(p, b.payload); n < len(p) {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, f.read(b.path, b.payload, err)
	}
	return p, nil
}
