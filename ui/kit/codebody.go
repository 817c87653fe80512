package kit

import (
	"sort"
	"strconv"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "manifold/ui/theme"
)

// codeBody is what is scrolled.
type codeBody struct {
	widget.BaseWidget
	focus
	c       *Code
	views   map[int]*rowView
	fresh   bool // the views are those of what the pane shows now
	objects []fyne.CanvasObject
	ring    *canvas.Rectangle
}

// rowView are the objects of one row, kept while it stays in view.
type rowView struct {
	column  int // first cell that is drawn
	objects []fyne.CanvasObject
}

func (b *codeBody) CreateRenderer() fyne.WidgetRenderer { return codeRenderer{b} }

type codeRenderer struct{ b *codeBody }

func (r codeRenderer) Destroy() {}

func (r codeRenderer) Layout(fyne.Size) { r.b.paint() }

func (r codeRenderer) Objects() []fyne.CanvasObject { return r.b.objects }

func (r codeRenderer) MinSize() fyne.Size {
	c := r.b.c
	w := c.gutter() + 2*codePadding + float32(c.width)*cell()
	if c.wraps() {
		w = 0
	}
	return fyne.NewSize(w, float32(len(c.rows))*c.lineHeight()+2*codePadding)
}

func (r codeRenderer) Refresh() {
	r.b.paint()
	canvas.Refresh(r.b)
}

// redraw forgets the rows, because the text, the marks, the selection or the
// theme changed.
func (b *codeBody) redraw() {
	b.fresh = false
	b.Refresh()
}

// columnStep is the raster in which long rows are cut: a row that scrolls
// sideways within it keeps its objects.
const columnStep = 64

// paint builds the rows in view and drops the others.
func (b *codeBody) paint() {
	c := b.c
	if !b.fresh {
		clear(b.views)
		b.fresh = true
	}
	h, o, view := c.lineHeight(), c.scroll.Offset, c.scroll.Size()
	first := max(0, int((o.Y-codePadding)/h))
	last := min(len(c.rows), first+int(view.Height/h)+2)
	column := max(0, int((o.X-c.gutter())/cell())) / columnStep * columnStep
	for i, v := range b.views {
		if i < first || i >= last || v.column != column {
			delete(b.views, i)
		}
	}
	cells := int(view.Width/cell()) + 2*columnStep
	b.objects = b.objects[:0]
	for i := first; i < last; i++ {
		v, ok := b.views[i]
		if !ok {
			v = b.row(i, column, cells)
			b.views[i] = v
		}
		b.objects = append(b.objects, v.objects...)
	}
	if b.focused {
		b.ring.StrokeColor = theme.Color(theme.ColorNamePrimary)
		b.ring.Move(o.AddXY(1, 1))
		b.ring.Resize(view.SubtractWidthHeight(2, 2))
		b.objects = append(b.objects, b.ring)
	}
}

// row builds the objects of row i from a cell on.
func (b *codeBody) row(i, column, cells int) *rowView {
	c := b.c
	r := c.rows[i]
	h, cell := c.lineHeight(), cell()
	y := codePadding + float32(i)*h
	left := c.gutter() + codePadding
	p := &Pen{}
	wide := max(c.scroll.Size().Width, b.MinSize().Width)
	if c.marked[r.line] {
		p.Box(0, y, wide, h, 0, look.ColorNameMark)
		p.Box(0, y, 3, h, 0, look.ColorNameSelected)
	}
	if r.line >= c.first && r.line <= c.last {
		p.Box(0, y, wide, h, 0, theme.ColorNameSelection)
	}
	line := c.lines[r.line]
	b.drawMatches(p, r, line, left, y)
	if r.from == 0 {
		p.Right(strconv.Itoa(r.line+1), c.gutter()-8, y, h, Mono, theme.ColorNamePlaceHolder)
	}
	tokens, _ := c.language.lex(nil, line, r.line, c.states[r.line])
	from, to := r.from+column, min(r.to, r.from+column+cells)
	at := 0
	for _, t := range tokens {
		n := utf8.RuneCountInString(t.text)
		if a, z := max(at, from), min(at+n, to); a < z {
			text := t.text
			if z-a < n {
				text = string([]rune(text)[a-at : z-at])
			}
			p.Text(text, left+float32(a-r.from)*cell, y+1, Mono, t.ink)
		}
		at += n
	}
	return &rowView{column: column, objects: p.objects}
}

// drawMatches puts a box behind every match in a row.
func (b *codeBody) drawMatches(p *Pen, r codeRow, line string, left, y float32) {
	c := b.c
	k := sort.Search(len(c.matches), func(i int) bool { return c.matches[i].line >= r.line })
	for ; k < len(c.matches) && c.matches[k].line == r.line; k++ {
		m := c.matches[k]
		from := max(r.from, utf8.RuneCountInString(line[:m.from]))
		to := min(r.to, utf8.RuneCountInString(line[:m.to]))
		if from >= to {
			continue
		}
		x, w := left+float32(from-r.from)*cell(), float32(to-from)*cell()
		p.Box(x, y, w, c.lineHeight(), 2, look.ColorNameMark)
		if k == c.current {
			p.Frame(x, y, w, c.lineHeight(), 2, look.ColorNameSelected, 1)
		}
	}
}

// lineAt returns the line at a height of the body.
func (b *codeBody) lineAt(y float32) int {
	i := int((y - codePadding) / b.c.lineHeight())
	if len(b.c.rows) == 0 {
		return 0
	}
	return b.c.rows[min(max(i, 0), len(b.c.rows)-1)].line
}

// MouseDown implements desktop.Mouseable.
func (b *codeBody) MouseDown(e *desktop.MouseEvent) {
	b.take()
	line := b.lineAt(e.Position.Y)
	switch {
	case e.Button == desktop.MouseButtonSecondary:
		if line < b.c.first || line > b.c.last {
			b.extend(line, line)
		}
		if b.c.OnMenu != nil {
			b.c.OnMenu(e.AbsolutePosition)
		}
	case e.Modifier&fyne.KeyModifierShift != 0:
		b.extend(b.c.anchor, line)
	default:
		b.extend(line, line)
	}
}

// MouseUp implements desktop.Mouseable.
func (b *codeBody) MouseUp(*desktop.MouseEvent) {}

// Dragged implements fyne.Draggable: it selects a range.
func (b *codeBody) Dragged(e *fyne.DragEvent) { b.extend(b.c.anchor, b.lineAt(e.Position.Y)) }

// DragEnd implements fyne.Draggable.
func (b *codeBody) DragEnd() {}

// extend selects from the anchor to a line.
func (b *codeBody) extend(anchor, line int) {
	b.c.anchor = anchor
	b.c.Select(min(anchor, line), max(anchor, line))
	b.c.reveal(line)
}

// DoubleTapped implements fyne.DoubleTappable.
func (b *codeBody) DoubleTapped(*fyne.PointEvent) { b.activate() }

func (b *codeBody) activate() {
	if b.c.OnActivated != nil {
		b.c.OnActivated()
	}
}

// FocusGained implements fyne.Focusable.
func (b *codeBody) FocusGained() {
	b.focus.FocusGained()
	if b.c.OnFocus != nil {
		b.c.OnFocus()
	}
}

// TypedKey implements fyne.Focusable.
func (b *codeBody) TypedKey(e *fyne.KeyEvent) {
	if escape(b, e) {
		return
	}
	c := b.c
	page := max(1, int(c.scroll.Size().Height/c.lineHeight())-2)
	head := c.last // the end that moves
	if c.anchor == c.last {
		head = c.first
	}
	if c.last < c.first {
		head = b.lineAt(c.scroll.Offset.Y) - 1
	}
	switch e.Name {
	case fyne.KeyUp:
		head--
	case fyne.KeyDown:
		head++
	case fyne.KeyPageUp:
		head -= page
	case fyne.KeyPageDown:
		head += page
	case fyne.KeyHome:
		head = 0
	case fyne.KeyEnd:
		head = len(c.lines) - 1
	case fyne.KeyReturn, fyne.KeyEnter:
		b.activate()
		return
	default:
		return
	}
	head = min(max(head, 0), len(c.lines)-1)
	if shifted() {
		b.extend(c.anchor, head)
	} else {
		b.extend(head, head)
	}
}

// shifted says whether Shift is held; key events do not.
func shifted() bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
}

// TypedShortcut implements fyne.Shortcutable.
func (b *codeBody) TypedShortcut(s fyne.Shortcut) {
	switch s := s.(type) {
	case *fyne.ShortcutCopy:
		s.Clipboard.SetContent(b.c.SelectedText())
	case *fyne.ShortcutSelectAll:
		b.c.anchor = 0
		b.c.Select(0, len(b.c.lines)-1)
	}
}

// Cursor implements desktop.Cursorable.
func (b *codeBody) Cursor() desktop.Cursor { return desktop.DefaultCursor }
