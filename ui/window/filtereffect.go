package window

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/app/workbench"
	"manifold/packager/filter"
	"manifold/packager/media"
	"manifold/ui/kit"
	look "manifold/ui/theme"
)

// effectPanel says what the draft leaves of the chosen asset, track by track
// with the condition that drops it, or how other origins write it.
type effectPanel struct {
	w      *Window
	object fyne.CanvasObject

	pages   *kit.Segmented
	summary *kit.Line
	advice  *kit.Line // of an error
	tracks  *kit.Rows
	rows    []effectRow
	result  fyne.CanvasObject
	body    *fyne.Container
	origins []*originView
	abroad  fyne.CanvasObject // the origins
	none    *kit.Line         // why there are none
	aside   fyne.CanvasObject // what is a page where the form is narrow
}

// effectRow is a track with what becomes of it.
type effectRow struct {
	group *media.Group
	track *media.Track
	from  int
	to    int
	why   string // it is dropped; "" when it is kept
}

// originView is the syntax of one origin.
type originView struct {
	title  *kit.Caption
	copy   *kit.Button
	text   *widget.Label
	notes  *widget.Label
	object fyne.CanvasObject
}

func newOriginView(w *Window) *originView {
	o := &originView{title: kit.NewCaption(""), text: widget.NewLabel(""), notes: widget.NewLabel("")}
	o.text.TextStyle.Monospace, o.text.SizeName = true, look.SizeNameMono
	o.text.Wrapping, o.text.Selectable = fyne.TextWrapBreak, true
	o.notes.Wrapping, o.notes.SizeName, o.notes.Importance = fyne.TextWrapWord, theme.SizeNameCaptionText, widget.WarningImportance
	o.copy = kit.NewButton("", theme.Icon(theme.IconNameContentCopy), L("Copy"), func() { w.copy(o.text.Text, L("Copied for another origin")) })
	o.object = inset(6, 0, 4, 0, container.New(layout.NewCustomPaddedVBoxLayout(0), inset(6, 0, 0, 0, container.NewBorder(nil, nil, nil, o.copy, o.title)), o.text, o.notes))
	return o
}

// The pages.
const (
	pageResult = "result"
	pageAbroad = "origins"
	pageAside  = "aside"
)

func newEffectPanel(w *Window) *effectPanel {
	p := &effectPanel{w: w, summary: kit.NewLine("", kit.Body, theme.ColorNameForeground), advice: kit.NewLine("", kit.Small, theme.ColorNamePlaceHolder)}
	p.none = kit.NewLine("", kit.Body, theme.ColorNamePlaceHolder)
	p.tracks = kit.NewRows(func() int { return len(p.rows) }, p.draw)
	p.tracks.Tip = func(i int, _ float32) string {
		r := &p.rows[i]
		return title(r.track) + " · " + rate(r.track.Bitrate) + "\n" + p.words(r)
	}
	p.tracks.OnSelected = func(i int) {
		r := &p.rows[i]
		w.bench.Dispatch(workbench.SelectTrack{Locator: w.state.Locator, Track: workbench.TrackKey{Name: r.group.Name, Bitrate: r.track.Bitrate}})
	}
	p.result = container.NewBorder(inset(12, 2, 10, 3, container.New(layout.NewCustomPaddedVBoxLayout(2), p.summary, p.advice)), nil, nil, nil, p.tracks)
	list := container.New(layout.NewCustomPaddedVBoxLayout(0), inset(12, 6, 10, 0, p.none))
	for range 3 {
		o := newOriginView(w)
		p.origins = append(p.origins, o)
		list.Add(o.object)
	}
	p.abroad = container.NewVScroll(list)
	p.body = container.NewStack(p.result)
	p.pages = kit.NewSegmented(p.turn)
	p.object = container.NewBorder(inset(10, 1, 0, 2, container.NewHBox(p.pages)), nil, nil, nil, p.body)
	return p
}

// setNarrow makes what stands aside a page where there is no other room for it.
func (p *effectPanel) setNarrow(narrow bool) {
	options := []kit.Option{
		{Value: pageResult, Label: L("Result"), Tip: L("What is left of the asset, and what drops the rest")},
		{Value: pageAbroad, Label: L("Other origins"), Tip: L("The same in the syntax of Unified Origin, AWS MediaPackage and nginx-vod-module")},
	}
	if narrow {
		options = append([]kit.Option{{Value: pageAside, Label: L("Time"), Tip: L("Start and end, and what else has a number")}}, options...)
	}
	page := p.pages.Chosen()
	if page == "" || page == pageAside && !narrow {
		page = pageResult
	}
	p.pages.Set(options, page)
	p.turn(page)
}

// turn shows a page.
func (p *effectPanel) turn(page string) {
	p.body.Objects = []fyne.CanvasObject{map[string]fyne.CanvasObject{pageResult: p.result, pageAbroad: p.abroad, pageAside: p.aside}[page]}
	p.body.Refresh()
}

// wideEffect is the width from which what drops a track stands beside it.
const wideEffect = 420

// fit puts what drops a track below its name where it has no room beside it.
func (p *effectPanel) fit(width float32) {
	lines := 2
	if width >= wideEffect {
		lines = 1
	}
	if p.tracks.Lines != lines {
		p.tracks.Lines = lines
		p.tracks.Refresh()
	}
}

func (p *effectPanel) show(s *workbench.State, e *workbench.Effect) {
	a := s.Chosen()
	p.rows = nil
	for _, g := range a.Groups() {
		for _, t := range g.Tracks {
			if e == nil || e.Filters == nil { // nothing is known of a filter that is not valid
				continue
			}
			from, to := e.Fragments(g, t)
			p.rows = append(p.rows, effectRow{g, t, from, to, whyDropped(e, g, t)})
		}
	}
	p.tracks.Refresh()
	var advice string
	switch words := effectWords(a, e); {
	case a.Err() != nil:
		p.summary.Set("! "+L("The asset cannot be served:"), theme.ColorNameError)
		advice = a.Err().Sentence() + "."
	case e == nil:
		p.summary.Set(L("The asset is being read."), theme.ColorNamePlaceHolder)
	case e.Err != nil:
		p.summary.Set("! "+words[0], theme.ColorNameError)
		advice = e.Err.Advice
	default:
		p.summary.Set(words[0], theme.ColorNameForeground)
	}
	note(p.advice, advice, nil)
	p.translate(s, a)
}

// translate shows the draft in the syntaxes of other origins.
func (p *effectPanel) translate(s *workbench.State, a *workbench.Asset) {
	f, err := s.CheckDraft()
	why := when(err != nil, L("There is nothing to translate: the filter is not valid."))
	if a.Groups() == nil {
		why = L("There is nothing to translate: the asset has no tracks.")
	}
	p.none.Hidden = why == ""
	p.none.Set(why, "")
	if why != "" {
		for _, o := range p.origins {
			o.object.Hide()
		}
		return
	}
	for i, t := range filter.Translate(f, a.Read.Presentation) {
		p.origins[i].show(t)
	}
}

func (o *originView) show(t filter.Translation) {
	o.object.Show()
	o.title.SetTitle(t.Origin)
	allow(o.copy, when(t.Text == "", L("There is nothing to copy.")))
	text, notes := t.Text, strings.Join(t.Notes, "\n")
	if text == "" {
		text = L("nothing")
	}
	if o.text.Text != text {
		o.text.SetText(text)
	}
	if o.notes.Text != notes {
		o.notes.SetText(notes)
	}
	o.notes.Hidden = notes == ""
}

// words say what becomes of a track.
func (p *effectPanel) words(r *effectRow) string {
	if r.why != "" {
		return r.why
	}
	return fmt.Sprintf("%s %d–%d %s %d", L("Fragments"), r.from+1, r.to, L("of"), r.group.Fragments())
}

// draw writes a track: a sign, its name, and its fragments or what drops it.
func (p *effectPanel) draw(pen *kit.Pen, i int, width, height float32) {
	r := &p.rows[i]
	sign, colour := "✓", theme.ColorNameSuccess
	if r.why != "" {
		sign, colour = "×", theme.ColorNameError
	}
	line := height
	if p.tracks.Lines == 2 {
		line = kit.Body.Height() + 8
	}
	pen.Middle(sign, 12, 0, line, 14, kit.Strong, colour)
	pen.Box(30, 7, 3, line-14, 1, ink(r.track.Kind))
	text := title(r.track) + " · " + rate(r.track.Bitrate)
	ground := theme.ColorNameForeground
	if r.why != "" {
		ground = theme.ColorNamePlaceHolder
	}
	end := pen.Middle(text, 40, 0, line, width-52, kit.Body, ground)
	x, top := end+14, float32(0)
	if line < height {
		x, top = 40, line-6
	}
	if r.why == "" {
		pen.Middle(p.words(r), x, top, height-top, width-x-10, kit.Small, theme.ColorNamePlaceHolder)
		return
	}
	pen.Strike(40, 0, end, line, ground)
	pen.Middle(r.why, x, top, height-top, width-x-10, kit.Small, theme.ColorNameForeground)
}
