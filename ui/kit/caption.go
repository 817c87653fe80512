package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
)

// Caption is the heading of a panel: small muted capitals, and beside them a
// remark in small letters.
type Caption struct {
	Sketch
	title, remark string
}

// NewCaption returns a caption.
func NewCaption(title string) *Caption {
	c := &Caption{title: strings.ToUpper(title)}
	c.sketch(c, c.minimum, c.paint)
	return c
}

// SetTitle changes the capitals.
func (c *Caption) SetTitle(s string) { c.title = strings.ToUpper(s); c.Refresh() }

// SetRemark changes what stands beside the title.
func (c *Caption) SetRemark(s string) { c.remark = s; c.Refresh() }

func (c *Caption) minimum() fyne.Size {
	return fyne.NewSize(c.spaced(nil, 0, 0), Label.Height()+12)
}

// spaced writes the title with a little air between its letters, as capitals
// of this size need, and returns where it ends.
func (c *Caption) spaced(p *Pen, x, y float32) float32 {
	for _, word := range strings.Fields(c.title) {
		for _, r := range word {
			if p != nil {
				p.Text(string(r), x, y, Label, theme.ColorNamePlaceHolder)
			}
			x += Label.Width(string(r)) + 0.7
		}
		x += Label.Width(" ")
	}
	return x
}

func (c *Caption) paint(p *Pen, size fyne.Size) {
	x := c.spaced(p, 0, (size.Height-Label.Height())/2) + 8
	if c.remark != "" {
		p.Middle(c.remark, x, 0, size.Height, size.Width-x, Small, theme.ColorNamePlaceHolder)
	}
}

// Line is one line of text that is cut with an ellipsis where it does not fit.
type Line struct {
	Sketch
	text string
	font Font
	ink  fyne.ThemeColorName
}

// NewLine returns a line in a font and colour.
func NewLine(text string, f Font, ink fyne.ThemeColorName) *Line {
	l := &Line{text: text, font: f, ink: ink}
	l.sketch(l, func() fyne.Size { return fyne.NewSize(24, l.font.Height()) }, func(p *Pen, size fyne.Size) {
		p.Middle(l.text, 0, 0, size.Height, size.Width, l.font, l.ink)
	})
	return l
}

// Set changes the text and, where ink is not "", its colour.
func (l *Line) Set(text string, ink fyne.ThemeColorName) {
	if ink == "" {
		ink = l.ink
	}
	if text != l.text || ink != l.ink {
		l.text, l.ink = text, ink
		l.Refresh()
	}
}

// MouseIn implements desktop.Hoverable: what is cut can be read.
func (l *Line) MouseIn(e *desktop.MouseEvent) {
	if l.font.Width(l.text) > l.Size().Width {
		ShowTip(l, l.text, e.Position)
	}
}

// MouseMoved implements desktop.Hoverable.
func (l *Line) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (l *Line) MouseOut() { HideTip(l) }

// Text returns the whole text.
func (l *Line) Text() string { return l.text }
