package window

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/app/workbench"
	"manifold/packager/media"
	"manifold/ui/kit"
)

// toolbar says what is open, shows its URL and starts what is done with it.
type toolbar struct {
	object fyne.CanvasObject

	name    *kit.Line
	summary *kit.Line
	url     *kit.URLField
	copy    *kit.Button
	curl    *kit.Button
	play    *kit.Button
	server  *kit.Button
	light   *kit.Sketch
	running bool
}

func newToolbar(w *Window) *toolbar {
	t := &toolbar{
		name:    kit.NewLine("Manifold", kit.Heading, theme.ColorNameForeground),
		summary: kit.NewLine("", kit.Small, theme.ColorNamePlaceHolder),
		copy:    w.button("copy-url", false),
		curl:    kit.NewButton("curl", nil, w.action("copy-curl").tip(), func() { w.do("copy-curl") }),
		play:    w.button("play", true),
	}
	t.copy.SetText(L("Copy"))
	t.url = kit.NewURLField(L("Open an asset; its URL stands here, and another one can be pasted"), func(address string) error {
		err := w.bench.Go(address)
		if err != nil {
			w.bench.Fail(err)
		}
		return err
	})
	t.play.Importance = widget.HighImportance
	t.server = kit.NewButton(L("Stop"), nil, w.action("server").tip(), func() { w.do("server") })
	t.light = kit.NewSketch(
		func() fyne.Size { return fyne.NewSize(kit.Body.Width(t.words())+16, kit.Body.Height()) },
		func(p *kit.Pen, s fyne.Size) {
			ink := theme.ColorNamePlaceHolder
			if t.running {
				ink = theme.ColorNameSuccess
			}
			p.Dot(0, (s.Height-8)/2, 8, ink)
			p.Middle(t.words(), 14, 0, s.Height, s.Width, kit.Body, theme.ColorNameForeground)
		})
	texts := container.New(&fixedWidth{230}, container.NewVBox(t.name, t.summary))
	left := inset(12, 0, 12, 0, container.NewCenter(texts))
	right := container.NewHBox(t.copy, t.curl, spacer(6, 1), container.NewCenter(t.light), t.server, spacer(4, 1), container.NewCenter(t.play), spacer(4, 1))
	t.object = inset(0, 5, 6, 5, container.NewBorder(nil, nil, left, inset(8, 0, 0, 0, right), container.New(&centred{}, t.url)))
	return t
}

func (t *toolbar) words() string {
	if t.running {
		return L("Serving")
	}
	return L("Stopped")
}

func (t *toolbar) show(s *workbench.State) {
	a := s.Chosen()
	if a == nil {
		t.name.Set("Manifold", "")
		t.summary.Set(L("One MP4 set in, every streaming format out"), "")
	} else {
		t.name.Set(a.Name, "")
		t.summary.Set(summary(a), "")
	}
	t.url.Set(s.URL(s.Focus))
	if t.running != s.Server.Running || t.server.Text == "" {
		t.running = s.Server.Running
		t.light.Refresh()
	}
	label := L("Start")
	if s.Server.Running {
		label = L("Stop")
	}
	if t.server.Text != label {
		t.server.SetText(label)
	}
	allow(t.play, needsServer(s))
	allow(t.copy, needsAsset(s))
	allow(t.curl, needsAsset(s))
}

// allow enables or disables a button where that changes anything.
func allow(b *kit.Button, why string) {
	if b.Reason() != why {
		b.Allow(why)
	}
}

// summary says what is in an asset: "5 video · 2 audio · 1:10.315 · 2 findings".
func summary(a *workbench.Asset) string {
	switch {
	case a.Stale != "":
		return L("Stale:") + " " + a.Stale
	case a.Read == nil:
		return L("Reading…")
	case a.Err() != nil:
		return L("Cannot be served:") + " " + a.Err().Sentence()
	}
	n := map[media.Kind]int{}
	for _, t := range a.Read.Tracks {
		n[t.Kind]++
	}
	var parts []string
	for k := media.Video; k <= media.Text; k++ {
		if n[k] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[k], L(k.String())))
		}
	}
	parts = append(parts, clock(a.Read.Presentation.Duration))
	if f := len(a.Read.Findings); f > 0 {
		parts = append(parts, count(f, "finding", "findings"))
	}
	return strings.Join(parts, " · ")
}

// fixedWidth gives its object a width and the height it needs.
type fixedWidth struct{ width float32 }

// MinSize implements fyne.Layout.
func (f *fixedWidth) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(f.width, o[0].MinSize().Height)
}

// Layout implements fyne.Layout.
func (f *fixedWidth) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }

// centred gives its object all the width and the middle of the height.
type centred struct{}

// MinSize implements fyne.Layout.
func (centred) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

// Layout implements fyne.Layout.
func (centred) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := o[0].MinSize().Height
	o[0].Resize(fyne.NewSize(size.Width, h))
	o[0].Move(fyne.NewPos(0, (size.Height-h)/2))
}
