package media

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// fragments returns a group of one track with fragments of the given
// durations in milliseconds and sizes in bytes.
func fragments(durations, sizes []int64) (*Group, *Track) {
	t := &Track{FragmentBytes: sizes}
	g := &Group{Tracks: []*Track{t}, Times: []int64{0}}
	for _, d := range durations {
		g.Times = append(g.Times, g.Times[len(g.Times)-1]+d*10_000)
	}
	t.Samples, t.Clock = &Samples{end: g.Times[len(durations)]}, Clock{Scale: 1, Rate: TicksPerSecond}
	return g, t
}

func TestPeakIsOverSegmentsOfAboutTheTargetDuration(t *testing.T) {
	for _, c := range []struct {
		name             string
		durations, sizes []int64
		per, want        int
	}{
		{"one segment", []int64{2000}, []int64{1000}, 1, 4000},
		{"the largest of equal ones", []int64{2000, 2000, 2000}, []int64{1000, 3000, 2000}, 1, 12000},
		{"a short last one alone does not count", []int64{2000, 2000, 500}, []int64{1000, 1000, 9000}, 1, 8 * 10000 * 1000 / 2500},
		{"nor when it is far too short for any run", []int64{2000, 100}, []int64{1000, 100}, 1, (8*1100*1000 + 2099) / 2100},
		{"half the target counts", []int64{2000, 1000}, []int64{1000, 1000}, 1, 8000},
		{"runs of short ones between long ones", []int64{2000, 500, 500, 2000}, []int64{100, 500, 500, 100}, 1, 8000},
		{"segments of three fragments", []int64{1000, 1000, 1000, 1000}, []int64{1000, 1000, 4000, 100}, 3, 16000},
	} {
		g, track := fragments(c.durations, c.sizes)
		if got := g.Peak(track, c.per); got != c.want {
			t.Errorf("%s: %d bit/s, want %d", c.name, got, c.want)
		}
	}
}

func TestFindKnowsOnlyTheStartsOfFragments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		durations := rapid.SliceOfN(rapid.Int64Range(1, 5), 1, 40).Draw(t, "durations")
		g, _ := fragments(durations, nil)
		for k := range g.Fragments() {
			if f, ok := g.Find(g.Times[k]); !ok || f != k {
				t.Fatalf("Find(%d) = %d, %v, want %d", g.Times[k], f, ok, k)
			}
			if _, ok := g.Find(g.Times[k] + 1); ok {
				t.Fatalf("Find(%d) finds a fragment", g.Times[k]+1)
			}
		}
		for _, at := range []int64{-1, g.Times[len(g.Times)-1], 1 << 62} {
			if _, ok := g.Find(at); ok {
				t.Fatalf("Find(%d) finds a fragment", at)
			}
		}
	})
}

func TestSegmentsHoldTheRestToo(t *testing.T) {
	g, _ := fragments(make([]int64, 12), nil)
	for per, want := range map[int]int{1: 12, 2: 6, 3: 4, 5: 3} {
		if got := g.Segments(per); got != want {
			t.Errorf("12 fragments by %d are %d segments, want %d", per, got, want)
		}
	}
}

func TestTracksAreFoundByNameAndBitrate(t *testing.T) {
	low, high, voice := &Track{Bitrate: 100}, &Track{Bitrate: 200}, &Track{Bitrate: 100}
	p := &Presentation{Groups: []*Group{
		{Name: "video", Kind: Video, Tracks: []*Track{high, low}},
		{Name: "voice", Kind: Audio, Tracks: []*Track{voice}},
	}}
	for _, c := range []struct {
		name    string
		bitrate int
		want    *Track
	}{{"video", 100, low}, {"video", 200, high}, {"voice", 100, voice}, {"voice", 200, nil}, {"Video", 100, low}, {"VOICE", 200, nil}, {"", 100, nil}} {
		g, got, ok := p.Track(c.name, c.bitrate)
		if got != c.want || ok != (c.want != nil) || ok && !strings.EqualFold(g.Name, c.name) {
			t.Errorf("Track(%q, %d) = %p, %v", c.name, c.bitrate, got, ok)
		}
	}
	if of := p.Of(Audio); len(of) != 1 || of[0].Name != "voice" {
		t.Errorf("audio groups %v", of)
	}
}
