package demux

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"manifold/packager/codec"
	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

var digits = regexp.MustCompile(`byte \d+`)

// place is how errors say where: the file, then a box or track with a number.
var place = regexp.MustCompile(`^a\.mp4(| (moov|moof|track|sample|at byte|stsd|[a-z0-9]{4,8}).*)$`)

// refused opens bytes that are no movie and checks the error.
func refused(t *testing.T, name string, b []byte, says string) {
	t.Helper()
	_, err := Open(bytes.NewReader(b), int64(len(b)), "a.mp4")
	checkRefusal(t, name, err, says)
}

func checkRefusal(t *testing.T, name string, err error, says string) {
	t.Helper()
	var e *fault.Error
	switch {
	case !errors.As(err, &e):
		t.Errorf("%s: %v is no fault", name, err)
	case e.Code.Status() != 415 || e.What == "" || !place.MatchString(e.Where):
		t.Errorf("%s: %v (%s at %q)", name, err, e.Code, e.Where)
	case !strings.Contains(err.Error(), says):
		t.Errorf("%s: %q does not say %q", name, err, says)
	}
}

func TestFilesThatAreNoMovies(t *testing.T) {
	ftyp := synth.Box("ftyp", []byte("isom"), synth.U32(0))
	for _, c := range []struct {
		name string
		b    []byte
		says string
	}{
		{"an empty file", nil, "is empty"},
		{"one byte", []byte{0}, "not an MP4"},
		{"text", []byte("#EXTM3U\n#EXT-X-VERSION:3\n"), "not an MP4"},
		{"a picture", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR..."), "not an MP4"},
		{"zeros", make([]byte, 100), "not an MP4"},
		{"a brand alone", ftyp, "without a moov"},
		{"media alone", append(ftyp, synth.Box("mdat", make([]byte, 50))...), `without a moov box, the last box is "mdat"`},
		{"media that goes on behind the end", append(ftyp, synth.U32(1000, 0x6D646174)...), "without a moov"},
		{"an empty moov", append(ftyp, synth.Box("moov")...), "neither a video nor an audio track"},
		{"a moov that goes on behind the end", append(ftyp, synth.U32(1000, 0x6D6F6F76)...), "behind the end of the file"},
		{"a box smaller than its header", append(ftyp, synth.U32(7, 0x6D6F6F76)...), "less than its header"},
		{"a 64-bit size that is cut off", append(ftyp, synth.U32(1, 0x6D646174, 0)...), "cut off"},
		{"a 64-bit size smaller than its header", append(ftyp, synth.U32(1, 0x6D646174, 0, 15)...), "less than its header"},
		{"a 64-bit size beyond everything", append(ftyp, synth.U32(1, 0x6D646174, 0xFFFFFFFF, 0xFFFFFFFF)...), "claims"},
		{"fragments alone", append(synth.Box("styp", []byte("msdh"), synth.U32(0)), synth.Box("moof")...), "without a moov"},
		{"fragments of no track", append(append(ftyp, synth.Box("moov", synth.Box("mvex"))...), synth.Box("moof")...), "neither a video nor an audio track"},
		{"a trex that is cut off", append(ftyp, synth.Box("moov", synth.Box("mvex", synth.Box("trex")))...), "cut off"},
		{"a child that ends behind its parent", append(ftyp, synth.Box("moov", synth.U32(100, 0x7472616B))...), "ends 92 bytes behind"},
		{"a trak without anything", append(ftyp, synth.Box("moov", synth.Box("trak"))...), "no mdia box"},
		{"a box in itself without end", append(ftyp, synth.Box("moov", synth.U32(0, 0x7472616B))...), "no mdia box"},
	} {
		refused(t, c.name, c.b, c.says)
	}
}

func TestGarbageBehindTheMovieDoesNotMatter(t *testing.T) {
	b := synth.File{Tracks: []synth.Track{audio()}}.Build().Bytes()
	for _, tail := range []string{"x", "\x00\x00\x00\x00\x00", "\x00\x00\x00\x03free", "ID3 and more", "\x00\x00\x00\x01free\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"} {
		all := append(bytes.Clone(b), tail...)
		if _, err := Open(bytes.NewReader(all), int64(len(all)), "a.mp4"); err != nil {
			t.Errorf("%q: %v", tail, err)
		}
	}
}

func TestFilesCutOffAnywhere(t *testing.T) {
	for _, last := range []bool{false, true} {
		v, a := video(), audio()
		v.Samples, a.Samples = v.Samples[:6], a.Samples[:6]
		v.Edits = []synth.Edit{synth.Play(100, 1001)}
		b := synth.File{Tracks: []synth.Track{v, a}, MoovLast: last, Chunks: 2}.Build().Bytes()
		for n := range b {
			m, err := Open(bytes.NewReader(b[:n]), int64(n), "a.mp4")
			if err != nil {
				checkRefusal(t, fmt.Sprintf("cut off at %d", n), err, "")
			} else if len(m.Findings) == 0 {
				t.Errorf("cut off at %d of %d nothing is missed", n, len(b))
			}
		}
	}
}

func TestTablesThatDoNotFitTogether(t *testing.T) {
	u := synth.U32
	for _, c := range []struct {
		name, box string
		payload   []byte
		says      string
	}{
		{"no sizes", "stsz", nil, "no stsz or stz2"},
		{"no durations", "stts", nil, "no stts"},
		{"no chunks", "stco", nil, "no stco or co64"},
		{"no chunk runs", "stsc", nil, "no stsc"},
		{"no description", "stsd", nil, "no stsd"},
		{"no header", "mdhd", nil, "no mdhd"},
		{"no handler", "hdlr", nil, "no hdlr"},
		{"an empty header", "mdhd", []byte{}, "cut off"},
		{"an empty handler", "hdlr", []byte{}, "cut off"},
		{"an empty track header", "tkhd", []byte{}, "cut off"},
		{"an empty edit list", "elst", []byte{}, "cut off"},
		{"a timescale of 0", "mdhd", u(0, 0, 0, 0, 100, 0), "timescale is 0"},
		{"empty sizes", "stsz", []byte{}, "cut off"},
		{"no samples", "stsz", u(0, 0, 0), "no samples"},
		{"a billion samples in a small box", "stsz", u(0, 0, 1e9), "claims 1000000000 entries"},
		{"4 billion samples of equal size", "stsz", u(0, 1, 0xFFFFFFFF), "do not fit into a file"},
		{"samples of 4 GiB", "stsz", u(0, 0, 2, 0xFFFFFFFF, 1), "truncated"},
		{"equal samples larger than the file", "stsz", u(0, 0xFFFFFFFF, 2), "do not fit"},
		{"too many durations", "stts", u(0, 0xFFFFFFFF, 141, 1024), "claims 4294967295 entries"},
		{"too few durations", "stts", u(0, 1, 140, 1024), "durations for 140 of 141"},
		{"durations of 0", "stts", u(0, 1, 141, 0), "lasts 0 units"},
		{"durations of weeks", "stts", u(0, 1, 141, 0x7FFFFFFF), "not possible"},
		{"too few composition offsets", "ctts", u(0, 1, 7, 0), "composition offsets for 7 of 141"},
		{"a composition offset of weeks", "ctts", u(0, 1, 141, 1<<31), "a composition offset of -2147483648"},
		{"a sync sample 0", "stss", u(0, 1, 0), "sync sample 0"},
		{"a sync sample behind the end", "stss", u(0, 1, 142), "sync sample 142"},
		{"sync samples out of order", "stss", u(0, 3, 1, 5, 4), "sync sample 4 follows 5"},
		{"the same sync sample twice", "stss", u(0, 2, 5, 5), "sync sample 5 follows 5"},
		{"empty chunk runs", "stsc", u(0, 0), "is empty"},
		{"chunk runs that begin with 2", "stsc", u(0, 1, 2, 141, 1), "the first entry is for chunk 2"},
		{"chunk runs out of order", "stsc", u(0, 3, 1, 1, 1, 2, 1, 1, 1, 1, 1), "chunk 1 follows chunk 2"},
		{"the same chunk run twice", "stsc", u(0, 2, 1, 1, 1, 1, 1, 1), "chunk 1 follows chunk 1"},
		{"chunks of no samples", "stsc", u(0, 1, 1, 0, 1), "1 chunks hold 0 of 141"},
		{"another sample description", "stsc", u(0, 1, 1, 141, 2), "sample description 2"},
		{"chunks behind the end", "stco", u(0, 1, 0xFFFFFF00), "truncated"},
		{"chunks of no bytes of the table", "stco", u(0, 2, 50), "claims 2 entries"},
		{"too few chunks", "stco", u(0, 0), "0 chunks hold 0 of 141"},
		{"a huge edit list", "elst", u(0, 0xFFFFFFFF, 1, 2, 3), "claims 4294967295 entries"},
		{"an empty edit of weeks", "elst", u(0, 1, 0xFFFFFFFF, 0xFFFFFFFF, 1<<16), "not possible"},
		{"empty edits that add up to weeks", "elst", u(0, 2, 1<<29, 0xFFFFFFFF, 1<<16, 1<<29, 0xFFFFFFFF, 1<<16), "not possible"},
		{"an edit of negative length", "elst", append(u(1<<24, 1), synth.U64(1<<63, 1<<64-1, 0)...), "not possible"},
		{"an empty description", "stsd", u(0, 0), "is empty"},
		{"no entry in the description", "stsd", append(u(0, 0), synth.AAC(2, 48000, synth.StereoASC)...), "0 sample entries"},
		{"an entry larger than the description", "stsd", u(0, 1, 100, 0x6D703461), "claims 100"},
		{"two descriptions", "stsd", append(append(u(0, 2), synth.AAC(2, 48000, synth.StereoASC)...), synth.AAC(2, 44100, synth.Hex("1210"))...), "changes between 2"},
		{"an unheard-of description", "stsd", append(u(0, 1), synth.Box("zzzz", make([]byte, 40))...), `"zzzz"`},
	} {
		d := audio()
		d.Replace = replace(c.box, c.payload)
		if c.box == "ctts" {
			d.Timescale = 1000
		}
		chunks := 1
		if strings.HasPrefix(c.name, "chunk runs") {
			chunks = 2
		}
		refused(t, c.name, synth.File{Tracks: []synth.Track{d}, Chunks: chunks}.Build().Bytes(), c.says)
	}
}

func TestSizesThatDoNotFitTogether(t *testing.T) {
	u := synth.U32
	for _, c := range []struct {
		name string
		stz2 []byte
		says string
	}{
		{"sizes of 5 bits", u(0, 5, 3), "sizes of 5 bits"},
		{"a billion sizes of 4 bits", u(0, 4, 1e9), "claims 1000000000 entries"},
		{"a billion sizes of 16 bits", u(0, 16, 1e9), "claims 1000000000 entries"},
		{"nothing", nil, "cut off"},
		{"no count", u(0, 4), "cut off"},
	} {
		d := audio()
		d.SizeBits = 8
		d.Replace = replace("stz2", append([]byte{}, c.stz2...))
		refused(t, c.name, synth.File{Tracks: []synth.Track{d}}.Build().Bytes(), c.says)
	}
}

func TestOverlappingSamplesAreRefused(t *testing.T) {
	d := audio()
	d.Samples = synth.Audio(100, 50, 1024)
	d.SizeTable = true
	chunks := synth.U32(0, 100)
	for range 100 { // every sample reaches from the beginning over half of the file
		chunks = append(chunks, synth.U32(8)...)
	}
	sizes := synth.U32(0, 0, 100)
	for range 100 {
		sizes = append(sizes, synth.U32(3000)...)
	}
	d.Replace = map[string][]byte{"stco": chunks, "stsz": sizes, "stsc": synth.U32(0, 1, 1, 1, 1)}
	refused(t, "100 times the same bytes", synth.File{Tracks: []synth.Track{d}}.Build().Bytes(), "overlap")
}

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestMemoryFollowsTheFileNotItsClaims(t *testing.T) {
	var nested []byte
	for n := uint32(20_000); n > 0; n-- {
		nested = append(nested, synth.U32(8*n, 0x7472616B)...)
	}
	wide := bytes.Repeat(synth.Box("free"), 5000)
	claims := func(box string, payload []byte) []byte {
		d := audio()
		d.Replace = replace(box, payload)
		return synth.File{Tracks: []synth.Track{d}}.Build().Bytes()
	}
	for name, b := range map[string][]byte{
		"20,000 boxes in each other":     synth.Box("moov", nested),
		"5,000 boxes beside each other":  synth.Box("moov", wide),
		"300 tracks":                     synth.Box("moov", bytes.Repeat(synth.Box("trak"), 300)),
		"2^32 sizes":                     claims("stsz", synth.U32(0, 0, 0xFFFFFFFF)),
		"2^32 edits":                     claims("elst", synth.U32(0, 0xFFFFFFFF)),
		"2^32 chunks":                    claims("stco", synth.U32(0, 0xFFFFFFFF)),
		"a sample entry of 4 GiB":        claims("stsd", synth.U32(0, 1, 0xFFFFFFFF, 0x6D703461)),
		"a description of a gibibyte":    append(synth.Box("ftyp", []byte("isom")), synth.U32(1<<30, 0x6D6F6F76)...),
		"one byte boxes to the very end": bytes.Repeat(synth.U32(8, 0x66726565), 200_000),
	} {
		var err error
		n := allocated(func() { _, err = Open(bytes.NewReader(b), int64(len(b)), "a.mp4") })
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if n > 4<<20 {
			t.Errorf("%s: %d bytes were allocated", name, n)
		}
	}
}

// sparse is a file that is zero behind its beginning.
type sparse struct {
	begin []byte
	size  int64
}

func (s sparse) ReadAt(p []byte, off int64) (int, error) {
	n := int(min(int64(len(p)), s.size-off))
	clear(p[:n])
	if off < int64(len(s.begin)) {
		copy(p, s.begin[off:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func TestBoxesThatAreLargeIndeedAreNotTakenIn(t *testing.T) {
	const size = 1 << 30
	u := synth.U32
	moov := u(size, 0x6D6F6F76)
	for name, begin := range map[string][]byte{
		"mvhd": append(moov, u(size-8, 0x6D766864)...),
		"tkhd": append(moov, u(size-8, 0x7472616B, size-16, 0x746B6864)...),
	} {
		var err error
		n := allocated(func() { _, err = Open(sparse{begin, size}, size, "a.mp4") })
		checkRefusal(t, name, err, "more than such a box can need")
		if n > 1<<20 {
			t.Errorf("%s: %d bytes were allocated", name, n)
		}
	}
}

func TestRandomBytesAreRefused(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		b := make([]byte, r.IntN(2000))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		if r.IntN(2) == 0 { // past the first look
			b = append(synth.Box("ftyp", []byte("isom")), synth.Box("moov", b)...)
		}
		if _, err := Open(bytes.NewReader(b), int64(len(b)), "a.mp4"); err == nil {
			t.Fatalf("% x is a movie", b)
		}
	}
}

// failing is a file that cannot be read from a place on.
type failing struct {
	*synth.Movie
	from int64
}

var errDisk = errors.New("the disk is gone")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from {
		return 0, errDisk
	}
	return f.Movie.ReadAt(p, off)
}

func TestReadErrorsAreTheCause(t *testing.T) {
	v, a := video(), audio()
	v.Samples, a.Samples = v.Samples[:4], a.Samples[:4]
	m := synth.File{Tracks: []synth.Track{v, a}}.Build()
	for from := int64(0); from < m.Size()-200; from += 7 {
		_, err := Open(failing{m, from}, m.Size(), "a.mp4")
		if err != nil && !errors.Is(err, errDisk) {
			t.Errorf("a disk that fails at %d: %v", from, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	v, a := video(), audio()
	v.Samples, a.Samples = v.Samples[:5], a.Samples[:5]
	v.Samples[3].Sync = true
	v.Edits = []synth.Edit{synth.Empty(3), synth.Play(100, 1001)}
	q := audio()
	q.Samples, q.SizeBits, q.Extended, q.Wide = q.Samples[:3], 4, "en-GB", true
	q.Entry = synth.AudioEntry("mp4a", 1, 2, 48000, synth.Box("wave", synth.Box("esds", synth.ESDS(0x40, synth.StereoASC))))
	s := video()
	s.Samples, s.Entry, s.InBandSets = s.Samples[:2], synth.AVC("avc3", 320, 180, 4, nil, nil), [][]byte{small.SPS, small.PPS}
	f.Add(synth.File{Tracks: []synth.Track{v, a}, Chunks: 2}.Build().Bytes())
	f.Add(synth.File{Tracks: []synth.Track{q, s}, MoovLast: true, CO64: true, Large: true, Mdats: 2}.Build().Bytes())
	ticks := audio()
	ticks.Samples, ticks.Timescale = synth.Audio(4, 7, 213333), 10_000_000
	for _, x := range []synth.Fragments{
		{Before: synth.Box("styp"), Runs: 2}, {Base: synth.AbsoluteBase, Defaults: "trex", Separate: true, Length: true},
		{Base: synth.ImplicitBase, Defaults: "tfhd", Time: synth.Tfxd}, {InMoov: 1, Time: synth.Tfdt32},
	} {
		f.Add(synth.File{Tracks: []synth.Track{v, a, ticks}, Fragments: &x}.Build().Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var m *Movie
		var err error
		if n := allocated(func() { m, err = Open(bytes.NewReader(b), int64(len(b)), "a.mp4") }); n > 8<<20+64*uint64(len(b)) {
			t.Errorf("%d bytes were allocated for %d", n, len(b))
		}
		if err != nil {
			var e *fault.Error
			if !errors.As(err, &e) {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		for _, track := range m.Tracks {
			s, total := track.Samples, int64(0)
			for i, x := range s.Append(nil, 0, s.Count()) {
				if x.Position < 0 || x.Size < 0 || x.Position+int64(x.Size) > int64(len(b)) || x.Duration < 0 || x.Composition != s.Composition(i) {
					t.Fatalf("sample %d of %d bytes: %+v", i, len(b), x)
				}
				total += int64(x.Size)
			}
			if total != s.Bytes() || track.Timescale == 0 || s.Decode(s.Count()) <= 0 {
				t.Fatalf("%+v of %d bytes", track, total)
			}
			track.Clock.Ticks(s.Decode(s.Count()))
			if track.Codec.NALLength != 0 {
				codec.Complete(&track.Codec, b)
			}
		}
		Duration(bytes.NewReader(b), int64(len(b)), "a.mp4")
		pictures, err := Pictures(bytes.NewReader(b), int64(len(b)), "a.mp4")
		for _, track := range m.Tracks {
			if track.Codec.FourCC == "avc3" || track.Codec.FourCC == "hev1" {
				continue // whose samples may say something else
			}
			if size := image.Pt(track.Codec.Width, track.Codec.Height); err != nil || track.Kind == media.Video && !slices.Contains(pictures, size) {
				t.Fatalf("the pictures are of %v (%v), not %v", pictures, err, size)
			}
		}
	})
}
