package codec

import (
	"testing"

	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

// FuzzParse reads sample entries of both kinds with the boxes that codecs keep in them.
func FuzzParse(f *testing.F) {
	r := synth.Renditions[0]
	sps, pps := [][]byte{r.SPS}, [][]byte{r.PPS}
	f.Add(false, synth.AVC("avc1", 1280, 720, 4, sps, pps))
	f.Add(false, synth.AVC("avc3", 1280, 720, 1, nil, nil))
	f.Add(false, synth.HEVC("hvc1", 320, 180, 4, synth.HEVCSets, synth.Box("dvvC", dovi(8, 7, 1))))
	f.Add(false, synth.HEVC("hev1", 320, 180, 2, nil, synth.Box("colr", []byte("nclx"), []byte{0, 9, 0, 18, 0, 9, 0})))
	for _, asc := range []string{"1190", "1310", "2B118800", "EB098800", "130856E59D4880", "F9464362", "118004C4010020000D4C61766335392E33372E31303056E500"} {
		f.Add(true, synth.AAC(2, 48000, synth.Hex(asc)))
	}
	for _, dec3 := range []string{"0700200F00", "0C00200F0202", "0C00200F000110"} {
		f.Add(true, eac3(dec3))
	}
	f.Add(true, dts("dtsc", 48000, 768000, 0, 1, 1, 9, 1024, 0x000F))
	f.Add(true, dts("dtsl", 48000, 9000000, 0, 17, 0, 31, 0, 0x000F))
	for i := range extended {
		kind, entry := extendedEntry(i)
		f.Add(kind == media.Audio, entry)
	}
	f.Add(true, synth.AudioEntry("mp4a", 1, 2, 48000, synth.Box("wave", synth.Box("frma", []byte("mp4a")), synth.Box("esds", synth.ESDS(0x40, synth.StereoASC)), make([]byte, 4))))
	f.Add(true, synth.AudioEntry("mp4a", 0, 2, 48000, synth.Box("esds", synth.ESDS(0xA9, nil))))
	f.Fuzz(func(t *testing.T, audio bool, box []byte) {
		kind := media.Video
		if audio {
			kind = media.Audio
		}
		c, err := Parse(kind, box)
		if err != nil {
			return
		}
		whole := c
		Complete(&whole, box)
		NewTransport(&whole)
		NewQualityLevel(&whole)
		if c.Entry == nil { // the frames have to tell
			return
		}
		// what is written can be read, and says the same
		again, err := Parse(kind, c.Entry)
		if err != nil {
			t.Fatalf("% x becomes % x: %v", box, c.Entry, err)
		}
		if again.String != c.String || again.SamplingRate != c.SamplingRate || again.Channels != c.Channels || again.Width != c.Width || again.Height != c.Height {
			t.Fatalf("% x becomes %+v, then %+v", box, c, again)
		}
	})
}
