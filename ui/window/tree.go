package window

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"manifold/app/workbench"
	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/ui/kit"
	look "manifold/ui/theme"
)

// assetTree lists the open assets and their tracks.
type assetTree struct {
	w      *Window
	object fyne.CanvasObject

	tree *kit.Tree
	rows []treeRow // what each row stands for
}

// treeRow is an asset, or a track of it.
type treeRow struct {
	locator string
	track   workbench.TrackKey // zero for the asset
}

func newAssetTree(w *Window) *assetTree {
	t := &assetTree{w: w, tree: kit.NewTree()}
	t.tree.OnSelected = func(i int) {
		r := t.rows[i]
		if r.track == (workbench.TrackKey{}) {
			w.bench.Dispatch(workbench.ChooseAsset{Locator: r.locator})
		} else {
			w.bench.Dispatch(workbench.SelectTrack{Locator: r.locator, Track: r.track})
			w.explain()
		}
	}
	t.tree.OnToggled = func(i int) {
		a := w.state.Asset(t.rows[i].locator)
		w.bench.Dispatch(workbench.FoldAsset{Locator: a.Locator.ID, Folded: !a.Folded})
	}
	t.tree.OnActivated = t.openLevel
	t.tree.OnMenu = func(_ int, at fyne.Position) { w.contextMenu(at, "copy-url", "play", "", "reread", "reveal", "close") }
	head := inset(12, 2, 4, 0, container.NewBorder(nil, nil, nil, w.button("open", false), kit.NewCaption(L("Assets"))))
	t.object = surface(look.ColorNamePanel, container.NewBorder(head, nil, nil, nil, t.tree))
	return t
}

// openLevel shows the playlist of a track in the focused pane.
func (t *assetTree) openLevel(i int) {
	s := &t.w.state
	for _, l := range s.Levels(s.Panes[s.Focus].Format) {
		if l.TrackKey == t.rows[i].track && !l.KeyFrames {
			t.w.bench.Dispatch(workbench.SetLevel{Pane: s.Focus, Level: l})
			return
		}
	}
}

func (t *assetTree) show(s *workbench.State) {
	var items []kit.TreeItem
	t.rows = t.rows[:0]
	selected := -1
	for i := range s.Assets {
		a := &s.Assets[i]
		var effect *workbench.Effect
		if a.Locator.ID == s.Locator {
			effect = s.Effect()
		}
		if a.Locator.ID == s.Locator && s.Selection.Track == (workbench.TrackKey{}) {
			selected = len(items)
		}
		items = append(items, assetItem(a))
		t.rows = append(t.rows, treeRow{locator: a.Locator.ID})
		if a.Folded {
			continue
		}
		if e := a.Err(); e != nil {
			items = append(items, kit.TreeItem{Depth: 1, Label: e.Sentence(), Mark: kit.Mark{Shape: kit.Alarm, Ink: theme.ColorNameError}, Tip: reason(e)})
			t.rows = append(t.rows, treeRow{locator: a.Locator.ID})
		}
		for _, g := range a.Groups() {
			for _, track := range g.Tracks {
				key := workbench.TrackKey{Name: g.Name, Bitrate: track.Bitrate}
				if a.Locator.ID == s.Locator && s.Selection.Track == key {
					selected = len(items)
				}
				item := trackItem(track)
				if why := whyDropped(effect, g, track); why != "" {
					item.Dropped = true
					item.Tip += "\n" + L("Left out by the filter") + ", " + why
				}
				items = append(items, item)
				t.rows = append(t.rows, treeRow{a.Locator.ID, key})
			}
		}
	}
	t.tree.Set(items, selected)
}

func assetItem(a *workbench.Asset) kit.TreeItem {
	e := kit.TreeItem{Branch: a.Read != nil, Open: !a.Folded, Strong: true, Label: a.Name, Tip: a.Name + "\n" + a.Path + "\n" + summary(a)}
	worst, found := a.Worst()
	switch {
	case a.Stale != "":
		e.Value, e.Note = L("stale"), theme.ColorNameWarning
	case a.Read == nil:
		e.Value = L("reading")
	case a.Err() != nil:
		e.Value, e.Note = L("not served"), theme.ColorNameError
	case found && worst == fault.Severe:
		e.Value, e.Note = "● "+count(len(a.Read.Findings), "finding", "findings"), theme.ColorNameError
	case found && worst == fault.Warning:
		e.Value, e.Note = "● "+count(len(a.Read.Findings), "finding", "findings"), theme.ColorNameWarning
	}
	return e
}

func trackItem(t *media.Track) kit.TreeItem {
	return kit.TreeItem{
		Depth: 1, Mark: mark(t.Kind), Label: title(t) + " · " + codecWords(t), Value: rate(t.Bitrate),
		Tip: title(t) + " · " + t.Codec.Words + "\n" + t.File + " · " + L("track") + " " + grouped(int64(t.TrackID)) + "\n" + decoded(t.Codec.String),
	}
}

// reason is an error with its advice in the lines of a tip.
func reason(e *fault.Error) string {
	lines := []string{e.Code.String(), e.Sentence()}
	if e.Where != "" {
		lines = append(lines, e.Where)
	}
	if e.Advice != "" {
		lines = append(lines, e.Advice)
	}
	return strings.Join(lines, "\n")
}
