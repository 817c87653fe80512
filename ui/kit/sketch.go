package kit

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "manifold/ui/theme"
)

// Sketch is a widget that draws itself anew whenever its size, its state
// (Refresh) or the theme changes. A piece embeds it and calls sketch once.
type Sketch struct {
	widget.BaseWidget
	min  func() fyne.Size
	draw func(p *Pen, size fyne.Size)
}

// sketch says how the piece w, which embeds s, draws itself.
func (s *Sketch) sketch(w fyne.Widget, min func() fyne.Size, draw func(*Pen, fyne.Size)) {
	s.min, s.draw = min, draw
	s.ExtendBaseWidget(w)
}

// NewSketch returns a widget of a size and a drawing.
func NewSketch(min func() fyne.Size, draw func(*Pen, fyne.Size)) *Sketch {
	s := &Sketch{}
	s.sketch(s, min, draw)
	return s
}

// CreateRenderer implements fyne.Widget.
func (s *Sketch) CreateRenderer() fyne.WidgetRenderer { return &sketchRenderer{s: s} }

type sketchRenderer struct {
	s   *Sketch
	pen Pen
}

func (r *sketchRenderer) Destroy()                     {}
func (r *sketchRenderer) MinSize() fyne.Size           { return r.s.min() }
func (r *sketchRenderer) Objects() []fyne.CanvasObject { return r.pen.objects }

func (r *sketchRenderer) Layout(size fyne.Size) {
	r.pen.begin()
	r.s.draw(&r.pen, size)
}

func (r *sketchRenderer) Refresh() {
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}

// Pen draws a sketch. It keeps the objects of the drawing before and changes
// only those that differ, since every changed text costs a texture.
type Pen struct {
	objects []fyne.CanvasObject
	texts   []*canvas.Text
	boxes   []*canvas.Rectangle
	nt, nb  int
	origin  fyne.Position
}

func (p *Pen) begin() { p.objects, p.nt, p.nb = p.objects[:0], 0, 0 }

// At draws with the origin moved to x, y.
func (p *Pen) At(x, y float32, draw func()) {
	before := p.origin
	p.origin = before.AddXY(x, y)
	draw()
	p.origin = before
}

// Font is a size and a cut.
type Font struct {
	Size  fyne.ThemeSizeName
	Style fyne.TextStyle
}

// The fonts of the window.
var (
	Body    = Font{Size: theme.SizeNameText}
	Strong  = Font{Size: theme.SizeNameText, Style: fyne.TextStyle{Bold: true}}
	Small   = Font{Size: theme.SizeNameCaptionText}
	Label   = Font{Size: theme.SizeNameCaptionText, Style: fyne.TextStyle{Bold: true}}
	Heading = Font{Size: theme.SizeNameSubHeadingText, Style: fyne.TextStyle{Bold: true}}
	Mono    = Font{Size: look.SizeNameMono, Style: fyne.TextStyle{Monospace: true}}
)

// Measure returns the size of a text.
func (f Font) Measure(s string) fyne.Size {
	return fyne.MeasureText(s, theme.Size(f.Size), f.Style)
}

// Width returns the width of a text.
func (f Font) Width(s string) float32 { return f.Measure(s).Width }

// Height returns the height of a line.
func (f Font) Height() float32 { return f.Measure("M").Height }

// Fit returns s, or its beginning with an ellipsis where it is wider than width.
func (f Font) Fit(s string, width float32) string {
	if f.Width(s) <= width {
		return s
	}
	r := []rune(s)
	lo, hi := 0, len(r)
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if f.Width(string(r[:mid])+"…") <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	if lo == 0 {
		return ""
	}
	return strings.TrimRight(string(r[:lo]), " ") + "…"
}

// FitMiddle returns s, or its beginning and its end with an ellipsis between them
// where it is wider than width.
func (f Font) FitMiddle(s string, width float32) string {
	if f.Width(s) <= width {
		return s
	}
	r := []rune(s)
	for n := len(r) - 1; n > 1; n-- {
		if shorter := string(r[:(n+1)/2]) + "…" + string(r[len(r)-n/2:]); f.Width(shorter) <= width {
			return shorter
		}
	}
	return "…"
}

// Text writes s with its top left corner at x, y and returns where it ends.
func (p *Pen) Text(s string, x, y float32, f Font, ink fyne.ThemeColorName) float32 {
	return p.write(s, x, y, f, theme.Color(ink))
}

func (p *Pen) write(s string, x, y float32, f Font, ink color.Color) float32 {
	if p.nt == len(p.texts) {
		p.texts = append(p.texts, canvas.NewText("", color.Transparent))
	}
	t := p.texts[p.nt]
	p.nt++
	size := theme.Size(f.Size)
	if t.Text != s || t.TextSize != size || t.TextStyle != f.Style || t.Color != ink {
		t.Text, t.TextSize, t.TextStyle, t.Color = s, size, f.Style, ink
		t.Refresh()
	}
	min := t.MinSize()
	t.Resize(min)
	t.Move(p.origin.AddXY(x, y))
	p.objects = append(p.objects, t)
	return x + min.Width
}

// Middle writes s vertically centred in a row, cut to width, and returns
// where it ends.
func (p *Pen) Middle(s string, x, top, height, width float32, f Font, ink fyne.ThemeColorName) float32 {
	s = f.Fit(s, width)
	return p.Text(s, x, top+(height-f.Height())/2, f, ink)
}

// Strike draws a line through what was written in a row from x to end.
func (p *Pen) Strike(x, top, end, height float32, ink fyne.ThemeColorName) {
	p.Box(x-2, top+height/2, end-x+4, 1, 0, ink)
}

// Right writes s vertically centred and ending at right, and returns where it begins.
func (p *Pen) Right(s string, right, top, height float32, f Font, ink fyne.ThemeColorName) float32 {
	x := right - f.Width(s)
	p.Text(s, x, top+(height-f.Height())/2, f, ink)
	return x
}

// Centre writes s in the middle of a box.
func (p *Pen) Centre(s string, x, y, w, h float32, f Font, ink fyne.ThemeColorName) {
	m := f.Measure(s)
	p.Text(s, x+(w-m.Width)/2, y+(h-m.Height)/2, f, ink)
}

// Box fills a rectangle with rounded corners.
func (p *Pen) Box(x, y, w, h, radius float32, fill fyne.ThemeColorName) {
	p.box(x, y, w, h, radius, theme.Color(fill), color.Transparent, 0)
}

// Frame outlines a rectangle with rounded corners.
func (p *Pen) Frame(x, y, w, h, radius float32, stroke fyne.ThemeColorName, width float32) {
	p.box(x, y, w, h, radius, color.Transparent, theme.Color(stroke), width)
}

func (p *Pen) box(x, y, w, h, radius float32, fill, stroke color.Color, width float32) {
	if p.nb == len(p.boxes) {
		p.boxes = append(p.boxes, canvas.NewRectangle(color.Transparent))
	}
	b := p.boxes[p.nb]
	p.nb++
	if b.FillColor != fill || b.StrokeColor != stroke || b.StrokeWidth != width || b.CornerRadius != radius {
		b.FillColor, b.StrokeColor, b.StrokeWidth, b.CornerRadius = fill, stroke, width, radius
		b.Refresh()
	}
	b.Resize(fyne.NewSize(w, h))
	b.Move(p.origin.AddXY(x, y))
	p.objects = append(p.objects, b)
}

// Ring outlines what has the focus.
func (p *Pen) Ring(x, y, w, h, radius float32) {
	p.Frame(x, y, w, h, radius, theme.ColorNamePrimary, 2)
}

// Dot draws a round mark of a diameter.
func (p *Pen) Dot(x, y, d float32, fill fyne.ThemeColorName) { p.Box(x, y, d, d, d/2, fill) }

// focus remembers whether a piece has the keyboard.
type focus struct {
	focused bool
	w       fyne.Widget
}

func (f *focus) FocusGained()   { f.focused = true; f.w.Refresh() }
func (f *focus) FocusLost()     { f.focused = false; f.w.Refresh() }
func (f *focus) TypedRune(rune) {}

// permit remembers why a piece cannot be used.
type permit struct{ reason string }

// Reason says why the piece cannot be used, "" when it can.
func (p *permit) Reason() string { return p.reason }

// words returns the tip of the piece: the reason against it, if there is one.
func (p *permit) words(tip string) string {
	if p.reason != "" {
		return p.reason
	}
	return tip
}

// escape hands the Escape key on to what the window does with it; other keys
// are left.
func escape(w fyne.CanvasObject, e *fyne.KeyEvent) bool {
	if e.Name != fyne.KeyEscape {
		return false
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(w); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(e)
	}
	return true
}

// take gives the keyboard to the piece.
func (f *focus) take() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(f.w); c != nil {
		if w, ok := f.w.(fyne.Focusable); ok {
			c.Focus(w)
		}
	}
}
