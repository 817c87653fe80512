package packager_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/Eyevinn/mp4ff/mp4"

	"manifold/packager"
	"manifold/packager/fault"
	"manifold/packager/internal/synth"
)

// Sample entries of the codecs that a folder of today holds.
var (
	surround = synth.AudioEntry("ec-3", 0, 6, 48000, synth.Box("dec3", synth.Hex("0700200F00")))
	atmos    = synth.AudioEntry("ec-3", 0, 6, 48000, synth.Box("dec3", synth.Hex("0C00200F000110")))
	dts      = synth.AudioEntry("dtsc", 0, 6, 48000, synth.Box("ddts", synth.Hex("0000BB80000BB800000BB8001003242000000F00")))
	opus     = synth.AudioEntry("Opus", 0, 2, 48000, synth.Box("dOps", synth.Hex("000201380000BB80000000")))
	vision   = synth.HEVC("hvc1", 192, 108, 4, synth.HEVCMain10Sets,
		synth.Box("dvvC", append([]byte{1, 0, 8 << 1, 7<<3 | 5, 1 << 4}, make([]byte, 19)...)))
)

// codecs writes a file with two kinds of video, and audio of every kind beside
// them, and returns an engine that has it.
func codecs(t *testing.T, c packager.Config) *packager.Engine {
	t.Helper()
	r := synth.Renditions[4]
	video := func(entry []byte, size int) synth.Track {
		return synth.Track{Handler: "vide", Timescale: 25, NALLength: 4, Samples: synth.Video(200, 50, size, 1), Entry: entry}
	}
	audio := func(entry []byte, frame, size int) synth.Track {
		return synth.Track{Handler: "soun", Timescale: 48000, Language: "eng", Samples: synth.Audio(8*48000/frame, size, uint32(frame)), Entry: entry}
	}
	b := synth.File{Chunks: 4, Tracks: []synth.Track{
		video(synth.AVC("avc1", r.Width, r.Height, 4, [][]byte{r.SPS}, [][]byte{r.PPS}), 1000),
		video(synth.HEVC("hvc1", 320, 180, 4, synth.HEVCSets), 700),
		video(vision, 900),
		audio(synth.AAC(2, 48000, synth.StereoASC), 1024, 341),
		audio(synth.AAC(2, 48000, synth.Hex("EB098800")), 2048, 170),
		audio(surround, 1536, 896),
		audio(atmos, 1536, 1536),
		audio(synth.AAC(2, 48000, synth.Hex("F9464362")), 2048, 100),
		audio(dts, 512, 1024),
		audio(opus, 960, 200),
	}}.Build().Bytes()
	path := filepath.Join(t.TempDir(), "codecs.mp4")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return open(t, c, path)
}

// What every format says of the codecs that it carries, to be read by people.
func TestManifestsOfManyCodecs(t *testing.T) {
	e := codecs(t, packager.Config{ExtendedCodecs: true})
	for name, tail := range map[string]string{
		"codecs-v3-master.m3u8":   "manifest(format=m3u8-aapl-v3)",
		"codecs-v4-master.m3u8":   "manifest(format=m3u8-aapl)",
		"codecs-cmaf-master.m3u8": "manifest(format=m3u8-cmaf)",
		"codecs-cmaf.mpd":         "manifest(format=mpd-time-cmaf)",
		"codecs-smooth.xml":       "manifest",
	} {
		t.Run(name, func(t *testing.T) { matches(t, mustAsk(t, e, tail), name) })
	}
}

// Every URL of every manifest is answered: what a format leaves out it does not
// name.
func TestWhatManifestsNameIsServed(t *testing.T) {
	e := codecs(t, packager.Config{})
	for _, f := range []string{"m3u8-aapl", "m3u8-aapl-v3", "m3u8-cmaf"} {
		for _, line := range strings.Split(string(mustAsk(t, e, "manifest(format="+f+")")), "\n") {
			_, uri, quoted := strings.Cut(line, `URI="`)
			if uri = strings.TrimSuffix(uri, `"`); !quoted {
				uri = line
			}
			if !strings.HasPrefix(uri, "QualityLevels") {
				continue
			}
			level, _, _ := strings.Cut(uri, "/")
			for _, segment := range strings.Split(string(mustAsk(t, e, uri)), "\n") {
				if strings.HasPrefix(segment, "Fragments") || strings.HasPrefix(segment, "KeyFrames") {
					mustAsk(t, e, level+"/"+segment)
				}
			}
		}
	}
}

func TestTracksWithoutAPlaceInAFormat(t *testing.T) {
	e := codecs(t, packager.Config{})
	a, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct{ where, affects string }{
		{"codecs.mp4 track 7 ec-3", "HLS V4, HLS V3: the track is left out."},
		{"codecs.mp4 track 7 ec-3", "Smooth 2.2, Smooth 2.0: the track is left out."},
		{"codecs.mp4 track 9 dtsc", "Smooth 2.2, Smooth 2.0: the track is left out."},
		{"codecs.mp4 track 10", "The track is left out of every format."},
	} {
		if !slices.ContainsFunc(a.Findings, func(f fault.Finding) bool {
			return f.Where == want.where && f.Affects == want.affects && f.Advice != ""
		}) {
			t.Errorf("nothing is said of %+v in %+v", want, a.Findings)
		}
	}
	dts := "dtsc_eng_6_768000_9_1"
	for tail, want := range map[string]fault.Code{
		"QualityLevels(768000)/Fragments(" + dts + "=0,format=mpd-time-csf)":        "",
		"QualityLevels(768000)/Fragments(" + dts + "=0,format=m3u8-aapl)":           "",
		"QualityLevels(768000)/Fragments(" + dts + "=0)":                            fault.AudioEncodingNotSupported,
		"QualityLevels(768000)/Fragments(ec-3_eng_6_384000_7_1=0,format=m3u8-cmaf)": fault.TrackNotFound,
		"manifest(format=m3u8-aapl-v3,audioTrack=ec-3_eng_6_384000_7_1)":            fault.AudioEncodingNotSupported,
	} {
		if _, _, err := ask(e, tail); code(err) != want {
			t.Errorf("%s: %v", tail, err)
		}
	}
}

// Channels are named, but for stereo AAC in DASH CSF, as the service had it.
func TestChannelsInManifests(t *testing.T) {
	dir := t.TempDir()
	for entry, want := range map[string]map[string]int{
		string(synth.AAC(2, 48000, synth.StereoASC)):                                              {"mpd-time-csf": 0, "mpd-time-cmaf": 1},
		string(synth.AudioEntry("ec-3", 0, 2, 48000, synth.Box("dec3", synth.Hex("0700200400")))): {"mpd-time-csf": 1, "mpd-time-cmaf": 1},
	} {
		b := synth.File{Tracks: []synth.Track{{Handler: "soun", Timescale: 48000, Samples: synth.Audio(250, 300, 1536), Entry: []byte(entry)}}}.Build().Bytes()
		path := filepath.Join(dir, "a.mp4")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		e := open(t, packager.Config{}, path)
		for format, n := range want {
			if got := strings.Count(string(mustAsk(t, e, "manifest(format="+format+")")), "<AudioChannelConfiguration"); got != n {
				t.Errorf("%s of %.4s names channels %d times, want %d", format, entry[4:], got, n)
			}
		}
	}
}

// Of a stream, only the levels that a format cannot carry are left out.
func TestLevelsWithoutAPlaceInAFormat(t *testing.T) {
	sound := func(entry []byte, size int) synth.Track {
		return synth.Track{Handler: "soun", Timescale: 48000, Samples: synth.Audio(250, size, 1536), Entry: entry}
	}
	s := synth.Set{
		Movies: map[string]*synth.Movie{"a.mp4": synth.File{Tracks: []synth.Track{sound(surround, 896), sound(atmos, 1536)}}.Build()},
		Server: "a.ism",
		ISM: []byte(`<smil><body><switch>
			<audio src="a.mp4" systemBitrate="224000"><param name="trackID" value="1"/><param name="trackName" value="surround"/></audio>
			<audio src="a.mp4" systemBitrate="384000"><param name="trackID" value="2"/><param name="trackName" value="surround"/></audio>
		</switch></body></smil>`),
	}
	path, err := s.Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	e := open(t, packager.Config{}, path)
	for tail, levels := range map[string]int{"manifest(format=m3u8-cmaf)": 2, "manifest(format=m3u8-aapl)": 1} {
		if got := strings.Count(string(mustAsk(t, e, tail)), "#EXT-X-MEDIA"); got != levels {
			t.Errorf("%s names %d levels, want %d", tail, got, levels)
		}
	}
	mustAsk(t, e, "QualityLevels(224000)/Fragments(surround=0)")
	if _, _, err := ask(e, "QualityLevels(384000)/Fragments(surround=0)"); code(err) != fault.AudioEncodingNotSupported {
		t.Error(err)
	}
}

// A format for which nothing is left answers why.
func TestFormatsWithoutAnyTrackSayWhy(t *testing.T) {
	m := synth.File{Tracks: []synth.Track{{Handler: "soun", Timescale: 48000, Samples: synth.Audio(400, 1536, 1536), Entry: atmos}}}.Build()
	path := filepath.Join(t.TempDir(), "atmos.mp4")
	if err := os.WriteFile(path, m.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	e := open(t, packager.Config{}, path)
	mustAsk(t, e, "manifest(format=m3u8-cmaf)")
	for _, f := range []string{"m3u8-aapl", "m3u8-aapl-v3", "fmp4", "fmp4-v20"} {
		_, _, err := ask(e, "manifest(format="+f+")")
		if x := fault.As(err); err == nil || x.Code.Status() != 415 || !strings.Contains(x.What, "Dolby Atmos") || x.Advice == "" {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// Samples leave as they came, whatever the codec.
// Where an encryption leaves no picture of one that the format has, the sound is
// not taken for the programme.
func TestAnEncryptionThatLosesThePictureIsRefused(t *testing.T) {
	m := synth.File{Tracks: []synth.Track{
		{Handler: "vide", Timescale: 25, NALLength: 4, Samples: synth.Video(200, 50, 700, 1), Entry: synth.HEVC("hvc1", 320, 180, 4, synth.HEVCSets)},
		{Handler: "soun", Timescale: 48000, Samples: synth.Audio(375, 341, 1024), Entry: synth.AAC(2, 48000, synth.StereoASC)},
	}}.Build()
	path := filepath.Join(t.TempDir(), "film.mp4")
	if err := os.WriteFile(path, m.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	e := open(t, packager.Config{}, path)
	for tail, want := range map[string]fault.Code{
		"manifest(format=m3u8-aapl)":                         "",
		"manifest(format=m3u8-aapl,encryption=cbc)":          "",
		"manifest(format=m3u8-aapl,encryption=cbcs-aapl)":    fault.EncryptionNotSupported,
		"manifest(format=m3u8-aapl-v3,encryption=cbcs-aapl)": fault.EncryptionNotSupported,
		"manifest(format=m3u8-cmaf,encryption=cbcs-aapl)":    "",
	} {
		if _, _, err := ask(e, tail); code(err) != want {
			t.Errorf("%s: %v", tail, err)
		}
	}
}

// Pixels that are not square are described wherever there is a word for it.
func TestPixelsOfAnyShape(t *testing.T) {
	r := synth.Renditions[4]
	for pasp, want := range map[string]struct {
		sar   string
		width uint32
	}{"000000400000002D": {`height="180" sar="64:45"`, 320 << 16 * 64 / 45}, "0000000100000001": {`height="180"/>`, 320 << 16}, "0000000000000001": {`height="180"/>`, 320 << 16}} {
		entry := synth.VisualEntry("avc1", 320, 180, synth.Box("avcC", synth.AVCConfig(4, [][]byte{r.SPS}, [][]byte{r.PPS})), synth.Box("pasp", synth.Hex(pasp)))
		m := synth.File{Tracks: []synth.Track{{Handler: "vide", Timescale: 25, NALLength: 4, Samples: synth.Video(100, 50, 700, 1), Entry: entry}}}.Build()
		path := filepath.Join(t.TempDir(), "film.mp4")
		if err := os.WriteFile(path, m.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		e := open(t, packager.Config{}, path)
		if mpd := string(mustAsk(t, e, "manifest(format=mpd-time-cmaf)")); !strings.Contains(mpd, want.sar) {
			t.Errorf("%s: %s", pasp, mpd)
		}
		f, err := mp4.DecodeFile(bytes.NewReader(mustAsk(t, e, "QualityLevels("+bitrate(t, e)+")/Fragments(video=i,format=mpd-time-cmaf)")))
		if err != nil {
			t.Fatal(err)
		}
		if got := uint32(f.Init.Moov.Trak.Tkhd.Width); got != want.width {
			t.Errorf("%s: the picture is %d/65536 wide", pasp, got)
		}
	}
}

func TestFragmentsOfEveryCodecHoldTheSource(t *testing.T) {
	e := codecs(t, packager.Config{ExtendedCodecs: true})
	a, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range a.Presentation.Groups {
		track := g.Tracks[0]
		from, to := track.Fragment(0, 1)
		var want []byte
		for _, s := range track.Samples.Append(nil, from, to) {
			b := make([]byte, s.Size)
			if _, err := track.Source.ReadAt(b, s.Position); err != nil {
				t.Fatal(err)
			}
			want = append(want, b...)
		}
		for _, f := range []string{"mpd-time-csf", "mpd-time-cmaf", "m3u8-cmaf"} {
			got := mustAsk(t, e, "QualityLevels("+strconv.Itoa(track.Bitrate)+")/Fragments("+g.Name+"=0,format="+f+")")
			moof := binary.BigEndian.Uint32(got)
			if string(got[moof+8:]) != string(want) {
				t.Errorf("%s in %s is not the source's", track.Codec.Words, f)
			}
		}
	}
}
