package packager_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"manifold/packager"
	"manifold/packager/fault"
	"manifold/packager/internal/synth"
)

// published writes an asset whose tracks have declared bitrates, as encoders of
// the service did, and far smaller bytes.
func published(t *testing.T, name string, video []int, audio map[string]int, rate int) *packager.Engine {
	t.Helper()
	dir := t.TempDir()
	r := synth.Renditions[4]
	var list strings.Builder
	write := func(file string, track synth.Track) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, file), synth.File{Tracks: []synth.Track{track}}.Build().Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i, b := range video {
		file := fmt.Sprintf("v%d.mp4", i)
		write(file, synth.Track{Handler: "vide", Timescale: 25, NALLength: 4, Samples: synth.Video(250, 50, 120, 1), Entry: synth.AVC("avc1", r.Width, r.Height, 4, [][]byte{r.SPS}, [][]byte{r.PPS})})
		fmt.Fprintf(&list, `<video src=%q systemBitrate="%d"/>`, file, b)
	}
	asc := map[int]string{48000: "1190", 44100: "1210"}[rate]
	for track, b := range audio {
		write(track+".mp4", synth.Track{Handler: "soun", Timescale: uint32(rate), Samples: synth.Audio(10*rate/1024, 80, 1024), Entry: synth.AAC(2, rate, synth.Hex(asc))})
		fmt.Fprintf(&list, `<audio src="%s.mp4" systemBitrate="%d"><param name="trackName" value=%q/></audio>`, track, b, track)
	}
	path := filepath.Join(dir, name+".ism")
	if err := os.WriteFile(path, []byte("<smil><body><switch>"+list.String()+"</switch></body></smil>"), 0o644); err != nil {
		t.Fatal(err)
	}
	return open(t, packager.Config{}, path)
}

// BANDWIDTH is what the service printed: pairs of declared bitrates and values
// from playlists that it served.
func TestBandwidthsOfTheService(t *testing.T) {
	bandwidth := regexp.MustCompile(`(?m)^#EXT-X-STREAM-INF:BANDWIDTH=(\d+)`)
	for _, c := range []struct {
		name, format string
		video        []int
		audio        map[string]int
		want         string
	}{
		{"two audio bitrates, no audio-only variant", "m3u8-aapl,audio-only=false",
			[]int{393546, 642832, 991868, 1490441, 2238364, 3385171, 4681440, 5977913}, map[string]int{"AAC_und_ch2_128kbps": 125615, "AAC_und_ch2_56kbps": 53620},
			"546902 801672 1158387 1667928 2432306 3604342 4929129 6254125"},
		{"CMAF, two audio tracks", "m3u8-cmaf",
			[]int{306428, 572457, 913590, 1749420, 2761648, 5371582}, map[string]int{"aac_und_2_128027_2_1": 128027, "aac_und_2_128020_3_1": 128020},
			"460332 732214 1080851 1935070 2969567 5636919"},
		{"V3 with its audio-only variant", "m3u8-aapl-v3",
			[]int{200000, 550000, 850000, 1350000, 2200000, 3500000}, map[string]int{"audio_und": 128000},
			"351536 709236 1015836 1526836 2395536 3724136 138976"},
	} {
		master := mustAsk(t, published(t, "film", c.video, c.audio, 48000), "manifest(format="+c.format+")")
		var got []string
		for _, m := range bandwidth.FindAllSubmatch(master, -1) {
			got = append(got, string(m[1]))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, " "), c.want)
		}
	}
}

// With the formula alone BANDWIDTH is the service's even where segments are
// larger, and a finding says so.
func TestBandwidthByTheFormula(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "a.mp4"), 6, 5000)
	if err := os.WriteFile(filepath.Join(dir, "a.ism"), []byte(`<smil><body><switch><video src="a.mp4" systemBitrate="300000"/></switch></body></smil>`), 0o644); err != nil {
		t.Fatal(err)
	}
	for formula, want := range map[bool]string{true: "BANDWIDTH=314760,", false: "BANDWIDTH=1"} {
		e := open(t, packager.Config{FormulaBandwidth: formula}, dir)
		if got := mustAsk(t, e, "manifest(format=m3u8-aapl)"); !strings.Contains(string(got), "#EXT-X-STREAM-INF:"+want) {
			t.Errorf("formula %t: %s", formula, got)
		}
		a, err := e.Asset(t.Context(), e.Entries()[0].Locator.ID)
		if err != nil {
			t.Fatal(err)
		}
		if told := slices.ContainsFunc(a.Findings, func(f fault.Finding) bool { return f.Code == "bandwidth-under-peak" }); told != formula {
			t.Errorf("formula %t: findings %+v", formula, a.Findings)
		}
	}
}

// Audio of 48 kHz beside GOPs of 2 s is cut as the service cut it: 94 frames a
// fragment, durations that tile without drift. At 44.1 kHz it is 87 frames.
func TestAudioTimelinesOfTheService(t *testing.T) {
	for rate, want := range map[int]string{
		48000: `<S d="20053333" r="1"/><S d="20053334"/><S d="20053333"/>`,
		44100: `<S d="20201360"/><S d="20201361"/><S d="20201360"/>`,
	} {
		mpd := string(mustAsk(t, published(t, "film", []int{1000000}, map[string]int{"sound": 128000}, rate), "manifest(format=mpd-time-csf)"))
		sound := mpd[strings.Index(mpd, `contentType="audio"`):]
		if got := regexp.MustCompile(`>\s+<`).ReplaceAllString(sound, "><"); !strings.Contains(got, "<SegmentTimeline>"+want) {
			t.Errorf("%d Hz: the timeline is\n%s", rate, sound)
		}
	}
}
