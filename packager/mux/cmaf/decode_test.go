package cmaf

import (
	"testing"

	"pgregory.net/rapid"

	"manifold/packager/media"
	"manifold/packager/mux"
)

// pictures is a track of GOPs in which every picture is shown some frames
// after it is decoded, in an order of B-frames that is drawn. An open GOP shows
// pictures before its key frame.
func pictures(t *rapid.T, open bool) (track *media.Track, starts []int) {
	const frame = 1001
	delay := rapid.IntRange(0, 3).Draw(t, "delay")
	b := media.NewIndexBuilder(0)
	n, at := 0, int64(0)
	b.Run(0, 0)
	var sync []uint32
	for g := range rapid.IntRange(1, 4).Draw(t, "GOPs") {
		size := rapid.IntRange(6, 20).Draw(t, "pictures") // what an open GOP takes from the one before is there
		// key frame, then groups: an anchor and the pictures shown before it
		order := []int{0}
		leading := 0
		if open && g > 0 {
			leading = min(rapid.IntRange(0, delay).Draw(t, "leading"), size-1)
			order[0] = leading
			for k := range leading {
				order = append(order, k)
			}
		}
		for len(order) < size {
			group := min(rapid.IntRange(1, delay+1).Draw(t, "group"), size-len(order))
			first := len(order)
			order = append(order, first+group-1)
			for k := range group - 1 {
				order = append(order, first+k)
			}
		}
		sync, starts = append(sync, uint32(n)), append(starts, n)
		base := n
		for _, shown := range order {
			b.Size(10)
			b.Decode(at)
			b.Offset(int64(base+shown-n+delay) * frame)
			at += frame
			n++
		}
	}
	b.Decode(at)
	b.Sync(sync)
	track = &media.Track{Kind: media.Video, Timescale: 30000, Samples: b.Samples(), Clock: media.NewClock(30000, int64(delay)*frame, 0, 0)}
	track.First = append(track.First, sync...)
	track.First = append(track.First, uint32(n))
	return track, starts
}

// Whatever the order, nothing is decoded after it is shown, decode times rise,
// fragments meet, and what is shown in one ends in it.
func TestDecodingNeverLiesBehindPresentation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		track, starts := pictures(t, rapid.Bool().Draw(t, "open"))
		before := int64(0)
		for g, from := range starts {
			to := track.Samples.Count()
			if g+1 < len(starts) {
				to = starts[g+1]
			}
			s := mux.List(track, from, to)
			end := track.End()
			if g+1 < len(starts) {
				end = track.Begins(to)
			}
			d := newDecoding(&s, track.Begins(from), end)
			if d.at[0] != before {
				t.Fatalf("fragment %d begins at %d, the one before ended at %d", g, d.at[0], before)
			}
			if end != d.at[len(s.Samples)] {
				t.Fatalf("fragment %d ends at %d, want %d", g, d.at[len(s.Samples)], end)
			}
			for i, x := range s.Samples {
				at, next, shown := d.at[i], d.at[i+1], track.Clock.Ticks(x.Composition)
				if shown < end && shown+next-at > end {
					t.Fatalf("sample %d is shown from %d to %d, the fragment ends at %d", from+i, shown, shown+next-at, end)
				}
				if at > shown {
					t.Fatalf("sample %d is decoded at %d and shown at %d", from+i, at, shown)
				}
				if next <= at {
					t.Fatalf("sample %d is decoded at %d, the next at %d", from+i, at, next)
				}
			}
			before = end
			d.close()
			s.Close()
		}
		if end := track.End(); before != end {
			t.Fatalf("the last fragment ends at %d, the track at %d", before, end)
		}
	})
}

// Without B-frames the source's decode times stand as they are.
func TestDecodingWithoutReordering(t *testing.T) {
	b := media.NewIndexBuilder(0)
	b.Run(0, 0)
	for i := range 30 {
		b.Size(1)
		b.Decode(int64(i) * 3)
	}
	b.Decode(90)
	track := &media.Track{Kind: media.Video, Timescale: 100, Samples: b.Samples(), Clock: media.NewClock(100, 0, 0, 0), First: []uint32{0, 30}}
	s := mux.List(track, 0, 30)
	defer s.Close()
	d := newDecoding(&s, 0, track.End())
	for i := range 31 {
		if got, want := d.at[i], int64(i)*3*media.TicksPerSecond/100; got != want {
			t.Errorf("sample %d is decoded at %d, want %d", i, got, want)
		}
	}
}
