package ts_test

import (
	"testing"

	"manifold/packager/internal/synth"
	"manifold/packager/mux/ts"
)

// Audio frames that do not follow each other at once have a PTS of their own:
// readers count on from one only as long as frames last.
func TestGapsInAudio(t *testing.T) {
	p := plan(t, film(4, func(f *synth.File) {
		f.Tracks[1].Samples[0].Duration += 2180 // as priming without an edit list
		f.Tracks[1].Samples[9].Duration += 1024
		f.Tracks[1].Samples[14].Duration -= 30 // rounding
	}))
	track := p.audio.Tracks[0]
	out, _ := read(t, write(t, ts.Segment{Audio: open(t, p.audio, 0, 2)}), map[int]int{})
	frame := 0
	for _, x := range out {
		for n, b := int64(0), x.data; len(b) > 0; n, frame = n+1, frame+1 {
			at := x.pts + n*1024*90000/48000
			if want := track.Clock.At(track.Samples.Composition(frame), 90000) + 900000; at-want > 90 || want-at > 90 {
				t.Fatalf("frame %d at %d, want %d", frame, at, want)
			}
			b = b[int(b[3]&3)<<11|int(b[4])<<3|int(b[5]>>5):]
		}
	}
	if frame < 100 {
		t.Errorf("%d frames", frame)
	}
}

// A gap may be as long as a time can be. Its clock is not written to its end.
func TestGapsOfAnyLength(t *testing.T) {
	p := plan(t, film(4, func(f *synth.File) {
		f.Tracks[1].Samples[9].Duration = 48000 * 30_000 // seconds
	}))
	b := write(t, ts.Segment{Audio: open(t, p.audio, 0, p.audio.Fragments())})
	if len(b) < 188*6000 || len(b) > 2<<20 {
		t.Errorf("the segment has %d bytes", len(b))
	}
}
