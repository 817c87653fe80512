package cmaf

import (
	"manifold/packager/media"
	"manifold/packager/mux"
)

// decoding gives the decode times of the samples of a fragment, in ticks.
//
// The first sample is decoded when it is shown, so that tfdt is the time of the
// fragment. With B-frames the samples behind it would then be decoded after
// they are shown; composition offsets would be negative, which Smooth Streaming
// cannot write ([MS-SSTR] §2.2.4.6) and which moves the picture against the
// sound in readers that take decode times for the firmer ones. So the others
// are decoded earlier by the reorder delay of the track, the few before which
// there is no room share it evenly, and the last one lasts until the next
// fragment begins:
//
//	source   I     P     B     B     P     …         one frame late
//	written  I  P  B     B     P     …          │ next fragment
//
// What is shown when does not change, and durations add up to the fragment.
type decoding struct {
	clock      media.Clock
	samples    []media.Sample
	ahead      int64 // added to source decode times, ≤ 0 seen from presentation
	start, end int64 // ticks
	crowded    int   // samples that share the time …
	until      int64 // … until here
}

// newDecoding plans the decode times of a stretch that is a whole fragment. A
// fragment of Smooth Streaming begins and ends with its group (start ≥ 0),
// others with their own track.
func newDecoding(s *mux.Stretch) decoding {
	t := s.Track
	d := decoding{clock: t.Clock, samples: s.Samples, ahead: t.Samples.MinOffset()}
	d.start = startOf(t, s.First)
	if next := s.First + len(s.Samples); next < t.Samples.Count() {
		d.end = startOf(t, next)
	} else {
		first := int(t.First[0])
		d.end = t.Clock.Ticks(t.Samples.Decode(next) + t.Samples.Composition(first) - t.Samples.Decode(first))
	}
	return d.fit()
}

// within moves the fragment to other ends.
func (d decoding) within(start, end int64) decoding {
	d.start, d.end = start, end
	return d.fit()
}

// fit finds the samples that have to share the time at the beginning.
func (d decoding) fit() decoding {
	d.crowded = 1
	for d.crowded < len(d.samples) && d.early(d.crowded) <= d.start {
		d.crowded++
	}
	d.until = d.end
	if d.crowded < len(d.samples) {
		d.until = d.early(d.crowded)
	}
	return d
}

// early is the source's decode time ahead of all presentation.
func (d *decoding) early(i int) int64 { return d.clock.Ticks(d.samples[i].Decode + d.ahead) }

// at returns the decode time of sample i, or the end for i = len(samples).
func (d *decoding) at(i int) int64 {
	switch {
	case i == len(d.samples):
		return d.end
	case i < d.crowded:
		return d.start + (d.until-d.start)*int64(i)/int64(d.crowded)
	}
	return min(d.early(i), d.end)
}

// startOf returns when the fragment that begins with sample i begins to be
// decoded: when its key frame is shown. An open GOP shows pictures before that;
// there the key frame is decoded ahead like all others.
func startOf(t *media.Track, i int) int64 {
	key := t.Samples.Composition(i)
	if t.Samples.Earliest(i) < key {
		key = t.Samples.Decode(i) + t.Samples.MinOffset()
	}
	return max(t.Clock.Ticks(key), 0)
}
