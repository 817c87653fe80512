package window

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"manifold/app/workbench"
	"manifold/packager/media"
	"manifold/ui/kit"
	look "manifold/ui/theme"
)

// fragments shows all tracks of the chosen asset on one time axis.
type fragments struct {
	w       *Window
	object  fyne.CanvasObject
	caption *kit.Caption
	heat    *kit.HeatMap
	scroll  *container.Scroll

	drawn  *workbench.Reading // whose strips are shown
	tracks []*media.Track     // of the strips
	owners []*media.Group     // of the tracks
	strips []kit.Strip
	end    int64 // of the axis
}

func newFragments(w *Window) *fragments {
	f := &fragments{w: w, caption: kit.NewCaption(L("Fragments")), heat: kit.NewHeatMap()}
	f.heat.OnSelected = func(strip, k int) {
		w.bench.Dispatch(workbench.SelectFragment{Track: f.key(strip), Fragment: k})
		w.explain()
	}
	f.heat.Describe = f.describe
	f.heat.OnCut = func(from, to int) {
		edges := w.state.Chosen().Edges()
		now := w.state
		now.Draft = now.StartAt(edges, from)
		w.moveCut(now.EndAt(edges, to))
	}
	tools := container.NewHBox(w.button("zoom-fit", false), w.button("zoom-out", false), w.button("zoom-in", false))
	head := inset(12, 2, 6, 0, container.NewBorder(nil, nil, nil, tools, f.caption))
	f.heat.OnMenu = func(at fyne.Position) { w.contextMenu(at, "zoom-in", "zoom-out", "zoom-fit", "", "play", "copy-url") }
	f.scroll = container.NewVScroll(f.heat)
	f.heat.OnLabelsScrolled = f.scroll.Scrolled
	f.object = surface(look.ColorNamePanel, container.NewBorder(head, spacer(1, 4), nil, nil, f.scroll))
	return f
}

func (f *fragments) key(strip int) workbench.TrackKey {
	return workbench.TrackKey{Name: f.owners[strip].Name, Bitrate: f.tracks[strip].Bitrate}
}

func (f *fragments) show(s *workbench.State) {
	a := s.Chosen()
	var read *workbench.Reading
	if a != nil {
		read = a.Read
	}
	if read != f.drawn {
		f.drawn = read
		f.draw(a)
	}
	f.showEffect(s)
	strip := -1
	for i := range f.tracks {
		if s.Selection.Fragment >= 0 && f.key(i) == s.Selection.Track {
			strip = i
		}
	}
	if have, k := f.heat.Selected(); have != strip || k != s.Selection.Fragment && strip >= 0 {
		f.heat.Select(strip, s.Selection.Fragment)
		f.reveal(strip)
	}
}

// reveal brings a strip into view.
func (f *fragments) reveal(strip int) {
	if strip < 0 {
		return
	}
	upper, lower := f.heat.Span(strip)
	switch o, view := f.scroll.Offset.Y, f.scroll.Size().Height; {
	case upper < o:
		f.scroll.ScrollToOffset(fyne.NewPos(0, upper))
	case lower > o+view:
		f.scroll.ScrollToOffset(fyne.NewPos(0, lower-view))
	}
}

// draw makes a strip of every track.
func (f *fragments) draw(a *workbench.Asset) {
	f.tracks, f.owners = nil, nil
	f.strips, f.end = nil, 0
	groups := a.Groups()
	for _, g := range groups {
		f.end = max(f.end, g.Times[len(g.Times)-1])
		for _, t := range g.Tracks {
			f.tracks, f.owners = append(f.tracks, t), append(f.owners, g)
			f.strips = append(f.strips, kit.Strip{
				Name: title(t), Detail: rate(t.Bitrate), Ink: ink(t.Kind), Times: g.Times, Sizes: t.FragmentBytes,
				Offsets: offsets(g, t), Sync: loose(g, t),
			})
		}
	}
	f.heat.Empty = L("The asset is being read.")
	if a != nil && a.Err() != nil {
		f.heat.Empty = L("There are no fragments: the asset cannot be served.")
	}
	f.heat.Select(-1, 0)
	f.heat.Set(f.strips, f.end)
	f.caption.SetRemark("")
	if g := leading(groups); g != nil {
		f.caption.SetRemark(fmt.Sprintf("%s · %d × %s", L("height = size · colour = edge offset · foot = further sync points"), g.Fragments(), seconds(g.Times[min(1, g.Fragments())]-g.Times[0])))
	}
}

// showEffect marks what filters leave, and puts handles at the ends of the one that
// is edited.
func (f *fragments) showEffect(s *workbench.State) {
	effect, changed := s.Effect(), false
	for i := range f.strips {
		var left *kit.Span
		if effect != nil {
			from, to := effect.Fragments(f.owners[i], f.tracks[i])
			left = &kit.Span{From: from, To: to}
		}
		if have := f.strips[i].Left; left == nil != (have == nil) || left != nil && *left != *have {
			f.strips[i].Left, changed = left, true
		}
	}
	if changed {
		f.heat.Set(f.strips, f.end)
	}
	f.heat.SetCut(cutOf(s, effect))
}

// editing says whether a filter is edited where one can see it.
func editing(s *workbench.State) bool {
	return s.Draft != nil && s.Settings.Layout.Tab == tabFilters && !s.Settings.Layout.Folded
}

// cutOf returns the ends of the draft, nil where none is edited.
func cutOf(s *workbench.State, e *workbench.Effect) *kit.Cut {
	if !editing(s) || s.Chosen().Edges() == nil {
		return nil
	}
	from, to, edges := s.Cut()
	start, end, ok := s.Draft.Range()
	if !ok || start == 0 {
		start = edges[from]
	}
	if !ok || end == 0 {
		end = edges[to]
	}
	effective := [2]int64{edges[from], edges[to]}
	if e != nil && e.Kept != nil { // sound may go on a little longer
		effective = [2]int64{e.Kept.Start, e.Kept.Start + e.Kept.Duration}
	}
	words := func(what string, asked, effective int64) string {
		return what + "\n" + L("Asked for:") + " " + seconds(asked) + "\n" + L("In effect:") + " " + seconds(effective)
	}
	return &kit.Cut{Edges: edges, From: from, To: to, Asked: [2]int64{start, end},
		Tips: [2]string{words(L("Start of the filter"), start, effective[0]), words(L("End of the filter"), end, effective[1])}}
}

// leading returns the switching set that fragments are cut by: video, or else
// the first.
func leading(groups []*media.Group) *media.Group {
	for _, g := range groups {
		if g.Kind == media.Video {
			return g
		}
	}
	if len(groups) > 0 {
		return groups[0]
	}
	return nil
}

// offsets returns how far the edges of a track are off those of its group, in
// ticks; nil when none is by more than rounding between timescales makes.
func offsets(g *media.Group, t *media.Track) []int64 {
	out := make([]int64, g.Fragments())
	off := false
	for k := range out {
		out[k] = t.Ticks(int(t.First[k])) - g.Times[k]
		off = off || out[k] > 1 || out[k] < -1
	}
	if !off {
		return nil
	}
	return out
}

// loose returns the times of the sync samples of a video track that begin no
// fragment.
func loose(g *media.Group, t *media.Track) []int64 {
	if g.Kind != media.Video {
		return nil
	}
	var out []int64
	k := 0
	for _, i := range t.Samples.Sync() {
		for k < len(t.First) && t.First[k] < i {
			k++
		}
		if k < len(t.First) && t.First[k] != i && i > t.First[0] {
			out = append(out, t.Ticks(int(i)))
		}
	}
	return out
}

// describe is the tip of a fragment.
func (f *fragments) describe(strip, k int) string {
	g, t := f.owners[strip], f.tracks[strip]
	from, to := t.Fragment(k, k+1)
	return fmt.Sprintf("%s · %s %d\n%s + %s · %s · %s\n%s %s", title(t), L("fragment"), k+1,
		seconds(g.Times[k]), seconds(g.Times[k+1]-g.Times[k]), bytes(t.FragmentBytes[k]), count(to-from, "sample", "samples"),
		L("edge"), offsetWords(t.Ticks(from)-g.Times[k]))
}
