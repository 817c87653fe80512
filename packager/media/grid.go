package media

// A Grid is a clock on which all samples last equally long: sample i is decoded
// at i × Frame, in units of 1/Timescale seconds.
type Grid struct {
	Timescale uint32
	Frame     int64
}

// time returns i frames in another timescale, rounded half up.
func (g Grid) time(i, timescale int64) int64 {
	return (Rescale(2*i*g.Frame, timescale, int64(g.Timescale)) + 1) >> 1
}

// Near says whether two times are equal but for the rounding, up or down, of
// both and of what they count from.
func Near(a, b int64) bool { return a-b < 2 && b-a < 2 }

// OnGrid returns the index on the clock of a grid when its times, in the given
// timescale, are those of the grid but for rounding; else false. The last
// sample may last as long as it likes.
func (s *Samples) OnGrid(g Grid, timescale uint32) (*Samples, bool) {
	n, scale := s.Count(), int64(timescale)
	if !Near(s.Decode(n-1), g.time(int64(n-1), scale)) { // most that do not fit are told by their end
		return nil, false
	}
	nearest := func(t, unit int64) int64 { return (Rescale(2*t, int64(g.Timescale), unit*scale) + 1) >> 1 }
	b := NewIndexBuilder(n)
	for i := range n {
		if !Near(s.Decode(i), g.time(int64(i), scale)) {
			return nil, false
		}
		b.Decode(int64(i) * g.Frame)
		if s.offset.n == 0 {
			continue
		}
		frames := nearest(s.offset.At(i), g.Frame)
		if !Near(s.offset.At(i), g.time(frames, scale)) {
			return nil, false
		}
		b.Offset(frames * g.Frame)
	}
	last := s.Decode(n) - s.Decode(n-1)
	if Near(last, g.time(1, scale)) {
		b.Decode(int64(n) * g.Frame)
	} else {
		b.Decode(int64(n-1)*g.Frame + nearest(last, 1))
	}
	times := b.Samples()
	out := *s
	out.decode, out.offset, out.minOffset = times.decode, times.offset, times.minOffset
	out.end = out.shownEnd()
	return &out, true
}
