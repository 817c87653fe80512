package codec

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/Eyevinn/mp4ff/mp4"

	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

func TestAudioSpecificConfig(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		want      AudioSpecificConfig
	}{
		{"LC 48 kHz stereo", "1190", AudioSpecificConfig{2, 3, 48000, 2, false, false, 48000, 2, 1024}},
		{"LC 44.1 kHz stereo", "1210", AudioSpecificConfig{2, 4, 44100, 2, false, false, 44100, 2, 1024}},
		{"LC 7.35 kHz mono", "1608", AudioSpecificConfig{2, 12, 7350, 1, false, false, 7350, 1, 1024}},
		{"LC 5.1 that says it has no SBR", "11B056E500", AudioSpecificConfig{2, 3, 48000, 6, false, false, 48000, 6, 1024}},
		{"LC 7.1", "11B8", AudioSpecificConfig{2, 3, 48000, 7, false, false, 48000, 8, 1024}},
		{"LC 6.1, configuration 11", "11D8", AudioSpecificConfig{2, 3, 48000, 11, false, false, 48000, 7, 1024}},
		{"LC 7.1 top, configuration 14", "11F0", AudioSpecificConfig{2, 3, 48000, 14, false, false, 48000, 8, 1024}},
		{"LC of 960 samples", "1194", AudioSpecificConfig{2, 3, 48000, 2, false, false, 48000, 2, 960}},
		{"LC with the rate written out, 50000 Hz", "178061A810", AudioSpecificConfig{2, 15, 50000, 2, false, false, 50000, 2, 1024}},
		{"HE-AAC signalled in front", "2B11880000", AudioSpecificConfig{2, 6, 24000, 2, true, false, 48000, 2, 2048}},
		{"HE-AAC v2 signalled in front", "EB098800", AudioSpecificConfig{2, 6, 24000, 1, true, true, 48000, 2, 2048}},
		{"HE-AAC signalled behind", "131056E598", AudioSpecificConfig{2, 6, 24000, 2, true, false, 48000, 2, 2048}},
		{"HE-AAC v2 signalled behind", "130856E59D4880", AudioSpecificConfig{2, 6, 24000, 1, true, true, 48000, 2, 2048}},
		{"HE-AAC of 960 samples", "2B118A00", AudioSpecificConfig{2, 6, 24000, 2, true, false, 48000, 2, 1920}},
		{"HE-AAC that does not double the rate", "2991880000", AudioSpecificConfig{2, 3, 48000, 2, true, false, 48000, 2, 1024}},
		{"an extension that is cut off", "131056E5", AudioSpecificConfig{2, 6, 24000, 2, false, false, 24000, 2, 1024}},
		{"xHE-AAC of 2048 samples", "F9464362", AudioSpecificConfig{42, 3, 48000, 2, true, false, 48000, 2, 2048}},
		{"xHE-AAC of 1024 samples, channels counted", "F946432028", AudioSpecificConfig{42, 3, 48000, 0, false, false, 48000, 5, 1024}},
		{"program config element: 2.1", "118004C4010020000D4C61766335392E33372E31303056E500", AudioSpecificConfig{2, 3, 48000, 0, false, false, 48000, 3, 1024}},
		{"program config element: quad", "118004C4040021100D4C61766335392E33372E31303056E500", AudioSpecificConfig{2, 3, 48000, 0, false, false, 48000, 4, 1024}},
		{"program config element: 7.1 wide", "118004C848002000C6400D4C61766335392E33372E31303056E500", AudioSpecificConfig{2, 3, 48000, 0, false, false, 48000, 8, 1024}},
	} {
		if a, err := ParseAudioSpecificConfig(synth.Hex(c.hex)); err != nil || a != c.want {
			t.Errorf("%s: %+v (%v), want %+v", c.name, a, err, c.want)
		}
	}
}

func TestHEAACIsToldApart(t *testing.T) {
	for _, c := range []struct {
		name               string
		entryRate          int
		asc                string
		str, words, fourCC string
		private            string
		layout             string
	}{
		{"AAC-LC", 48000, "1190", "mp4a.40.2", "AAC-LC stereo", "AACL", "1190", "2"},
		{"AAC-LC at 24 kHz", 24000, "1310", "mp4a.40.2", "AAC-LC stereo", "AACL", "1310", "2"},
		{"HE-AAC in front", 48000, "2B118800", "mp4a.40.5", "HE-AAC stereo", "AACH", "2B118800", "2"},
		{"HE-AAC behind", 24000, "131056E598", "mp4a.40.5", "HE-AAC stereo", "AACH", "131056E598", "2"},
		{"HE-AAC v2", 48000, "EB098800", "mp4a.40.29", "HE-AAC v2 stereo", "AACH", "EB098800", "2"},
		{"HE-AAC 5.1", 48000, "2B318800", "mp4a.40.5", "HE-AAC 5.1", "AACH", "2B318800", "6"},
		{"HE-AAC that only the sample entry betrays", 48000, "1310", "mp4a.40.5", "HE-AAC stereo", "AACH", "2B118800", "2"},
		{"AAC-LC 7.1", 48000, "11E0", "mp4a.40.2", "AAC-LC 7.1", "AACL", "11E0", "12"},
	} {
		got, err := Parse(media.Audio, synth.AAC(2, c.entryRate, synth.Hex(c.asc)))
		if err != nil || got.String != c.str || got.Words != c.words || got.Family != "aac" || got.Layout.Value != c.layout {
			t.Errorf("%s: %+v (%v)", c.name, got, err)
			continue
		}
		if want := map[bool]int{true: 2048, false: 1024}[c.fourCC == "AACH"]; got.FrameSamples != want {
			t.Errorf("%s: frames of %d samples at %d Hz", c.name, got.FrameSamples, got.SamplingRate)
		}
		q, err := NewQualityLevel(&got)
		if err != nil || q.FourCC != c.fourCC || !bytes.Equal(q.PrivateData, synth.Hex(c.private)) || q.AudioTag != 255 || q.PacketSize != 2*got.Channels {
			t.Errorf("%s: %s % X %d (%v)", c.name, q.FourCC, q.PrivateData, q.PacketSize, err)
		}
	}
}

// ADTS has the core; decoders find SBR and PS in its frames.
func TestHEAACInMPEG2TSIsItsCore(t *testing.T) {
	for _, asc := range []string{"2B118800", "131056E598", "1310"} {
		c, err := Parse(media.Audio, synth.AAC(2, 48000, synth.Hex(asc)))
		if err != nil {
			t.Fatal(err)
		}
		ts, err := NewTransport(&c)
		if want := (ADTS{0xFF, 0xF1, 1<<6 | 6<<2, 2 << 6, 0, 0x1F, 0xFC}); err != nil || ts.StreamType != 0x0F || ts.StreamID != 0xC0 || *ts.ADTS != want {
			t.Errorf("%s: %+v (%v)", asc, ts, err)
		}
	}
}

func TestXHEAACIsForFragmentedMP4(t *testing.T) {
	c, err := Parse(media.Audio, synth.AAC(2, 48000, synth.Hex("F9464362")))
	if err != nil || c.String != "mp4a.40.42" || c.Words != "xHE-AAC stereo" || c.Family != "xhe-aac" || c.FrameSamples != 2048 {
		t.Errorf("%+v (%v)", c, err)
	}
	for _, err := range []error{transportError(&c), levelError(&c)} {
		if e := fault.As(err); e.Code != fault.AudioEncodingNotSupported || !strings.Contains(e.Advice, "CMAF") {
			t.Errorf("%+v", e)
		}
	}
}

func TestAudioSpecificConfigThatSaysTooLittle(t *testing.T) {
	for _, hex := range []string{"", "11", "1690", "1780000010", "178061", "11C0", "11C8", "11F8", "118004", "118004C4", "1180000000000000", "2B11", "2B1788", "F94640", "F9464300", "F94643A2"} {
		if a, err := ParseAudioSpecificConfig(synth.Hex(hex)); err == nil {
			t.Errorf("%s is read as %+v", hex, a)
		}
	}
}

func TestAACIsReadFromEveryPlaceOfItsConfiguration(t *testing.T) {
	esds := synth.Box("esds", synth.ESDS(0x40, synth.StereoASC))
	wave := synth.Box("wave", synth.Box("frma", []byte("mp4a")), synth.Box("mp4a", make([]byte, 4)), esds, make([]byte, 4))
	for name, entry := range map[string][]byte{
		"ISO":                 synth.AAC(2, 48000, synth.StereoASC),
		"behind another box":  synth.AudioEntry("mp4a", 0, 2, 48000, synth.Box("btrt", make([]byte, 12)), esds),
		"QuickTime version 0": synth.AudioEntry("mp4a", 0, 2, 48000, wave),
		"QuickTime version 1": synth.AudioEntry("mp4a", 1, 2, 48000, wave, synth.Box("chan", make([]byte, 24))),
		"QuickTime version 2": synth.AudioEntry("mp4a", 2, 3, 1, wave),
		"wrong entry fields":  synth.AudioEntry("mp4a", 0, 1, 44100, esds),
	} {
		c, err := Parse(media.Audio, entry)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.String != "mp4a.40.2" || c.Words != "AAC-LC stereo" || c.SamplingRate != 48000 || c.Channels != 2 || c.FrameSamples != 1024 || !bytes.Equal(c.Config, synth.StereoASC) {
			t.Errorf("%s: %+v", name, c)
		}
		// what init segments carry is the plain form, whatever the source has
		box, err := mp4.DecodeBox(0, bytes.NewReader(c.Entry))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		e := box.(*mp4.AudioSampleEntryBox)
		d := e.Esds.DecConfigDescriptor
		if e.ChannelCount != 2 || e.SampleRate != 48000 || e.SampleSize != 16 || e.DataReferenceIndex != 1 || !bytes.Equal(d.DecSpecificInfo.DecConfig, synth.StereoASC) || d.AvgBitrate != 128000 {
			t.Errorf("%s: init segments say %+v", name, e)
		}
		if same := synth.AudioEntry("mp4a", 0, 2, 48000); !bytes.Equal(c.Entry[8:36], same[8:]) {
			t.Errorf("%s: entry fields % x", name, c.Entry[8:36])
		}
	}
}

func TestAACInWords(t *testing.T) {
	for hex, words := range map[string]string{"1188": "AAC-LC mono", "11B0": "AAC-LC 5.1", "11B8": "AAC-LC 7.1", "1198": "AAC-LC 3 channels"} {
		if c, err := Parse(media.Audio, synth.AAC(2, 48000, synth.Hex(hex))); err != nil || c.Words != words {
			t.Errorf("%s: %q, %v", hex, c.Words, err)
		}
	}
}

func TestAACThatCannotBeRead(t *testing.T) {
	whole := synth.ESDS(0x40, synth.StereoASC)
	entry := func(esds []byte) []byte { return synth.AudioEntry("mp4a", 0, 2, 48000, synth.Box("esds", esds)) }
	for _, c := range []struct {
		name  string
		entry []byte
		what  string
	}{
		{"no esds", synth.AudioEntry("mp4a", 0, 2, 48000), "missing"},
		{"an empty esds", entry(nil), "missing"},
		{"MP3 in mp4a", entry(synth.ESDS(0x6B, nil)), "MP3 that is declared as MPEG-4 audio (object type 0x6b)"},
		{"DTS-HD in mp4a", entry(synth.ESDS(0xAA, nil)), "DTS-HD that is declared"},
		{"speech in mp4a", entry(synth.ESDS(0xE1, nil)), "object type 0xe1"},
		{"AAC Main", entry(synth.ESDS(0x40, synth.Hex("0990"))), "object type 1"},
		{"an empty configuration", entry(synth.ESDS(0x40, nil)), ""},
		{"noise", entry(slices.Repeat([]byte{0xFF}, 40)), "damaged"},
	} {
		checkFault(t, c.name, media.Audio, c.entry, fault.AudioEncodingNotSupported, c.what)
	}
	for n := range whole[:len(whole)-3] { // the SLConfigDescriptor at the end is not needed
		_, err := Parse(media.Audio, entry(whole[:n]))
		if err == nil {
			t.Errorf("an esds of %d of %d bytes is accepted", n, len(whole))
		} else if !strings.Contains(err.Error(), "esds") {
			t.Errorf("an esds of %d of %d bytes: %v", n, len(whole), err)
		}
	}
}
