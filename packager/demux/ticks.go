package demux

import "manifold/packager/media"

// rates are frame rates that ticks of 100 ns cannot express.
var rates = [...]media.Grid{
	{Timescale: 24000, Frame: 1001}, {Timescale: 24, Frame: 1}, {Timescale: 30000, Frame: 1001}, {Timescale: 30, Frame: 1},
	{Timescale: 48000, Frame: 1001}, {Timescale: 48, Frame: 1}, {Timescale: 60000, Frame: 1001}, {Timescale: 60, Frame: 1},
	{Timescale: 120000, Frame: 1001}, {Timescale: 120, Frame: 1}, {Timescale: 12000, Frame: 1001}, {Timescale: 12, Frame: 1},
	{Timescale: 15000, Frame: 1001}, {Timescale: 15, Frame: 1},
}

// unround puts the samples of a track in ticks of 100 ns, as Smooth Streaming
// has them, back on the clock that they were coded with, if all of them fit.
// Their times were rounded once; rounding them again would move them in the
// outputs, and frames of changing duration would have no rate.
func (t *track) unround() {
	if t.Timescale != media.TicksPerSecond {
		return
	}
	grids := rates[:]
	if c := t.Codec; t.Kind == media.Audio {
		grids = nil
		if c.SamplingRate > 0 && c.FrameSamples > 0 {
			grids = []media.Grid{{Timescale: uint32(c.SamplingRate), Frame: int64(c.FrameSamples)}}
		}
	}
	for _, g := range grids {
		if s, ok := t.Samples.OnGrid(g, t.Timescale); ok {
			t.Samples, t.Timescale = s, g.Timescale
			return
		}
	}
}

// clock returns the clock of the track whose first real edit begins at a time
// in a timescale, which need not be that of the samples any more, and that time
// in theirs.
func (t *track) clock(edit edit, timescale, movieTimescale uint32) (c media.Clock, start int64) {
	scale, own := int64(timescale), int64(t.Timescale)
	start = edit.mediaTime
	if own != scale {
		start = (media.Rescale(2*edit.mediaTime, own, scale) + 1) >> 1
	}
	c = media.NewClock(t.Timescale, start, edit.empty, movieTimescale)
	if at := media.Rescale(start, scale, own); !media.Near(at, edit.mediaTime) {
		c = c.Add(at-edit.mediaTime, scale)
	}
	return c, start
}
