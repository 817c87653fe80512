package mux

import (
	"bytes"
	"fmt"

	"manifold/packager/fault"
)

// maxWidened bounds what widen holds in memory: more than twenty seconds of
// any sensible stream.
const maxWidened = 256 << 20

// widen reads the stretch and gives its NAL units lengths of four bytes
// (ISO/IEC 14496-15 §5.3.3.1 allows one and two; no segment format that is
// written here does). Such sources are rare and small, so the stretch is held
// in memory.
func (s *Stretch) widen(length int) error {
	total := s.Bytes()
	if total > maxWidened {
		return fault.Newf(fault.InvalidNALSize, s.where(0), "%d bytes of NAL units with %d-byte lengths are more than can be rewritten at once", total, length)
	}
	r := NewReader(s)
	defer r.Close()
	out := make([]byte, 0, total+total/16+64)
	for i := range s.Samples {
		begin := len(out)
		for left := s.Samples[i].Size; left > 0; {
			b, err := r.Peek(length)
			if err != nil {
				return err
			}
			if left < length || len(b) < length {
				return BadNAL(s, i, left, length)
			}
			n := int(b[0])
			if length == 2 {
				n = n<<8 | int(b[1])
			}
			r.Discard(length)
			if left -= length; n > left {
				return BadNAL(s, i, left, n)
			}
			left -= n
			out = append(out, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
			for n > 0 {
				b, err := r.Peek(1)
				if err != nil {
					return err
				}
				k := min(n, len(b))
				out = append(out, b[:k]...)
				r.Discard(k)
				n -= k
			}
		}
		s.Samples[i].Position, s.Samples[i].Size = int64(begin), len(out)-begin
	}
	s.Source = bytes.NewReader(out)
	return nil
}

func (s *Stretch) where(i int) string {
	return fmt.Sprintf("%s track %d sample %d", s.Track.File, s.Track.TrackID, s.First+i+1)
}

// BadNAL is the error of a NAL unit of n bytes where only left bytes of
// sample i of the stretch remain.
func BadNAL(s *Stretch, i, left, n int) error {
	e := fault.Newf(fault.InvalidNALSize, s.where(i), "a NAL unit of %d bytes begins %d bytes before the end of the sample", n, left)
	e.Advice = "The file is damaged here; write it again from its source."
	return e
}
