package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	look "manifold/ui/theme"
)

// Option is one choice of a Segmented control.
type Option struct {
	Value  string
	Label  string
	Tip    string // what it stands for
	Reason string // why it cannot be chosen; "" when it can
}

// Segmented shows a few choices side by side, one of them chosen. The arrow
// keys move the choice, past those that cannot be made.
type Segmented struct {
	Sketch
	focus
	OnChosen func(value string)

	options []Option
	chosen  string
	hover   int // under the pointer, -1 when none
}

// NewSegmented returns a control without options.
func NewSegmented(chosen func(value string)) *Segmented {
	s := &Segmented{OnChosen: chosen, hover: -1}
	s.focus.w = s
	s.sketch(s, s.minimum, s.paint)
	return s
}

// Set shows options with one of them chosen; it tells nobody.
func (s *Segmented) Set(options []Option, chosen string) {
	s.options, s.chosen = options, chosen
	s.Refresh()
}

// Chosen returns the value that is chosen.
func (s *Segmented) Chosen() string { return s.chosen }

// Options returns what can be chosen.
func (s *Segmented) Options() []Option { return s.options }

const segmentPadding = 10

func (s *Segmented) font(o Option) Font {
	if o.Value == s.chosen {
		return Strong
	}
	return Body
}

// width is that of the strong cut, so that nothing moves with the choice.
func (s *Segmented) width(o Option) float32 { return Strong.Width(o.Label) + 2*segmentPadding }

func (s *Segmented) minimum() fyne.Size {
	w := float32(4)
	for _, o := range s.options {
		w += s.width(o)
	}
	return fyne.NewSize(w, theme.Size(look.SizeNameRow)+2)
}

func (s *Segmented) paint(p *Pen, size fyne.Size) {
	h := s.minimum().Height
	top := (size.Height - h) / 2
	p.Box(0, top, s.minimum().Width, h, 6, look.ColorNameWell)
	x := float32(2)
	for i, o := range s.options {
		w := s.width(o)
		ink := theme.ColorNamePlaceHolder
		switch {
		case o.Value == s.chosen:
			p.Box(x, top+2, w, h-4, 4, theme.ColorNameSelection)
			ink = theme.ColorNameForeground
		case o.Reason != "":
			ink = theme.ColorNameDisabled
		case i == s.hover:
			p.Box(x, top+2, w, h-4, 4, theme.ColorNameHover)
		}
		p.Centre(o.Label, x, top, w, h, s.font(o), ink)
		x += w
	}
	if s.focused {
		p.Ring(0, top, s.minimum().Width, h, 6)
	}
}

// at returns the option at a horizontal place, -1 beside all.
func (s *Segmented) at(x float32) int {
	left := float32(2)
	for i, o := range s.options {
		if x < left {
			break
		}
		if left += s.width(o); x < left {
			return i
		}
	}
	return -1
}

func (s *Segmented) choose(i int) {
	if i < 0 || i >= len(s.options) || s.options[i].Reason != "" || s.options[i].Value == s.chosen {
		return
	}
	s.chosen = s.options[i].Value
	s.Refresh()
	if s.OnChosen != nil {
		s.OnChosen(s.chosen)
	}
}

// Tapped implements fyne.Tappable.
func (s *Segmented) Tapped(e *fyne.PointEvent) {
	s.take()
	s.choose(s.at(e.Position.X))
}

// TypedKey implements fyne.Focusable.
func (s *Segmented) TypedKey(e *fyne.KeyEvent) {
	if escape(s, e) {
		return
	}
	step := map[fyne.KeyName]int{fyne.KeyLeft: -1, fyne.KeyRight: 1}[e.Name]
	if step == 0 {
		return
	}
	for i := s.index() + step; i >= 0 && i < len(s.options); i += step {
		if s.options[i].Reason == "" {
			s.choose(i)
			return
		}
	}
}

func (s *Segmented) index() int {
	for i, o := range s.options {
		if o.Value == s.chosen {
			return i
		}
	}
	return -1
}

// MouseIn implements desktop.Hoverable.
func (s *Segmented) MouseIn(e *desktop.MouseEvent) { s.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (s *Segmented) MouseMoved(e *desktop.MouseEvent) {
	i := s.at(e.Position.X)
	if i == s.hover {
		return
	}
	s.hover = i
	s.Refresh()
	if i < 0 {
		HideTip(s)
		return
	}
	words := s.options[i].Tip
	if r := s.options[i].Reason; r != "" {
		words = r
	}
	ShowTip(s, words, e.Position)
}

// MouseOut implements desktop.Hoverable.
func (s *Segmented) MouseOut() {
	s.hover = -1
	s.Refresh()
	HideTip(s)
}
