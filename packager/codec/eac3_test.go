package codec

import (
	"bytes"
	"strings"
	"testing"

	"github.com/Eyevinn/mp4ff/mp4"

	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

// eac3 is an ec-3 sample entry around the payload of a dec3.
func eac3(dec3 string) []byte {
	return synth.AudioEntry("ec-3", 0, 2, 48000, synth.Box("dec3", synth.Hex(dec3)))
}

func TestEAC3(t *testing.T) {
	for _, c := range []struct {
		name, dec3     string
		rate, channels int
		layout, words  string
		objects        int
	}{
		{"5.1", "0700200F00", 48000, 6, "F801", "Dolby Digital Plus 5.1", 0},
		{"stereo at 44.1 kHz", "0600600400", 44100, 2, "A000", "Dolby Digital Plus stereo", 0},
		{"mono", "0200200200", 48000, 1, "4000", "Dolby Digital Plus mono", 0},
		{"7.1 by a dependent substream with Lrs and Rrs", "0C00200F0202", 48000, 8, "FA01", "Dolby Digital Plus 7.1", 0},
		{"6.1 by one with Cs", "0C00200F0204", 48000, 7, "F901", "Dolby Digital Plus 7 channels", 0},
		{"a second programme", "0701200F00200400", 48000, 6, "F801", "Dolby Digital Plus 5.1", 0},
		{"Dolby Atmos", "0C00200F000110", 48000, 6, "F801", "Dolby Digital Plus with Dolby Atmos 5.1", 16},
	} {
		got, err := Parse(media.Audio, eac3(c.dec3))
		if err != nil || got.String != "ec-3" || got.Family != "ec-3" || got.FrameSamples != 1536 || got.SamplingRate != c.rate || got.Channels != c.channels || got.Words != c.words || got.Objects != c.objects {
			t.Errorf("%s: %+v (%v)", c.name, got, err)
		}
		if want := (media.Layout{Scheme: "tag:dolby.com,2014:dash:audio_channel_configuration:2011", Value: c.layout}); got.Layout != want {
			t.Errorf("%s: %+v", c.name, got.Layout)
		}
		box, err := mp4.DecodeBox(0, bytes.NewReader(got.Entry))
		if err != nil || box.(*mp4.AudioSampleEntryBox).Dec3 == nil || int(box.(*mp4.AudioSampleEntryBox).Dec3.JOCComplexity) != c.objects {
			t.Errorf("%s: others read %+v (%v)", c.name, box, err)
		}
	}
}

// QuickTime keeps the configuration in wave, as it does that of AAC.
func TestEAC3OfQuickTime(t *testing.T) {
	dec3 := synth.Box("dec3", synth.Hex("0700200F00"))
	wave := synth.Box("wave", synth.Box("frma", []byte("ec-3")), dec3, make([]byte, 8))
	got, err := Parse(media.Audio, synth.AudioEntry("ec-3", 1, 2, 48000, wave, synth.Box("chan", make([]byte, 16))))
	want, _ := Parse(media.Audio, eac3("0700200F00"))
	if err != nil || !bytes.Equal(got.Entry, want.Entry) {
		t.Errorf("% x (%v), want % x", got.Entry, err, want.Entry)
	}
}

func TestEAC3InSmoothStreamingIsAsSeen(t *testing.T) {
	c, err := Parse(media.Audio, eac3("0700200F00"))
	if err != nil {
		t.Fatal(err)
	}
	q, err := NewQualityLevel(&c)
	if want := synth.Hex("00063F000000AF87FBA7022DFB42A4D405CD93843BDD0700200F00"); err != nil || !bytes.Equal(q.PrivateData, want) || q.FourCC != "EC-3" || q.AudioTag != 65534 || q.PacketSize != 896 {
		t.Errorf("%+v (%v)", q, err)
	}
	for dec3, want := range map[string]uint32{"0C00200F0202": 0x63F, "0200200200": 0x4, "0600200400": 0x3, "0C00200F0204": 0x13F} {
		s, err := readEAC3(synth.Hex(dec3))
		if got := speakers(s.mask); err != nil || got != want {
			t.Errorf("%s: %#x (%v), want %#x", dec3, got, err, want)
		}
	}
}

func TestEAC3InMPEG2TS(t *testing.T) {
	for dec3, channels := range map[string]byte{"0200200200": 0, "0600200400": 2, "0700200F00": 4, "0C00200F0202": 5, "0701200F00200400": 6} {
		c, err := Parse(media.Audio, eac3(dec3))
		if err != nil {
			t.Fatal(err)
		}
		ts, err := NewTransport(&c)
		want := append([]byte("\x05\x04EAC3"), 0xCC, 3, 0xC0, 0xC0|channels, 0x30)
		if err != nil || ts.StreamType != 0x87 || ts.StreamID != 0xBD || ts.ADTS != nil || !bytes.Equal(ts.Descriptors, want) {
			t.Errorf("%s: %+v (%v)", dec3, ts, err)
		}
	}
}

func TestDolbyAtmosIsForFragmentedMP4(t *testing.T) {
	c, err := Parse(media.Audio, eac3("0C00200F000110"))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{transportError(&c), levelError(&c)} {
		if e := fault.As(err); e.Code != fault.AudioEncodingNotSupported || !strings.Contains(e.What, "Dolby Atmos") || !strings.Contains(e.Advice, "DASH") {
			t.Errorf("%+v", e)
		}
	}
}

func TestEAC3ThatCannotBeRead(t *testing.T) {
	checkFault(t, "no dec3", media.Audio, synth.AudioEntry("ec-3", 0, 2, 48000), fault.AudioEncodingNotSupported, "missing")
	for _, dec3 := range []string{"", "07", "0700200F", "0700E00F00", "0707200F00200F00"} {
		checkFault(t, dec3, media.Audio, eac3(dec3), fault.AudioEncodingNotSupported, "damaged")
	}
}
