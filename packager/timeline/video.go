package timeline

import (
	"fmt"
	"math"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// maxInterval is the longest time between key frames that is served.
const maxInterval = 20 * media.TicksPerSecond

// cutVideo cuts a switching set where all its tracks have a sync sample
// within half a frame, and returns the most frequent fragment duration.
func cutVideo(g *media.Group, o Options) ([]fault.Finding, span, error) {
	ref := g.Tracks[0]
	cuts, findings := common(g)
	if err := tooLong(g, cuts); err != nil {
		return findings, span{}, err
	}
	if o.FragmentSeconds > 0 {
		cuts = merge(ref, cuts, int64(o.FragmentSeconds)*media.TicksPerSecond)
	}
	n := len(cuts)
	g.Times = make([]int64, n+1)
	for k, c := range cuts {
		begins := int64(math.MaxInt64)
		for j, t := range g.Tracks {
			begins = min(begins, t.Begins(int(c[j])))
		}
		if k > 0 {
			begins = max(begins, g.Times[k-1]+1)
		}
		g.Times[k] = max(begins, 0)
	}
	g.Times[n] = max(end(g), g.Times[n-1]+1)
	for j, t := range g.Tracks {
		t.First = make([]uint32, n+1)
		for k, c := range cuts {
			t.First[k] = c[j]
		}
		t.First[n] = uint32(t.Samples.Count())
	}
	open := openGOP(g)
	g.ClosedGOP = open == nil
	if open != nil {
		findings = append(findings, *open)
	}
	return findings, frequent(ref), nil
}

// cut is one boundary: the sync sample of every track of the group.
type cut []uint32

// common returns the boundaries that all tracks share. The beginning is
// always one.
func common(g *media.Group) ([]cut, []fault.Finding) {
	ref := g.Tracks[0]
	half := halfFrame(ref)
	walks := make([]*walk, len(g.Tracks))
	start := make(cut, len(g.Tracks))
	for j, t := range g.Tracks {
		walks[j] = &walk{t: t, half: half}
		start[j] = t.First[0]
	}
	cuts, last := []cut{start}, ref.Ticks(int(start[0]))
	each(ref.Samples, func(i int) bool {
		at := ref.Ticks(i)
		if i <= int(start[0]) || at <= last { // not forward, as damaged files have it
			return true
		}
		before, c, shared := cuts[len(cuts)-1], make(cut, len(g.Tracks)), true
		c[0] = uint32(i)
		for j := 1; j < len(c); j++ {
			k, ok := walks[j].near(at)
			shared = shared && ok && uint32(k) > before[j]
			c[j] = uint32(k)
		}
		if shared {
			cuts, last = append(cuts, c), at
		}
		return true
	})
	var findings []fault.Finding
	for j := 1; j < len(walks); j++ {
		if f := walks[j].finding(ref, start); f != nil {
			findings = append(findings, *f)
		}
	}
	return cuts, findings
}

// halfFrame is half the average frame duration of a track in ticks.
func halfFrame(t *media.Track) int64 {
	s := t.Samples
	return media.Rescale(s.Decode(s.Count())-s.Decode(0), media.TicksPerSecond, int64(t.Timescale)) / int64(2*s.Count())
}

// walk goes through the sync samples of one track beside those of the
// reference and remembers where they part.
type walk struct {
	t      *media.Track
	half   int64
	at     int // place in Samples.Sync
	missed int
	first  int64 // reference time of the first sync sample that has no fellow
}

// near returns the sync sample within half a frame of a time; times rise from
// call to call.
func (w *walk) near(ticks int64) (sample int, ok bool) {
	s := w.t.Samples
	sync := s.Sync()
	count, sampleAt := len(sync), func(k int) int { return int(sync[k]) }
	if sync == nil {
		count, sampleAt = s.Count(), func(k int) int { return k }
	}
	for ; w.at < count; w.at++ {
		i := sampleAt(w.at)
		if i <= int(w.t.First[0]) {
			continue
		}
		switch d := w.t.Ticks(i) - ticks; {
		case d > w.half:
			w.miss(ticks)
			return 0, false
		case d >= -w.half:
			return i, true
		}
	}
	w.miss(ticks)
	return 0, false
}

func (w *walk) miss(ticks int64) {
	if w.missed == 0 {
		w.first = ticks
	}
	w.missed++
}

// finding says where the track's key frames differ from the reference's.
func (w *walk) finding(ref *media.Track, start cut) *fault.Finding {
	apart := w.t.Ticks(int(w.t.First[0])) - ref.Ticks(int(start[0]))
	at, count := w.first, w.missed
	if max(apart, -apart) > w.half {
		at, count = ref.Ticks(int(start[0])), count+1
	}
	if count == 0 {
		return nil
	}
	return &fault.Finding{
		Severity: fault.Warning, Code: "gop-misaligned", Where: w.t.Where(),
		Message: fmt.Sprintf("%d key frames of %s (track %d) have no key frame here within half a frame, the first at %s s", count, ref.File, ref.TrackID, media.Seconds(at)),
		Affects: "All formats: fragments are longer, because they begin only where every rendition has a key frame.",
		Advice:  "Encode all renditions with the same key frame times.",
	}
}

// tooLong refuses a set whose shared key frames are more than 20 s apart. The
// error names the rendition with the fewest key frames in between.
func tooLong(g *media.Group, cuts []cut) error {
	ref := g.Tracks[0]
	for k, c := range cuts {
		at, end, next := ref.Ticks(int(c[0])), end(g), ends(g)
		if k+1 < len(cuts) {
			next = cuts[k+1]
			end = ref.Ticks(int(next[0]))
		}
		if end-at <= maxInterval {
			continue
		}
		where, what := ref.Where(), "the key frames are"
		advice := "Encode with a key frame at least every 20 seconds, best every 2."
		if n := len(g.Tracks); n > 1 {
			where, what = sparsest(g, c, next).Where(), fmt.Sprintf("the key frames that all %d renditions share are", n)
			advice = "Encode all renditions with key frames at the same times, at least every 20 seconds, best every 2."
		}
		return fault.New(fault.KeyFrameIntervalTooLarge, where, fmt.Sprintf("%s more than 20 s apart: at %s s and %s s", what, media.Seconds(at), media.Seconds(end)), advice)
	}
	return nil
}

// end is when the last track of a group ends: the others have less in the last
// fragment.
func end(g *media.Group) int64 {
	at := g.Tracks[0].End()
	for _, t := range g.Tracks[1:] {
		at = max(at, t.End())
	}
	return at
}

// ends is the cut behind the last sample of every track.
func ends(g *media.Group) cut {
	var c cut
	for _, t := range g.Tracks {
		c = append(c, uint32(t.Samples.Count()))
	}
	return c
}

// sparsest returns the track with the fewest sync samples between two cuts.
func sparsest(g *media.Group, from, to cut) *media.Track {
	var found *media.Track
	fewest := math.MaxInt
	for j, t := range g.Tracks {
		n := 0
		each(t.Samples, func(i int) bool {
			if i >= int(from[j]) && i < int(to[j]) {
				n++
			}
			return i < int(to[j])
		})
		if n < fewest {
			found, fewest = t, n
		}
	}
	return found
}

// merge joins GOPs and closes a fragment where the next GOP would take it
// further from the wanted duration.
func merge(ref *media.Track, cuts []cut, want int64) []cut {
	at := func(k int) int64 {
		if k == len(cuts) {
			return ref.End()
		}
		return ref.Ticks(int(cuts[k][0]))
	}
	off := func(d int64) int64 { return max(d-want, want-d) }
	out := cuts[:1:1]
	start := at(0)
	for k := 1; k < len(cuts); k++ {
		if off(at(k+1)-start) > off(at(k)-start) {
			out, start = append(out, cuts[k]), at(k)
		}
	}
	return out
}

// openGOP returns a finding when pictures are shown before the key frame that
// their fragment begins with.
func openGOP(g *media.Group) *fault.Finding {
	for _, t := range g.Tracks {
		for k := range g.Fragments() {
			from, to := t.Fragment(k, k+1)
			key := t.Samples.Composition(from)
			for i := from + 1; i < to; i++ {
				if t.Samples.Composition(i) < key {
					return &fault.Finding{
						Severity: fault.Warning, Code: "open-gop", Where: fmt.Sprintf("%s sample %d", t.Where(), from+1),
						Message: "pictures that are shown before this key frame need the GOP before it (open GOP)",
						Affects: "Players may show damaged pictures after a seek or a switch of quality, and browsers stop there.",
						Advice:  "Encode with closed GOPs.",
					}
				}
			}
		}
	}
	return nil
}

// frequent returns the most frequent fragment duration of a cut track, exactly;
// the longest of equally frequent ones.
func frequent(t *media.Track) span {
	s := t.Samples
	times := make(map[int64]int)
	best := int64(0)
	for k := 0; k+1 < len(t.First); k++ {
		end, from := s.End(), int(t.First[k])
		if next := int(t.First[k+1]); next < s.Count() {
			end = s.Composition(next)
		}
		d := end - s.Composition(from)
		times[d]++
		if n := times[d]; n > times[best] || n == times[best] && d > best {
			best = d
		}
	}
	return span{best, int64(t.Timescale)}
}
