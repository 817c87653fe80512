package window

import (
	"os"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/app/workbench"
	"manifold/ui/kit"
	look "manifold/ui/theme"
)

// empty says what to do while nothing is open.
type empty struct {
	w      *Window
	object fyne.CanvasObject

	recent *recentList
	open   *kit.Button
	here   bool // it is shown
}

func newEmpty(w *Window) *empty {
	e := &empty{w: w, recent: newRecentList(w, w.bench.Open)}
	head := widget.NewLabelWithStyle(L("Drop a folder or MP4 files here"), fyne.TextAlignCenter, fyne.TextStyle{Bold: true})
	head.SizeName = theme.SizeNameHeadingText
	words := widget.NewLabelWithStyle(L("A folder with the renditions of one programme becomes an asset: tracks, fragments, seven manifests, a URL to play."), fyne.TextAlignCenter, fyne.TextStyle{})
	words.Importance = widget.MediumImportance
	e.open = kit.NewButton(L("Open…"), theme.Icon(theme.IconNameFolderOpen), w.action("open").tip(), func() { w.do("open") })
	e.open.Importance = widget.HighImportance
	sample := kit.NewButton(L("Open the sample"), nil, L("An asset that ships with the program: five renditions, two languages"), func() { w.do("sample") })
	sample.Importance = widget.MediumImportance
	e.recent.draw()
	e.object = container.NewCenter(container.NewVBox(head, words, spacer(1, 8), container.NewCenter(container.NewHBox(e.open, spacer(4, 1), sample)), spacer(1, 18), e.recent.object))
	return e
}

func (e *empty) show(s *workbench.State) {
	if here := len(s.Assets) == 0; here != e.here {
		if e.here = here; here {
			e.recent.paths = nil // look again where they are
		}
	}
	if e.here && !slices.Equal(s.Settings.Recent, e.recent.paths) {
		e.recent.show(s.Settings.Recent)
		e.object.Refresh() // the list takes room, or none
	}
}

// recentList shows what was opened before, its name first. What is not there
// any more is marked. Without anything it takes no room and no keyboard.
type recentList struct {
	w      *Window
	object fyne.CanvasObject
	table  *kit.Table
	room   *fixed // for the table
	paths  []string
}

func newRecentList(w *Window, open func(paths ...string)) *recentList {
	r := &recentList{w: w, room: &fixed{640, 0}}
	r.table = kit.NewTable(kit.Column{Share: 3, Font: kit.Strong}, kit.Column{Share: 2, Font: kit.Small}, kit.Column{Width: 90, Font: kit.Small, Right: true})
	activate := func(i int) { open(r.paths[i]) }
	r.table.OnActivated = activate
	r.table.OnTapped = func(i int, _ float32) bool { activate(i); return true }
	r.object = container.NewBorder(kit.NewCaption(L("Recent")), nil, nil, nil, container.New(r.room, surface(look.ColorNameWell, r.table.Object())))
	return r
}

// show lists paths, and looks where they are.
func (r *recentList) show(paths []string) {
	r.paths = slices.Clone(paths)
	r.draw()
	r.w.lookUp(paths, r.draw)
}

// lookUp finds out in the background which paths are missing: one may lie on a
// drive that does not answer.
func (w *Window) lookUp(paths []string, then func()) {
	asked := slices.Clone(paths)
	go func() {
		missing := map[string]bool{}
		for _, p := range asked {
			if _, err := os.Stat(p); err != nil {
				missing[p] = true
			}
		}
		w.schedule(func() {
			w.missing = missing
			then()
			w.showMenu()
		})
	}()
}

func (r *recentList) draw() {
	var rows [][]kit.Cell
	for _, p := range r.paths {
		name, note := theme.ColorNameForeground, ""
		if r.w.missing[p] {
			name, note = theme.ColorNameDisabled, L("missing")
		}
		rows = append(rows, []kit.Cell{{Text: filepath.Base(p), Ink: name}, {Text: filepath.Dir(p), Ink: theme.ColorNamePlaceHolder}, {Text: note, Ink: theme.ColorNameWarning}})
	}
	r.table.Set(rows)
	r.room.height = min(240, float32(len(rows))*r.table.MinSize().Height)
	if r.object.Show(); len(rows) == 0 {
		r.object.Hide()
	}
}

// fixed gives its object a size.
type fixed struct{ width, height float32 }

// MinSize implements fyne.Layout.
func (f *fixed) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(f.width, f.height) }

// Layout implements fyne.Layout.
func (f *fixed) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }
