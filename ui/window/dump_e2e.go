//go:build e2e

package window

import (
	"encoding/json"
	"os"

	"fyne.io/fyne/v2"

	"manifold/app/workbench"
)

// dumped is what tests of the whole program are told of the state.
type dumped struct {
	Assets []dumpedAsset `json:"assets"`
	Chosen string        `json:"chosen"`
	Panes  []dumpedPane  `json:"panes"`
	Focus  int           `json:"focus"`

	Running  bool   `json:"running"`
	Base     string `json:"base"`
	Notice   string `json:"notice"`
	Severity string `json:"severity"`
	Theme    string `json:"theme"`
	Jobs     int    `json:"jobs"`
	Requests int64  `json:"requests"`

	Filters []string            `json:"filters"` // of the chosen asset
	Draft   *dumpedDraft        `json:"draft"`
	Places  map[string]dumpedAt `json:"places"` // of what only a pointer reaches
}

type dumpedDraft struct {
	Name    string `json:"name"`
	Start   string `json:"start"`
	End     string `json:"end"`
	Kept    int    `json:"kept"` // tracks
	Changed bool   `json:"changed"`
}

// dumpedAt is a point of the window.
type dumpedAt struct{ X, Y float32 }

type dumpedAsset struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	Tracks int    `json:"tracks"`
	Error  string `json:"error"`
}

type dumpedPane struct {
	URL    string `json:"url"`
	Format string `json:"format"`
	Text   string `json:"text"`
	Shown  bool   `json:"shown"` // the text is the answer to the URL
	Lines  int    `json:"changed"`
}

// dump writes the state that the window shows to the file named by
// MANIFOLD_STATE, whole or not at all.
func (w *Window) dump(s *workbench.State) {
	path := os.Getenv("MANIFOLD_STATE")
	if path == "" {
		return
	}
	d := dumped{
		Focus: s.Focus, Running: s.Server.Running, Base: s.Server.Base, Notice: s.Notice.String(), Severity: s.Notice.Severity.String(),
		Theme: s.Settings.Theme, Jobs: len(s.Jobs), Requests: s.Server.Requests,
	}
	if a := s.Chosen(); a != nil {
		d.Chosen = a.Name
	}
	for i := range s.Assets {
		a := &s.Assets[i]
		x := dumpedAsset{Name: a.Name, Path: a.Path}
		if e := a.Err(); e != nil {
			x.Error = e.Error()
		}
		if a.Read != nil {
			x.Tracks = len(a.Read.Tracks)
		}
		d.Assets = append(d.Assets, x)
	}
	w.dumpFilters(s, &d)
	for i, p := range s.Panes {
		v := s.Views[i]
		d.Panes = append(d.Panes, dumpedPane{URL: s.URL(i), Format: string(p.Format), Text: v.Text, Shown: v.Path != "" && v.Path == s.Path(i), Lines: len(v.Changed)})
	}
	b, err := json.Marshal(d)
	if err == nil {
		err = os.WriteFile(path+".new", b, 0o600)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		panic(err) // the test has no other way to see it
	}
}

// dumpFilters tells of the filters, and where the end of the cut and the button for
// another condition are.
func (w *Window) dumpFilters(s *workbench.State, d *dumped) {
	a := s.Chosen()
	if a == nil {
		return
	}
	for _, f := range a.Filters {
		d.Filters = append(d.Filters, f.Name)
	}
	if s.Draft == nil {
		return
	}
	d.Draft = &dumpedDraft{Name: s.Draft.Name, Start: s.Draft.Start, End: s.Draft.End, Changed: s.Changed()}
	d.Draft.Kept, _ = s.Effect().Counts(a)
	d.Places = map[string]dumpedAt{}
	place := func(o fyne.CanvasObject, dx, dy float32) dumpedAt {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
		return dumpedAt{at.X + dx, at.Y + dy}
	}
	if start, end, ok := w.fragments.heat.Handles(); ok {
		d.Places["start"], d.Places["end"] = place(w.fragments.heat, start, 60), place(w.fragments.heat, end, 60)
	}
	if more := w.drawer.filters.form.more; more != nil {
		d.Places["more"] = place(more, more.Size().Width/2, more.Size().Height/2)
	}
}
