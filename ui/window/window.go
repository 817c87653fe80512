package window

import (
	"image/color"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"

	"manifold/app/workbench"
	"manifold/packager/fault"
	"manifold/player"
	"manifold/ui/kit"
	look "manifold/ui/theme"
)

// Window is the one window of the program.
type Window struct {
	app   fyne.App
	win   fyne.Window
	bench *workbench.Workbench
	state workbench.State // what the panels show

	actions   []action
	toolbar   *toolbar
	switches  *switches
	tree      *assetTree
	fragments *fragments
	panes     *panes
	inspector *inspector
	drawer    *drawer
	status    *status
	empty     *empty
	frame     *frame
	dialog    dialog.Dialog   // the one that was opened last, nil when none was
	offered   string          // the crash report that was offered
	missing   map[string]bool // recent paths that are not there any more

	// Outside of the program; tests put others in.
	open func(url string) error  // a web browser
	show func(path string) error // a file manager

	latest    atomic.Pointer[workbench.State]
	scheduled atomic.Bool
	schedule  func(func()) // runs a function on the goroutine of the user interface
	looks     look.Theme   // the theme that is set
	closing   sync.Once
}

// New opens the window of a home: the folder with settings, log and reports.
func New(a fyne.App, home string) (*Window, error) {
	w := &Window{app: a, open: player.Open, show: player.Reveal, schedule: fyne.Do}
	return w, w.assemble(home)
}

// assemble makes the workbench and the panels.
func (w *Window) assemble(home string) error {
	translate()
	var err error
	if w.bench, err = workbench.New(home, w.changed); err != nil {
		return err
	}
	w.state = w.bench.State()
	w.setTheme()
	w.win = w.app.NewWindow("Manifold")
	w.win.SetMaster()
	w.win.SetPadded(false)
	w.actions = w.table()
	w.toolbar = newToolbar(w)
	w.switches = newSwitches(w)
	w.tree = newAssetTree(w)
	w.fragments = newFragments(w)
	w.inspector = newInspector(w)
	w.panes = newPanes(w)
	w.drawer = newDrawer(w)
	w.status = newStatus(w)
	w.empty = newEmpty(w)
	w.frame = newFrame(w)
	w.win.SetContent(kit.NewTips(w.frame.whole))
	w.win.SetOnDropped(func(_ fyne.Position, list []fyne.URI) { w.drop(list) })
	w.win.SetCloseIntercept(w.close)
	w.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape { // the dialogs of the toolkit do not close by it
			w.dismiss()
		}
	})
	l := w.state.Settings.Layout
	w.win.Resize(fyne.NewSize(l.Width, l.Height))
	w.apply(w.state)
	return nil
}

// Show shows the window and opens paths.
func (w *Window) Show(paths []string) {
	w.bench.StartServer()
	w.bench.Open(paths...)
	w.win.Show()
}

// titleBar is what window managers put above a window, about.
const titleBar = 40

// Clamp makes the window fit a screen of so many pixels: it may have been
// remembered on a larger one.
func (w *Window) Clamp(pixels fyne.Size) {
	scale, now := w.win.Canvas().Scale(), w.win.Canvas().Size()
	if pixels.Width <= 0 || pixels.Height <= 0 || scale <= 0 {
		return
	}
	fits := fyne.NewSize(min(now.Width, pixels.Width/scale), min(now.Height, pixels.Height/scale-titleBar))
	if fits != now {
		w.win.Resize(fits)
	}
}

// OpenElsewhere opens what a second start was given, and comes to the front.
// It may be called on any goroutine.
func (w *Window) OpenElsewhere(paths []string) {
	w.schedule(func() {
		w.bench.Open(paths...)
		w.win.RequestFocus()
	})
}

// Crashed offers the report that the last run left.
func (w *Window) Crashed(report string) { w.bench.Dispatch(workbench.CrashFound{Path: report}) }

// changed takes a new state from any goroutine. States that come faster than
// the window draws are left out.
func (w *Window) changed(s workbench.State) {
	w.latest.Store(&s)
	if w.scheduled.CompareAndSwap(false, true) {
		w.schedule(func() {
			w.scheduled.Store(false)
			w.apply(*w.latest.Load())
		})
	}
}

// apply shows a state.
func (w *Window) apply(s workbench.State) {
	w.state = s
	w.setTheme()
	title := "Manifold"
	if a := s.Chosen(); a != nil {
		title = a.Name + " — Manifold"
	}
	if w.win.Title() != title {
		w.win.SetTitle(title)
	}
	w.frame.show(&s)
	w.toolbar.show(&s)
	w.switches.show(&s)
	w.tree.show(&s)
	w.fragments.show(&s)
	w.panes.show(&s)
	w.inspector.show(&s)
	w.drawer.show(&s)
	w.status.show(&s)
	w.empty.show(&s)
	w.showMenu()
	w.offerReport(&s)
	w.dump(&s)
}

// setTheme follows the settings.
func (w *Window) setTheme() {
	s := w.state.Settings
	want := look.Theme{Mode: look.Mode(s.Theme), Density: look.Density(s.Density)}
	if want != w.looks {
		w.looks = want
		w.app.Settings().SetTheme(want)
	}
}

// drop opens what was dropped on the window.
func (w *Window) drop(list []fyne.URI) {
	var paths []string
	for _, u := range list {
		if u.Scheme() != "file" {
			w.say(L("Only files and folders of this machine can be opened:") + " " + u.String())
			continue
		}
		paths = append(paths, filepath.FromSlash(u.Path()))
	}
	w.bench.Open(paths...)
}

// close ends the program.
func (w *Window) close() {
	w.win.Hide() // what follows may take a moment
	w.Finish()
	w.win.Close()
}

// Finish remembers how the window is divided and stops everything. The program
// may be ended from outside: the window does not exist any more then.
func (w *Window) Finish() {
	w.closing.Do(func() {
		w.bench.Dispatch(workbench.SetLayout{Layout: w.frame.layout(w.state.Settings.Layout)})
		if err := w.bench.Close(); err != nil {
			fyne.LogError("closing", err)
		}
	})
}

// say shows a sentence in the status bar.
func (w *Window) say(text string) { w.bench.Say(fault.Info, "%s", text) }

// copy puts a text into the clipboard and says so.
func (w *Window) copy(text, words string) {
	w.app.Clipboard().SetContent(text)
	w.say(words)
}

func (w *Window) copyURL() { w.copy(w.state.URL(w.state.Focus), L("URL copied")) }

func (w *Window) copyCurl() {
	w.copy("curl --compressed '"+w.state.URL(w.state.Focus)+"'", L("Copied as a curl command"))
}

// play opens the player page on the focused URL.
func (w *Window) play() {
	w.browse(w.state.Server.Base + "/player/?url=" + url.QueryEscape(w.state.Path(w.state.Focus)))
}

// browse opens a web page without making the window wait.
func (w *Window) browse(address string) {
	go func() {
		if err := w.open(address); err != nil {
			w.bench.Say(fault.Severe, "No web browser could be started: %s. %s", err, address)
		}
	}()
}

// reveal opens a file or folder without making the window wait.
func (w *Window) reveal(path string) {
	go func() {
		if err := w.show(path); err != nil {
			w.bench.Say(fault.Severe, "No file manager could be started: %s. %s", err, path)
		}
	}()
}

// revealAsset opens the folder of the chosen asset.
func (w *Window) revealAsset() {
	a := w.state.Chosen()
	dir := a.Path
	if a.Read != nil {
		dir = a.Read.Root
	}
	w.reveal(dir)
}

func (w *Window) stepPane(step int) {
	n := len(w.state.Panes)
	next := ((w.state.Focus+step)%n + n) % n
	w.bench.Dispatch(workbench.FocusPane{Pane: next})
	w.win.Canvas().Focus(w.panes.list[next].code.Keyboard())
}

// changeLayout changes how the window is divided.
func (w *Window) changeLayout(change func(l *workbench.Layout)) {
	l := w.state.Settings.Layout
	change(&l)
	w.state.Settings.Layout = l // what changes it next may come before the state does
	w.bench.Dispatch(workbench.SetLayout{Layout: l})
}

// explain shows the selection where it has no panel of its own, unless a filter is
// edited there: it may be cut round what is selected.
func (w *Window) explain() {
	if !w.frame.wide && !editing(&w.state) {
		w.changeLayout(func(l *workbench.Layout) { l.Tab, l.Folded = tabSelection, false })
	}
}

func (w *Window) toggleWrap()   { w.changeLayout(func(l *workbench.Layout) { l.Wrap = !l.Wrap }) }
func (w *Window) toggleDrawer() { w.changeLayout(func(l *workbench.Layout) { l.Folded = !l.Folded }) }

// button makes a button of an action.
func (w *Window) button(id string, labelled bool) *kit.Button {
	a := w.action(id)
	label := ""
	if labelled {
		label = a.title
	}
	var icon fyne.Resource
	if a.icon != "" {
		icon = theme.Icon(a.icon)
	}
	return kit.NewButton(label, icon, a.tip(), func() { w.do(id) })
}

// surface puts a panel on one of the levels of the window.
func surface(level fyne.ThemeColorName, content fyne.CanvasObject) fyne.CanvasObject {
	ground := kit.NewSketch(func() fyne.Size { return fyne.Size{} }, func(p *kit.Pen, s fyne.Size) { p.Box(0, 0, s.Width, s.Height, 0, level) })
	return container.NewStack(ground, content)
}

// separator is a thin line between panels.
func separator() fyne.CanvasObject {
	return kit.NewSketch(func() fyne.Size { return fyne.NewSize(1, 1) }, func(p *kit.Pen, s fyne.Size) {
		p.Box(0, 0, s.Width, s.Height, 0, theme.ColorNameSeparator)
	})
}

// spacer keeps a distance.
func spacer(w, h float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}
