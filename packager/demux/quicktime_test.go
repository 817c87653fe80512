package demux

import (
	"slices"
	"testing"

	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

// The files of editing tools hold more tracks than are played, and their sound
// descriptions hold the configuration in ever other places.
func TestFilesOfEditingTools(t *testing.T) {
	esds := synth.Box("esds", synth.ESDS(0x40, synth.StereoASC))
	frma, end, channels := synth.Box("frma", []byte("mp4a")), synth.Box("\x00\x00\x00\x00"), synth.Box("chan", synth.U32(0, 101<<16|2, 0, 0))
	wave := func(boxes ...[]byte) []byte { return synth.Box("wave", boxes...) }
	timecode := synth.Track{Handler: "tmcd", Timescale: 30000, Samples: synth.Audio(1, 4, 90*1001), Entry: synth.Box("tmcd", make([]byte, 26))}
	metadata := synth.Track{Handler: "meta", Timescale: 90000, Samples: synth.Audio(3, 20, 90000), Entry: synth.Box("mebx", make([]byte, 8))}
	for name, entry := range map[string][]byte{
		"as MP4 has it":                            synth.AudioEntry("mp4a", 0, 2, 48000, esds),
		"version 1, beside wave":                   synth.AudioEntry("mp4a", 1, 2, 48000, channels, esds),
		"version 1, in wave":                       synth.AudioEntry("mp4a", 1, 2, 48000, wave(frma, synth.Box("mp4a", synth.U32(0)), esds, end), channels),
		"version 1, in wave alone":                 synth.AudioEntry("mp4a", 1, 2, 48000, channels, wave(esds)),
		"version 1, in an mp4a in wave":            synth.AudioEntry("mp4a", 1, 2, 48000, wave(frma, synth.Box("mp4a", esds), end)),
		"version 1, in a wave in wave":             synth.AudioEntry("mp4a", 1, 2, 48000, wave(wave(frma, esds), end)),
		"version 2, in wave":                       synth.AudioEntry("mp4a", 2, 2, 48000, wave(frma, esds, end), channels),
		"version 1, four zero bytes end the entry": synth.AudioEntry("mp4a", 1, 2, 48000, wave(frma, esds, end), make([]byte, 4)),
	} {
		a := audio()
		a.Entry = entry
		m := synth.File{Brand: "qt  ", MoovLast: true, Tracks: []synth.Track{timecode, video(), a, metadata}, Chunks: 5, Before: synth.Box("wide")}.Build()
		movie := open(t, m)
		if len(movie.Tracks) != 2 || movie.Tracks[1].Codec.String != "mp4a.40.2" || !slices.Equal(movie.Tracks[1].Codec.Config, synth.StereoASC) {
			t.Errorf("%s: %d tracks, %v", name, len(movie.Tracks), movie.Findings)
			continue
		}
		check(t, m, 1, movie.Tracks[0], video())
		check(t, m, 2, movie.Tracks[1], a)
		var said []string
		for _, f := range movie.Findings {
			said = append(said, f.Severity.String()+" "+f.Code+" "+f.Message)
		}
		if want := []string{`info track-ignored a track of type "tmcd" is not packaged`, `info track-ignored a track of type "meta" is not packaged`}; !slices.Equal(said, want) {
			t.Errorf("%s: findings %q", name, said)
		}
		if movie.Tracks[0].Kind != media.Video {
			t.Errorf("%s: %v", name, movie.Tracks[0])
		}
	}
}
