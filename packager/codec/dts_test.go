package codec

import (
	"bytes"
	"encoding/binary"
	"testing"

	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

// dts is a sample entry around a ddts with the given fields.
func dts(fourCC string, rate, bitrate, duration, construction, lfe, core, size int, layout uint16) []byte {
	b := synth.U32(uint32(rate), uint32(bitrate), uint32(bitrate))
	v := uint64(duration)
	for _, f := range [][2]int{{5, construction}, {1, lfe}, {6, core}, {14, size}, {1, 0}, {3, 0}, {16, int(layout)}, {8, 0}} {
		v = v<<f[0] | uint64(f[1])
	}
	b = append(b, 24)
	return synth.AudioEntry(fourCC, 0, 2, 48000, synth.Box("ddts", append(b, binary.BigEndian.AppendUint64(nil, v)[1:]...)))
}

func TestDTS(t *testing.T) {
	for _, c := range []struct {
		name               string
		entry              []byte
		str, words, layout string
		rate, frame        int
		descriptors        string
	}{
		{
			"a core of 5.1", dts("dtsc", 48000, 768000, 0, 1, 1, 9, 1024, 0x000F),
			"dtsc", "DTS 5.1", "6", 48000, 512,
			// 1101 001111 0001111 00001111111111 001001 1 00
			"050444545331" + "7B05" + "D3C787FE" + "4C",
		},
		{
			"a core alone, without a channel layout", dts("dtsc", 44100, 1411200, 1, 1, 0, 2, 2012, 0),
			"dtsc", "DTS stereo", "2", 44100, 1024,
			// 1000 010110 0011111 00011111011011 000010 0 00
			"050444545332" + "7B05" + "858F8FB6" + "10"},
		{
			"high resolution 7.1", dts("dtsh", 96000, 2046000, 0, 6, 1, 9, 2012, 0x084B),
			"dtsh", "DTS-HD 7.1", "8", 96000, 512,
			"050444545331" + "7F0E0E" + "C7" + "0506EF301FFB" + "0508EF301FFB"},
		{
			"express", dts("dtse", 48000, 192000, 2, 18, 0, 31, 0, 0x0002),
			"dtse", "DTS Express stereo", "2", 48000, 2048,
			"050444545333" + "7F080E" + "47" + "0502679003" + "03"},
		{
			"lossless without a core", dts("dtsl", 48000, 9000000, 0, 17, 0, 31, 0, 0x000F),
			"dtsl", "DTS-HD Lossless 5.1", "6", 48000, 512,
			"050444545331" + "7F080E" + "47" + "0506E7887FFF"},
	} {
		got, err := Parse(media.Audio, c.entry)
		if err != nil || got.String != c.str || got.Words != c.words || got.SamplingRate != c.rate || got.FrameSamples != c.frame {
			t.Errorf("%s: %+v (%v)", c.name, got, err)
			continue
		}
		if want := (media.Layout{Scheme: "tag:dts.com,2014:dash:audio_channel_configuration:2012", Value: c.layout}); got.Layout != want {
			t.Errorf("%s: %+v", c.name, got.Layout)
		}
		ts, err := NewTransport(&got)
		if err != nil || ts.StreamType != 0x06 || ts.StreamID != 0xBD || !bytes.Equal(ts.Descriptors, synth.Hex(c.descriptors)) {
			t.Errorf("%s: %#x % X (%v)\nwant % X", c.name, ts.StreamType, ts.Descriptors, err, synth.Hex(c.descriptors))
		}
		if e := fault.As(levelError(&got)); e.Code != fault.AudioEncodingNotSupported || e.What != "Smooth Streaming does not carry "+c.words {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

// A frame as ffmpeg writes it, of 5.1 with 768 kbit/s, without its content.
func dtsFrame() []byte {
	return append(synth.Hex("7FFE8001FC3C3FF275E00538"), make([]byte, 1012)...)
}

// FFmpeg declares DTS as MPEG-4 audio; its first frame tells what it is.
func TestDTSThatIsDeclaredAsMPEG4Audio(t *testing.T) {
	declared := synth.AudioEntry("mp4a", 0, 2, 48000, synth.Box("esds", synth.ESDS(0xA9, nil)))
	c, err := Parse(media.Audio, declared)
	if err != nil || !Incomplete(&c) {
		t.Fatalf("%+v (%v)", c, err)
	}
	Complete(&c, dtsFrame())
	want := dts("dtsc", 48000, 768000, 0, 1, 1, 9, 1024, 0x000F)
	want[len(want)-8] = 16 // bits
	ideal, err := Parse(media.Audio, want)
	if err != nil || Incomplete(&c) || c.Words != "DTS 5.1" || !bytes.Equal(c.Config, ideal.Config) || c.String != "dtsc" || c.FrameSamples != 512 {
		t.Errorf("%+v (%v)\nwant %+v", c, err, ideal)
	}
	for name, change := range map[string]func([]byte) []byte{
		"another sync word":        func(b []byte) []byte { b[0] = 0; return b },
		"something behind a core":  func(b []byte) []byte { return append(b, 0x64, 0x58, 0x20, 0x25) },
		"half a frame":             func(b []byte) []byte { return b[:512] },
		"nothing":                  func(b []byte) []byte { return nil },
		"an extension in the core": func(b []byte) []byte { b[10] |= 0x10; return b },
	} {
		c, _ := Parse(media.Audio, declared)
		if Complete(&c, change(dtsFrame())); !Incomplete(&c) {
			t.Errorf("%s is taken for %+v", name, c)
		}
	}
}

func TestDTSThatCannotBeCarried(t *testing.T) {
	c, err := Parse(media.Audio, dts("dtsh", 96000, 2046000, 3, 6, 1, 9, 2012, 0x000F))
	if err != nil || c.FrameSamples != 4096 || fault.As(transportError(&c)).Code != fault.AudioEncodingNotSupported {
		t.Errorf("%+v (%v), %v", c, err, transportError(&c))
	}
	whole := dts("dtsc", 48000, 768000, 0, 1, 1, 9, 1024, 0x000F)
	for n := 44; n < len(whole); n++ {
		cut := synth.AudioEntry("dtsc", 0, 2, 48000, synth.Box("ddts", whole[44:n]))
		checkFault(t, "ddts cut off", media.Audio, cut, fault.AudioEncodingNotSupported, "damaged")
	}
	checkFault(t, "no ddts", media.Audio, synth.AudioEntry("dtsc", 0, 2, 48000), fault.AudioEncodingNotSupported, "missing")
	checkFault(t, "no rate", media.Audio, dts("dtsc", 0, 1, 0, 1, 1, 9, 1, 0x000F), fault.AudioEncodingNotSupported, "damaged")
	checkFault(t, "no channels", media.Audio, dts("dtse", 48000, 1, 0, 18, 0, 31, 0, 0), fault.AudioEncodingNotSupported, "damaged")
}
