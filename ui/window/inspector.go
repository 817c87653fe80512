package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"manifold/app/workbench"
	"manifold/app/xray"
	"manifold/packager/media"
	"manifold/ui/kit"
	look "manifold/ui/theme"
)

// inspector explains what is selected: facts, and of a fragment which of its bytes
// are protected, and the first of its source.
type inspector struct {
	w      *Window
	object fyne.CanvasObject
	panel  fyne.CanvasObject // without its ground, for the drawer

	caption *kit.Caption
	facts   *kit.Facts
	bytes   *kit.Hex
	head    *kit.Caption // of the bytes
	sealed  *kit.ByteMap
	over    *kit.Caption    // the map
	low     *fyne.Container // map and bytes
	column  *fyne.Container

	drawn inspected
}

// selectionHeight is the height that the tab of the selection needs: facts in
// columns, and the bytes beside them.
const selectionHeight = 290

// inspected is what the facts were made of.
type inspected struct {
	locator   string
	selection workbench.Selection
	read      *workbench.Reading
	stale     string
	sealed    *xray.Report
	others    string // locators
}

func newInspector(w *Window) *inspector {
	i := &inspector{w: w, caption: kit.NewCaption(L("Selection")), facts: kit.NewFacts(), bytes: kit.NewHex(), head: kit.NewCaption(L("First bytes in the source")),
		sealed: kit.NewByteMap(), over: kit.NewCaption(L("Protected bytes, and clear ones"))}
	i.facts.OnMenu = func(f kit.Fact, at fyne.Position) {
		w.popUp(at, fyne.NewMenuItem(L("Copy")+" "+f.Name, func() { w.copy(f.Value, f.Name+" "+L("copied")) }))
	}
	i.head.Hide()
	i.over.Hide()
	i.low = container.NewVBox(inset(12, 0, 4, 0, i.over), i.sealed, inset(12, 0, 4, 0, i.head), i.bytes)
	i.column = container.NewVBox(inset(12, 2, 4, 0, i.caption), container.New(&halves{}, i.facts, i.low))
	i.panel = container.NewVScroll(i.column)
	i.object = surface(look.ColorNamePanel, i.panel)
	return i
}

func (i *inspector) show(s *workbench.State) {
	now := inspected{locator: s.Locator, selection: s.Selection, sealed: s.Protection.Report}
	if a := s.Chosen(); a != nil {
		now.read, now.stale = a.Read, a.Stale
		for _, o := range a.Others {
			now.others += o.Locator.ID + " " + o.Locator.Policy.Name + "\n"
		}
	}
	if now == i.drawn {
		return
	}
	i.drawn = now
	title, list := facts(s)
	i.caption.SetTitle(title)
	i.facts.Set(list)
	i.showBytes(s)
	samples := mapped(s)
	i.sealed.Set(samples)
	if i.over.Hide(); len(samples) > 0 {
		i.over.Show()
	}
	i.arrange()
	i.w.frame.inspected()
}

// arrange makes room for the map and for the bytes where there are some, none for
// the frames of captions that are hidden.
func (i *inspector) arrange() {
	sealed, bytes := i.over.Visible(), i.head.Visible()
	for k, o := range i.low.Objects { // map and bytes, each below its caption
		if shown := k < 2 && sealed || k >= 2 && bytes; shown {
			o.Show()
		} else {
			o.Hide()
		}
	}
	i.low.Hidden = !sealed && !bytes
	i.column.Refresh()
}

// halves puts one object beside another where there is the width, else below it.
type halves struct{ width float32 }

// halvesFrom is the width from which there are two halves.
const halvesFrom = 720

// left is the width of the first object.
func (h *halves) left(o []fyne.CanvasObject) float32 {
	if h.width >= halvesFrom && o[1].Visible() {
		return h.width - min(h.width*0.4, 440)
	}
	return h.width
}

// MinSize implements fyne.Layout.
func (h *halves) MinSize(o []fyne.CanvasObject) fyne.Size {
	first, second := o[0].MinSize(), o[1].MinSize()
	size := first.Max(second)
	if o[1].Visible() && h.left(o) == h.width {
		size.Height = first.Height + second.Height
	}
	return size
}

// Layout implements fyne.Layout. Heights follow from widths.
func (h *halves) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h.width = size.Width
	left := h.left(o)
	o[0].Resize(fyne.NewSize(left, o[0].Size().Height))
	o[0].Resize(fyne.NewSize(left, o[0].MinSize().Height))
	at, width := fyne.NewPos(0, o[0].Size().Height), size.Width
	if left < size.Width {
		at, width = fyne.NewPos(left, 0), size.Width-left
	}
	o[1].Move(at)
	o[1].Resize(fyne.NewSize(width, o[1].Size().Height))
	o[1].Resize(fyne.NewSize(width, o[1].MinSize().Height))
}

// bytesShown is how many bytes of a fragment are shown.
const bytesShown = 96

// showBytes reads the beginning of a fragment and shows it when it is there.
func (i *inspector) showBytes(s *workbench.State) {
	i.bytes.Set(nil, 0, 0, 0)
	i.head.Hide()
	_, t, ok := s.Selected()
	if !ok || s.Selection.Fragment < 0 {
		return
	}
	from, to := t.Fragment(s.Selection.Fragment, s.Selection.Fragment+1)
	first := t.Samples.Append(nil, from, min(from+1, to))
	if len(first) == 0 {
		return
	}
	asked := i.drawn
	go func() { // the file may lie on a slow drive
		b := make([]byte, min(bytesShown, first[0].Size))
		if _, err := t.Source.ReadAt(b, first[0].Position); err != nil {
			return // the file changed: the watch says so
		}
		i.w.schedule(func() {
			if i.drawn == asked {
				i.head.Show()
				i.bytes.Set(b, first[0].Position, 0, marked(t, b))
				i.arrange()
			}
		})
	}()
}

// marked is how many bytes in front are a NAL unit's length and header.
func marked(t *media.Track, b []byte) int {
	if t.Codec.NALLength == 0 {
		return 0
	}
	header := 1
	if t.Codec.Family == "hevc" { // ISO/IEC 23008-2 §7.3.1.2
		header = 2
	}
	return min(len(b), t.Codec.NALLength+header)
}
