package media

import (
	"fmt"
	"math"
	"math/bits"
)

// TicksPerSecond is the rate of the presentation timeline: the 100 ns ticks of
// every time in a manifest or URL.
const TicksPerSecond = 10_000_000

// Rescale returns floor(t × num / den) with a 128-bit intermediate product.
// num and den must be positive. A result beyond 63 bits, which only nonsense
// in a file can ask for, becomes the largest there is.
func Rescale(t, num, den int64) int64 {
	if t < 0 {
		// floor for negative times: −ceil(|t|×num/den)
		q, r := mulDiv(uint64(-t), uint64(num), uint64(den))
		if r != 0 && q < math.MaxInt64 {
			q++
		}
		return -int64(q)
	}
	q, _ := mulDiv(uint64(t), uint64(num), uint64(den))
	return int64(q)
}

// RescaleRound is Rescale rounded half up, as the times in text are
// (EXTINF, MPD durations). t is not negative.
func RescaleRound(t, num, den int64) int64 {
	q, r := mulDiv(uint64(t), uint64(num), uint64(den))
	if r >= uint64(den)-r && q < math.MaxInt64 {
		q++
	}
	return int64(q)
}

func mulDiv(t, num, den uint64) (q, r uint64) {
	hi, lo := bits.Mul64(t, num)
	if hi >= den {
		return math.MaxInt64, 0
	}
	if q, r = bits.Div64(hi, lo, den); q > math.MaxInt64 {
		return math.MaxInt64, 0
	}
	return q, r
}

// Clock takes composition times of one track (in its timescale) to the
// presentation timeline: p = (t×Scale + Shift) / Rate seconds, exactly.
// The edit list, the priming rule and the shift of the whole asset are all in
// Shift; no output carries an edit list.
type Clock struct {
	Scale int64 // 1, or what makes the movie timescale of empty edits fit
	Shift int64 // in units of 1/Rate seconds
	Rate  int64 // units per second, timescale × Scale
}

// At returns the presentation time of composition time t at the given rate
// (TicksPerSecond, 90000, …): the floor of the absolute time.
func (c Clock) At(t, rate int64) int64 {
	return Rescale(t*c.Scale+c.Shift, rate, c.Rate)
}

// Ticks is At on the presentation timeline.
func (c Clock) Ticks(t int64) int64 { return c.At(t, TicksPerSecond) }

// MaxSeconds is the longest that a track, an edit or a composition offset may
// last, 12 days. With it, and Clock.Rate bounded by maxRate, no time of any
// track gets near 63 bits.
const (
	MaxSeconds = 1 << 20
	maxRate    = 1 << 40
)

// NewClock returns the clock of a track with the given timescale, whose first
// real edit starts at mediaTime (in that timescale) after empty edits of
// length empty in the movie timescale.
func NewClock(timescale uint32, mediaTime int64, empty int64, movieTimescale uint32) Clock {
	c := Clock{Scale: 1, Shift: -mediaTime, Rate: int64(timescale)}
	if empty != 0 && movieTimescale != 0 {
		c = c.Add(empty, int64(movieTimescale))
	}
	return c
}

// Add returns the clock moved later by num/den seconds; exact as long as the
// common rate stays below 2^40, rounded to the track's timescale beyond.
func (c Clock) Add(num, den int64) Clock {
	g := gcd(num, den)
	if g < 0 {
		g = -g
	}
	num, den = num/g, den/g
	f := den / gcd(c.Rate, den)
	if f > maxRate/c.Rate {
		c.Shift += Rescale(num, c.Rate, den)
		return c
	}
	c.Scale *= f
	c.Shift = c.Shift*f + num*(c.Rate*f/den)
	c.Rate *= f
	return c
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Seconds writes ticks as seconds with three decimals, for people.
func Seconds(ticks int64) string {
	return fmt.Sprintf("%d.%03d", ticks/TicksPerSecond, ticks%TicksPerSecond/(TicksPerSecond/1000))
}
