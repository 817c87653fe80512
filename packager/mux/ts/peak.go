package ts

import (
	"sort"

	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/protect"
)

// Muxed returns the frames of an audio track that are muxed with fragments
// [from, to) of a video group: those that start while the fragments are shown.
// The first segment takes what comes before, too, the last what comes after.
func Muxed(audio *media.Track, video *media.Group, from, to int) (first, end int) {
	first, end = int(audio.First[0]), audio.Samples.Count()
	at := func(ticks int64) int {
		return first + sort.Search(end-first, func(i int) bool { return audio.Ticks(first+i) >= ticks })
	}
	a, b := first, end
	if from > 0 {
		a = at(video.Times[from])
	}
	if to < video.Fragments() {
		b = at(video.Times[to])
	}
	return a, b
}

// Peak returns the peak bitrate in bit/s of a track's segments of
// Group.PerSegment fragments, alone or with what p says: of what is sent, with
// all headers and stuffing, but for the emulation prevention of SAMPLE-AES. It
// counts the packets of every sample but reads no media; source delimiters,
// which would save a few bytes, are not looked for. 0 says that MPEG-2 TS cannot
// carry the tracks.
func Peak(g *media.Group, t *media.Track, p media.TSPeak) int {
	at := func(i int) int { return min(i*g.PerSegment, g.Fragments()) }
	bytes := make([]int64, g.Segments(g.PerSegment))
	for i := range bytes {
		from, to := t.Fragment(at(i), at(i+1))
		s := []mux.Stretch{mux.List(t, from, to)}
		if p.Audio != nil {
			from, to = Muxed(p.Audio, g, at(i), at(i+1))
			s = append(s, mux.List(p.Audio, from, to))
		}
		b := &body{}
		for k := range s {
			x := &stream{Stretch: &s[k]}
			if p.Sealed {
				x.seal = &protect.SampleAES{} // it is there; nothing is encrypted
			}
			b.streams = append(b.streams, x)
		}
		err := b.prepare()
		b.Close()
		if err != nil {
			return 0
		}
		bytes[i] = b.size
	}
	return media.Peak(bytes, func(i int) int64 { return g.Time(t, at(i)) })
}
