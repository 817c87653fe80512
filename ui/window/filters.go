package window

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/app/workbench"
	"manifold/packager/fault"
	"manifold/packager/filter"
	"manifold/packager/media"
	"manifold/ui/kit"
)

// filterPanel is the tab of the drawer in which filters are made: those of the
// chosen asset, and the one that is edited with what it leaves.
type filterPanel struct {
	w      *Window
	object fyne.CanvasObject

	list   *kit.Rows
	listed []workbench.Filter
	inURL  []string
	body   *fyne.Container // the form, or what to do without one
	empty  fyne.CanvasObject
	form   *filterForm
}

func newFilterPanel(w *Window) *filterPanel {
	p := &filterPanel{w: w, form: newFilterForm(w)}
	p.list = kit.NewRows(func() int { return len(p.listed) }, p.draw)
	p.list.Empty = L("No filters yet.")
	p.list.Tip = func(i int, _ float32) string { return filterTip(&w.state, &p.listed[i]) }
	p.list.OnSelected = p.choose
	p.list.OnActivated = func(i int) { w.toggleFilter(p.listed[i].Name) }
	p.list.OnMenu = func(_ int, at fyne.Position) {
		w.contextMenu(at, "filter-toggle", "filter-duplicate", "filter-export", "", "filter-delete")
	}
	head := inset(12, 0, 2, 0, container.NewBorder(nil, nil, nil, container.NewHBox(w.button("filter-import", false), w.button("filter-new", false)), kit.NewCaption(L("Filters"))))
	side := container.New(&fixedWidth{152}, container.NewBorder(head, nil, nil, nil, p.list))
	create := w.button("filter-new", true)
	create.Importance = widget.HighImportance
	words := kit.NewLine(L("A filter leaves out tracks and time of manifests; segments stay as they are."), kit.Body, theme.ColorNamePlaceHolder)
	p.empty = container.NewCenter(container.NewVBox(container.New(&fixedWidth{kit.Body.Width(L("A filter leaves out tracks and time of manifests; segments stay as they are.")) + 2}, words), spacer(1, 6),
		container.NewCenter(container.NewHBox(create, spacer(4, 1), w.button("filter-import", true)))))
	p.body = container.NewStack(p.empty)
	p.object = container.NewBorder(nil, nil, container.NewBorder(nil, nil, nil, separator(), side), nil, p.body)
	return p
}

func (p *filterPanel) show(s *workbench.State) {
	p.listed, p.inURL = nil, s.Parameters.Filters
	if a := s.Chosen(); a != nil {
		p.listed = a.Filters
	}
	selected := -1
	for i, f := range p.listed {
		if s.Draft != nil && s.Draft.From == f.FilterKey {
			selected = i
		}
	}
	if selected != p.list.Selected() {
		p.list.Reveal(selected)
	}
	p.list.Refresh()
	content := p.empty
	if s.Draft != nil && s.Chosen() != nil {
		p.form.show(s)
		content = p.form.object
	}
	if p.body.Objects[0] != content {
		p.body.Objects[0] = content
		p.body.Refresh()
	}
}

// choose edits a filter of the list; one that is edited stays as it is.
func (p *filterPanel) choose(i int) {
	f := &p.listed[i]
	switch d := p.w.state.Draft; {
	case d != nil && d.From == f.FilterKey:
	case f.Document == nil:
		p.w.bench.Fail(f.Err)
	default:
		p.w.edit(p.w.state.DraftOf(f.Name))
	}
}

// draw writes a filter: a dot where the URL has it, and whether it is for the
// asset alone.
func (p *filterPanel) draw(pen *kit.Pen, i int, width, height float32) {
	f := &p.listed[i]
	for _, name := range p.inURL {
		if name == f.Name {
			pen.Dot(10, (height-7)/2, 7, theme.ColorNamePrimary)
		}
	}
	note, ink := L("all"), theme.ColorNamePlaceHolder
	if f.Own {
		note = L("asset")
	}
	if f.Err != nil {
		note, ink = "! "+L("broken"), theme.ColorNameError
	}
	right := pen.Right(note, width-10, 0, height, kit.Small, ink)
	pen.Middle(f.Name, 24, 0, height, right-32, kit.Body, theme.ColorNameForeground)
}

// filterTip says what a filter does to the chosen asset, or why it does nothing.
func filterTip(s *workbench.State, f *workbench.Filter) string {
	lines := []string{f.Name}
	if a := s.Chosen(); a != nil {
		lines = append(lines, effectWords(a, a.Of(f))...)
	}
	switch {
	case f.Written():
		return strings.Join(append(lines, L("Written out in the URL")), "\n")
	case f.Own:
		return strings.Join(append(lines, L("For this asset alone")), "\n")
	}
	return strings.Join(append(lines, L("For all assets")), "\n")
}

// effectWords says what is left of an asset.
func effectWords(a *workbench.Asset, e *workbench.Effect) []string {
	switch {
	case e == nil:
		return nil
	case e.Err != nil:
		out := []string{sentence(e.Err.Sentence()) + "."}
		if e.Err.Advice != "" {
			out = append(out, e.Err.Advice)
		}
		return out
	}
	kept, all := e.Counts(a)
	return []string{fmt.Sprintf("%d %s %s", kept, L("of"), count(all, "track", "tracks")) + " · " + seconds(e.Kept.Start) + " – " + seconds(e.Kept.Start+e.Kept.Duration)}
}

// whyDropped says which conditions a track does not meet, "" where it is kept.
func whyDropped(e *workbench.Effect, g *media.Group, t *media.Track) string {
	if e == nil || e.Keeps(g, t) {
		return ""
	}
	for _, f := range e.Filters {
		misses := f.Misses(g, t)
		var words []string
		for i, c := range misses {
			words = append(words, conditionWords(f.Tracks[i][c]))
		}
		if len(words) > 0 {
			return L("not met:") + " " + strings.Join(words, " "+L("nor")+" ")
		}
	}
	return L("outside of the time range")
}

func conditionWords(c filter.Condition) string {
	operation := "="
	if c.Not {
		operation = "≠"
	}
	return fmt.Sprintf("%s %s %s", c.Property, operation, c.Value)
}

// edit opens a draft, nil for none, and the tab.
func (w *Window) edit(d *workbench.Draft) {
	w.leave(d)
	w.bench.Dispatch(workbench.SetDraft{Draft: d})
	w.openFilters()
	w.apply(w.bench.State())
}

// leave says where changes are that were not saved, unless they are edited on.
func (w *Window) leave(next *workbench.Draft) {
	if d := w.state.Draft; d != nil && d != next && w.state.Changed() {
		w.bench.Say(fault.Info, "%s was not saved; Back to the last choice brings it again", d.Name)
	}
}

// endEditing closes the draft.
func (w *Window) endEditing() {
	w.leave(nil)
	w.bench.Dispatch(workbench.SetDraft{})
}

// editNew opens a new filter, its name to be typed.
func (w *Window) editNew() {
	w.edit(w.state.NewDraft())
	name := w.drawer.filters.form.name.entry
	w.win.Canvas().Focus(name)
	name.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// openFilters opens the tab.
func (w *Window) openFilters() {
	w.changeLayout(func(l *workbench.Layout) { l.Tab, l.Folded = tabFilters, false })
}

// editFilters opens the tab with a filter in it where there is one: of the URL
// or else the first.
func (w *Window) editFilters() {
	d := w.state.Draft
	if a := w.state.Chosen(); d == nil {
		if len(a.Filters) > 0 {
			d = w.state.DraftOf(a.Filters[0].Name)
		}
		for _, name := range w.state.Parameters.Filters {
			if named := w.state.DraftOf(name); named != nil {
				d = named
			}
		}
	}
	w.edit(d)
}

func (w *Window) toggleFilter(name string) {
	w.bench.Dispatch(workbench.SetParameters{Parameters: w.state.Parameters.Toggled(name)})
}

// Reasons.
func needsDraft(s *workbench.State) string {
	if why := needsAsset(s); why != "" {
		return why
	}
	return when(s.Draft == nil, L("No filter is edited."))
}

func needsKept(s *workbench.State) string {
	if why := needsDraft(s); why != "" {
		return why
	}
	return when(s.Draft.From.Name == "", L("The filter is not saved yet."))
}

func needsChange(s *workbench.State) string {
	if why := needsDraft(s); why != "" {
		return why
	}
	return when(!s.Changed(), L("Nothing was changed."))
}

func whyNotSaved(s *workbench.State) string {
	why := needsChange(s)
	if why == "" {
		if _, err := s.CheckDraft(); err != nil {
			why = sentence(err.Sentence()) + "."
		}
	}
	return why
}

func (w *Window) deleteFilter() {
	k := w.state.Draft.From
	d := dialog.NewConfirm(L("Delete filter"), fmt.Sprintf(L("Delete %s? URLs that name it are refused then."), k.Name), func(ok bool) {
		if ok {
			w.bench.DeleteFilter(k)
		}
	}, w.win)
	d.SetConfirmText(L("Delete"))
	d.SetDismissText(L("Cancel"))
	w.present(d, fyne.NewSize(420, 160))
}

// maxFilterFile bounds what is read of a file that is imported, in bytes.
const maxFilterFile = 1 << 20

// pickFilter asks for a JSON document.
func (w *Window) pickFilter() {
	d := dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		switch {
		case err != nil:
			w.bench.Fail(err)
			return
		case r == nil:
			return
		}
		go func() { // the file may lie on a slow drive
			b, err := io.ReadAll(io.LimitReader(r, maxFilterFile))
			r.Close()
			w.schedule(func() { w.importFilter(b, r.URI().Name(), err) })
		}()
	}, w.win)
	d.SetFilter(storage.NewExtensionFileFilter([]string{".json"}))
	w.present(d, fyne.NewSize(900, 620))
}

// importFilter edits a document that was read from a file.
func (w *Window) importFilter(b []byte, name string, err error) {
	var d *workbench.Draft
	if err == nil {
		d, err = w.state.ImportDraft(b, strings.TrimSuffix(name, filepath.Ext(name)))
	}
	if err != nil {
		w.bench.Fail(err)
		return
	}
	w.edit(d)
}

// exportFilter writes the draft to a file.
func (w *Window) exportFilter() {
	b, err := w.state.Draft.JSON()
	if err != nil {
		w.bench.Fail(err)
		return
	}
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		switch {
		case err != nil:
			w.bench.Fail(err)
		case f != nil:
			go func() {
				if w.write(f, string(b)) {
					w.bench.Say(fault.Info, "Filter saved as %s", f.URI().Path())
				}
			}()
		}
	}, w.win)
	d.SetFileName(w.state.Draft.Name + ".json")
	w.present(d, fyne.NewSize(900, 620))
}
