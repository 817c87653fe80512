package window

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"manifold/app/workbench"
	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/ui/kit"
	look "manifold/ui/theme"
)

// drawer holds the findings, the table of tracks, how they are protected and the
// filters, and in a narrow window the selection.
type drawer struct {
	w      *Window
	object fyne.CanvasObject

	tabs     *kit.Drawer
	findings *kit.Rows
	found    []found
	tracks   *kit.Table
	keyed    *protection
	filters  *filterPanel
	keys     []workbench.TrackKey
	drawn    []*workbench.Reading
	listed   *workbench.Reading
}

// found is a finding with what it is about.
type found struct {
	fault.Finding
	asset   string
	locator string
	track   workbench.TrackKey // zero for the asset
	at      int                // the fragment it names a sample of, -1 for none
}

// text is the finding in full: what, where, who is affected, what to do.
func (f *found) text() string {
	lines := []string{sentence(f.Message)}
	for _, s := range []string{f.asset + " · " + f.Where, f.Affects, f.Advice} {
		if s != "" {
			lines = append(lines, s)
		}
	}
	return strings.Join(lines, "\n")
}

// The tabs.
const (
	tabFindings  = "findings"
	tabTracks    = "tracks"
	tabProtected = "protection"
	tabFilters   = "filters"
	tabSelection = "selection"
)

func newDrawer(w *Window) *drawer {
	d := &drawer{w: w, filters: newFilterPanel(w)}
	d.findings = kit.NewRows(func() int { return len(d.found) }, d.drawFinding)
	d.findings.Lines = 2
	d.findings.Tip = func(i int, _ float32) string { return d.found[i].text() }
	d.findings.Empty = L("Nothing to complain about.")
	d.findings.OnSelected = d.goTo
	d.findings.OnMenu = func(i int, at fyne.Position) {
		w.contextMenu(at, "copy-finding")
	}
	d.tracks = kit.NewTable(
		kit.Column{Title: L("Track"), Share: 5, Font: kit.Body}, kit.Column{Title: L("Codec"), Share: 4, Font: kit.Body}, kit.Column{Title: "RFC 6381", Width: 110, Font: kit.Mono},
		kit.Column{Title: L("Declared"), Width: 68, Right: true, Font: kit.Mono}, kit.Column{Title: L("Average"), Width: 68, Right: true, Font: kit.Mono}, kit.Column{Title: L("Peak"), Width: 64, Right: true, Font: kit.Mono},
		kit.Column{Title: L("Duration"), Width: 78, Right: true, Font: kit.Mono}, kit.Column{Title: L("Fragments"), Width: 76, Right: true, Font: kit.Mono}, kit.Column{Title: L("First shown"), Width: 88, From: 960, Right: true, Font: kit.Mono},
		kit.Column{Title: L("Source"), Share: 5, From: 1160, Font: kit.Mono})
	d.tracks.OnSelected = func(i int) {
		w.bench.Dispatch(workbench.SelectTrack{Locator: w.state.Locator, Track: d.keys[i]})
	}
	d.tracks.OnMenu = func(_ int, at fyne.Position) { w.contextMenu(at, "play", "copy-url", "", "reread", "reveal") }
	d.keyed = newProtection()
	d.tabs = kit.NewDrawer(d.all(true)...)
	d.tabs.OnChosen = func(tab string, open bool) {
		w.changeLayout(func(l *workbench.Layout) { l.Tab, l.Folded = tab, !open })
	}
	d.object = surface(look.ColorNamePanel, d.tabs)
	return d
}

// all returns the tabs for a width.
func (d *drawer) all(wide bool) []kit.Tab {
	tabs := []kit.Tab{
		{Value: tabFindings, Label: L("Findings"), Content: d.findings},
		{Value: tabTracks, Label: L("Tracks"), Content: d.tracks.Object()},
		{Value: tabProtected, Label: L("Protection"), Content: d.keyed.object},
		{Value: tabFilters, Label: L("Filters"), Content: d.filters.object},
	}
	if !wide {
		tabs = append(tabs, kit.Tab{Value: tabSelection, Label: L("Selection"), Content: d.w.inspector.panel})
	}
	return tabs
}

func (d *drawer) setWide(wide bool) {
	d.tabs.SetTabs(d.all(wide)...)
	d.label()
}

// needs returns the height that the open tab needs, 0 where it scrolls well in
// any.
func (d *drawer) needs() float32 {
	tab, open := d.tabs.Chosen()
	if !open {
		return 0
	}
	return map[string]float32{tabFilters: formHeight, tabSelection: selectionHeight}[tab]
}

func (d *drawer) show(s *workbench.State) {
	d.tabs.Choose(s.Settings.Layout.Tab, !s.Settings.Layout.Folded)
	d.w.frame.fitDrawer()
	var now []*workbench.Reading
	for i := range s.Assets {
		now = append(now, s.Assets[i].Read)
	}
	if !equal(now, d.drawn) {
		d.drawn = now
		d.showFindings(s)
	}
	var read *workbench.Reading
	if a := s.Chosen(); a != nil {
		read = a.Read
	}
	if read != d.listed {
		d.listed = read
		d.showTracks(s.Chosen())
	}
	d.selectTrack(s)
	d.keyed.show(s)
	d.filters.show(s)
}

func equal(a, b []*workbench.Reading) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// showFindings lists what is wrong, the worst first.
func (d *drawer) showFindings(s *workbench.State) {
	d.found = nil
	for severity := fault.Severe; ; severity-- {
		for i := range s.Assets {
			a := &s.Assets[i]
			if a.Read == nil {
				continue
			}
			for _, f := range a.Read.Findings {
				if f.Severity != severity {
					continue
				}
				track, at := placeOf(a, f)
				d.found = append(d.found, found{f, a.Name, a.Locator.ID, track, at})
			}
		}
		if severity == fault.Info {
			break
		}
	}
	d.findings.Refresh()
	d.label()
}

// drawFinding writes what and where in one line, who is affected and what to
// do in the next.
func (d *drawer) drawFinding(p *kit.Pen, i int, width, height float32) {
	f := &d.found[i]
	const left = 30
	drawSeverity(p, 10, 7, f.Severity)
	where := f.Where
	if len(d.drawn) > 1 {
		where = f.asset + " · " + where
	}
	line, room := kit.Body.Height()+4, width-left-12
	x := p.Middle(sentence(f.Message), left, 3, line, room-min(room/3, kit.Mono.Width(where)+16), kit.Strong, theme.ColorNameForeground) + 14
	p.Middle(where, x, 3, line, width-12-x, kit.Mono, theme.ColorNameHyperlink)
	x = p.Middle(f.Affects, left, 3+line, height-line-8, room*2/3, kit.Small, theme.ColorNamePlaceHolder) + 8
	p.Middle(f.Advice, x, 3+line, height-line-8, width-12-x, kit.Small, theme.ColorNameForeground)
	p.Box(left, height-1, width-left, 1, 0, theme.ColorNameSeparator)
}

func (d *drawer) label() {
	d.tabs.SetLabel(tabFindings, fmt.Sprintf("%s %d", L("Findings"), len(d.found)))
}

// placeOf finds the track that a finding names, zero when it names none, and the
// fragment of the sample that it names, -1 when it names none.
func placeOf(a *workbench.Asset, f fault.Finding) (workbench.TrackKey, int) {
	for _, g := range a.Groups() {
		for _, t := range g.Tracks {
			rest, found := strings.CutPrefix(f.Where, t.Where())
			if f.Where != t.File && (!found || rest != "" && rest[0] != ' ') {
				continue
			}
			at := -1
			var sample int // from 1
			if n, _ := fmt.Sscanf(rest, " sample %d", &sample); n == 1 {
				for k := range g.Fragments() {
					if from, to := t.Fragment(k, k+1); sample-1 >= from && sample-1 < to {
						at = k
					}
				}
			}
			return workbench.TrackKey{Name: g.Name, Bitrate: t.Bitrate}, at
		}
	}
	return workbench.TrackKey{}, -1
}

func (d *drawer) goTo(i int) {
	p := d.found[i]
	d.w.showMenu() // the finding can be copied
	if p.track == (workbench.TrackKey{}) {
		d.w.bench.Dispatch(workbench.ChooseAsset{Locator: p.locator})
		return
	}
	d.w.bench.Dispatch(workbench.SelectTrack{Locator: p.locator, Track: p.track})
	if p.at >= 0 {
		d.w.bench.Dispatch(workbench.SelectFragment{Track: p.track, Fragment: p.at})
	}
}

// whyNoFinding says why no finding can be copied.
func (w *Window) whyNoFinding(*workbench.State) string {
	if w.drawer == nil || w.drawer.findings.Selected() < 0 {
		return L("No finding is selected.")
	}
	return ""
}

func (d *drawer) copyFinding() {
	d.w.copy(d.found[d.findings.Selected()].text(), L("Finding copied"))
}

// drawSeverity draws a sign of 12 by 12: a colour and a letter, so that neither
// has to be told apart alone.
func drawSeverity(p *kit.Pen, x, y float32, s fault.Severity) {
	p.Dot(x, y, 12, severityInk(s))
	letter := [...]string{fault.Info: "i", fault.Warning: "!", fault.Severe: "×"}[s]
	p.Centre(letter, x, y, 12, 12, kit.Label, theme.ColorNameForegroundOnPrimary)
}

func severityInk(s fault.Severity) fyne.ThemeColorName {
	return [...]fyne.ThemeColorName{fault.Info: theme.ColorNameSuccess, fault.Warning: theme.ColorNameWarning, fault.Severe: theme.ColorNameError}[s]
}

// sentence begins with a capital.
func sentence(s string) string {
	r := []rune(s)
	if len(r) > 0 && r[0] >= 'a' && r[0] <= 'z' {
		r[0] -= 'a' - 'A'
	}
	return string(r)
}

func (d *drawer) showTracks(a *workbench.Asset) {
	var rows [][]kit.Cell
	d.keys = nil
	for _, g := range a.Groups() {
		for _, t := range g.Tracks {
			rows = append(rows, trackRow(g, t))
			d.keys = append(d.keys, workbench.TrackKey{Name: g.Name, Bitrate: t.Bitrate})
		}
	}
	d.tracks.Set(rows)
}

func trackRow(g *media.Group, t *media.Track) []kit.Cell {
	declared := "–"
	if t.Declared {
		declared = rate(t.Bitrate)
	}
	first, last := int(t.First[0]), int(t.First[len(t.First)-1])
	name := title(t)
	switch r := t.Codec.FrameRate; {
	case t.Kind == media.Audio:
		name += fmt.Sprintf(" · %d Hz · %d ch", t.Codec.SamplingRate, t.Codec.Channels)
	case t.Kind == media.Text:
		name += " · " + count(len(t.Cues), "cue", "cues")
	case r[1] != 0:
		name += fmt.Sprintf(" · %.4g Hz", float64(r[0])/float64(r[1]))
	}
	return []kit.Cell{
		{Text: name, Dot: ink(t.Kind)}, {Text: t.Codec.Words}, {Text: t.Codec.String},
		{Text: declared}, {Text: rate(t.Average)}, {Text: rate(g.Peak(t, 1))},
		{Text: clock(media.Rescale(t.Samples.Decode(last)-t.Samples.Decode(first), media.TicksPerSecond, int64(t.Timescale)))},
		{Text: fmt.Sprint(g.Fragments())}, {Text: seconds(t.Ticks(first))},
		{Text: fmt.Sprintf("%s : %d", t.File, t.TrackID), Ink: theme.ColorNamePlaceHolder},
	}
}

func (d *drawer) selectTrack(s *workbench.State) {
	row := -1
	for i, k := range d.keys {
		if k == s.Selection.Track {
			row = i
		}
	}
	if row != d.tracks.Selected() {
		d.tracks.Reveal(row)
	}
}
