package kit

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Tips is the root of a window: its content, and above it a few words beside
// the pointer. It takes no events, so what lies under a tip can be clicked.
type Tips struct {
	widget.BaseWidget
	// Delay is how long the pointer rests before a tip appears.
	Delay time.Duration

	content fyne.CanvasObject
	bubble  *Sketch
	text    string
	words   []string // the lines of text, none wider than tipWidth
	strong  int      // how many of them are the first line of the text
	wanted  int      // raised by every Show and Hide: a late timer knows that it is late
}

// NewTips returns a root that shows tips above content.
func NewTips(content fyne.CanvasObject) *Tips {
	t := &Tips{Delay: 450 * time.Millisecond, content: content}
	t.bubble = NewSketch(t.bubbleSize, t.drawBubble)
	t.bubble.Hide()
	t.ExtendBaseWidget(t)
	return t
}

// tipsOf returns the root of the window that holds w, nil in a dialog or when
// the window has none.
func tipsOf(w fyne.CanvasObject) *Tips {
	c := fyne.CurrentApp().Driver().CanvasForObject(w)
	if c == nil {
		return nil
	}
	t, _ := c.Content().(*Tips)
	return t
}

// ShowTip shows words below the point at of the piece w, after the delay.
// Lines are separated by line feeds; the first is strong when there are more.
func ShowTip(w fyne.CanvasObject, words string, at fyne.Position) {
	t := tipsOf(w)
	if t == nil || words == "" {
		return
	}
	p := fyne.CurrentApp().Driver().AbsolutePositionForObject(w).Add(at)
	t.wanted++
	if t.Delay == 0 || t.bubble.Visible() {
		t.show(words, p)
		return
	}
	mine := t.wanted
	time.AfterFunc(t.Delay, func() {
		fyne.Do(func() {
			if mine == t.wanted {
				t.show(words, p)
			}
		})
	})
}

// HideTip takes away the words that w showed.
func HideTip(w fyne.CanvasObject) {
	if t := tipsOf(w); t != nil {
		t.wanted++
		t.bubble.Hide()
	}
}

// Text returns the words that are shown, "" when none are.
func (t *Tips) Text() string {
	if !t.bubble.Visible() {
		return ""
	}
	return t.text
}

func (t *Tips) show(words string, at fyne.Position) {
	t.text, t.words = words, nil
	for i, line := range strings.Split(words, "\n") {
		f := Small
		if i == 0 {
			f = Strong
		}
		t.words = append(t.words, broken(line, f, tipWidth)...)
		if i == 0 {
			t.strong = len(t.words)
		}
	}
	size := t.bubbleSize()
	at = at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(t))
	x := max(4, min(at.X, t.Size().Width-size.Width-4))
	y := at.Y + 18
	if y+size.Height > t.Size().Height-4 {
		y = max(4, at.Y-size.Height-6)
	}
	t.bubble.Resize(size)
	t.bubble.Move(fyne.NewPos(x, y))
	t.bubble.Show()
	t.bubble.Refresh()
}

const (
	tipPadding = 8
	tipWidth   = 520 // of the longest line
)

// broken breaks a line into such as are not wider than a width, at blanks
// where there are some.
func broken(line string, f Font, width float32) []string {
	var out []string
	for f.Width(line) > width {
		cut := len(f.Fit(line, width)) - len("…")
		if blank := strings.LastIndexByte(line[:max(cut, 0)], ' '); blank > 0 {
			cut = blank
		}
		if cut <= 0 {
			break
		}
		out, line = append(out, line[:cut]), strings.TrimLeft(line[cut:], " ")
	}
	return append(out, line)
}

func (t *Tips) font(i int) (Font, fyne.ThemeColorName) {
	switch {
	case len(t.words) == t.strong:
		return Body, theme.ColorNameForeground
	case i < t.strong:
		return Strong, theme.ColorNameForeground
	}
	return Small, theme.ColorNamePlaceHolder
}

func (t *Tips) bubbleSize() fyne.Size {
	var s fyne.Size
	for i, line := range t.words {
		f, _ := t.font(i)
		s.Width = max(s.Width, f.Width(line))
		s.Height += f.Height()
	}
	return s.AddWidthHeight(2*tipPadding, 2*tipPadding-4)
}

func (t *Tips) drawBubble(p *Pen, size fyne.Size) {
	p.Box(0, 0, size.Width, size.Height, 5, theme.ColorNameOverlayBackground)
	p.Frame(0, 0, size.Width, size.Height, 5, theme.ColorNameInputBorder, 1)
	y := float32(tipPadding - 2)
	for i, line := range t.words {
		f, ink := t.font(i)
		p.Text(line, tipPadding, y, f, ink)
		y += f.Height()
	}
}

// CreateRenderer implements fyne.Widget.
func (t *Tips) CreateRenderer() fyne.WidgetRenderer { return &tipsRenderer{t} }

type tipsRenderer struct{ t *Tips }

func (r *tipsRenderer) Destroy()              {}
func (r *tipsRenderer) Layout(size fyne.Size) { r.t.content.Resize(size) }
func (r *tipsRenderer) MinSize() fyne.Size    { return r.t.content.MinSize() }
func (r *tipsRenderer) Refresh()              { r.t.content.Refresh(); r.t.bubble.Refresh() }
func (r *tipsRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.t.content, r.t.bubble}
}
