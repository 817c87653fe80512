package window

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/app/workbench"
	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/ui/kit"
)

// formHeight is the height that a form likes to have.
const formHeight = 262

// filterForm edits the draft: its name, conditions as rows, time, and beside
// them what is left.
type filterForm struct {
	w      *Window
	object fyne.CanvasObject

	name    *field
	scope   *kit.Segmented
	tools   map[string]*kit.Button // by action
	rows    *fyne.Container
	more    *kit.Button // adds a selection
	terms   [][]*termRow
	shape   string // of the conditions that the rows were made for
	numbers []*field
	force   *widget.Check
	forced  *kit.Line // what is wrong with it
	effect  *effectPanel

	left, middle fyne.CanvasObject // the columns of conditions and numbers
	columns      *fyne.Container
	narrow       bool

	showing bool // the state is shown: what the widgets tell is not news
}

func newFilterForm(w *Window) *filterForm {
	f := &filterForm{w: w, tools: map[string]*kit.Button{}, effect: newEffectPanel(w)}
	f.name = w.newField(L("Name"), "name", kit.Body.Width(L("Name"))+8, func(text string) { f.edit("name", func(d *workbench.Draft) { d.Name = text }) })
	f.scope = kit.NewSegmented(func(v string) { f.edit("", func(d *workbench.Draft) { d.Own = v == "own" }) })
	buttons := container.NewHBox()
	for _, id := range []string{"filter-save", "filter-revert", "filter-duplicate", "filter-export", "filter-delete", "filter-close"} {
		f.tools[id] = w.button(id, id == "filter-save" || id == "filter-revert")
		buttons.Add(f.tools[id])
	}
	f.tools["filter-save"].SetText(L("Save"))
	f.tools["filter-revert"].SetText(L("Revert"))
	f.tools["filter-save"].Importance = widget.HighImportance
	f.rows = container.NewVBox()
	head := inset(10, 3, 4, 2, container.NewBorder(nil, nil, container.NewHBox(container.New(&fixedWidth{236}, f.name.object), spacer(4, 1), container.NewVBox(f.scope)), container.NewVBox(buttons)))
	f.left, f.middle = f.conditions(), f.times()
	f.effect.aside = f.middle
	f.columns = container.New(&columns{f})
	f.arrange()
	f.object = container.NewBorder(container.NewVBox(head, separator()), nil, nil, nil, f.columns)
	return f
}

// arrange puts the columns side by side; where the form is narrow the numbers are a
// page of the last.
func (f *filterForm) arrange() {
	f.columns.Objects = []fyne.CanvasObject{f.left, separator(), f.middle, separator(), f.effect.object}
	if f.narrow {
		f.columns.Objects = []fyne.CanvasObject{f.left, separator(), f.effect.object}
	}
	f.effect.setNarrow(f.narrow)
}

// conditions is the column of the rows.
func (f *filterForm) conditions() fyne.CanvasObject {
	return container.NewBorder(inset(12, 0, 0, 0, kit.NewCaption(L("Tracks that are kept"))), nil, nil, nil, container.NewVScroll(inset(12, 0, 10, 6, f.rows)))
}

// times is the column of the numbers.
func (f *filterForm) times() fyne.CanvasObject {
	box := container.NewVBox()
	add := func(label, key, hint string, get func(d *workbench.Draft) *string) *field {
		n := f.w.newField(label, key, fieldLabel, func(text string) { f.edit(key, func(d *workbench.Draft) { *get(d) = strings.TrimSpace(text) }) })
		n.get = get
		n.entry.SetPlaceHolder(hint)
		f.numbers = append(f.numbers, n)
		box.Add(n.object)
		return n
	}
	start := add(L("Start time"), "startTimestamp", "0", func(d *workbench.Draft) *string { return &d.Start })
	start.entry.onKey = f.nudges((*workbench.State).MoveStart)
	end := add(L("End time"), "endTimestamp", L("of the asset"), func(d *workbench.Draft) *string { return &d.End })
	end.entry.onKey = f.nudges((*workbench.State).MoveEnd)
	add(L("Timescale"), "timescale", strconv.Itoa(media.TicksPerSecond), func(d *workbench.Draft) *string { return &d.Timescale })
	add(L("First quality"), "firstQuality", L("bit/s"), func(d *workbench.Draft) *string { return &d.First })
	add(L("Window"), "presentationWindowDuration", L("live"), func(d *workbench.Draft) *string { return &d.Window })
	add(L("Backoff"), "liveBackoffDuration", L("live"), func(d *workbench.Draft) *string { return &d.Backoff })
	f.force = widget.NewCheck(L("Force the end, live"), func(on bool) { f.edit("", func(d *workbench.Draft) { d.ForceEnd = on }) })
	f.forced = kit.NewLine("", kit.Small, theme.ColorNamePlaceHolder)
	box.Add(container.NewVBox(f.force, f.forced))
	return container.NewBorder(inset(12, 0, 0, 0, kit.NewCaption(L("Time"))), nil, nil, nil, container.NewVScroll(inset(12, 0, 10, 6, box)))
}

// nudges lets the arrow keys move a time by fragments.
func (f *filterForm) nudges(move func(s *workbench.State, step int) *workbench.Draft) func(fyne.KeyName) bool {
	return func(k fyne.KeyName) bool {
		step := map[fyne.KeyName]int{fyne.KeyUp: 1, fyne.KeyDown: -1}[k]
		if step != 0 {
			f.w.moveCut(move(&f.w.state, step))
		}
		return step != 0
	}
}

// moveCut takes a draft whose time range was moved.
func (w *Window) moveCut(d *workbench.Draft) {
	w.bench.Dispatch(workbench.SetDraft{Draft: d, Field: "range"})
	w.state = w.bench.State() // the next step goes on from here
}

// edit changes the draft. What is typed into a field goes back as a whole.
func (f *filterForm) edit(key string, change func(d *workbench.Draft)) {
	if f.showing || f.w.state.Draft == nil {
		return
	}
	d := *f.w.state.Draft
	d.Tracks = slices.Clone(d.Tracks)
	for i := range d.Tracks {
		d.Tracks[i] = slices.Clone(d.Tracks[i])
	}
	change(&d)
	f.w.bench.Dispatch(workbench.SetDraft{Draft: &d, Field: key})
	f.w.state = f.w.bench.State()
}

func (f *filterForm) show(s *workbench.State) {
	f.showing = true
	defer func() { f.showing = false }()
	d := s.Draft
	_, err := s.CheckDraft()
	at := workbench.Place{}
	if err != nil {
		at = workbench.PlaceOf(err)
	}
	of := func(key string) *fault.Error {
		if at.Field == key {
			return err
		}
		return nil
	}
	f.name.set(d.Name, "", of("name"))
	scope := "all"
	if d.Own {
		scope = "own"
	}
	f.scope.Set([]kit.Option{
		{Value: "all", Label: L("All assets"), Tip: L("URLs of every asset can name it")},
		{Value: "own", Label: L("This asset"), Tip: L("It wins over a filter of the same name for all assets")},
	}, scope)
	for id, b := range f.tools {
		allow(b, f.w.action(id).why(s))
	}
	effect := s.Effect()
	for _, n := range f.numbers {
		n.set(*n.get(d), f.meaning(n.key, d, effect), of(n.key))
	}
	if f.force.Checked != d.ForceEnd {
		f.force.SetChecked(d.ForceEnd)
	}
	note(f.forced, "", of("forceEndTimestamp"))
	f.showTerms(s, at, of("tracks"))
	f.effect.show(s, effect)
}

// meaning says what a time asks for and what comes of it.
func (f *filterForm) meaning(key string, d *workbench.Draft, e *workbench.Effect) string {
	start, end, ok := d.Range()
	if !ok || e == nil || e.Kept == nil {
		return ""
	}
	words := func(asked, effective int64) string {
		if asked == effective {
			return fmt.Sprintf(L("%s, at a fragment"), seconds(asked))
		}
		return fmt.Sprintf(L("%s asked, %s in effect"), seconds(asked), seconds(effective))
	}
	switch {
	case key == "startTimestamp" && d.Start != "":
		return words(start, e.Kept.Start)
	case key == "endTimestamp" && end > 0:
		return words(end, e.Kept.Start+e.Kept.Duration)
	}
	return ""
}

// columns lays out the columns of the form: conditions, numbers, effect.
type columns struct{ f *filterForm }

const (
	// numbersWidth is what a time in ticks needs beside its name.
	numbersWidth = 230
	// narrowForm is the width below which numbers and effect have one column.
	narrowForm = 820
)

// MinSize implements fyne.Layout.
func (*columns) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(560, 80) }

// Layout implements fyne.Layout.
func (c *columns) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	if narrow := size.Width < narrowForm; narrow != c.f.narrow {
		c.f.narrow = narrow
		c.f.arrange()
	}
	rest := size.Width - numbersWidth - 2
	left := min(520, max(380, rest*0.5))
	widths := []float32{left, 1, numbersWidth, 1, rest - left}
	if c.f.narrow {
		left = min(420, size.Width*0.57)
		widths = []float32{left, 1, size.Width - left - 1}
	}
	c.f.effect.fit(widths[len(widths)-1])
	x := float32(0)
	for i, w := range widths {
		c.f.columns.Objects[i].Move(fyne.NewPos(x, 0))
		c.f.columns.Objects[i].Resize(fyne.NewSize(w, size.Height))
		x += w
	}
}
