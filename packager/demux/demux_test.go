package demux

import (
	"bytes"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

var small = synth.Renditions[4]

// video describes frames with B-frames, audio frames beside them; the sizes vary.
func video() synth.Track {
	list := synth.Video(90, 30, 0, 1001)
	synth.Reorder(list, 1)
	for i := range list {
		list[i].Size = 40 + i*7%180
	}
	return synth.Track{
		Handler: "vide", Timescale: 30000, NALLength: 4, Samples: list,
		Entry: synth.AVC("avc1", small.Width, small.Height, 4, [][]byte{small.SPS}, [][]byte{small.PPS}),
	}
}

func audio() synth.Track {
	list := synth.Audio(141, 0, 1024)
	for i := range list {
		list[i].Size = 1 + i%15
	}
	return synth.Track{Handler: "soun", Timescale: 48000, Samples: list, Entry: synth.AAC(2, 48000, synth.StereoASC), Language: "eng"}
}

func open(t testing.TB, m *synth.Movie) *Movie {
	t.Helper()
	movie, err := Open(m, m.Size(), "a.mp4")
	if err != nil {
		t.Fatal(err)
	}
	return movie
}

// check compares every sample of a track with its description.
func check(t testing.TB, m *synth.Movie, place int, track *media.Track, d synth.Track) {
	t.Helper()
	s := track.Samples
	if s.Count() != len(d.Samples) {
		t.Fatalf("track %d has %d samples, want %d", place, s.Count(), len(d.Samples))
	}
	at := int64(0)
	for i, got := range s.Append(nil, 0, s.Count()) {
		x := d.Samples[i]
		position, data := m.Sample(place, i)
		want := media.Sample{Position: position, Size: x.Size, Decode: at, Duration: int64(x.Duration), Composition: at + int64(x.Offset), Sync: x.Sync}
		if got != want {
			t.Fatalf("track %d sample %d is %+v, want %+v", place, i, got, want)
		}
		at += int64(x.Duration)
		if got.Size == 0 {
			continue
		}
		b := make([]byte, got.Size)
		if _, err := track.Source.ReadAt(b, got.Position); err != nil || !bytes.Equal(b, data) {
			t.Fatalf("track %d sample %d holds other bytes (%v)", place, i, err)
		}
	}
	if s.Decode(s.Count()) != at {
		t.Errorf("track %d ends at %d, want %d", place, s.Decode(s.Count()), at)
	}
}

func TestEveryLayoutGivesTheSameSamples(t *testing.T) {
	for name, f := range map[string]synth.File{
		"one chunk a track":                  {},
		"interleaved":                        {Chunks: 7},
		"one sample a chunk":                 {Chunks: 1000},
		"other bytes between chunks":         {Chunks: 9, Gap: 1000},
		"moov last":                          {Chunks: 7, MoovLast: true},
		"64-bit chunk offsets":               {Chunks: 7, CO64: true},
		"two mdat":                           {Chunks: 7, Mdats: 2},
		"two mdat and moov last":             {Chunks: 7, Mdats: 2, MoovLast: true},
		"64-bit mdat size":                   {Chunks: 7, Large: true},
		"mdat to the end of the file":        {Chunks: 7, OpenEnd: true},
		"boxes in any order":                 {Chunks: 7, Reversed: true},
		"QuickTime without ftyp":             {Chunks: 7, NoFtyp: true, Before: synth.Box("wide")},
		"unknown boxes everywhere":           {Chunks: 7, Before: synth.Box("free", make([]byte, 30000)), InMoov: synth.Box("udta", make([]byte, 100))},
		"larger than 4 GiB":                  {Chunks: 7, Hole: 5 << 30},
		"larger than 4 GiB, moov at the end": {Chunks: 7, Hole: 5 << 30, MoovLast: true},
	} {
		t.Run(name, func(t *testing.T) {
			f.Tracks = []synth.Track{video(), audio()}
			m := f.Build()
			movie := open(t, m)
			if len(movie.Tracks) != 2 || len(movie.Findings) != 0 {
				t.Fatalf("%d tracks, findings %v", len(movie.Tracks), movie.Findings)
			}
			v, a := movie.Tracks[0], movie.Tracks[1]
			if f.Reversed {
				v, a = a, v
			}
			check(t, m, 0, v, f.Tracks[0])
			check(t, m, 1, a, f.Tracks[1])
			if v.Kind != media.Video || v.TrackID != 1 || v.Timescale != 30000 || v.Codec.String != "avc1.64000d" || v.Codec.FrameRate != [2]int{30000, 1001} || v.File != "a.mp4" {
				t.Errorf("video %+v", v)
			}
			if a.Kind != media.Audio || a.TrackID != 2 || a.Language != "eng" || a.Codec.String != "mp4a.40.2" {
				t.Errorf("audio %+v", a)
			}
		})
	}
}

func TestTheLastBoxMayReachToTheEndOfTheFile(t *testing.T) {
	d := audio()
	m := synth.File{Tracks: []synth.Track{d}, MoovLast: true}.Build()
	b := m.Bytes()
	at := bytes.Index(b, []byte("moov")) - 4
	copy(b[at:], []byte{0, 0, 0, 0})
	movie, err := Open(bytes.NewReader(b), int64(len(b)), "a.mp4")
	if err != nil {
		t.Fatal(err)
	}
	check(t, m, 0, movie.Tracks[0], d)
}

func TestEveryFormOfATableGivesTheSameSamples(t *testing.T) {
	for name, change := range map[string]func(v, a *synth.Track){
		"signed composition offsets":               func(v, a *synth.Track) { synth.Reorder(v.Samples, 0); v.Signed = true },
		"negative offsets in a table of version 0": func(v, a *synth.Track) { synth.Reorder(v.Samples, -1) },
		"sizes of 4 bits":                          func(v, a *synth.Track) { a.SizeBits = 4 },
		"sizes of 4 bits, an even number":          func(v, a *synth.Track) { a.SizeBits = 4; a.Samples = a.Samples[:100] },
		"sizes of 8 bits":                          func(v, a *synth.Track) { v.SizeBits, a.SizeBits = 8, 8 },
		"sizes of 16 bits":                         func(v, a *synth.Track) { v.SizeBits, a.SizeBits = 16, 16 },
		"equal sizes":                              func(v, a *synth.Track) { a.Samples = synth.Audio(500, 33, 1024) },
		"equal sizes in a table":                   func(v, a *synth.Track) { a.Samples = synth.Audio(500, 33, 1024); a.SizeTable = true },
		"samples without bytes":                    func(v, a *synth.Track) { a.Samples[0].Size, a.Samples[77].Size, a.Samples[140].Size = 0, 0, 0 },
		"stss although every sample is in it":      func(v, a *synth.Track) { a.EverySync = true },
		"key frames only":                          func(v, a *synth.Track) { v.Samples = synth.Video(30, 1, 100, 1001) },
		"a first sample that is no key frame":      func(v, a *synth.Track) { v.Samples[0].Sync = false; v.Samples[2].Sync = true },
		"headers of version 1":                     func(v, a *synth.Track) { v.Wide, a.Wide = true, true },
		"frames of changing duration":              func(v, a *synth.Track) { v.Samples[5].Duration, v.Samples[6].Duration = 2002, 500 },
		"a last sample that lasts no time":         func(v, a *synth.Track) { v.Samples[89].Duration = 0 },
		"a time beyond 32 bits": func(v, a *synth.Track) {
			v.Timescale, v.Samples[3].Duration = 10_000_000, 1<<31
			v.Samples[4].Duration = 1 << 31
		},
		"one sample": func(v, a *synth.Track) { v.Samples = v.Samples[:1]; a.Samples = a.Samples[:1] },
		"NAL unit lengths of two bytes": func(v, a *synth.Track) {
			v.NALLength = 2
			v.Entry = synth.AVC("avc1", 320, 180, 2, [][]byte{small.SPS}, [][]byte{small.PPS})
		},
		"durations of more samples than there are":   func(v, a *synth.Track) { a.Replace = replace("stts", synth.U32(0, 2, 141, 1024, 9, 7)) },
		"composition offsets of more than there are": func(v, a *synth.Track) { a.Replace = replace("ctts", synth.U32(0, 1, 5000, 0)) },
		"chunk runs without chunks":                  func(v, a *synth.Track) { a.Replace = replace("stsc", synth.U32(0, 2, 1, 141, 1, 900, 3, 1)) },
		"table entries for no samples":               func(v, a *synth.Track) { a.Replace = replace("stts", synth.U32(0, 3, 0, 99, 141, 1024, 0, 5)) },
	} {
		t.Run(name, func(t *testing.T) {
			v, a := video(), audio()
			change(&v, &a)
			m := synth.File{Tracks: []synth.Track{v, a}}.Build()
			movie := open(t, m)
			if len(movie.Tracks) != 2 {
				t.Fatal(movie.Findings)
			}
			check(t, m, 0, movie.Tracks[0], v)
			check(t, m, 1, movie.Tracks[1], a)
		})
	}
}

func replace(kind string, payload []byte) map[string][]byte { return map[string][]byte{kind: payload} }

func TestAnyDescriptionIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "samples")
		list := make([]synth.Sample, n)
		for i := range list {
			list[i] = synth.Sample{
				Size: rapid.IntRange(0, 15).Draw(t, "size"), Duration: uint32(rapid.IntRange(1, 3).Draw(t, "duration")) * 512,
				Offset: int32(rapid.IntRange(0, 4).Draw(t, "offset")) * 512, Sync: i == 0 || rapid.Bool().Draw(t, "sync"),
			}
		}
		d := audio()
		d.Samples, d.SizeBits = list, rapid.SampledFrom([]int{0, 4, 8, 16}).Draw(t, "bits")
		f := synth.File{
			Tracks: []synth.Track{d, d}, Chunks: rapid.IntRange(1, n).Draw(t, "chunks"), Gap: rapid.IntRange(0, 3).Draw(t, "gap"),
			Mdats: rapid.IntRange(1, 3).Draw(t, "mdats"), MoovLast: rapid.Bool().Draw(t, "moov last"), CO64: rapid.Bool().Draw(t, "co64"),
		}
		m := f.Build()
		movie, err := Open(m, m.Size(), "a.mp4")
		if err != nil {
			t.Fatal(err)
		}
		for place, track := range movie.Tracks {
			at := int64(0)
			for i, got := range track.Samples.Append(nil, 0, n) {
				position, _ := m.Sample(place, i)
				want := media.Sample{Position: position, Size: list[i].Size, Decode: at, Duration: int64(list[i].Duration), Composition: at + int64(list[i].Offset), Sync: list[i].Sync}
				if got != want {
					t.Fatalf("track %d sample %d is %+v, want %+v", place, i, got, want)
				}
				at += want.Duration
			}
		}
	})
}

func TestEditListsMoveTheClock(t *testing.T) {
	for _, c := range []struct {
		name   string
		edits  []synth.Edit
		start  int64 // ticks of composition time 0 of audio at 48 kHz
		edit   int64
		more   bool
		ignore bool
	}{
		{"no edit list", nil, 0, 0, false, false},
		{"priming of 1024 samples", []synth.Edit{synth.Play(2000, 1024)}, -213334, 1024, false, false},
		{"an empty edit of 40 ms of the movie", []synth.Edit{synth.Empty(40), synth.Play(2000, 0)}, 400000, 0, false, false},
		{"two empty edits and priming", []synth.Edit{synth.Empty(40), synth.Empty(1), synth.Play(2000, 1024)}, 410000 - 213334, 1024, false, false},
		{"an empty edit alone", []synth.Edit{synth.Empty(7)}, 70000, 0, false, false},
		{"an end that is cut off is not", []synth.Edit{synth.Play(1, 0)}, 0, 0, false, false},
		{"a second segment is found", []synth.Edit{synth.Play(1000, 1024), synth.Play(1000, 96000)}, -213334, 1024, true, false},
		{"an empty edit in between is found", []synth.Edit{synth.Play(1000, 0), synth.Empty(500), synth.Play(1000, 48000)}, 0, 0, true, false},
		{"an empty edit at the end does not matter", []synth.Edit{synth.Play(1000, 0), synth.Empty(500)}, 0, 0, false, false},
		{"a beginning behind the end is not followed", []synth.Edit{synth.Play(1000, 141*1024)}, 0, 0, false, true},
	} {
		for _, wide := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, version %v", c.name, wide), func(t *testing.T) {
				d := audio()
				d.Edits, d.Wide = c.edits, wide
				movie := open(t, synth.File{Tracks: []synth.Track{d}}.Build())
				track := movie.Tracks[0]
				if got := track.Clock.Ticks(0); got != c.start || track.EditStart != c.edit {
					t.Errorf("0 is at %d, the edit begins at %d, want %d and %d", got, track.EditStart, c.start, c.edit)
				}
				found := slices.ContainsFunc(movie.Findings, func(f fault.Finding) bool { return f.Code == "edit-list" })
				if found != (c.more || c.ignore) {
					t.Errorf("findings %v", movie.Findings)
				}
			})
		}
	}
}

func TestLanguages(t *testing.T) {
	for _, c := range []struct{ packed, extended, want string }{
		{"eng", "", "eng"}, {"", "", "und"}, {"deu", "de-CH", "de-CH"}, {"por", "pt-BR", "pt-BR"},
		{"eng", `en" x="`, "eng"}, {"eng", "en\nGB", "eng"}, {"fra", "é", "fra"}, {"fra", "fr-", "fra"},
	} {
		d := audio()
		d.Language, d.Extended = c.packed, c.extended
		if got := open(t, synth.File{Tracks: []synth.Track{d}}.Build()).Tracks[0].Language; got != c.want {
			t.Errorf("%q with elng %q is %q, want %q", c.packed, c.extended, got, c.want)
		}
	}
	for code, want := range map[uint16]string{0: "eng", 11: "jpn", 63: "bod", 64: "", 0x7FFF: ""} { // numbers mean something in QuickTime alone
		d := audio()
		d.Replace = replace("mdhd", append(synth.U32(0, 0, 0, 48000, 141*1024), byte(code>>8), byte(code), 0, 0))
		for _, old := range []bool{false, true} {
			if got := open(t, synth.File{Tracks: []synth.Track{d}, NoFtyp: old}.Build()).Tracks[0].Language; old && got != want || !old && got != "" {
				t.Errorf("the number %d, QuickTime %v, is %q, want %q", code, old, got, want)
			}
		}
	}
}

func TestFrameRateIsAFractionOrUnknown(t *testing.T) {
	for _, c := range []struct {
		timescale uint32
		durations []uint32
		want      [2]int
	}{
		{30000, []uint32{1001, 1001, 1001, 1001}, [2]int{30000, 1001}},
		{90000, []uint32{3600, 3600, 3600}, [2]int{25, 1}},
		{12800, []uint32{512, 512, 0}, [2]int{25, 1}},
		{1000, []uint32{41, 42, 42, 41}, [2]int{}},
		{25, []uint32{1}, [2]int{}},
	} {
		d := video()
		d.Timescale, d.Samples = c.timescale, d.Samples[:len(c.durations)]
		for i := range d.Samples {
			d.Samples[i].Duration = c.durations[i]
		}
		if got := open(t, synth.File{Tracks: []synth.Track{d}}.Build()).Tracks[0].Codec.FrameRate; got != c.want {
			t.Errorf("%d by %v is %v, want %v", c.timescale, c.durations, got, c.want)
		}
	}
}

func TestParameterSetsThatAreOnlyInTheSamples(t *testing.T) {
	for _, size := range []int{200, 20 << 20} { // of the key frame
		d := video()
		d.InBandSets = [][]byte{small.SPS, small.PPS}
		d.Entry = synth.AVC("avc3", 16, 16, 4, nil, nil)
		d.Samples[0].Size = size
		c := open(t, synth.File{Tracks: []synth.Track{d}}.Build()).Tracks[0].Codec
		if c.String != "avc3.64000d" || len(c.ParameterSets) != 2 || c.Width != small.Width {
			t.Errorf("key frame of %d bytes: %+v", size, c)
		}
	}
}

func TestAudioThatNothingDescribesIsFound(t *testing.T) {
	d := audio() // what its frames hold is no DTS
	d.Entry = synth.AudioEntry("mp4a", 0, 2, 48000, synth.Box("esds", synth.ESDS(0xA9, nil)))
	movie := open(t, synth.File{Tracks: []synth.Track{video(), d}}.Build())
	if f := movie.Findings; len(movie.Tracks) != 1 || len(f) != 1 || f[0].Code != "unsupported-codec" || f[0].Where != "a.mp4 track 2" || !strings.Contains(f[0].Advice, "dtsc") {
		t.Errorf("%d tracks, findings %+v", len(movie.Tracks), f)
	}
}

func TestTracksThatAreNotServedAreFound(t *testing.T) {
	text := synth.Track{Handler: "text", Timescale: 1000, Entry: synth.Box("text", make([]byte, 8)), Samples: synth.Audio(3, 10, 1000)}
	hevc := video()
	hevc.Entry = synth.VisualEntry("hvc1", 320, 180)
	damaged := audio()
	damaged.Replace = replace("stts", nil)
	marked := video()
	marked.Replace = replace("stss", synth.U32(0, 0))
	movie := open(t, synth.File{Tracks: []synth.Track{text, video(), hevc, damaged, marked}}.Build())
	if len(movie.Tracks) != 2 || movie.Tracks[0].TrackID != 2 || movie.Tracks[1].TrackID != 5 {
		t.Errorf("tracks %v", movie.Tracks)
	}
	want := []struct {
		severity    fault.Severity
		code, where string
	}{
		{fault.Info, "track-ignored", "a.mp4 track 1"},
		{fault.Severe, "unsupported-codec", "a.mp4 track 3"},
		{fault.Severe, "unreadable", "a.mp4 moov/trak[4]"},
		{fault.Warning, "no-sync-samples", "a.mp4 track 5"},
	}
	if len(movie.Findings) != len(want) {
		t.Fatalf("findings %+v", movie.Findings)
	}
	for i, w := range want {
		f := movie.Findings[i]
		if f.Severity != w.severity || f.Code != w.code || !strings.HasPrefix(f.Where, w.where) || f.Message == "" {
			t.Errorf("finding %+v, want %+v", f, w)
		}
	}
	if s := movie.Tracks[1].Samples; !slices.Equal(s.Sync(), []uint32{0}) {
		t.Errorf("without marked samples %v are sync samples", s.Sync())
	}
}

// Phones turn the picture in the track header, which no stream does.
func TestTurnedPicturesAreTold(t *testing.T) {
	const one, minus = 1 << 16, 0xFFFF0000
	for want, m := range map[string][]uint32{
		"":                         {one, 0, 0, 0, one, 0, 5 << 16, 0, 1 << 30},
		"turned by 90° clockwise":  {0, one, 0, minus, 0, 0, 180 << 16, 0, 1 << 30},
		"turned by 180°":           {minus, 0, 0, 0, minus, 0, 0, 0, 1 << 30},
		"turned by 270° clockwise": {0, minus, 0, one, 0, 0, 0, 0, 1 << 30},
		"turned or mirrored":       {minus, 0, 0, 0, one, 0, 0, 0, 1 << 30},
	} {
		for _, head := range [][]byte{synth.U32(7, 0, 0, 1, 0, 0, 0, 0, 0, 0), synth.U32(1<<24|7, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)} {
			d := video()
			d.Replace = replace("tkhd", slices.Concat(head, synth.U32(m...), synth.U32(320<<16, 180<<16)))
			f := open(t, synth.File{Tracks: []synth.Track{d}}.Build()).Findings
			if want == "" && len(f) == 0 || want != "" && len(f) == 1 && f[0].Code == "picture-turned" && f[0].Where == "a.mp4 track 1" && strings.Contains(f[0].Message, want) {
				continue
			}
			t.Errorf("%v, version %d: %+v", m, head[0], f)
		}
	}
}

func TestSizesOfPicturesNeedNoSamples(t *testing.T) {
	v := video()
	m := synth.File{Tracks: []synth.Track{audio(), v, v}}.Build()
	if sizes, err := Pictures(m, m.Size(), "a.mp4"); err != nil || !slices.Equal(sizes, []image.Point{{320, 180}, {320, 180}}) {
		t.Errorf("%v, %v", sizes, err)
	}
	for _, b := range [][]byte{nil, []byte("no MP4 at all")} {
		if sizes, err := Pictures(bytes.NewReader(b), int64(len(b)), "a.mp4"); err == nil {
			t.Errorf("%q: %v", b, sizes)
		}
	}
}

func TestDurationIsThatOfTheMovieHeader(t *testing.T) {
	m := synth.File{Tracks: []synth.Track{video(), audio()}, Timescale: 600, MoovLast: true}.Build()
	d, err := Duration(m, m.Size(), "a.mp4")
	ticks := func(n int64) int64 { return media.Rescale(n, media.TicksPerSecond, 600) }
	if err != nil || d != ticks(90*1001*600/30000) && d != ticks(141*1024*600/48000) {
		t.Errorf("%d, %v", d, err)
	}
	wide := func(duration uint64) []byte {
		return synth.Box("moov", synth.Box("mvhd", synth.U32(1<<24), synth.U64(0, 0), synth.U32(1000), synth.U64(duration), make([]byte, 80)))
	}
	narrow := synth.Box("moov", synth.Box("mvhd", synth.U32(0, 0, 0, 1000, 0xFFFFFFFF), make([]byte, 80)))
	for _, c := range []struct {
		name string
		moov []byte
		want int64 // 0 is an error
	}{
		{"version 1", wide(1 << 29), 10_000 << 29}, {"absurdly long", wide(1 << 61), 0}, {"unknown", wide(1<<64 - 1), 0}, {"unknown in version 0", narrow, 0},
		{"no mvhd", synth.Box("moov"), 0}, {"an empty mvhd", synth.Box("moov", synth.Box("mvhd")), 0},
	} {
		d, err := Duration(bytes.NewReader(c.moov), int64(len(c.moov)), "a.mp4")
		if d != c.want || (err == nil) != (c.want != 0) {
			t.Errorf("%s: %d, %v, want %d", c.name, d, err, c.want)
		}
	}
}
