package timeline

import "manifold/packager/media"

// cutAudio gives every fragment of a group the same number of frames, the
// smallest that lasts at least as long as the nominal video fragment; the last
// fragment holds the rest. Audio is not cut where video is: it drifts behind,
// in every format alike.
func cutAudio(g *media.Group, nominal span) {
	ref := g.Tracks[0]
	frames := framesIn(ref, nominal)
	count := ref.Samples.Count() - int(ref.First[0])
	n := (count + frames - 1) / frames
	g.Times = make([]int64, n+1)
	for _, t := range g.Tracks {
		first, end := int(t.First[0]), t.Samples.Count()
		t.First = make([]uint32, n+1)
		for k := range n {
			t.First[k] = uint32(min(first+k*frames, end))
		}
		t.First[n] = uint32(end)
	}
	for k := range n {
		g.Times[k] = ref.Ticks(int(ref.First[k]))
	}
	g.Times[n] = endOf(ref)
	g.ClosedGOP = true
}

// framesIn returns ceil(d × rate / samples of a frame).
func framesIn(t *media.Track, d span) int {
	rate, each := int64(t.Codec.SamplingRate), int64(t.Codec.FrameSamples)
	if rate == 0 || each == 0 {
		rate, each = int64(t.Timescale), max(t.Samples.Decode(1)-t.Samples.Decode(0), 1)
	}
	return int(max(-media.Rescale(-d.units, rate, d.rate*each), 1))
}

// endOf returns the time in ticks where the last sample of a track ends: on
// the clock of decode times that first meets the presentation at the first
// sample that is kept, as segments are written.
func endOf(t *media.Track) int64 {
	s, first := t.Samples, int(t.First[0])
	return t.Clock.Ticks(s.Decode(s.Count()) + s.Composition(first) - s.Decode(first))
}
