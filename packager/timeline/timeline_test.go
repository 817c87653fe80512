package timeline

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"manifold/packager/demux"
	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

// track reads a description as one file gives it.
func track(t interface{ Fatal(...any) }, d synth.Track, name string) *media.Track {
	m := synth.File{Tracks: []synth.Track{d}}.Build()
	movie, err := demux.Open(m, m.Size(), name)
	if err != nil {
		t.Fatal(err)
	}
	return movie.Tracks[0]
}

// video is a track of n frames, a key frame at every gop-th.
func video(n, gop int, duration, timescale uint32) synth.Track {
	r := synth.Renditions[4]
	return synth.Track{
		Handler: "vide", Timescale: timescale, Samples: synth.Video(n, gop, 20, duration), NALLength: 4,
		Entry: synth.AVC("avc1", 320, 180, 4, [][]byte{r.SPS}, [][]byte{r.PPS}),
	}
}

// audio is a track of n AAC frames.
func audio(n int, rate uint32) synth.Track {
	asc := synth.StereoASC
	if rate == 44100 {
		asc = synth.Hex("1210")
	}
	return synth.Track{Handler: "soun", Timescale: rate, Samples: synth.Audio(n, 10, 1024), Entry: synth.AAC(2, int(rate), asc)}
}

func group(tracks ...*media.Track) *media.Group {
	return &media.Group{Kind: tracks[0].Kind, Name: tracks[0].Kind.String(), Tracks: tracks}
}

// plan puts one video group of renditions and the audio tracks on the timeline.
func plan(t interface{ Fatal(...any) }, o Options, renditions, sounds []synth.Track) (*media.Presentation, []fault.Finding, error) {
	p := &media.Presentation{}
	if len(renditions) > 0 {
		g := &media.Group{Kind: media.Video, Name: "video"}
		for i, d := range renditions {
			g.Tracks = append(g.Tracks, track(t, d, string(rune('a'+i))+".mp4"))
		}
		p.Groups = append(p.Groups, g)
	}
	for _, d := range sounds {
		p.Groups = append(p.Groups, group(track(t, d, "sound.m4a")))
	}
	findings, err := Plan(p, o)
	return p, findings, err
}

// ok is plan where nothing goes wrong and nothing is found.
func ok(t testing.TB, o Options, renditions, sounds []synth.Track) *media.Presentation {
	t.Helper()
	p, findings, err := plan(t, o, renditions, sounds)
	if err != nil || len(findings) > 0 {
		t.Fatal(err, findings)
	}
	return p
}

func codes(findings []fault.Finding) (list []string) {
	for _, f := range findings {
		list = append(list, f.Code)
	}
	return list
}

// durations of the fragments in ticks.
func durations(g *media.Group) (list []int64) {
	for k := range g.Fragments() {
		list = append(list, g.Times[k+1]-g.Times[k])
	}
	return list
}

func TestGoldenSetHasTheDocumentedFragments(t *testing.T) {
	var renditions []synth.Track
	for _, r := range synth.Renditions {
		renditions = append(renditions, synth.GoldenVideo(r))
	}
	p := ok(t, Options{}, renditions, []synth.Track{synth.GoldenSound()})
	v, a := durations(p.Groups[0]), durations(p.Groups[1])
	if want := append(slices.Repeat([]int64{60060000}, 11), 42375666); !slices.Equal(v, want) {
		t.Errorf("video %v", v)
	}
	if want := append(slices.Repeat([]int64{60160000}, 11), 41386666); !slices.Equal(a, want) {
		t.Errorf("audio %v", a)
	}
	if p.Duration != 703146666 || p.Groups[0].PerSegment != 1 || p.Groups[1].PerSegment != 1 || !p.Groups[0].ClosedGOP {
		t.Errorf("duration %d, %d fragments a segment", p.Duration, p.Groups[0].PerSegment)
	}
}

func TestAudioFragmentsHoldEquallyManyFrames(t *testing.T) {
	for _, c := range []struct {
		name    string
		video   []synth.Track
		rate    uint32
		seconds int
		frames  int
		first   []int64 // durations in ticks
	}{
		{name: "2 s at 48 kHz: 94 frames", video: []synth.Track{video(250, 50, 1, 25)}, rate: 48000, frames: 94, first: []int64{20053333, 20053333, 20053334}},
		{name: "2 s at 44.1 kHz: 87 frames", video: []synth.Track{video(250, 50, 1, 25)}, rate: 44100, frames: 87, first: []int64{20201360, 20201361}},
		{name: "6.006 s at 48 kHz: 282 frames", video: []synth.Track{video(540, 180, 1001, 30000)}, rate: 48000, frames: 282, first: []int64{60160000}},
		{name: "2.002 s merged to 6.006 s", video: []synth.Track{video(540, 60, 1001, 30000)}, rate: 48000, seconds: 6, frames: 282, first: []int64{60160000}},
		{name: "exactly as long as a frame multiple: 1.024 s", video: []synth.Track{video(80, 16, 64, 1000)}, rate: 48000, frames: 48, first: []int64{10240000}},
		{name: "audio alone: 2 s", rate: 48000, frames: 94, first: []int64{20053333}},
		{name: "audio alone, 6 s wanted", rate: 48000, seconds: 6, frames: 282, first: []int64{60160000}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := ok(t, Options{FragmentSeconds: c.seconds}, c.video, []synth.Track{audio(1000, c.rate)})
			g := p.Of(media.Audio)[0]
			track := g.Tracks[0]
			for k := range g.Fragments() {
				from, to := track.Fragment(k, k+1)
				if n := to - from; n != c.frames && k+1 < g.Fragments() || n < 1 || n > c.frames {
					t.Errorf("fragment %d has %d frames, want %d", k, n, c.frames)
				}
			}
			if d := durations(g); !slices.Equal(d[:len(c.first)], c.first) {
				t.Errorf("durations %v, want %v", d, c.first)
			}
			if end := 1000 * 1024 * 10_000_000 / int64(c.rate); g.Times[g.Fragments()] != end {
				t.Errorf("audio ends at %d, want %d", g.Times[g.Fragments()], end)
			}
		})
	}
}

// Frames of xHE-AAC need those before them, up to the next that stands alone;
// what stss says of other audio is not believed.
func TestFragmentsOfXHEAACBeginWithIndependentFrames(t *testing.T) {
	for asc, want := range map[string][]uint32{"F9464362": {0, 60, 120, 180, 200}, "2B118800": {0, 47, 94, 141, 188, 200}} {
		d := audio(200, 48000)
		d.Entry = synth.AAC(2, 48000, synth.Hex(asc))
		for i := range d.Samples {
			d.Samples[i].Duration, d.Samples[i].Sync = 2048, i%20 == 0
		}
		p := ok(t, Options{}, nil, []synth.Track{d})
		if got := p.Groups[0].Tracks[0].First; !slices.Equal(got, want) {
			t.Errorf("%s: fragments begin with frames %d, want %d", asc, got, want)
		}
	}
}

func TestFragmentsMergeWholeGOPs(t *testing.T) {
	for _, c := range []struct {
		name    string
		frames  int
		gop     int
		seconds int
		want    []int64 // milliseconds
	}{
		{"one GOP each", 250, 50, 0, []int64{2000, 2000, 2000, 2000, 2000}},
		{"2 s wanted of 2 s", 250, 50, 2, []int64{2000, 2000, 2000, 2000, 2000}},
		{"4 s of 2 s", 250, 50, 4, []int64{4000, 4000, 2000}},
		{"5 s of 2 s: 6 is no further than 4", 500, 50, 5, []int64{6000, 6000, 6000, 2000}},
		{"1 s of 2 s", 150, 50, 1, []int64{2000, 2000, 2000}},
		{"6 s of 5 s", 375, 125, 6, []int64{5000, 5000, 5000}},
		{"8 s of 5 s", 375, 125, 8, []int64{10000, 5000}},
		{"more than there is", 250, 50, 60, []int64{10000}},
	} {
		p := ok(t, Options{FragmentSeconds: c.seconds}, []synth.Track{video(c.frames, c.gop, 1, 25)}, nil)
		var got []int64
		for _, d := range durations(p.Groups[0]) {
			got = append(got, d/10_000)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v ms, want %v", c.name, got, c.want)
		}
	}
}

func TestSegmentsHoldAboutSixSeconds(t *testing.T) {
	for _, c := range []struct{ gop, seconds, want int }{
		{50, 0, 3}, {75, 0, 3}, {76, 0, 2}, {125, 0, 2}, {126, 0, 1}, {250, 0, 1}, {50, 4, 2}, {50, 6, 1}, {25, 2, 3},
	} {
		p := ok(t, Options{FragmentSeconds: c.seconds}, []synth.Track{video(4*c.gop, c.gop, 1, 25)}, []synth.Track{audio(20, 48000)})
		if got := p.Groups[0].PerSegment; got != c.want || p.Groups[1].PerSegment != c.want {
			t.Errorf("GOPs of %d frames merged to %d s: %d a segment, want %d", c.gop, c.seconds, got, c.want)
		}
	}
	if p := ok(t, Options{}, nil, []synth.Track{audio(200, 48000)}); p.Groups[0].PerSegment != 3 {
		t.Errorf("audio alone: %d", p.Groups[0].PerSegment)
	}
}

func TestRenditionsShareBoundariesWhateverTheirCoding(t *testing.T) {
	plain := video(300, 60, 1001, 30000)
	reordered := video(300, 60, 1001, 30000)
	synth.Reorder(reordered.Samples, 2)
	reordered.Edits = []synth.Edit{synth.Play(10000, 2002)}
	negative := video(300, 60, 3003, 90000)
	synth.Reorder(negative.Samples, 0)
	negative.Signed = true
	half := video(150, 30, 2002, 30000)
	delayed := video(300, 60, 1001, 30000)
	for i := range delayed.Samples { // all shown two frames late, and the edit list says so
		delayed.Samples[i].Offset = 2002
	}
	delayed.Edits = []synth.Edit{synth.Play(10000, 2002)}
	p := ok(t, Options{}, []synth.Track{plain, reordered, negative, half, delayed}, nil)
	g := p.Groups[0]
	want := []int64{0, 20020000, 40040000, 60060000, 80080000, 100100000}
	if !slices.Equal(g.Times, want) {
		t.Errorf("fragments at %v, want %v", g.Times, want)
	}
	for j, track := range g.Tracks {
		for k := range g.Fragments() {
			if at := track.Ticks(int(track.First[k])); at != want[k] {
				t.Errorf("rendition %d, fragment %d is at %d, want %d", j, k, at, want[k])
			}
		}
	}
}

func TestKeyFramesThatNotAllHaveAreNoBoundaries(t *testing.T) {
	a, b := video(250, 50, 1, 25), video(250, 50, 1, 25)
	b.Samples[100].Sync = false
	p, findings, err := plan(t, Options{}, []synth.Track{a, b}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int64{0, 20000000, 60000000, 80000000, 100000000}; !slices.Equal(p.Groups[0].Times, want) {
		t.Errorf("fragments at %v, want %v", p.Groups[0].Times, want)
	}
	if len(findings) != 1 || findings[0].Code != "gop-misaligned" || findings[0].Where != "b.mp4 track 1" || !strings.Contains(findings[0].Message, "the first at 4.000 s") || findings[0].Advice == "" {
		t.Errorf("findings %+v", findings)
	}
}

func TestKeyFramesThatOnlySomeHaveAreNoBoundaries(t *testing.T) {
	a, b := video(250, 50, 1, 25), video(250, 50, 1, 25)
	b.Samples[60].Sync, b.Samples[61].Sync = true, true
	p := ok(t, Options{}, []synth.Track{a, b}, nil)
	if want := []int64{0, 20000000, 40000000, 60000000, 80000000, 100000000}; !slices.Equal(p.Groups[0].Times, want) {
		t.Errorf("fragments at %v, want %v", p.Groups[0].Times, want)
	}
}

func TestKeyFramesMayLieHalfAFrameApart(t *testing.T) {
	for shift, want := range map[int]int{0: 5, 40: 5, 50: 5, 51: 1, 100: 1} { // of a frame of 100 units
		a, b := video(50, 10, 100, 1000), video(50, 10, 100, 1000)
		for i := range b.Samples {
			b.Samples[i].Offset = int32(shift)
		}
		p, _, err := plan(t, Options{}, []synth.Track{a, b}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Groups[0].Fragments(); got != want {
			t.Errorf("%d of 100 apart: %d fragments, want %d", shift, got, want)
		}
	}
}

func TestAKeyFrameAnswersForOneOfTheOthersOnly(t *testing.T) {
	a, b := video(20, 20, 100, 1000), video(20, 20, 100, 1000)
	a.Samples[5].Sync, a.Samples[6].Sync = true, true
	b.Samples[5].Sync, b.Samples[5].Offset = true, 50 // half a frame from both
	p, _, err := plan(t, Options{}, []synth.Track{a, b}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int64{0, 5_000_000, 20_000_000}; !slices.Equal(p.Groups[0].Times, want) {
		t.Errorf("fragments at %v, want %v", p.Groups[0].Times, want)
	}
}

func TestAKeyFrameShownTooEarlyIsNoBoundary(t *testing.T) {
	d := video(40, 10, 1, 25)
	d.Samples[20].Offset, d.Signed = -15, true
	p, _, err := plan(t, Options{}, []synth.Track{d}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int64{0, 4_000_000, 12_000_000, 16_000_000}; !slices.Equal(p.Groups[0].Times, want) {
		t.Errorf("fragments at %v, want %v", p.Groups[0].Times, want)
	}
}

func TestKeyFramesMoreThanTwentySecondsApartAreRefused(t *testing.T) {
	long := video(1000, 501, 1, 25) // 20.04 s
	fine := video(1000, 500, 1, 25)
	sparse := video(1000, 1000, 1, 25)
	for _, c := range []struct {
		name       string
		renditions []synth.Track
		where      string
	}{
		{"one rendition", []synth.Track{long}, "a.mp4 track 1"},
		{"exactly 20 s", []synth.Track{fine}, ""},
		{"exactly 20 s twice", []synth.Track{fine, fine}, ""},
		{"the second has one key frame", []synth.Track{fine, sparse, fine}, "b.mp4 track 1"},
		{"the first has one key frame", []synth.Track{sparse, fine, fine}, "a.mp4 track 1"},
	} {
		p, _, err := plan(t, Options{}, c.renditions, []synth.Track{audio(100, 48000)})
		if c.where == "" {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		var e *fault.Error
		if !errors.As(err, &e) || e.Code != fault.KeyFrameIntervalTooLarge || e.Code.Status() != 415 || e.Where != c.where || e.Advice == "" {
			t.Errorf("%s: %+v, want it at %s", c.name, e, c.where)
		}
		if p.Duration != 0 {
			t.Errorf("%s: a duration of %d is left", c.name, p.Duration)
		}
	}
}

func TestPrimingIsDropped(t *testing.T) {
	for _, c := range []struct {
		name  string
		edits []synth.Edit
		first uint32
		start int64
	}{
		{"no edit list", nil, 0, 0},
		{"one frame", []synth.Edit{synth.Play(1, 1024)}, 1, 0},
		{"2112 samples: two frames and 64 samples", []synth.Edit{synth.Play(1, 2112)}, 2, 0},
		{"just half a frame stays and moves to 0", []synth.Edit{synth.Play(1, 512)}, 0, 0},
		{"more than half a frame goes", []synth.Edit{synth.Play(1, 513)}, 1, 511 * 10_000_000 / 48000},
		{"a late start stays late", []synth.Edit{synth.Empty(500), synth.Play(1, 0)}, 0, 5_000_000},
		{"late, with priming before 0", []synth.Edit{synth.Empty(10), synth.Play(1, 2048)}, 2, 100_000},
	} {
		d := audio(300, 48000)
		d.Edits = c.edits
		p := ok(t, Options{}, nil, []synth.Track{d})
		g := p.Groups[0]
		if first := g.Tracks[0].First[0]; first != c.first || g.Times[0] != c.start {
			t.Errorf("%s: begins with frame %d at %d, want %d at %d", c.name, first, g.Times[0], c.first, c.start)
		}
	}
}

func TestVideoBeforeItsEditMovesTheWholeAsset(t *testing.T) {
	d := video(250, 50, 1, 25)
	d.Edits = []synth.Edit{synth.Play(10, 60)} // 0.4 s behind the key frame at 2 s
	sound := audio(400, 48000)
	late := audio(400, 48000)
	late.Edits = []synth.Edit{synth.Empty(1000), synth.Play(1, 0)}
	p, findings, err := plan(t, Options{}, []synth.Track{d}, []synth.Track{sound, late})
	if err != nil {
		t.Fatal(err)
	}
	v := p.Groups[0]
	if v.Tracks[0].First[0] != 50 || v.Times[0] != 0 || v.Times[1] != 20_000_000 {
		t.Errorf("video begins with sample %d, fragments at %v", v.Tracks[0].First[0], v.Times)
	}
	if p.Groups[1].Times[0] != 4_000_000 || p.Groups[2].Times[0] != 14_000_000 {
		t.Errorf("audio begins at %d and %d, want 0.4 s and 1.4 s", p.Groups[1].Times[0], p.Groups[2].Times[0])
	}
	if len(findings) != 1 || findings[0].Code != "starts-before-edit" || findings[0].Where != "a.mp4 track 1" || !strings.Contains(findings[0].Message, "400 ms") {
		t.Errorf("findings %+v", findings)
	}
}

func TestTheLargestLeadMovesAllRenditions(t *testing.T) {
	a, b := video(250, 50, 1, 25), video(250, 50, 1, 25)
	a.Edits = []synth.Edit{synth.Play(10, 1)}
	b.Edits = []synth.Edit{synth.Play(10, 2)}
	p, findings, err := plan(t, Options{}, []synth.Track{a, b}, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := p.Groups[0]
	if at := g.Tracks[1].Ticks(0); at != 0 || g.Tracks[0].Ticks(0) != 400_000 {
		t.Errorf("they begin at %d and %d, want 40 ms and 0", g.Tracks[0].Ticks(0), at)
	}
	if !slices.Contains(codes(findings), "starts-before-edit") {
		t.Errorf("findings %v", codes(findings))
	}
}

func TestVideoBehindAnEmptyEditBeginsWhereTheEditListSays(t *testing.T) {
	d := video(250, 50, 1, 25)
	d.Edits = []synth.Edit{synth.Empty(10_000), synth.Play(10, 110)} // the key frame before is number 100
	p := ok(t, Options{}, []synth.Track{d}, nil)
	if g := p.Groups[0]; g.Tracks[0].First[0] != 100 || g.Times[0] != 96_000_000 {
		t.Errorf("video begins with sample %d at %d, want 100 at 9.6 s", g.Tracks[0].First[0], g.Times[0])
	}
}

func TestVideoBeginsAtItsFirstKeyFrame(t *testing.T) {
	d := video(100, 50, 1, 25)
	d.Samples[0].Sync, d.Samples[3].Sync = false, true
	p := ok(t, Options{}, []synth.Track{d}, nil)
	if g := p.Groups[0]; g.Tracks[0].First[0] != 3 || g.Times[0] != 1_200_000 {
		t.Errorf("video begins with sample %d at %d", g.Tracks[0].First[0], g.Times[0])
	}
}

func TestPicturesBeforeTheKeyFrameAreFound(t *testing.T) {
	d := video(100, 50, 1, 25)
	d.Samples[50].Offset = 2 // I shown after the two B behind it
	p, findings, err := plan(t, Options{}, []synth.Track{d}, nil)
	if err != nil || p.Groups[0].ClosedGOP || len(findings) != 1 || findings[0].Code != "open-gop" || findings[0].Where != "a.mp4 track 1 sample 51" {
		t.Errorf("closed %v, %+v, %v", p.Groups[0].ClosedGOP, findings, err)
	}
	if s := p.Groups[0].Tracks[0]; s.First[1] != 50 {
		t.Errorf("leading pictures left their place: %v", s.First)
	}
}

func TestAudioTracksOfAGroupEndTogether(t *testing.T) {
	// one frame less than the other, just at the end of a fragment
	for _, counts := range [][]int{{189, 188}, {188, 189}} {
		g := group(track(t, audio(counts[0], 48000), "a.m4a"), track(t, audio(counts[1], 48000), "b.m4a"))
		if _, err := Plan(&media.Presentation{Groups: []*media.Group{g}}, Options{}); err != nil {
			t.Fatal(err)
		}
		for j, n := range counts {
			if !slices.Equal(g.Tracks[j].First, []uint32{0, 94, uint32(n)}) {
				t.Errorf("%d frames in fragments from %v", n, g.Tracks[j].First)
			}
		}
	}
}

func TestTimesGoForwardInDamagedFilesToo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "samples")
		describe := func(d synth.Track, offsets bool) synth.Track {
			for i := range d.Samples {
				d.Samples[i].Duration = uint32(rapid.IntRange(0, 2).Draw(t, "duration"))
				if offsets {
					d.Samples[i].Offset = int32(rapid.IntRange(-3, 3).Draw(t, "offset"))
				}
				d.Samples[i].Sync = d.Samples[i].Sync || rapid.IntRange(0, 3).Draw(t, "sync") == 0
			}
			d.Samples[0].Duration = 1
			return d
		}
		renditions := []synth.Track{describe(video(n, 10, 1, 25), true), describe(video(n, 10, 1, 25), true)}
		sound := describe(audio(n, 48000), false)
		if rapid.Bool().Draw(t, "edits") {
			renditions[0].Edits = []synth.Edit{synth.Empty(int64(rapid.IntRange(0, 3000).Draw(t, "empty"))), synth.Play(1, int64(rapid.IntRange(0, n).Draw(t, "from")))}
		}
		p, _, err := plan(t, Options{FragmentSeconds: rapid.IntRange(0, 3).Draw(t, "seconds")}, renditions, []synth.Track{sound})
		if err != nil {
			return // 20 s without a shared key frame
		}
		for _, g := range p.Groups {
			checkTiles(t, g)
		}
	})
}

// checkTiles wants fragments that begin one where the other ends, none empty.
func checkTiles(t interface{ Fatalf(string, ...any) }, g *media.Group) {
	for k := range g.Fragments() {
		if g.Times[k+1] <= g.Times[k] || g.Times[k] < 0 {
			t.Fatalf("%s: fragment %d lasts from %d to %d", g.Name, k, g.Times[k], g.Times[k+1])
		}
		for _, track := range g.Tracks {
			if from, to := track.Fragment(k, k+1); from >= to {
				t.Fatalf("%s: fragment %d holds samples %d to %d", g.Name, k, from, to)
			}
		}
	}
	for _, track := range g.Tracks {
		total := int64(0)
		for _, n := range track.FragmentBytes {
			total += n
		}
		if int(track.First[len(track.First)-1]) != track.Samples.Count() || total != track.Samples.RangeBytes(int(track.First[0]), track.Samples.Count()) {
			t.Fatalf("%s: fragments do not reach the end: %v of %d samples", g.Name, track.First, track.Samples.Count())
		}
	}
}

func TestFragmentsTileEveryRenditionFromKeyFrameToKeyFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gops := rapid.SliceOfN(rapid.IntRange(1, 60), 1, 12).Draw(t, "GOPs")
		count := rapid.IntRange(1, 4).Draw(t, "renditions")
		var renditions []synth.Track
		for range count {
			var d synth.Track
			switch rapid.IntRange(0, 3).Draw(t, "timescale") {
			case 0:
				d = video(0, 1, 1001, 30000)
			case 1:
				d = video(0, 1, 3003, 90000)
			case 2:
				d = video(0, 1, 2002, 60000)
			case 3:
				d = video(0, 1, 1001, 30000)
				d.Wide = true
			}
			duration := map[uint32]uint32{30000: 1001, 90000: 3003, 60000: 2002}[d.Timescale]
			for _, n := range gops {
				d.Samples = append(d.Samples, synth.Video(n, n, 20, duration)...)
			}
			if delay := rapid.IntRange(-1, 2).Draw(t, "delay"); delay >= 0 {
				synth.Reorder(d.Samples, delay)
				d.Signed = delay == 0
				d.Edits = []synth.Edit{synth.Play(1, int64(delay)*int64(duration))}
			}
			renditions = append(renditions, d)
		}
		seconds := rapid.IntRange(0, 6).Draw(t, "seconds")
		p, findings, err := plan(t, Options{FragmentSeconds: seconds}, renditions, []synth.Track{audio(rapid.IntRange(1, 900).Draw(t, "audio frames"), 44100)})
		if err != nil || len(findings) > 0 {
			t.Fatal(err, findings)
		}
		for _, g := range p.Groups {
			checkTiles(t, g)
		}
		g := p.Groups[0]
		if seconds == 0 && g.Fragments() != len(gops) {
			t.Fatalf("%d fragments of %d GOPs", g.Fragments(), len(gops))
		}
		for j, track := range g.Tracks {
			for k := range g.Fragments() {
				s := track.Samples.Append(nil, int(track.First[k]), int(track.First[k])+1)[0]
				if !s.Sync || track.Clock.Ticks(s.Composition) != g.Times[k] || track.First[k] != g.Tracks[0].First[k] {
					t.Fatalf("rendition %d, fragment %d begins with %+v at %d, want %d", j, k, s, track.Clock.Ticks(s.Composition), g.Times[k])
				}
			}
		}
	})
}
