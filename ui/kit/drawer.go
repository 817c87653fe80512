package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Tab is one page of a Drawer.
type Tab struct {
	Value, Label string
	Content      fyne.CanvasObject
}

// Drawer is a row of tabs with the page of one of them below. A second click
// on the open tab folds the page away; the arrow keys go from tab to tab.
type Drawer struct {
	widget.BaseWidget
	OnChosen func(value string, open bool)

	tabs   []Tab
	chosen string
	open   bool
	strip  *tabStrip
	page   *fyne.Container
	whole  *fyne.Container
}

// NewDrawer returns an open drawer on its first tab.
func NewDrawer(tabs ...Tab) *Drawer {
	d := &Drawer{tabs: tabs, chosen: tabs[0].Value, open: true}
	d.strip = &tabStrip{d: d}
	d.strip.focus.w = d.strip
	d.strip.sketch(d.strip, d.strip.minimum, d.strip.paint)
	d.page = container.NewStack()
	d.whole = container.NewBorder(d.strip, nil, nil, nil, d.page)
	d.ExtendBaseWidget(d)
	d.show()
	return d
}

// CreateRenderer implements fyne.Widget.
func (d *Drawer) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(d.whole) }

// SetTabs changes which tabs there are; the chosen one stays where it can.
func (d *Drawer) SetTabs(tabs ...Tab) {
	d.tabs = tabs
	if d.index() < 0 {
		d.chosen = tabs[0].Value
	}
	d.show()
}

// SetLabel changes what a tab says.
func (d *Drawer) SetLabel(value, label string) {
	for i := range d.tabs {
		if d.tabs[i].Value == value && d.tabs[i].Label != label {
			d.tabs[i].Label = label
			d.strip.Refresh()
		}
	}
}

// Choose opens a tab, or folds the page away; it tells nobody.
func (d *Drawer) Choose(value string, open bool) {
	if value == d.chosen && open == d.open {
		return
	}
	d.chosen, d.open = value, open
	if d.index() < 0 {
		d.chosen = d.tabs[0].Value
	}
	d.show()
}

// Chosen returns the tab that is chosen and whether its page is open.
func (d *Drawer) Chosen() (value string, open bool) { return d.chosen, d.open }

func (d *Drawer) index() int {
	for i, t := range d.tabs {
		if t.Value == d.chosen {
			return i
		}
	}
	return -1
}

func (d *Drawer) show() {
	d.page.Objects = nil
	if i := d.index(); d.open && i >= 0 {
		d.page.Objects = []fyne.CanvasObject{d.tabs[i].Content}
	}
	d.page.Refresh()
	d.strip.Refresh()
}

// pick is a click on a tab.
func (d *Drawer) pick(value string) {
	d.Choose(value, value != d.chosen || !d.open)
	if d.OnChosen != nil {
		d.OnChosen(d.chosen, d.open)
	}
}

// tabStrip is the row of tabs.
type tabStrip struct {
	Sketch
	focus
	d *Drawer
}

const tabGap = 18

func (s *tabStrip) minimum() fyne.Size {
	w := float32(tablePadding)
	for _, t := range s.d.tabs {
		w += Strong.Width(t.Label) + tabGap
	}
	return fyne.NewSize(w, Body.Height()+14)
}

func (s *tabStrip) paint(p *Pen, size fyne.Size) {
	p.Box(0, size.Height-1, size.Width, 1, 0, theme.ColorNameSeparator)
	x := float32(tablePadding)
	for _, t := range s.d.tabs {
		w := Strong.Width(t.Label)
		f, ink := Body, theme.ColorNamePlaceHolder
		if t.Value == s.d.chosen && s.d.open {
			f, ink = Strong, theme.ColorNameForeground
			p.Box(x, size.Height-2, w, 2, 0, theme.ColorNamePrimary)
		}
		p.Middle(t.Label, x, 0, size.Height-2, w+1, f, ink)
		if s.focused && t.Value == s.d.chosen {
			p.Ring(x-6, 3, w+12, size.Height-8, 4)
		}
		x += w + tabGap
	}
}

// Tapped implements fyne.Tappable.
func (s *tabStrip) Tapped(e *fyne.PointEvent) {
	s.take()
	x := float32(tablePadding)
	for _, t := range s.d.tabs {
		w := Strong.Width(t.Label)
		if e.Position.X >= x-tabGap/2 && e.Position.X < x+w+tabGap/2 {
			s.d.pick(t.Value)
			return
		}
		x += w + tabGap
	}
}

// TypedKey implements fyne.Focusable.
func (s *tabStrip) TypedKey(e *fyne.KeyEvent) {
	i := s.d.index()
	switch e.Name {
	case fyne.KeyLeft:
		i--
	case fyne.KeyRight:
		i++
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
	default:
		return
	}
	if i >= 0 && i < len(s.d.tabs) {
		s.d.pick(s.d.tabs[i].Value)
	}
}
