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
	"manifold/packager/media"
	"manifold/ui/kit"
	look "manifold/ui/theme"
)

// pane shows one manifest.
type pane struct {
	w      *Window
	index  int
	object fyne.CanvasObject

	head *kit.Picker     // format and level
	row  *fyne.Container // the head with its tools
	code *kit.Code
	find *findBar
	foot *kit.Line
	edge *kit.Sketch // says where the focus is

	instead *instead

	focused bool
	shown   workbench.View
	wrapped bool
}

func newPane(w *Window, index int) *pane {
	p := &pane{w: w, index: index, code: kit.NewCode()}
	p.head = kit.NewPicker(L("Master playlist or the playlist of a track"), p.showLevels)
	p.foot = kit.NewLine("", kit.Small, theme.ColorNamePlaceHolder)
	p.instead = newInstead(w)
	p.find = newFindBar(w, p.search, p.findNext, p.endFind)
	p.code.OnFocus = p.focus
	p.code.OnMenu = func(at fyne.Position) {
		p.focus()
		w.contextMenu(at, "follow", "", "find", "wrap", "", "copy-text", "copy-url", "copy-curl", "", "save", "play")
	}
	p.code.OnSelected = func(int, int) { w.showMenu() } // which says whether the line can be opened
	p.code.OnActivated = func() { p.focus(); w.do("follow") }
	p.edge = kit.NewSketch(func() fyne.Size { return fyne.NewSize(1, 2) }, func(pen *kit.Pen, s fyne.Size) {
		if p.focused {
			pen.Box(0, 0, s.Width, 2, 0, theme.ColorNamePrimary)
		}
	})
	tool := func(id string, icon fyne.ThemeIconName) *kit.Button {
		return kit.NewButton("", theme.Icon(icon), w.action(id).tip(), func() { p.focus(); w.do(id) })
	}
	p.row = container.New(&paneHead{p.head}, p.head, tool("save", theme.IconNameDownload), tool("copy-text", theme.IconNameContentCopy),
		tool("find", theme.IconNameSearch), tool("close-pane", theme.IconNameCancel))
	head := container.NewVBox(p.edge, inset(10, 1, 2, 1, p.row), separator(), p.find.object)
	foot := container.NewVBox(p.instead.object, separator(), inset(10, 4, 10, 4, p.foot))
	p.object = surface(look.ColorNamePanel, container.NewBorder(head, foot, nil, nil, p.code))
	return p
}

// focus makes this the pane that FORMAT, the URL bar and Play belong to.
func (p *pane) focus() {
	if p.w.state.Focus != p.index {
		p.w.bench.Dispatch(workbench.FocusPane{Pane: p.index})
		p.w.state = p.w.bench.State() // what follows acts on the new focus
	}
}

func (p *pane) show(s *workbench.State) {
	if focused := s.Focus == p.index; focused != p.focused {
		p.focused = focused
		p.edge.Refresh()
	}
	at := s.Panes[p.index]
	wanted := p.head.Wanted()
	p.head.Set(workbench.FormatWords(at.Format), levelWords(s, at))
	if p.head.Wanted() != wanted { // there may be room for other tools
		p.row.Refresh()
	}
	p.head.Allow(hasLevels(s, at.Format))
	if s.Settings.Layout.Wrap != p.wrapped {
		p.wrapped = s.Settings.Layout.Wrap
		p.code.SetWrap(p.wrapped)
	}
	p.instead.show(s, p.index)
	v := s.Views[p.index]
	if a := s.Chosen(); v.Path == "" || a == nil || a.Read == nil {
		if p.shown.Path != "" || p.code.Lines() == 0 {
			p.shown = workbench.View{}
			p.code.Set("", kit.Plain, nil)
		}
		p.foot.Set(p.waiting(s), "")
		return
	}
	if v.Path != p.shown.Path || v.Version != p.shown.Version || v.Text != p.shown.Text {
		p.shown = v
		language := kit.LanguageOf(v.Text)
		if v.Err != nil {
			language = kit.Error
		}
		p.code.Set(v.Text, language, v.Changed)
		p.search(p.find.entry.Text)
	}
	p.showFoot(s, v)
}

func (p *pane) waiting(s *workbench.State) string {
	switch a := s.Chosen(); {
	case a == nil:
		return ""
	case a.Read == nil:
		return L("Reading…")
	}
	return L("Rendering…")
}

// showFoot says what became of the request.
func (p *pane) showFoot(s *workbench.State, v workbench.View) {
	switch {
	case v.Path != s.Path(p.index):
		p.foot.Set("○ "+L("Rendering…"), theme.ColorNamePlaceHolder)
	case v.Err != nil:
		p.foot.Set(fmt.Sprintf("○ %s · %d", L("not available"), v.Err.Code.Status()), theme.ColorNameError)
	default:
		parts := []string{count(strings.Count(v.Text, "\n"), "line", "lines"), bytes(int64(len(v.Text))), took(v.Took)}
		if n := len(v.Changed); n > 0 {
			parts = append([]string{count(n, "line changed", "lines changed")}, parts...)
		}
		p.foot.Set("● "+strings.Join(parts, " · "), theme.ColorNamePlaceHolder)
	}
}

// took writes how long something took: "0.4 ms".
func took(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// levelWords names what of its format a pane shows.
func levelWords(s *workbench.State, p workbench.Pane) string {
	if p.Level.Name != "" {
		words := p.Level.Name
		if t := trackAt(s, p.Level.TrackKey); t != nil {
			words = title(t)
		}
		words += " · " + rate(p.Level.Bitrate)
		if p.Level.KeyFrames {
			words += " " + L("I-frames")
		}
		return words
	}
	switch p.Format {
	case media.DASHCSF, media.DASHCMAF:
		return "MPD"
	case media.Smooth, media.Smooth20:
		return "ISMC"
	}
	return L("master")
}

// trackAt returns a track of the chosen asset, nil when it has none.
func trackAt(s *workbench.State, key workbench.TrackKey) *media.Track {
	for _, g := range s.Chosen().Groups() {
		for _, t := range g.Tracks {
			if g.Name == key.Name && t.Bitrate == key.Bitrate {
				return t
			}
		}
	}
	return nil
}

// hasLevels says why there is no playlist of a format to choose.
func hasLevels(s *workbench.State, f media.Format) string {
	switch why := needsAsset(s); {
	case why != "":
		return why
	case len(s.Chosen().Groups()) == 0:
		return L("There are no tracks to choose from.")
	case len(s.Levels(f)) == 0:
		return fmt.Sprintf(L("%s has one manifest for all tracks."), workbench.FormatWords(f))
	}
	return ""
}

// chooseLevel offers the playlists below the head of the pane.
func (p *pane) chooseLevel() {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.head)
	p.showLevels(at.AddXY(0, p.head.Size().Height))
}

// showLevels offers the playlists of the format.
func (p *pane) showLevels(below fyne.Position) {
	p.focus()
	s := p.w.state
	now := s.Panes[p.index]
	add := func(l workbench.Level) *fyne.MenuItem {
		m := fyne.NewMenuItem(levelWords(&s, workbench.Pane{Format: now.Format, Level: l}), func() {
			p.w.bench.Dispatch(workbench.SetLevel{Pane: p.index, Level: l})
		})
		m.Checked = l == now.Level
		return m
	}
	items := []*fyne.MenuItem{add(workbench.Level{})}
	for i, l := range s.Levels(now.Format) {
		if i == 0 {
			items = append(items, fyne.NewMenuItemSeparator())
		}
		items = append(items, add(l))
	}
	p.w.popUp(below, items...)
}

// popUp shows a menu at a place of the window.
func (w *Window) popUp(at fyne.Position, items ...*fyne.MenuItem) {
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), w.win.Canvas(), at)
}

// startFind opens the row to search in.
func (p *pane) startFind() {
	p.find.object.Show()
	p.object.Refresh()
	p.w.win.Canvas().Focus(p.find.entry)
	p.find.entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

func (p *pane) endFind() {
	p.code.Find("")
	p.find.object.Hide()
	p.object.Refresh()
	p.w.win.Canvas().Focus(p.code.Keyboard())
}

// search marks what is typed, and goes to the first.
func (p *pane) search(query string) {
	if !p.find.object.Visible() {
		return
	}
	n := p.code.Find(query)
	p.find.say(p.code.Next(1), n)
}

// findNext goes to another match.
func (p *pane) findNext(step int) {
	if !p.find.object.Visible() {
		p.startFind()
	}
	p.find.say(p.code.Next(step), p.code.Matches())
}

// findEntry is an entry that Escape closes.
type findEntry struct {
	widget.Entry
	step   func(int)
	closed func()
}

// TypedKey implements fyne.Focusable.
func (e *findEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		e.closed()
	case fyne.KeyDown:
		e.step(1)
	case fyne.KeyUp:
		e.step(-1)
	default:
		e.Entry.TypedKey(k)
	}
}

// line returns the URI in the selected line of the focused pane.
func (w *Window) lineURI() string {
	c := w.panes.focused().code
	first, last := c.Selected()
	if last < first {
		return ""
	}
	text, _, _ := strings.Cut(c.SelectedText(), "\n")
	return workbench.URIOf(text)
}

func (w *Window) whyNotFollow(s *workbench.State) string {
	if why := needsText(s); why != "" {
		return why
	}
	if w.panes == nil {
		return L("No line is selected.")
	}
	if _, ok := s.Follow(s.Focus, w.lineURI()); !ok {
		return L("The selected line holds no playlist.")
	}
	return ""
}

func (w *Window) followLine() {
	if r, ok := w.state.Follow(w.state.Focus, w.lineURI()); ok { // the rest of the URL stays as it was chosen
		var level workbench.Level
		if r.Track != "" {
			level = workbench.Level{TrackKey: workbench.TrackKey{Name: r.Track, Bitrate: r.Bitrate}, KeyFrames: r.KeyFrames}
		}
		w.bench.Dispatch(workbench.SetLevel{Pane: w.state.Focus, Level: level})
	}
}
