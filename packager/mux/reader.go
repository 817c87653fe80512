package mux

import (
	"fmt"
	"io"

	"manifold/packager/fault"
	"manifold/packager/media"
)

const (
	// maxGap is how many foreign bytes between two samples are read along
	// rather than asking the source again: a read costs about as much as
	// copying them.
	maxGap = 16 << 10
	// smallGap is up to how many of them are copied along: it is cheaper than a
	// fresh start of the processor's reading ahead.
	smallGap = 2 << 10
	// spanSize is how much of a source is asked for at once where it lies in
	// memory.
	spanSize = 1 << 20
	// tailSize is how many bytes at the end of a stretch are always copied. That is
	// done, and the version of the source checked behind it, after everything
	// before them was used: nobody gets the end of a stretch whose bytes changed
	// on the way.
	tailSize = 8 << 10
)

// Reader streams the bytes of a stretch, sample behind sample, as if nothing
// lay between them. Bytes that lie in memory are handed out where they lie.
// Others are read in spans of up to a buffer, over the samples of other tracks
// in between, and the gaps closed in place. All that are encrypted are first
// copied, without the gaps.
type Reader struct {
	stretch *Stretch
	spans   media.Spans // nil: all bytes are read
	cipher  Cipher      // nil: bytes stay as they are
	step    int64       // how much is copied at once where it lies in memory
	span    []byte      // of the source, from at on
	at      int64
	buf     []byte
	rest    []byte // unread bytes at hand, in span or in buf
	raw     int    // bytes in buf behind them that are still to be encrypted
	left    int64  // bytes of the stretch behind them
	next    int    // sample that they continue with
	within  int    // bytes of it that are at hand already
}

// NewReader returns a reader over a stretch. Close it.
func NewReader(s *Stretch) *Reader {
	r := &Reader{stretch: s, left: s.Bytes(), step: BufferSize}
	r.spans, _ = s.Source.(media.Spans)
	return r
}

// Cipher encrypts the bytes of a stretch, which come in pieces.
type Cipher interface {
	// Encrypt encrypts the next bytes where they are, and returns how many it took:
	// all, but for less than a block at the end, which comes again with more.
	Encrypt(p []byte) int
	// Finish does what Encrypt has put off.
	Finish()
	// Counts says whether who sees two texts that were encrypted as the same bytes of
	// the stretch knows how they differ. Of each text only one may be sent, then.
	Counts() bool
}

// NewSealing returns a reader over a stretch as a cipher encrypts it: step bytes at
// once, SmallSize or BufferSize, unless the source has to be read. Close it.
func NewSealing(s *Stretch, c Cipher, step int64) *Reader {
	r := NewReader(s)
	r.cipher, r.step = c, step
	return r
}

// Close gives the buffer back.
func (r *Reader) Close() {
	if r.buf != nil {
		PutBuffer(r.buf)
		r.buf, r.rest, r.raw, r.left = nil, nil, 0, 0
	}
}

// Peek returns the unread bytes that are at hand, at least n of them (n at
// most SmallSize/2) unless the sample ends before. They are valid until the
// next call.
func (r *Reader) Peek(n int) ([]byte, error) {
	for len(r.rest) < n && r.left > 0 {
		before := len(r.rest) + r.raw
		if err := r.fill(); err != nil {
			return nil, err
		}
		if len(r.rest)+r.raw == before {
			break
		}
	}
	if r.left == 0 && r.raw > 0 {
		return nil, io.ErrUnexpectedEOF // the cipher expects more than the stretch has
	}
	return r.rest, nil
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
func (r *Reader) Discard(n int) { r.rest = r.rest[n:] }

// Lies says whether the next bytes that are not at hand yet lie in memory: what
// Peek returns then stays where it is when more is read.
func (r *Reader) Lies() bool { return r.spans != nil && r.cipher == nil && r.left > tailSize }

// fill brings more bytes to hand.
func (r *Reader) fill() error {
	list := r.stretch.Samples
	for r.within == list[r.next].Size {
		r.next, r.within = r.next+1, 0
	}
	if r.Lies() {
		if len(r.rest) > 0 && r.within == 0 {
			return nil // the sample ends here, and the next lies elsewhere
		}
		if r.show() {
			return nil
		}
	}
	return r.load()
}

// show takes the next run of bytes where it lies; false when it has to be read.
func (r *Reader) show() bool {
	next := r.stretch.Samples[r.next].Position + int64(r.within)
	start := next - int64(len(r.rest)) // the run goes on in the middle of a sample
	if start < r.at || next >= r.at+int64(len(r.span)) {
		end := r.extent(next, spanSize)
		b := r.spans.Span(start, int(end-start))
		if b == nil {
			r.spans = nil
			return false
		}
		r.span, r.at = b, start
	}
	_, n := r.run(r.at, r.at+int64(len(r.span)), r.left-tailSize)
	r.rest = r.span[start-r.at : next+n-r.at]
	return true
}

// load copies one span behind the unread bytes.
func (r *Reader) load() error {
	first := r.buf == nil
	if first {
		n := r.left + int64(len(r.rest))
		if r.spans != nil {
			n = min(n, r.step)
		}
		r.buf = GetBuffer(n)
	}
	base := copy(r.buf, r.rest[:len(r.rest)+r.raw])
	r.rest = r.buf[:len(r.rest)]
	start := r.stretch.Samples[r.next].Position + int64(r.within)
	room := len(r.buf) - base
	if first {
		room = min(room, firstSize)
	}
	end := r.extent(start, int64(room))
	var span []byte
	if r.spans != nil {
		span = r.spans.Span(start, int(end-start))
	}
	lies := span != nil
	if !lies {
		span = r.buf[base : base+int(end-start)]
		if n, err := r.stretch.Source.ReadAt(span, start); n < len(span) {
			return ReadFault(r.stretch, start, end-start, err)
		}
	}
	r.take(r.gather(span, start, base, lies))
	if lies && (r.left == 0 || r.cipher != nil && r.cipher.Counts()) {
		if err := r.spans.Check(); err != nil {
			return ReadFault(r.stretch, start, end-start, err)
		}
	}
	return nil
}

// gather moves the samples in a span, which begins at start of the source, to one
// behind the other in the buffer, from a place on, and returns where they end. The
// span lies in the buffer, at that place, or apart from it.
func (r *Reader) gather(span []byte, start int64, to int, apart bool) int {
	for lo := 0; ; {
		from, n := r.run(start+int64(lo), start+int64(len(span)), r.left)
		if n == 0 {
			return to
		}
		lo = int(from-start) + int(n)
		run := span[lo-int(n) : lo]
		if apart {
			// the processor reads ahead for as long as it is asked for one line behind
			// the other: a small gap is copied along, and what comes next put over it
			run = span[lo-int(n) : lo+r.gap(start+int64(lo), len(span)-lo)]
		}
		if apart || &run[0] != &r.buf[to] {
			copy(r.buf[to:], run)
		}
		to += int(n)
	}
}

// gap returns how many bytes lie between a place, behind which most bytes follow, and the
// next sample; 0 where they are many.
func (r *Reader) gap(at int64, most int) int {
	if r.next == len(r.stretch.Samples) {
		return 0
	}
	if n := r.stretch.Samples[r.next].Position - at; n > 0 && n <= min(int64(most), smallGap) {
		return int(n)
	}
	return 0
}

// take marks the bytes in the buffer before end as being at hand, and encrypts
// them.
func (r *Reader) take(end int) {
	ready := end
	if r.cipher != nil {
		ready = len(r.rest)
		ready += r.cipher.Encrypt(r.buf[ready:end])
		r.cipher.Finish()
	}
	r.rest, r.raw = r.buf[:ready], end-ready
}

// extent returns where the bytes end that are asked for at once, from start on:
// samples one behind the other, with small gaps, as far as there is room.
func (r *Reader) extent(start, room int64) int64 {
	list, end := r.stretch.Samples, start
	for i := r.next; i < len(list); i++ {
		from := list[i].Position
		if i == r.next {
			from = start
		}
		if gap := from - end; gap < 0 || gap > maxGap || from-start >= room {
			break
		}
		if end = list[i].Position + int64(list[i].Size); end > start+room {
			return start + room
		}
	}
	return end
}

// run passes over the next bytes that lie one behind the other in [lo, hi) of
// the source, at most so many, and returns where they lie.
func (r *Reader) run(lo, hi, most int64) (from, n int64) {
	list := r.stretch.Samples
	for r.next < len(list) && n < most {
		s := &list[r.next]
		at := s.Position + int64(r.within)
		if k := int64(s.Size - r.within); k > 0 {
			if at < lo || at >= hi || n > 0 && at != from+n {
				break
			}
			if n == 0 {
				from = at
			}
			k = min(k, hi-at, most-n)
			n, r.within = n+k, r.within+int(k)
		}
		if r.within < s.Size {
			break
		}
		r.next, r.within = r.next+1, 0
	}
	r.left -= n
	return from, n
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
