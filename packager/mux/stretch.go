package mux

import (
	"io"

	"manifold/packager/media"
)

// Stretch is a run of consecutive samples of one track, with the bytes they
// lie in. NAL units in it have four-byte lengths whatever the source has.
type Stretch struct {
	Track   *media.Track
	First   int // index of Samples[0] in the track
	Samples []media.Sample
	Source  io.ReaderAt

	pooled *[]media.Sample
}

// Open returns samples [from, to) of a track. Only sources whose NAL unit
// lengths have one or two bytes are read here, through one buffer: their
// samples grow in every output.
func Open(t *media.Track, from, to int) (Stretch, error) {
	s := List(t, from, to)
	if n := t.Codec.NALLength; n != 0 && n != 4 {
		if err := s.widen(n); err != nil {
			s.Close()
			return Stretch{}, err
		}
	}
	return s, nil
}

// List is Open without a look at the media: NAL units keep the lengths that
// they have in the source.
func List(t *media.Track, from, to int) Stretch {
	p := samples.Get().(*[]media.Sample)
	*p = t.Samples.Append((*p)[:0], from, to)
	return Stretch{Track: t, First: from, Samples: *p, Source: t.Source, pooled: p}
}

// Close gives the sample list and buffers back to their pools.
func (s *Stretch) Close() {
	if w, ok := s.Source.(*widened); ok {
		w.close()
	}
	if s.pooled != nil {
		samples.Put(s.pooled)
		s.pooled, s.Samples = nil, nil
	}
}

// At returns the bytes of the source at an offset, as many as buf has: where they
// lie in memory, or read into buf.
func (s *Stretch) At(off int64, buf []byte) ([]byte, error) {
	if x, ok := s.Source.(media.Spans); ok {
		if b := x.Span(off, len(buf)); b != nil {
			return b, nil
		}
	}
	if n, err := s.Source.ReadAt(buf, off); n < len(buf) {
		return nil, ReadFault(s, off, int64(len(buf)), err)
	}
	return buf, nil
}

// Bytes returns the sum of the sample sizes.
func (s *Stretch) Bytes() int64 {
	var n int64
	for i := range s.Samples {
		n += int64(s.Samples[i].Size)
	}
	return n
}
