package ts_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"manifold/packager/codec"
	"manifold/packager/demux"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/mux/ts"
	"manifold/packager/protect"
	"manifold/packager/timeline"
)

// programme is a movie in memory, planned.
type programme struct {
	movie        *synth.Movie
	presentation *media.Presentation
	video, audio *media.Group
}

func plan(t testing.TB, f synth.File) programme {
	t.Helper()
	movie := f.Build()
	m, err := demux.Open(bytes.NewReader(movie.Bytes()), movie.Size(), "test.mp4")
	if err != nil {
		t.Fatal(err)
	}
	p := &media.Presentation{}
	for _, track := range m.Tracks {
		track.Name = track.Kind.String()
		p.Groups = append(p.Groups, &media.Group{Name: track.Name, Kind: track.Kind, Tracks: []*media.Track{track}})
	}
	if _, err := timeline.Plan(p, timeline.Options{}); err != nil {
		t.Fatal(err)
	}
	out := programme{movie: movie, presentation: p}
	for _, g := range p.Groups {
		if g.Kind == media.Video {
			out.video = g
		} else {
			out.audio = g
		}
	}
	return out
}

// film is 12 s of video with B-frames at 25 frames a second in GOPs of 2 s,
// with audio beside it.
func film(nalLength int, change func(*synth.File)) synth.File {
	r := synth.Renditions[4]
	video := synth.Video(300, 50, 900, 512)
	for i := range video { // sizes that leave every remainder of a packet
		video[i].Size += 37 * (i % 11)
	}
	synth.Reorder(video, 1)
	f := synth.File{Chunks: 40, Tracks: []synth.Track{
		{Handler: "vide", Timescale: 12800, NALLength: nalLength, Samples: video,
			Entry: synth.AVC("avc1", r.Width, r.Height, nalLength, [][]byte{r.SPS}, [][]byte{r.PPS})},
		{Handler: "soun", Timescale: 48000, Language: "eng", Samples: synth.Audio(563, 300, 1024), Entry: synth.AAC(2, 48000, synth.StereoASC)},
	}}
	if change != nil {
		change(&f)
	}
	return f
}

func open(t testing.TB, g *media.Group, from, to int) *mux.Stretch {
	t.Helper()
	a, b := g.Tracks[0].Fragment(from, to)
	s, err := mux.Open(g.Tracks[0], a, b)
	if err != nil {
		t.Fatal(err)
	}
	return &s
}

func write(t testing.TB, s ts.Segment) []byte {
	t.Helper()
	b, err := ts.New(s)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var out bytes.Buffer
	if err := b.WriteTo(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	if int64(out.Len()) != b.Size() {
		t.Fatalf("%d bytes were written, %d announced", out.Len(), b.Size())
	}
	return out.Bytes()
}

// pes is a PES packet taken out of a stream by a reader of its own.
type pes struct {
	pid      int
	pts, dts int64
	data     []byte
	pcr      int64 // −1 when there is none
	random   bool
}

// read takes a segment apart, and checks what holds for all of them: sync
// bytes, tables first, counters, lengths.
func read(t testing.TB, b []byte, counters map[int]int) (out []*pes, streams map[int]byte) {
	t.Helper()
	if len(b)%188 != 0 {
		t.Fatalf("%d bytes are no transport packets", len(b))
	}
	streams = make(map[int]byte)
	last := make(map[int]*pes)
	lastPCR := int64(-1)
	for n := 0; n < len(b)/188; n++ {
		p := b[n*188 : n*188+188]
		if p[0] != 0x47 {
			t.Fatalf("packet %d has no sync byte", n)
		}
		pid, start, field, payload := int(p[1]&31)<<8|int(p[2]), p[1]&0x40 != 0, p[3]&0x20 != 0, p[3]&0x10 != 0
		if want := []int{0, 0x100}; n < 2 && pid != want[n] {
			t.Fatalf("packet %d is of PID %d", n, pid)
		}
		at, pcr, random := 4, int64(-1), false
		if field {
			at += 1 + int(p[4])
			if at > 188 {
				t.Fatalf("packet %d: an adaptation field of %d bytes", n, p[4])
			}
			if p[4] > 0 {
				random = p[5]&0x40 != 0
				if p[5]&0x10 != 0 {
					pcr = int64(p[6])<<25 | int64(p[7])<<17 | int64(p[8])<<9 | int64(p[9])<<1 | int64(p[10]>>7)
				}
			}
		}
		if pcr >= 0 {
			if lastPCR >= 0 && (pcr <= lastPCR || pcr-lastPCR > 9000) {
				t.Errorf("packet %d: the PCR goes from %d to %d", n, lastPCR, pcr)
			}
			lastPCR = pcr
		}
		if c := int(p[3] & 15); counters != nil {
			if was, ok := counters[pid]; ok {
				if payload {
					was = (was + 1) & 15
				}
				if was != c {
					t.Fatalf("packet %d: the counter of PID %d is %d, not %d", n, pid, c, was)
				}
			}
			counters[pid] = c
		}
		switch {
		case !payload:
		case pid == 0x100:
			s := p[at+1:]
			length := int(s[1]&15)<<8 | int(s[2])
			for k := 12; k < 3+length-4; k += 5 + int(s[k+4]) {
				streams[int(s[k+1]&31)<<8|int(s[k+2])] = s[k]
			}
		case pid == 0:
		case start:
			x := &pes{pid: pid, pcr: pcr, random: random}
			h := p[at:]
			if h[0] != 0 || h[1] != 0 || h[2] != 1 {
				t.Fatalf("packet %d begins no PES packet", n)
			}
			x.pts = stamp(h[9:])
			x.dts = x.pts
			if h[7]&0x40 != 0 {
				x.dts = stamp(h[14:])
			}
			x.data = append(x.data, h[9+int(h[8]):]...)
			if x.dts <= lastPCR {
				t.Errorf("packet %d: PID %d is decoded at %d, the PCR is %d", n, pid, x.dts, lastPCR)
			}
			out, last[pid] = append(out, x), x
		default:
			last[pid].data = append(last[pid].data, p[at:]...)
		}
	}
	return out, streams
}

func stamp(b []byte) int64 {
	return int64(b[0]>>1&7)<<30 | int64(b[1])<<22 | int64(b[2]>>1)<<15 | int64(b[3])<<7 | int64(b[4]>>1)
}

// units splits a byte stream.
func units(b []byte) [][]byte {
	var out [][]byte
	for _, u := range bytes.Split(b, []byte{0, 0, 0, 1}) {
		if len(u) > 0 {
			out = append(out, u)
		}
	}
	return out
}

// payload is the NAL units of a sample of a movie, whatever their lengths.
func payload(b []byte, length int) [][]byte {
	var out [][]byte
	for len(b) > 0 {
		n := 0
		for _, c := range b[:length] {
			n = n<<8 | int(c)
		}
		out, b = append(out, b[length:length+n]), b[length+n:]
	}
	return out
}

// A segment holds every sample, with its times, and begins as a player needs.
func TestSegment(t *testing.T) {
	for _, length := range []int{1, 2, 4} {
		f := film(length, func(f *synth.File) {
			if length == 1 {
				for i := range f.Tracks[0].Samples {
					f.Tracks[0].Samples[i].Size = 60 + i%100
				}
			}
		})
		p := plan(t, f)
		out, streams := read(t, write(t, ts.Segment{Video: open(t, p.video, 0, 3), Number: 0}), map[int]int{})
		if len(streams) != 1 || streams[0x101] != 0x1B {
			t.Fatalf("streams %v", streams)
		}
		track := p.video.Tracks[0]
		if want := int(track.First[3]); len(out) != want {
			t.Fatalf("%d access units, want %d", len(out), want)
		}
		for i, x := range out {
			_, source := p.movie.Sample(0, i)
			got, want := units(x.data), payload(source, length)
			if !bytes.Equal(got[0], codec.NALOf(&track.Codec).AUD[4:]) {
				t.Fatalf("access unit %d begins with NAL type %d", i, got[0][0]&31)
			}
			got = got[1:]
			if key := i%50 == 0; key {
				if !x.random || !bytes.Equal(got[0], track.Codec.ParameterSets[0]) || !bytes.Equal(got[1], track.Codec.ParameterSets[1]) {
					t.Fatalf("key frame %d has no parameter sets or no random access indicator", i)
				}
				got = got[2:]
			}
			if !bytes.Equal(bytes.Join(got, []byte("|")), bytes.Join(want, []byte("|"))) {
				t.Fatalf("access unit %d is not the source's", i)
			}
			if want := track.Clock.At(track.Samples.Composition(i), 90000) + 900000; x.pts != want {
				t.Fatalf("access unit %d is shown at %d, not %d", i, x.pts, want)
			}
			if x.dts > x.pts || i > 0 && x.dts-out[i-1].dts != 3600 {
				t.Fatalf("access unit %d is decoded at %d and shown at %d", i, x.dts, x.pts)
			}
			if x.pcr < 0 || x.pcr >= x.dts {
				t.Fatalf("access unit %d has the PCR %d and is decoded at %d", i, x.pcr, x.dts)
			}
		}
	}
}

// Audio is muxed where its frames start, in ADTS, and none is lost.
func TestMuxedAudio(t *testing.T) {
	p := plan(t, film(4, nil))
	out, streams := read(t, write(t, ts.Segment{Video: open(t, p.video, 0, 3), Audio: open(t, p.audio, 0, 3), Number: 0}), map[int]int{})
	if streams[0x101] != 0x1B || streams[0x102] != 0x0F || out[0].pid != 0x101 {
		t.Fatalf("streams %v, the first is %x", streams, out[0].pid)
	}
	frame := 0
	for i, x := range out {
		if x.pid != 0x102 {
			continue
		}
		if want := int64(frame)*1024*90000/48000 + 900000; x.pts != want {
			t.Fatalf("frame %d at %d, want %d", frame, x.pts, want)
		}
		if i > 0 && i+1 < len(out) && out[i+1].dts+3600 < x.pts {
			t.Errorf("audio of %d stands before video of %d", x.pts, out[i+1].dts)
		}
		for b := x.data; len(b) > 0; frame++ {
			n := int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5]>>5)
			_, want := p.movie.Sample(1, frame)
			if b[0] != 0xFF || b[1] != 0xF1 || !bytes.Equal(b[7:n], want) {
				t.Fatalf("frame %d is not the source's", frame)
			}
			b = b[n:]
		}
	}
	if want := int(p.audio.Tracks[0].First[3]); frame != want {
		t.Errorf("%d frames, want %d", frame, want)
	}
}

// The clock runs ahead of sound that begins long before the picture, too.
func TestLatePicture(t *testing.T) {
	p := plan(t, film(4, func(f *synth.File) {
		f.Tracks[0].Edits = []synth.Edit{synth.Empty(2000), synth.Play(12000, 512)}
	}))
	from, to := ts.Muxed(p.audio.Tracks[0], p.video, 0, 3)
	s, err := mux.Open(p.audio.Tracks[0], from, to)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := read(t, write(t, ts.Segment{Video: open(t, p.video, 0, 3), Audio: &s}), map[int]int{})
	if out[0].pid != 0x101 || out[0].pts != 900000+180000 || out[1].pid != 0x102 || out[1].dts != 900000 {
		t.Errorf("PID %d of %d, then PID %d of %d", out[0].pid, out[0].pts, out[1].pid, out[1].dts)
	}
}

// Segments continue each other's counters although none knows the other.
func TestContinuity(t *testing.T) {
	p := plan(t, film(4, nil))
	for name, segment := range map[string]func(k int) ts.Segment{
		"video": func(k int) ts.Segment { return ts.Segment{Video: open(t, p.video, k, k+1), Number: k} },
		"audio": func(k int) ts.Segment { return ts.Segment{Audio: open(t, p.audio, k, k+1), Number: k} },
		"muxed": func(k int) ts.Segment {
			return ts.Segment{Video: open(t, p.video, k, k+1), Audio: open(t, p.audio, k, k+1), Number: k}
		},
	} {
		counters := make(map[int]int)
		for k := range p.video.Fragments() {
			read(t, write(t, segment(k)), counters)
			if t.Failed() {
				t.Fatalf("%s segment %d", name, k)
			}
		}
	}
}

// A source with access unit delimiters of its own gets no second ones, and one
// that has them now and then keeps the announced size.
func TestDelimiters(t *testing.T) {
	for name, every := range map[string]int{"all": 1, "some, the first not": 7} {
		p := plan(t, film(4, nil))
		track := p.video.Tracks[0]
		track.Source = delimited{p.movie, track, every}
		out, _ := read(t, write(t, ts.Segment{Video: open(t, p.video, 0, 1)}), map[int]int{})
		for i, x := range out {
			n := 0
			for _, u := range units(x.data) {
				if u[0]&31 == 9 {
					n++
				}
			}
			if first := units(x.data)[0]; n != 1 || first[0]&31 != 9 {
				t.Fatalf("%s: access unit %d has %d delimiters", name, i, n)
			}
		}
	}
}

// delimited makes every so-manieth sample a delimiter and a slice.
type delimited struct {
	io.ReaderAt
	track *media.Track
	every int
}

func (d delimited) ReadAt(p []byte, off int64) (int, error) {
	n, err := d.ReaderAt.ReadAt(p, off)
	list := d.track.Samples.Append(nil, 0, d.track.Samples.Count())
	for i, s := range list {
		if d.every > 1 && i%d.every != 3 {
			continue
		}
		var head [10]byte
		binary.BigEndian.PutUint32(head[:], 2)
		head[4], head[5] = 9, 0xF0
		binary.BigEndian.PutUint32(head[6:], uint32(s.Size-10))
		for k := range s.Size { // the rest is one slice
			c := byte(0x41)
			if k < len(head) {
				c = head[k]
			}
			if at := s.Position + int64(k) - off; at >= 0 && at < int64(len(p)) {
				p[at] = c
			}
		}
	}
	return n, err
}

// The key frame of an I-frame playlist stands alone.
func TestKeyFrame(t *testing.T) {
	p := plan(t, film(4, nil))
	from, _ := p.video.Tracks[0].Fragment(2, 3)
	s, err := mux.Open(p.video.Tracks[0], from, from+1)
	if err != nil {
		t.Fatal(err)
	}
	out, _ := read(t, write(t, ts.Segment{Video: &s, Number: 2, Key: true}), map[int]int{})
	if want := p.video.Tracks[0].Clock.At(p.video.Tracks[0].Samples.Composition(from), 90000) + 900000; len(out) != 1 || out[0].pts != want {
		t.Errorf("%d access units, the first at %d", len(out), out[0].pts)
	}
}

// The peak that manifests state is that of the segments.
func TestPeak(t *testing.T) {
	p := plan(t, film(4, nil))
	for name, c := range map[string]struct {
		g             *media.Group
		muxed, sealed bool
	}{"video": {p.video, false, false}, "audio": {p.audio, false, false}, "muxed": {p.video, true, false}, "sealed audio": {p.audio, false, true}} {
		g := c.g
		var with *media.Track
		var sizes []int64
		for k := 0; k < g.Fragments(); k += g.PerSegment {
			end := min(k+g.PerSegment, g.Fragments())
			s := ts.Segment{Number: k / g.PerSegment}
			if c.sealed {
				s.Seal = (&protect.Protection{Scheme: protect.CBCS, Keys: []protect.Labelled{{}}}).NewSampleAES
			}
			if g.Kind == media.Video {
				s.Video = open(t, g, k, end)
			} else {
				s.Audio = open(t, g, k, end)
			}
			if c.muxed {
				with = p.audio.Tracks[0]
				a, b := ts.Muxed(with, g, k, end)
				x, err := mux.Open(with, a, b)
				if err != nil {
					t.Fatal(err)
				}
				s.Audio = &x
			}
			sizes = append(sizes, int64(len(write(t, s))))
		}
		want := media.Peak(sizes, func(i int) int64 { return g.Times[min(i*g.PerSegment, g.Fragments())] })
		if got := ts.Peak(g, g.Tracks[0], media.TSPeak{Audio: with, Sealed: c.sealed}); got != want {
			t.Errorf("%s: %d bit/s, the segments have %d", name, got, want)
		}
	}
}

// A damaged sample costs itself only, and it is said where it is.
func TestDamage(t *testing.T) {
	p := plan(t, film(4, nil))
	track := p.video.Tracks[0]
	sample := track.Samples.Append(nil, 20, 21)[0]
	for name, length := range map[string]int{"a length over the end": 1 << 30, "three bytes left at the end": sample.Size - 7} {
		track.Source = damaged{p.movie, sample.Position, uint32(length)}
		b, err := ts.New(ts.Segment{Video: open(t, p.video, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := b.WriteTo(context.Background(), &out); err != nil || int64(out.Len()) != b.Size() {
			t.Fatalf("%s: %d of %d bytes, %v", name, out.Len(), b.Size(), err)
		}
		list, _ := read(t, out.Bytes(), map[int]int{})
		if len(list) != 50 {
			t.Errorf("%s: %d access units", name, len(list))
		}
		if d := b.(interface{ Damage() error }).Damage(); d == nil || !strings.Contains(d.Error(), "test.mp4 track 1 sample 21") {
			t.Errorf("%s: the damage is %v", name, d)
		}
		b.Close()
	}
}

// damaged has another NAL unit length at a place.
type damaged struct {
	io.ReaderAt
	at     int64
	length uint32
}

func (d damaged) ReadAt(p []byte, off int64) (int, error) {
	n, err := d.ReaderAt.ReadAt(p, off)
	for k := range int64(4) {
		if i := d.at + k - off; i >= 0 && i < int64(len(p)) {
			p[i] = byte(d.length >> (24 - 8*k))
		}
	}
	return n, err
}

// A reader that goes away ends the work.
func TestCancelled(t *testing.T) {
	p := plan(t, film(4, nil))
	b, err := ts.New(ts.Segment{Video: open(t, p.video, 0, 3)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := b.WriteTo(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

// Nothing is allocated for a sample: what a segment costs does not depend on
// how many it has.
func TestAllocations(t *testing.T) {
	p := plan(t, film(4, nil))
	run := func() {
		b, err := ts.New(ts.Segment{Video: open(t, p.video, 0, 3), Audio: open(t, p.audio, 0, 3)})
		if err == nil {
			err = b.WriteTo(context.Background(), io.Discard)
			b.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	run()
	if n := testing.AllocsPerRun(20, run); n > 25 {
		t.Errorf("%.0f allocations a segment of %d samples", n, p.video.Tracks[0].First[3]+p.audio.Tracks[0].First[3])
	}
}

func BenchmarkSegment(b *testing.B) {
	p := plan(b, film(4, nil))
	b.ReportAllocs()
	for b.Loop() {
		x, err := ts.New(ts.Segment{Video: open(b, p.video, 0, 3), Audio: open(b, p.audio, 0, 3)})
		if err == nil {
			b.SetBytes(x.Size())
			err = x.WriteTo(context.Background(), io.Discard)
			x.Close()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
