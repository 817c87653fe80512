package codec

import (
	"bytes"
	"testing"

	"github.com/Eyevinn/mp4ff/hevc"
	"github.com/Eyevinn/mp4ff/mp4"

	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

func TestHEVCStringAndWords(t *testing.T) {
	for _, c := range []struct{ fourCC, profile, str, words string }{
		{"hvc1", "01600000009000000000003C", "hvc1.1.6.L60.90", "HEVC Main 2"},
		{"hev1", "02200000009000000000001E", "hev1.2.4.L30.90", "HEVC Main 10 1"},
		{"hvc1", "0220000000B0000000000099", "hvc1.2.4.L153.b0", "HEVC Main 10 5.1"},
		{"hvc1", "2220000000B000000000007B", "hvc1.2.4.H123.b0", "HEVC Main 10 4.1 high tier"},
		// ISO/IEC 14496-15 annex E.3 has these two
		{"hev1", "01800000000000000000005D", "hev1.1.1.L93", "HEVC Main 3.1"},
		{"hev1", "818000000000000000000078", "hev1.B1.1.L120", "HEVC Main 4"},
		{"hev1", "0408000000BD080000000078", "hev1.4.10.L120.bd.8", "HEVC Range Extensions 4"},
		{"hvc1", "0600000000B00000000001B4", "hvc1.6.0.L180.b0.0.0.0.0.1", "HEVC profile 6 6"},
	} {
		profile := synth.Hex(c.profile)
		entry := synth.VisualEntry(c.fourCC, 320, 180, synth.Box("hvcC", synth.HEVCConfig(profile, 4, synth.HEVCSets)))
		got, err := Parse(media.Video, entry)
		if err != nil || got.String != c.str || got.Words != c.words || got.FourCC != c.fourCC || got.Family != "hevc" {
			t.Errorf("%s %q (%v), want %s %q", got.String, got.Words, err, c.str, c.words)
		}
	}
}

// The strings of others for the same SPS, apart from the letters' case.
func TestHEVCStringAgreesWithOthers(t *testing.T) {
	for _, sets := range [][][]byte{synth.HEVCSets, synth.HEVCMain10Sets} {
		sps, err := hevc.ParseSPSNALUnit(sets[1])
		if err != nil {
			t.Fatal(err)
		}
		profile := bytes.ReplaceAll(sets[1][3:19], []byte{0, 0, 3}, []byte{0, 0})[:12]
		c, err := Parse(media.Video, synth.VisualEntry("hvc1", 1, 1, synth.Box("hvcC", synth.HEVCConfig(profile, 4, sets))))
		if want := hevc.CodecString("hvc1", sps); err != nil || c.String != want {
			t.Errorf("%s (%v), others say %s", c.String, err, want)
		}
	}
}

func TestHEVCSizeAndColourAreThoseOfTheSPS(t *testing.T) {
	c, err := Parse(media.Video, synth.HEVC("hvc1", 16, 16, 4, synth.HEVCSets))
	if err != nil || c.Width != 320 || c.Height != 180 || c.Range != "" {
		t.Errorf("%+v (%v)", c, err)
	}
	c, err = Parse(media.Video, synth.HEVC("hvc1", 16, 16, 4, synth.HEVCMain10Sets))
	if want := (media.Colour{Primaries: 9, Transfer: 16, Matrix: 9}); err != nil || c.Width != 192 || c.Height != 108 || c.Range != "PQ" || c.Colour != want {
		t.Errorf("%+v (%v)", c, err)
	}
	// what the sample entry says comes first
	colr := synth.Box("colr", []byte("nclx"), []byte{0, 9, 0, 18, 0, 9, 0})
	c, err = Parse(media.Video, synth.HEVC("hvc1", 16, 16, 4, synth.HEVCMain10Sets, colr))
	if err != nil || c.Range != "HLG" || c.Colour.Transfer != 18 || !bytes.Contains(c.Entry, colr) {
		t.Errorf("%+v (%v)", c, err)
	}
}

func TestHEVCEntryIsWrittenAnew(t *testing.T) {
	sei := []byte{hevcSEI << 1, 1, 144, 4, 3, 0xE8, 1, 0x90, 0x80} // content light level
	sets := [][]byte{synth.HEVCSets[2], sei, synth.HEVCSets[1], synth.HEVCSets[0]}
	c, err := Parse(media.Video, synth.HEVC("hvc1", 320, 180, 2, sets, synth.Box("mdcv", make([]byte, 24)), synth.Box("gama", make([]byte, 4))))
	if err != nil {
		t.Fatal(err)
	}
	if want := synth.HEVC("hvc1", 320, 180, 4, sets, synth.Box("mdcv", make([]byte, 24))); !bytes.Equal(c.Entry, want) || c.NALLength != 2 {
		t.Errorf("% x\nwant % x", c.Entry, want)
	}
	if got := bytes.Join(c.ParameterSets, []byte("|")); !bytes.Equal(got, bytes.Join([][]byte{sets[3], sets[2], sets[0], sei}, []byte("|"))) {
		t.Errorf("parameter sets % x are not VPS, SPS, PPS, SEI", got)
	}
	if q, err := NewQualityLevel(&c); err != nil || bytes.Contains(q.PrivateData, sei) {
		t.Errorf("%+v (%v)", q, err)
	}
	box, err := mp4.DecodeBox(0, bytes.NewReader(c.Entry))
	if err != nil || box.(*mp4.VisualSampleEntryBox).HvcC.LengthSizeMinusOne != 3 {
		t.Errorf("others read %+v (%v)", box, err)
	}
}

func TestHEV1TakesItsParameterSetsFromASample(t *testing.T) {
	c, err := Parse(media.Video, synth.HEVC("hev1", 16, 16, 4, nil))
	if err != nil || len(c.ParameterSets) != 0 {
		t.Fatal(c, err)
	}
	Complete(&c, synth.File{Tracks: []synth.Track{{
		Samples: synth.Video(1, 1, 400, 1), NALLength: 4, InBandSets: append([][]byte{{hevcAUD << 1, 1, 0x50}}, synth.HEVCMain10Sets...),
	}}}.Build().Samples(0, 0, 1))
	if len(c.ParameterSets) != 3 || c.Width != 192 || c.Height != 108 || c.Range != "PQ" {
		t.Errorf("%+v", c)
	}
}

func TestHEVCThatCannotBeRead(t *testing.T) {
	good := synth.HEVCConfig(synth.HEVCProfile, 4, synth.HEVCSets)
	for _, c := range []struct {
		name  string
		entry []byte
		code  fault.Code
		what  string
	}{
		{"no hvcC", synth.VisualEntry("hvc1", 1, 1), fault.VideoEncodingNotSupported, "missing"},
		{"hvcC of version 2", synth.VisualEntry("hvc1", 1, 1, synth.Box("hvcC", []byte{2}, good[1:])), fault.VideoEncodingNotSupported, "damaged"},
		{"NAL lengths of three bytes", synth.HEVC("hvc1", 1, 1, 3, nil), fault.InvalidNALSize, "3 bytes"},
	} {
		checkFault(t, c.name, media.Video, c.entry, c.code, c.what)
	}
	for n := 23; n < len(good); n++ {
		checkFault(t, "hvcC cut off", media.Video, synth.VisualEntry("hvc1", 1, 1, synth.Box("hvcC", good[:n])), fault.VideoEncodingNotSupported, "cut off")
	}
}

// dovi is a DOVIDecoderConfigurationRecord.
func dovi(profile, level, compatible byte) []byte {
	return append([]byte{1, 0, profile<<1 | level>>5, level<<3 | 5, compatible << 4}, make([]byte, 19)...)
}

func TestDolbyVision(t *testing.T) {
	for _, c := range []struct {
		fourCC, box                string
		profile, level, compatible byte
		str, supplemental, dynamic string
		words                      string
	}{
		{"dvh1", "dvcC", 5, 6, 0, "dvh1.05.06", "", "PQ", "Dolby Vision 5.6"},
		{"dvhe", "dvcC", 5, 33, 0, "dvhe.05.33", "", "PQ", "Dolby Vision 5.33"},
		{"hvc1", "dvvC", 8, 7, 1, "hvc1.1.6.L60.90", "dvh1.08.07/db1p", "PQ", "HEVC Main 2, Dolby Vision 8.1"},
		{"hvc1", "dvvC", 8, 7, 4, "hvc1.1.6.L60.90", "dvh1.08.07/db4h", "PQ", "HEVC Main 2, Dolby Vision 8.4"},
		{"hev1", "dvvC", 8, 9, 2, "hev1.1.6.L60.90", "dvhe.08.09/db2g", "PQ", "HEVC Main 2, Dolby Vision 8.2"},
		{"hvc1", "dvvC", 8, 9, 3, "hvc1.1.6.L60.90", "", "PQ", "HEVC Main 2"},
	} {
		record := synth.Box(c.box, dovi(c.profile, c.level, c.compatible))
		got, err := Parse(media.Video, synth.HEVC(c.fourCC, 1, 1, 4, synth.HEVCMain10Sets, record))
		if err != nil || got.String != c.str || got.Supplemental != c.supplemental || got.Range != c.dynamic || got.Words != c.words || !bytes.Contains(got.Entry, record) {
			t.Errorf("%s %d.%d: %q %q %q %q (%v)", c.fourCC, c.profile, c.compatible, got.String, got.Supplemental, got.Range, got.Words, err)
		}
	}
}

func TestHEVCInItsFormats(t *testing.T) {
	c, err := Parse(media.Video, synth.HEVC("hev1", 1, 1, 4, synth.HEVCSets))
	if err != nil {
		t.Fatal(err)
	}
	if ts, err := NewTransport(&c); err != nil || ts.StreamType != 0x24 || ts.StreamID != 0xE0 || ts.NAL != hevcNAL || ts.ADTS != nil {
		t.Errorf("%+v (%v)", ts, err)
	}
	want := bytes.Join([][]byte{nil, synth.HEVCSets[0], synth.HEVCSets[1], synth.HEVCSets[2]}, []byte{0, 0, 0, 1})
	if q, err := NewQualityLevel(&c); err != nil || q.FourCC != "HEV1" || !bytes.Equal(q.PrivateData, want) {
		t.Errorf("%+v (%v)", q, err)
	}
	if !hevcNAL.IsAUD(0x46) || hevcNAL.IsAUD(0x09) || !h264NAL.IsAUD(0x09) || h264NAL.IsAUD(0x46) {
		t.Error("delimiters are mistaken")
	}
	c, err = Parse(media.Video, synth.HEVC("dvh1", 1, 1, 4, synth.HEVCSets, synth.Box("dvcC", dovi(5, 6, 0))))
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{transportError(&c), levelError(&c)} {
		if e := fault.As(err); e.Code != fault.VideoEncodingNotSupported || e.Advice == "" {
			t.Errorf("%+v", e)
		}
	}
}

func transportError(c *media.Codec) error { _, err := NewTransport(c); return err }
func levelError(c *media.Codec) error     { _, err := NewQualityLevel(c); return err }
