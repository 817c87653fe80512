package packager_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"manifold/packager"
	"manifold/packager/fault"
	"manifold/packager/media"
)

// texts is a folder with a film and subtitles in two languages.
func texts(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 9, 500)
	for name, text := range map[string]string{
		"film.en.vtt": "WEBVTT\n\n00:01.000 --> 00:05.500 line:10%\nAcross <i>fragments</i>\n\n00:20.000 --> 00:21.000\nBehind the end\n",
		"film.de.srt": "1\n00:00:06,500 --> 00:00:07,000\nSpäter\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// HLS has text beside something alone; DASH has it by itself.
func TestTextAlone(t *testing.T) {
	e := open(t, packager.Config{}, texts(t))
	for format, want := range map[string]fault.Code{"m3u8-aapl-v3": fault.FilterRemovedAll, "m3u8-aapl": fault.FilterRemovedAll, "m3u8-cmaf": fault.FilterRemovedAll, "mpd-time-cmaf": ""} {
		if _, _, err := ask(e, "manifest(format="+format+",filter=@type:text)"); code(err) != want {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// Text has a key where it is encrypted, as a whole segment, alone.
func TestKeysOfText(t *testing.T) {
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, "policies"), 0o755); err != nil {
		t.Fatal(err)
	}
	kinds := `"contentKeys":{"per":"trackType"},"enabledProtocols":{"dash":true}`
	policy := `{"envelopeEncryption":{` + kinds + `},"commonEncryptionCenc":{` + kinds + `,"clearKeyEncryptionConfiguration":{}}}`
	if err := os.WriteFile(filepath.Join(data, "policies", "mine.json"), []byte(policy), 0o644); err != nil {
		t.Fatal(err)
	}
	e := open(t, packager.Config{Data: data, Policy: "mine"}, texts(t))
	entry := e.Entries()[0]
	a, err := e.Asset(context.Background(), entry.Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	list, err := e.Keys(entry, a)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, k := range list {
		got = append(got, k.Scheme+" "+k.Label)
	}
	slices.Sort(got)
	if want := []string{"CommonEncryptionCenc audio", "CommonEncryptionCenc video", "EnvelopeEncryption audio", "EnvelopeEncryption text", "EnvelopeEncryption video"}; !slices.Equal(got, want) {
		t.Errorf("the keys are %q", got)
	}
}

// Every format tells of text in its own way, and has segments of it.
func TestTextInEveryFormat(t *testing.T) {
	e := open(t, packager.Config{}, texts(t))
	a, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Findings) != 1 || a.Findings[0].Code != "cue-outside" || a.Findings[0].Where != "film.en.vtt" {
		t.Errorf("findings %v", a.Findings)
	}
	_, en, ok := a.Presentation.Track("textstream_en", a.Presentation.Group("textstream_en").Lowest().Bitrate)
	if !ok || en.Kind != media.Text || len(en.Cues) != 2 {
		t.Fatalf("%+v", en)
	}
	level := strings.TrimSuffix(strings.SplitN(string(mustAsk(t, e, "manifest(format=m3u8-aapl)")), `NAME="textstream_en"`, 2)[1], "\n")
	level = level[strings.Index(level, "QualityLevels("):]
	level = level[:strings.Index(level, "/")]
	for tail, want := range map[string][]string{
		"manifest(format=m3u8-aapl)": {
			`#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="textstream_de",LANGUAGE="de",AUTOSELECT=YES,URI="`,
			`AUDIO="audio",SUBTITLES="text"`, `CODECS="avc1.64000d,mp4a.40.2"`,
		},
		"manifest(format=m3u8-cmaf)":                                             {`CODECS="avc1.64000d,mp4a.40.2,stpp.ttml.im1t"`, `SUBTITLES="text"`},
		"manifest(format=mpd-time-csf)":                                          {`group="7"`, `contentType="text" mimeType="application/mp4" codecs="stpp" lang="en"`, `<Role schemeIdUri="urn:mpeg:dash:role:2011" value="subtitle"/>`},
		"manifest":                                                               {`Type="text" Subtype="SUBT"`, `FourCC="TTML" CodecPrivateData=""`, `Name="textstream_de"`},
		"manifest(format=mpd-time-cmaf,encryption=cenc)":                         {`contentType="text"`},
		level + "/Manifest(textstream_en,format=m3u8-aapl)":                      {"#EXTINF:6.000000,no-desc\nFragments(textstream_en=0,format=m3u8-aapl)"},
		level + "/Fragments(textstream_en=0,format=m3u8-aapl)":                   {"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n00:00:01.000 --> 00:00:05.500 line:10%\nAcross <i>fragments</i>\n"},
		level + "/Fragments(textstream_en=60000000,format=m3u8-aapl)":            {"WEBVTT\nX-TIMESTAMP-MAP="},
		level + "/Fragments(textstream_en=20000000,format=m3u8-cmaf)":            {`<p begin="00:00:02.000" end="00:00:04.000"`, `<span tts:fontStyle="italic">fragments</span>`, "tfdt"},
		level + "/Fragments(textstream_en=20000000)":                             {`<p begin="00:00:02.000" end="00:00:04.000"`},
		level + "/Fragments(textstream_en=i,format=mpd-time-cmaf)":               {"im1t", "subt", "sthd", "stpp\x00\x00\x00\x00\x00\x00\x00\x01http://www.w3.org/ns/ttml\x00"},
		level + "/Manifest(textstream_en,format=m3u8-cmaf,encryption=cbcs-aapl)": {"#EXT-X-MAP"},
	} {
		b := string(mustAsk(t, e, tail))
		for _, w := range want {
			if !strings.Contains(b, w) {
				t.Errorf("%s lacks %q:\n%s", tail, w, b)
			}
		}
	}
	for tail, kind := range map[string]string{
		"/Fragments(textstream_en=0,format=m3u8-aapl)": "text/vtt", "/Fragments(textstream_en=0,format=mpd-time-csf)": "application/mp4", "/Fragments(textstream_en=0)": "application/mp4",
	} {
		if _, a, err := ask(e, level+tail); err != nil || a.Type != kind {
			t.Errorf("%s is %v, %v", tail, a, err)
		}
	}
	// text is not encrypted, sample by sample
	if b := string(mustAsk(t, e, level+"/Manifest(textstream_en,format=m3u8-cmaf,encryption=cbcs-aapl)")); strings.Contains(b, "EXT-X-KEY") {
		t.Errorf("text has a key:\n%s", b)
	}
	mpd := string(mustAsk(t, e, "manifest(format=mpd-time-cmaf,encryption=cenc)"))
	if set := mpd[strings.Index(mpd, `contentType="text"`):]; strings.Contains(set, "ContentProtection") {
		t.Errorf("text is protected:\n%s", set)
	}
	// HLS V3 has no groups of renditions
	if b := string(mustAsk(t, e, "manifest(format=m3u8-aapl-v3)")); strings.Contains(b, "SUBTITLES") || strings.Contains(b, "textstream") {
		t.Errorf("V3 has text:\n%s", b)
	}
}

// What stands beside the media does not change how it is encrypted or cut.
func TestTextLeavesTheOthersAsTheyAre(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 9, 500)
	with := texts(t)
	ordinals := func(dir string) (out []int) {
		e := open(t, packager.Config{}, dir)
		a, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, track := range a.Tracks {
			if track.Kind != media.Text {
				out = append(out, track.Ordinal)
			}
		}
		return out
	}
	if a, b := ordinals(dir), ordinals(with); len(a) != 2 || a[0] != b[0] || a[1] != b[1] {
		t.Errorf("ordinals %v without text, %v with it", a, b)
	}
}

// What outputFlag hides is in no manifest, and its URLs answer all the same; a
// display name is told in every one.
func TestHiddenTracksAndDisplayNames(t *testing.T) {
	dir := texts(t)
	if err := os.WriteFile(filepath.Join(dir, "film.ism"), []byte(`<smil><body><switch><video src="film.mp4"/><audio src="film.mp4" title="Sound"/>
		<textstream src="film.en.vtt" systemLanguage="en" systemBitrate="1000"><param name="trackName" value="en"/><param name="textDisplayName" value="In English"/></textstream>
		<textstream src="film.de.srt" systemLanguage="de" systemBitrate="1000"><param name="trackName" value="de"/><param name="outputFlag" value="false"/></textstream></switch></body></smil>`), 0o644); err != nil {
		t.Fatal(err)
	}
	e := open(t, packager.Config{}, dir)
	for tail, name := range map[string]string{
		"manifest(format=m3u8-aapl)": `NAME="In English"`, "manifest(format=m3u8-cmaf)": `NAME="In English"`, "manifest(format=mpd-time-csf)": "<Label>In English</Label>",
		"manifest(format=mpd-time-cmaf)": "<Label>In English</Label>", "manifest": `DisplayName="In English"`, "manifest(format=fmp4-v20)": `DisplayName="In English"`,
	} {
		b := string(mustAsk(t, e, tail))
		if !strings.Contains(b, name) || strings.Contains(b, "Fragments(de=") || strings.Contains(b, "Manifest(de,") || strings.Contains(b, `DisplayName="Sound"`) {
			t.Errorf("%s:\n%s", tail, b)
		}
	}
	for tail, want := range map[string]string{
		"QualityLevels(1000)/Manifest(de,format=m3u8-aapl)": "#EXTINF", "QualityLevels(1000)/Fragments(de=60000000,format=m3u8-aapl)": "Später", "QualityLevels(1000)/Fragments(de=60000000)": "Später",
	} {
		if b := string(mustAsk(t, e, tail)); !strings.Contains(b, want) {
			t.Errorf("%s:\n%s", tail, b)
		}
	}
}

// What is hidden is not muxed by itself, and where all is there is no manifest.
func TestManifestsOfWhatIsHidden(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 9, 500)
	for elements, want := range map[string]fault.Code{
		`<video src="film.mp4"/><audio src="film.mp4" title="A" outputFlag="false"/>`:                    "",
		`<video src="film.mp4" outputFlag="false"/><audio src="film.mp4" title="A" outputFlag="false"/>`: fault.FilterRemovedAll,
	} {
		if err := os.WriteFile(filepath.Join(dir, "film.ism"), []byte("<smil>"+elements+"</smil>"), 0o644); err != nil {
			t.Fatal(err)
		}
		e := open(t, packager.Config{}, dir)
		for _, format := range []string{"m3u8-aapl-v3", "m3u8-aapl", "mpd-time-cmaf", "fmp4"} {
			if b, _, err := ask(e, "manifest(format="+format+")"); code(err) != want || strings.Contains(string(b), "=A") || strings.Contains(string(b), "mp4a") {
				t.Errorf("%s with %s: %v\n%s", format, elements, err, b)
			}
		}
	}
}

// Styles and regions of WebVTT are in its segments, and in IMSC1 as far as that has
// them; the rest is told.
func TestStylesOfText(t *testing.T) {
	dir := texts(t)
	const head = "\nSTYLE\n::cue(i) { color: lime; text-shadow: 1px 1px black }\n\nREGION\nid:top\nviewportanchor:0%,0%\nregionanchor:0%,0%\n"
	text := "WEBVTT\n" + head + "\n00:01.000 --> 00:05.500 region:top\nAcross <i>fragments</i>\n"
	if err := os.WriteFile(filepath.Join(dir, "film.en.vtt"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	e := open(t, packager.Config{}, dir)
	a, err := e.Asset(context.Background(), e.Entries()[0].Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Findings) != 1 || a.Findings[0].Code != "style-lost" || a.Findings[0].Where != "film.en.vtt line 4" || !strings.Contains(a.Findings[0].Message, "text-shadow: 1px 1px black") || !strings.Contains(a.Findings[0].Affects, "HLS CMAF, DASH and Smooth") {
		t.Errorf("findings %+v", a.Findings)
	}
	level := fmt.Sprintf("QualityLevels(%d)/Fragments(textstream_en=", a.Presentation.Group("textstream_en").Lowest().Bitrate)
	for tail, want := range map[string]string{
		"0,format=m3u8-aapl)":        head + "\n00:00:01.000 --> 00:00:05.500 region:top\n",
		"60000000,format=m3u8-aapl)": head, // each segment stands by itself
		"20000000,format=m3u8-cmaf)": `<span tts:fontStyle="italic" tts:color="#00ff00">fragments</span>`,
		"20000000)":                  `tts:origin="0% 0%" tts:extent="100% 18%"`,
	} {
		if b := string(mustAsk(t, e, level+tail)); !strings.Contains(b, want) {
			t.Errorf("%s lacks %q:\n%s", tail, want, b)
		}
	}
}
