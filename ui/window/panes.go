package window

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"manifold/app/workbench"
	"manifold/ui/kit"
	look "manifold/ui/theme"
)

// panes shows one to six manifests side by side; from four on in two rows.
type panes struct {
	w      *Window
	object fyne.CanvasObject
	stack  *fyne.Container

	list   []*pane
	shown  int
	splits []*container.Split
}

func newPanes(w *Window) *panes {
	p := &panes{w: w, stack: container.NewStack()}
	for i := range workbench.MaxPanes {
		p.list = append(p.list, newPane(w, i))
	}
	p.object = surface(look.ColorNameBar, p.stack)
	return p
}

// focused returns the pane that has the focus.
func (p *panes) focused() *pane { return p.list[p.w.state.Focus] }

func (p *panes) show(s *workbench.State) {
	if len(s.Panes) != p.shown {
		p.arrange(len(s.Panes))
	}
	for i := range s.Panes {
		p.list[i].show(s)
	}
}

// arrange puts n panes side by side.
func (p *panes) arrange(n int) {
	remembered := p.w.state.Settings.Layout.Panes
	if p.shown != 0 { // the shares of other panes do not fit these
		remembered = nil
	}
	p.shown, p.splits = n, nil
	var whole fyne.CanvasObject
	if n <= 3 {
		whole = p.row(0, n)
	} else {
		upper := (n + 1) / 2
		split := container.NewVSplit(p.row(0, upper), p.row(upper, n))
		p.splits = append(p.splits, split)
		whole = split
	}
	if len(remembered) == len(p.splits) {
		for i, s := range p.splits {
			s.Offset = remembered[i]
		}
	}
	p.stack.Objects = []fyne.CanvasObject{whole}
	p.stack.Refresh()
}

// row puts panes [from, to) into equal shares.
func (p *panes) row(from, to int) fyne.CanvasObject {
	if to-from == 1 {
		return p.list[from].object
	}
	split := container.NewHSplit(p.list[from].object, p.row(from+1, to))
	split.Offset = 1 / float64(to-from)
	p.splits = append(p.splits, split)
	return split
}

// offsets returns the shares of the splits.
func (p *panes) offsets() []float64 {
	var out []float64
	for _, s := range p.splits {
		out = append(out, s.Offset)
	}
	return out
}

// findBar is the row in which a text is searched for.
type findBar struct {
	object fyne.CanvasObject
	entry  *findEntry
	result *kit.Line
}

func newFindBar(w *Window, changed func(string), step func(int), closed func()) *findBar {
	b := &findBar{entry: &findEntry{step: step, closed: closed}, result: kit.NewLine("", kit.Small, "placeholder")}
	b.entry.ExtendBaseWidget(b.entry)
	b.entry.SetPlaceHolder(L("Find"))
	b.entry.OnChanged = changed
	b.entry.OnSubmitted = func(string) { step(1) }
	tools := container.New(layout.NewHBoxLayout(), container.New(&fixedWidth{64}, container.NewCenter(container.New(&fixedWidth{60}, b.result))),
		kit.NewButton("‹", nil, w.action("find-previous").tip(), func() { step(-1) }),
		kit.NewButton("›", nil, w.action("find-next").tip(), func() { step(1) }),
		kit.NewButton("×", nil, L("Close")+"  Esc", closed))
	b.object = inset(8, 2, 4, 2, container.NewBorder(nil, nil, nil, tools, b.entry))
	b.object.Hide()
	return b
}

// say shows which match of how many is shown.
func (b *findBar) say(at, of int) {
	switch {
	case b.entry.Text == "":
		b.result.Set("", "placeholder")
	case of == 0:
		b.result.Set(L("not found"), "error")
	default:
		b.result.Set(fmt.Sprintf("%d / %d", at, of), "placeholder")
	}
}
