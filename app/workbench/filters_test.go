package workbench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"manifold/packager/fault"
	"manifold/packager/filter"
)

func term(property, value string) filter.Term {
	return filter.Term{Property: property, Operation: "Equal", Value: value}
}

// drafted is a state of which a filter is edited that leaves the low rendition and
// sound, from 5 s to 13 s: fragments 2 to 7 of 2 s.
func drafted() State {
	s := after()
	d := s.NewDraft()
	d.Tracks = [][]filter.Term{{term("Type", "audio")}, {term("Type", "video"), term("Bitrate", "0-1500")}}
	d.Start, d.End, d.Timescale = "5", "13", "1"
	return Reduce(s, SetDraft{Draft: d})
}

func TestADraftIsAppliedToTheChosenAsset(t *testing.T) {
	s := drafted()
	e := s.Effect()
	if e == nil || e.Err != nil {
		t.Fatalf("%+v", e)
	}
	var got []string
	for _, g := range s.Chosen().Groups() {
		for _, track := range g.Tracks {
			from, to := e.Fragments(g, track)
			got = append(got, fmt.Sprintf("%s %d [%d,%d) %v", g.Name, track.Bitrate, from, to, e.Filters[0].Misses(g, track)))
		}
	}
	if want := "video 2000 [0,0) [0 1]; video 1000 [2,7) []; eng 128 [2,7) []"; strings.Join(got, "; ") != want {
		t.Errorf("leaves %s\nwant %s", strings.Join(got, "; "), want)
	}
	if kept, all := e.Counts(s.Chosen()); kept != 2 || all != 3 || e.Kept.Start != 40_000_000 {
		t.Errorf("leaves %d of %d from %d", kept, all, e.Kept.Start)
	}
	if from, to, edges := s.Cut(); from != 2 || to != 7 || len(edges) != 11 {
		t.Errorf("cuts from %d to %d of %d", from, to, len(edges))
	}
}

func TestTheURLIsAppliedWhileNothingIsEdited(t *testing.T) {
	f, err := filter.Parse([]byte(`{"tracks":[{"trackSelections":[{"property":"Type","operation":"Equal","value":"audio"}]}]}`), "sound")
	if err != nil {
		t.Fatal(err)
	}
	broken := fault.New(fault.FilterInvalid, "bad.json", "broken", "")
	s := after(AssetFilters{"a", []Filter{{FilterKey: FilterKey{Name: "bad"}, Err: broken}, {FilterKey: FilterKey{Name: "sound"}, Filter: f}}})
	if s.Effect() != nil {
		t.Error("no filter has an effect")
	}
	s = Reduce(s, SetParameters{s.Parameters.Toggled("sound")})
	if kept, _ := s.Effect().Counts(s.Chosen()); kept != 1 {
		t.Errorf("leaves %d tracks", kept)
	}
	if !strings.HasSuffix(s.Path(0), "filter=sound)") {
		t.Errorf("the path is %s", s.Path(0))
	}
	if e := Reduce(s, SetParameters{s.Parameters.Toggled("bad")}).effectOf(t); e.Err != broken {
		t.Errorf("%+v", e)
	}
	if e := Reduce(s, SetParameters{s.Parameters.Toggled("none")}).effectOf(t); e.Err == nil || e.Err.Code != fault.FilterNotFound {
		t.Errorf("%+v", e)
	}
	if s = Reduce(s, SetParameters{s.Parameters.Toggled("sound")}); s.Effect() != nil || s.Parameters.Filters != nil && len(s.Parameters.Filters) > 0 {
		t.Error("a toggle does not take it away again")
	}
}

func (s State) effectOf(t *testing.T) *Effect {
	t.Helper()
	if e := s.Effect(); e != nil {
		return e
	}
	t.Fatal("there is no effect")
	return nil
}

func TestErrorsNameTheFieldOfTheDraft(t *testing.T) {
	for _, c := range []struct {
		change func(d *Draft)
		want   Place
	}{
		{func(d *Draft) { d.Name = "a b" }, Place{Field: "name", Term: -1}},
		{func(d *Draft) { d.Name = "@type:audio" }, Place{Field: "name", Term: -1}},
		{func(d *Draft) { d.Name = "kept" }, Place{Field: "name", Term: -1}},
		{func(d *Draft) { d.Start = "x" }, Place{Field: "startTimestamp", Term: -1}},
		{func(d *Draft) { d.End = "1" }, Place{Field: "endTimestamp", Term: -1}},
		{func(d *Draft) { d.Timescale = "-1" }, Place{Field: "timescale", Term: -1}},
		{func(d *Draft) { d.First = "0" }, Place{Field: "firstQuality", Term: -1}},
		{func(d *Draft) { d.ForceEnd, d.End = true, "" }, Place{Field: "forceEndTimestamp", Term: -1}},
		{func(d *Draft) { d.Window = "5" }, Place{Field: "presentationWindowDuration", Term: -1}},
		{func(d *Draft) { d.Backoff = "999" }, Place{Field: "liveBackoffDuration", Term: -1}},
		{func(d *Draft) { d.Tracks[1][1].Value = "fast" }, Place{Field: "tracks", Group: 1, Term: 1}},
		{func(d *Draft) { d.Tracks[0] = nil }, Place{Field: "tracks", Group: 0, Term: -1}},
	} {
		s := Reduce(drafted(), AssetFilters{"a", []Filter{{FilterKey: FilterKey{Name: "kept"}}}})
		d := *s.Draft
		c.change(&d)
		s = Reduce(s, SetDraft{Draft: &d})
		if _, err := s.CheckDraft(); err == nil || PlaceOf(err) != c.want {
			t.Errorf("%v is at %+v, want %+v", err, PlaceOf(err), c.want)
		}
		if e := s.effectOf(t); e.Err == nil || e.Kept != nil {
			t.Errorf("%+v has an effect", c.want)
		}
	}
}

// Whatever the timescale, a time that is put on an edge cuts there.
func TestTimesAreMovedFromEdgeToEdge(t *testing.T) {
	for _, scale := range []string{"", "1000", "90000", "3", "7"} {
		s := drafted()
		for _, g := range s.Chosen().Groups() {
			for k := range g.Times {
				g.Times[k] = int64(k) * 20_020_001 // which no timescale below has
			}
		}
		d := *s.Draft
		d.Timescale, d.Start, d.End = scale, "", ""
		s = Reduce(s, SetDraft{Draft: &d})
		move := func(d *Draft) {
			s = Reduce(s, SetDraft{d, "range"})
			if _, err := s.CheckDraft(); err != nil {
				t.Fatalf("timescale %q: %v", scale, err)
			}
		}
		for range 3 {
			move(s.MoveStart(1))
		}
		for range 4 {
			move(s.MoveEnd(-1))
		}
		e := s.effectOf(t)
		if g := s.Chosen().Groups()[0]; true {
			if from, to := e.Fragments(g, g.Tracks[1]); from != 3 || to != 6 {
				t.Errorf("timescale %q: fragments [%d,%d), want [3,6)", scale, from, to)
			}
		}
		for range 20 {
			move(s.MoveStart(1))
		}
		if from, to, _ := s.Cut(); from != 5 || to != 6 {
			t.Errorf("timescale %q: the start passes the end: %d, %d", scale, from, to)
		}
		for range 20 {
			move(s.MoveStart(-1))
			move(s.MoveEnd(1))
		}
		if s.Draft.Start != "" || s.Draft.End != "" {
			t.Errorf("timescale %q: the whole asset is %q to %q", scale, s.Draft.Start, s.Draft.End)
		}
	}
}

func TestUndoTakesBackWhatWasTypedAsAWhole(t *testing.T) {
	s := drafted()
	before := s.Draft
	for _, name := range []string{"m", "mo", "mob"} {
		d := *s.Draft
		d.Name = name
		s = Reduce(s, SetDraft{&d, "name"})
	}
	d := *s.Draft
	d.Own = true
	s = Reduce(s, SetDraft{Draft: &d})
	s = Reduce(s, Undo{})
	if s.Draft.Name != "mob" || s.Draft.Own {
		t.Errorf("one step back is %+v", s.Draft)
	}
	if s = Reduce(s, Undo{}); !s.Draft.equal(before) {
		t.Errorf("two steps back is %+v", s.Draft)
	}
	if s = Reduce(s, Undo{}); s.Draft != nil {
		t.Errorf("three steps back is %+v", s.Draft)
	}
	s = Reduce(Reduce(drafted(), SetDraft{Draft: &d}), ChooseAsset{"b"})
	if s.Draft != nil {
		t.Error("a filter of one asset is edited at another")
	}
}

// What is saved lies in the data directory, is listed, can be named by URLs, and
// changes what panes show; renamed it is one filter still.
func TestFiltersAreSavedRenamedAndDeleted(t *testing.T) {
	home := t.TempDir()
	b := start(t, home)
	b.Open(sample(t))
	b.rendered()
	save := func(d *Draft) State {
		t.Helper()
		b.Dispatch(SetDraft{Draft: d})
		b.SaveDraft()
		return b.until(d.Name+" is kept", func(s State) bool { return s.Chosen().Filter(d.Name) != nil && !s.Changed() })
	}
	s := b.State()
	d := s.NewDraft()
	d.Tracks = [][]filter.Term{{term("Type", "audio")}, {term("Bitrate", "0-100000")}}
	s = save(d)
	before := s.Views[1].Text
	b.Dispatch(SetParameters{s.Parameters.Toggled("filter")})
	s = b.rendered()
	if had, has := strings.Count(before, "<Representation"), strings.Count(s.Views[1].Text, "<Representation"); had != 7 || has != 4 {
		t.Errorf("the MPD had %d and has %d tracks", had, has)
	}

	next := *s.Draft
	next.Name, next.Own, next.Start = "small", true, "60000000"
	s = save(&next)
	s = b.until("the URL follows", func(s State) bool { return strings.HasSuffix(s.Path(0), "filter=small)") })
	s = b.rendered()
	if f := s.Chosen().Filter("small"); s.Chosen().Filter("filter") != nil || !f.Own {
		t.Errorf("renamed it is %+v", s.Chosen().Filters)
	}
	if _, err := os.Stat(filepath.Join(home, "filters", s.Locator, "small.json")); err != nil {
		t.Error(err)
	}
	if !strings.Contains(s.Views[1].Text, `t="60000000"`) {
		t.Errorf("the MPD is not cut:\n%s", s.Views[1].Text)
	}

	// what somebody else changed meanwhile is not lost
	next = *s.DraftOf("small")
	next.Start = "80000000"
	if err := os.WriteFile(filepath.Join(home, "filters", s.Locator, "small.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Dispatch(SetDraft{Draft: &next})
	b.SaveDraft()
	b.told(fault.Severe, "somebody else changed it")
	if text, err := os.ReadFile(filepath.Join(home, "filters", s.Locator, "small.json")); string(text) != "{}" {
		t.Errorf("the file is %s, %v", text, err)
	}

	// nor is a filter that the list does not show, as the asset has one of its name
	all := filepath.Join(home, "filters", "small.json")
	if err := os.WriteFile(all, []byte("[]"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = b.State()
	next = *s.DraftOf("small")
	next.Own = false
	b.Dispatch(SetDraft{Draft: &next})
	b.SaveDraft()
	b.told(fault.Severe, "there is one of this name")
	if text, err := os.ReadFile(all); string(text) != "[]" {
		t.Errorf("the file is %s, %v", text, err)
	}
	if err := os.Remove(all); err != nil {
		t.Fatal(err)
	}
	b.Dispatch(SetDraft{Draft: s.DraftOf("small")})

	// edited by hand, it is in force
	if err := os.WriteFile(filepath.Join(home, "filters", s.Locator, "small.json"), []byte("{\n\"tracks\":[]}"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.until("the panes show it", func(s State) bool { return strings.Count(s.Views[1].Text, "<Representation") == 7 })
	if err := os.WriteFile(filepath.Join(home, "filters", s.Locator, "small.json"), []byte("{\n\"trackz\":[]}"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = b.until("it is broken", func(s State) bool { return s.Chosen().Filter("small").Err != nil })
	if e := s.Chosen().Filter("small").Err; !strings.Contains(e.Error(), "small.json line 2") {
		t.Errorf("the error is %v", e)
	}

	b.DeleteFilter(FilterKey{"small", true})
	s = b.until("it is gone", func(s State) bool {
		return len(s.Chosen().Filters) == 0 && s.Draft == nil && len(s.Parameters.Filters) == 0
	})
	b.Dispatch(Undo{})
}

func TestDocumentsAreImportedUnderFreeNames(t *testing.T) {
	s := Reduce(after(), AssetFilters{"a", []Filter{{FilterKey: FilterKey{Name: "mobile"}}}})
	for _, c := range []struct{ document, file, want string }{
		{`{}`, "mobile", "mobile-2"}, {`{"Name":"tv","Tracks":[]}`, "x", "tv"}, {`{}`, "my filter (1)", "filter"},
	} {
		d, err := s.ImportDraft([]byte(c.document), c.file)
		if err != nil || d.Name != c.want || d.From.Name != "" {
			t.Errorf("%s: %+v (%v), want %s", c.document, d, err, c.want)
		}
	}
	if _, err := s.ImportDraft([]byte("{\n\"trackz\":1}"), "x"); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("%v", err)
	}
}

func TestWhatAURLWritesOutHasAnEffectAndCanBeEdited(t *testing.T) {
	s := after(SetParameters{Parameters{Filters: []string{"@type:audio"}}})
	if kept, _ := s.effectOf(t).Counts(s.Chosen()); kept != 1 {
		t.Errorf("leaves %d tracks", kept)
	}
	d := s.DraftOf("@type:audio")
	if d == nil || d.Name != "filter" || d.From.Name != "" || len(d.Tracks) != 1 {
		t.Fatalf("%+v", d)
	}
	if s = Reduce(s, SetDraft{Draft: d}); s.effectOf(t).Err != nil {
		t.Error(s.Effect().Err)
	}
	if e := after(SetParameters{Parameters{Filters: []string{"@kind:audio"}}}).effectOf(t); e.Err == nil || e.Err.Code == fault.FilterNotFound {
		t.Errorf("%+v", e)
	}
}
