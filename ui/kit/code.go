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
	"fyne.io/fyne/v2/widget"
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

// NewCode returns an empty pane.
func NewCode() *Code {
	c := &Code{first: 0, last: -1, current: -1}
	c.body = &codeBody{c: c, views: map[int]*rowView{}, ring: canvas.NewRectangle(color.Transparent)}
	c.body.ring.StrokeWidth = 2
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

// Refresh lays everything out anew: the theme may be another, with other sizes.
func (c *Code) Refresh() { c.layout() }

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
