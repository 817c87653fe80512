package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	look "manifold/ui/theme"
)

// Chip is a value in a rounded frame: one that is on carries the accent, and
// one that can be taken away a cross. A click, Space or Enter acts, unless
// there is a reason against it, which the tip says then.
type Chip struct {
	Sketch
	focus
	permit
	OnTapped func()

	label     string
	tip       string
	on, cross bool
	hovered   bool
}

// NewChip returns a chip with a label and a tip.
func NewChip(label, tip string, tapped func()) *Chip {
	c := &Chip{OnTapped: tapped, label: label, tip: tip}
	c.focus.w = c
	c.sketch(c, c.minimum, c.paint)
	return c
}

// Set changes how the chip looks: on with the accent, cross for what a tap
// takes away.
func (c *Chip) Set(on, cross bool) {
	c.on, c.cross = on, cross
	c.Refresh()
}

// Allow lets the chip act where reason is "", and says the reason otherwise.
func (c *Chip) Allow(reason string) {
	c.reason = reason
	c.hovered = c.hovered && reason == ""
	c.Refresh()
}

func (c *Chip) face() string {
	if c.cross {
		return c.label + "  ×"
	}
	return c.label
}

func (c *Chip) minimum() fyne.Size {
	return fyne.NewSize(Body.Width(c.face())+22, theme.Size(look.SizeNameRow)-1)
}

func (c *Chip) paint(p *Pen, size fyne.Size) {
	h := c.minimum().Height
	top := (size.Height - h) / 2
	ink, edge := theme.ColorNameForeground, theme.ColorNameInputBorder
	if c.reason != "" {
		ink, edge = theme.ColorNameDisabled, theme.ColorNameSeparator
	}
	if c.on {
		p.Box(0, top, size.Width, h, h/2, theme.ColorNameSelection)
	} else {
		p.Frame(0, top, size.Width, h, h/2, edge, 1)
	}
	if c.hovered {
		p.Box(0, top, size.Width, h, h/2, theme.ColorNameHover)
	}
	p.Centre(c.face(), 0, top, size.Width, h, Body, ink)
	if c.focused {
		p.Ring(0, top, size.Width, h, h/2)
	}
}

// Tapped implements fyne.Tappable.
func (c *Chip) Tapped(*fyne.PointEvent) {
	HideTip(c)
	if c.OnTapped != nil && c.reason == "" {
		c.OnTapped()
	}
}

// TypedKey implements fyne.Focusable.
func (c *Chip) TypedKey(e *fyne.KeyEvent) {
	if escape(c, e) {
		return
	}
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDelete, fyne.KeyBackspace:
		c.Tapped(nil)
	}
}

// MouseIn implements desktop.Hoverable.
func (c *Chip) MouseIn(e *desktop.MouseEvent) {
	c.hovered = c.reason == ""
	c.Refresh()
	ShowTip(c, c.words(c.tip), e.Position)
}

// MouseMoved implements desktop.Hoverable.
func (c *Chip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *Chip) MouseOut() {
	c.hovered = false
	c.Refresh()
	HideTip(c)
}
