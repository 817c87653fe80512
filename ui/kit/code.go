package kit

import (
	"image/color"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "manifold/ui/theme"
)

// Code shows a long text in colours, with line numbers. Only the rows in view
// are objects, so its cost does not grow with the text. Lines are selected
// with the pointer or the arrow keys (with Shift: a range) and copied; lines
// can be marked, and matches of a search are shown and gone through.
type Code struct {
	widget.BaseWidget
	OnSelected  func(first, last int)  // lines from 0
	OnMenu      func(at fyne.Position) // right click, absolute
	OnFocus     func()                 // the pane got the keyboard or a click
	OnActivated func()                 // double click or Enter on the selection
	Copied      func(text string)      // what Ctrl+C hands out

	lines    []string
	states   []lexState // in which each line begins
	language Language
	marked   map[int]bool
	wrap     bool
	query    string
	matches  []match
	current  int // match that was gone to, -1 when none

	first, last int // selected lines; first > last when none
	anchor      int

	rows   []codeRow // of the layout: one per line, more where lines are wrapped
	width  int       // widest row in cells
	scroll *container.Scroll
	body   *codeBody
}

// codeRow is one row on the screen: cells [from, to) of a line.
type codeRow struct{ line, from, to int }

// match is where the query was found: bytes of a line.
type match struct{ line, from, to int }

// NewCode returns an empty pane.
func NewCode() *Code {
	c := &Code{first: 0, last: -1, current: -1}
	c.body = &codeBody{c: c, views: map[int]*rowView{}}
	c.body.focus.w = c.body
	c.body.ExtendBaseWidget(c.body)
	c.scroll = container.NewScroll(c.body)
	c.scroll.OnScrolled = func(fyne.Position) { c.body.Refresh() }
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer implements fyne.Widget.
func (c *Code) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.scroll) }

// MinSize implements fyne.CanvasObject.
func (c *Code) MinSize() fyne.Size { return fyne.NewSize(80, 40) }

// Resize lays the rows out again: the scroller tells nobody of a new size.
func (c *Code) Resize(size fyne.Size) {
	if size == c.Size() {
		return
	}
	c.BaseWidget.Resize(size)
	c.layout()
}

// Set shows a text with some of its lines marked, counted from 0. The place
// in the text stays, the selection and the search go.
func (c *Code) Set(text string, language Language, marked []int) {
	c.lines = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range c.lines {
		c.lines[i] = strings.TrimSuffix(line, "\r")
	}
	c.language = language
	c.states = make([]lexState, len(c.lines))
	state := outside
	var tokens []token
	for i, line := range c.lines {
		c.states[i] = state
		if language == XML {
			tokens, state = language.lex(tokens[:0], line, i, state)
		}
	}
	c.marked = make(map[int]bool, len(marked))
	for _, i := range marked {
		c.marked[i] = true
	}
	c.first, c.last = 0, -1
	c.find()
	c.layout()
}

// Text returns the whole text.
func (c *Code) Text() string { return strings.Join(c.lines, "\n") }

// SetWrap breaks lines at the edge, or lets them run on.
func (c *Code) SetWrap(on bool) {
	c.wrap = on
	c.layout()
}

// Keyboard returns what to give the focus to.
func (c *Code) Keyboard() fyne.Focusable { return c.body }

// Matches returns how many matches the search has.
func (c *Code) Matches() int { return len(c.matches) }

// Lines returns the number of lines.
func (c *Code) Lines() int { return len(c.lines) }

// layout cuts the lines into rows and draws.
func (c *Code) layout() {
	cells := c.visibleCells()
	c.rows, c.width = c.rows[:0], 0
	for i, line := range c.lines {
		n := utf8.RuneCountInString(line)
		from := 0
		for c.wraps() && cells > 0 && n-from > cells {
			to := from + c.breakAt(line, from, cells)
			c.rows = append(c.rows, codeRow{i, from, to})
			from = to
		}
		c.rows = append(c.rows, codeRow{i, from, n})
		c.width = max(c.width, n-from)
	}
	if c.wraps() {
		c.width = min(c.width, cells)
	}
	c.body.redraw()
	c.scroll.Refresh()
}

// wraps says whether lines are broken at the edge: words always are.
func (c *Code) wraps() bool { return c.wrap || c.language == Error }

// breakAt returns how many of the next cells go into a row: whole words of
// what is read, everything that fits of the rest.
func (c *Code) breakAt(line string, from, cells int) int {
	if c.language == Error || c.language == Plain {
		part := string([]rune(line)[from : from+cells])
		if i := strings.LastIndexByte(part, ' '); i > 0 {
			return utf8.RuneCountInString(part[:i+1])
		}
	}
	return cells
}

// visibleCells is how many characters fit into a row.
func (c *Code) visibleCells() int {
	return max(0, int((c.Size().Width-c.gutter()-2*codePadding)/cell()))
}

const codePadding = 8

func (c *Code) lineHeight() float32 { return Mono.Height() + 2 }

// gutter is the width of the line numbers.
func (c *Code) gutter() float32 {
	return float32(max(3, len(strconv.Itoa(len(c.lines)))))*cell() + 22
}

// rowOf returns the first row of a line.
func (c *Code) rowOf(line int) int {
	return sort.Search(len(c.rows), func(i int) bool { return c.rows[i].line >= line })
}

// Find marks every match of a query, ignoring letter case, and returns how
// many there are. "" ends the search.
func (c *Code) Find(query string) int {
	c.query = query
	c.find()
	c.body.redraw()
	return len(c.matches)
}

func (c *Code) find() {
	c.matches, c.current = c.matches[:0], -1
	q := strings.ToLower(c.query)
	if q == "" {
		return
	}
	for i, line := range c.lines {
		lower := strings.ToLower(line)
		if len(lower) != len(line) { // a letter whose other case is longer: compare as written
			lower = line
		}
		for at := 0; ; {
			k := strings.Index(lower[at:], q)
			if k < 0 {
				break
			}
			c.matches = append(c.matches, match{i, at + k, at + k + len(q)})
			at += k + len(q)
		}
	}
}

// Next goes step matches on, round the end, and returns which it is, from 1;
// 0 when nothing was found.
func (c *Code) Next(step int) int {
	n := len(c.matches)
	if n == 0 {
		return 0
	}
	switch {
	case c.current >= 0:
		c.current = ((c.current+step)%n + n) % n
	case step > 0:
		c.current = 0
	default:
		c.current = n - 1
	}
	m := c.matches[c.current]
	c.Select(m.line, m.line)
	c.revealCells(utf8.RuneCountInString(c.lines[m.line][:m.from]), utf8.RuneCountInString(c.lines[m.line][:m.to]))
	return c.current + 1
}

// revealCells scrolls sideways until cells [from, to) of a line are in view.
func (c *Code) revealCells(from, to int) {
	if c.wraps() {
		return
	}
	left := c.gutter() + codePadding
	o, view := c.scroll.Offset, c.scroll.Size().Width
	switch a, z := left+float32(from)*cell(), left+float32(to)*cell(); {
	case a-left < o.X:
		o.X = max(0, a-left-8*cell())
	case z > o.X+view:
		o.X = min(z+8*cell(), c.body.MinSize().Width) - view
	default:
		return
	}
	c.scroll.ScrollToOffset(o)
	c.body.Refresh()
}

// Select selects lines and brings them into view.
func (c *Code) Select(first, last int) {
	if len(c.lines) == 0 {
		return
	}
	c.first = min(max(first, 0), len(c.lines)-1)
	c.last = min(max(last, c.first), len(c.lines)-1)
	c.reveal(c.first)
	c.body.redraw()
	if c.OnSelected != nil {
		c.OnSelected(c.first, c.last)
	}
}

// Selected returns the selected lines; last < first when there are none.
func (c *Code) Selected() (first, last int) { return c.first, c.last }

// SelectedText returns the selected lines, or the whole text without any.
func (c *Code) SelectedText() string {
	if c.last < c.first {
		return c.Text()
	}
	return strings.Join(c.lines[c.first:c.last+1], "\n")
}

// reveal scrolls a line into view with a little room around it.
func (c *Code) reveal(line int) {
	h := c.lineHeight()
	y := float32(c.rowOf(line)) * h
	view := c.scroll.Size().Height
	o := c.scroll.Offset
	switch {
	case y < o.Y:
		o.Y = y - 2*h
	case y+h > o.Y+view:
		o.Y = y + 3*h - view
	default:
		return
	}
	o.Y = max(0, min(o.Y, c.body.MinSize().Height-view))
	c.scroll.ScrollToOffset(o) // which does not tell OnScrolled
	c.body.Refresh()
}

// codeBody is what is scrolled.
type codeBody struct {
	widget.BaseWidget
	focus
	c       *Code
	views   map[int]*rowView
	fresh   bool // the views are those of the current text and theme
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

func (r codeRenderer) Destroy()                     {}
func (r codeRenderer) Layout(fyne.Size)             { r.b.paint() }
func (r codeRenderer) Objects() []fyne.CanvasObject { return r.b.objects }

func (r codeRenderer) MinSize() fyne.Size {
	c := r.b.c
	w := c.gutter() + 2*codePadding + float32(c.width)*cell()
	if c.wraps() {
		w = 0
	}
	return fyne.NewSize(w, float32(len(c.rows))*c.lineHeight()+2*codePadding)
}

// Refresh of the toolkit also means a new theme, so nothing is kept.
func (r codeRenderer) Refresh() {
	r.b.paint()
	canvas.Refresh(r.b)
}

// redraw forgets the rows, because the text, the marks or the selection changed.
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
	if b.ring == nil || b.ring.StrokeColor != theme.Color(theme.ColorNamePrimary) {
		b.fresh = false // first time, or a new theme
		b.ring = canvas.NewRectangle(color.Transparent)
		b.ring.StrokeColor, b.ring.StrokeWidth = theme.Color(theme.ColorNamePrimary), 2
	}
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
