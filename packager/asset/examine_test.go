package asset

import (
	"slices"
	"testing"

	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

// What players stumble over is told with its place, though it is served.
func TestWhatPlayersStumbleOverIsTold(t *testing.T) {
	gops := func(n int, keys ...int) synth.Track {
		d := video(n, 30)
		for i := range d.Samples {
			d.Samples[i].Sync = slices.Contains(keys, i)
		}
		return d
	}
	wide := func(d synth.Track, w, h int) synth.Track {
		r := synth.Renditions[4]
		d.Entry = synth.AVC("avc1", w, h, 4, [][]byte{r.SPS}, [][]byte{r.PPS})
		return d
	}
	for _, c := range []struct {
		name  string
		files map[string][]byte
		want  []string // code and place
	}{
		{"nothing", map[string][]byte{"a_180.mp4": movie(video(100, 30), audio(188, 0, "eng")), "a_360.mp4": movie(wide(video(100, 90), 640, 360), audio(188, 0, "eng"))}, nil},
		{"long GOPs", map[string][]byte{"a.mp4": movie(gops(300, 0, 275))}, []string{"gop-long a.mp4 track 1"}},
		{"long GOPs of both together", map[string][]byte{"a_180.mp4": movie(gops(300, 0, 100, 200)), "a_360.mp4": movie(wide(gops(300, 0, 90, 190, 250), 640, 360))}, []string{"equal-bitrate a_360.mp4 track 1", "gop-misaligned a_180.mp4 track 1", "gop-long a_360.mp4 track 1"}},
		{"irregular GOPs", map[string][]byte{"a.mp4": movie(gops(200, 0, 25, 75, 150))}, []string{"gop-irregular a.mp4 track 1"}},
		{"a short last GOP", map[string][]byte{"a.mp4": movie(gops(110, 0, 50, 100))}, nil},
		{"sound without a language beside other sound", map[string][]byte{"x.ism": ism(`<video src="a.mp4"/><audio src="a.mp4"/><audio src="b.m4a"/>`), "a.mp4": movie(video(100, 30), audio(188, 0, "eng")), "b.m4a": movie(audio(188, 5, ""))}, []string{"no-language b.m4a track 1"}},
		{"one sound without a language", map[string][]byte{"a.mp4": movie(video(100, 30), audio(188, 0, ""))}, nil},
		{"sound that ends early", map[string][]byte{"a.mp4": movie(video(100, 30), audio(100, 0, "eng"))}, []string{"duration-differs a.mp4 track 2"}},
		{"two sounds where one was meant", map[string][]byte{"x.ism": ism(`<video src="a.mp4"/><video src="b.mp4"/><audio src="a.mp4"/><audio src="b.mp4"/>`), "a.mp4": movie(video(100, 30), audio(188, 0, "eng")), "b.mp4": movie(video(100, 90), audio(188, 3, "eng"))}, []string{"audio-copies-differ b.mp4 track 2"}},
		{"too little declared", map[string][]byte{"x.ism": ism(`<video src="a.mp4" systemBitrate="5000"/>`), "a.mp4": movie(video(50, 30))}, []string{"bitrate-off a.mp4 track 1"}},
		{"too much declared", map[string][]byte{"x.ism": ism(`<video src="a.mp4" systemBitrate="50000"/>`), "a.mp4": movie(video(50, 30))}, []string{"bitrate-off a.mp4 track 1"}},
		{"about right declared", map[string][]byte{"x.ism": ism(`<video src="a.mp4" systemBitrate="5800"/>`), "a.mp4": movie(video(50, 30))}, nil},
		{"two languages for one sound", map[string][]byte{"x.ism": ism(`<audio src="a.mp4" systemLanguage="fr"/>`), "a.mp4": movie(audio(188, 0, "eng"))}, []string{"language-contradicts x.ism line 1"}},
		{"a rendition and its copy", map[string][]byte{"a_180.mp4": movie(video(100, 30)), "a_360.mp4": movie(wide(video(100, 30), 640, 360))}, []string{"equal-bitrate a_360.mp4 track 1", "duplicate-track a_180.mp4 track 1"}},
		{"sound with two declared bitrates", map[string][]byte{"x.ism": ism(`<audio src="a.mp4" systemBitrate="6400"><param name="trackName" value="a"/></audio><audio src="b.mp4" systemBitrate="6500"><param name="trackName" value="a"/></audio>`), "a.mp4": movie(audio(188, 0, "eng")), "b.mp4": movie(audio(188, 0, "eng"))}, []string{"duplicate-track a.mp4 track 1"}},
		{"sound with one bitrate", map[string][]byte{"x.ism": ism(`<audio src="a.mp4" systemBitrate="6400"><param name="trackName" value="a"/></audio><audio src="b.mp4" systemBitrate="6400"><param name="trackName" value="a"/></audio>`), "a.mp4": movie(audio(188, 0, "eng")), "b.mp4": movie(audio(188, 0, "eng"))}, nil},
		{"one language in two words", map[string][]byte{"x.ism": ism(`<audio src="a.mp4" systemLanguage="en-US"/>`), "a.mp4": movie(audio(188, 0, "eng"))}, nil},
	} {
		a := open(t, folder(t, c.files))
		var got []string
		for _, f := range a.Findings {
			got = append(got, f.Code+" "+f.Where)
			if f.Message == "" || f.Affects == "" || f.Advice == "" {
				t.Errorf("%s: %+v", c.name, f)
			}
		}
		if a.Err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, findings %q, want %q", c.name, a.Err, got, c.want)
		}
	}
}

func TestPicturesOfTwoShapesAreTold(t *testing.T) {
	track := func(file string, w, h int) *media.Track {
		return &media.Track{File: file, TrackID: 1, Codec: media.Codec{Width: w, Height: h}}
	}
	g := &media.Group{Kind: media.Video, Tracks: []*media.Track{track("a", 1920, 1080), track("b", 426, 240), track("c", 640, 480), track("d", 854, 480)}}
	narrow := track("e", 960, 1080)
	narrow.Codec.PixelWidth, narrow.Codec.PixelHeight = 2, 1
	g.Tracks = append(g.Tracks, narrow)
	if f := examineShapes(g); len(f) != 1 || f[0].Where != "c track 1" || f[0].Code != "aspect-ratio" {
		t.Errorf("%+v", f)
	}
}
