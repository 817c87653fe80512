package media

import "testing"

// rounded returns an index whose frame i is at i × 1001/30000 s in ticks, plus
// what move says, with the composition offsets of two B-frames.
func rounded(n int, move func(i int) int64) *Samples {
	b := NewIndexBuilder(n)
	for i := range n {
		b.Run(i, int64(i))
		b.Size(1)
		at := Rescale(int64(i)*1001, TicksPerSecond, 30000)
		b.Decode(at + move(i))
		b.Offset(Rescale(int64(i+i%3)*1001, TicksPerSecond, 30000) - at)
	}
	b.Decode(Rescale(int64(n)*1001, TicksPerSecond, 30000))
	return b.Samples()
}

func TestRoundedTimesAreFoundOnTheGrid(t *testing.T) {
	ntsc := Grid{Timescale: 30000, Frame: 1001}
	at := func(k int, by int64) func(int) int64 {
		return func(i int) int64 {
			if i == k {
				return by
			}
			return 0
		}
	}
	for _, c := range []struct {
		name string
		s    *Samples
		g    Grid
		want bool
	}{
		{"rounded down", rounded(300, at(-1, 0)), ntsc, true},
		{"one rounded up", rounded(300, at(7, 1)), ntsc, true},
		{"one moved", rounded(300, at(7, 5)), ntsc, false},
		{"the last moved", rounded(300, at(299, -5)), ntsc, false},
		{"another rate", rounded(300, at(-1, 0)), Grid{Timescale: 30, Frame: 1}, false},
		{"one frame", rounded(1, at(-1, 0)), ntsc, true},
	} {
		s, ok := c.s.OnGrid(c.g, TicksPerSecond)
		if ok != c.want {
			t.Errorf("%s: %v", c.name, ok)
		}
		if !ok {
			continue
		}
		for i, x := range s.Append(nil, 0, s.Count()) {
			want := Sample{Position: int64(i), Size: 1, Decode: int64(i) * 1001, Duration: 1001, Composition: int64(i+i%3) * 1001, Sync: true}
			if x != want {
				t.Fatalf("%s: sample %d is %+v, want %+v", c.name, i, x, want)
			}
		}
	}
	// a last frame of another length keeps it
	b := NewIndexBuilder(2)
	for i := range 2 {
		b.Run(i, 0)
		b.Size(1)
	}
	for _, at := range []int64{0, 333667, 333667 + 100000} {
		b.Decode(at)
	}
	if s, ok := b.Samples().OnGrid(ntsc, TicksPerSecond); !ok || s.Decode(1) != 1001 || s.Decode(2) != 1301 {
		t.Error("the last frame is not as it was")
	}
}
