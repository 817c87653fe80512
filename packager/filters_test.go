package packager_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"manifold/packager"
	"manifold/packager/fault"
	"manifold/packager/internal/synth"
)

// A filter shortens what manifests list, in every format; whatever they still
// name is there, the same as without it.
func TestFilteredManifests(t *testing.T) {
	e := golden(t, packager.Config{})
	locator := e.Entries()[0].Locator.ID
	set := func(name, locator, document string) {
		t.Helper()
		if err := e.Catalog().SetFilter(name, locator, []byte(document)); err != nil {
			t.Fatal(err)
		}
	}
	set("trim", "", `{"presentationTimeRange":{"startTimestamp":130000000,"endTimestamp":300000000}}`)
	set("small", "", `{"tracks":[{"trackSelections":[{"property":"Type","operation":"Equal","value":"audio"}]},{"trackSelections":[{"property":"Bitrate","operation":"Equal","value":"0-800000"}]}]}`)
	for _, tail := range []string{
		"manifest(format=m3u8-aapl-v3,filter=trim;small)", "manifest(format=m3u8-aapl,filter=trim;small)", "manifest(format=m3u8-cmaf,filter=trim;small)",
	} {
		master := string(mustAsk(t, e, tail))
		if n := strings.Count(master, "RESOLUTION="); n == 0 || strings.Contains(master, "1280x720") {
			t.Errorf("%s lists\n%s", tail, master)
		}
		line := regexp.MustCompile(`(?m)^QualityLevels.*$`)
		for _, level := range line.FindAllString(master, -1) {
			if !strings.Contains(level, "filter=trim;small") {
				t.Errorf("the level %s has lost its filters", level)
			}
			list := string(mustAsk(t, e, level))
			audio := strings.Contains(level, "("+synth.GoldenAudio)
			if first := "#EXT-X-MEDIA-SEQUENCE:2\n"; !audio && !strings.Contains(list, first) || !strings.Contains(list, "#EXT-X-ENDLIST") {
				t.Errorf("%s lists\n%s", level, list)
			}
			for _, segment := range regexp.MustCompile(`(?m)^(Fragments|KeyFrames).*$`).FindAllString(list, -1) {
				if strings.Contains(segment, "filter") {
					t.Errorf("the segment %s has a filter", segment)
				}
				mustAsk(t, e, level[:strings.Index(level, "/")+1]+segment)
			}
		}
	}
	mpd := string(mustAsk(t, e, "manifest(format=mpd-time-cmaf,filter=trim)"))
	if strings.Count(mpd, `presentationTimeOffset="120120000"`) != 2 || !strings.Contains(mpd, `<S t="120120000" d="60060000" r="2"/>`) || !strings.Contains(mpd, `mediaPresentationDuration="PT18.068S"`) {
		t.Errorf("the MPD is\n%s", mpd)
	}
	smooth := string(mustAsk(t, e, "manifest(filter=trim)"))
	if !strings.Contains(smooth, `Chunks="3"`) || !strings.Contains(smooth, `<c t="120120000" d="60060000" r="3"/>`) {
		t.Errorf("the client manifest is\n%s", smooth)
	}
	if _, _, err := ask(e, "QualityLevels(3579827)/Manifest(video,format=m3u8-cmaf,filter=small)"); code(err) != fault.TrackNotFound {
		t.Errorf("a level that the filter takes away: %v", err)
	}

	before, a, err := ask(e, "manifest(filter=trim)")
	if err != nil {
		t.Fatal(err)
	}
	set("trim", locator, `{"presentationTimeRange":{"startTimestamp":240000000}}`) // of the asset: it wins
	after, b, err := ask(e, "manifest(filter=trim)")
	if err != nil || bytes.Equal(before, after) || a.ETag == b.ETag {
		t.Errorf("the filter of the asset changes nothing (%v)", err)
	}
	if err := e.Catalog().DeleteFilter("trim", locator, ""); err != nil {
		t.Fatal(err)
	}
	again, c, err := ask(e, "manifest(filter=trim)")
	if err != nil || !bytes.Equal(before, again) || a.ETag != c.ETag {
		t.Errorf("the filter for all is not in force again (%v)", err)
	}
}
