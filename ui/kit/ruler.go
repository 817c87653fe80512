package kit

import (
	"fmt"

	"fyne.io/fyne/v2/theme"
)

// drawRuler writes the times above the bars, as many as fit.
func (h *HeatMap) drawRuler(p *Pen) {
	if h.end == 0 {
		return
	}
	step := rulerStep(h.to-h.from, int(h.plotWidth()/90))
	for t := (h.from + step - 1) / step * step; t <= h.to; t += step {
		s := clock(t, step)
		w := Small.Width(s)
		x := h.x(t)
		p.Box(x, rulerHeight-4, 1, 4, 0, theme.ColorNameSeparator)
		p.Text(s, h.clearOfGrips(min(x+3, labelWidth+h.plotWidth()-w), w), 0, Small, theme.ColorNamePlaceHolder)
	}
}

// clearOfGrips moves a label of a width aside where a handle of the cut would
// cover it.
func (h *HeatMap) clearOfGrips(x, w float32) float32 {
	start, end, ok := h.Handles()
	switch {
	case ok && x < start+gripWidth && x+w > start:
		return start + gripWidth + 2
	case ok && x < end && x+w > end-gripWidth:
		return end - gripWidth - 2 - w
	}
	return x
}

// rulerStep returns the distance of marks for at most n of them in a span.
func rulerStep(span int64, n int) int64 {
	const second = 10_000_000
	steps := []int64{
		second / 100, second / 50, second / 20, second / 10, second / 5, second / 2,
		second, 2 * second, 5 * second, 10 * second, 15 * second, 30 * second,
		60 * second, 120 * second, 300 * second, 600 * second, 900 * second, 1800 * second, 3600 * second,
	}
	n = max(1, n)
	for _, s := range steps {
		if span/s <= int64(n) {
			return s
		}
	}
	hour := int64(3600 * second)
	return (span/hour/int64(n) + 1) * hour
}

// clock writes a time as 1:02:03, with decimals where the step needs them.
func clock(t, step int64) string {
	const second = 10_000_000
	s := t / second
	out := fmt.Sprintf("%d:%02d", s/60, s%60)
	if s >= 3600 {
		out = fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	if step < second {
		out += fmt.Sprintf(".%02d", t%second/100_000)
	}
	return out
}
