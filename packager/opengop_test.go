package packager_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/Eyevinn/mp4ff/mp4"

	"manifold/packager"
	"manifold/packager/internal/synth"
)

// An open GOP shows pictures before its key frame, in each rendition as many as
// its encoder liked. The fragments of all begin with the earliest: their times
// are those of the manifest, they last as long as it says, and no picture is
// decoded after it is shown, which version 0 of trun could not say.
func TestOpenGOP(t *testing.T) {
	const frames, delay = 200, 3
	keys := []int{0, 53, 103, 153, frames} // as they are shown
	dir := t.TempDir()
	for i, leading := range []int{1, 3} {
		r := synth.Renditions[4-i]
		var list []synth.Sample
		for k, key := range keys[:len(keys)-1] {
			from, to := max(key-leading, 0), keys[k+1]-leading
			if k+2 == len(keys) {
				to = frames
			}
			order := []int{key}
			for shown := from; shown < to; shown++ {
				if shown != key {
					order = append(order, shown)
				}
			}
			for n, shown := range order {
				list = append(list, synth.Sample{Size: 400 * (2 - i), Duration: 1, Offset: int32(shown + delay - len(list)), Sync: n == 0})
			}
		}
		m := synth.File{Tracks: []synth.Track{{
			Handler: "vide", Timescale: 25, NALLength: 4, Samples: list, Edits: []synth.Edit{synth.Play(8000, delay)},
			Entry: synth.AVC("avc1", r.Width, r.Height, 4, [][]byte{r.SPS}, [][]byte{r.PPS}),
		}}}.Build()
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("film_%d.mp4", r.Height)), m.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	e := open(t, packager.Config{Policy: "Workbench"}, dir)
	// the first of three leading pictures is shown at 2 s, a tick after its key
	// frame is decoded
	times := []int64{0, 19_999_999, 39_999_999, 59_999_999, 80_000_000}
	mpd, d := mustAsk(t, e, "manifest(format=mpd-time-csf)"), `<S d="19999999"/><S d="20000000" r="1"/><S d="20000001"/>`
	if !bytes.Contains(regexp.MustCompile(`>\s+<`).ReplaceAll(mpd, []byte("><")), []byte(d)) {
		t.Errorf("the timeline is not %s:\n%s", d, mpd)
	}
	for _, x := range tracksOf(t, e) {
		for k, time := range times[:len(times)-1] {
			for _, format := range []string{",format=mpd-time-csf)", ",format=mpd-time-cmaf)", ",format=m3u8-cmaf)", ")"} {
				tail := fmt.Sprintf("QualityLevels(%s)/Fragments(%s=%d%s", x.bitrate, x.name, time, format)
				f, err := mp4.DecodeFile(bytes.NewReader(mustAsk(t, e, tail)))
				if err != nil {
					t.Fatal(err)
				}
				traf := f.Segments[0].Fragments[0].Moof.Traf
				if tfdt := traf.Tfdt; tfdt != nil && int64(tfdt.BaseMediaDecodeTime()) != time {
					t.Errorf("%s: tfdt is %d", tail, tfdt.BaseMediaDecodeTime())
				}
				decode := time
				for i, s := range traf.Trun.Samples {
					shown := decode + int64(s.CompositionTimeOffset)
					if s.Dur == 0 || s.CompositionTimeOffset < 0 || shown < time {
						t.Errorf("%s: sample %d lasts %d, its offset is %d", tail, i, s.Dur, s.CompositionTimeOffset)
					}
					decode += int64(s.Dur)
				}
				if decode != times[k+1] {
					t.Errorf("%s ends at %d, want %d", tail, decode, times[k+1])
				}
			}
		}
	}
}
