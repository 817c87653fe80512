package window

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"manifold/app/workbench"
	"manifold/ui/kit"
)

// filterNamed edits a new filter of a name in an open sample.
func filterNamed(t *testing.T, name string) (*bench, *filterForm) {
	t.Helper()
	b := start(t, 1280, 760)
	b.load()
	b.do("filter-new")
	b.pump()
	f := b.drawer.filters.form
	if tab, open := b.drawer.tabs.Chosen(); tab != tabFilters || !open {
		t.Fatalf("the drawer shows %s", tab)
	}
	f.name.entry.SetText(name)
	b.pump()
	return b, f
}

// keep adds a group of one condition.
func (b *bench) keep(f *filterForm, property, sign, value string) {
	b.t.Helper()
	test.Tap(f.more)
	b.pump()
	row := f.terms[len(f.terms)-1][0]
	row.property.SetSelected(property)
	row.operation.SetSelected(sign)
	row.value.SetText(value)
	b.pump()
}

func TestAFilterIsMadeShownAndPutIntoTheURL(t *testing.T) {
	b, f := filterNamed(t, "small")
	b.keep(f, "Type", "=", "audio")
	b.keep(f, "Bitrate", "=", "0-100000")
	b.keep(f, "Bitrate", "≠", "0-500000")
	var marks []string
	for _, item := range b.tree.tree.Items()[1:] {
		mark := "+"
		if item.Dropped {
			mark = "-"
			if !strings.Contains(item.Tip, "Type = audio") || !strings.Contains(item.Tip, "Bitrate = 0-100000") {
				t.Errorf("the tip of %s is %q", item.Label, item.Tip)
			}
		}
		marks = append(marks, mark)
	}
	if got := strings.Join(marks, ""); got != "---++++" {
		t.Errorf("the tree marks %s", got)
	}
	for i, r := range f.effect.rows {
		if (marks[i] == "-") != (r.why != "") {
			t.Errorf("the result says %q of track %d", r.why, i)
		}
		if left := b.fragments.strips[i].Left; left == nil || (left.From == left.To) != (marks[i] == "-") {
			t.Errorf("the timeline has %+v of track %d", left, i)
		}
	}

	b.do("filter-save")
	b.until("it has a chip", func() bool { return len(b.switches.carried) == 1 && b.switches.carried[0].label == "small" })
	if tip := b.switches.carried[0].tip; !strings.Contains(tip, "4 of 7 tracks") {
		t.Errorf("the tip is %q", tip)
	}
	before := strings.Count(b.state.Views[1].Text, "<Representation")
	test.Tap(b.switches.filters.Objects[0].(*kit.Chip))
	b.settled()
	if !strings.HasSuffix(b.state.URL(1), "filter=small)") || before != 7 || strings.Count(b.state.Views[1].Text, "<Representation") != 4 {
		t.Errorf("%s\n%s", b.state.URL(1), b.state.Views[1].Text)
	}
	b.do("filter-toggle")
	b.settled()
	if strings.Contains(b.state.URL(1), "filter") {
		t.Errorf("the URL is %s", b.state.URL(1))
	}
	b.do("filter-close")
	b.pump()
	if b.tree.tree.Items()[1].Dropped || b.fragments.strips[0].Left != nil {
		t.Error("what nobody edits or asks for is still marked")
	}
}

func TestErrorsStandBesideTheirFields(t *testing.T) {
	b, f := filterNamed(t, "x")
	b.keep(f, "Bitrate", "=", "9-1")
	said := func(l *kit.Line) bool { b.pump(); return l.Visible() }
	if !said(f.terms[0][0].note) || said(f.name.note) || len(f.effect.rows) != 0 {
		t.Error("a bitrate that is none is not told beside it")
	}
	if why := b.action("filter-save").why(&b.state); !strings.Contains(why, "no bitrate") {
		t.Errorf("save says %q", why)
	}
	f.terms[0][0].value.SetText("1-9000000")
	if said(f.terms[0][0].note) {
		t.Error("an error stays that was mended")
	}
	f.name.entry.SetText("a b")
	if !said(f.name.note) {
		t.Error("a name that is none is not told beside it")
	}
	f.name.entry.SetText("x")
	for _, n := range f.numbers {
		before := n.entry.Text
		n.entry.SetText("soon")
		if !said(n.note) {
			t.Errorf("nothing is told beside %s", n.key)
		}
		n.entry.SetText(before)
		if said(n.note) {
			t.Errorf("an error stays beside %s", n.key)
		}
	}
	f.force.SetChecked(true)
	if !said(f.forced) {
		t.Error("an end that cannot be forced is not told beside it")
	}
}

func TestTheTimeIsCutOnTheTimeline(t *testing.T) {
	b, f := filterNamed(t, "cut")
	if _, _, ok := b.fragments.heat.Handles(); !ok {
		t.Fatal("there are no handles")
	}
	b.fragments.heat.OnCut(2, 5)
	b.pump()
	if f.numbers[0].entry.Text != "40000000" || f.numbers[1].entry.Text != "100000000" {
		t.Errorf("the fields say %s and %s", f.numbers[0].entry.Text, f.numbers[1].entry.Text)
	}
	f.numbers[0].entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	b.do("end-later")
	b.do("end-later")
	b.pump()
	if from, to, _ := b.state.Cut(); from != 3 || to != 7 {
		t.Errorf("the keys cut from %d to %d", from, to)
	}
	f.numbers[0].entry.SetText("65000000")
	b.pump()
	cut := cutOf(&b.state, b.state.Effect())
	if cut.Asked[0] != 65_000_000 || cut.Edges[cut.From] != 60_000_000 || !strings.Contains(cut.Tips[0], "6.500 s") || !strings.Contains(cut.Tips[0], "6.000 s") {
		t.Errorf("the handle says %+v", cut)
	}
	b.do("undo")
	b.pump()
	if f.numbers[0].entry.Text != "60000000" {
		t.Errorf("taken back the field says %s", f.numbers[0].entry.Text)
	}
}

func TestHandlesOfACutAreThereWhileItIsEdited(t *testing.T) {
	b, _ := filterNamed(t, "cut")
	has := func() bool { _, _, ok := b.fragments.heat.Handles(); return ok }
	b.fragments.heat.OnSelected(0, 3)
	b.pump()
	if tab, _ := b.drawer.tabs.Chosen(); tab != tabFilters || !has() {
		t.Errorf("a click on a fragment opens %s while a filter is cut", tab)
	}
	b.drawer.tabs.OnChosen(tabTracks, true)
	b.pump()
	if has() {
		t.Error("handles stay beside another tab")
	}
	b.drawer.tabs.OnChosen(tabFilters, true)
	b.pump()
	if !has() {
		t.Error("handles do not come back")
	}
}

func TestAFilterOfABrokenAssetSaysWhatIsWrong(t *testing.T) {
	b, f := filterNamed(t, "x")
	dir := filepath.Join(t.TempDir(), "broken")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.mp4"), []byte("no movie at all, but long enough to be one"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.bench.Open(dir)
	b.until("it is open", func() bool { a := b.state.Chosen(); return a != nil && a.Err() != nil })
	b.do("filter-new")
	if got := f.effect.summary.Text(); !strings.Contains(got, "cannot be served") || !strings.Contains(f.effect.advice.Text(), "not an MP4") {
		t.Errorf("the result is %q, %q", got, f.effect.advice.Text())
	}
	if got := f.effect.none.Text(); !f.effect.none.Visible() || !strings.Contains(got, "no tracks") {
		t.Errorf("of the translation it says %q", got)
	}
}

func TestFiltersAreImportedDuplicatedAndTranslated(t *testing.T) {
	b, f := filterNamed(t, "x")
	b.importFilter([]byte(`{"properties":{"presentationTimeRange":{"startTimestamp":20000000},"tracks":[{"trackSelections":[{"property":"FourCC","operation":"Equal","value":"AVC1"}]}]}}`), "phones.json", nil)
	b.pump()
	if f.name.entry.Text != "phones" || len(f.terms) != 1 || f.terms[0][0].property.Selected != "FourCC" {
		t.Errorf("imported is %q with %d conditions", f.name.entry.Text, len(f.terms))
	}
	f.effect.turn(pageAbroad)
	for i, want := range []string{"vbegin=2", "video_codec%3AH264", "clipFrom/2000"} {
		o := f.effect.origins[i]
		test.Tap(o.copy)
		if got := b.app.Clipboard().Content(); !strings.Contains(got, want) || got != o.text.Text {
			t.Errorf("copied is %q, want %s in it", got, want)
		}
	}
	b.do("filter-save")
	b.until("it is kept", func() bool { return b.state.Chosen().Filter("phones") != nil && !b.state.Changed() })
	b.do("filter-duplicate")
	b.pump()
	if f.name.entry.Text != "phones-2" || needsKept(&b.state) == "" {
		t.Errorf("a copy is %q", f.name.entry.Text)
	}
	b.importFilter([]byte(`{"trackz":1}`), "x.json", nil)
	b.until("it is refused", func() bool { return strings.Contains(b.state.Notice.String(), "trackz") })
	if err := os.WriteFile(filepath.Join(b.bench.Home(), "filters", "bad.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.until("a broken filter has a chip that says why", func() bool {
		return len(b.switches.carried) == 2 && b.switches.carried[0].label == "bad" && strings.Contains(b.switches.carried[0].reason, "no valid document")
	})
	b.bench.DeleteFilter(workbench.FilterKey{Name: "phones"})
	b.until("it is gone", func() bool { return b.state.Chosen().Filter("phones") == nil })
}

func TestAFilterThatTheURLWritesOutHasAChip(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	b.toolbar.url.OnSubmitted("manifest(format=mpd-time-cmaf,filter=@type:audio)")
	b.settled()
	if len(b.switches.carried) != 1 || b.switches.carried[0].label != "@type:audio" || b.switches.carried[0].reason != "" || !strings.Contains(b.switches.carried[0].tip, "2 of 7 tracks") {
		t.Errorf("the chips are %+v", b.switches.carried)
	}
	if items := b.tree.tree.Items(); !items[1].Dropped || items[6].Dropped {
		t.Error("the tree does not mark what is left")
	}
	b.do("filters")
	b.pump()
	if f := b.drawer.filters.form; f.name.entry.Text != "filter" || len(f.terms) != 1 {
		t.Errorf("edited is %q with %d groups", f.name.entry.Text, len(f.terms))
	}
	test.Tap(b.switches.filters.Objects[0].(*kit.Chip))
	b.settled()
	if len(b.state.Parameters.Filters) != 0 {
		t.Error("a click does not take it away")
	}
}
