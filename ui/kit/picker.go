package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	look "manifold/ui/theme"
)

// Picker is a title beside a value of it that can be picked from a menu. The
// value is cut where there is no room. A click, Space or Enter opens the menu,
// unless there is a reason against it, which the tip says then.
type Picker struct {
	Sketch
	focus
	permit
	OnTapped func(below fyne.Position) // absolute, where a menu begins

	title, value, tip string
	hovered           bool
}

// NewPicker returns a picker with a tip.
func NewPicker(tip string, tapped func(below fyne.Position)) *Picker {
	k := &Picker{OnTapped: tapped, tip: tip}
	k.focus.w = k
	k.sketch(k, func() fyne.Size { return fyne.NewSize(100, theme.Size(look.SizeNameRow)+4) }, k.paint)
	return k
}

// Set shows a title and a value.
func (k *Picker) Set(title, value string) {
	if title != k.title || value != k.value {
		k.title, k.value = title, value
		k.Refresh()
	}
}

// Allow lets the menu open where reason is "", and says the reason otherwise.
func (k *Picker) Allow(reason string) {
	if reason != k.reason {
		k.reason = reason
		k.Refresh()
	}
}

// Title returns the title.
func (k *Picker) Title() string { return k.title }

// Value returns the value in full.
func (k *Picker) Value() string { return k.value }

// Wanted returns the width at which nothing is cut.
func (k *Picker) Wanted() float32 {
	return Strong.Width(k.title) + pickerGap + Body.Width(k.value) + 4 + Small.Width("▾") + 4
}

// pickerGap is between title and value.
const pickerGap = 8

func (k *Picker) paint(p *Pen, size fyne.Size) {
	x := p.Middle(k.title, 0, 0, size.Height, size.Width, Strong, theme.ColorNameForeground) + pickerGap
	arrow := Small.Width("▾") + 4
	ink := theme.ColorNamePlaceHolder
	if k.hovered && k.reason == "" {
		ink = theme.ColorNameForeground
	}
	end := p.Middle(k.value, x, 0, size.Height, size.Width-x-arrow, Body, ink)
	if k.reason != "" {
		arrow = 0
	} else if end+arrow <= size.Width {
		p.Middle("▾", end+4, 0, size.Height, arrow, Small, ink)
	}
	if k.focused {
		p.Ring(x-5, 3, max(0, min(end+arrow+4, size.Width)-x+5), size.Height-6, 4)
	}
}

// Tapped implements fyne.Tappable.
func (k *Picker) Tapped(*fyne.PointEvent) {
	HideTip(k)
	if k.OnTapped != nil && k.reason == "" {
		k.OnTapped(fyne.CurrentApp().Driver().AbsolutePositionForObject(k).AddXY(0, k.Size().Height))
	}
}

// TypedKey implements fyne.Focusable.
func (k *Picker) TypedKey(e *fyne.KeyEvent) {
	if escape(k, e) {
		return
	}
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown:
		k.Tapped(nil)
	}
}

// MouseIn implements desktop.Hoverable.
func (k *Picker) MouseIn(e *desktop.MouseEvent) {
	k.hovered = true
	k.Refresh()
	ShowTip(k, k.title+" · "+k.value+"\n"+k.words(k.tip), e.Position)
}

// MouseMoved implements desktop.Hoverable.
func (k *Picker) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (k *Picker) MouseOut() {
	k.hovered = false
	k.Refresh()
	HideTip(k)
}
