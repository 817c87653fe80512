package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	look "manifold/ui/theme"
)

// Fact is a name with its value. A Fact without a value is a heading.
type Fact struct {
	Name, Value string
	Ink         fyne.ThemeColorName // of the value; "" is the foreground
	Mono        bool
	Tip         string // explains the name, with its clause in a standard
}

// Facts lists names and values, in as many columns as there is room for; long
// values go on to more lines. A right click hands a value out for copying.
type Facts struct {
	Sketch
	OnMenu func(f Fact, at fyne.Position)

	facts  []Fact
	places []factPlace
	hover  int
}

// factPlace is where a fact is drawn.
type factPlace struct{ x, y, width, height float32 }

// NewFacts returns an empty list.
func NewFacts() *Facts {
	f := &Facts{hover: -1}
	f.sketch(f, func() fyne.Size { return fyne.NewSize(180, f.layout(f.Size().Width)) }, f.paint)
	return f
}

// Set shows facts.
func (f *Facts) Set(facts []Fact) {
	f.facts = facts
	f.hover = -1
	f.Refresh()
}

// List returns what is shown.
func (f *Facts) List() []Fact { return f.facts }

const (
	factTop    = 2
	factGap    = 8 // above a heading, except at the top of a column
	factName   = 92
	factPad    = 12
	factColumn = 300 // the width from which a column is worth having
)

func (f *Facts) font(e Fact) Font {
	if e.Mono {
		return Mono
	}
	return Body
}

// layout places every fact and returns the height.
func (f *Facts) layout(width float32) float32 {
	columns := max(1, int(width/factColumn))
	column := width / float32(columns)
	heights, all := make([]float32, len(f.facts)), float32(0)
	for i, e := range f.facts {
		heights[i] = f.heightOf(e, column)
		all += heights[i]
	}
	f.places = f.places[:0]
	x, y, lowest := float32(0), float32(factTop), float32(0)
	share := all / float32(columns)
	for i, e := range f.facts {
		heading := e.Value == ""
		// the next column begins where this has its share, with a heading at once,
		// which its first fact stays below
		next := y+heights[i]/2 > share || heading && y > share*0.7
		if next && x+column < width-1 && (i == 0 || f.facts[i-1].Value != "") {
			x, y = x+column, factTop
		}
		if heading && y == factTop {
			y -= factGap
		}
		f.places = append(f.places, factPlace{x, y, column, heights[i]})
		y += heights[i]
		lowest = max(lowest, y)
	}
	return lowest + 6
}

// heightOf is what a fact takes in a column.
func (f *Facts) heightOf(e Fact, column float32) float32 {
	row := theme.Size(look.SizeNameRow) - 2
	if e.Value == "" {
		return row + factGap
	}
	n := len(wrap(e.Value, f.font(e), column-factName-2*factPad))
	return row + float32(n-1)*(f.font(e).Height()+1)
}

func (f *Facts) paint(p *Pen, size fyne.Size) {
	f.layout(size.Width)
	for i := range f.facts {
		p.At(f.places[i].x, f.places[i].y, func() { f.paintFact(p, i) })
	}
}

// paintFact draws a fact at the origin.
func (f *Facts) paintFact(p *Pen, i int) {
	e, at := f.facts[i], f.places[i]
	row := theme.Size(look.SizeNameRow) - 2
	if e.Value == "" {
		p.Middle(strings.ToUpper(e.Name), factPad, factGap, row, at.width-2*factPad, Label, theme.ColorNamePlaceHolder)
		return
	}
	if i == f.hover {
		p.Box(4, 0, at.width-8, at.height, 4, theme.ColorNameHover)
	}
	ink := e.Ink
	if ink == "" {
		ink = theme.ColorNameForeground
	}
	p.Middle(e.Name, factPad, 0, row, factName-6, Body, theme.ColorNamePlaceHolder)
	font, y := f.font(e), float32(0)
	for _, line := range wrap(e.Value, font, at.width-factName-2*factPad) {
		p.Middle(line, factPad+factName, y, row, at.width-factName-factPad, font, ink)
		y += font.Height() + 1
	}
}

// wrap breaks a text into lines at spaces, or inside a word that is wider
// than a line.
func wrap(text string, f Font, width float32) []string {
	if width < f.Width("MMMM") || f.Width(text) <= width {
		return []string{text}
	}
	var lines []string
	line := ""
	for _, word := range strings.SplitAfter(text, " ") {
		if f.Width(strings.TrimRight(line+word, " ")) <= width {
			line += word
			continue
		}
		if line != "" {
			lines, line = append(lines, strings.TrimRight(line, " ")), ""
		}
		for f.Width(strings.TrimRight(word, " ")) > width {
			n := 1
			r := []rune(word)
			for n < len(r) && f.Width(string(r[:n+1])) <= width {
				n++
			}
			lines, word = append(lines, string(r[:n])), string(r[n:])
		}
		line = word
	}
	if line = strings.TrimRight(line, " "); line != "" {
		lines = append(lines, line)
	}
	return lines
}

// at returns the fact at a place, -1 when there is none.
func (f *Facts) at(p fyne.Position) int {
	for i, e := range f.places {
		if f.facts[i].Value != "" && p.X >= e.x && p.X < e.x+e.width && p.Y >= e.y && p.Y < e.y+e.height {
			return i
		}
	}
	return -1
}

// TappedSecondary implements fyne.SecondaryTappable.
func (f *Facts) TappedSecondary(e *fyne.PointEvent) {
	if i := f.at(e.Position); i >= 0 && f.OnMenu != nil {
		f.OnMenu(f.facts[i], e.AbsolutePosition)
	}
}

// MouseIn implements desktop.Hoverable.
func (f *Facts) MouseIn(e *desktop.MouseEvent) { f.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (f *Facts) MouseMoved(e *desktop.MouseEvent) {
	i := f.at(e.Position)
	if i == f.hover {
		return
	}
	f.hover = i
	f.Refresh()
	if i < 0 || f.facts[i].Tip == "" {
		HideTip(f)
		return
	}
	ShowTip(f, f.facts[i].Tip, e.Position)
}

// MouseOut implements desktop.Hoverable.
func (f *Facts) MouseOut() {
	f.hover = -1
	f.Refresh()
	HideTip(f)
}
