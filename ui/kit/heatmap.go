package kit

import (
	"fmt"
	"image"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "manifold/ui/theme"
)

// Strip is one track of a HeatMap. Times are in ticks of 100 ns.
type Strip struct {
	Name, Detail string
	Ink          fyne.ThemeColorName
	Times        []int64 // start of every fragment and, last, the end
	Sizes        []int64 // bytes of every fragment
	Offsets      []int64 // how far the edge of every fragment is off the reference; nil when none is
	Sync         []int64 // random access points that begin no fragment
}

func (s *Strip) fragments() int { return len(s.Times) - 1 }

// at returns the fragment that is shown at a time, -1 outside.
func (s *Strip) at(t int64) int {
	if s.fragments() < 1 || t < s.Times[0] || t >= s.Times[s.fragments()] {
		return -1
	}
	return sort.Search(s.fragments(), func(i int) bool { return s.Times[i+1] > t })
}

// HeatMap shows the fragments of many tracks on one time axis: the height of
// a bar is the size of its fragment, its colour how far its edge is off. The
// bars are one picture, so ten thousand cost as much as ten. The wheel zooms
// round the pointer, dragging and Shift-wheel pan, a double click fits; the
// arrow keys go from fragment to fragment and from track to track, + and -
// zoom, 0 fits.
type HeatMap struct {
	widget.BaseWidget
	focus
	OnSelected func(strip, fragment int)
	Describe   func(strip, fragment int) string // the tip of a fragment
	Empty      string                           // what stands where there is no strip

	strips      []Strip
	from, to    int64 // ticks in view
	end         int64 // of the axis
	strip, frag int   // selected; strip -1 when nothing is
	hoverStrip  int   // under the pointer, -1 when none
	hoverFrag   int

	bars    *canvas.Raster
	picture barPicture
	above   *Sketch
}

// NewHeatMap returns an empty map.
func NewHeatMap() *HeatMap {
	h := &HeatMap{strip: -1, hoverStrip: -1}
	h.focus.w = h
	h.bars = canvas.NewRaster(func(w, height int) image.Image { return h.picture.paint(h, w, height) })
	h.above = NewSketch(h.minimum, h.drawAbove)
	h.ExtendBaseWidget(h)
	return h
}

// Set shows strips on an axis of length end; the view stays when the axis does.
func (h *HeatMap) Set(strips []Strip, end int64) {
	h.strips = strips
	if end != h.end {
		h.end = end
		h.view(0, end)
	}
	h.hoverStrip = -1
	h.Refresh()
}

// Select shows a fragment as selected and brings it into view; strip -1 for none.
func (h *HeatMap) Select(strip, frag int) {
	if strip >= len(h.strips) || strip >= 0 && (frag < 0 || frag >= h.strips[strip].fragments()) {
		strip = -1
	}
	h.strip, h.frag = strip, frag
	if strip >= 0 {
		a, z := h.strips[strip].Times[frag], h.strips[strip].Times[frag+1]
		if span := h.to - h.from; a < h.from || z > h.to {
			h.view((a+z-span)/2, (a+z+span)/2)
		}
	}
	h.above.Refresh()
}

// Selected returns the selected fragment; strip -1 when there is none.
func (h *HeatMap) Selected() (strip, frag int) { return h.strip, h.frag }

// Fit shows the whole axis.
func (h *HeatMap) Fit() { h.view(0, h.end) }

// Zoom changes the part in view by a factor, in the middle of the selection or the view.
func (h *HeatMap) Zoom(factor float64) {
	at := (h.from + h.to) / 2
	if h.strip >= 0 {
		if t := h.strips[h.strip].Times[h.frag]; t >= h.from && t < h.to {
			at = t
		}
	}
	h.zoom(factor, at)
}

func (h *HeatMap) zoom(factor float64, at int64) {
	h.view(at-int64(float64(at-h.from)*factor), at+int64(float64(h.to-at)*factor))
}

// minSpan is as far as one can zoom in: a tenth of a second.
const minSpan = 1_000_000

// view shows [from, to), moved and cut to the axis.
func (h *HeatMap) view(from, to int64) {
	span := min(max(to-from, minSpan), max(h.end, minSpan))
	from = max(0, min(from, h.end-span))
	if from == h.from && from+span == h.to {
		return
	}
	h.from, h.to = from, from+span
	h.Refresh()
}

// View returns the ticks in view.
func (h *HeatMap) View() (from, to int64) { return h.from, h.to }

const (
	labelWidth  = 148
	rulerHeight = 18
	stripMin    = 18
	stripMax    = 40
)

func (h *HeatMap) minimum() fyne.Size {
	return fyne.NewSize(labelWidth+120, rulerHeight+float32(len(h.strips))*stripMin)
}

// stripHeight is how much a track gets, its gap included.
func (h *HeatMap) stripHeight() float32 {
	if len(h.strips) == 0 {
		return stripMin
	}
	return min(stripMax, max(stripMin, (h.Size().Height-rulerHeight)/float32(len(h.strips))))
}

func (h *HeatMap) plotWidth() float32 { return max(1, h.Size().Width-labelWidth-8) }

// x returns where a time lies.
func (h *HeatMap) x(t int64) float32 {
	return labelWidth + float32(float64(t-h.from)/float64(max(1, h.to-h.from)))*h.plotWidth()
}

// time returns the time at a place.
func (h *HeatMap) time(x float32) int64 {
	return h.from + int64(float64(x-labelWidth)/float64(h.plotWidth())*float64(h.to-h.from))
}

// hit returns the fragment at a place, -1 when there is none.
func (h *HeatMap) hit(p fyne.Position) (strip, frag int) {
	i := int((p.Y - rulerHeight) / h.stripHeight())
	if p.Y < rulerHeight || p.X < labelWidth || i >= len(h.strips) {
		return -1, -1
	}
	if f := h.strips[i].at(h.time(p.X)); f >= 0 {
		return i, f
	}
	return -1, -1
}

// CreateRenderer implements fyne.Widget.
func (h *HeatMap) CreateRenderer() fyne.WidgetRenderer { return heatRenderer{h} }

type heatRenderer struct{ h *HeatMap }

func (r heatRenderer) Destroy()           {}
func (r heatRenderer) MinSize() fyne.Size { return r.h.minimum() }

func (r heatRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.h.bars, r.h.above}
}

func (r heatRenderer) Layout(size fyne.Size) {
	h := r.h
	h.bars.Move(fyne.NewPos(labelWidth, rulerHeight))
	h.bars.Resize(fyne.NewSize(h.plotWidth(), float32(len(h.strips))*h.stripHeight()))
	h.above.Resize(size)
	h.above.Refresh()
}

func (r heatRenderer) Refresh() {
	r.Layout(r.h.Size())
	r.h.bars.Refresh()
	canvas.Refresh(r.h)
}

// drawAbove draws what changes with the pointer, and the texts.
func (h *HeatMap) drawAbove(p *Pen, size fyne.Size) {
	if len(h.strips) == 0 {
		p.Middle(h.Empty, tablePadding, 0, theme.Size(look.SizeNameRow), size.Width-2*tablePadding, Body, theme.ColorNamePlaceHolder)
		return
	}
	h.drawRuler(p)
	for i := range h.strips {
		h.drawLabel(p, i)
	}
	if h.strip >= 0 && h.strip < len(h.strips) && h.frag < h.strips[h.strip].fragments() {
		h.cover(p, h.strip, h.frag, look.ColorNameSelected, true)
	}
	if h.hoverStrip >= 0 && (h.hoverStrip != h.strip || h.hoverFrag != h.frag) {
		h.cover(p, h.hoverStrip, h.hoverFrag, look.ColorNameSelected, false)
	}
	if h.focused {
		p.Ring(0, 0, size.Width, size.Height, 3)
	}
}

func (h *HeatMap) drawLabel(p *Pen, i int) {
	s := &h.strips[i]
	height := h.stripHeight()
	top := rulerHeight + float32(i)*height
	p.Box(8, top+3, 3, height-6, 1, s.Ink)
	x := p.Right(s.Detail, labelWidth-8, top, height, Mono, theme.ColorNamePlaceHolder)
	ink := theme.ColorNameForeground
	p.Middle(s.Name, 18, top, height, x-22, Body, ink)
}

// cover draws over the bar of a fragment: filled for the selection, a frame
// for the pointer.
func (h *HeatMap) cover(p *Pen, strip, frag int, ink fyne.ThemeColorName, fill bool) {
	s := &h.strips[strip]
	left, right := max(labelWidth, h.x(s.Times[frag])), min(labelWidth+h.plotWidth(), h.x(s.Times[frag+1]))
	if right <= left {
		return
	}
	height := h.stripHeight()
	bar := barHeight(s, frag, s.largest(), int(height)-barGap)
	y := rulerHeight + float32(strip+1)*height - barGap/2 - float32(bar)
	w := max(2, right-left-1)
	if fill {
		p.Box(left, y, w, float32(bar), 2, ink)
	} else {
		p.Frame(left, y, w, float32(bar), 2, ink, 1.5)
	}
}

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
		p.Box(x, rulerHeight-4, 1, 4, 0, theme.ColorNameInputBorder)
		p.Text(s, min(x+3, h.Size().Width-w), 0, Small, theme.ColorNamePlaceHolder)
	}
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
	if s, f := h.hit(e.Position); s >= 0 {
		h.pick(s, f)
	}
}

// MouseUp implements desktop.Mouseable.
func (h *HeatMap) MouseUp(*desktop.MouseEvent) {}

// DoubleTapped implements fyne.DoubleTappable.
func (h *HeatMap) DoubleTapped(*fyne.PointEvent) { h.Fit() }

// Dragged implements fyne.Draggable.
func (h *HeatMap) Dragged(e *fyne.DragEvent) { h.pan(-e.Dragged.DX) }

// DragEnd implements fyne.Draggable.
func (h *HeatMap) DragEnd() {}

// pan moves the view by a distance on the screen.
func (h *HeatMap) pan(dx float32) {
	d := int64(float64(dx) / float64(h.plotWidth()) * float64(h.to-h.from))
	h.view(h.from+d, h.to+d)
}

// Scrolled implements fyne.Scrollable.
func (h *HeatMap) Scrolled(e *fyne.ScrollEvent) {
	switch {
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
	}
}

// MouseIn implements desktop.Hoverable.
func (h *HeatMap) MouseIn(e *desktop.MouseEvent) { h.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (h *HeatMap) MouseMoved(e *desktop.MouseEvent) {
	s, f := h.hit(e.Position)
	if s == h.hoverStrip && f == h.hoverFrag {
		return
	}
	h.hoverStrip, h.hoverFrag = s, f
	h.above.Refresh()
	if s < 0 || h.Describe == nil {
		HideTip(h)
		return
	}
	ShowTip(h, h.Describe(s, f), e.Position)
}

// MouseOut implements desktop.Hoverable.
func (h *HeatMap) MouseOut() {
	h.hoverStrip = -1
	h.above.Refresh()
	HideTip(h)
}
