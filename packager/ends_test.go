package packager_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/Eyevinn/mp4ff/mp4"

	"manifold/packager"
	"manifold/packager/internal/synth"
)

// Renditions need not end at once. Whichever is the longer, every playlist and
// every SegmentTimeline says how long the last segment of its own rendition lasts;
// Smooth Streaming, which has one list for all, lets the last picture stay.
func TestRenditionsOfDifferentLength(t *testing.T) {
	for _, frames := range [][2]int{{280, 300}, {300, 280}} {
		dir := t.TempDir()
		for i, n := range frames {
			r := synth.Renditions[4-i]
			m := synth.File{Tracks: []synth.Track{
				{Handler: "vide", Timescale: 25, NALLength: 4, Samples: synth.Video(n, 50, 400*(2-i), 1), Entry: synth.AVC("avc1", r.Width, r.Height, 4, [][]byte{r.SPS}, [][]byte{r.PPS})},
			}}.Build()
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("film_%d.mp4", r.Height)), m.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		e := open(t, packager.Config{Policy: "Workbench"}, dir)
		mpd := regexp.MustCompile(`>\s+<`).ReplaceAllString(string(mustAsk(t, e, "manifest(format=mpd-time-cmaf)")), "><")
		parts := strings.Split(mpd, "<Representation ")
		common, own := parts[0], map[string]string{}
		for _, part := range parts[1:] {
			own[regexp.MustCompile(`bandwidth="(\d+)"`).FindStringSubmatch(part)[1]] = part
		}
		levels := tracksOf(t, e)
		if len(levels) != 2 || len(own) != 2 {
			t.Fatalf("%d levels, %d representations\n%s", len(levels), len(own), mpd)
		}
		for _, x := range levels {
			n := frames[0]
			if x.bitrate == "80000" { // half of the other's
				n = frames[1]
			}
			last, timeline, lists := int64(20_000_000), `<S d="20000000" r="5"/></SegmentTimeline>`, common
			if n == 280 {
				last, timeline, lists = 12_000_000, `<S d="20000000" r="4"/><S d="12000000"/></SegmentTimeline>`, own[x.bitrate]
			}
			if !strings.Contains(lists, timeline) {
				t.Errorf("%d frames: the timeline of the MPD is\n%s", n, lists)
			}
			segment := fmt.Sprintf("Fragments(%s=100000000", x.name)
			if list := string(mustAsk(t, e, "QualityLevels("+x.bitrate+")/Manifest("+x.name+",format=m3u8-cmaf)")); !strings.Contains(list, fmt.Sprintf("#EXTINF:%d.%06d,no-desc\n%s", last/10_000_000, last%10_000_000/10, segment)) {
				t.Errorf("%d frames: the playlist is\n%s", n, list)
			}
			for format, want := range map[string]int64{",format=mpd-time-cmaf)": last, ")": 20_000_000} {
				if got := lasts(t, mustAsk(t, e, "QualityLevels("+x.bitrate+")/"+segment+format)); got != want {
					t.Errorf("%d frames: the last segment (%s lasts %d, want %d", n, format, got, want)
				}
			}
		}
	}
}

// lasts returns the sum of the sample durations of a segment.
func lasts(t *testing.T, segment []byte) (sum int64) {
	t.Helper()
	f, err := mp4.DecodeFile(bytes.NewReader(segment))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range f.Segments[0].Fragments[0].Moof.Traf.Trun.Samples {
		sum += int64(s.Dur)
	}
	return sum
}
