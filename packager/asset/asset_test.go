package asset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
	"manifold/packager/timeline"
)

// video describes n frames at 25 a second, a key frame at every 25th.
func video(n, size int) synth.Track {
	r := synth.Renditions[4]
	return synth.Track{
		Handler: "vide", Timescale: 12800, NALLength: 4, Samples: synth.Video(n, 25, size, 512),
		Entry: synth.AVC("avc1", r.Width, r.Height, 4, [][]byte{r.SPS}, [][]byte{r.PPS}),
	}
}

// audio describes n AAC frames whose sizes depend on the seed.
func audio(n, seed int, language string) synth.Track {
	d := synth.Track{Handler: "soun", Timescale: 48000, Samples: synth.Audio(n, 0, 1024), Entry: synth.AAC(2, 48000, synth.StereoASC), Language: language}
	for i := range d.Samples {
		d.Samples[i].Size = 10 + (i*7+seed)%13
	}
	return d
}

func movie(tracks ...synth.Track) []byte {
	return synth.File{Tracks: tracks, Chunks: 4}.Build().Bytes()
}

// folder writes files, by slash-separated names, and returns where.
func folder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "show")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		put(t, filepath.Join(dir, filepath.FromSlash(name)), b)
	}
	return dir
}

func put(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func find(t testing.TB, path string) []Set {
	t.Helper()
	sets, err := Find(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return sets
}

// open finds and opens the one asset at a path.
func open(t testing.TB, path string) *Asset {
	t.Helper()
	sets := find(t, path)
	if len(sets) != 1 {
		t.Fatalf("%d assets: %+v", len(sets), sets)
	}
	return Open(t.Context(), sets[0], Options{})
}

// served lists groups and their tracks in one line.
func served(a *Asset) string {
	if a.Presentation == nil {
		return "nothing"
	}
	var out []string
	for _, g := range a.Presentation.Groups {
		var list []string
		for _, t := range g.Tracks {
			list = append(list, fmt.Sprintf("%d of %s", t.Bitrate, t.File))
		}
		out = append(out, fmt.Sprintf("%s %s: %s", g.Kind, g.Name, strings.Join(list, ", ")))
	}
	return strings.Join(out, "; ")
}

func codes(findings []fault.Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return out
}

// ism writes a server manifest around elements.
func ism(elements string) []byte {
	return []byte(`<?xml version="1.0" encoding="utf-8"?><smil xmlns="http://www.w3.org/2001/SMIL20/Language"><head><meta name="formats" content="mp4"/></head><body><switch>` + elements + `</switch></body></smil>`)
}

func TestGoldenSet(t *testing.T) {
	dir := t.TempDir()
	path, err := synth.Golden().Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, dir} {
		a := open(t, p)
		want := "audio aac_eng_2_128041_2_1: 128041 of ignite_1280x720_3579.mp4; video video: 3579827 of ignite_1280x720_3579.mp4, 2217354 of ignite_960x540_2217.mp4, " +
			"1154816 of ignite_640x360_1154.mp4, 721495 of ignite_480x270_721.mp4, 381048 of ignite_320x180_381.mp4"
		if a.Err != nil || len(a.Findings) != 0 || served(a) != want || a.Name != "ignite" || a.ISM() != "ignite.ism" || a.Presentation.Duration != 703146666 {
			t.Errorf("%s: %v, %v, %s", p, a.Err, a.Findings, served(a))
		}
		for _, g := range a.Presentation.Groups {
			for _, track := range g.Tracks {
				if peak := g.Peak(track, g.PerSegment); !track.Declared || peak > track.Bitrate {
					t.Errorf("%s: peak %d of %d", track.Name, peak, track.Bitrate)
				}
			}
		}
		if a.Memory() > 100_000 {
			t.Errorf("the index takes %d bytes", a.Memory())
		}
	}
	// without a server manifest the audio that is in all files is one track
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	a := open(t, dir)
	if len(a.Presentation.Groups) != 2 || len(a.Presentation.Groups[0].Tracks) != 5 || len(a.Presentation.Groups[1].Tracks) != 1 || a.Presentation.Groups[1].Name != "aac_eng_2_115125_2_1" {
		t.Errorf("%s", served(a))
	}
}

func TestWhatIsAnAsset(t *testing.T) {
	one, two := movie(video(50, 30), audio(94, 0, "eng")), movie(video(50, 60), audio(94, 0, "eng"))
	long := movie(video(500, 30))
	server := ism(`<video src="a_300.mp4"/>`)
	for _, c := range []struct {
		name  string
		files map[string][]byte
		want  []string // name: server manifest or files, or what is wrong
	}{
		{"files of one programme", map[string][]byte{"a_300.mp4": one, "a_600.mp4": two}, []string{"show: a_300.mp4 a_600.mp4"}},
		{"every kind of media file", map[string][]byte{"a.MP4": one, "a_2.m4v": one, "a_3.mov": one, "a_4.m4a": one, "a_5.ismv": one, "a_6.isma": one, "a_7.3gp": one, "a_8.3G2": one, "a_9.f4v": one, "a.txt": one}, []string{"show: a.MP4 a_2.m4v a_3.mov a_4.m4a a_5.ismv a_6.isma a_7.3gp a_8.3G2 a_9.f4v"}},
		{"a server manifest", map[string][]byte{"x.ism": server, "a_300.mp4": one}, []string{"x: x.ism"}},
		{"two server manifests", map[string][]byte{"x.ism": server, "y.ISM": server, "a_300.mp4": one}, []string{"x: x.ism", "y: y.ISM"}},
		{"sub-folders", map[string][]byte{"one/a.mp4": one, "two/a.mp4": two, "notes.txt": nil}, []string{"one: a.mp4", "two: a.mp4"}},
		{"media beside a sub-folder", map[string][]byte{"a.mp4": one, "more/b.mp4": two}, []string{"show: a.mp4"}},
		{"equal names", map[string][]byte{"x/a/a.mp4": one, "y/a/a.mp4": one, "z/a/a.mp4": one}, []string{"a: a.mp4", "a-2: a.mp4", "a-3: a.mp4"}},
		{"hidden folders and files", map[string][]byte{".git/a.mp4": one, ".b.mp4": one, "c/.d.mp4": one, "c/e.mp4": one}, []string{"c: e.mp4"}},
		{"four folders deep", map[string][]byte{"1/2/3/4/a.mp4": one, "1/2/3/4/5/a.mp4": one}, []string{"4: a.mp4"}},
		{"five folders deep", map[string][]byte{"1/2/3/4/5/a.mp4": one, "x/b.mp4": one}, []string{"4: folders that lie more than 4 below the one that was opened are not searched", "x: b.mp4"}},
		{"nothing four folders deep", map[string][]byte{"1/2/3/4/a.txt": nil, "x/b.mp4": one}, []string{"4: the folder holds no media", "x: b.mp4"}},
		{"nothing", nil, []string{"show: the folder holds no media"}},
		{"no media", map[string][]byte{"a.txt": nil}, []string{"show: the folder holds no media"}},
		{"a sub-folder without media", map[string][]byte{"one/a.mp4": one, "two/a.txt": nil}, []string{"one: a.mp4", "two: the folder holds no media"}},
		{"another duration and name", map[string][]byte{"a_1.mp4": one, "a_2.mp4": two, "b.mp4": long}, []string{"show: a_1.mp4 a_2.mp4", "b: b.mp4"}},
		{"another duration", map[string][]byte{"a_1.mp4": one, "a_2.mp4": long}, []string{"show: a_1.mp4", "a_2: a_2.mp4"}},
		{"another name, the same audio", map[string][]byte{"low.mp4": one, "best.mp4": two}, []string{"show: best.mp4 low.mp4"}},
		{"another name, other audio", map[string][]byte{"cat.mp4": one, "dog.mp4": movie(video(50, 30), audio(94, 5, "eng"))}, []string{"show: cat.mp4", "dog: dog.mp4"}},
		{"the larger set has the folder's name", map[string][]byte{"a.mp4": long, "b_1.mp4": one, "b_2.mp4": two}, []string{"show: b_1.mp4 b_2.mp4", "a: a.mp4"}},
		{"a broken file of the same name", map[string][]byte{"a_1.mp4": one, "a_2.mp4": []byte("no")}, []string{"show: a_1.mp4 a_2.mp4"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, s := range find(t, folder(t, c.files)) {
				what := strings.TrimSpace(s.Server + strings.Join(s.Files, " "))
				if s.Fault != nil {
					what = fault.As(s.Fault).What
				}
				got = append(got, s.Name+": "+what)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestAFileIsAnAssetOfItself(t *testing.T) {
	dir := folder(t, map[string][]byte{"a b#1%.mp4": movie(video(50, 30)), "x.ism": ism(`<video src="a b#1%.mp4"/>`)})
	a := open(t, filepath.Join(dir, "a b#1%.mp4"))
	if a.Name != "a b#1%" || a.ISM() != "a_b_1_.ism" || served(a) != "video video: 6000 of a b#1%.mp4" {
		t.Errorf("%q, %q, %s", a.Name, a.ISM(), served(a))
	}
	if a := open(t, filepath.Join(dir, "x.ism")); a.Name != "x" || a.ISM() != "x.ism" || served(a) != "video video: 6000 of a b#1%.mp4" {
		t.Errorf("%q, %q, %s", a.Name, a.ISM(), served(a))
	}
	link := filepath.Join(t.TempDir(), "link.mp4")
	if err := os.Symlink(filepath.Join(dir, "a b#1%.mp4"), link); err != nil {
		t.Fatal(err)
	}
	if b := open(t, link); b.Path != a.Path {
		t.Errorf("through a link the asset is %s, want %s", b.Path, a.Path)
	}
}

func TestNamesInURLs(t *testing.T) {
	for name, want := range map[string]string{"show": "show.ism", "Änderung 1": "_nderung_1.ism", "a.b-c_d": "a.b-c_d.ism"} {
		dir := filepath.Join("films", name)
		if got := (Set{Name: name + "-2", Path: dir, Root: dir}).ISM(); got != want { // whatever stands beside it
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
		if got := (Set{Name: name, Path: dir + ".mp4", Root: "films", Files: []string{name + ".mp4"}}).ISM(); got != want {
			t.Errorf("the file %q becomes %q, want %q", name, got, want)
		}
	}
}

func TestLinksToFoldersAreNotFollowed(t *testing.T) {
	dir := folder(t, map[string][]byte{"real/a.mp4": movie(video(50, 30))})
	if err := os.Symlink(dir, filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	if sets := find(t, dir); len(sets) != 1 || sets[0].Name != "real" {
		t.Errorf("%+v", sets)
	}
}

func TestPathsThatCannotBeSearched(t *testing.T) {
	_, err := Find(t.Context(), filepath.Join(t.TempDir(), "not there"))
	if e := fault.As(err); e.Code != fault.ResourceNotFound || !strings.Contains(e.What, "no such file") {
		t.Error(err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Find(stopped, folder(t, map[string][]byte{"a/a.mp4": nil})); err != context.Canceled {
		t.Errorf("a cancelled search ends with %v", err)
	}
}

// stopping is a context that is cancelled while it is being asked.
type stopping struct {
	context.Context
	left *int
}

func (s stopping) Err() error {
	if *s.left--; *s.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestTheSearchStopsBetweenTheFilesOfAFolder(t *testing.T) {
	dir := folder(t, map[string][]byte{"a.mp4": nil, "b.mp4": nil, "c.mp4": nil, "d.mp4": nil})
	for left := range 5 { // one for the folder, one for each file
		asked := left
		if _, err := Find(stopping{t.Context(), &asked}, dir); err != context.Canceled || asked != -1 {
			t.Errorf("cancelled after %d questions: %v, %d left", left, err, asked)
		}
	}
}

func TestTheSearchEndsWhereThereIsTooMuch(t *testing.T) {
	files := make(map[string][]byte)
	for i := range 5 {
		for k := range 5 {
			files[fmt.Sprintf("%d/%d.txt", i, k)] = nil
		}
	}
	for left, want := range map[int][]string{
		30: {"0: the folder holds no media", "1: the folder holds no media", "2: the folder holds no media", "3: the folder holds no media", "4: the folder holds no media"},
		17: {"0: the folder holds no media", "1: the folder holds no media", "2: more than 10000 entries were searched"},
	} {
		f := &finder{ctx: t.Context(), left: left}
		if err := f.folder(folder(t, files), 0); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range f.sets {
			got = append(got, s.Name+": "+fault.As(s.Fault).What)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d entries: %q, want %q", left, got, want)
		}
	}
}

func TestServerManifestsDecideWhatIsServed(t *testing.T) {
	av := movie(video(50, 30), audio(94, 0, "eng"))
	slow, late := audio(62, 0, "eng"), audio(94, 0, "eng")
	slow.Timescale, slow.Entry = 32000, synth.AAC(2, 32000, synth.Hex("1290"))
	late.Edits = []synth.Edit{synth.Empty(500), synth.Play(2000, 0)}
	for _, c := range []struct {
		name, elements, want string
		findings             []string
	}{
		{"minimal", `<video src="a.mp4"/><audio src="a.mp4" title="English"/>`, "video video: 6000 of a.mp4; audio English: 5960 of a.mp4", nil},
		{"audio first", `<audio src="a.mp4"/><video src="a.mp4"/>`, "audio aac_eng_2_5960_2_1: 5960 of a.mp4; video video: 6000 of a.mp4", nil},
		{"bitrates as attributes", `<video src="a.mp4" systemBitrate="500000"/>`, "video video: 500000 of a.mp4", []string{"bitrate-off"}},
		{"bitrates as parameters", `<video src="a.mp4"><param name="systemBitrate" value="600000" valuetype="data"/></video>`, "video video: 600000 of a.mp4", []string{"bitrate-off"}},
		{"a bitrate that is none", `<video src="a.mp4" systemBitrate="fast"/>`, "video video: 6000 of a.mp4", []string{"bad-entry"}},
		{"a track ID that is none", `<audio src="a.mp4"><param name="trackID" value="x"/><param name="trackID" value="x"/></audio>`, "audio aac_eng_2_5960_2_1: 5960 of a.mp4", []string{"bad-entry"}},
		{"a hidden track", `<video src="a.mp4"/><audio src="a.mp4"><param name="outputFlag" value="False"/></audio>`, "video video: 6000 of a.mp4; audio aac_eng_2_5960_2_1: 5960 of a.mp4", []string{"track-hidden"}},
		{"flags that say nothing new", `<video src="a.mp4"><param name="outputFlag" value="true"/><param name="manifestOutput" value="FALSE"/></video>`, "video video: 6000 of a.mp4", nil},
		{"a flag that is none", `<video src="a.mp4"><param name="outputFlag" value="maybe"/></video>`, "video video: 6000 of a.mp4", []string{"bad-entry"}},
		{"text that shall stand in the manifest", `<video src="a.mp4"/><textstream src="en.vtt"><param name="manifestOutput" value="TRUE"/></textstream>`, "video video: 6000 of a.mp4; text textstream_en: 4288 of en.vtt", []string{"not-inline"}},
		{"text without cues", `<video src="a.mp4"/><textstream src="empty.vtt"/>`, "video video: 6000 of a.mp4", []string{"no-cues"}},
		{"track IDs", `<audio src="a.mp4"><param name="trackID" value="2"/><param name="trackName" value="sound"/></audio>`, "audio sound: 5960 of a.mp4", nil},
		{"a wrong track ID", `<video src="a.mp4"/><audio src="a.mp4"><param name="trackID" value="7"/></audio>`, "video video: 6000 of a.mp4", []string{"bad-entry"}},
		{"a track ID of another kind", `<video src="a.mp4"/><audio src="a.mp4"><param name="trackID" value="1"/></audio>`, "video video: 6000 of a.mp4", []string{"bad-entry"}},
		{"a track twice under two names", `<audio src="a.mp4" title="A"/><audio src="a.mp4" title="B"/>`, "audio A: 5960 of a.mp4; audio B: 5960 of a.mp4", nil},
		{"a track twice under one name", `<audio src="a.mp4" title="A"/><audio src="a.mp4" title="A"/>`, "audio A: 5960 of a.mp4", nil},
		{"renditions of equal bitrate", `<video src="a.mp4" systemBitrate="500"/><video src="b.mp4" systemBitrate="500"/><video src="c d.mp4" systemBitrate="501"/>`, "video video: 502 of c d.mp4, 501 of b.mp4, 500 of a.mp4", []string{"bitrate-off", "bitrate-off", "bitrate-off", "equal-bitrate", "equal-bitrate"}},
		{"a missing file", `<video src="a.mp4"/><video src="gone.mp4"/>`, "video video: 6000 of a.mp4", []string{"missing-file"}},
		{"percent-escapes", `<video src="c%20d.mp4"/>`, "video video: 6400 of c d.mp4", nil},
		{"a percent sign that is none", `<video src="5%.mp4"/>`, "video video: 6000 of 5%.mp4", nil},
		{"the folder itself", `<video src="./a.mp4"/>`, "video video: 6000 of a.mp4", nil},
		{"a folder below", `<video src="sub/a.mp4"/>`, "video video: 6000 of sub/a.mp4", nil},
		{"outside", `<video src="a.mp4"/><video src="../a.mp4"/><video src="/etc/passwd"/><video src="%2e%2e/a.mp4"/><video src="sub/../../a.mp4"/>`, "video video: 6000 of a.mp4", slices.Repeat([]string{"bad-entry"}, 4)},
		{"a folder of a live archive", `<video src="a.mp4"/><video src="sub"/><textstream src="sub"/>`, "video video: 6000 of a.mp4", []string{"bad-entry"}},
		{"no src", `<video src="a.mp4"/><video/>`, "video video: 6000 of a.mp4", []string{"bad-entry"}},
		{"text", `<video src="a.mp4"/><textstream src="en.vtt" systemLanguage="en" systemBitrate="1000"/>`, "video video: 6000 of a.mp4; text textstream_en: 1000 of en.vtt", nil},
		{"text that is not there", `<video src="a.mp4"/><textstream src="fr.vtt"/>`, "video video: 6000 of a.mp4", []string{"missing-file"}},
		{"text that is none", `<video src="a.mp4"/><textstream src="a.vtt"/>`, "video video: 6000 of a.mp4", []string{"unreadable"}},
		{"a rendition that is far too long", `<video src="a.mp4"/><video src="long.mp4"/>`, "video video: 6000 of a.mp4", []string{"not-same-programme"}},
		{"audio of one name that is far too long", `<audio src="a.mp4" title="A"/><audio src="longer.m4a" title="A"/>`, "audio A: 5960 of a.mp4", []string{"not-same-programme"}},
		{"a first rendition that is far too long", `<video src="long.mp4"/><video src="a.mp4"/><video src="b.mp4"/>`, "video video: 6200 of b.mp4, 6000 of a.mp4", []string{"not-same-programme"}},
		{"one name for two languages", `<audio src="a.mp4" title="A"/><audio src="a.mp4" title="A" systemLanguage="fra"/>`, "audio A: 5960 of a.mp4; audio A_fra: 5960 of a.mp4", []string{"language-contradicts"}},
		{"one name for two rates and for audio that begins late", `<audio src="a.mp4" title="A"/><audio src="32k.m4a" title="A"/><audio src="late.m4a" title="A"/>`, "audio A: 5960 of a.mp4; audio A_32000: 3979 of 32k.m4a; audio A-2: 5960 of late.m4a", nil},
		{"longer audio of another name", `<audio src="a.mp4" title="A"/><audio src="longer.m4a" title="B"/>`, "audio A: 5960 of a.mp4; audio B: 5993 of longer.m4a", []string{"duration-differs"}},
		{"a name of another kind", `<video src="a.mp4" title="x"/><audio src="a.mp4" title="x"/>`, "video x: 6000 of a.mp4; audio x-2: 5960 of a.mp4", nil},
		{"what nobody knows", `<ref src="z"/><meta name="x"/><paramGroup><param name="systemBitrate" value="1"/></paramGroup><video src="a.mp4"><x/></video>`, "video video: 6000 of a.mp4", []string{"track-ignored"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, map[string][]byte{
				"x.ism": ism(c.elements), "a.mp4": av, "en.vtt": []byte("WEBVTT\n\n00:00.500 --> 00:01.500\nHello\n"), "a.vtt": []byte("no"), "empty.vtt": []byte("WEBVTT\n"), "b.mp4": movie(video(50, 31)), "c d.mp4": movie(video(50, 32)), "5%.mp4": av, "sub/a.mp4": av,
				"long.mp4": movie(video(500, 30)), "longer.m4a": movie(audio(500, 0, "eng")), "32k.m4a": movie(slow), "late.m4a": movie(late),
			})
			a := Open(t.Context(), Set{Name: "x", Path: filepath.Join(dir, "x.ism"), Root: dir, Server: "x.ism"}, Options{})
			if a.Err != nil || served(a) != c.want || !slices.Equal(codes(a.Findings), c.findings) {
				t.Errorf("%v, %s\nwant %s\nfindings %+v", a.Err, served(a), c.want, a.Findings)
			}
			for _, f := range a.Findings {
				if f.Where == "" || f.Message == "" || strings.Contains(f.Where+f.Message, dir) {
					t.Errorf("finding %+v", f)
				}
			}
		})
	}
}

func TestFilesThatNoServerManifestNamesAreTold(t *testing.T) {
	dir := folder(t, map[string][]byte{"x.ism": ism(`<video src="a%20b.mp4"/>`), "a b.mp4": movie(video(50, 30)), "c.mp4": movie(video(50, 30))})
	a := open(t, dir)
	if len(a.Findings) != 1 || a.Findings[0].Code != "not-listed" || a.Findings[0].Where != "c.mp4" || a.Findings[0].Severity != fault.Info {
		t.Errorf("%+v", a.Findings)
	}
}

func TestAssetsWithNothingToServeSayWhy(t *testing.T) {
	mjpeg := video(50, 30)
	mjpeg.Entry = synth.VisualEntry("jpeg", 320, 180)
	still := video(600, 30)
	for i := range still.Samples {
		still.Samples[i].Sync = i == 0
	}
	for _, c := range []struct {
		name  string
		files map[string][]byte
		code  fault.Code
		find  string
		says  string
	}{
		{"a missing file", map[string][]byte{"x.ism": ism(`<video src="gone.mp4"/>`)}, fault.MediaEntryNotFound, "missing-file", "not there"},
		{"an empty server manifest", map[string][]byte{"x.ism": nil}, fault.InputFormatNotSupported, "unreadable", "empty"},
		{"a server manifest without tracks", map[string][]byte{"x.ism": ism("")}, fault.MediaTypeNotSupported, "unsupported-codec", "names no track"},
		{"a server manifest that is no XML", map[string][]byte{"x.ism": []byte("<smil><body>")}, fault.InputFormatNotSupported, "unreadable", "not well-formed"},
		{"a server manifest of HTML", map[string][]byte{"x.ism": []byte("<html></html>")}, fault.InputFormatNotSupported, "unreadable", "<html>"},
		{"a huge server manifest", map[string][]byte{"x.ism": make([]byte, 5<<20)}, fault.InputFormatNotSupported, "unreadable", "4 MiB"},
		{"a broken file", map[string][]byte{"a.mp4": []byte("no movie")}, fault.InputFormatNotSupported, "unreadable", "not an MP4"},
		{"an empty file", map[string][]byte{"a.mp4": nil}, fault.InputFormatNotSupported, "unreadable", "empty"},
		{"a codec that is not carried", map[string][]byte{"a.mp4": movie(mjpeg)}, fault.VideoEncodingNotSupported, "unsupported-codec", "Motion JPEG"},
		{"one key frame in 24 seconds", map[string][]byte{"a.mp4": movie(still)}, fault.KeyFrameIntervalTooLarge, "key-frame-interval", "20 s"},
		{"a folder without media", nil, fault.ResourceNotFound, "unreadable", "holds no media"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := open(t, folder(t, c.files))
			e := fault.As(a.Err)
			if a.Err == nil || a.Presentation != nil || a.Version() != "" || e.Code != c.code || !strings.Contains(e.Error(), c.says) {
				t.Errorf("%v (%s)", a.Err, e.Code)
			}
			if !slices.ContainsFunc(a.Findings, func(f fault.Finding) bool {
				return f.Severity == fault.Severe && f.Code == c.find && strings.Contains(f.Message, c.says)
			}) {
				t.Errorf("findings %+v", a.Findings)
			}
			told := make(map[string]bool)
			for _, f := range a.Findings {
				if told[f.Where+f.Message] {
					t.Errorf("%q is told twice", f.Message)
				}
				told[f.Where+f.Message] = true
			}
		})
	}
}

// What is refused is the codec, whatever the channels.
func TestCodecsThatAreRefusedAreNamed(t *testing.T) {
	ac3 := audio(94, 0, "eng")
	ac3.Entry = synth.AudioEntry("ac-3", 0, 1, 48000, synth.Box("dac3", synth.Hex("1008C0")))
	a := open(t, folder(t, map[string][]byte{"a.mp4": movie(video(50, 30), ac3)}))
	if len(a.Findings) != 1 || a.Findings[0].Message != "Dolby Digital (AC-3) is not a codec that Azure Media Services took" {
		t.Errorf("%+v", a.Findings)
	}
}

func TestTheRestOfABrokenSetIsServed(t *testing.T) {
	a := open(t, folder(t, map[string][]byte{"a_1.mp4": movie(video(50, 30)), "a_2.mp4": []byte("broken"), "a_3.mp4": movie(video(50, 60))}))
	if served(a) != "video video: 12000 of a_3.mp4, 6000 of a_1.mp4" || !slices.Equal(codes(a.Findings), []string{"unreadable"}) || a.Findings[0].Where != "a_2.mp4" {
		t.Errorf("%s, %+v", served(a), a.Findings)
	}
}

func TestTooManyQualityLevelsAreRefused(t *testing.T) {
	var elements strings.Builder
	for i := range maxLevels + 1 {
		fmt.Fprintf(&elements, `<video src="a.mp4" systemBitrate="%d"/>`, 1000+i)
	}
	a := open(t, folder(t, map[string][]byte{"x.ism": ism(elements.String()), "a.mp4": movie(video(50, 30))}))
	if e := fault.As(a.Err); a.Err == nil || e.Code != fault.FormatNotSupported || !strings.Contains(e.What, "65 quality levels") {
		t.Error(a.Err)
	}
}

func TestSpecialFilesDoNotBlock(t *testing.T) {
	dir := folder(t, map[string][]byte{"a_1.mp4": movie(video(50, 30))})
	if err := os.Symlink(os.DevNull, filepath.Join(dir, "a_2.mp4")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "real"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "real"), filepath.Join(dir, "a_3.mp4")); err != nil {
		t.Fatal(err)
	}
	a := open(t, dir)
	if served(a) != "video video: 6000 of a_1.mp4" || len(a.Findings) != 2 {
		t.Errorf("%s, %+v", served(a), a.Findings)
	}
	for _, f := range a.Findings {
		if f.Code != "unreadable" || !strings.Contains(f.Message, "not a regular file") {
			t.Errorf("%+v", f)
		}
	}
}

func TestOrdinalsAreByFileAndTrackWhateverTheOrder(t *testing.T) {
	files := map[string][]byte{"a.mp4": movie(video(50, 30), audio(94, 0, "eng")), "b.mp4": movie(video(50, 60))}
	for _, elements := range []string{
		`<video src="a.mp4"/><audio src="a.mp4"/><video src="b.mp4"/>`,
		`<video src="b.mp4"/><audio src="a.mp4" title="x"/><video src="a.mp4"/><audio src="a.mp4" title="y"/>`,
	} {
		files["x.ism"] = ism(elements)
		for _, track := range open(t, folder(t, files)).Tracks {
			want := map[string]int{"a.mp4 1": 0, "a.mp4 2": 1, "b.mp4 1": 2}[fmt.Sprintf("%s %d", track.File, track.TrackID)]
			if track.Ordinal != want {
				t.Errorf("%s: %s track %d has number %d, want %d", elements, track.File, track.TrackID, track.Ordinal, want)
			}
		}
	}
}

func TestAudioByLanguageAndCopies(t *testing.T) {
	a := open(t, folder(t, map[string][]byte{
		"a_1.mp4":   movie(video(50, 30), audio(94, 0, "eng"), audio(94, 1, "deu")),
		"a_2.mp4":   movie(video(50, 60), audio(94, 0, "eng"), audio(94, 1, "deu")),
		"a_eng.m4a": movie(audio(94, 2, "eng")),
	}))
	want := "video video: 12000 of a_2.mp4, 6000 of a_1.mp4; audio aac_eng_2_5960_2_1: 5960 of a_1.mp4; audio aac_deu_2_5972_3_1: 5972 of a_1.mp4; audio aac_eng_2_5984_1_1: 5984 of a_eng.m4a"
	if served(a) != want || a.Findings != nil {
		t.Errorf("%s\nwant %s\n%v", served(a), want, a.Findings)
	}
	var languages []string
	for _, g := range a.Presentation.Of(media.Audio) {
		languages = append(languages, g.Tracks[0].Language)
	}
	if !slices.Equal(languages, []string{"eng", "deu", "eng"}) {
		t.Errorf("languages %v", languages)
	}
}

// Frames of coders with a constant bitrate are of one size whatever they hold.
func TestAudioOfEqualSizesIsNoCopy(t *testing.T) {
	constant := func(id uint32) synth.Track { // which decides what the frames hold
		d := audio(94, 0, "")
		for i := range d.Samples {
			d.Samples[i].Size = 40
		}
		d.ID = id
		return d
	}
	one, two := constant(3), constant(4)
	a := open(t, folder(t, map[string][]byte{"a_1.mp4": movie(video(50, 30), constant(2), one), "a_2.mp4": movie(video(50, 60), two, one)}))
	if n := len(a.Presentation.Of(media.Audio)); n != 3 {
		t.Errorf("%d audio groups: %s", n, served(a))
	}
	sets := find(t, folder(t, map[string][]byte{"cat.mp4": movie(video(50, 30), one), "dog.mp4": movie(video(50, 60), two)}))
	if len(sets) != 2 {
		t.Errorf("%d sets of two programmes", len(sets))
	}
}

// Encoders put priming in front of their audio that nobody hears, one more than
// another.
func TestCopiesMayDifferInPriming(t *testing.T) {
	encoded := func(priming int, seconds float64) []byte { // 94 frames of one encoding
		d := audio(94+priming, 0, "eng")
		d.Number, d.Edits = 3-priming, []synth.Edit{synth.Play(2005, int64(1024*float64(priming)+48000*seconds))}
		for i := range d.Samples {
			d.Samples[i].Size = 20 + (i+d.Number)*7%13
		}
		return movie(video(50, 30*(priming+1)), d)
	}
	dir := folder(t, map[string][]byte{"best.mp4": encoded(3, 0), "cat.mp4": encoded(1, 0), "dog.mp4": encoded(2, 0)})
	if a := open(t, dir); len(a.Presentation.Of(media.Audio)) != 1 || len(a.Presentation.Of(media.Audio)[0].Tracks) != 1 || len(a.FileNames()) != 3 || a.Findings != nil {
		t.Errorf("%s of %v\n%v", served(a), a.FileNames(), a.Findings)
	}
	dir = folder(t, map[string][]byte{"a_1.mp4": encoded(1, 0), "a_2.mp4": encoded(2, -0.005)}) // 5 ms later
	if a := open(t, dir); len(a.Tracks) != 4 {
		t.Errorf("sound at other times: %s", served(a))
	}
}

func TestAudioAtAnotherTimeIsNoCopy(t *testing.T) {
	late := audio(94, 0, "eng")
	late.Edits = []synth.Edit{synth.Empty(500), synth.Play(2000, 0)}
	a := open(t, folder(t, map[string][]byte{"a_1.mp4": movie(video(50, 30), audio(94, 0, "eng")), "a_2.mp4": movie(video(50, 60), late)}))
	if n := len(a.Presentation.Of(media.Audio)); n != 2 {
		t.Errorf("%d audio groups: %s", n, served(a))
	}
}

func TestVersionsFollowTheBytes(t *testing.T) {
	dir := folder(t, map[string][]byte{"x.ism": ism(`<video src="a.mp4"/>`), "a.mp4": movie(video(50, 30))})
	set := find(t, dir)[0]
	first := Open(t.Context(), set, Options{})
	if again := Open(t.Context(), set, Options{}); again.Version() != first.Version() || first.Version() == "" || first.Stale() {
		t.Errorf("%q, then %q, stale %v", first.Version(), again.Version(), first.Stale())
	}
	if more := Open(t.Context(), set, Options{ExtendedCodecs: true}); more.Version() == first.Version() {
		t.Error("other tracks may be served under the same version")
	}
	if merged := Open(t.Context(), set, Options{Timeline: timeline.Options{FragmentSeconds: 6}}); merged.Version() == first.Version() {
		t.Error("other fragments have the same version")
	}
	replaceFile(t, filepath.Join(dir, "a.mp4"), movie(video(50, 31)))
	second := Open(t.Context(), set, Options{})
	if !first.Stale() || second.Stale() || second.Version() == first.Version() {
		t.Errorf("a new file: stale %v, %v, version %q, then %q", first.Stale(), second.Stale(), first.Version(), second.Version())
	}
	replaceFile(t, filepath.Join(dir, "x.ism"), ism(`<video src="a.mp4" systemBitrate="7"/>`))
	third := Open(t.Context(), set, Options{})
	if !second.Stale() || third.Version() == second.Version() {
		t.Error("a new server manifest is not noticed")
	}
}

// replaceFile puts another file in the place of one.
func replaceFile(t testing.TB, path string, b []byte) {
	t.Helper()
	put(t, path+".new", b)
	if err := os.Rename(path+".new", path); err != nil {
		t.Fatal(err)
	}
}

func TestFilesThatComeMakeAnAssetStale(t *testing.T) {
	dir := folder(t, map[string][]byte{"x.ism": ism(`<video src="a.mp4"/><video src="later.mp4"/>`), "a.mp4": movie(video(50, 30))})
	a := open(t, dir)
	if a.Stale() {
		t.Error("it is stale at once")
	}
	put(t, filepath.Join(dir, "later.mp4"), movie(video(50, 60)))
	if !a.Stale() {
		t.Error("a file that was missing came, and was not noticed")
	}
	empty := folder(t, map[string][]byte{"a.txt": nil})
	if a := open(t, empty); !a.Stale() {
		t.Error("an asset of nothing is not looked at again")
	}
}

func TestReadingStopsWhenCancelled(t *testing.T) {
	set := find(t, folder(t, map[string][]byte{"a.mp4": movie(video(50, 30))}))[0]
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if a := Open(stopped, set, Options{}); a.Presentation != nil || a.Err == nil {
		t.Error("it went on")
	}
}

func TestProgrammeIsWhatFileNamesShare(t *testing.T) {
	for name, want := range map[string]string{
		"tears_1280x720_3400.mp4": "tears", "tears_640x360_1000_AAC_und_ch2_128kbps.mp4": "tears", "Tears of Steel-720p.mp4": "tears of steel",
		"tears_audio_AAC_128.mp4": "tears", "tears.eng.m4a": "tears", "tears_h264_2mbps.mp4": "tears", "tears-low.mp4": "tears", "tears2.mp4": "tears",
		"cat.mp4": "cat", "low.mp4": "", "english.m4a": "", "720p.mp4": "", "video_1.mp4": "", "film_english.m4a": "film", "Film en-US.m4a": "film",
		"Film (720p).mp4": "film", "film-1Mbit.mp4": "film", "out_1.5M.mp4": "out", "tears_best.mp4": "tears", "S01E02.mp4": "s01e",
	} {
		if got := programme(name); got != want {
			t.Errorf("%s is of %q, want %q", name, got, want)
		}
	}
}

// Text belongs to the media of its name; in a folder of one programme all does.
func TestTextIsFoundBesideTheMedia(t *testing.T) {
	cue := []byte("WEBVTT\n\n00:00.500 --> 00:01.500\nHello\n")
	dir := folder(t, map[string][]byte{
		"film.mp4": movie(video(50, 30)), "film.EN.vtt": cue, "film_fra.vtt": cue, "film.vtt": cue, "films.vtt": cue, "pt-BR.vtt": cue,
	})
	texts := func(path string) (out []string) {
		a := open(t, path)
		if a.Err != nil {
			t.Fatal(a.Err)
		}
		for _, g := range a.Presentation.Of(media.Text) {
			out = append(out, g.Name+" "+g.Tracks[0].Language)
		}
		return out
	}
	if got := texts(filepath.Join(dir, "film.mp4")); !slices.Equal(got, []string{"textstream_en en", "textstream_und ", "textstream_fra fra"}) {
		t.Errorf("beside the file: %q", got)
	}
	if got := texts(dir); !slices.Equal(got, []string{"textstream_en en", "textstream_und ", "textstream_fra fra", "textstream_und-2 ", "textstream_pt-BR pt-BR"}) {
		t.Errorf("in the folder: %q", got)
	}
}

// Files of kinds that are not read are told once, by name.
func TestOtherFilesAreTold(t *testing.T) {
	a := open(t, folder(t, map[string][]byte{"a.mp4": movie(video(50, 30)), "a.srt": []byte("1"), "b.mp3": []byte("x"), "cover.jpg": []byte("x")}))
	var told []string
	for _, f := range a.Findings {
		if f.Code == "not-read" {
			told = append(told, f.Where)
		}
	}
	if !slices.Equal(told, []string{"b.mp3"}) {
		t.Errorf("told of %v", told)
	}
}

// Files of like names and durations are not mixed when they cannot be one
// programme; renditions of one size are.
func TestEpisodesAreNotRenditions(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string][]byte
		want  int
	}{
		{"two episodes with sound", map[string][]byte{"S01E01.mp4": movie(video(250, 30), audio(470, 1, "eng")), "S01E02.mp4": movie(video(250, 30), audio(470, 5, "eng"))}, 2},
		{"two parts without", map[string][]byte{"Show 1.mp4": movie(video(250, 30)), "Show 2.mp4": movie(video(252, 30))}, 2},
		{"two bitrates of one size", map[string][]byte{"show_900.mp4": movie(video(250, 30), audio(470, 1, "eng")), "show_1800.mp4": movie(video(250, 60), audio(470, 1, "eng"))}, 1},
		{"two bitrates without sound", map[string][]byte{"show_900.mp4": movie(video(250, 30)), "show_1800.mp4": movie(video(250, 60))}, 1},
		{"qualities by word", map[string][]byte{"low.mp4": movie(video(250, 30)), "high.mp4": movie(video(250, 60)), "english.m4a": movie(audio(470, 1, "eng"))}, 1},
	} {
		if sets := find(t, folder(t, c.files)); len(sets) != c.want {
			t.Errorf("%s: %d assets: %+v", c.name, len(sets), sets)
		} else if c.want > 1 && (len(sets[1].Noticed) != 1 || strings.Contains(sets[1].Noticed[0].Message, "lasts")) {
			t.Errorf("%s: noticed %+v", c.name, sets[1].Noticed)
		}
	}
}
