package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// Column is one column of a Table.
type Column struct {
	Title string
	Width float32 // 0 for a share of what the others leave
	Share float32 // 0 counts as 1
	From  float32 // width of the table from which the column is shown
	Right bool    // numbers end at the right
	Font  Font
}

// Cell is one field of a Table.
type Cell struct {
	Text string
	Ink  fyne.ThemeColorName // "" is the foreground
	Dot  fyne.ThemeColorName // a round mark in front; "" for none
}

// Table is a list of rows with columns and a heading.
type Table struct {
	*Rows

	columns []Column
	rows    [][]Cell
	head    *Sketch
}

// NewTable returns an empty table. Without any title it has no heading.
func NewTable(columns ...Column) *Table {
	t := &Table{columns: columns}
	t.Rows = NewRows(func() int { return len(t.rows) }, t.draw)
	t.Rows.Tip = t.tip
	t.head = NewSketch(func() fyne.Size { return fyne.NewSize(60, Label.Height()+10) }, t.drawHead)
	return t
}

// Object returns what to put into a window.
func (t *Table) Object() fyne.CanvasObject {
	for _, c := range t.columns {
		if c.Title != "" {
			return container.NewBorder(t.head, nil, nil, nil, t.Rows)
		}
	}
	return t.Rows
}

// Set shows rows with as many cells as there are columns.
func (t *Table) Set(rows [][]Cell) {
	t.rows = rows
	t.Rows.Refresh()
}

// Cells returns what the table shows.
func (t *Table) Cells() [][]Cell { return t.rows }

const (
	tablePadding = 12
	tableGutter  = 14 // between numbers, which end at the right, and text after them
)

// each calls f for every column with its place in a width.
func (t *Table) each(width float32, f func(c Column, i int, x, w float32)) {
	rest, shares, right := width-2*tablePadding, float32(0), false
	gutters := make([]float32, len(t.columns)) // before each column
	for i, c := range t.columns {
		if width < c.From {
			continue
		}
		if right && !c.Right {
			gutters[i] = tableGutter
		}
		right = c.Right
		rest -= c.Width + gutters[i]
		if c.Width == 0 {
			shares += max(c.Share, 1)
		}
	}
	x := float32(tablePadding)
	for i, c := range t.columns {
		if width < c.From {
			continue
		}
		w := c.Width
		if w == 0 {
			w = max(0, rest) * max(c.Share, 1) / shares
		}
		x += gutters[i]
		f(c, i, x, w)
		x += w
	}
}

func (t *Table) draw(p *Pen, row int, width, h float32) {
	t.each(width, func(c Column, i int, x, w float32) {
		cell := t.rows[row][i]
		ink := cell.Ink
		if ink == "" {
			ink = theme.ColorNameForeground
		}
		if cell.Dot != "" {
			p.Dot(x, (h-8)/2, 8, cell.Dot)
			x, w = x+18, w-18
		}
		if c.Right {
			text := c.Font.Fit(cell.Text, w-8)
			p.Right(text, x+w-8, 0, h, c.Font, ink)
			return
		}
		p.Middle(cell.Text, x, 0, h, w-12, c.Font, ink)
	})
}

func (t *Table) drawHead(p *Pen, size fyne.Size) {
	t.each(size.Width, func(c Column, _ int, x, w float32) {
		if c.Right {
			p.Right(c.Title, x+w-8, 0, size.Height, Small, theme.ColorNamePlaceHolder)
			return
		}
		p.Middle(c.Title, x, 0, size.Height, w-8, Small, theme.ColorNamePlaceHolder)
	})
	p.Box(0, size.Height-1, size.Width, 1, 0, theme.ColorNameSeparator)
}

// tip shows a cell that was cut.
func (t *Table) tip(row int, at float32) string {
	words := ""
	t.each(t.Rows.Size().Width, func(c Column, i int, x, w float32) {
		if at >= x && at < x+w && c.Font.Width(t.rows[row][i].Text) > w-12 {
			words = t.rows[row][i].Text
		}
	})
	return words
}
