package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"manifold/app/workbench"
	look "manifold/ui/theme"
)

// narrow is the width below which the selection becomes a tab of the drawer.
const narrow = 1400

// frame divides the window among its panels.
type frame struct {
	w     *Window
	whole fyne.CanvasObject

	assets    side             // tree | rest
	inspector side             // middle | selection
	upper     *container.Split // fragments / rest
	lower     lent             // panes / drawer
	body      *fyne.Container  // the panels, or what to do without assets
	wide      bool
	empty     bool
	folded    bool
	begun     bool
	width     float32 // of the window, that the sides were fitted to
}

func newFrame(w *Window) *frame {
	f := &frame{w: w}
	l := w.state.Settings.Layout
	f.lower = newLent(container.NewVSplit(w.panes.object, w.drawer.object), l.Drawer)
	f.upper = container.NewVSplit(w.fragments.object, f.lower.Split)
	f.inspector.Split = container.NewHSplit(f.upper, w.inspector.object)
	f.assets.Split = container.NewHSplit(w.tree.object, f.inspector.Split)
	f.upper.Offset = l.Fragments
	f.body = container.NewStack()
	top := container.New(layout.NewCustomPaddedVBoxLayout(0), surface(look.ColorNameBar, w.toolbar.object), surface(look.ColorNamePanel, w.switches.object), separator())
	f.whole = container.New(&responsive{f}, container.NewBorder(top, surface(look.ColorNameBar, w.status.object), nil, nil, surface(look.ColorNamePanel, f.body)))
	return f
}

// show puts the panels in that the state needs.
func (f *frame) show(s *workbench.State) {
	empty := len(s.Assets) == 0
	folded := s.Settings.Layout.Folded
	if f.begun && empty == f.empty && folded == f.folded {
		return
	}
	f.begun, f.empty, f.folded = true, empty, folded
	f.arrange()
}

// arrange builds the body for the present width.
func (f *frame) arrange() {
	switch {
	case f.empty:
		f.body.Objects = []fyne.CanvasObject{f.w.empty.object}
	default:
		f.lower.Trailing = f.w.drawer.object
		if f.folded { // only the row of tabs stays
			f.upper.Trailing = container.NewBorder(nil, f.w.drawer.object, nil, nil, f.w.panes.object)
		} else {
			f.lower.Leading = f.w.panes.object
			f.upper.Trailing = f.lower.Split
		}
		f.upper.Refresh()
		if f.wide {
			f.inspector.Leading = f.upper
			f.assets.Trailing = f.inspector.Split
		} else {
			f.assets.Trailing = f.upper
		}
		f.assets.Refresh()
		f.body.Objects = []fyne.CanvasObject{f.assets.Split}
	}
	f.body.Refresh()
}

// inspectorWidth is the width that the selection likes: eight bytes beside their
// letters.
const inspectorWidth = 320

// treeWidth is the width that the tree likes: a rendition with its codec and
// bitrate, and more of long names where the window has it.
func treeWidth(window float32) float32 { return min(max(268, window*0.17), 360) }

// resized follows the width of the window.
func (f *frame) resized(width float32) {
	if !f.begun || f.width != width {
		f.width = width
		l := f.w.state.Settings.Layout
		tree := treeWidth(width)
		f.assets.fit(l.Assets, float64(tree/width))
		f.inspector.fit(l.Inspector, float64(1-inspectorWidth/(width-tree)))
	}
	f.w.switches.fit(width)
	wide := width >= narrow
	if wide == f.wide && f.begun {
		return
	}
	f.wide = wide
	f.w.drawer.setWide(wide)
	if f.begun {
		f.arrange()
	}
}

// fitDrawer gives the drawer the height that the open tab needs.
func (f *frame) fitDrawer() { f.lower.fit(f.w.drawer.needs()) }

// inspected draws the tab of the selection again where the window is narrow.
func (f *frame) inspected() {
	if !f.wide {
		f.w.inspector.panel.Refresh()
	}
}

// layout returns how the window is divided now.
func (f *frame) layout(l workbench.Layout) workbench.Layout {
	if size := f.w.win.Canvas().Size(); size.Width > 0 {
		l.Width, l.Height = size.Width, size.Height
	}
	l.Fragments = f.upper.Offset
	l.Assets, l.Inspector = f.assets.share(l.Assets), f.inspector.share(l.Inspector)
	l.Drawer = f.lower.share()
	l.Panes = f.w.panes.offsets()
	return l
}

// responsive is the layout of the window: one object over everything, told of
// the width.
type responsive struct{ f *frame }

// leastWidth is that of the tree beside the form of a filter, which do not scroll
// sideways.
const leastWidth = 960

// MinSize lets the window be made smaller than its panels would like: they
// scroll.
func (r *responsive) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(leastWidth, 560) }

// Layout implements fyne.Layout.
func (r *responsive) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	r.f.resized(size.Width)
	for _, o := range objects {
		o.Resize(size)
	}
	r.f.fitDrawer()
}

// inset keeps content away from the edges of its panel.
func inset(left, top, right, bottom float32, content fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(spacer(1, top), spacer(1, bottom), spacer(left, 1), spacer(right, 1), content)
}
