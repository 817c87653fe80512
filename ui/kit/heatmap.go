package kit

import (
	"image"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
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
	Left         *Span   // the fragments that are left, nil for all
}

// Span is a run of fragments [From, To).
type Span struct{ From, To int }

// left says whether a fragment is left.
func (s *Strip) left(i int) bool { return s.Left == nil || i >= s.Left.From && i < s.Left.To }

// dropped says that nothing of the track is left.
func (s *Strip) dropped() bool { return s.Left != nil && s.Left.From >= s.Left.To }

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
// zoom, 0 fits. Of a cut the ends can be dragged; i and o put them round the
// selected fragment.
type HeatMap struct {
	widget.BaseWidget
	focus
	OnSelected func(strip, fragment int)
	OnMenu     func(at fyne.Position)           // right click, absolute
	Describe   func(strip, fragment int) string // the tip of a fragment
	Empty      string                           // what stands where there is no strip
	// OnLabelsScrolled gets the wheel over the names of the tracks; elsewhere it
	// zooms.
	OnLabelsScrolled func(e *fyne.ScrollEvent)
	OnCut            func(from, to int) // an end of the cut was moved to another edge

	strips      []Strip
	from, to    int64 // ticks in view
	end         int64 // of the axis
	strip, frag int   // selected; strip -1 when nothing is
	hoverStrip  int   // under the pointer, -1 when none
	hoverFrag   int
	cut         *Cut
	grip        grip // under the pointer
	held        grip // that is dragged

	bars    *canvas.Raster
	picture barPicture
	above   *Sketch
}

// NewHeatMap returns an empty map.
func NewHeatMap() *HeatMap {
	h := &HeatMap{strip: -1, hoverStrip: -1, grip: noGrip, held: noGrip}
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

// Span returns where a strip lies, from its upper to its lower edge.
func (h *HeatMap) Span(strip int) (upper, lower float32) {
	upper = rulerHeight + float32(strip)*h.stripHeight()
	return upper, upper + h.stripHeight()
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

func (r heatRenderer) Destroy() {}

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
	h.drawCut(p)
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
	if s.dropped() {
		ink = theme.ColorNamePlaceHolder
	}
	end := p.Middle(s.Name, 18, top, height, x-22, Body, ink)
	if s.dropped() {
		p.Strike(18, top, end, height, ink)
	}
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
