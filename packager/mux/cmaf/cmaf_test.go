package cmaf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/Eyevinn/mp4ff/mp4"

	"manifold/packager/demux"
	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/timeline"
)

var flavours = map[string]Flavour{"CSF": CSF, "CMAF": CMAF, "Smooth": Smooth}

// asset is one file on its timeline.
func asset(t testing.TB, f synth.File, o timeline.Options) (*synth.Movie, *media.Presentation) {
	t.Helper()
	m := f.Build()
	movie, err := demux.Open(m, m.Size(), "a.mp4")
	if err != nil {
		t.Fatal(err)
	}
	p := &media.Presentation{}
	for _, track := range movie.Tracks {
		p.Groups = append(p.Groups, &media.Group{Kind: track.Kind, Name: track.Kind.String(), Tracks: []*media.Track{track}})
	}
	if _, err := timeline.Plan(p, o); err != nil {
		t.Fatal(err)
	}
	return m, p
}

func video(timescale, duration uint32) synth.Track {
	r := synth.Renditions[2]
	d := synth.Track{
		Handler: "vide", Timescale: timescale, NALLength: 4, Samples: synth.Video(130, 30, 0, duration),
		Entry: synth.AVC("avc1", r.Width, r.Height, 4, [][]byte{r.SPS}, [][]byte{r.PPS}),
	}
	for i := range d.Samples {
		d.Samples[i].Size = 60 + i*31%400
	}
	return d
}

func sound() synth.Track {
	d := synth.Track{Handler: "soun", Timescale: 44100, Samples: synth.Audio(187, 0, 1024), Entry: synth.AAC(2, 44100, synth.Hex("1210")), Language: "deu"}
	for i := range d.Samples {
		d.Samples[i].Size = 1 + i*13%200
	}
	return d
}

// segment plans fragment k of a group's first track.
func segment(t testing.TB, f Flavour, g *media.Group, k int) mux.Body {
	t.Helper()
	track := g.Tracks[0]
	s, err := mux.Open(track, int(track.First[k]), int(track.First[k+1]))
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(Segment{Flavour: f, Stretch: s, Sequence: uint32(k), Time: g.Times[k], Duration: g.Times[k+1] - g.Times[k]})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// pieces notes how much is written at once.
type pieces struct {
	bytes.Buffer
	largest int
}

func (p *pieces) Write(b []byte) (int, error) {
	p.largest = max(p.largest, len(b))
	return p.Buffer.Write(b)
}

func write(t testing.TB, b mux.Body) []byte {
	t.Helper()
	var out pieces
	size := b.Size()
	if err := b.WriteTo(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	b.Close()
	if int64(out.Len()) != size || out.largest > mux.BufferSize {
		t.Errorf("%d bytes are written, %d at once, %d were announced", out.Len(), out.largest, size)
	}
	return out.Bytes()
}

// decode reads a segment with a reader that others wrote.
func decode(t testing.TB, b []byte) *mp4.Fragment {
	t.Helper()
	f, err := mp4.DecodeFile(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Segments) != 1 || len(f.Segments[0].Fragments) != 1 {
		t.Fatalf("%d segments", len(f.Segments))
	}
	return f.Segments[0].Fragments[0]
}

func TestSegmentsAreReadByOthers(t *testing.T) {
	reordered, edited, signed := video(30000, 1001), video(30000, 1001), video(90000, 3003)
	synth.Reorder(reordered.Samples, 1)
	synth.Reorder(edited.Samples, 2)
	edited.Edits = []synth.Edit{synth.Play(100, 2002)}
	synth.Reorder(signed.Samples, 0)
	signed.Signed = true
	primed := sound()
	primed.Edits = []synth.Edit{synth.Play(100, 1024)}
	narrow := video(25, 1)
	narrow.NALLength, narrow.Entry = 2, synth.AVC("avc3", 640, 360, 2, [][]byte{synth.Renditions[2].SPS}, [][]byte{synth.Renditions[2].PPS})
	dependent := sound()
	dependent.Timescale, dependent.Entry = 48000, synth.AAC(2, 48000, synth.Hex("F9464362"))
	for i := range dependent.Samples {
		dependent.Samples[i].Duration, dependent.Samples[i].Sync = 2048, i%20 == 0
	}
	for name, f := range map[string]synth.File{
		"frames of xHE-AAC":      {Tracks: []synth.Track{dependent}},
		"frames in order":        {Tracks: []synth.Track{video(30000, 1001), sound()}, Chunks: 20},
		"B-frames, late":         {Tracks: []synth.Track{reordered}},
		"B-frames with an edit":  {Tracks: []synth.Track{edited, primed}, Chunks: 3, Gap: 100},
		"negative offsets":       {Tracks: []synth.Track{signed}},
		"a timescale of 25":      {Tracks: []synth.Track{video(25, 1)}},
		"NAL lengths of 2 bytes": {Tracks: []synth.Track{narrow}},
	} {
		for flavour, fl := range flavours {
			for _, o := range []timeline.Options{{}, {FragmentSeconds: 2}} {
				t.Run(fmt.Sprintf("%s, %s, %d s", name, flavour, o.FragmentSeconds), func(t *testing.T) {
					m, p := asset(t, f, o)
					for place, g := range p.Groups {
						checkGroup(t, m, place, g, fl)
					}
				})
			}
		}
	}
}

// checkGroup reads all segments of a group and compares them with the source.
func checkGroup(t *testing.T, m *synth.Movie, place int, g *media.Group, f Flavour) {
	track := g.Tracks[0]
	for k := range g.Fragments() {
		b := segment(t, f, g, k)
		fragment := decode(t, write(t, b))
		traf := fragment.Moof.Traf
		if n := fragment.Moof.Mfhd.SequenceNumber; n != uint32(k) {
			t.Errorf("fragment %d has number %d", k, n)
		}
		checkStart(t, g, k, f, traf)
		from, to := track.Fragment(k, k+1)
		if n := int(traf.Trun.SampleCount()); n != to-from {
			t.Fatalf("fragment %d has %d samples, want %d", k, n, to-from)
		}
		data := fragment.Mdat.Data
		decoded := g.Times[k]
		for i, x := range track.Samples.Append(nil, from, to) {
			s := traf.Trun.Samples[i]
			if present := decoded + int64(s.CompositionTimeOffset); g.Kind == media.Video && present != track.Clock.Ticks(x.Composition) {
				t.Fatalf("sample %d is shown at %d, want %d", from+i, present, track.Clock.Ticks(x.Composition))
			}
			if g.Kind == media.Audio && decoded != track.Clock.Ticks(x.Composition) {
				t.Fatalf("frame %d begins at %d, want %d", from+i, decoded, track.Clock.Ticks(x.Composition))
			}
			if s.CompositionTimeOffset < 0 || s.Dur == 0 {
				t.Fatalf("sample %d lasts %d and is shown %d behind decoding", from+i, s.Dur, s.CompositionTimeOffset)
			}
			decoded += int64(s.Dur)
			flags := s.Flags
			if !traf.Trun.HasSampleFlags() {
				flags = traf.Tfhd.DefaultSampleFlags
				if f, ok := traf.Trun.FirstSampleFlags(); ok && i == 0 {
					flags = f
				}
			}
			if sync := flags&mp4.NonSyncSampleFlags&0x10000 == 0; sync != x.Sync {
				t.Fatalf("sample %d has flags %#x, a sync sample: %v", from+i, flags, x.Sync)
			}
			want := widened(track.Codec.NALLength, m.Samples(place, from+i, from+i+1))
			if int(s.Size) != len(want) || !bytes.Equal(data[:len(want)], want) {
				t.Fatalf("sample %d has %d bytes, want %d", from+i, s.Size, len(want))
			}
			data = data[len(want):]
		}
		if len(data) != 0 {
			t.Errorf("%d bytes of mdat belong to no sample", len(data))
		}
		if at := uint64(traf.Trun.DataOffset); at != fragment.Moof.Size()+8 {
			t.Errorf("the data offset is %d, moof has %d bytes", at, fragment.Moof.Size())
		}
		if decoded != g.Times[k+1] {
			t.Errorf("fragment %d ends at %d, the next begins at %d", k, decoded, g.Times[k+1])
		}
		if version := traf.Trun.Version; version != map[bool]byte{true: 0, false: 1}[f == Smooth] {
			t.Errorf("fragment %d: trun of version %d", k, version)
		}
	}
}

// checkStart compares tfdt or tfxd with the fragment's time.
func checkStart(t *testing.T, g *media.Group, k int, f Flavour, traf *mp4.TrafBox) {
	t.Helper()
	if f == Smooth {
		tfxd := uuid(traf).Tfxd
		if traf.Tfdt != nil || tfxd == nil || int64(tfxd.FragmentAbsoluteTime) != g.Times[k] || int64(tfxd.FragmentAbsoluteDuration) != g.Times[k+1]-g.Times[k] || tfxd.Version != 1 {
			t.Fatalf("fragment %d: tfxd %+v, want %d", k, tfxd, g.Times[k])
		}
		return
	}
	if uuid(traf) != nil || traf.Tfdt == nil || int64(traf.Tfdt.BaseMediaDecodeTime()) != g.Times[k] {
		t.Fatalf("fragment %d: tfdt %+v, want %d", k, traf.Tfdt, g.Times[k])
	}
	if traf.Tfhd.Flags&0x020000 == 0 {
		t.Errorf("tfhd flags %#x lack default-base-is-moof", traf.Tfhd.Flags)
	}
}

// uuid returns the uuid box of a traf.
func uuid(traf *mp4.TrafBox) *mp4.UUIDBox {
	for _, b := range traf.Children {
		if u, ok := b.(*mp4.UUIDBox); ok {
			return u
		}
	}
	return nil
}

// widened gives the NAL units of a sample lengths of four bytes.
func widened(length int, b []byte) []byte {
	if length == 0 || length == 4 {
		return b
	}
	var out []byte
	for len(b) > 0 {
		n := int(binary.BigEndian.Uint16(b))
		out = append(binary.BigEndian.AppendUint32(out, uint32(n)), b[2:2+n]...)
		b = b[2+n:]
	}
	return out
}

func TestCSFSegmentsAreFlaggedAsSeen(t *testing.T) {
	_, p := asset(t, synth.File{Tracks: []synth.Track{video(30000, 1001)}}, timeline.Options{})
	traf := decode(t, write(t, segment(t, CSF, p.Groups[0], 1))).Moof.Traf
	first, ok := traf.Trun.FirstSampleFlags()
	if traf.Tfhd.Flags != 0x020020 || traf.Tfhd.DefaultSampleFlags != 0x00010000 || traf.Trun.Flags != 0x000B05 || traf.Trun.Version != 1 || !ok || first != 0 || traf.Tfdt.Version != 1 {
		t.Errorf("tfhd %#x %#x, trun %#x, first %#x", traf.Tfhd.Flags, traf.Tfhd.DefaultSampleFlags, traf.Trun.Flags, first)
	}
}

func TestInitSegmentsAreReadByOthers(t *testing.T) {
	_, p := asset(t, synth.File{Tracks: []synth.Track{video(30000, 1001), sound()}, Chunks: 5}, timeline.Options{})
	for name, f := range flavours {
		if f == Smooth {
			continue
		}
		for _, g := range p.Groups {
			track := g.Tracks[0]
			track.Name = "Straße 1"
			b := Init([]byte("before"), track, f, 43_378_666, nil)
			if !bytes.HasPrefix(b, []byte("before")) {
				t.Fatal("what stood in front is gone")
			}
			b = b[6:]
			file, err := mp4.DecodeFile(bytes.NewReader(b))
			if err != nil {
				t.Fatal(name, err)
			}
			ftyp, moov := file.Ftyp, file.Moov
			brands := map[Flavour]string{CSF: "ccff 1 [iso6]", CMAF: "cmfc 0 [cmfc iso6 cmf2]"}
			if got := fmt.Sprint(ftyp.MajorBrand(), " ", ftyp.MinorVersion(), " ", ftyp.CompatibleBrands()); got != brands[f] {
				t.Errorf("%s: brands %s, want %s", name, got, brands[f])
			}
			trak := moov.Trak
			if len(moov.Traks) != 1 || moov.Mvhd.Timescale != 10_000_000 || moov.Mvhd.Duration != 0 || trak.Mdia.Mdhd.Timescale != 10_000_000 || trak.Mdia.Mdhd.Duration != 0 || trak.Edts != nil {
				t.Errorf("%s: %+v, %+v", name, moov.Mvhd, trak.Mdia.Mdhd)
			}
			if moov.Mvex.Mehd.FragmentDuration != 43_378_666 || moov.Mvex.Trex.TrackID != TrackID || moov.Mvex.Trex.DefaultSampleDescriptionIndex != 1 || trak.Tkhd.TrackID != TrackID || trak.Tkhd.Flags != 7 {
				t.Errorf("%s: %+v, %+v, %+v", name, moov.Mvex.Mehd, moov.Mvex.Trex, trak.Tkhd)
			}
			if trak.Mdia.Hdlr.Name != "Straße 1" {
				t.Errorf("%s: handler %q", name, trak.Mdia.Hdlr.Name)
			}
			stsd := trak.Mdia.Minf.Stbl.Stsd
			if g.Kind == media.Video {
				if trak.Mdia.Hdlr.HandlerType != "vide" || stsd.AvcX.Type() != "avc1" || trak.Tkhd.Width>>16 != 640 || trak.Tkhd.Height>>16 != 360 || trak.Tkhd.Volume != 0 || trak.Mdia.Minf.Vmhd == nil || trak.Mdia.Mdhd.GetLanguage() != "und" {
					t.Errorf("%s: %+v", name, trak.Tkhd)
				}
			} else if trak.Mdia.Hdlr.HandlerType != "soun" || stsd.Mp4a == nil || stsd.Mp4a.SampleRate != 44100 || trak.Tkhd.Volume != 0x0100 || trak.Mdia.Minf.Smhd == nil || trak.Mdia.Mdhd.GetLanguage() != "deu" {
				t.Errorf("%s: %+v", name, trak.Tkhd)
			}
			var back bytes.Buffer
			if err := file.Encode(&back); err != nil || !bytes.Equal(back.Bytes(), b) {
				t.Errorf("%s: written again by others it differs (%v)", name, err)
			}
		}
	}
}

func TestLanguagesThatDoNotFitAreUndetermined(t *testing.T) {
	for in, want := range map[string]uint16{"eng": 0x15C7, "": 0x55C4, "und": 0x55C4, "en": 0x55C4, "en-US": 0x55C4, "ENG": 0x55C4, "e\x00g": 0x55C4} {
		if got := packedLanguage(in); got != want {
			t.Errorf("%q is packed as %#x, want %#x", in, got, want)
		}
	}
}

func TestSegmentsTooLargeForABoxAreRefused(t *testing.T) {
	b := media.NewIndexBuilder(2)
	b.Run(0, 0)
	b.Size(1 << 30)
	b.Size(1<<30 + 1)
	for i := range 3 {
		b.Decode(int64(i))
	}
	track := &media.Track{Kind: media.Audio, File: "a.mp4", Samples: b.Samples(), First: []uint32{0, 2}, Timescale: 1, Clock: media.NewClock(1, 0, 0, 1)}
	s, err := mux.Open(track, 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(Segment{Stretch: s})
	var e *fault.Error
	if !errors.As(err, &e) || e.Code.Status() != 415 {
		t.Error(err)
	}
}

// failing takes so many bytes and then nothing more.
type failing struct{ left int }

func (f *failing) Write(b []byte) (int, error) {
	if len(b) > f.left {
		return f.left, io.ErrClosedPipe
	}
	f.left -= len(b)
	return len(b), nil
}

func TestWritingStopsWhereTheClientDoes(t *testing.T) {
	_, p := asset(t, synth.File{Tracks: []synth.Track{video(30000, 1001)}}, timeline.Options{})
	for _, n := range []int{0, 100, 3000} {
		b := segment(t, CMAF, p.Groups[0], 0)
		if err := b.WriteTo(t.Context(), &failing{n}); err != io.ErrClosedPipe {
			t.Errorf("after %d bytes: %v", n, err)
		}
		b.Close()
	}
}

func TestSegmentsAllocateNothingPerSample(t *testing.T) {
	allocations := func(samples int) float64 {
		d := video(30000, 1001)
		d.Samples = synth.Video(samples, samples, 50, 1001)
		_, p := asset(t, synth.File{Tracks: []synth.Track{d}}, timeline.Options{})
		return testing.AllocsPerRun(50, func() {
			b := segment(t, CMAF, p.Groups[0], 0)
			if err := b.WriteTo(t.Context(), io.Discard); err != nil {
				t.Fatal(err)
			}
			b.Close()
		})
	}
	// The race detector lets a sync.Pool drop what it is given at random: the
	// means of two series may differ by one, never by a share of 580.
	few, many := allocations(10), allocations(590)
	if many > few+1 || many > 10 {
		t.Errorf("%v allocations for 10 samples, %v for 590", few, many)
	}
}

func BenchmarkSegment(b *testing.B) {
	d := video(30000, 1001)
	d.Samples = synth.Video(180, 180, 15000, 1001)
	m, p := asset(b, synth.File{Tracks: []synth.Track{d}}, timeline.Options{})
	p.Groups[0].Tracks[0].Source = bytes.NewReader(m.Bytes())
	b.SetBytes(180 * 15000)
	b.ReportAllocs()
	for b.Loop() {
		s := segment(b, CMAF, p.Groups[0], 0)
		if err := s.WriteTo(b.Context(), io.Discard); err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
