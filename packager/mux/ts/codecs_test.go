package ts_test

import (
	"bytes"
	"testing"

	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/mux/ts"
)

// HEVC is a byte stream with its own delimiters, and VPS, SPS and PPS before
// each key frame.
func TestHEVC(t *testing.T) {
	for _, length := range []int{2, 4} {
		p := plan(t, film(length, func(f *synth.File) {
			f.Tracks[0].Entry = synth.HEVC("hvc1", 320, 180, length, synth.HEVCSets)
		}))
		out, streams := read(t, write(t, ts.Segment{Video: open(t, p.video, 0, 2)}), map[int]int{})
		if len(streams) != 1 || streams[0x101] != 0x24 || len(out) != 100 {
			t.Fatalf("streams %v, %d access units", streams, len(out))
		}
		for i, x := range out {
			want := [][]byte{{0x46, 0x01, 0x50}}
			if i%50 == 0 {
				want = append(want, synth.HEVCSets...)
			}
			_, source := p.movie.Sample(0, i)
			want = append(want, payload(source, length)...)
			if got := units(x.data); !bytes.Equal(bytes.Join(got, []byte("|")), bytes.Join(want, []byte("|"))) || x.random != (i%50 == 0) {
				t.Fatalf("access unit %d is not delimiter, parameter sets and the source's", i)
			}
		}
	}
}

func TestHEVCWithDelimitersGetsNoSecondOnes(t *testing.T) {
	delimiter := []byte{0x46, 0x01, 0x50}
	p := plan(t, film(4, func(f *synth.File) {
		f.Tracks[0].Entry = synth.HEVC("hev1", 320, 180, 4, synth.HEVCSets)
		f.Tracks[0].InBandSets = append([][]byte{delimiter}, synth.HEVCSets...)
	}))
	out, _ := read(t, write(t, ts.Segment{Video: open(t, p.video, 0, 1)}), map[int]int{})
	if got := units(out[0].data); !bytes.Equal(got[0], delimiter) || !bytes.Equal(got[1], synth.HEVCSets[0]) || bytes.Count(out[0].data, delimiter) != 1 {
		t.Errorf("the first access unit begins with % x, % x", got[0], got[1])
	}
}

// ddts of 5.1 at 48 kHz with frames of 512 samples.
const ddts = "0000BB80000BB800000BB80010" + "03242000000F00"

// Frames of other codecs than AAC stand by themselves, in private PES packets.
func TestFramesWithoutADTS(t *testing.T) {
	for name, c := range map[string]struct {
		entry       []byte
		samples     uint32
		size        int
		kind        byte
		descriptors string
	}{
		"E-AC-3":           {synth.AudioEntry("ec-3", 0, 2, 48000, synth.Box("dec3", synth.Hex("0700200F00"))), 1536, 896, 0x87, "EAC3\xCC\x03"},
		"DTS":              {synth.AudioEntry("dtsc", 0, 2, 48000, synth.Box("ddts", synth.Hex(ddts))), 512, 1024, 0x06, "DTS1\x7B\x05"},
		"DTS-HD Lossless":  {synth.AudioEntry("dtsl", 0, 2, 48000, synth.Box("ddts", synth.Hex(ddts))), 512, 20000, 0x06, "DTS1\x7F"},
		"as large as goes": {synth.AudioEntry("dtsl", 0, 2, 48000, synth.Box("ddts", synth.Hex(ddts))), 512, 65527, 0x06, "DTS1\x7F"},
	} {
		p := plan(t, synth.File{Tracks: []synth.Track{
			{Handler: "soun", Timescale: 48000, Language: "fra", Samples: synth.Audio(400, c.size, c.samples), Entry: c.entry},
		}})
		b := write(t, ts.Segment{Audio: open(t, p.audio, 0, 1)})
		out, streams := read(t, b, map[int]int{})
		if streams[0x102] != c.kind || !bytes.Contains(b[188:376], []byte("\x0A\x04fra\x00\x05\x04"+c.descriptors)) {
			t.Errorf("%s: streams %v, % x", name, streams, b[188:250])
		}
		frame := 0
		for _, x := range out {
			if want := int64(frame)*int64(c.samples)*90000/48000 + 900000; x.pts != want {
				t.Fatalf("%s: frame %d at %d, want %d", name, frame, x.pts, want)
			}
			if len(x.data)+8 > 1<<16-1 {
				t.Fatalf("%s: a PES packet of %d bytes", name, len(x.data))
			}
			for ; len(x.data) > 0; frame++ {
				if _, want := p.movie.Sample(0, frame); !bytes.HasPrefix(x.data, want) {
					t.Fatalf("%s: frame %d is not the source's", name, frame)
				}
				x.data = x.data[c.size:]
			}
		}
		if n := int(p.audio.Tracks[0].First[1]); frame != n {
			t.Errorf("%s: %d frames, want %d", name, frame, n)
		}
		if n := bytes.Count(b, []byte{0, 0, 1, 0xBD}); n != len(out) {
			t.Errorf("%s: %d of %d PES packets are private", name, n, len(out))
		}
	}
}

func TestFramesLargerThanAPESPacketAreRefused(t *testing.T) {
	p := plan(t, synth.File{Tracks: []synth.Track{{
		Handler: "soun", Timescale: 48000, Samples: synth.Audio(4, 65528, 512),
		Entry: synth.AudioEntry("dtsl", 0, 2, 48000, synth.Box("ddts", synth.Hex(ddts))),
	}}})
	if _, err := ts.New(ts.Segment{Audio: open(t, p.audio, 0, 1)}); fault.As(err).Code != fault.AudioEncodingNotSupported {
		t.Error(err)
	}
}

func TestCodecsWithoutAPlaceAreRefused(t *testing.T) {
	p := plan(t, film(4, func(f *synth.File) {
		f.Tracks[0].Entry = synth.VisualEntry("vp09", 320, 180, synth.Box("vpcC", synth.Hex("01000000000A820202020000")))
	}))
	track := p.video.Tracks[0]
	s := mux.List(track, 0, 50)
	if _, err := ts.New(ts.Segment{Video: &s}); fault.As(err).Code != fault.VideoEncodingNotSupported {
		t.Error(err)
	}
	if n := ts.Peak(p.video, track, media.TSPeak{}); n != 0 {
		t.Errorf("a peak of %d bit/s where there are no segments", n)
	}
}
