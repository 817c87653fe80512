package media

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// exact returns floor(t × num / den).
func exact(t, num, den int64) *big.Int {
	q, r := new(big.Int).QuoRem(new(big.Int).Mul(big.NewInt(t), big.NewInt(num)), big.NewInt(den), new(big.Int))
	if r.Sign() < 0 {
		q.Sub(q, big.NewInt(1))
	}
	return q
}

func TestRescaleIsTheExactFloor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Int64Range(-1<<62, 1<<62).Draw(t, "t")
		num := rapid.Int64Range(1, 1<<42).Draw(t, "num")
		den := rapid.Int64Range(1, 1<<42).Draw(t, "den")
		want := exact(x, num, den)
		if !want.IsInt64() || want.Int64() == math.MinInt64 { // beyond what the contract promises: far out, not wrapped
			if got := Rescale(x, num, den); got != math.MaxInt64 && got != -math.MaxInt64 {
				t.Fatalf("Rescale(%d, %d, %d) = %d, want the limit", x, num, den, got)
			}
			return
		}
		if got := Rescale(x, num, den); got != want.Int64() {
			t.Fatalf("Rescale(%d, %d, %d) = %d, want %d", x, num, den, got, want)
		}
	})
}

func TestRescaleRoundGoesUpAtTheHalf(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Int64Range(0, 1<<50).Draw(t, "t")
		num := rapid.Int64Range(1, 1<<24).Draw(t, "num")
		den := rapid.Int64Range(1, 1<<24).Draw(t, "den")
		twice := new(big.Int).Mul(big.NewInt(2*x), big.NewInt(num))
		want := twice.Add(twice, big.NewInt(den)).Quo(twice, big.NewInt(2*den))
		if !want.IsInt64() {
			return
		}
		if got := RescaleRound(x, num, den); got != want.Int64() {
			t.Fatalf("RescaleRound(%d, %d, %d) = %d, want %d", x, num, den, got, want)
		}
	})
}

func TestClockIsExactWithEditsInAnotherTimescale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		timescale := rapid.SampledFrom([]uint32{1, 25, 600, 1000, 12800, 24000, 30000, 44100, 48000, 90000, 10_000_000}).Draw(t, "timescale")
		movie := rapid.SampledFrom([]uint32{1, 600, 1000, 1001, 44100, 90000, 10_000_000}).Draw(t, "movie timescale")
		mediaTime := rapid.Int64Range(0, 1<<32).Draw(t, "media time")
		empty := rapid.Int64Range(0, MaxSeconds*int64(movie)).Draw(t, "empty")
		at := rapid.Int64Range(-MaxSeconds*int64(timescale), MaxSeconds*int64(timescale)).Draw(t, "t")
		rate := rapid.SampledFrom([]int64{TicksPerSecond, 90000, 1000}).Draw(t, "rate")
		c := NewClock(timescale, mediaTime, empty, movie)
		// p = (t − mediaTime)/timescale + empty/movie, once with big numbers
		p := new(big.Rat).Add(big.NewRat(at-mediaTime, int64(timescale)), big.NewRat(empty, int64(movie)))
		p.Mul(p, new(big.Rat).SetInt64(rate))
		q, r := new(big.Int).QuoRem(p.Num(), p.Denom(), new(big.Int))
		if r.Sign() < 0 {
			q.Sub(q, big.NewInt(1))
		}
		if got := c.At(at, rate); got != q.Int64() {
			t.Fatalf("%+v.At(%d, %d) = %d, want %d", c, at, rate, got, q)
		}
	})
}

func TestClockStaysInRangeWithAnyTimescales(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		timescale := rapid.Uint32Range(1, math.MaxUint32).Draw(t, "timescale")
		movie := rapid.Uint32Range(1, math.MaxUint32).Draw(t, "movie timescale")
		empty := rapid.Int64Range(0, MaxSeconds*int64(movie)).Draw(t, "empty")
		at := rapid.Int64Range(0, MaxSeconds*int64(timescale)).Draw(t, "t")
		c := NewClock(timescale, 0, empty, movie)
		p := new(big.Rat).Add(big.NewRat(at, int64(timescale)), big.NewRat(empty, int64(movie)))
		p.Mul(p, big.NewRat(TicksPerSecond, 1))
		want, _ := p.Float64()
		// where the common rate is too large, rounded to the track's timescale
		if got := float64(c.Ticks(at)); math.Abs(got-want) > TicksPerSecond/float64(timescale)+2 {
			t.Fatalf("%+v.Ticks(%d) = %v, want %v", c, at, got, want)
		}
	})
}
