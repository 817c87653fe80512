package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "manifold/ui/theme"
)

// Rows is a list of rows of one height, of which only those in view are
// drawn. The arrow keys, Home, End and the page keys move the selection;
// Enter and a double click activate.
type Rows struct {
	widget.BaseWidget
	Count       func() int
	Draw        func(p *Pen, i int, width, height float32) // at the origin of the row
	Tip         func(i int, x float32) string              // words for a place in a row
	OnSelected  func(i int)
	OnActivated func(i int)
	OnMenu      func(i int, at fyne.Position) // right click, absolute
	OnTapped    func(i int, x float32) bool   // before selection; true takes the click
	OnKey       func(i int, key fyne.KeyName) bool
	Lines       int    // of text in a row; 0 counts as 1
	Empty       string // what stands where there are no rows

	selected int // -1 when none
	hover    int // -1 when none
	scroll   *container.Scroll
	body     *rowsBody
}

// NewRows returns a list that counts and draws with the functions given.
func NewRows(count func() int, draw func(p *Pen, i int, width, height float32)) *Rows {
	r := &Rows{Count: count, Draw: draw, selected: -1, hover: -1}
	r.body = &rowsBody{r: r}
	r.body.focus.w = r.body
	r.body.sketch(r.body, r.body.minimum, r.body.paint)
	r.scroll = container.NewVScroll(r.body)
	r.scroll.OnScrolled = func(fyne.Position) { r.body.Refresh() }
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *Rows) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.scroll) }

// MinSize implements fyne.CanvasObject.
func (r *Rows) MinSize() fyne.Size { return fyne.NewSize(60, r.height()) }

// Resize draws again: the scroller tells nobody of a new size.
func (r *Rows) Resize(size fyne.Size) {
	if size != r.Size() {
		r.BaseWidget.Resize(size)
		r.body.Refresh()
	}
}

// Refresh draws again after the rows changed.
func (r *Rows) Refresh() {
	if r.selected >= r.Count() {
		r.selected = -1
	}
	r.scroll.Refresh()
	r.body.Refresh()
}

func (r *Rows) height() float32 {
	return theme.Size(look.SizeNameRow) + float32(max(0, r.Lines-1))*(Small.Height()+4)
}

// Reveal selects a row, -1 for none, and brings it into view; it tells nobody.
func (r *Rows) Reveal(i int) {
	r.selected = i
	if i >= 0 {
		h, o, view := r.height(), r.scroll.Offset.Y, r.scroll.Size().Height
		switch y := float32(i) * h; {
		case y < o:
			r.scroll.ScrollToOffset(fyne.NewPos(0, y))
		case y+h > o+view:
			r.scroll.ScrollToOffset(fyne.NewPos(0, y+h-view))
		}
	}
	r.body.Refresh()
}

// Selected returns the selected row, -1 when there is none.
func (r *Rows) Selected() int { return r.selected }

// Select selects a row as a click does.
func (r *Rows) Select(i int) {
	if i < 0 || i >= r.Count() {
		return
	}
	r.Reveal(i)
	if r.OnSelected != nil {
		r.OnSelected(i)
	}
}

// rowsBody is what is scrolled.
type rowsBody struct {
	Sketch
	focus
	r *Rows
}

func (b *rowsBody) minimum() fyne.Size {
	return fyne.NewSize(0, float32(b.r.Count())*b.r.height())
}

func (b *rowsBody) paint(p *Pen, size fyne.Size) {
	r := b.r
	h, o, view := r.height(), r.scroll.Offset.Y, r.scroll.Size()
	last := min(r.Count(), int((o+view.Height)/h)+1)
	if last == 0 && r.Empty != "" {
		p.Middle(r.Empty, tablePadding, 0, theme.Size(look.SizeNameRow)+6, size.Width-2*tablePadding, Body, theme.ColorNamePlaceHolder)
	}
	for i := max(0, int(o/h)); i < last; i++ {
		y := float32(i) * h
		switch i {
		case r.selected:
			p.Box(0, y, size.Width, h, 0, theme.ColorNameSelection)
		case r.hover:
			p.Box(0, y, size.Width, h, 0, theme.ColorNameHover)
		}
		p.At(0, y, func() { r.Draw(p, i, size.Width, h) })
	}
	if b.focused {
		p.Frame(1, o+1, view.Width-2, view.Height-2, 3, theme.ColorNamePrimary, 1)
	}
}

// at returns the row at a height of the body, -1 below the last.
func (b *rowsBody) at(y float32) int {
	if i := int(y / b.r.height()); i >= 0 && i < b.r.Count() {
		return i
	}
	return -1
}

// MouseDown implements desktop.Mouseable.
func (b *rowsBody) MouseDown(e *desktop.MouseEvent) {
	b.take()
	HideTip(b)
	i := b.at(e.Position.Y)
	if i < 0 {
		return
	}
	if e.Button == desktop.MouseButtonPrimary && b.r.OnTapped != nil && b.r.OnTapped(i, e.Position.X) {
		return
	}
	b.r.Select(i)
	if e.Button == desktop.MouseButtonSecondary && b.r.OnMenu != nil {
		b.r.OnMenu(i, e.AbsolutePosition)
	}
}

// MouseUp implements desktop.Mouseable.
func (b *rowsBody) MouseUp(*desktop.MouseEvent) {}

// DoubleTapped implements fyne.DoubleTappable.
func (b *rowsBody) DoubleTapped(e *fyne.PointEvent) {
	if i := b.at(e.Position.Y); i >= 0 && b.r.OnActivated != nil {
		b.r.OnActivated(i)
	}
}

// TypedKey implements fyne.Focusable.
func (b *rowsBody) TypedKey(e *fyne.KeyEvent) {
	r := b.r
	if escape(b, e) {
		return
	}
	if r.selected >= 0 && r.OnKey != nil && r.OnKey(r.selected, e.Name) {
		return
	}
	page := max(1, int(r.scroll.Size().Height/r.height())-1)
	last := r.Count() - 1
	switch e.Name {
	case fyne.KeyUp:
		r.Select(max(0, r.selected-1))
	case fyne.KeyDown:
		r.Select(min(last, r.selected+1))
	case fyne.KeyPageUp:
		r.Select(max(0, r.selected-page))
	case fyne.KeyPageDown:
		r.Select(min(last, r.selected+page))
	case fyne.KeyHome:
		r.Select(0)
	case fyne.KeyEnd:
		r.Select(last)
	case fyne.KeyReturn, fyne.KeyEnter:
		if r.selected >= 0 && r.OnActivated != nil {
			r.OnActivated(r.selected)
		}
	}
}

// MouseIn implements desktop.Hoverable.
func (b *rowsBody) MouseIn(e *desktop.MouseEvent) { b.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (b *rowsBody) MouseMoved(e *desktop.MouseEvent) {
	i := b.at(e.Position.Y)
	if i == b.r.hover {
		return
	}
	b.r.hover = i
	b.Refresh()
	if i < 0 || b.r.Tip == nil {
		HideTip(b)
		return
	}
	if words := b.r.Tip(i, e.Position.X); words != "" {
		ShowTip(b, words, e.Position)
	} else {
		HideTip(b)
	}
}

// MouseOut implements desktop.Hoverable.
func (b *rowsBody) MouseOut() {
	b.r.hover = -1
	b.Refresh()
	HideTip(b)
}
