package workbench

import (
	"fmt"
	"slices"
	"testing"

	"manifold/packager"
	"manifold/packager/asset"
	"manifold/packager/catalog"
	"manifold/packager/media"
)

// opened is an asset with two video renditions of 10 fragments and one audio track.
func opened(locator string) Asset {
	times := func(n int) []int64 {
		var out []int64
		for i := range n + 1 {
			out = append(out, int64(i)*20_000_000)
		}
		return out
	}
	track := func(kind media.Kind, bitrate int) *media.Track {
		return &media.Track{Kind: kind, Bitrate: bitrate, First: make([]uint32, 11)}
	}
	p := &media.Presentation{Version: "v1", Groups: []*media.Group{
		{Name: "video", Kind: media.Video, Times: times(10), Tracks: []*media.Track{track(media.Video, 2000), track(media.Video, 1000)}},
		{Name: "eng", Kind: media.Audio, Times: times(10), Tracks: []*media.Track{track(media.Audio, 128)}},
	}}
	return Asset{
		Entry: packager.Entry{Name: locator, ISM: locator + ".ism", Locator: catalog.Locator{ID: locator}},
		Read:  &asset.Asset{Presentation: p},
	}
}

// after applies actions to a workbench with the assets a and b, a chosen.
func after(actions ...Action) State {
	s := Reduce(State{Selection: nothing}, AssetsAdded{[]Asset{opened("a"), opened("b")}, true})
	for _, a := range actions {
		s = Reduce(s, a)
	}
	return s
}

var low, high = TrackKey{"video", 1000}, TrackKey{"video", 2000}

func TestActionsChangeWhatTheyName(t *testing.T) {
	no := false
	for _, c := range []struct {
		name    string
		actions []Action
		got     func(State) any
		want    any
	}{
		{"the first of new assets is chosen", nil, func(s State) any { return s.Locator }, "a"},
		{"three panes at first", nil, func(s State) any { return fmt.Sprint(s.Panes) }, "[{m3u8-cmaf {{ 0} false}} {mpd-time-cmaf {{ 0} false}} {fmp4 {{ 0} false}}]"},
		{"a format goes to the focused pane", []Action{FocusPane{1}, SetFormat{media.HLSV3}}, func(s State) any { return s.Panes[1].Format }, media.HLSV3},
		{"focus stays inside", []Action{FocusPane{9}}, func(s State) any { return s.Focus }, 2},
		{"panes are added with what is not shown", []Action{SetPanes{6}}, func(s State) any {
			seen := map[media.Format]bool{}
			for _, p := range s.Panes {
				seen[p.Format] = true
			}
			return len(seen)
		}, 6},
		{"no more than six panes", []Action{SetPanes{60}}, func(s State) any { return len(s.Panes) }, 6},
		{"at least one pane", []Action{SetPanes{0}}, func(s State) any { return len(s.Panes) }, 1},
		{"closing a pane before the focus keeps the focus", []Action{FocusPane{2}, ClosePane{0}}, func(s State) any { return s.Panes[s.Focus].Format }, media.Smooth},
		{"the last pane stays", []Action{SetPanes{1}, ClosePane{0}}, func(s State) any { return len(s.Panes) }, 1},
		{"a level focuses its pane", []Action{FocusPane{2}, SetLevel{0, Level{TrackKey: low}}}, func(s State) any { return s.Focus }, 0},
		{"another asset drops levels", []Action{SetLevel{0, Level{TrackKey: low}}, ChooseAsset{"b"}}, func(s State) any { return s.Panes[0].Level }, Level{}},
		{"a level that a format lacks is dropped", []Action{SetLevel{0, Level{TrackKey: low}}, SetFormat{media.DASHCSF}}, func(s State) any { return s.Panes[0].Level }, Level{}},
		{"a level that both formats have stays", []Action{SetLevel{0, Level{TrackKey: low}}, SetFormat{media.HLSV4}}, func(s State) any { return s.Panes[0].Level.TrackKey }, low},
		{"a fragment is selected", []Action{SelectFragment{low, 7}}, func(s State) any { return s.Selection }, Selection{low, 7}},
		{"a fragment that is not there selects its track", []Action{SelectFragment{low, 10}}, func(s State) any { return s.Selection }, Selection{low, -1}},
		{"a track that is not there selects the asset", []Action{SelectFragment{TrackKey{"no", 1}, 1}}, func(s State) any { return s.Selection }, nothing},
		{"a track of another asset chooses it", []Action{SelectTrack{"b", high}}, func(s State) any { return s.Locator }, "b"},
		{"a closed asset gives the choice away", []Action{AssetClosed{"a"}}, func(s State) any { return s.Locator }, "b"},
		{"without assets nothing is chosen", []Action{AssetClosed{"a"}, AssetClosed{"b"}}, func(s State) any { return s.Locator + fmt.Sprint(s.Chosen() == nil) }, "true"},
		{"adding what is open chooses it", []Action{ChooseAsset{"b"}, AssetsAdded{[]Asset{{Entry: opened("a").Entry}}, true}}, func(s State) any { return fmt.Sprint(s.Locator, len(s.Assets), s.Assets[0].Read != nil) }, "a2 true"},
		{"an answer to an old question is dropped", []Action{Rendered{0, View{Path: "/x"}}}, func(s State) any { return s.Views[0].Path }, ""},
		{"parameters go to all panes", []Action{SetParameters{Parameters{Encryption: "cenc", Filters: []string{"f"}}}}, func(s State) any { return s.Path(1) }, "/a/a.ism/manifest(format=mpd-time-cmaf,encryption=cenc,filter=f)"},
		{"audio-only goes to HLS alone", []Action{SetParameters{Parameters{AudioOnly: &no}}}, func(s State) any { return s.Path(0) + " " + s.Path(1) }, "/a/a.ism/manifest(format=m3u8-cmaf,audio-only=false) /a/a.ism/manifest(format=mpd-time-cmaf)"},
	} {
		if got := c.got(after(c.actions...)); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAPastedURLSetsFormatParametersAndSelection(t *testing.T) {
	r := &media.Request{Locator: "b", File: "b.ism", Target: media.Fragment, Format: media.HLSV4, Track: "video", Bitrate: 1000, Time: 60_000_000, Filters: []string{"trim"}}
	s := after(SetRequest{r})
	if s.Locator != "b" || s.Panes[0].Format != media.HLSV4 || s.Selection != (Selection{low, 3}) || !slices.Equal(s.Parameters.Filters, []string{"trim"}) {
		t.Errorf("%+v selects %+v", s.Choice, s.Selection)
	}
	r = &media.Request{Locator: "b", File: "b.ism", Target: media.Level, Format: media.HLSV4, Track: "video", Bitrate: 2000, KeyFrames: true}
	if s = Reduce(s, SetRequest{r}); s.Panes[0].Level != (Level{high, true}) || s.Path(0) != "/b/b.ism/QualityLevels(2000)/Manifest(video,format=m3u8-aapl,type=keyframes)" {
		t.Errorf("shows %s", s.Path(0))
	}
}

func TestUndoTakesChoicesBackAndRedoMakesThemAgain(t *testing.T) {
	s := after()
	first := s.Choice
	s = Reduce(s, SetFormat{media.HLSV3})
	s = Reduce(s, FocusPane{1}) // looking elsewhere is no choice
	s = Reduce(s, SetParameters{Parameters{Encryption: "cenc"}})
	second := s.Choice
	s = Reduce(s, SetFormat{s.Panes[1].Format}) // changes nothing
	s = Reduce(Reduce(s, Undo{}), Undo{})
	if !s.Choice.equal(first) {
		t.Errorf("two steps back is %+v, want %+v", s.Choice, first)
	}
	s = Reduce(s, Undo{}) // the choice of the asset came from outside
	if s.Locator != "a" || len(s.Future) != 2 {
		t.Errorf("undo goes further than choices: %+v", s.Choice)
	}
	s = Reduce(Reduce(s, Redo{}), Redo{})
	if !s.Choice.equal(second) {
		t.Errorf("two steps on is %+v, want %+v", s.Choice, second)
	}
	s = Reduce(Reduce(s, Undo{}), SetPanes{1})
	if len(s.Future) != 0 {
		t.Error("a new choice leaves the old future")
	}
}

func TestReduceChangesNoStateBefore(t *testing.T) {
	before := after()
	want := fmt.Sprintf("%+v", before)
	for _, a := range []Action{
		SetFormat{media.Smooth20}, SetLevel{0, Level{TrackKey: low}}, SetPanes{1}, ClosePane{0}, SetParameters{Parameters{Encryption: "cbc"}},
		ChooseAsset{"b"}, FoldAsset{"a", true}, AssetStale{"a", "x"}, AssetClosed{"a"}, Rendered{0, View{Path: before.Path(0)}}, JobChanged{Job{ID: 1}},
	} {
		Reduce(before, a)
		if got := fmt.Sprintf("%+v", before); got != want {
			t.Fatalf("%T changes the state before it:\n%s\n%s", a, got, want)
		}
	}
}

func TestThereAreNoLevelsWithoutAnAsset(t *testing.T) {
	s := Reduce(settle(State{}), SetFormat{media.HLSV4})
	if s.Panes[s.Focus].Format != media.HLSV4 || s.Levels(media.HLSV4) != nil {
		t.Errorf("%+v", s.Panes)
	}
}

func TestLevelsAreWhatAFormatHas(t *testing.T) {
	s := after()
	for f, want := range map[media.Format]int{media.HLSV4: 5, media.HLSCMAF: 5, media.HLSV3: 3, media.DASHCSF: 0, media.Smooth: 0} {
		if got := len(s.Levels(f)); got != want {
			t.Errorf("%s has %d levels, want %d", f, got, want)
		}
	}
}

// A level of HLS V3 is the one that the master playlist links: with its audio.
func TestLevelsOfV3NameTheirAudio(t *testing.T) {
	s := after(SetFormat{media.HLSV3}, SetLevel{0, Level{TrackKey: high}})
	if got, want := s.Path(0), "/a/a.ism/QualityLevels(2000)/Manifest(video,format=m3u8-aapl-v3,audiotrack=eng)"; got != want {
		t.Errorf("video is at %s, want %s", got, want)
	}
	s = after(SetFormat{media.HLSV3}, SetLevel{0, Level{TrackKey: TrackKey{"eng", 128}}})
	if got, want := s.Path(0), "/a/a.ism/QualityLevels(128)/Manifest(eng,format=m3u8-aapl-v3)"; got != want {
		t.Errorf("audio is at %s, want %s", got, want)
	}
}
