package media

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// track is an index with the plain list that it must agree with.
type track struct {
	list    []Sample
	samples *Samples
}

func tracks() *rapid.Generator[track] {
	return rapid.Custom(func(t *rapid.T) track {
		n := rapid.IntRange(1, 700).Draw(t, "n")
		every := rapid.Bool().Draw(t, "every sample is a sync sample")
		reordered := rapid.Bool().Draw(t, "composition offsets")
		perChunk := rapid.IntRange(1, 200).Draw(t, "samples of a chunk")
		b := NewIndexBuilder(n, 1, 1)
		var list []Sample
		var sync []uint32
		at, position := int64(0), int64(0)
		for i := range n {
			if i%perChunk == 0 {
				position += rapid.Int64Range(0, 1<<33).Draw(t, "gap")
			}
			if i%perChunk%RunLength == 0 {
				b.Run(i, position)
			}
			s := Sample{Position: position, Size: rapid.IntRange(0, 100).Draw(t, "size"), Decode: at, Duration: rapid.Int64Range(0, 3000).Draw(t, "duration")}
			s.Composition = at
			if reordered {
				o := rapid.Int64Range(-2000, 2000).Draw(t, "offset")
				s.Composition += o
				b.Offset(o)
			}
			s.Sync = every || rapid.IntRange(0, 20).Draw(t, "sync") == 0
			if s.Sync {
				sync = append(sync, uint32(i))
			}
			b.Size(int64(s.Size))
			b.Decode(at)
			list = append(list, s)
			at, position = at+s.Duration, position+int64(s.Size)
		}
		b.Decode(at)
		if !every {
			b.Sync(append([]uint32{}, sync...))
		}
		return track{list, b.Samples()}
	})
}

func TestSamplesAgreeWithAPlainList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := tracks().Draw(t, "track")
		from := rapid.IntRange(0, len(x.list)).Draw(t, "from")
		to := rapid.IntRange(from, len(x.list)).Draw(t, "to")
		if got := x.samples.Append(nil, from, to); !slices.Equal(got, x.list[from:to]) {
			t.Fatalf("Append(%d, %d) = %v, want %v", from, to, got, x.list[from:to])
		}
		bytes, all := int64(0), int64(0)
		for i, s := range x.list {
			if i >= from && i < to {
				bytes += int64(s.Size)
			}
			all += int64(s.Size)
			if x.samples.Size(i) != s.Size || x.samples.Decode(i) != s.Decode || x.samples.Composition(i) != s.Composition {
				t.Fatalf("sample %d: %d bytes, decoded at %d, shown at %d, want %+v", i, x.samples.Size(i), x.samples.Decode(i), x.samples.Composition(i), s)
			}
		}
		if x.samples.RangeBytes(from, to) != bytes || x.samples.Bytes() != all {
			t.Fatalf("%d and %d bytes, want %d and %d", x.samples.RangeBytes(from, to), x.samples.Bytes(), bytes, all)
		}
	})
}

func TestSyncAtOrBeforeIsTheLastOneOrTheFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := tracks().Draw(t, "track")
		i := rapid.IntRange(0, len(x.list)-1).Draw(t, "i")
		want := i
		for want >= 0 && !x.list[want].Sync {
			want--
		}
		if want < 0 {
			want = max(slices.IndexFunc(x.list, func(s Sample) bool { return s.Sync }), 0)
		}
		if got := x.samples.SyncAtOrBefore(i); got != want {
			t.Fatalf("SyncAtOrBefore(%d) = %d, want %d", i, got, want)
		}
	})
}

func TestSamplesAreEqualWhereverTheyLie(t *testing.T) {
	build := func(position int64, size int64) *Samples {
		b := NewIndexBuilder(100, 1, 1)
		for i := range 100 {
			if i%50 == 0 {
				b.Run(i, position)
				position *= 3
			}
			b.Size(size + int64(i%7))
			b.Decode(int64(i) * 1024)
		}
		b.Decode(102400)
		return b.Samples()
	}
	a := build(1000, 90)
	if !a.Equal(build(5555, 90)) {
		t.Error("the same samples in another place are not equal")
	}
	if a.Equal(build(1000, 91)) {
		t.Error("samples of other sizes are equal")
	}
}

func TestMinOffsetIsTheSmallestEvenWhenItIsPositive(t *testing.T) {
	for _, c := range []struct {
		offsets []int64
		want    int64
	}{{nil, 0}, {[]int64{0, 0}, 0}, {[]int64{2002, 1001, 3003}, 1001}, {[]int64{0, -1001, 2002}, -1001}} {
		b := NewIndexBuilder(len(c.offsets), 1, 1)
		for _, o := range c.offsets {
			b.Offset(o)
		}
		if got := b.Samples().MinOffset(); got != c.want {
			t.Errorf("%v: %d, want %d", c.offsets, got, c.want)
		}
	}
}

func TestAppendAllocatesNothingWithRoom(t *testing.T) {
	b := NewIndexBuilder(1000, 1, 1)
	for i := range 1000 {
		if i%RunLength == 0 {
			b.Run(i, int64(i)*100)
		}
		b.Size(int64(i))
		b.Decode(int64(i))
	}
	b.Decode(1000)
	s, room := b.Samples(), make([]Sample, 0, 1000)
	if n := testing.AllocsPerRun(10, func() { room = s.Append(room[:0], 100, 900) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// The end is that of what is shown last, however much earlier it was decoded:
// with B-frames and a rate that varies, decode times say nothing of it.
func TestEndIsWhereTheLastPictureEnds(t *testing.T) {
	for _, c := range []struct {
		name    string
		decode  []int64 // and the end of the last
		offsets []int64
		want    int64
	}{
		{"no B-frames", []int64{0, 10, 20, 30}, nil, 30},
		{"no B-frames, a long last picture", []int64{0, 10, 20, 70}, nil, 70},
		{"B-frames at a constant rate", []int64{0, 10, 20, 30, 40}, []int64{10, 30, 0, 0}, 50},
		{"the last is shown last", []int64{0, 10, 20, 30, 45}, []int64{10, 10, 10, 10}, 55},
		{"a long first delay", []int64{0, 100, 110, 120, 130}, []int64{100, 20, 0, 20}, 150},
		{"one picture", []int64{0, 40}, []int64{80}, 120},
	} {
		b := NewIndexBuilder(0, 1, 1)
		b.Run(0, 0)
		for i, d := range c.decode {
			b.Decode(d)
			if i < len(c.decode)-1 {
				b.Size(1)
				if c.offsets != nil {
					b.Offset(c.offsets[i])
				}
			}
		}
		if got := b.Samples().End(); got != c.want {
			t.Errorf("%s: the end is %d, want %d", c.name, got, c.want)
		}
	}
}
