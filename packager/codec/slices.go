package codec

import (
	"bytes"

	"manifold/packager/media"
)

// MaxSliceHeader is how many bytes of a NAL unit Slices wants to see: more
// than any slice header has, entry points included.
const MaxSliceHeader = 2 << 10

// Slices measures what stands before the slice data of NAL units: encryption
// leaves it readable (ISO/IEC 23001-7 §9.5). It remembers parameter sets that
// come between the slices.
type Slices struct {
	nal    *NAL
	header sliceHeader
	seen   [][]byte // parameter sets that header knows
	r      rbsp
}

// sliceHeader reads the slice headers of one codec.
type sliceHeader interface {
	// learn takes a parameter set.
	learn(unit []byte)
	// read reads the header of a NAL unit that holds a slice. The error of r
	// says when that was not possible.
	read(r *rbsp)
}

// NewSlices returns what measures the slices of a track; nil for codecs that
// are not made of NAL units.
func NewSlices(c *media.Codec) *Slices {
	nal := NALOf(c)
	if nal == nil {
		return nil
	}
	s := &Slices{nal: nal, header: nal.slices()}
	for _, p := range c.ParameterSets {
		s.learn(p)
	}
	return s
}

func (s *Slices) learn(unit []byte) {
	for _, k := range s.seen {
		if bytes.Equal(k, unit) {
			return
		}
	}
	s.header.learn(unit)
	s.seen = append(s.seen, bytes.Clone(unit))
}

// maxSets bounds the parameter sets that are remembered.
const maxSets = 64

// Lead returns how many bytes of a NAL unit of size bytes stand before slice
// data: all of them when it holds no slice. unit is its beginning, up to
// MaxSliceHeader bytes. Of a slice whose header cannot be read it is the NAL
// unit header alone: nothing of the picture stays readable.
func (s *Slices) Lead(unit []byte, size int) int {
	if len(unit) == 0 {
		return size
	}
	kind := s.nal.kind(unit[0])
	if !s.nal.isSlice(kind) {
		if bytes.IndexByte(s.nal.sets, kind) >= 0 && len(unit) == size && len(s.seen) < maxSets {
			s.learn(unit)
		}
		return size
	}
	s.r = rbsp{unit: unit}
	s.r.skip(8 * s.nal.header)
	if s.header.read(&s.r); s.r.short {
		return min(s.nal.header, size)
	}
	return min(s.r.at, size)
}
