package mux

import (
	"fmt"
	"io"

	"manifold/packager/fault"
)

// maxGap is how many foreign bytes between two samples are read along rather
// than asking the source again: a read costs about as much as copying them.
const maxGap = 16 << 10

// Reader streams the bytes of a stretch, sample behind sample, as if nothing
// lay between them. It reads the source in spans of up to a buffer, over the
// samples of other tracks in between, and closes the gaps in place.
type Reader struct {
	stretch *Stretch
	buf     []byte
	lo, hi  int // unread bytes in buf
	next    int // sample that fill continues with
	within  int // bytes of it that were filled already
}

// NewReader returns a reader over a stretch. Close it.
func NewReader(s *Stretch) *Reader { return &Reader{stretch: s, buf: GetBuffer()} }

// Close gives the buffer back.
func (r *Reader) Close() {
	if r.buf != nil {
		PutBuffer(r.buf)
		r.buf = nil
	}
}

// Peek returns the unread bytes that are in memory, at least n of them (n at
// most BufferSize/2) unless the stretch ends before. They are valid until the
// next call.
func (r *Reader) Peek(n int) ([]byte, error) {
	for r.hi-r.lo < n && r.next < len(r.stretch.Samples) {
		if err := r.fill(); err != nil {
			return nil, err
		}
	}
	return r.buf[r.lo:r.hi], nil
}

// Skip passes over n bytes, or what is left of the stretch.
func (r *Reader) Skip(n int) error {
	for n > 0 {
		b, err := r.Peek(1)
		if err != nil || len(b) == 0 {
			return err
		}
		k := min(n, len(b))
		r.Discard(k)
		n -= k
	}
	return nil
}

// Discard marks n bytes of what Peek returned as read.
func (r *Reader) Discard(n int) { r.lo += n }

// fill reads one span behind the unread bytes.
func (r *Reader) fill() error {
	if r.lo > 0 {
		copy(r.buf, r.buf[r.lo:r.hi])
		r.lo, r.hi = 0, r.hi-r.lo
	}
	list := r.stretch.Samples
	start := list[r.next].Position + int64(r.within)
	free := int64(len(r.buf) - r.hi)
	// the span: samples one behind the other, with small gaps, as far as there is room
	end, last := start, r.next // it ends in sample last-1
	for last < len(list) {
		s := &list[last]
		from := s.Position
		if last == r.next {
			from = start
		}
		if gap := from - end; gap < 0 || gap > maxGap || from-start >= free {
			break
		}
		last++
		if end = s.Position + int64(s.Size); end > start+free {
			end = start + free
			break
		}
	}
	base := r.hi
	span := r.buf[base : base+int(end-start)]
	if n, err := r.stretch.Source.ReadAt(span, start); n < len(span) {
		return ReadFault(r.stretch, start, int64(len(span)), err)
	}
	// close the gaps in place
	for ; r.next < last; r.next, r.within = r.next+1, 0 {
		s := &list[r.next]
		from := s.Position + int64(r.within)
		n := min(int64(s.Size-r.within), end-from)
		if at := int(from - start); r.hi != base+at {
			copy(r.buf[r.hi:], span[at:at+int(n)])
		}
		r.hi += int(n)
		if r.within += int(n); r.within < s.Size {
			break
		}
	}
	return nil
}

// ReadFault is the error of n bytes of a stretch that could not be read.
func ReadFault(s *Stretch, at, n int64, err error) error {
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return &fault.Error{
		Code: fault.StorageConflict, Where: fmt.Sprintf("%s bytes %d–%d", s.Track.Where(), at, at+n-1),
		What: "the samples could not be read", Advice: "Check that the file is complete and was not changed while it was served.", Err: err,
	}
}
