package asset

import (
	"slices"
	"strings"
	"testing"

	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

// smooth describes a track as Smooth Streaming has it: in ticks, with an ID.
func smooth(t synth.Track, id uint32) synth.Track {
	t.ID, t.Samples = id, slices.Clone(t.Samples)
	at := int64(0)
	for i := range t.Samples {
		s := &t.Samples[i]
		next := at + int64(s.Duration)
		ticks := func(v int64) int64 { return media.Rescale(v, media.TicksPerSecond, int64(t.Timescale)) }
		s.Duration, at = uint32(ticks(next)-ticks(at)), next
	}
	t.Timescale = media.TicksPerSecond
	return t
}

// ismv is a file of Smooth Streaming.
func ismv(tracks ...synth.Track) []byte {
	return synth.File{Tracks: tracks, Brand: "piff", Fragments: &synth.Fragments{Separate: true, Base: synth.ImplicitBase, Time: synth.Tfxd, Defaults: "tfhd"}}.Build().Bytes()
}

func fragmented(tracks ...synth.Track) []byte {
	return synth.File{Tracks: tracks, Fragments: &synth.Fragments{}}.Build().Bytes()
}

func TestSetsOfSmoothStreaming(t *testing.T) {
	hi, lo, eng, fra := smooth(video(100, 90), 1), smooth(video(100, 30), 2), smooth(audio(188, 0, "eng"), 3), smooth(audio(188, 5, "fra"), 4)
	text := synth.Track{ID: 5, Handler: "text", Timescale: 10_000_000, Entry: synth.Box("dfxp", make([]byte, 8)), Samples: synth.Audio(2, 10, 20_000_000)}
	server := func(hi, lo, eng, fra string) []byte {
		return []byte(strings.ReplaceAll(string(ism(`
			<video src="`+hi+`" systemBitrate="18000"><param name="trackID" value="1" valuetype="data"/></video>
			<video src="`+lo+`" systemBitrate="6000"><param name="trackID" value="2" valuetype="data"/></video>
			<audio src="`+eng+`" systemBitrate="7000"><param name="trackID" value="3" valuetype="data"/><param name="trackName" value="audio_eng" valuetype="data"/></audio>
			<audio src="`+fra+`" systemBitrate="7000" systemLanguage="fra"><param name="trackID" value="4" valuetype="data"/></audio>`)), `content="mp4"`, `content="fmp4"`))
	}
	want := func(hi, lo, eng, fra string) string {
		return "video video: 18000 of " + hi + ", 6000 of " + lo + "; audio audio_eng: 7000 of " + eng + "; audio aac_fra_2_7000_4_1: 7000 of " + fra
	}
	for name, c := range map[string]struct {
		files map[string][]byte
		names [4]string
	}{
		"one track a file": {map[string][]byte{"hi.ismv": ismv(hi), "lo.ismv": ismv(lo), "eng.isma": ismv(eng), "fra.isma": ismv(fra)}, [4]string{"hi.ismv", "lo.ismv", "eng.isma", "fra.isma"}},
		"all in one file":  {map[string][]byte{"all.ismv": ismv(hi, lo, eng, fra, text)}, [4]string{"all.ismv", "all.ismv", "all.ismv", "all.ismv"}},
		"audio with video": {map[string][]byte{"hi.ismv": ismv(hi, eng), "lo.ismv": ismv(lo, fra)}, [4]string{"hi.ismv", "lo.ismv", "hi.ismv", "lo.ismv"}},
	} {
		c.files["x.ism"] = server(c.names[0], c.names[1], c.names[2], c.names[3])
		c.files["x.ismc"] = []byte("this is not read")
		a := open(t, folder(t, c.files))
		if a.Err != nil || served(a) != want(c.names[0], c.names[1], c.names[2], c.names[3]) {
			t.Errorf("%s: %v, %v\n%s", name, a.Err, a.Findings, served(a))
		}
		if got := codes(a.Findings); len(got) > 1 || len(got) == 1 && got[0] != "track-ignored" {
			t.Errorf("%s: findings %v", name, a.Findings)
		}
	}
	// and without a server manifest
	a := open(t, folder(t, map[string][]byte{"x_1.ismv": ismv(hi, eng), "x_2.ismv": ismv(lo, eng)}))
	if len(a.Findings) != 0 || len(a.Presentation.Groups) != 2 || len(a.Presentation.Groups[0].Tracks) != 2 || len(a.Presentation.Groups[1].Tracks) != 1 {
		t.Errorf("without a server manifest: %v, %s", a.Findings, served(a))
	}
}

// A folder tree may hold assets of every kind; how long fragmented files are is
// not in their movie header.
func TestFragmentedFilesOfOneProgramme(t *testing.T) {
	one, two, long := fragmented(video(50, 30), audio(94, 0, "eng")), fragmented(video(50, 60), audio(94, 0, "eng")), fragmented(video(500, 30))
	for name, c := range map[string]struct {
		files map[string][]byte
		want  []string
	}{
		"by name":      {map[string][]byte{"a_1.mp4": one, "a_2.mp4": two, "a_3.mp4": long}, []string{"show: a_1.mp4 a_2.mp4", "a_3: a_3.mp4"}},
		"by audio":     {map[string][]byte{"low.mp4": one, "best.mp4": movie(video(50, 60), audio(94, 0, "eng"))}, []string{"show: best.mp4 low.mp4"}},
		"CMAF tracks":  {map[string][]byte{"a_v.cmfv": fragmented(video(50, 30)), "a_a.cmfa": fragmented(audio(94, 0, "eng"))}, []string{"show: a_a.cmfa a_v.cmfv"}},
		"many folders": {map[string][]byte{"x/one/a.mp4": one, "x/two/b.ismv": two, "y/c.mov": long, "z/d.ism": ism(""), "z/d.ismv": two}, []string{"one: a.mp4", "two: b.ismv", "y: c.mov", "d: "}},
	} {
		var got []string
		for _, s := range find(t, folder(t, c.files)) {
			got = append(got, s.Name+": "+strings.Join(s.Files, " "))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAssetsOfALongerRecordingBeginAtZero(t *testing.T) {
	v, s := video(50, 30), audio(94, 0, "eng")
	v.Start, s.Start = 1_700_000_000*12800+100, 1_699_999_999*48000+47000 // the audio 28 ms earlier
	a := open(t, folder(t, map[string][]byte{"a_v.mp4": fragmented(v), "a_a.mp4": fragmented(s)}))
	if a.Err != nil || !slices.Equal(codes(a.Findings), []string{"starts-late"}) {
		t.Fatal(a.Err, a.Findings)
	}
	picture, sound := a.Presentation.Groups[0], a.Presentation.Groups[1]
	if picture.Times[0] != 10_078_125 || sound.Times[0] != 9_791_666 {
		t.Errorf("video begins at %d, audio at %d", picture.Times[0], sound.Times[0])
	}
	// files whose clocks have nothing to do with each other
	s.Start = 0
	a = open(t, folder(t, map[string][]byte{"a_v.mp4": fragmented(v), "a_a.mp4": fragmented(s)}))
	if a.Err != nil || !slices.Equal(codes(a.Findings), []string{"not-same-programme"}) || len(a.Tracks) != 1 {
		t.Error(a.Err, a.Findings)
	}
}
