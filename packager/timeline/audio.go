package timeline

import (
	"math"
	"slices"

	"manifold/packager/media"
)

// cutAudio gives every fragment of a group the same number of frames, the
// smallest that lasts at least as long as the nominal video fragment; the last
// fragment holds the rest. Audio is not cut where video is: it drifts behind,
// in every format alike.
func cutAudio(g *media.Group, nominal span) {
	ref := g.Tracks[0]
	frames := framesIn(ref, nominal)
	count := math.MaxInt
	for _, t := range g.Tracks {
		count = min(count, t.Samples.Count()-int(t.First[0]))
	}
	var starts []int // of the fragments, in frames behind the first
	g.Times = nil
	for at := 0; at < count; at = independent(ref, int(ref.First[0])+at+frames) - int(ref.First[0]) {
		// frames that last no time, as damaged files have them, begin no fragment
		if time := ref.Ticks(int(ref.First[0]) + at); at == 0 || time > g.Times[len(g.Times)-1] {
			starts, g.Times = append(starts, at), append(g.Times, time)
		}
	}
	g.Times = append(g.Times, max(end(g), g.Times[len(g.Times)-1]+1))
	for _, t := range g.Tracks {
		first := t.First[0]
		t.First = make([]uint32, 0, len(g.Times))
		for _, at := range starts {
			t.First = append(t.First, first+uint32(at))
		}
		t.First = append(t.First, uint32(t.Samples.Count()))
	}
	g.ClosedGOP = true
}

// independent returns the first frame from i on that can be decoded alone, the
// end when there is none.
func independent(t *media.Track, i int) int {
	sync := t.Samples.Sync()
	if !t.Codec.Dependent || sync == nil {
		return i
	}
	if at, _ := slices.BinarySearch(sync, uint32(i)); at < len(sync) {
		return int(sync[at])
	}
	return t.Samples.Count()
}

// framesIn returns ceil(d × rate / samples of a frame).
func framesIn(t *media.Track, d span) int {
	rate, each := int64(t.Codec.SamplingRate), int64(t.Codec.FrameSamples)
	if rate == 0 || each == 0 {
		rate, each = int64(t.Timescale), max(t.Samples.Decode(1)-t.Samples.Decode(0), 1)
	}
	return int(max(-media.Rescale(-d.units, rate, d.rate*each), 1))
}
