package packager_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"manifold/packager"
	"manifold/packager/internal/synth"
)

// Captions that lie in the pictures are named where a format can, and told when
// renditions differ.
func TestCaptionsInPicturesAreSignalled(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, rendition int, sei ...[]byte) {
		t.Helper()
		r := synth.Renditions[rendition]
		m := synth.File{Tracks: []synth.Track{
			{Handler: "vide", Timescale: 25, NALLength: 4, InBandSets: sei, Samples: synth.Video(100, 50, 500+100*rendition, 1), Entry: synth.AVC("avc1", r.Width, r.Height, 4, [][]byte{r.SPS}, [][]byte{r.PPS})},
		}}.Build()
		if err := os.WriteFile(filepath.Join(dir, name), m.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	both := synth.Captions(6, []byte{0xFC, 0x94, 0x20, 0xFF, 0x02, 0x21})
	put("film_640x360.mp4", 3, both)
	put("film_320x180.mp4", 4, both)
	e := open(t, packager.Config{}, dir)
	for tail, want := range map[string][]string{
		"manifest(format=m3u8-aapl)": {`#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="cc",NAME="CEA608_CC",DEFAULT=YES,AUTOSELECT=YES,INSTREAM-ID="CC1"` + "\n", `,CLOSED-CAPTIONS="cc"` + "\n"},
		"manifest(format=m3u8-cmaf)": {`INSTREAM-ID="CC1"`, `NAME="CEA708_CC",INSTREAM-ID="SERVICE1"`, `,CLOSED-CAPTIONS="cc"` + "\n"},
		"manifest(format=mpd-time-csf)": {
			`<Accessibility schemeIdUri="urn:scte:dash:cc:cea-608:2015" value="CC1=und"/>`,
			`<Accessibility schemeIdUri="urn:scte:dash:cc:cea-708:2015" value="1=lang:und"/>`,
		},
	} {
		b := string(mustAsk(t, e, tail))
		for _, w := range want {
			if !strings.Contains(b, w) {
				t.Errorf("%s lacks %q:\n%s", tail, w, b)
			}
		}
	}
	for tail, never := range map[string]string{"manifest(format=m3u8-aapl-v3)": "CAPTIONS", "manifest(format=m3u8-aapl)": "SERVICE", "manifest": "CC1"} {
		if b := string(mustAsk(t, e, tail)); strings.Contains(b, never) {
			t.Errorf("%s has %s:\n%s", tail, never, b)
		}
	}
	put("film_320x180.mp4", 4)
	if err := e.Reread(e.Entries()[0].Locator.ID); err != nil {
		t.Fatal(err)
	}
	a, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID)
	if err != nil || len(a.Findings) != 1 || a.Findings[0].Code != "captions-differ" {
		t.Errorf("%v, findings %v", err, a.Findings)
	}
	if b := string(mustAsk(t, e, "manifest(format=m3u8-cmaf)")); strings.Count(b, `CLOSED-CAPTIONS="cc"`) != 1 {
		t.Errorf("not one variant has captions:\n%s", b)
	}
}
