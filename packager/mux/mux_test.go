package mux

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"manifold/packager/demux"
	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

// tracks opens a file as its timeline would, all samples in one fragment.
func tracks(t testing.TB, f synth.File) (*synth.Movie, []*media.Track) {
	t.Helper()
	m := f.Build()
	movie, err := demux.Open(m, m.Size(), "a.mp4")
	if err != nil {
		t.Fatal(err)
	}
	for _, track := range movie.Tracks {
		track.First = []uint32{0, uint32(track.Samples.Count())}
	}
	return m, movie.Tracks
}

func audio(sizes ...int) synth.Track {
	list := synth.Audio(len(sizes), 0, 1024)
	for i := range list {
		list[i].Size = sizes[i]
	}
	return synth.Track{Handler: "soun", Timescale: 48000, Samples: list, Entry: synth.AAC(2, 48000, synth.StereoASC)}
}

func video(nalLength int, sizes ...int) synth.Track {
	r := synth.Renditions[4]
	list := synth.Video(len(sizes), 5, 0, 1001)
	for i := range list {
		list[i].Size = sizes[i]
	}
	return synth.Track{
		Handler: "vide", Timescale: 30000, Samples: list, NALLength: nalLength,
		Entry: synth.AVC("avc1", 320, 180, nalLength, [][]byte{r.SPS}, [][]byte{r.PPS}),
	}
}

// spans is a source that lies in memory.
type spans struct{ *synth.Movie }

func (s spans) Span(off int64, n int) []byte {
	b := make([]byte, n)
	if k, _ := s.ReadAt(b, off); k < n {
		return nil
	}
	return b
}

func (s spans) Check() error { return nil }

// drain reads a stretch to its end, piece by piece.
func drain(r *Reader) ([]byte, error) {
	defer r.Close()
	var out []byte
	for {
		b, err := r.Peek(1)
		if err != nil || len(b) == 0 {
			return out, err
		}
		out = append(out, b...)
		r.Discard(len(b))
	}
}

func TestReaderGivesTheBytesOfTheSamplesAlone(t *testing.T) {
	for name, f := range map[string]synth.File{
		"one behind the other":      {Tracks: []synth.Track{audio(100, 1, 50, 300)}},
		"between those of another":  {Tracks: []synth.Track{audio(100, 90, 80, 70), audio(1, 2, 3, 4)}, Chunks: 4},
		"with gaps that are read":   {Tracks: []synth.Track{audio(100, 90, 80, 70)}, Chunks: 4, Gap: maxGap},
		"with gaps that are not":    {Tracks: []synth.Track{audio(100, 90, 80, 70)}, Chunks: 4, Gap: maxGap + 1},
		"larger than the buffer":    {Tracks: []synth.Track{audio(3*BufferSize+7, 5, 2*BufferSize, BufferSize, 1)}, Chunks: 2, Gap: 3},
		"as large as the buffer":    {Tracks: []synth.Track{audio(BufferSize, BufferSize, BufferSize)}},
		"just beside the buffer":    {Tracks: []synth.Track{audio(BufferSize-1, 2, BufferSize+1)}, Chunks: 3, Gap: 1},
		"samples without bytes":     {Tracks: []synth.Track{audio(0, 5, 0, 0, 6, 0)}, Chunks: 3, Gap: 20000},
		"no bytes at all":           {Tracks: []synth.Track{audio(0, 0, 0), audio(9, 9, 9)}},
		"gaps at the buffer's edge": {Tracks: []synth.Track{audio(BufferSize-10, 10, 10)}, Chunks: 3, Gap: 10},
		"in a file of 5 GiB":        {Tracks: []synth.Track{audio(10, 20, 30)}, Hole: 5 << 30},
	} {
		t.Run(name, func(t *testing.T) {
			m, list := tracks(t, f)
			for place, track := range list {
				n := track.Samples.Count()
				for _, from := range []int{0, n / 2, n - 1, n} {
					s, err := Open(track, from, n)
					if err != nil {
						t.Fatal(err)
					}
					want := m.Samples(place, from, n)
					for _, source := range []io.ReaderAt{m, spans{m}} {
						s.Source = source
						for _, c := range []Cipher{nil, &flip{left: len(want)}} {
							want := want
							if c != nil {
								want = flipped(want)
							}
							again := func() Cipher {
								if c == nil {
									return nil
								}
								return &flip{left: len(want)}
							}
							for _, step := range []int64{SmallSize, BufferSize} {
								if got, err := drain(NewSealing(&s, again(), step)); err != nil || !bytes.Equal(got, want) {
									t.Errorf("%T, %T, steps of %d, track %d from sample %d: %d bytes (%v), want %d", source, c, step, place, from, len(got), err, len(want))
								}
							}
							var out gathered
							if err := Send(t.Context(), &out, []byte("head"), &s, again()); err != nil || out.String() != "head"+string(want) {
								t.Errorf("%T, %T, track %d from sample %d: %d bytes are sent (%v), want %d", source, c, place, from, out.Len()-4, err, len(want))
							}
						}
					}
					if s.Bytes() != int64(len(want)) {
						t.Errorf("%d bytes are announced, want %d", s.Bytes(), len(want))
					}
					s.Close()
				}
			}
		})
	}
}

// flip is a cipher of blocks that puts everything off.
type flip struct {
	left   int
	due    [][]byte
	counts bool
}

func (f *flip) Encrypt(p []byte) int {
	if len(p) < f.left {
		p = p[:len(p)/16*16]
	}
	f.due, f.left = append(f.due, p), f.left-len(p)
	return len(p)
}

func (f *flip) Counts() bool { return f.counts }

func (f *flip) Finish() {
	for _, p := range f.due {
		copy(p, flipped(p))
	}
	f.due = nil
}

func flipped(p []byte) []byte {
	out := make([]byte, len(p))
	for i := range p {
		out[i] = p[i] ^ 0x5A
	}
	return out
}

// A cipher that expects more than there is gets an error, not an answer that ends
// too soon.
func TestStretchesThatAreTooShortForTheirCipher(t *testing.T) {
	_, list := tracks(t, synth.File{Tracks: []synth.Track{audio(100, 1, 50, 307)}})
	s, err := Open(list[0], 0, 4)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, err := drain(NewSealing(&s, &flip{left: 460}, BufferSize)); err != io.ErrUnexpectedEOF {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// gathered is a connection that takes pieces.
type gathered struct{ bytes.Buffer }

func (g *gathered) Gather(pieces [][]byte, _ bool) error {
	for i, p := range pieces {
		g.Write(p)
		pieces[i] = nil
	}
	return nil
}

func TestReaderReadsAnyStretchInAnySteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "samples")
		sizes := make([]int, n)
		for i := range sizes {
			sizes[i] = rapid.OneOf(rapid.IntRange(0, 300), rapid.IntRange(0, 1<<17)).Draw(t, "size")
		}
		f := synth.File{Tracks: []synth.Track{audio(sizes...), audio(sizes...)}, Chunks: rapid.IntRange(1, n).Draw(t, "chunks"), Gap: rapid.IntRange(0, 2*maxGap).Draw(t, "gap")}
		m := f.Build()
		movie, err := demux.Open(m, m.Size(), "a.mp4")
		if err != nil {
			if m.Size() < 100+int64(n)*8 || strings.Contains(err.Error(), "no samples") {
				return
			}
			t.Fatal(err)
		}
		from := rapid.IntRange(0, n).Draw(t, "from")
		to := rapid.IntRange(from, n).Draw(t, "to")
		s, err := Open(movie.Tracks[1], from, to)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if rapid.Bool().Draw(t, "in memory") {
			s.Source = spans{m}
		}
		r, sealed := NewReader(&s), rapid.Bool().Draw(t, "sealed")
		want := m.Samples(1, from, to)
		if sealed {
			r = NewSealing(&s, &flip{left: len(want)}, rapid.SampledFrom([]int64{SmallSize, BufferSize}).Draw(t, "step"))
			want = flipped(want)
		}
		defer r.Close()
		left := 0 // bytes of the sample that is read
		for i := 0; len(want) > 0; {
			for ; left == 0; i++ {
				left = s.Samples[i].Size
			}
			ask := rapid.IntRange(1, SmallSize/2).Draw(t, "ask")
			b, err := r.Peek(ask)
			if err != nil || len(b) < min(ask, left) || sealed && len(b) < min(ask, len(want)) || len(b) > len(want) || !bytes.Equal(b, want[:len(b)]) {
				t.Fatalf("Peek(%d) gives %d of %d bytes, %v", ask, len(b), len(want), err)
			}
			k := rapid.IntRange(1, len(b)).Draw(t, "take")
			r.Discard(k)
			want = want[k:]
			for left -= k; left < 0; i++ {
				left += s.Samples[i].Size
			}
		}
		if b, err := r.Peek(1); err != nil || len(b) != 0 {
			t.Fatalf("behind the end there are %d bytes, %v", len(b), err)
		}
	})
}

func TestReaderIsNotConfusedByOverlappingSamples(t *testing.T) {
	source := make([]byte, 2*BufferSize)
	for i := range source {
		source[i] = byte(i % 251)
	}
	s := Stretch{Track: &media.Track{}, Source: bytes.NewReader(source)}
	var want []byte
	for i := range 50 {
		x := media.Sample{Position: int64(i * 37 % 400), Size: BufferSize - i*11}
		s.Samples = append(s.Samples, x)
		want = append(want, source[x.Position:int(x.Position)+x.Size]...)
	}
	if got, err := drain(NewReader(&s)); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes (%v), want %d", len(got), err, len(want))
	}
}

func TestNALUnitLengthsBecomeFourBytes(t *testing.T) {
	for _, length := range []int{1, 2} {
		m, list := tracks(t, synth.File{Tracks: []synth.Track{video(length, 700, 10, 3, 0, 900, 500, 20)}, Chunks: 3, Gap: 100})
		s, err := Open(list[0], 1, 7)
		if err != nil {
			t.Fatal(err)
		}
		got, err := drain(NewReader(&s))
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Samples {
			var want []byte
			for b := m.Samples(0, i+1, i+2); len(b) > 0; {
				n := 0
				for _, x := range b[:length] {
					n = n<<8 | int(x)
				}
				want = append(append(want, 0, 0, byte(n>>8), byte(n)), b[length:length+n]...)
				b = b[length+n:]
			}
			if s.Samples[i].Size != len(want) || !bytes.Equal(got[:len(want)], want) {
				t.Fatalf("lengths of %d, sample %d: % x, want % x", length, i+1, got[:s.Samples[i].Size], want)
			}
			got = got[len(want):]
		}
		s.Close()
	}
}

// broken is a source that fails at a place.
type broken struct {
	io.ReaderAt
	from int64
	err  error
}

func (b broken) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.from {
		n, _ := b.ReaderAt.ReadAt(p[:max(b.from-off, 0)], off)
		return n, b.err
	}
	return b.ReaderAt.ReadAt(p, off)
}

func TestReaderReportsFailuresInTheMiddle(t *testing.T) {
	gone := errors.New("the disk is gone")
	for _, c := range []struct{ err, cause error }{{gone, gone}, {io.EOF, io.ErrUnexpectedEOF}, {nil, io.ErrUnexpectedEOF}} {
		m, list := tracks(t, synth.File{Tracks: []synth.Track{audio(BufferSize, BufferSize, BufferSize)}})
		at, _ := m.Sample(0, 1)
		list[0].Source = broken{m, at + 100, c.err}
		s, err := Open(list[0], 0, 3)
		if err != nil {
			t.Fatal(err)
		}
		got, err := drain(NewReader(&s))
		var e *fault.Error
		if !errors.As(err, &e) || e.Code != fault.StorageConflict || !errors.Is(err, c.cause) || !strings.Contains(e.Where, "a.mp4 track 1 bytes ") {
			t.Errorf("%v becomes %v", c.err, err)
		}
		if !bytes.Equal(got, m.Samples(0, 0, 1)[:firstSize]) { // the next piece reaches beyond the place
			t.Errorf("%d bytes were given before", len(got))
		}
	}
}

func TestDamagedNALUnitsAreReportedWithTheirSample(t *testing.T) {
	for _, c := range []struct {
		nalLength int
		sample    []byte
	}{{1, []byte{5, 0x41, 1}}, {1, []byte{1, 0x41, 2, 0x41}}, {2, []byte{0}}, {2, []byte{0, 2, 0x41, 1, 9}}, {1, []byte{255}}} {
		_, list := tracks(t, synth.File{Tracks: []synth.Track{video(c.nalLength, 20, 20, 20)}})
		track := list[0]
		b := media.NewIndexBuilder(2)
		b.Run(0, 0)
		b.Size(2)
		b.Size(int64(len(c.sample)))
		for i := range 3 {
			b.Decode(int64(i))
		}
		track.Samples = b.Samples()
		track.Source = bytes.NewReader(append([]byte{0, 0}, c.sample...))
		_, err := Open(track, 0, 2)
		var e *fault.Error
		if !errors.As(err, &e) || e.Code != fault.InvalidNALSize || e.Where != "a.mp4 track 1 sample 2" {
			t.Errorf("% x: %v", c.sample, err)
		}
	}
}

func TestBytesAreABody(t *testing.T) {
	var b Body = Bytes("moov")
	var out bytes.Buffer
	if err := b.WriteTo(t.Context(), &out); err != nil || out.String() != "moov" || b.Size() != 4 {
		t.Errorf("%q, %v", out.String(), err)
	}
	b.Close()
}

func TestStretchesAllocateNothingOnceWarm(t *testing.T) {
	_, list := tracks(t, synth.File{Tracks: []synth.Track{audio(make([]int, 900)...), audio(9)}})
	n := testing.AllocsPerRun(100, func() {
		s, err := Open(list[0], 10, 890)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
	})
	if n > 1 {
		t.Errorf("%v allocations", n)
	}
}

// turning is a source that changes when the first bytes of it are sent.
type turning struct {
	spans
	gathered
	changed bool
}

func (s *turning) Gather(pieces [][]byte, _ bool) error {
	s.changed = true
	return s.gathered.Gather(pieces, false)
}

func (s *turning) Check() error {
	if s.changed {
		return errors.New("changed")
	}
	return nil
}

// What lies in memory is sent before it is known to be of one version: the end
// of the stretch is not sent before.
func TestTheEndOfAChangedSourceIsNotSent(t *testing.T) {
	m, list := tracks(t, synth.File{Tracks: []synth.Track{audio(9000, 3000, 5000)}})
	s, err := Open(list[0], 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	source := &turning{spans: spans{m}}
	s.Source = source
	if err := Send(t.Context(), source, []byte("head"), &s, nil); err == nil || source.Len() != 4+17000-tailSize {
		t.Errorf("%d bytes are sent, %v", source.Len(), err)
	}
}

// late is a source that changes while the last bytes of it are copied.
type late struct{ spans }

func (late) Check() error { return errors.New("changed") }

// What was copied is checked when all of it is, encrypted or not.
func TestSourcesThatChangeAtTheEndAreNotSent(t *testing.T) {
	m, list := tracks(t, synth.File{Tracks: []synth.Track{audio(9000, 3000, 5000)}})
	for _, c := range []Cipher{nil, &flip{left: 17000}} {
		s, err := Open(list[0], 0, 3)
		if err != nil {
			t.Fatal(err)
		}
		s.Source = late{spans{m}}
		var out gathered
		if err := Send(t.Context(), &out, []byte("head"), &s, c); err == nil || out.Len() >= 4+17000 {
			t.Errorf("%T: %d bytes are sent, %v", c, out.Len(), err)
		}
		s.Close()
	}
}

// Bytes of another version must not be sent under the vectors of the first one
// where a cipher counts, not at the beginning of a stretch either.
func TestNothingOfAChangedSourceIsSentUnderItsVectors(t *testing.T) {
	m, list := tracks(t, synth.File{Tracks: []synth.Track{audio(900_000, 900_000)}})
	s, err := Open(list[0], 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.Source = late{spans{m}}
	var out gathered
	if err := Send(t.Context(), &out, []byte("head"), &s, &flip{left: 1_800_000, counts: true}); err == nil || out.Len() > 4 {
		t.Errorf("%d bytes are sent, %v", out.Len(), err)
	}
}
