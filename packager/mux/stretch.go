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
// lengths have one or two bytes are read here: their samples grow in every
// output.
func Open(t *media.Track, from, to int) (Stretch, error) {
	p := samples.Get().(*[]media.Sample)
	s := Stretch{Track: t, First: from, Source: t.Source, pooled: p}
	*p = t.Samples.Append((*p)[:0], from, to)
	s.Samples = *p
	if n := t.Codec.NALLength; n != 0 && n != 4 {
		if err := s.widen(n); err != nil {
			s.Close()
			return Stretch{}, err
		}
	}
	return s, nil
}

// Close gives the sample list back to its pool.
func (s *Stretch) Close() {
	if s.pooled != nil {
		samples.Put(s.pooled)
		s.pooled, s.Samples = nil, nil
	}
}

// Bytes returns the sum of the sample sizes.
func (s *Stretch) Bytes() int64 {
	var n int64
	for i := range s.Samples {
		n += int64(s.Samples[i].Size)
	}
	return n
}

// compositionBase returns the constant that, added to decode times, makes the
// first composition offset of the track 0.
func (s *Stretch) compositionBase() int64 {
	t := s.Track.Samples
	first := int(s.Track.First[0])
	return t.Composition(first) - t.Decode(first)
}

// Times returns, at the given rate, the start and the end of sample i in
// decoding order and its presentation time: floors of absolute times, so that
// durations, as differences, tile the track.
func (s *Stretch) Times(i int, rate int64) (decode, end, present int64) {
	x, c, base := &s.Samples[i], s.Track.Clock, s.compositionBase()
	return c.At(x.Decode+base, rate), c.At(x.Decode+x.Duration+base, rate), c.At(x.Composition, rate)
}
