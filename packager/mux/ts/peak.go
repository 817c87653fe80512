package ts

import (
	"manifold/packager/media"
	"manifold/packager/mux"
)

// Peak returns the peak bitrate in bit/s of a track's segments when each holds
// Group.PerSegment fragments of it alone: of what is sent, with all headers and
// stuffing. It counts the packets of every sample but reads no media; source
// delimiters, which would save a few bytes, are not looked for. 0 says that
// MPEG-2 TS cannot carry the track.
func Peak(g *media.Group, t *media.Track) int {
	n := g.Segments(g.PerSegment)
	bytes := make([]int64, n)
	at := func(i int) int { return min(i*g.PerSegment, g.Fragments()) }
	for i := range bytes {
		from, to := t.Fragment(at(i), at(i+1))
		s := mux.List(t, from, to)
		b := &body{plan: plan{streams: []*stream{{Stretch: &s}}}}
		err := b.prepare()
		bytes[i] = b.size
		s.Close()
		if err != nil {
			return 0
		}
	}
	return media.Peak(bytes, func(i int) int64 { return g.Times[at(i)] })
}
