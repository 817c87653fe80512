package packager_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"manifold/packager"
	"manifold/packager/fault"
	"manifold/packager/media"
)

// A policy that leaves sound in the clear and gives a rendition a key of its own
// is served so: in manifests, init segments and fragments.
func TestClearTracksAndKeysByRule(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	movie(t, filepath.Join(dir, "film_500.mp4"), 6, 500)
	movie(t, filepath.Join(dir, "film_700.mp4"), 6, 700)
	rules := `"clearTracks":[{"trackSelections":[{"property":"Type","operation":"Equal","value":"audio"}]}],
		"contentKeys":{"defaultKey":{"label":"low"},"keyToTrackMappings":[{"label":"high","tracks":[{"trackSelections":[{"property":"Bitrate","operation":"Equal","value":"130000-999999"}]}]}]},
		"clearKeyEncryptionConfiguration":{}`
	for name, text := range map[string]string{"policies/rules.json": `{"noEncryption":{"enabledProtocols":{"hls":true,"dash":true,"smoothStreaming":true}},
		"commonEncryptionCenc":{"enabledProtocols":{"dash":true,"hls":true,"smoothStreaming":true},` + rules + `},
		"commonEncryptionCbcs":{"enabledProtocols":{"dash":true,"hls":true},` + rules + `}}`} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(data, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	e := open(t, packager.Config{Data: data, Policy: "rules"}, dir)
	kid := regexp.MustCompile(`default_KID="([^"]*)"`)
	for _, scheme := range []string{"cenc", "cbcs-aapl"} {
		mpd := string(mustAsk(t, e, "manifest(format=mpd-time-cmaf,encryption="+scheme+")"))
		at := strings.Index(mpd, `contentType="audio"`)
		audio := mpd[at : at+strings.Index(mpd[at:], "</AdaptationSet>")]
		if strings.Contains(audio, "ContentProtection") {
			t.Errorf("%s: audio is protected:\n%s", scheme, audio)
		}
		parts := strings.Split(mpd, "<AdaptationSet ")[1:]
		if len(parts) != 3 {
			t.Errorf("%s: %d adaptation sets", scheme, len(parts))
		}
		for i, part := range parts {
			before, _, _ := strings.Cut(part, "<Representation ")
			other := fmt.Sprintf(`adaptation-set-switching:2016" value="%d"`, 2-i)
			if video := i < 2; strings.Count(before, "default_KID") != strings.Count(part, "default_KID") || strings.Contains(before, "default_KID") != video || strings.Contains(before, other) != video {
				t.Errorf("%s: adaptation set %d:\n%s", scheme, i+1, part)
			}
		}
		var kids []string
		for _, m := range kid.FindAllStringSubmatch(mpd, -1) {
			if !slices.Contains(kids, m[1]) {
				kids = append(kids, m[1])
			}
		}
		if len(kids) != 2 {
			t.Errorf("%s: keys %q in\n%s", scheme, kids, mpd)
		}
		list := tracksOf(t, e)
		var named []string
		for _, x := range list {
			clear := "QualityLevels(" + x.bitrate + ")/Fragments(" + x.name
			sealed := func(at string) []byte {
				return mustAsk(t, e, clear+"="+at+",format=mpd-time-cmaf,encryption="+scheme+")")
			}
			same := bytes.Equal(sealed("0"), mustAsk(t, e, clear+"=0,format=mpd-time-cmaf)"))
			init := sealed("i")
			switch {
			case x.audio && (!same || bytes.Contains(init, []byte("sinf")) || bytes.Contains(init, []byte("pssh"))):
				t.Errorf("%s: the audio is encrypted: %v, % x", scheme, !same, init)
			case !x.audio && (same || !bytes.Contains(init, []byte("tenc"))):
				t.Errorf("%s: the video of %s is in the clear", scheme, x.bitrate)
			case !x.audio:
				tenc := init[bytes.Index(init, []byte("tenc")):][12:28]
				named = append(named, string(tenc))
			}
			level := "QualityLevels(" + x.bitrate + ")/Manifest(" + x.name + ",format="
			if has := bytes.Contains(mustAsk(t, e, level+"m3u8-cmaf,encryption="+scheme+")"), []byte("EXT-X-KEY")); has == x.audio {
				t.Errorf("%s: the playlist of %s has a key: %v", scheme, x.name, has)
			}
			if scheme != "cenc" {
				ts := clear + "=0,format=m3u8-aapl"
				if same := bytes.Equal(mustAsk(t, e, ts+",encryption="+scheme+")"), mustAsk(t, e, ts+")")); same != x.audio {
					t.Errorf("the transport stream of %s is in the clear: %v", x.name, same)
				}
			}
		}
		if len(named) != 2 || named[0] == named[1] {
			t.Errorf("%s: the two renditions have keys % x", scheme, named)
		}
	}
	if b := mustAsk(t, e, "manifest(encryption=cenc)"); !bytes.Contains(b, []byte("ProtectionHeader")) {
		t.Errorf("Smooth Streaming tells of no protection:\n%s", b)
	}
}

type tail struct {
	name, bitrate string
	audio         bool
}

// tracksOf lists the tracks of the first asset as URLs name them.
func tracksOf(t *testing.T, e *packager.Engine) []tail {
	t.Helper()
	var out []tail
	list := regexp.MustCompile(`QualityLevels\((\d+)\)/Manifest\(([^,]+),`)
	for _, m := range list.FindAllStringSubmatch(string(mustAsk(t, e, "manifest(format=m3u8-cmaf)")), -1) {
		x := tail{m[2], m[1], m[2] != "video"}
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// HLS V3 has sound and picture in one segment, and its playlist names one key.
func TestMuxedSegmentsHaveOneKey(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 6, 500)
	only := func(kind string) string {
		return `"clearTracks":[{"trackSelections":[{"property":"Type","operation":"Equal","value":"` + kind + `"}]}],`
	}
	for _, c := range []struct {
		rules, encryption string
		carried           bool
	}{
		{"", "cbc", true}, {"", "cbcs-aapl", true},
		{`"contentKeys":{"per":"trackType"},`, "cbc", false}, // or the picture's key would open the sound
		{`"contentKeys":{"per":"trackType"},`, "cbcs-aapl", false},
		{only("audio"), "cbc", true}, {only("audio"), "cbcs-aapl", true},
		{only("video"), "cbc", false}, {only("video"), "cbcs-aapl", false},
	} {
		data := t.TempDir()
		if err := os.Mkdir(filepath.Join(data, "policies"), 0o755); err != nil {
			t.Fatal(err)
		}
		text := `{"envelopeEncryption":{` + c.rules + `"enabledProtocols":{"hls":true}},"commonEncryptionCbcs":{` + c.rules + `"enabledProtocols":{"hls":true},"clearKeyEncryptionConfiguration":{}}}`
		if err := os.WriteFile(filepath.Join(data, "policies", "mine.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		e := open(t, packager.Config{Data: data, Policy: "mine"}, dir)
		a, err := e.Asset(t.Context(), e.Entries()[0].Locator.ID)
		if err != nil {
			t.Fatal(err)
		}
		segment := "QualityLevels(" + bitrate(t, e) + ")/Fragments(video=0,audiotrack=" + a.Presentation.Of(media.Audio)[0].Name + ",format=m3u8-aapl-v3,encryption=" + c.encryption + ")"
		for _, tail := range []string{"manifest(format=m3u8-aapl-v3,encryption=" + c.encryption + ")", segment} {
			_, _, err := ask(e, tail)
			if c.carried && err != nil || !c.carried && code(err) != fault.EncryptionNotSupported {
				t.Errorf("%s %s: %v", c.rules, tail, err)
			}
		}
		if _, _, err := ask(e, "manifest(format=m3u8-aapl,encryption="+c.encryption+")"); err != nil {
			t.Errorf("%s in HLS V4: %v", c.rules, err)
		}
	}
}
