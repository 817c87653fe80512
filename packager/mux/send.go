package mux

import (
	"context"
	"io"
	"sync"
)

// Gatherer is a writer that takes several pieces in one call, a connection with
// writev for instance. It may change the list of pieces, not the pieces. resident
// says that they are memory of this process, none of it a file that may have to
// be read; so is what is written.
type Gatherer interface {
	io.Writer
	Gather(pieces [][]byte, resident bool) error
}

// Overwriter is a writer that may change what it is given, to encrypt it where it
// lies.
type Overwriter interface {
	io.Writer
	Overwrite(p []byte) error
}

// HandOver writes what nobody needs afterwards.
func HandOver(w io.Writer, p []byte) error {
	if o, ok := w.(Overwriter); ok {
		return o.Overwrite(p)
	}
	_, err := w.Write(p)
	return err
}

// One call takes at most so many bytes, about, and pieces.
const (
	maxGather = spanSize
	maxPieces = 512
)

var pieceLists = sync.Pool{New: func() any { return &pieces{list: make([][]byte, 0, maxPieces)} }}

// pieces are bytes that are to be written together.
type pieces struct {
	w        io.Writer
	resident bool
	list     [][]byte
	size     int
}

func (p *pieces) add(b []byte) {
	p.list, p.size = append(p.list, b), p.size+len(b)
}

// flush writes all pieces.
func (p *pieces) flush() error {
	list := p.list
	p.list, p.size = p.list[:0], 0
	if g, ok := p.w.(Gatherer); ok && (len(list) > 1 || !p.resident) {
		return g.Gather(list, p.resident)
	}
	for _, b := range list {
		if _, err := p.w.Write(b); err != nil {
			return err
		}
	}
	return nil
}

// Send writes a header and the bytes of a stretch behind it, as a cipher encrypts
// them, or with nil as they are: those that lie in memory without a copy then.
func Send(ctx context.Context, w io.Writer, header []byte, s *Stretch, c Cipher) error {
	r := NewSealing(s, c, BufferSize)
	defer r.Close()
	p := pieceLists.Get().(*pieces)
	defer func() {
		clear(p.list[:cap(p.list)])
		p.w, p.list, p.size = nil, p.list[:0], 0
		pieceLists.Put(p)
	}()
	p.w, p.resident = w, c != nil
	p.add(header)
	for first := true; ; first = false {
		if !first && !r.Lies() || p.size >= maxGather || len(p.list) == maxPieces {
			if err := ctx.Err(); err != nil {
				return err
			}
			// before the reader checks what was taken where it lies
			if err := p.flush(); err != nil {
				return err
			}
		}
		b, err := r.Peek(1)
		if err != nil {
			return err
		}
		if len(b) == 0 {
			return p.flush()
		}
		p.add(b)
		r.Discard(len(b))
	}
}
