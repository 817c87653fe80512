package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	look "manifold/ui/theme"
)

// ByteMap shows which bytes of a sample can be read and which are protected:
// low and faint, or high and in the accent. Left, Right, Home and End, and
// clicks on the signs beside the title, go from one sample to another.
type ByteMap struct {
	Sketch
	focus

	samples []MappedSample
	at      int
}

// MappedSample is a sample as a ByteMap shows it.
type MappedSample struct {
	Title  string // "Sample 3 of 48"
	Legend string // how many bytes are protected (▮), and how many not (▂)
	Note   string // its initialization vector
	// Lengths are bytes in the clear and protected ones, in turn.
	Lengths []int
}

// NewByteMap returns an empty map, which takes no room.
func NewByteMap() *ByteMap {
	m := &ByteMap{}
	m.focus.w = m
	m.sketch(m, m.minimum, m.paint)
	return m
}

// Set shows the first of some samples.
func (m *ByteMap) Set(samples []MappedSample) {
	m.samples, m.at = samples, 0
	m.Refresh()
}

// At returns the number of the sample that is shown, from 0.
func (m *ByteMap) At() int { return m.at }

const (
	mapBar  = 22 // height of the bar
	mapStep = 24 // width of the signs that go to another sample
)

func (m *ByteMap) minimum() fyne.Size {
	if len(m.samples) == 0 {
		return fyne.Size{}
	}
	return fyne.NewSize(180, m.row()+mapBar+2*(Small.Height()+3)+8)
}

func (m *ByteMap) row() float32 { return theme.Size(look.SizeNameRow) }

func (m *ByteMap) paint(p *Pen, size fyne.Size) {
	if len(m.samples) == 0 {
		return
	}
	s := &m.samples[m.at]
	row, left, width := m.row(), float32(factPad), size.Width-2*factPad
	ink := func(more bool) fyne.ThemeColorName {
		if more {
			return theme.ColorNameForeground
		}
		return theme.ColorNameDisabled
	}
	p.Middle("‹", left, 0, row, mapStep, Strong, ink(m.at > 0))
	p.Middle(s.Title, left+mapStep, 0, row, width-2*mapStep, Body, theme.ColorNameForeground)
	p.Right("›", left+width, 0, row, Strong, ink(m.at < len(m.samples)-1))
	m.bar(p, s, left, row, width)
	y := row + mapBar + 4
	p.Middle(s.Legend, left, y, Small.Height(), width, Small, theme.ColorNamePlaceHolder)
	p.Middle(s.Note, left, y+Small.Height()+3, Mono.Height(), width, Mono, theme.ColorNamePlaceHolder)
	if m.focused {
		p.Ring(left-4, 2, width+8, size.Height-4, 4)
	}
}

// bar draws the ranges of a sample in proportion. What would be thinner than a
// pixel is drawn with one.
func (m *ByteMap) bar(p *Pen, s *MappedSample, x, y, width float32) {
	p.Box(x, y, width, mapBar, 2, look.ColorNameWell)
	all := 0
	for _, l := range s.Lengths {
		all += l
	}
	at := 0
	for i, l := range s.Lengths {
		from, to := x+width*float32(at)/float32(max(all, 1)), x+width*float32(at+l)/float32(max(all, 1))
		at += l
		switch {
		case l == 0:
		case i%2 == 1:
			p.Box(from, y, max(to-from, 1), mapBar, 0, theme.ColorNamePrimary)
		default:
			p.Box(from, y+mapBar-5, max(to-from, 1), 5, 0, theme.ColorNamePlaceHolder)
		}
	}
}

// step goes to another sample.
func (m *ByteMap) step(to int) {
	to = max(0, min(to, len(m.samples)-1))
	if to != m.at && len(m.samples) > 0 {
		m.at = to
		m.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (m *ByteMap) Tapped(e *fyne.PointEvent) {
	m.take()
	switch x := e.Position.X - factPad; {
	case e.Position.Y > m.row():
	case x < mapStep:
		m.step(m.at - 1)
	case x > m.Size().Width-2*factPad-mapStep:
		m.step(m.at + 1)
	}
}

// TypedKey implements fyne.Focusable.
func (m *ByteMap) TypedKey(e *fyne.KeyEvent) {
	if escape(m, e) {
		return
	}
	switch e.Name {
	case fyne.KeyLeft:
		m.step(m.at - 1)
	case fyne.KeyRight:
		m.step(m.at + 1)
	case fyne.KeyHome:
		m.step(0)
	case fyne.KeyEnd:
		m.step(len(m.samples) - 1)
	}
}
