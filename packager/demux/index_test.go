package demux

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"manifold/packager/internal/synth"
)

// programme describes an hour of video with B-frames and of audio, as an
// encoder makes them, in half-second chunks.
func programme() *synth.Movie {
	r := rand.New(rand.NewPCG(7, 7))
	v, a := video(), audio()
	v.Samples = synth.Video(90_000, 50, 0, 512)
	v.Timescale = 12800
	synth.Reorder(v.Samples, 2)
	for i := range v.Samples {
		switch s := &v.Samples[i]; {
		case s.Sync:
			s.Size = 50_000 + r.IntN(40_000)
		case s.Offset > 2*512: // shown late: others refer to it
			s.Size = 8_000 + r.IntN(12_000)
		default:
			s.Size = 2_000 + r.IntN(5_000)
		}
	}
	a.Samples = synth.Audio(168_750, 0, 1024)
	for i := range a.Samples {
		a.Samples[i].Size = 300 + r.IntN(100)
	}
	return synth.File{Tracks: []synth.Track{v, a}, Chunks: 7200}.Build()
}

// head keeps the beginning of a file, with moov, in memory.
type head struct {
	*bytes.Reader
	size int64
}

func headOf(m *synth.Movie) head {
	b := make([]byte, 8<<20)
	m.ReadAt(b, 0)
	return head{bytes.NewReader(b), m.Size()}
}

func TestTheIndexTakesAtMostFourBytesASample(t *testing.T) {
	f := headOf(programme())
	var m *Movie
	var err error
	n := allocated(func() { m, err = Open(f, f.size, "a.mp4") })
	if err != nil {
		t.Fatal(err)
	}
	samples := 0
	for _, track := range m.Tracks {
		count := track.Samples.Count()
		if perSample := float64(track.Samples.Memory()) / float64(count); perSample > 4 {
			t.Errorf("%s takes %.2f bytes a sample", track.Kind, perSample)
		}
		samples += count
	}
	if perSample := float64(n) / float64(samples); perSample > 20 {
		t.Errorf("opening allocates %.1f bytes a sample", perSample)
	}
}

func TestOpeningAllocatesNothingPerSample(t *testing.T) {
	f := headOf(programme())
	n := testing.AllocsPerRun(3, func() {
		if _, err := Open(f, f.size, "a.mp4"); err != nil {
			t.Fatal(err)
		}
	})
	if n > 500 { // boxes, and columns that grow by doubling: some hundred, however long the film is
		t.Errorf("%v allocations for 258,750 samples", n)
	}
}

func BenchmarkOpen(b *testing.B) {
	f := headOf(programme())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open(f, f.size, "a.mp4"); err != nil {
			b.Fatal(err)
		}
	}
}
