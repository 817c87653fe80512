package kit

import (
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	look "manifold/ui/theme"
)

// Cut is the stretch of time that a HeatMap has between two handles. They stand
// on edges of fragments; what was asked for may lie beside. Times are in ticks.
type Cut struct {
	Edges    []int64 // where the handles can stand
	From, To int     // of Edges
	Asked    [2]int64
	Tips     [2]string // of the handles
}

// grip is a handle of a cut.
type grip int

const (
	startGrip grip = iota
	endGrip
	noGrip
)

const (
	gripReach = 6 // how far from a handle the pointer takes it
	gripWidth = 9 // of its head
)

// SetCut shows handles, nil for none.
func (h *HeatMap) SetCut(c *Cut) {
	h.cut = c
	if c == nil {
		h.grip, h.held = noGrip, noGrip
	}
	h.above.Refresh()
}

// Handles returns where the handles of the cut lie, from the left; false without a
// cut.
func (h *HeatMap) Handles() (start, end float32, ok bool) {
	if h.cut == nil {
		return 0, 0, false
	}
	return h.x(h.cut.at(startGrip)), h.x(h.cut.at(endGrip)), true
}

func (c *Cut) words(g grip) string { return c.Tips[g] }

// at is where a handle stands.
func (c *Cut) at(g grip) int64 {
	if g == startGrip {
		return c.Edges[c.From]
	}
	return c.Edges[c.To]
}

// gripAt returns the handle at a place. Of two that lie together it is the one
// that can be moved to that side.
func (h *HeatMap) gripAt(x float32) grip {
	start, end, ok := h.Handles()
	if !ok || x < labelWidth-gripReach {
		return noGrip
	}
	near := func(at float32) bool { return x > at-gripReach && x < at+gripReach }
	switch {
	case near(start) && (!near(end) || x < start):
		return startGrip
	case near(end):
		return endGrip
	}
	return noGrip
}

// moveGrip moves a handle to the edge that is nearest to a time, at least one
// fragment away from the other.
func (h *HeatMap) moveGrip(g grip, t int64) {
	c := h.cut
	if c == nil || h.OnCut == nil {
		return
	}
	nearest := 0
	for i, e := range c.Edges {
		if distance(e, t) < distance(c.Edges[nearest], t) {
			nearest = i
		}
	}
	from, to := c.From, c.To
	if g == startGrip {
		from = min(nearest, to-1)
	} else {
		to = max(nearest, from+1)
	}
	if from != c.From || to != c.To {
		HideTip(h)
		h.OnCut(from, to)
	}
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// drawCut draws the handles, and thin lines where something else was asked for.
func (h *HeatMap) drawCut(p *Pen) {
	if h.cut == nil {
		return
	}
	bottom := rulerHeight + float32(len(h.strips))*h.stripHeight()
	for g := startGrip; g <= endGrip; g++ {
		if asked := h.cut.Asked[g]; asked != h.cut.at(g) {
			if x := h.x(asked); x >= labelWidth && x <= labelWidth+h.plotWidth() {
				for y := float32(rulerHeight); y < bottom; y += 7 {
					p.Box(x, y, 1, 4, 0, theme.ColorNameForeground)
				}
			}
		}
		x := h.x(h.cut.at(g))
		if x < labelWidth-1 || x > labelWidth+h.plotWidth()+1 {
			continue
		}
		width := float32(2)
		if h.grip == g || h.held == g {
			width = 4
		}
		p.Box(x-width/2, 4, width, bottom-4, 0, look.ColorNameSelected)
		left := x
		if g == endGrip {
			left = x - gripWidth
		}
		p.Box(left, 2, gripWidth, 14, 2, look.ColorNameSelected)
		for i := range 2 {
			p.Box(left+3+float32(i)*2.5, 6, 1, 6, 0, look.ColorNamePanel)
		}
	}
}

// Cursor implements desktop.Cursorable.
func (h *HeatMap) Cursor() desktop.Cursor {
	if h.grip != noGrip {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}
