package window

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/app/workbench"
	"manifold/packager/media"
	"manifold/packager/protect"
	"manifold/ui/kit"
)

// switches is the row of choices: the format of the focused pane, the
// encryption, what HLS does with audio, what the URL asks for beside, and how
// many panes there are.
type switches struct {
	w      *Window
	object fyne.CanvasObject

	formats    *kit.Segmented
	list       *widget.Select // of formats, where the window is narrow
	choice     *fyne.Container
	wide       bool
	encryption *kit.Segmented
	audioOnly  *kit.Segmented
	edit       *kit.Button     // of the filters
	filters    *fyne.Container // a chip for each filter, and for each other parameter that the URL carries
	scroll     *container.Scroll
	carried    []chip // what the chips were made for
	count      *kit.Segmented
	width      float32             // of the window
	spare      []fyne.CanvasObject // captions, those first that go first where there is no room
}

func newSwitches(w *Window) *switches {
	s := &switches{w: w, wide: true}
	choose := func(f media.Format) { w.bench.Dispatch(workbench.SetFormat{Format: f}) }
	s.formats = kit.NewSegmented(func(v string) { choose(media.Format(v)) })
	var names []string
	for _, f := range workbench.Formats() {
		names = append(names, workbench.FormatWords(f))
	}
	s.list = widget.NewSelect(names, func(name string) {
		for _, f := range workbench.Formats() {
			if workbench.FormatWords(f) == name && w.state.Panes[w.state.Focus].Format != f {
				choose(f)
			}
		}
	})
	s.choice = container.NewStack(s.formats)
	s.encryption = kit.NewSegmented(w.setEncryption)
	s.audioOnly = kit.NewSegmented(s.setAudioOnly)
	s.filters = container.NewHBox()
	s.scroll = container.NewHScroll(s.filters)
	s.edit = w.button("filters", false)
	s.count = kit.NewSegmented(func(v string) {
		var n int
		if _, err := fmt.Sscan(v, &n); err == nil {
			w.bench.Dispatch(workbench.SetPanes{Count: n})
		}
	})
	filters, panes, format := kit.NewCaption(L("Filters")), kit.NewCaption(L("Panes")), kit.NewCaption(L("Format"))
	encryption, audioOnly := kit.NewCaption(L("Encryption")), kit.NewCaption(L("Audio-only"))
	s.spare = []fyne.CanvasObject{filters, panes, format, encryption, audioOnly}
	row := container.NewHBox(
		spacer(6, 1), format, s.choice, spacer(12, 1), encryption, s.encryption, spacer(12, 1),
		audioOnly, s.audioOnly, spacer(12, 1), filters, s.edit,
	)
	end := container.NewHBox(spacer(8, 1), panes, s.count, spacer(6, 1))
	s.object = inset(0, 5, 0, 5, container.NewBorder(nil, nil, row, end, s.scroll))
	return s
}

// formatsWidth is the width of the window from which formats stand side by side.
const formatsWidth = 1780

// chipsWidth is the room that chips are left at least.
const chipsWidth = 110

// fit shows the formats side by side where there is room, else as a list, and
// leaves captions out, one after another, where the chips need theirs.
func (s *switches) fit(width float32) {
	if wide := width >= formatsWidth; wide != s.wide {
		s.wide = wide
		s.choice.Objects = []fyne.CanvasObject{s.list}
		if wide {
			s.choice.Objects = []fyne.CanvasObject{s.formats}
		}
		s.choice.Refresh()
	}
	s.width = width
	for _, c := range s.spare {
		c.Show()
	}
	need := min(chipsWidth, s.filters.MinSize().Width) - s.scroll.MinSize().Width
	for _, c := range s.spare {
		if s.object.MinSize().Width+need > width {
			c.Hide()
		}
	}
}

func (s *switches) show(st *workbench.State) {
	why := needsAsset(st)
	focused := st.Panes[st.Focus].Format
	var options []kit.Option
	for _, f := range workbench.Formats() {
		options = append(options, kit.Option{Value: string(f), Label: workbench.FormatWords(f), Tip: fmt.Sprintf("format=%s  %s", f, spelled(s.w.action("format-"+string(f)).keys)), Reason: why})
	}
	s.formats.Set(options, string(focused))
	if s.list.Selected != workbench.FormatWords(focused) {
		s.list.SetSelected(workbench.FormatWords(focused))
	}
	if why == "" {
		s.list.Enable()
	} else {
		s.list.Disable()
	}
	s.edit.Allow(needsAsset(st))
	s.showEncryption(st)
	var counts []kit.Option
	for n := 1; n <= workbench.MaxPanes; n++ {
		counts = append(counts, kit.Option{Value: fmt.Sprint(n), Label: fmt.Sprint(n), Tip: s.w.action(fmt.Sprintf("panes-%d", n)).tip(), Reason: why})
	}
	s.count.Set(counts, fmt.Sprint(len(st.Panes)))
	s.showAudioOnly(st, s.w.switchesHLS(st))
	s.showChips(st)
}

// chip is what a chip shows, and the parameters that a click sets.
type chip struct {
	label, tip, reason string
	on                 bool
	then               func(p workbench.Parameters) workbench.Parameters
}

func (c chip) same(o chip) bool {
	return c.label == o.label && c.tip == o.tip && c.reason == o.reason && c.on == o.on
}

// chipWidth is how much of a name, or of a filter that is written out, a chip shows.
const chipWidth = 160

// chipsOf returns a chip for each filter that the URL can name, for those that it
// names in vain, and for what else it carries.
func chipsOf(st *workbench.State) []chip {
	var out []chip
	a := st.Chosen()
	named := st.Parameters.Filters
	add := func(name, tip, reason string) {
		on := slices.Contains(named, name)
		c := chip{label: kit.Body.Fit(name, chipWidth), tip: tip, on: on, then: func(p workbench.Parameters) workbench.Parameters { return p.Toggled(name) }}
		if on && reason != "" {
			c.label = "! " + c.label
		} else {
			c.reason = reason
		}
		out = append(out, c)
	}
	known := func(f *workbench.Filter) {
		tip, reason := filterTip(st, f), ""
		if e := a.Of(f); e != nil && e.Err != nil {
			reason = tip
		}
		add(f.Name, tip, reason)
	}
	if a != nil {
		for i := range a.Filters {
			known(&a.Filters[i])
		}
	}
	for _, name := range named {
		switch f := a.Filter(name); {
		case f != nil && f.Written():
			known(f)
		case f == nil:
			words := name + "\n" + L("There is no such filter; a click takes it out of the URL.")
			add(name, words, words)
		}
	}
	if track := st.Parameters.AudioTrack; track != "" {
		out = append(out, chip{label: "audioTrack=" + track, tip: L("In the URL of every pane; a click takes it away"), on: true,
			then: func(p workbench.Parameters) workbench.Parameters { p.AudioTrack = ""; return p }})
	}
	return out
}

// showChips makes the chips anew where they are others.
func (s *switches) showChips(st *workbench.State) {
	chips := chipsOf(st)
	if slices.EqualFunc(chips, s.carried, chip.same) && len(s.filters.Objects) > 0 {
		return
	}
	s.carried = chips
	s.filters.Objects = nil
	for _, c := range chips {
		k := kit.NewChip(c.label, c.tip, func() {
			s.w.bench.Dispatch(workbench.SetParameters{Parameters: c.then(s.w.state.Parameters)})
		})
		k.Set(c.on, c.on)
		k.Allow(c.reason)
		s.filters.Add(k)
	}
	if len(chips) == 0 {
		s.filters.Add(container.New(&fixedWidth{44}, container.New(&centred{}, kit.NewLine(L("none"), kit.Body, theme.ColorNamePlaceHolder))))
	}
	s.filters.Refresh()
	s.fit(s.width)
}

// showEncryption offers encryption= as far as the format of the focused pane has it.
func (s *switches) showEncryption(st *workbench.State) {
	var options []kit.Option
	for _, e := range workbench.Encryptions() {
		a := s.w.action("encryption-" + e)
		label, tip := protect.Scheme(e).Words(), fmt.Sprintf("encryption=%s  %s\n", e, spelled(a.keys))
		switch protect.Scheme(e) {
		case "":
			label, tip = L("None"), L("In the clear")+"  "+spelled(a.keys)
		case protect.Envelope:
			tip += L("This server gives the keys.")
		default:
			tip += L("This server gives ClearKey licences; Widevine, PlayReady and FairPlay need servers of yours.")
		}
		options = append(options, kit.Option{Value: e, Label: label, Tip: tip, Reason: a.why(st)})
	}
	s.encryption.Set(options, st.Parameters.Encryption)
}

// setEncryption asks for an encryption in all panes, "" for none.
func (w *Window) setEncryption(e string) {
	p := w.state.Parameters
	p.Encryption = e
	w.bench.Dispatch(workbench.SetParameters{Parameters: p})
}

// encrypts says why the focused pane cannot show an encryption.
func encrypts(e string) func(s *workbench.State) string {
	return func(s *workbench.State) string {
		if why := needsAsset(s); why != "" {
			return why
		}
		return s.Refuses(s.Focus, e)
	}
}

// showAudioOnly offers audio-only= where the focused pane is HLS.
func (s *switches) showAudioOnly(st *workbench.State, why string) {
	chosen := "auto"
	if only := st.Parameters.AudioOnly; only != nil {
		chosen = fmt.Sprint(*only)
	}
	s.audioOnly.Set([]kit.Option{
		{Value: "auto", Label: L("auto"), Tip: L("As the format does by itself: V3 and V4 have the variant, CMAF does not"), Reason: why},
		{Value: "true", Label: L("on"), Tip: "audio-only=true", Reason: why},
		{Value: "false", Label: L("off"), Tip: "audio-only=false", Reason: why},
	}, chosen)
}

// nextAudioOnly goes from auto to on to off.
func (s *switches) nextAudioOnly() {
	s.setAudioOnly(map[string]string{"auto": "true", "true": "false", "false": "auto"}[s.audioOnly.Chosen()])
}

// switchesHLS says why there is no audio-only variant to switch.
func (w *Window) switchesHLS(s *workbench.State) string {
	why := needsAsset(s)
	if f := s.Panes[s.Focus].Format; why == "" && f != media.HLSV3 && f != media.HLSV4 && f != media.HLSCMAF {
		why = L("Only HLS master playlists have a variant without video.")
	}
	return why
}

func (s *switches) setAudioOnly(v string) {
	p := s.w.state.Parameters
	p.AudioOnly = nil
	if v != "auto" {
		only := v == "true"
		p.AudioOnly = &only
	}
	s.w.bench.Dispatch(workbench.SetParameters{Parameters: p})
}
