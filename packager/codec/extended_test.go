package codec

import (
	"bytes"
	"testing"

	"github.com/Eyevinn/mp4ff/mp4"

	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

// extended are sample entries of all extended codecs, the first of each with a
// configuration box as encoders write it.
var extended = []struct {
	fourCC, box, payload string
	more                 []byte // other child boxes
	str, family, words   string
	rate, channels       int
	layout, dynamic      string
}{
	{"av01", "av1C", "81000C000A0A00000003B5FEB00BE001", nil, "av01.0.00M.08", "av1", "AV1 Main 2.0", 0, 0, "", ""},
	{"av01", "av1C", "810D4C00", synth.Box("colr", []byte("nclx"), []byte{0, 9, 0, 16, 0, 9, 0}), "av01.0.13M.10.0.110.09.16.09.0", "av1", "AV1 Main 5.1", 0, 0, "", "PQ"},
	{"av01", "av1C", "814CE000", synth.Box("colr", []byte("nclx"), []byte{0, 1, 0, 1, 0, 1, 0}), "av01.2.12H.12", "av1", "AV1 Professional 5.0", 0, 0, "", ""},
	{"av01", "av1C", "810D4C00", synth.Box("dvvC", dovi(10, 9, 1)), "av01.0.13M.10", "av1", "AV1 Main 5.1, Dolby Vision 10.1", 0, 0, "", ""},
	{"dav1", "av1C", "810D4C00", synth.Box("dvvC", dovi(10, 9, 0)), "dav1.10.09", "av1", "Dolby Vision 10.9", 0, 0, "", "PQ"},
	{"vp09", "vpcC", "01000000000A820202020000", nil, "vp09.00.10.08.01.02.02.02.00", "vp9", "VP9 profile 0 1", 0, 0, "", ""},
	{"vp09", "vpcC", "0100000002" + "33A2091209" + "0000", nil, "vp09.02.51.10.01.09.18.09.00", "vp9", "VP9 profile 2 5.1", 0, 0, "", "HLG"},
	{"ac-3", "dac3", "1008C0", nil, "ac-3", "ac-3", "Dolby Digital mono", 48000, 1, "4000", ""},
	{"ac-3", "dac3", "503D40", nil, "ac-3", "ac-3", "Dolby Digital 5.1", 44100, 6, "F801", ""},
	{"ac-4", "dac4", "20A601400000001FFFFFFFE0010AF8800000420000025010", nil, "ac-4.02.01.00", "ac-4", "Dolby AC-4 stereo", 48000, 2, "2", ""},
	{"Opus", "dOps", "000101380000BB80000000", nil, "Opus", "opus", "Opus mono", 48000, 1, "1", ""},
	{"fLaC", "dfLa", "0000000080000022120012000007EA0017500BB801700005DC002D3E8B44403A73A525938632577F1314", nil, "fLaC", "flac", "FLAC mono", 48000, 1, "1", ""},
}

func extendedEntry(i int) (media.Kind, []byte) {
	c := extended[i]
	config := synth.Box(c.box, synth.Hex(c.payload))
	if c.rate == 0 {
		return media.Video, synth.VisualEntry(c.fourCC, 640, 360, config, c.more)
	}
	return media.Audio, synth.AudioEntry(c.fourCC, 0, 2, 48000, config)
}

func TestExtendedCodecs(t *testing.T) {
	for i, c := range extended {
		kind, entry := extendedEntry(i)
		got, err := Parse(kind, entry)
		if err != nil || got.String != c.str || got.Family != c.family || got.Words != c.words || !got.Extended {
			t.Errorf("%s: %+v (%v), want %s %q", c.fourCC, got, err, c.str, c.words)
		}
		if got.SamplingRate != c.rate || got.Channels != c.channels || got.Layout.Value != c.layout || got.Range != c.dynamic {
			t.Errorf("%s: %d Hz, %d channels, layout %+v, range %q", c.str, got.SamplingRate, got.Channels, got.Layout, got.Range)
		}
		if !bytes.Contains(got.Entry, synth.Hex(c.payload)) || !bytes.Contains(got.Entry, c.more) {
			t.Errorf("%s: init segments have % x", c.str, got.Entry)
		}
		if _, err := mp4.DecodeBox(0, bytes.NewReader(got.Entry)); err != nil && c.fourCC != "dav1" {
			t.Errorf("%s: others cannot read the entry: %v", c.str, err)
		}
		for _, err := range []error{transportError(&got), levelError(&got)} {
			if e := fault.As(err); e.Code.Status() != 415 || e.Advice == "" {
				t.Errorf("%s: %+v", c.str, e)
			}
		}
	}
}

func TestExtendedCodecsThatCannotBeRead(t *testing.T) {
	shortest := map[string]int{"av1C": 4, "vpcC": 12, "dac3": 3, "dac4": 13, "dOps": 11, "dfLa": 21}
	for _, c := range extended {
		payload := synth.Hex(c.payload)
		for n := range shortest[c.box] {
			kind, entry := media.Audio, synth.AudioEntry(c.fourCC, 0, 2, 48000, synth.Box(c.box, payload[:n]))
			code := fault.AudioEncodingNotSupported
			if c.rate == 0 {
				kind, entry = media.Video, synth.VisualEntry(c.fourCC, 1, 1, synth.Box(c.box, payload[:n]))
				code = fault.VideoEncodingNotSupported
			}
			checkFault(t, c.str, kind, entry, code, c.box)
		}
	}
}
