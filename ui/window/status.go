package window

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/app/workbench"
	"manifold/packager/fault"
	"manifold/ui/kit"
)

// status is the bar below: what was said last, work that takes time, and the
// server in numbers.
type status struct {
	w      *Window
	object fyne.CanvasObject

	light  *kit.Sketch
	notice *kit.Line
	right  *kit.Line
	fit    *fyne.Container
	job    *fyne.Container
	title  *kit.Line
	bar    *widget.ProgressBar
	busy   *widget.ProgressBarInfinite // where nobody knows how much there is
	cancel *kit.Button
	ink    fyne.ThemeColorName
}

func newStatus(w *Window) *status {
	s := &status{w: w, ink: theme.ColorNameSuccess}
	s.light = kit.NewSketch(func() fyne.Size { return fyne.NewSize(14, 8) }, func(p *kit.Pen, size fyne.Size) { p.Dot(0, (size.Height-8)/2, 8, s.ink) })
	s.notice = kit.NewLine("", kit.Small, theme.ColorNameForeground)
	s.right = kit.NewLine("", kit.Small, theme.ColorNamePlaceHolder)
	s.fit = container.New(&fit{s.right, kit.Small}, s.right)
	s.title = kit.NewLine("", kit.Small, theme.ColorNamePlaceHolder)
	s.bar, s.busy = widget.NewProgressBar(), widget.NewProgressBarInfinite()
	s.busy.Stop()
	s.cancel = kit.NewButton(L("Cancel"), nil, L("Stops this work"), func() { w.do("cancel-job") })
	s.job = container.NewHBox(container.New(&fixedWidth{180}, container.NewCenter(container.New(&fixedWidth{180}, s.title))), container.NewStack(container.New(&thin{}, s.bar), container.New(&thin{}, s.busy)), s.cancel, spacer(12, 1))
	s.job.Hide()
	s.object = inset(12, 2, 12, 2, container.New(&atLeast{24}, container.NewBorder(nil, nil, s.light, container.NewHBox(s.job, s.fit), s.notice)))
	return s
}

func (b *status) show(s *workbench.State) {
	if ink := severityInk(s.Notice.Severity); ink != b.ink {
		b.ink = ink
		b.light.Refresh()
	}
	text := L("Ready")
	if s.Notice.Format != "" {
		text = s.Notice.In(L)
	}
	inkOf := theme.ColorNameForeground
	if s.Notice.Severity == fault.Severe {
		inkOf = theme.ColorNameError
	}
	b.notice.Set(text, inkOf)
	if words := right(s); words != b.right.Text() {
		b.right.Set(words, "")
		b.fit.Refresh()
		b.object.Refresh()
	}
	b.showJob(s)
}

// showJob shows the work that began last.
func (b *status) showJob(s *workbench.State) {
	if len(s.Jobs) == 0 {
		if b.job.Visible() {
			b.busy.Stop()
			b.job.Hide()
		}
		return
	}
	j := s.Jobs[len(s.Jobs)-1]
	title := j.Title.In(L)
	if n := len(s.Jobs) - 1; n > 0 {
		title += fmt.Sprintf(" +%d", n)
	}
	b.title.Set(title, "")
	if j.Total == 0 {
		b.bar.Hide()
		b.busy.Show()
		b.busy.Start()
	} else {
		b.busy.Stop()
		b.busy.Hide()
		b.bar.Show()
		b.bar.Max = float64(j.Total)
		b.bar.SetValue(float64(j.Done))
	}
	if !b.job.Visible() {
		b.job.Show()
	}
}

// right says what was rendered and served.
func right(s *workbench.State) string {
	var parts []string
	if s.Chosen() != nil {
		n, all := 0, time.Duration(0)
		for _, v := range s.Views {
			if v.Path != "" {
				n, all = n+1, all+v.Took
			}
		}
		parts = append(parts, fmt.Sprintf("%s %s %s", count(n, "manifest", "manifests"), L("in"), took(all)))
	}
	parts = append(parts, fmt.Sprintf("%s · %s", count(int(s.Server.Requests), "request", "requests"), count(int(s.Server.Errors), "error", "errors")))
	if s.Server.Running {
		address := strings.TrimPrefix(s.Server.Base, "http://")
		if s.Server.Taken != "" {
			address += " " + L("since another program has") + " " + s.Server.Taken
		}
		if s.Server.Shared != "" {
			address = L("shared in the network as") + " " + strings.TrimPrefix(s.Server.Shared, "http://")
		}
		parts = append(parts, address)
	} else {
		parts = append(parts, L("server stopped"))
	}
	return strings.Join(parts, "      ")
}

// fit gives a line the width of its text.
type fit struct {
	line *kit.Line
	font kit.Font
}

// MinSize implements fyne.Layout.
func (f *fit) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(f.font.Width(f.line.Text())+2, f.font.Height())
}

// Layout implements fyne.Layout.
func (f *fit) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// thin is the size of a progress bar in the status bar.
type thin struct{}

// MinSize implements fyne.Layout.
func (thin) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(120, 8) }

// Layout implements fyne.Layout.
func (thin) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(size.Width, 12))
	o[0].Move(fyne.NewPos(0, (size.Height-12)/2))
}

// atLeast gives its object a height.
type atLeast struct{ height float32 }

// MinSize implements fyne.Layout.
func (a *atLeast) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width, a.height)
}

// Layout implements fyne.Layout.
func (a *atLeast) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }
