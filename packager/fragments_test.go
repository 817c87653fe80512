package packager_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"manifold/packager"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

// inTicks writes the times of a track as Smooth Streaming does: in 100 ns,
// each rounded.
func inTicks(t synth.Track) synth.Track {
	ticks := func(v int64) int64 { return media.RescaleRound(v, media.TicksPerSecond, int64(t.Timescale)) }
	t.Samples, t.Edits = slices.Clone(t.Samples), slices.Clone(t.Edits)
	at := int64(0)
	for i := range t.Samples {
		s := &t.Samples[i]
		next := at + int64(s.Duration)
		s.Offset = int32(ticks(at+int64(s.Offset)) - ticks(at))
		s.Duration, at = uint32(ticks(next)-ticks(at)), next
	}
	for i := range t.Edits {
		if e := &t.Edits[i]; e.MediaTime > 0 {
			e.MediaTime = ticks(e.MediaTime)
		}
	}
	t.Start = uint64(ticks(int64(t.Start)))
	t.Timescale = media.TicksPerSecond
	return t
}

// The same media, written in whatever way, is answered byte for byte alike:
// every manifest, every segment, every key frame.
func TestFragmentationOfTheSourceNeverLeaks(t *testing.T) {
	r := synth.Renditions[4]
	video := func(timescale, duration uint32, delay int) synth.Track {
		list := synth.Video(150, 50, 0, duration)
		synth.Reorder(list, delay)
		for i := range list {
			list[i].Size = 100 + i*37%211
		}
		return synth.Track{
			Handler: "vide", Timescale: timescale, NALLength: 4, Samples: list, Signed: delay < 1,
			Entry: synth.AVC("avc1", r.Width, r.Height, 4, [][]byte{r.SPS}, [][]byte{r.PPS}),
		}
	}
	audio := func(rate uint32, asc string, frames int) synth.Track {
		list := synth.Audio(frames, 0, 1024)
		for i := range list {
			list[i].Size = 40 + i*11%23
		}
		return synth.Track{Handler: "soun", Timescale: rate, Language: "eng", Samples: list, Entry: synth.AAC(2, int(rate), synth.Hex(asc))}
	}
	edited := func(t synth.Track, mediaTime int64) synth.Track {
		t.Edits = []synth.Edit{synth.Play(5000, mediaTime)}
		return t
	}
	he := audio(24000, "2B118800", 120) // frames of 2048 samples at 48 kHz
	late := edited(audio(48000, "1190", 230), 0)
	late.Edits = append([]synth.Edit{synth.Empty(120)}, late.Edits...)
	for name, tracks := range map[string][]synth.Track{
		"29.97 a second, 48 kHz":                  {video(30000, 1001, 1), audio(48000, "1190", 235)},
		"23.976 a second, 44.1 kHz, edit lists":   {edited(video(24000, 1001, 2), 2002), edited(audio(44100, "1210", 270), 2112)},
		"25 a second, negative offsets, late":     {video(12800, 512, 0), late},
		"59.94 a second, no sound":                {video(60000, 1001, 3)},
		"HE-AAC":                                  {video(30000, 1001, 1), he},
		"sound alone":                             {edited(audio(44100, "1210", 270), 1024)},
		"30 a second, decoded and shown in order": {{Handler: "vide", Timescale: 30, NALLength: 4, Samples: synth.Video(150, 50, 150, 1), Entry: video(30, 1, 1).Entry}, audio(48000, "1190", 235)},
	} {
		t.Run(name, func(t *testing.T) {
			ticks := make([]synth.Track, len(tracks))
			for i := range tracks {
				ticks[i] = inTicks(tracks[i])
			}
			engine := func(file string, f synth.File) *packager.Engine {
				dir := t.TempDir()
				ism := fmt.Sprintf(`<smil xmlns="http://www.w3.org/2001/SMIL20/Language"><body><switch>%s</switch></body></smil>`, elements(tracks, file))
				for name, b := range map[string][]byte{file: f.Build().Bytes(), "film.ism": []byte(ism)} {
					if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				return open(t, packager.Config{}, dir)
			}
			whole := engine("film.mp4", synth.File{Tracks: tracks, Chunks: 9})
			list := tails(t, whole)
			if a, err := whole.Asset(context.Background(), whole.Entries()[0].Locator.ID); err != nil || len(a.Tracks) != len(tracks) || len(list) < 20 {
				t.Fatalf("%d tracks, %d URLs, %v", len(a.Tracks), len(list), err)
			}
			for kind, e := range map[string]*packager.Engine{
				"CMAF":             engine("film.cmfv", synth.File{Tracks: tracks, Fragments: &synth.Fragments{Defaults: "tfhd"}}),
				"one moof a track": engine("film.mp4", synth.File{Tracks: tracks, Fragments: &synth.Fragments{Separate: true, Base: synth.AbsoluteBase, InMoov: 1, Runs: 2}}),
				"no times":         engine("film.mp4", synth.File{Tracks: tracks, Fragments: &synth.Fragments{Base: synth.ImplicitBase, Time: synth.Untimed}}),
				"Smooth Streaming": engine("film.ismv", synth.File{Tracks: ticks, Brand: "piff", Fragments: &synth.Fragments{Separate: true, Base: synth.ImplicitBase, Time: synth.Tfxd}}),
				"moov in ticks":    engine("film.mov", synth.File{Tracks: ticks, Brand: "qt  "}),
			} {
				for _, tail := range list {
					want, got := mustAsk(t, whole, tail), mustAsk(t, e, tail)
					if !bytes.Equal(got, want) {
						t.Errorf("%s: %s differs at byte %d of %d", kind, tail, differs(got, want), len(want))
						break
					}
				}
			}
		})
	}
}

func elements(tracks []synth.Track, file string) (b []byte) {
	for i, t := range tracks {
		kind := map[string]string{"vide": "video", "soun": "audio"}[t.Handler]
		b = fmt.Appendf(b, `<%s src="%s"><param name="trackID" value="%d"/></%s>`, kind, file, i+1, kind)
	}
	return b
}

func differs(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
