package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// TreeItem is one row of a Tree.
type TreeItem struct {
	Depth  int
	Branch bool // can be opened
	Open   bool
	Mark   Mark // what stands in front
	Label  string
	Strong bool
	Value  string              // right, monospaced
	Note   fyne.ThemeColorName // colour of Value; "" is muted
	Tip    string

	Dropped bool // struck through
}

// Mark is the small sign in front of a row, a shape and a colour so that
// neither has to be told apart alone.
type Mark struct {
	Shape Shape
	Ink   fyne.ThemeColorName
}

// Shape is the outline of a Mark.
type Shape uint8

// The shapes: a frame of pictures, a level of sound, lines of text, a warning.
const (
	NoShape Shape = iota
	Frames
	Levels
	Lines
	Alarm
)

// Tree shows assets and what they hold. The right arrow opens a branch, the
// left one closes it or goes to its parent.
type Tree struct {
	*Rows
	OnToggled func(i int)

	items []TreeItem
}

// NewTree returns an empty tree.
func NewTree() *Tree {
	t := &Tree{}
	t.Rows = NewRows(func() int { return len(t.items) }, t.draw)
	t.OnTapped = t.tapped
	t.OnKey = t.key
	t.Tip = func(i int, _ float32) string { return t.items[i].Tip }
	return t
}

// Set shows items with one of them selected, -1 for none.
func (t *Tree) Set(items []TreeItem, selected int) {
	t.items = items
	if selected != t.Selected() { // what the user scrolled to stays in view
		t.Reveal(selected)
	}
	t.Refresh()
}

// Items returns what the tree shows.
func (t *Tree) Items() []TreeItem { return t.items }

const (
	treeIndent = 5
	treeArrow  = 18
)

func (t *Tree) draw(p *Pen, i int, w, h float32) {
	e := &t.items[i]
	x := 8 + float32(e.Depth)*treeIndent
	if e.Branch {
		arrow := "▸"
		if e.Open {
			arrow = "▾"
		}
		p.Middle(arrow, x, 0, h, treeArrow, Small, theme.ColorNamePlaceHolder)
	}
	x += treeArrow - 4
	if e.Mark.Shape != NoShape {
		p.mark(e.Mark, x, (h-10)/2)
		x += 18
	}
	right := w - 12
	if e.Value != "" {
		ink := e.Note
		if ink == "" {
			ink = theme.ColorNamePlaceHolder
		}
		right = p.Right(e.Value, right, 0, h, Mono, ink) - 8
	}
	f := Body
	if e.Strong {
		f = Strong
	}
	ink := theme.ColorNameForeground
	if e.Dropped {
		ink = theme.ColorNamePlaceHolder
	}
	end := p.Middle(e.Label, x, 0, h, right-x, f, ink)
	if e.Dropped {
		p.Strike(x, 0, end, h, ink)
	}
}

// mark draws a sign of 10 by 10.
func (p *Pen) mark(m Mark, x, y float32) {
	switch m.Shape {
	case Frames:
		p.Box(x, y+1, 10, 8, 2, m.Ink)
	case Levels:
		for i, h := range [...]float32{4, 8, 10, 6} {
			p.Box(x+float32(i)*2.7, y+(10-h)/2, 1.8, h, 0.5, m.Ink)
		}
	case Lines:
		for i, w := range [...]float32{10, 7, 9} {
			p.Box(x, y+1+float32(i)*3.4, w, 1.8, 0.5, m.Ink)
		}
	case Alarm:
		p.Dot(x, y, 10, m.Ink)
		p.Centre("!", x, y, 10, 10, Label, theme.ColorNameForegroundOnPrimary)
	}
}

// tapped opens and closes where the arrow is.
func (t *Tree) tapped(i int, x float32) bool {
	left := 8 + float32(t.items[i].Depth)*treeIndent
	if !t.items[i].Branch || x > left+treeArrow {
		return false
	}
	t.toggle(i)
	return true
}

func (t *Tree) toggle(i int) {
	if t.OnToggled != nil {
		t.OnToggled(i)
	}
}

func (t *Tree) key(i int, key fyne.KeyName) bool {
	e := &t.items[i]
	switch {
	case key == fyne.KeyRight && e.Branch && !e.Open, key == fyne.KeyLeft && e.Branch && e.Open:
		t.toggle(i)
	case key == fyne.KeyRight && e.Branch:
		t.Select(i + 1)
	case key == fyne.KeyLeft:
		for j := i - 1; j >= 0; j-- {
			if t.items[j].Depth < e.Depth {
				t.Select(j)
				break
			}
		}
	default:
		return false
	}
	return true
}
