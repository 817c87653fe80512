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

// Facts lists names and values; long values go on to more lines. A right
// click hands a value out for copying.
type Facts struct {
	Sketch
	OnMenu func(f Fact, at fyne.Position)

	facts []Fact
	tops  []float32 // where each begins, and the end
	hover int
}

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
	factName = 92
	factPad  = 12
)

func (f *Facts) font(e Fact) Font {
	if e.Mono {
		return Mono
	}
	return Body
}

// layout computes where every fact begins at a width and returns the height.
func (f *Facts) layout(width float32) float32 {
	f.tops = f.tops[:0]
	row := theme.Size(look.SizeNameRow) - 2
	y := float32(2)
	for _, e := range f.facts {
		f.tops = append(f.tops, y)
		if e.Value == "" {
			y += row + 8
			continue
		}
		n := len(wrap(e.Value, f.font(e), width-factName-2*factPad))
		y += row + float32(n-1)*(f.font(e).Height()+1)
	}
	f.tops = append(f.tops, y)
	return y + 6
}

func (f *Facts) paint(p *Pen, size fyne.Size) {
	f.layout(size.Width)
	row := theme.Size(look.SizeNameRow) - 2
	for i, e := range f.facts {
		y := f.tops[i]
		if e.Value == "" {
			p.Middle(strings.ToUpper(e.Name), factPad, y+8, row, size.Width-2*factPad, Label, theme.ColorNamePlaceHolder)
			continue
		}
		if i == f.hover {
			p.Box(4, y, size.Width-8, f.tops[i+1]-y, 4, theme.ColorNameHover)
		}
		ink := e.Ink
		if ink == "" {
			ink = theme.ColorNameForeground
		}
		p.Middle(e.Name, factPad, y, row, factName-6, Body, theme.ColorNamePlaceHolder)
		font := f.font(e)
		for _, line := range wrap(e.Value, font, size.Width-factName-2*factPad) {
			p.Middle(line, factPad+factName, y, row, size.Width, font, ink)
			y += font.Height() + 1
		}
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

func (f *Facts) at(y float32) int {
	for i, e := range f.facts {
		if e.Value != "" && i+1 < len(f.tops) && y >= f.tops[i] && y < f.tops[i+1] {
			return i
		}
	}
	return -1
}

// TappedSecondary implements fyne.SecondaryTappable.
func (f *Facts) TappedSecondary(e *fyne.PointEvent) {
	if i := f.at(e.Position.Y); i >= 0 && f.OnMenu != nil {
		f.OnMenu(f.facts[i], e.AbsolutePosition)
	}
}

// MouseIn implements desktop.Hoverable.
func (f *Facts) MouseIn(e *desktop.MouseEvent) { f.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (f *Facts) MouseMoved(e *desktop.MouseEvent) {
	i := f.at(e.Position.Y)
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
