package cmaf

import (
	"bytes"
	"testing"

	"manifold/packager/demux"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/timeline"
)

// FuzzSegments takes whatever a reader accepts all the way to segments: a
// damaged file may give nonsense, but never a panic, and always as many bytes
// as were announced.
func FuzzSegments(f *testing.F) {
	v, a := video(30000, 1001), sound()
	v.Samples, a.Samples = v.Samples[:40], a.Samples[:40]
	synth.Reorder(v.Samples, 1)
	v.Edits = []synth.Edit{synth.Empty(3), synth.Play(100, 1001)}
	f.Add(synth.File{Tracks: []synth.Track{v, a}, Chunks: 3}.Build().Bytes(), uint8(0))
	n := video(25, 1)
	n.Samples = n.Samples[:35]
	n.NALLength, n.Entry = 1, synth.AVC("avc1", 640, 360, 1, [][]byte{synth.Renditions[2].SPS}, [][]byte{synth.Renditions[2].PPS})
	f.Add(synth.File{Tracks: []synth.Track{n, n}, MoovLast: true}.Build().Bytes(), uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, seconds uint8) {
		movie, err := demux.Open(bytes.NewReader(b), int64(len(b)), "a.mp4")
		if err != nil {
			return
		}
		p := &media.Presentation{}
		for _, kind := range []media.Kind{media.Video, media.Audio} {
			g := &media.Group{Kind: kind, Name: kind.String()}
			for _, track := range movie.Tracks {
				if track.Kind == kind {
					g.Tracks = append(g.Tracks, track)
				}
			}
			if len(g.Tracks) > 0 {
				p.Groups = append(p.Groups, g)
			}
		}
		if _, err := timeline.Plan(p, timeline.Options{FragmentSeconds: int(seconds % 8)}); err != nil {
			return
		}
		for _, g := range p.Groups {
			for k := range min(g.Fragments(), 20) {
				for _, track := range g.Tracks {
					fuzzSegment(t, g, track, k)
				}
			}
		}
	})
}

func fuzzSegment(t *testing.T, g *media.Group, track *media.Track, k int) {
	if g.Times[k+1] <= g.Times[k] || track.First[k] >= track.First[k+1] {
		t.Fatalf("fragment %d lasts from %d to %d, samples %d to %d", k, g.Times[k], g.Times[k+1], track.First[k], track.First[k+1])
	}
	for _, f := range flavours {
		s, err := mux.Open(track, int(track.First[k]), int(track.First[k+1]))
		if err != nil {
			return // damaged NAL units
		}
		body, err := New(Segment{Flavour: f, Stretch: s, Sequence: uint32(k), Time: g.Times[k], Duration: g.Times[k+1] - g.Times[k]})
		if err != nil {
			return
		}
		write(t, body)
		Init(nil, track, f, g.Times[g.Fragments()], nil)
	}
}
