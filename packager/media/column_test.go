package media

import (
	"math"
	"slices"
	"sort"
	"testing"

	"pgregory.net/rapid"
)

func pack(unit int64, values []int64) Column {
	p := NewPacker(unit, len(values))
	for _, v := range values {
		p.Append(v)
	}
	return p.Column()
}

// sequences draws what tables of real files look like, and what they do not.
func sequences() *rapid.Generator[[]int64] {
	return rapid.Custom(func(t *rapid.T) []int64 {
		n := rapid.IntRange(0, 1100).Draw(t, "n")
		kind := rapid.SampledFrom([]string{"constant", "rising", "noisy", "any"}).Draw(t, "kind")
		step := rapid.Int64Range(0, 1<<40).Draw(t, "step")
		v := make([]int64, n)
		for i := range v {
			switch kind {
			case "constant":
				v[i] = step
			case "rising":
				v[i] = step * int64(i)
			case "noisy":
				v[i] = 3000*int64(i) + rapid.Int64Range(-2000, 2000).Draw(t, "noise")
			case "any":
				v[i] = rapid.Int64().Draw(t, "value")
			}
		}
		return v
	})
}

func TestColumnGivesBackWhatWasPacked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := sequences().Draw(t, "values")
		unit := rapid.SampledFrom([]int64{0, 1, 2, 512, 1001}).Draw(t, "unit")
		if unit > 1 {
			for i := range values {
				values[i] = values[i] % (math.MaxInt64 / unit) * unit
			}
		}
		c := pack(unit, values)
		if c.Len() != len(values) {
			t.Fatalf("%d values, want %d", c.Len(), len(values))
		}
		for i, v := range values {
			if c.At(i) != v {
				t.Fatalf("value %d is %d, want %d", i, c.At(i), v)
			}
		}
		if again := pack(unit, values); !again.Equal(&c) {
			t.Fatal("packed twice, not equal")
		}
	})
}

func TestColumnKnowsOtherValuesApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := sequences().Filter(func(v []int64) bool { return len(v) > 0 }).Draw(t, "values")
		other := slices.Clone(values)
		other[rapid.IntRange(0, len(values)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 40).Draw(t, "bit")
		a, b := pack(1, values), pack(1, other)
		if a.Equal(&b) {
			t.Fatal("different values are equal")
		}
	})
}

func TestColumnSearchFindsTheFirstGreaterValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(-1000, 1000), 0, 600).Draw(t, "values")
		slices.Sort(values)
		c := pack(1, values)
		v := rapid.Int64Range(-1100, 1100).Draw(t, "v")
		want := sort.Search(len(values), func(i int) bool { return values[i] > v })
		if got := c.Search(v); got != want {
			t.Fatalf("Search(%d) = %d, want %d", v, got, want)
		}
	})
}

func TestEvenColumnsTakeNoBits(t *testing.T) {
	values := make([]int64, 100_000)
	for i := range values {
		values[i] = 1001 * int64(i)
	}
	c := pack(1, values)
	if c.Bytes() > 24*(len(values)/blockSize+1) {
		t.Errorf("%d bytes for an even sequence", c.Bytes())
	}
}

// A column is put together from several chunks, whose ends values lie across.
func TestColumnsOfManyChunks(t *testing.T) {
	for _, width := range []int{1, 13, 32, 63, 64} {
		n := 3*len(chunk{})*64/width + 77
		p, want := NewPacker(1, n), make([]int64, n)
		x := uint64(1)
		for i := range want {
			x = x*6364136223846793005 + 1442695040888963407
			want[i] = int64(x >> (64 - width))
			p.Append(want[i])
		}
		c := p.Column()
		if c.Len() != n {
			t.Fatalf("width %d: %d values, want %d", width, c.Len(), n)
		}
		for i, v := range want {
			if c.At(i) != v {
				t.Fatalf("width %d: value %d is %d, want %d", width, i, c.At(i), v)
			}
		}
	}
}
