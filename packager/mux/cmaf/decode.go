package cmaf

import (
	"sync"

	"manifold/packager/mux"
)

// decoding holds the decode times of the samples of a fragment, in ticks: one
// for each and, last, the end of the fragment.
//
// The first sample is decoded when the fragment begins, so that tfdt is its time.
// With B-frames the samples behind it would then be decoded after
// they are shown; composition offsets would be negative, which Smooth Streaming
// cannot write ([MS-SSTR] §2.2.4.6) and which moves the picture against the
// sound in readers that take decode times for the firmer ones. So the others
// are decoded earlier by the reorder delay of the track; the few before which
// there is no room share it evenly, but for leading pictures, which are shown so
// early that only a tick is left; and the last few are put off again, as
// otherwise the very last would last until the next fragment begins, and, being
// shown for as long, end behind it:
//
//	source   I     P     B     B     P     b     b        one frame late
//	written  I  P  B     B     P     b     b     │ next fragment
//	                                   b     b
//
// What is shown when does not change, durations add up to the fragment, and no
// sample that is shown in it lasts beyond its end.
type decoding struct {
	at     []int64
	pooled *[]int64
}

var decodings = sync.Pool{New: func() any { s := make([]int64, 0, 1024); return &s }}

// newDecoding plans the decode times of a stretch from start to end.
func newDecoding(s *mux.Stretch, start, end int64) decoding {
	t, list := s.Track, s.Samples
	d := decoding{pooled: decodings.Get().(*[]int64)}
	d.at = (*d.pooled)[:0]
	ahead := t.Samples.MinOffset()
	crowded := 1 // samples that share the time at the beginning
	for i := range list {
		early := t.Clock.Ticks(list[i].Decode + ahead)
		d.at = append(d.at, early)
		if i == crowded && early <= start {
			crowded++
		}
	}
	d.at = append(d.at, end)
	*d.pooled = d.at
	room := d.at[crowded] - start
	for i := range crowded {
		d.at[i] = start + room*int64(i)/int64(crowded)
	}
	latest := end
	for i := len(list) - 1; i > 0; i-- {
		shown := t.Clock.Ticks(list[i].Composition)
		if shown < end {
			d.at[i] = max(d.at[i], shown+d.at[i+1]-end)
		}
		latest = min(latest-1, shown)
		d.at[i] = max(min(d.at[i], latest), start)
	}
	return d
}

// close gives the times back to their pool.
func (d decoding) close() { decodings.Put(d.pooled) }
