package demux

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

// same checks that two tracks could not be told apart but by where their
// samples lie.
func same(t testing.TB, got, want *media.Track) {
	t.Helper()
	if !got.Samples.Equal(want.Samples) {
		t.Errorf("track %d: other samples than in the progressive file", got.TrackID)
	}
	g, w := *got, *want
	g.Samples, g.Source, w.Samples, w.Source = nil, nil, nil, nil
	if a, b := fmt.Sprintf("%+v", g), fmt.Sprintf("%+v", w); a != b {
		t.Errorf("track %d is\n%s, not\n%s", got.TrackID, a, b)
	}
}

// constant gives samples one size, so that defaults have something to say.
func constant(track synth.Track, size int) synth.Track {
	track.Samples = slices.Clone(track.Samples)
	for i := range track.Samples {
		track.Samples[i].Size = size
	}
	return track
}

func TestEveryFragmentationGivesTheSamplesOfTheProgressiveFile(t *testing.T) {
	styp := slices.Concat(synth.Box("styp", []byte("msdh"), synth.U32(0)), synth.Box("prft", make([]byte, 24)), synth.Box("emsg", make([]byte, 60)), synth.Box("sidx", make([]byte, 40)))
	for name, x := range map[string]synth.Fragments{
		"default-base-is-moof":                {},
		"absolute base-data-offset":           {Base: synth.AbsoluteBase},
		"no base":                             {Base: synth.ImplicitBase},
		"no base, several trun":               {Base: synth.ImplicitBase, Runs: 3},
		"one moof a track":                    {Separate: true},
		"one moof a track, no base":           {Separate: true, Base: synth.ImplicitBase},
		"several trun of tracks by turns":     {Runs: 4},
		"defaults in tfhd":                    {Defaults: "tfhd"},
		"defaults in trex":                    {Defaults: "trex"},
		"defaults in tfhd, several trun":      {Defaults: "tfhd", Runs: 2},
		"tfdt of 32 bits":                     {Time: synth.Tfdt32},
		"tfxd":                                {Time: synth.Tfxd},
		"no time":                             {Time: synth.Untimed},
		"the beginning in moov":               {InMoov: 1},
		"all but the end in moov, no time":    {InMoov: 2, Time: synth.Untimed, Separate: true},
		"CMAF segments":                       {Before: styp},
		"mehd and mfra":                       {Length: true, After: synth.Box("mfra", synth.Box("mfro", synth.U32(0, 24)))},
		"more trun than some have samples":    {Runs: 40},
		"garbage behind the last fragment":    {After: []byte("ID3 and more")},
		"a box behind that the file cuts off": {After: synth.U32(1000, 0x6D667261)},
		"a fragment header of many kilobytes": {Trafs: func(_, _ int, b [][]byte) [][]byte { return append(b, synth.Box("free", make([]byte, 20000))) }},
		"boxes of a track fragment in a row":  {Trafs: func(_, _ int, b [][]byte) [][]byte { slices.Reverse(b); return b }},
		"tfdt and a tfxd that says other": {Trafs: func(_, _ int, b [][]byte) [][]byte {
			return append(b, synth.Box("uuid", synth.TfxdType, synth.U32(0, 7, 7)))
		}},
		"unknown boxes in every track part": {Trafs: func(_, _ int, b [][]byte) [][]byte {
			return append(b, synth.Box("senc"), synth.Box("uuid", make([]byte, 40)))
		}},
		"trun of no samples": {Trafs: func(_, _ int, b [][]byte) [][]byte { return append(b, synth.Box("trun", synth.U32(0, 0))) }},
	} {
		for _, kind := range []string{"varying sizes", "one size", "negative offsets", "edit lists"} {
			t.Run(name+", "+kind, func(t *testing.T) {
				v, a := video(), audio()
				switch kind {
				case "one size":
					v, a = constant(v, 100), constant(a, 33)
				case "negative offsets":
					v.Samples = slices.Clone(v.Samples)
					synth.Reorder(v.Samples, 0)
					v.Signed = true
				case "edit lists":
					v.Edits, a.Edits = []synth.Edit{synth.Empty(40), synth.Play(3000, 1001)}, []synth.Edit{synth.Play(3000, 1024)}
				}
				tracks := []synth.Track{v, a}
				m := synth.File{Tracks: tracks, Fragments: &x}.Build()
				whole, cut := open(t, synth.File{Tracks: tracks}.Build()), open(t, m)
				if len(cut.Tracks) != 2 || len(cut.Findings) != 0 {
					t.Fatalf("%d tracks, findings %v", len(cut.Tracks), cut.Findings)
				}
				for i := range tracks {
					check(t, m, i, cut.Tracks[i], tracks[i])
					same(t, cut.Tracks[i], whole.Tracks[i])
				}
			})
		}
	}
}

func TestAnyFragmentationIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 200).Draw(t, "samples")
		list := make([]synth.Sample, n)
		for i := range list {
			list[i] = synth.Sample{
				Size: rapid.IntRange(0, 9).Draw(t, "size"), Duration: uint32(rapid.IntRange(1, 3).Draw(t, "duration")) * 512,
				Offset: int32(rapid.IntRange(-1, 4).Draw(t, "offset")) * 512, Sync: i == 0 || rapid.IntRange(0, 9).Draw(t, "sync") == 0,
			}
		}
		d, other := audio(), audio()
		d.Samples, d.Signed = list, true
		x := synth.Fragments{
			Base: synth.Base(rapid.IntRange(0, 2).Draw(t, "base")), Time: synth.Time(rapid.IntRange(0, 3).Draw(t, "time")),
			Runs: rapid.IntRange(1, 4).Draw(t, "runs"), Separate: rapid.Bool().Draw(t, "separate"),
			Defaults: rapid.SampledFrom([]string{"", "tfhd", "trex"}).Draw(t, "defaults"), InMoov: rapid.IntRange(0, 1).Draw(t, "in moov"),
		}
		if x.Time == synth.Tfxd && list[0].Offset > 0 { // could mean the picture
			x.Time = synth.Tfdt64
		}
		f := synth.File{Tracks: []synth.Track{d, other}, Fragments: &x}
		m := f.Build()
		movie, err := Open(m, m.Size(), "a.mp4")
		if err != nil {
			t.Fatal(err)
		}
		if len(movie.Tracks) != 2 || len(movie.Findings) > 1 {
			t.Fatalf("%d tracks, %v", len(movie.Tracks), movie.Findings)
		}
		at := int64(0)
		for i, got := range movie.Tracks[0].Samples.Append(nil, 0, n) {
			position, _ := m.Sample(0, i)
			want := media.Sample{Position: position, Size: list[i].Size, Decode: at, Duration: int64(list[i].Duration), Composition: at + int64(list[i].Offset), Sync: list[i].Sync}
			if got != want {
				t.Fatalf("sample %d is %+v, want %+v", i, got, want)
			}
			at += want.Duration
		}
	})
}

func TestTimesOfFragmentsThatDoNotBeginAtZero(t *testing.T) {
	for _, c := range []struct {
		name  string
		start uint64 // decode time of the first sample of audio at 48 kHz
		edit  []synth.Edit
		epoch int64
		ticks int64 // of the first sample, beside the epoch
	}{
		{"at 0", 0, nil, 0, 0},
		{"priming before 0", 1<<64 - 1024, nil, 0, -213334},
		{"half a second late", 24000, nil, 0, 5_000_000},
		{"an hour late", 3600*48000 + 12000, nil, 3600, 2_500_000},
		{"beyond 2^32", 1 << 33, nil, 1 << 33 / 48000, 1 << 33 % 48000 * 10_000_000 / 48000},
		{"in seconds since 1970", 1_700_000_000 * 48000, nil, 1_700_000_000, 0},
		{"an edit list that begins there", 1 << 33, []synth.Edit{synth.Play(1000, 1<<33)}, 0, 0},
		{"an edit list that leaves out priming", 0, []synth.Edit{synth.Play(1000, 1024)}, 0, -213334},
		{"an edit list that leaves out priming, late", 48000, []synth.Edit{synth.Play(1000, 1024)}, 0, 9_786_666},
		{"an edit list for a time before", 480000, []synth.Edit{synth.Empty(40), synth.Play(1000, 0)}, 10, 400000},
	} {
		d := audio()
		d.Start, d.Edits, d.Wide = c.start, c.edit, true
		m := synth.File{Tracks: []synth.Track{d}, Fragments: &synth.Fragments{}}.Build()
		movie := open(t, m)
		track := movie.Tracks[0]
		check(t, m, 0, track, d)
		if got := track.Ticks(0); track.Epoch != c.epoch || got != c.ticks || len(movie.Findings) != 0 {
			t.Errorf("%s: epoch %d and %d, want %d and %d, findings %v", c.name, track.Epoch, got, c.epoch, c.ticks, movie.Findings)
		}
	}
}

// times replaces the decode time of a fragment of a track by what f makes of it.
func times(track int, f func(k int, at uint64) uint64) func(k, n int, boxes [][]byte) [][]byte {
	return func(k, n int, boxes [][]byte) [][]byte {
		if n == track {
			at := uint64(0)
			for _, b := range boxes[1][12:] {
				at = at<<8 | uint64(b)
			}
			boxes[1] = synth.Box("tfdt", synth.U32(1<<24), synth.U64(f(k, at)))
		}
		return boxes
	}
}

func TestGapsAndOverlapsBetweenFragments(t *testing.T) {
	const fragment, frame = 30 * 1001, 1001
	for _, c := range []struct {
		name  string
		times func(k int, at uint64) uint64
		code  string
		says  string
		at    []int64 // decode times of samples 29, 30, 60 and the end, less 29, 30, 60, 90 frames
	}{
		{"a gap of three frames", func(k int, at uint64) uint64 { return at + uint64(min(k, 1))*3*frame }, "gap", "1 times a fragment begins later than the one before it ends; the first time 1001 ms into the track, by 100 ms", []int64{0, 3 * frame, 3 * frame, 3 * frame}},
		{"a gap of a lost frame", func(k int, at uint64) uint64 { return at + uint64(min(k, 1))*frame }, "gap", "by 33 ms", []int64{0, frame, frame, frame}},
		{"rounded up", func(k int, at uint64) uint64 { return at + uint64(min(k, 1)) }, "", "", []int64{0, 1, 1, 1}},
		{"rounded down", func(k int, at uint64) uint64 { return at - uint64(min(k, 1)) }, "", "", []int64{0, -1, -1, -1}},
		{"an overlap of a frame", func(k int, at uint64) uint64 { return at - uint64(min(k, 1))*frame }, "overlap", "2 times a fragment begins before the one before it ends; the first time 1001 ms into the track, by 33 ms", []int64{0, 0, 0, 0}},
		{"times that begin anew", func(k int, at uint64) uint64 { return at % fragment }, "overlap", "2 times a fragment begins before", []int64{0, 0, 0, 0}},
		{"time that goes back before the beginning", func(k int, at uint64) uint64 { return fragment*9 - at }, "overlap", "2 times", []int64{0, 0, 0, 0}},
	} {
		v := video()
		m := synth.File{Tracks: []synth.Track{v, audio()}, Fragments: &synth.Fragments{Trafs: times(0, c.times)}}.Build()
		movie := open(t, m)
		s := movie.Tracks[0].Samples
		for i, n := range []int{29, 30, 60, 90} {
			if got := s.Decode(n) - int64(n)*frame; got != c.at[i] {
				t.Errorf("%s: sample %d is %d late, want %d", c.name, n, got, c.at[i])
			}
		}
		if c.code == "" && len(movie.Findings) > 0 || c.code != "" && (len(movie.Findings) != 1 || movie.Findings[0].Code != c.code || !strings.Contains(movie.Findings[0].Message, c.says)) {
			t.Errorf("%s: findings %+v", c.name, movie.Findings)
		}
	}
}

// Some writers put the time of the first picture into tfxd, others that of
// decoding: both mean that the track begins at 0.
func TestTimesOfSmoothStreaming(t *testing.T) {
	v := video() // the first offset is a frame
	for _, pictures := range []bool{false, true} {
		x := synth.Fragments{Time: synth.Tfxd, Trafs: func(k, n int, b [][]byte) [][]byte {
			if pictures && n == 0 {
				b[1] = synth.Box("uuid", synth.TfxdType, synth.U32(1<<24), synth.U64(uint64(k*30+1)*1001, 30*1001))
			}
			return b
		}}
		m := synth.File{Tracks: []synth.Track{v, audio()}, Fragments: &x}.Build()
		track := open(t, m).Tracks[0]
		check(t, m, 0, track, v)
		if got := track.Ticks(0); got != 333666 {
			t.Errorf("time of pictures %v: the first is shown at %d", pictures, got)
		}
	}
}

func TestDataOffsetsThatAreMissing(t *testing.T) {
	v := video()
	x := synth.Fragments{Base: synth.ImplicitBase, Separate: true, Before: synth.Box("free", make([]byte, 50)), Trafs: func(_, _ int, b [][]byte) [][]byte {
		run := b[2] // flags without data-offset-present, and the field cut out
		b[2] = synth.Box("trun", []byte{run[8], run[9], run[10], run[11] &^ 1}, run[12:16], run[20:])
		return b
	}}
	m := synth.File{Tracks: []synth.Track{v}, Fragments: &x}.Build()
	check(t, m, 0, open(t, m).Tracks[0], v)
}

func TestFragmentsThatAreCutOff(t *testing.T) {
	v, a := video(), audio()
	x := &synth.Fragments{}
	m := synth.File{Tracks: []synth.Track{v, a}, Fragments: x}.Build()
	b := m.Bytes()
	for _, c := range []struct {
		name  string
		size  int64
		count int // of video
		where string
	}{
		{"in the media of the last fragment", position(m, 0, 70) + 1, 70, "a.mp4 track 1 sample 71"},
		{"in the header of the second", position(m, 0, 30) - 40, 30, "a.mp4 moof[2] at byte"},
	} {
		movie, err := Open(bytes.NewReader(b[:c.size]), c.size, "a.mp4")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		track := movie.Tracks[0]
		d := v
		d.Samples = v.Samples[:c.count]
		check(t, m, 0, track, d)
		if f := movie.Findings; len(f) == 0 || f[0].Code != "truncated" || !strings.HasPrefix(f[0].Where, c.where) || f[0].Severity != fault.Severe {
			t.Errorf("%s: findings %+v", c.name, f)
		}
	}
	for n := int64(0); n < m.Size(); n += 3 {
		movie, err := Open(bytes.NewReader(b[:n]), n, "a.mp4")
		if err != nil {
			checkRefusal(t, fmt.Sprintf("cut off at %d", n), err, "")
		} else if len(movie.Findings) == 0 && !boundary(b, n) {
			t.Errorf("cut off at %d of %d nothing is missed", n, m.Size())
		}
	}
}

func position(m *synth.Movie, track, i int) int64 {
	at, _ := m.Sample(track, i)
	return at
}

// boundary says whether a file that is cut off at n ends with a whole fragment,
// or in a header behind one.
func boundary(b []byte, n int64) bool {
	at := int64(0)
	for at < int64(len(b)) {
		size := int64(b[at])<<24 | int64(b[at+1])<<16 | int64(b[at+2])<<8 | int64(b[at+3])
		if string(b[at+4:at+8]) == "moof" && n >= at && n < at+8 {
			return true
		}
		at += size
	}
	return false
}

func TestFragmentsThatAreDamaged(t *testing.T) {
	u := synth.U32
	tfhd := func(b ...[]byte) []byte { return synth.Box("tfhd", slices.Concat(b...)) }
	for _, c := range []struct {
		name string
		box  int // place in traf
		b    []byte
		says string
	}{
		{"no tfhd", 0, nil, "has no samples"},
		{"an empty tfhd", 0, tfhd(), "has no samples"}, // of no track
		{"a tfhd without its values", 0, tfhd(u(0x20008, 2)), "tfhd at byte 0: the box is cut off"},
		{"another sample description", 0, tfhd(u(0x20002, 2, 2)), "sample description 2"},
		{"an empty tfdt", 1, synth.Box("tfdt"), "tfdt at byte 0: the box is cut off"},
		{"a tfdt of absurd size", 1, synth.Box("tfdt", u(1<<24, 1<<31, 0)), "which is not possible"},
		{"an empty tfxd", 1, synth.Box("uuid", synth.TfxdType), "cut off"},
		{"an empty trun", 2, synth.Box("trun"), "trun at byte 0: the run claims 0 samples"},
		{"2^32 samples without anything", 2, synth.Box("trun", u(0, 0xFFFFFFFF)), "without bytes"},
		{"2^32 samples of a small box", 2, synth.Box("trun", u(0x200, 0xFFFFFFFF)), "claims 4294967295 samples of 4 bytes"},
		{"a box larger than the fragment", 2, u(1000, 0x7472756E), "claims 1000 of 8 bytes"},
		{"a box smaller than its header", 2, u(7, 0x7472756E), "claims 7 of 8 bytes"},
		{"samples before the file", 2, synth.Box("trun", u(0x301, 1, 1<<31, 1024, 5)), "has no samples"},
		{"samples that overlap", 2, slices.Concat(slices.Repeat([][]byte{synth.Box("trun", u(0x301, 1, 8, 1024, 9000))}, 9)...), "overlap"},
		{"a composition offset of days", 2, synth.Box("trun", u(0xB01, 1, 1<<10, 1, 5, 1<<31)), "is not possible"},
		{"samples that last days", 2, synth.Box("trun", slices.Concat(u(0x301, 60, 1<<10), slices.Concat(slices.Repeat([][]byte{u(1<<30, 5)}, 60)...))), "is not possible"},
	} {
		v, a := video(), audio()
		a.Timescale = 1000
		x := synth.Fragments{Trafs: func(k, track int, boxes [][]byte) [][]byte {
			if track == 1 {
				boxes[c.box] = c.b
			}
			return boxes
		}}
		m := synth.File{Tracks: []synth.Track{v, a}, Fragments: &x}.Build()
		movie := open(t, m)
		if len(movie.Tracks) != 1 {
			t.Errorf("%s: %d tracks", c.name, len(movie.Tracks))
			continue
		}
		check(t, m, 0, movie.Tracks[0], v)
		last := movie.Findings[len(movie.Findings)-1]
		said := digits.ReplaceAllString(last.Where, "byte 0") + ": " + last.Message
		if last.Severity != fault.Severe || !strings.Contains(said, c.says) || !place.MatchString(last.Where) {
			t.Errorf("%s: %q does not say %q", c.name, said, c.says)
		}
	}
}

// A header without its fragments is not a damaged file.
func TestInitializationSegmentsAreToldApart(t *testing.T) {
	m := synth.File{Tracks: []synth.Track{video(), audio()}, Fragments: &synth.Fragments{}}.Build()
	_, err := Open(m, int64(bytes.Index(m.Bytes(), []byte("moof")))-4, "init.mp4")
	if e := fault.As(err); e.Code != fault.InputFormatNotSupported || e.Where != "init.mp4" || !strings.Contains(e.What, "initialization segment") {
		t.Error(err)
	}
}

func TestDurationOfFragmentedFiles(t *testing.T) {
	for _, c := range []struct {
		x    synth.Fragments
		want int64
	}{{synth.Fragments{}, 0}, {synth.Fragments{InMoov: 1}, 0}, {synth.Fragments{Length: true}, 30_080_000}} {
		m := synth.File{Tracks: []synth.Track{video(), audio()}, Fragments: &c.x}.Build()
		if d, err := Duration(m, m.Size(), "a.mp4"); d != c.want || err != nil {
			t.Errorf("%+v: %d, %v", c.x, d, err)
		}
	}
}

func TestSamplesWithoutKeyFrameFlags(t *testing.T) {
	v := video()
	for i := range v.Samples {
		v.Samples[i].Sync = i%30 == 0
	}
	for name, flags := range map[string]uint32{"that depend on others": 0x1000000, "that are marked": 0x10000} {
		x := synth.Fragments{Trafs: func(_, _ int, b [][]byte) [][]byte {
			for at := 20; at+16 <= len(b[2]); at += 16 { // duration, size, flags, offset
				if b[2][at+9]&1 != 0 {
					copy(b[2][at+8:], synth.U32(flags))
				}
			}
			return b
		}}
		m := synth.File{Tracks: []synth.Track{v}, Fragments: &x}.Build()
		if got := open(t, m).Tracks[0].Samples.Sync(); !slices.Equal(got, []uint32{0, 30, 60}) {
			t.Errorf("samples %s: sync samples %v", name, got)
		}
	}
}

// A recorder that writes a sample before it knows when the next one comes says
// that it lasts no time.
func TestSamplesOfNoDuration(t *testing.T) {
	v := video()
	x := synth.Fragments{Trafs: func(_, _ int, b [][]byte) [][]byte {
		copy(b[2][len(b[2])-16:], synth.U32(0)) // the last: duration, size, flags, offset
		return b
	}}
	m := synth.File{Tracks: []synth.Track{v}, Fragments: &x}.Build()
	movie := open(t, m)
	if len(movie.Findings) > 0 {
		t.Errorf("findings %+v", movie.Findings)
	}
	check(t, m, 0, movie.Tracks[0], v)
}

// What a small file claims costs neither memory nor time.
func TestFragmentsThatClaimMoreThanTheFileHas(t *testing.T) {
	u := synth.U32
	many := func(track uint32, n int, run []byte) []byte {
		return synth.Box("moof", synth.Box("traf", synth.Box("tfhd", u(0x20010, track, 1)), bytes.Repeat(run, n)))
	}
	moov := synth.File{Tracks: []synth.Track{constant(audio(), 10)}, Fragments: &synth.Fragments{}}.Build().Bytes()
	for name, claim := range map[string][]byte{
		"2^32 samples of one byte":                    many(1, 1, synth.Box("trun", u(0, 0xFFFFFFFF))),
		"millions of samples of one byte, repeatedly": many(1, 100_000, synth.Box("trun", u(0, 1_500_000))),
		"the same of a track that is not there":       many(7, 100_000, synth.Box("trun", u(0, 1_500_000))),
		"the same behind the end of the file":         many(1, 100_000, synth.Box("trun", u(1, 1_500_000, 0x7FFFFFFF))),
		"a moof of a gibibyte":                        u(1<<30, 0x6D6F6F66),
		"fragments of nothing":                        bytes.Repeat(synth.Box("moof", synth.Box("traf", synth.Box("tfhd", u(0, 1)))), 50_000),
	} {
		b := slices.Concat(moov, claim)
		var m *Movie
		if n := allocated(func() { m, _ = Open(bytes.NewReader(b), int64(len(b)), "a.mp4") }); n > 8<<20+64*uint64(len(b)) {
			t.Errorf("%s: %d bytes were allocated for %d", name, n, len(b))
		}
		if m == nil {
			t.Errorf("%s: nothing was read", name)
		}
	}
}

// An hour of video and audio in fragments of two seconds stays near four bytes
// a sample, and the file is read once for each fragment.
func TestIndexOfAnHour(t *testing.T) {
	v := video()
	v.Timescale, v.Samples = 10_000_000, synth.Video(25*3600, 50, 0, 400_000)
	synth.Reorder(v.Samples, 2)
	x := uint32(1)
	for i := range v.Samples {
		x = x*1664525 + 1013904223
		v.Samples[i].Size = 2000 + int(x>>18)
	}
	a := audio()
	a.Samples = synth.Audio(3600*48000/1024, 0, 1024)
	for i := range a.Samples {
		x = x*1664525 + 1013904223
		a.Samples[i].Size = 300 + int(x>>24)
	}
	m := synth.File{Tracks: []synth.Track{v, a}, Fragments: &synth.Fragments{Time: synth.Tfxd}}.Build()
	r := &counted{Movie: m}
	movie, err := Open(r, m.Size(), "a.ismv")
	if err != nil {
		t.Fatal(err)
	}
	for _, track := range movie.Tracks {
		if n := track.Samples.Memory(); n > 4*track.Samples.Count() {
			t.Errorf("%d bytes for %d samples", n, track.Samples.Count())
		}
	}
	if r.reads > 2*1800+20 {
		t.Errorf("%d reads for 1800 fragments", r.reads)
	}
}

// counted counts the reads of a file.
type counted struct {
	*synth.Movie
	reads int
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	c.reads++
	return c.Movie.ReadAt(p, off)
}
