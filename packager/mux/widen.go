package mux

import (
	"encoding/binary"
	"fmt"
	"io"
	"sort"

	"manifold/packager/fault"
)

// widened is a stretch whose NAL units have lengths of one or two bytes
// (ISO/IEC 14496-15 §5.3.3.1), seen with lengths of four bytes, which every
// segment has: its samples lie one behind the other from byte 0 on. It is read
// from front to back through one pooled buffer; a jump begins anew at the
// sample that is meant.
type widened struct {
	source Stretch // as it is in the file
	length int
	starts []int64 // where each sample begins, and the end of the last

	r      *Reader
	at     int64  // offset that r stands at
	sample int    // the sample it lies in
	head   []byte // of the four bytes of a length, what is not read yet
	unit   int    // bytes of the NAL unit behind it that are not read yet
	field  [4]byte
}

// widen makes s a widened stretch. The media is read once, to learn how many
// NAL units there are.
func (s *Stretch) widen(length int) error {
	w := &widened{source: *s, length: length, starts: make([]int64, 1, len(s.Samples)+1)}
	w.source.pooled = nil
	list := append(w.source.Samples[:0:0], s.Samples...)
	w.source.Samples = list
	r := NewReader(&w.source)
	defer r.Close()
	var at int64
	for i := range list {
		n, err := w.measure(r, i)
		if err != nil {
			return err
		}
		s.Samples[i].Position, s.Samples[i].Size = at, n
		at += int64(n)
		w.starts = append(w.starts, at)
	}
	w.at = -1
	s.Source = w
	return nil
}

// measure reads sample i and returns its size with lengths of four bytes.
func (w *widened) measure(r *Reader, i int) (int, error) {
	left, size := w.source.Samples[i].Size, 0
	for left > 0 {
		n, err := w.unitLength(r, i, left)
		if err != nil {
			return 0, err
		}
		left -= w.length + n
		size += 4 + n
		if err := r.Skip(n); err != nil {
			return 0, err
		}
	}
	return size, nil
}

// unitLength reads the length of the next NAL unit of sample i, of which left
// bytes remain.
func (w *widened) unitLength(r *Reader, i, left int) (int, error) {
	b, err := r.Peek(w.length)
	if err != nil {
		return 0, err
	}
	if left < w.length || len(b) < w.length {
		return 0, BadNAL(&w.source, i, left, w.length)
	}
	n := int(b[0])
	if w.length == 2 {
		n = n<<8 | int(b[1])
	}
	r.Discard(w.length)
	if n > left-w.length {
		return 0, BadNAL(&w.source, i, left-w.length, n)
	}
	return n, nil
}

// ReadAt implements io.ReaderAt.
func (w *widened) ReadAt(p []byte, off int64) (int, error) {
	if off != w.at {
		if err := w.seek(off); err != nil {
			return 0, err
		}
	}
	return w.read(p)
}

// seek begins at the sample that holds an offset and reads up to it.
func (w *widened) seek(off int64) error {
	if off < 0 || off > w.starts[len(w.starts)-1] {
		return io.EOF
	}
	w.close()
	w.sample = max(sort.Search(len(w.starts), func(i int) bool { return w.starts[i] > off })-1, 0)
	w.at, w.head, w.unit = w.starts[w.sample], nil, 0
	from := w.source
	from.Samples = from.Samples[min(w.sample, len(from.Samples)):]
	w.r = NewReader(&from)
	for w.at < off {
		var skip [4 << 10]byte
		if _, err := w.read(skip[:min(off-w.at, int64(len(skip)))]); err != nil {
			return err
		}
	}
	return nil
}

// read fills p with what follows.
func (w *widened) read(p []byte) (n int, err error) {
	for n < len(p) {
		var b []byte
		switch {
		case len(w.head) > 0:
			b = w.head
		case w.unit > 0:
			if b, err = w.r.Peek(1); err != nil {
				return n, err
			}
			b = b[:min(len(b), w.unit)]
		default:
			if err = w.next(); err != nil {
				return n, err
			}
			continue
		}
		k := copy(p[n:], b)
		n, w.at = n+k, w.at+int64(k)
		if len(w.head) > 0 {
			w.head = w.head[k:]
		} else {
			w.r.Discard(k)
			w.unit -= k
		}
	}
	return n, nil
}

// next goes to the next NAL unit.
func (w *widened) next() (err error) {
	for w.sample+1 < len(w.starts) && w.starts[w.sample+1] <= w.at {
		w.sample++
	}
	if w.sample+1 == len(w.starts) {
		return io.EOF
	}
	left := int(w.starts[w.sample+1] - w.at) // as widened: never less than what the source has
	if w.unit, err = w.unitLength(w.r, w.sample, left); err != nil {
		return err
	}
	binary.BigEndian.PutUint32(w.field[:], uint32(w.unit))
	w.head = w.field[:]
	return nil
}

// close gives the buffer back.
func (w *widened) close() {
	if w.r != nil {
		w.r.Close()
		w.r = nil
	}
}

// Where says where sample i of the stretch lies, for people.
func (s *Stretch) Where(i int) string {
	return fmt.Sprintf("%s sample %d", s.Track.Where(), s.First+i+1)
}

// BadNAL is the error of a NAL unit of n bytes where only left bytes of
// sample i of the stretch remain.
func BadNAL(s *Stretch, i, left, n int) error {
	e := fault.Newf(fault.InvalidNALSize, s.Where(i), "a NAL unit of %d bytes begins %d bytes before the end of the sample", n, left)
	e.Advice = "The file is damaged here; write it again from its source."
	return e
}
