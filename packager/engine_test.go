package packager_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"manifold/packager"
	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
	"manifold/packager/route"
	"manifold/packager/timeline"
)

// movie writes a small movie with video and audio; size tells versions apart.
func movie(t testing.TB, path string, seconds, size int) {
	t.Helper()
	r := synth.Renditions[4]
	m := synth.File{Chunks: 10, Tracks: []synth.Track{
		{Handler: "vide", Timescale: 25, NALLength: 4, Samples: synth.Video(25*seconds, 50, size, 1), Entry: synth.AVC("avc1", r.Width, r.Height, 4, [][]byte{r.SPS}, [][]byte{r.PPS})},
		{Handler: "soun", Timescale: 48000, Language: "eng", Samples: synth.Audio(seconds*48000/1024, 300, 1024), Entry: synth.AAC(2, 48000, synth.StereoASC)},
	}}.Build()
	if err := os.WriteFile(path, m.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func code(err error) fault.Code {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

// tails lists every URL of every format of an engine's first asset: manifests,
// levels, segments, key frames.
func tails(t *testing.T, e *packager.Engine) []string {
	t.Helper()
	line := regexp.MustCompile(`(?m)^[^#\s].*$|URI="([^"]+)"`)
	var out []string
	add := func(base string, b []byte) (levels []string) {
		for _, m := range line.FindAllStringSubmatch(string(b), -1) {
			u := m[0]
			if m[1] != "" {
				u = m[1]
			}
			out = append(out, base+u)
			levels = append(levels, base+u)
		}
		return levels
	}
	for _, f := range []media.Format{media.HLSV3, media.HLSV4, media.HLSCMAF} {
		tail := fmt.Sprintf("manifest(format=%s)", f)
		out = append(out, tail)
		for _, level := range add("", mustAsk(t, e, tail)) {
			add(level[:strings.IndexByte(level, '/')+1], mustAsk(t, e, level))
		}
	}
	a, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []media.Format{media.DASHCSF, media.DASHCMAF, media.Smooth, media.Smooth20} {
		out = append(out, string(route.Append(nil, &media.Request{Target: media.Manifest, Format: f})))
		for _, g := range a.Presentation.Groups {
			for _, track := range g.Tracks {
				r := media.Request{Target: media.Fragment, Format: f, Track: g.Name, Bitrate: track.Bitrate}
				for _, r.Time = range g.Times[:g.Fragments()] {
					out = append(out, string(route.Append(nil, &r)))
				}
			}
		}
	}
	return out
}

// What manifests name is there, has the announced size, and is the same in
// another process.
func TestEveryURLAnswers(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 9, 500)
	one, other := open(t, packager.Config{}, dir), open(t, packager.Config{}, dir)
	list := tails(t, one)
	if len(list) < 80 {
		t.Fatalf("only %d URLs", len(list))
	}
	for _, tail := range list {
		b, a, err := ask(one, tail)
		if err != nil {
			t.Fatalf("%s: %v", tail, err)
		}
		if a.Body != nil && a.Body.Size() != int64(len(b)) {
			t.Errorf("%s: %d bytes, %d announced", tail, len(b), a.Body.Size())
		}
		if len(b) == 0 || a.Type == "" || a.ETag == "" {
			t.Errorf("%s: %d bytes of %q, ETag %s", tail, len(b), a.Type, a.ETag)
		}
		c, z, err := ask(other, tail)
		if err != nil || !bytes.Equal(b, c) || a.ETag != z.ETag {
			t.Errorf("%s differs from engine to engine (%v)", tail, err)
		}
	}
}

// An asker that has the version gets no body, and nothing is read for it.
func TestKnownVersion(t *testing.T) {
	e := golden(t, packager.Config{})
	for _, tail := range []string{"manifest", "QualityLevels(381048)/Fragments(video=0,format=m3u8-cmaf)"} {
		_, a, err := ask(e, tail)
		if err != nil {
			t.Fatal(err)
		}
		r, _ := route.Parse(e.Entries()[0].Base() + tail)
		again, err := e.Do(context.Background(), r, func(etag string) bool { return etag == a.ETag })
		if err != nil || again.Text != nil || again.Body != nil || again.ETag != a.ETag {
			t.Errorf("%s: %+v, %v", tail, again, err)
		}
	}
}

// A file that is replaced, in place or by another of the same name, is another
// version: the next answers are all from it.
func TestReplacedFile(t *testing.T) {
	for name, replace := range map[string]func(path string){
		"in place": func(path string) { movie(t, path, 8, 700) },
		"by another": func(path string) {
			movie(t, path+".new", 8, 700)
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "film.mp4")
			movie(t, path, 6, 500)
			e := open(t, packager.Config{}, path)
			before := mustAsk(t, e, "manifest(format=mpd-time-csf)")
			replace(path)
			deadline := time.Now().Add(5 * time.Second)
			for bytes.Equal(before, mustAsk(t, e, "manifest(format=mpd-time-csf)")) {
				if time.Now().After(deadline) {
					t.Fatal("the manifest is still that of the old file")
				}
			}
			if list := tails(t, e); len(list) == 0 {
				t.Error("the new version has no URLs")
			} else {
				for _, tail := range list {
					mustAsk(t, e, tail)
				}
			}
		})
	}
}

// A file that changes while a segment is sent breaks the segment: no answer is
// mixed from two versions.
func TestChangeDuringAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "film.mp4")
	movie(t, path, 6, 20000)
	e := open(t, packager.Config{}, path)
	a, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	r, err := route.Parse(fmt.Sprintf("%sQualityLevels(%d)/Fragments(video=0,format=m3u8-aapl-v3)", e.Entries()[0].Base(), a.Presentation.Groups[0].Tracks[0].Bitrate))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := e.Do(context.Background(), r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Close()
	err = answer.Body.WriteTo(context.Background(), &changing{t: t, path: path})
	if code(err) != fault.StorageConflict {
		t.Errorf("the error is %v", err)
	}
}

// changing changes a file at the first write.
type changing struct {
	t    *testing.T
	path string
	once sync.Once
}

func (c *changing) Write(p []byte) (int, error) {
	c.once.Do(func() { movie(c.t, c.path, 6, 20001) })
	return len(p), nil
}

// A folder in which a file comes or goes is another version, too.
func TestChangedFolder(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film_500.mp4"), 6, 500)
	e := open(t, packager.Config{}, dir)
	mustAsk(t, e, "manifest")
	movie(t, filepath.Join(dir, "film_700.mp4"), 6, 700)
	deadline := time.Now().Add(5 * time.Second)
	for !bytes.Contains(mustAsk(t, e, "manifest"), []byte(`Type="video" Url="QualityLevels({bitrate})/Fragments(video={start time})" QualityLevels="2"`)) {
		if time.Now().After(deadline) {
			t.Fatal("the new rendition is not found")
		}
	}
}

// The second programme of a folder keeps its renditions when one changes.
func TestChangedSecondProgramme(t *testing.T) {
	dir := t.TempDir()
	for i := range 3 {
		movie(t, filepath.Join(dir, fmt.Sprintf("film_%d.mp4", 500+i)), 6, 500+i)
	}
	movie(t, filepath.Join(dir, "trailer_500.mp4"), 2, 500)
	movie(t, filepath.Join(dir, "trailer_600.mp4"), 2, 600)
	e := open(t, packager.Config{}, dir)
	entries := e.Entries()
	if len(entries) != 2 {
		t.Fatalf("%d assets", len(entries))
	}
	renditions := func() int {
		a, err := e.Asset(t.Context(), entries[1].Locator.ID)
		if err != nil || a.Err != nil {
			t.Fatal(err, a.Err)
		}
		return len(a.Presentation.Of(media.Video)[0].Tracks)
	}
	if n := renditions(); n != 2 {
		t.Fatalf("%d renditions", n)
	}
	movie(t, filepath.Join(dir, "trailer_600.mp4"), 2, 610)
	time.Sleep(150 * time.Millisecond) // answers are taken from what was checked a moment ago
	if n := renditions(); n != 2 {
		t.Errorf("%d renditions after one changed", n)
	}
	if _, err := e.Add(t.Context(), entries[1].From); err != nil || renditions() != 2 || len(e.Entries()) != 2 {
		t.Errorf("%d renditions of %d assets after opening it again (%v)", renditions(), len(e.Entries()), err)
	}
	alone, err := e.Add(t.Context(), filepath.Join(dir, "trailer_500.mp4"))
	if err != nil || len(alone) != 1 || alone[0].Locator.ID == entries[1].Locator.ID {
		t.Errorf("the file alone is %+v (%v)", alone, err)
	}
}

// While an asset is opened, others are answered, and who gives up goes.
func TestSlowAssetHoldsUpNobody(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 6, 500)
	e := open(t, packager.Config{}, dir)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Do(gone, &media.Request{Locator: e.Entries()[0].Locator.ID, File: e.Entries()[0].ISM, Format: media.HLSV4}, nil); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("an asker that is gone gets %v", err)
	}
	mustAsk(t, e, "manifest")
}

// What is wrong in a URL is answered with the code for it.
func TestRefusals(t *testing.T) {
	e := golden(t, packager.Config{})
	for tail, want := range map[string]fault.Code{
		"manifest(format=m3u8-aapl,filter=f)":                                                       fault.FilterNotFound,
		"manifest(format=m3u8-aapl,encryption=cenc)":                                                fault.EncryptionNotSupported,
		"manifest(format=mpd-time-csf,encryption=cbcs)":                                             fault.EncryptionNotSupported,
		"manifest(format=m3u8-cmaf,encryption=piff)":                                                fault.EncryptionNotSupported,
		"manifest(format=m3u8-aapl-v3,audioTrack=klingon)":                                          fault.TrackNotFound,
		"QualityLevels(1)/Manifest(video,format=m3u8-aapl)":                                         fault.TrackNotFound,
		"QualityLevels(381048)/Manifest(audio,format=m3u8-aapl)":                                    fault.TrackNotFound,
		"QualityLevels(381048)/Manifest(video,format=mpd-time-csf)":                                 fault.BadURLSyntax,
		"QualityLevels(381048)/Manifest(video)":                                                     fault.BadURLSyntax,
		"QualityLevels(128041)/Manifest(" + synth.GoldenAudio + ",format=m3u8-aapl,type=keyframes)": fault.TrackNotFound,
		"QualityLevels(381048)/Manifest(video,format=m3u8-aapl-v3,type=keyframes)":                  fault.TrackNotFound,
		"QualityLevels(381048)/Fragments(video=1,format=m3u8-cmaf)":                                 fault.TimestampNotFound,
		"QualityLevels(381048)/Fragments(video=9223372036854775807)":                                fault.TimestampNotFound,
		"QualityLevels(381048)/Fragments(video=702945666)":                                          fault.TimestampNotFound, // the end
		"QualityLevels(381048)/Fragments(video=i,format=m3u8-aapl)":                                 fault.BadURLSyntax,
		"QualityLevels(381048)/Fragments(video=i)":                                                  fault.BadURLSyntax,
		"QualityLevels(381048)/KeyFrames(video=0,format=mpd-time-csf)":                              fault.BadURLSyntax,
		"QualityLevels(128041)/KeyFrames(" + synth.GoldenAudio + "=0,format=m3u8-aapl)":             fault.TrackNotFound,
		"QualityLevels(381048)/Fragments(video=0,format=m3u8-aapl-v3,audiotrack=video)":             fault.TrackNotFound,
	} {
		if _, _, err := ask(e, tail); code(err) != want {
			t.Errorf("%s: %v, not %s", tail, err, want)
		}
	}
	for path, want := range map[string]fault.Code{
		"/00000000-0000-0000-0000-000000000000/ignite.ism/manifest": fault.ResourceNotFound,
		"/" + e.Entries()[0].Locator.ID + "/other.ism/manifest":     fault.ResourceNotFound,
		"/" + e.Entries()[0].Locator.ID + "/ignite.ismc":            fault.ResourceNotFound,
		"/" + e.Entries()[0].Locator.ID + "/..%2f..%2fetc%2fpasswd": fault.ResourceNotFound,
	} {
		r, err := route.Parse(path)
		if err == nil {
			_, err = e.Do(context.Background(), r, nil)
		}
		if code(err) != want {
			t.Errorf("%s: %v, not %s", path, err, want)
		}
	}
}

// TS segments group fragments of 2 s by three; other times begin none.
func TestTimesInsideSegments(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 9, 500)
	e := open(t, packager.Config{}, dir)
	for format, want := range map[string]fault.Code{"m3u8-aapl": fault.TimestampNotFound, "m3u8-cmaf": ""} {
		if _, _, err := ask(e, "QualityLevels("+bitrate(t, e)+")/Fragments(video=20000000,format="+format+")"); code(err) != want {
			t.Errorf("%s: %v, not %q", format, err, want)
		}
	}
}

func bitrate(t *testing.T, e *packager.Engine) string {
	a, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(a.Presentation.Groups[0].Tracks[0].Bitrate)
}

// A policy decides what is answered; Workbench allows everything.
func TestPolicies(t *testing.T) {
	dir := t.TempDir()
	video := synth.File{Tracks: []synth.Track{synth.GoldenVideo(synth.Renditions[4])}}.Build()
	if err := os.WriteFile(filepath.Join(dir, "silent.mp4"), video.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	for policy, want := range map[string][3]fault.Code{ // DASH, Smooth, download
		"":                                     {"", "", ""},
		"workbench":                            {"", "", ""},
		"Predefined_DownloadOnly":              {fault.OutputFormatBlocked, fault.OutputFormatBlocked, ""},
		"Predefined_ClearStreamingOnly":        {"", fault.FormatNotSupported, fault.OutputFormatBlocked},
		"Predefined_DownloadAndClearStreaming": {"", fault.FormatNotSupported, ""},
	} {
		e := open(t, packager.Config{Policy: policy}, dir)
		entry := e.Entries()[0]
		for i, path := range []string{entry.Base() + "manifest(format=mpd-time-csf)", entry.Base() + "manifest", "/" + entry.Locator.ID + "/silent.mp4"} {
			r, err := route.Parse(path)
			if err != nil {
				t.Fatal(err)
			}
			a, err := e.Do(context.Background(), r, nil)
			if code(err) != want[i] {
				t.Errorf("%q %s: %v, not %q", policy, path, err, want[i])
			}
			if err == nil && a.Mutable != (entry.Locator.Policy.Name == "Workbench") {
				t.Errorf("%q %s: mutable is %v", policy, path, a.Mutable)
			}
		}
	}
	if _, err := packager.New(packager.Config{Data: t.TempDir(), Policy: "Predefined_Nothing"}); code(err) != fault.ResourceNotFound {
		t.Errorf("an unknown policy: %v", err)
	}
}

// The same path is one asset; equal names are numbered; locators survive.
func TestAdding(t *testing.T) {
	root, data := t.TempDir(), t.TempDir()
	for _, d := range []string{"a/film", "b/film"} {
		if err := os.MkdirAll(filepath.Join(root, d), 0o755); err != nil {
			t.Fatal(err)
		}
		movie(t, filepath.Join(root, d, "x.mp4"), 4, 500)
	}
	e := open(t, packager.Config{Data: data}, filepath.Join(root, "a"))
	for _, p := range []string{"b", "a", "a/film"} {
		if _, err := e.Add(context.Background(), filepath.Join(root, p)); err != nil {
			t.Fatal(err)
		}
	}
	list := e.Entries()
	if len(list) != 2 || list[0].Name != "film" || list[1].Name != "film-2" || list[0].Locator.ID == list[1].Locator.ID {
		t.Fatalf("entries %+v", list)
	}
	again := open(t, packager.Config{Data: data}, root)
	if again.Entries()[0].Locator.ID != list[0].Locator.ID {
		t.Error("the locator changed")
	}
	if open(t, packager.Config{}, root).Entries()[0].Locator.ID == list[0].Locator.ID {
		t.Error("another installation has the same locator")
	}
	e.Remove(list[0].Path)
	if len(e.Entries()) != 1 {
		t.Error("a removed asset is still there")
	}
	if _, err := e.Add(context.Background(), filepath.Join(root, "nowhere")); code(err) != fault.ResourceNotFound {
		t.Errorf("a path that is not there: %v", err)
	}
}

// Adding an asset again notices what came into its folder since, though its
// server manifest does not name it.
func TestAddingAgain(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "a.mp4"), 4, 500)
	ism := `<smil><body><switch><video src="a.mp4"/><audio src="a.mp4"/></switch></body></smil>`
	if err := os.WriteFile(filepath.Join(dir, "a.ism"), []byte(ism), 0o644); err != nil {
		t.Fatal(err)
	}
	e := open(t, packager.Config{}, dir)
	findings := func() int {
		a, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID)
		if err != nil {
			t.Fatal(err)
		}
		return len(a.Findings)
	}
	before := findings()
	movie(t, filepath.Join(dir, "b.mp4"), 4, 500)
	if _, err := e.Add(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	if after := findings(); after != before+1 {
		t.Errorf("%d findings before, %d after", before, after)
	}
}

// What cannot be served answers with its reason; it is listed all the same.
func TestBrokenAsset(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.mp4"), []byte("this is no movie, whatever its name says"), 0o644); err != nil {
		t.Fatal(err)
	}
	e := open(t, packager.Config{}, dir)
	if _, _, err := ask(e, "manifest"); code(err) != fault.InputFormatNotSupported || !strings.Contains(err.Error(), "x.mp4") {
		t.Errorf("the answer is %v", err)
	}
	a, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID)
	if err != nil || a.Err == nil || len(a.Findings) == 0 {
		t.Errorf("%+v, %v", a, err)
	}
	movie(t, filepath.Join(dir, "x.mp4"), 4, 500)
	deadline := time.Now().Add(5 * time.Second)
	for _, _, err := ask(e, "manifest"); err != nil; _, _, err = ask(e, "manifest") {
		if time.Now().After(deadline) {
			t.Fatalf("the mended file is still refused: %v", err)
		}
	}
}

// Fragments of several GOPs move all formats together.
func TestFragmentSeconds(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 12, 500)
	e := open(t, packager.Config{Timeline: timeline.Options{FragmentSeconds: 4}}, dir)
	if b := mustAsk(t, e, "manifest"); !bytes.Contains(b, []byte(`<c t="0" d="40000000" r="3"/>`)) {
		t.Errorf("the manifest is\n%s", b)
	}
}

// Many at once get the same bytes as one.
func TestConcurrentRequests(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 9, 3000)
	e := open(t, packager.Config{TextBytes: 4 << 10}, dir)
	list := tails(t, e)
	want := make(map[string][]byte)
	for _, tail := range list {
		want[tail] = bytes.Clone(mustAsk(t, e, tail))
	}
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			for i := range list {
				tail := list[(i*7+n*13)%len(list)]
				if b, _, err := ask(e, tail); err != nil || !bytes.Equal(b, want[tail]) {
					t.Errorf("%s: another answer than before (%v)", tail, err)
					return
				}
			}
		})
	}
	wait.Wait()
}

// Manifests are written once, unless no memory is given to them.
func TestManifestsAreKept(t *testing.T) {
	for memory, kept := range map[int]bool{0: true, -1: false} {
		e := golden(t, packager.Config{TextBytes: memory})
		_, a, err := ask(e, "manifest")
		_, b, err2 := ask(e, "manifest")
		if err != nil || err2 != nil || (a.Text == b.Text) != kept || !bytes.Equal(a.Text.Plain(), b.Text.Plain()) {
			t.Errorf("with memory %d the text is kept: %t (%v, %v)", memory, a.Text == b.Text, err, err2)
		}
	}
}

// A request that goes wrong inside is an answer, not the end of the process.
func TestPanicIsAnswered(t *testing.T) {
	e := golden(t, packager.Config{})
	r, err := route.Parse(e.Entries()[0].Base() + "manifest")
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Do(context.Background(), r, func(string) bool { panic("a mistake") })
	if code(err) != fault.Internal {
		t.Errorf("the error is %v", err)
	}
}

func BenchmarkManifest(b *testing.B) {
	path, err := synth.Golden().Write(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	e, err := packager.New(packager.Config{Data: b.TempDir()})
	if err == nil {
		_, err = e.Add(context.Background(), path)
	}
	if err != nil {
		b.Fatal(err)
	}
	r, err := route.Parse(e.Entries()[0].Base() + "manifest(format=mpd-time-csf)")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		a, err := e.Do(context.Background(), r, nil)
		if err != nil {
			b.Fatal(err)
		}
		io.Discard.Write(a.Text.Plain())
		a.Close()
	}
}

// Each segment leads to the next one of its playlist, and the last to none.
func TestSegmentsLeadToTheNext(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 13, 500)
	e := open(t, packager.Config{}, dir)
	segment := regexp.MustCompile(`(?m)^Fragments\(.*$`)
	for _, f := range []media.Format{media.HLSV3, media.HLSV4, media.HLSCMAF} {
		for _, level := range regexp.MustCompile(`(?m)^QualityLevels.*$`).FindAllString(string(mustAsk(t, e, fmt.Sprintf("manifest(format=%s)", f))), -1) {
			list := segment.FindAllString(string(mustAsk(t, e, level)), -1)
			for i, tail := range list {
				_, a, err := ask(e, level[:strings.IndexByte(level, '/')+1]+tail)
				if err != nil {
					t.Fatal(err)
				}
				if next := fmt.Sprintf("=%d,", a.Next); i+1 < len(list) && !strings.Contains(list[i+1], next) || i+1 == len(list) && a.Next != 0 {
					t.Errorf("%s: after segment %d of %d, %s, there comes %d", level, i, len(list), tail, a.Next)
				}
			}
			if len(list) < 2 {
				t.Errorf("%s has %d segments", level, len(list))
			}
		}
	}
}
