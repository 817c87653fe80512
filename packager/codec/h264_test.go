package codec

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

var hd = synth.Renditions[0]

// parameterSets of a stream whose SPS says the given profile, constraints and level.
func parameterSets(profile, constraints, level byte) (sps, pps [][]byte) {
	s := bytes.Clone(hd.SPS)
	s[1], s[2], s[3] = profile, constraints, level
	return [][]byte{s}, [][]byte{hd.PPS}
}

func TestH264StringAndWords(t *testing.T) {
	for _, c := range []struct {
		fourCC                      string
		profile, constraints, level byte
		str, words                  string
	}{
		{"avc1", 100, 0, 32, "avc1.640020", "H.264 High 3.2"},
		{"avc3", 100, 0, 31, "avc3.64001f", "H.264 High 3.1"},
		{"avc1", 66, 0xC0, 30, "avc1.42c01e", "H.264 Constrained Baseline 3"},
		{"avc1", 66, 0, 10, "avc1.42000a", "H.264 Baseline 1"},
		{"avc1", 66, 0x10, 11, "avc1.42100b", "H.264 Baseline 1b"},
		{"avc1", 77, 0x50, 11, "avc1.4d500b", "H.264 Main 1b"},
		{"avc1", 77, 0x40, 11, "avc1.4d400b", "H.264 Main 1.1"},
		{"avc1", 100, 0, 9, "avc1.640009", "H.264 High 1b"},
		{"avc1", 110, 0x10, 11, "avc1.6e100b", "H.264 High 10 1.1"}, // intra, not 1b
		{"avc1", 122, 0, 41, "avc1.7a0029", "H.264 High 4:2:2 4.1"},
		{"avc1", 244, 0, 52, "avc1.f40034", "H.264 High 4:4:4 5.2"},
		{"avc1", 88, 0, 21, "avc1.580015", "H.264 Extended 2.1"},
		{"avc1", 7, 0, 21, "avc1.070015", "H.264 profile 7 2.1"},
	} {
		sps, pps := parameterSets(c.profile, c.constraints, c.level)
		got, err := Parse(media.Video, synth.AVC(c.fourCC, 1280, 720, 4, sps, pps))
		if err != nil {
			t.Errorf("%s: %v", c.str, err)
		} else if got.String != c.str || got.Words != c.words || got.FourCC != c.fourCC {
			t.Errorf("%s %q, want %s %q", got.String, got.Words, c.str, c.words)
		}
	}
}

func TestH264PictureSizeIsThatOfTheSPS(t *testing.T) {
	for _, r := range synth.Renditions {
		c, err := Parse(media.Video, synth.AVC("avc1", 16, 16, 4, [][]byte{r.SPS}, [][]byte{r.PPS}))
		if err != nil || c.Width != r.Width || c.Height != r.Height {
			t.Errorf("%d×%d (%v), want %d×%d", c.Width, c.Height, err, r.Width, r.Height)
		}
	}
	damaged := [][]byte{{0x67, 100, 0, 31}}
	c, err := Parse(media.Video, synth.AVC("avc1", 640, 360, 4, damaged, [][]byte{hd.PPS}))
	if err != nil || c.Width != 640 || c.Height != 360 {
		t.Errorf("with a damaged SPS %d×%d (%v), want what the sample entry says", c.Width, c.Height, err)
	}
}

func TestH264KeepsAllParameterSetsInOrder(t *testing.T) {
	sps := [][]byte{hd.SPS, synth.Renditions[1].SPS}
	pps := [][]byte{hd.PPS, {0x68, 1}, {0x68, 2}}
	c, err := Parse(media.Video, synth.AVC("avc1", 1280, 720, 4, sps, pps))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := bytes.Join(c.ParameterSets, nil), bytes.Join(append(sps, pps...), nil); len(c.ParameterSets) != 5 || !bytes.Equal(got, want) {
		t.Errorf("% x, want % x", got, want)
	}
}

func TestH264EntryIsWrittenAnewForEveryPlayer(t *testing.T) {
	child := func(kind string, payload string) []byte { return synth.Box(kind, []byte(payload)) }
	config := synth.Box("avcC", synth.AVCConfig(1, [][]byte{hd.SPS}, [][]byte{hd.PPS}))
	entry := synth.VisualEntry("avc1", 1280, 720, child("gama", "...."), config, child("pasp", "12345678"), child("colr", "nclc......"), child("colr", "nclx......."), child("btrt", "bbbbmmmmaaaa"), make([]byte, 4))
	copy(entry[16:32], "QuickTime, apple") // version, vendor, quality
	entry[15] = 7                          // data reference index
	c, err := Parse(media.Video, entry)
	if err != nil {
		t.Fatal(err)
	}
	want := synth.VisualEntry("avc1", 1280, 720, synth.Box("avcC", synth.AVCConfig(4, [][]byte{hd.SPS}, [][]byte{hd.PPS})), child("pasp", "12345678"), child("colr", "nclx......."), child("btrt", "bbbbmmmmaaaa"))
	if !bytes.Equal(c.Entry, want) {
		t.Errorf("% x\nwant % x", c.Entry, want)
	}
	if c.NALLength != 1 {
		t.Errorf("NAL units have lengths of %d bytes in the source, want 1", c.NALLength)
	}
}

func TestH264ThatCannotBeRead(t *testing.T) {
	good := synth.AVCConfig(4, [][]byte{hd.SPS}, [][]byte{hd.PPS})
	for _, c := range []struct {
		name  string
		entry []byte
		code  fault.Code
		what  string
	}{
		{"no avcC", synth.VisualEntry("avc1", 1, 1), fault.VideoEncodingNotSupported, "missing"},
		{"avcC of version 2", synth.VisualEntry("avc1", 1, 1, synth.Box("avcC", []byte{2}, good[1:])), fault.VideoEncodingNotSupported, "damaged"},
		{"NAL lengths of three bytes", synth.AVC("avc1", 1, 1, 3, nil, nil), fault.InvalidNALSize, "3 bytes"},
		{"an entry of 12 bytes", synth.Box("avc1", make([]byte, 4)), fault.InputFormatNotSupported, "too short"},
		{"an entry without its fields", synth.Box("avc1", make([]byte, 40)), fault.InputFormatNotSupported, "too short"},
	} {
		checkFault(t, c.name, media.Video, c.entry, c.code, c.what)
	}
	for n := 7; n < len(good); n++ {
		checkFault(t, "avcC cut off", media.Video, synth.VisualEntry("avc1", 1, 1, synth.Box("avcC", good[:n])), fault.VideoEncodingNotSupported, "cut off")
	}
}

func checkFault(t *testing.T, name string, kind media.Kind, entry []byte, code fault.Code, what string) {
	t.Helper()
	_, err := Parse(kind, entry)
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Error(), what) || e.Where == "" {
		t.Errorf("%s: %v (%+v), want %s with %q", name, err, e, code, what)
	}
}

func TestCodecsThatAreNotCarriedAreNamed(t *testing.T) {
	for _, c := range []struct {
		kind   media.Kind
		fourCC string
		code   fault.Code
		what   string
	}{
		{media.Video, "apcn", fault.VideoEncodingNotSupported, "ProRes 422"},
		{media.Video, "xyzw", fault.VideoEncodingNotSupported, `"xyzw"`},
		{media.Video, "encv", fault.AlreadyEncrypted, "already encrypted"},
		{media.Audio, "enca", fault.AlreadyEncrypted, "already encrypted"},
		{media.Audio, "alac", fault.AudioEncodingNotSupported, "Apple Lossless"},
		{media.Audio, "avc1", fault.AudioEncodingNotSupported, "H.264"},
	} {
		entry := synth.VisualEntry(c.fourCC, 640, 360)
		if c.kind == media.Audio {
			entry = synth.AudioEntry(c.fourCC, 0, 2, 48000)
		}
		checkFault(t, c.fourCC, c.kind, entry, c.code, c.what)
	}
}

func TestAVC3TakesItsParameterSetsFromASample(t *testing.T) {
	for _, length := range []int{1, 2, 4} {
		c, err := Parse(media.Video, synth.AVC("avc3", 16, 16, length, nil, nil))
		if err != nil {
			t.Fatal(err)
		}
		sample := synth.File{Tracks: []synth.Track{{
			Samples: synth.Video(1, 1, 400, 1), NALLength: length, InBandSets: [][]byte{{9, 0xF0}, hd.SPS, hd.PPS},
		}}}.Build().Samples(0, 0, 1)
		Complete(&c, sample)
		if len(c.ParameterSets) != 2 || !bytes.Equal(c.ParameterSets[0], hd.SPS) || !bytes.Equal(c.ParameterSets[1], hd.PPS) {
			t.Errorf("lengths of %d: % x", length, c.ParameterSets)
		}
		if c.String != "avc3.640020" || c.Words != "H.264 High 3.2" || c.Width != 1280 || c.Height != 720 {
			t.Errorf("lengths of %d: %+v", length, c)
		}
		// cut off anywhere, it takes what is whole
		for n := range sample {
			cut := c
			Complete(&cut, sample[:n])
		}
	}
}
