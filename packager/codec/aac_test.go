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
		name, hex                                      string
		object, index, rate, config, channels, samples int
	}{
		{"LC 48 kHz stereo", "1190", 2, 3, 48000, 2, 2, 1024},
		{"LC 44.1 kHz stereo", "1210", 2, 4, 44100, 2, 2, 1024},
		{"LC 7.35 kHz mono", "1608", 2, 12, 7350, 1, 1, 1024},
		{"LC 5.1 with an empty extension behind", "11B056E500", 2, 3, 48000, 6, 6, 1024},
		{"LC 7.1", "11B8", 2, 3, 48000, 7, 8, 1024},
		{"LC 6.1, configuration 11", "11D8", 2, 3, 48000, 11, 7, 1024},
		{"LC 7.1 top, configuration 14", "11F0", 2, 3, 48000, 14, 8, 1024},
		{"LC of 960 samples", "1194", 2, 3, 48000, 2, 2, 960},
		{"LC with the rate written out, 50000 Hz", "178061A810", 2, 15, 50000, 2, 2, 1024},
		{"HE-AAC signalled in front", "2B11880000", 5, 6, 24000, 2, 2, 1024},
		{"an object type above 31: USAC", "F94640", 42, 3, 48000, 2, 2, 1024},
		{"program config element: 2.1", "118004C4010020000D4C61766335392E33372E31303056E500", 2, 3, 48000, 0, 3, 1024},
		{"program config element: quad", "118004C4040021100D4C61766335392E33372E31303056E500", 2, 3, 48000, 0, 4, 1024},
		{"program config element: 7.1 wide", "118004C848002000C6400D4C61766335392E33372E31303056E500", 2, 3, 48000, 0, 8, 1024},
	} {
		a, err := ParseAudioSpecificConfig(synth.Hex(c.hex))
		want := AudioSpecificConfig{c.object, c.index, c.rate, c.config, c.channels, c.samples}
		if err != nil || a != want {
			t.Errorf("%s: %+v (%v), want %+v", c.name, a, err, want)
		}
	}
}

func TestAudioSpecificConfigThatSaysTooLittle(t *testing.T) {
	for _, hex := range []string{"", "11", "1690", "1780000010", "178061", "11C0", "11C8", "11F8", "118004", "118004C4", "1180000000000000"} {
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
		{"MP3 in mp4a", entry(synth.ESDS(0x6B, nil)), "0x6b"},
		{"HE-AAC", entry(synth.ESDS(0x40, synth.Hex("2B11880000"))), "object type 5"},
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
