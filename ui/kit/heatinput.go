package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// pick selects a fragment and tells.
func (h *HeatMap) pick(strip, frag int) {
	h.Select(strip, frag)
	if h.strip >= 0 && h.OnSelected != nil {
		h.OnSelected(h.strip, h.frag)
	}
}

// MouseDown implements desktop.Mouseable.
func (h *HeatMap) MouseDown(e *desktop.MouseEvent) {
	h.take()
	if h.held = h.gripAt(e.Position.X); h.held != noGrip && e.Button == desktop.MouseButtonPrimary {
		return
	}
	h.held = noGrip
	if s, f := h.hit(e.Position); s >= 0 {
		h.pick(s, f)
	}
	if e.Button == desktop.MouseButtonSecondary && h.OnMenu != nil {
		HideTip(h)
		h.OnMenu(e.AbsolutePosition)
	}
}

// MouseUp implements desktop.Mouseable.
func (h *HeatMap) MouseUp(*desktop.MouseEvent) { h.held = noGrip }

// DoubleTapped implements fyne.DoubleTappable.
func (h *HeatMap) DoubleTapped(*fyne.PointEvent) { h.Fit() }

// Dragged implements fyne.Draggable.
func (h *HeatMap) Dragged(e *fyne.DragEvent) {
	if h.held != noGrip {
		h.moveGrip(h.held, h.time(e.Position.X))
		return
	}
	h.pan(-e.Dragged.DX)
}

// DragEnd implements fyne.Draggable.
func (h *HeatMap) DragEnd() { h.held = noGrip }

// pan moves the view by a distance on the screen.
func (h *HeatMap) pan(dx float32) {
	d := int64(float64(dx) / float64(h.plotWidth()) * float64(h.to-h.from))
	h.view(h.from+d, h.to+d)
}

// Scrolled implements fyne.Scrollable.
func (h *HeatMap) Scrolled(e *fyne.ScrollEvent) {
	switch {
	case e.Position.X < labelWidth && h.OnLabelsScrolled != nil:
		h.OnLabelsScrolled(e)
	case e.Scrolled.DX != 0:
		h.pan(-e.Scrolled.DX)
	case shifted():
		h.pan(-e.Scrolled.DY)
	case e.Scrolled.DY > 0:
		h.zoom(0.8, h.time(e.Position.X))
	case e.Scrolled.DY < 0:
		h.zoom(1.25, h.time(e.Position.X))
	}
}

// TypedKey implements fyne.Focusable.
func (h *HeatMap) TypedKey(e *fyne.KeyEvent) {
	if escape(h, e) {
		return
	}
	s, f := h.strip, h.frag
	if s < 0 && len(h.strips) > 0 {
		s, f = 0, max(0, h.strips[0].at(h.from))
		if e.Name == fyne.KeyLeft || e.Name == fyne.KeyRight || e.Name == fyne.KeyUp || e.Name == fyne.KeyDown {
			h.pick(s, f)
			return
		}
	}
	switch e.Name {
	case fyne.KeyLeft:
		h.pick(s, max(0, f-1))
	case fyne.KeyRight:
		if s >= 0 {
			h.pick(s, min(f+1, h.strips[s].fragments()-1))
		}
	case fyne.KeyUp:
		h.across(s, -1)
	case fyne.KeyDown:
		h.across(s, 1)
	case fyne.KeyHome:
		h.pick(s, 0)
	case fyne.KeyEnd:
		if s >= 0 {
			h.pick(s, h.strips[s].fragments()-1)
		}
	}
}

// across goes to the fragment of another track at the same time.
func (h *HeatMap) across(strip, step int) {
	if to := strip + step; strip >= 0 && to >= 0 && to < len(h.strips) {
		if f := h.strips[to].at(h.strips[strip].Times[h.frag]); f >= 0 {
			h.pick(to, f)
		}
	}
}

// TypedRune implements fyne.Focusable.
func (h *HeatMap) TypedRune(r rune) {
	switch r {
	case '+', '=':
		h.Zoom(0.5)
	case '-':
		h.Zoom(2)
	case '0':
		h.Fit()
	case 'i', 'o':
		if h.strip < 0 {
			break
		}
		if r == 'i' {
			h.moveGrip(startGrip, h.strips[h.strip].Times[h.frag])
		} else {
			h.moveGrip(endGrip, h.strips[h.strip].Times[h.frag+1])
		}
	}
}

// MouseIn implements desktop.Hoverable.
func (h *HeatMap) MouseIn(e *desktop.MouseEvent) { h.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (h *HeatMap) MouseMoved(e *desktop.MouseEvent) {
	s, f := h.hit(e.Position)
	if g := h.gripAt(e.Position.X); g != h.grip {
		h.grip = g
		h.above.Refresh()
		HideTip(h)
		if g != noGrip {
			ShowTip(h, h.cut.words(g), e.Position)
		}
	}
	if h.grip != noGrip {
		s, f = -1, -1
	}
	if s == h.hoverStrip && f == h.hoverFrag {
		return
	}
	h.hoverStrip, h.hoverFrag = s, f
	h.above.Refresh()
	if h.grip != noGrip {
		return
	}
	if s < 0 || h.Describe == nil {
		HideTip(h)
		return
	}
	ShowTip(h, h.Describe(s, f), e.Position)
}

// MouseOut implements desktop.Hoverable.
func (h *HeatMap) MouseOut() {
	h.hoverStrip, h.grip = -1, noGrip
	h.above.Refresh()
	HideTip(h)
}
