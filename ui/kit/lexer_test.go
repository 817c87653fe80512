package kit

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	look "manifold/ui/theme"
)

const playlist = `#EXTM3U
#EXT-X-VERSION:7
## a remark
#EXT-X-STREAM-INF:BANDWIDTH=536608,RESOLUTION=340x192,CODECS="avc1.64000d,mp4a.40.2"
QualityLevels(381048)/Manifest(video,format=m3u8-aapl)
#EXTINF:6.006000,no-desc
`

const mpd = `<?xml version="1.0" encoding="UTF-8"?>
<MPD type="static" mediaPresentationDuration="PT1M10.315S"><!-- over
two lines --><Period>
<S d="60060000"
  r="10"/>text &amp; more
</Period></MPD>`

// inks returns the colour of the first token that is exactly text.
func inks(l Language, document string) map[string]fyne.ThemeColorName {
	out := make(map[string]fyne.ThemeColorName)
	state := outside
	for i, line := range strings.Split(document, "\n") {
		var tokens []token
		tokens, state = l.lex(nil, line, i, state)
		for _, t := range tokens {
			if _, seen := out[t.text]; !seen {
				out[t.text] = t.ink
			}
		}
	}
	return out
}

func TestLexersColourByMeaning(t *testing.T) {
	for _, c := range []struct {
		name     string
		language Language
		document string
		want     map[string]fyne.ThemeColorName
	}{
		{"a playlist", M3U8, playlist, map[string]fyne.ThemeColorName{
			"#EXTM3U": look.ColorNameTag, "#EXT-X-STREAM-INF": look.ColorNameTag, "## a remark": look.ColorNameComment,
			"BANDWIDTH": look.ColorNameAttribute, "536608": look.ColorNameNumber, `"avc1.64000d,mp4a.40.2"`: look.ColorNameString,
			"QualityLevels(381048)/Manifest(video,format=m3u8-aapl)": theme.ColorNameForeground, "6.006000": look.ColorNameNumber, "no-desc": theme.ColorNameForeground,
		}},
		{"an MPD", XML, mpd, map[string]fyne.ThemeColorName{
			"<?xml": look.ColorNameTag, "<MPD": look.ColorNameTag, " type": look.ColorNameAttribute, `"static"`: look.ColorNameString,
			"<!-- over": look.ColorNameComment, "two lines -->": look.ColorNameComment, `"60060000"`: look.ColorNameNumber,
			"  r": look.ColorNameAttribute, "/>": look.ColorNameTag, "text &amp; more": theme.ColorNameForeground, "</MPD": look.ColorNameTag,
		}},
		{"an error", Error, "415 MPE_X\n\nwords", map[string]fyne.ThemeColorName{"415 MPE_X": theme.ColorNameError, "words": theme.ColorNameForeground}},
	} {
		got := inks(c.language, c.document)
		for text, ink := range c.want {
			if got[text] != ink {
				t.Errorf("%s: %q is %q, want %q", c.name, text, got[text], ink)
			}
		}
	}
}

func TestLexersLoseNoCharacter(t *testing.T) {
	documents := []string{playlist, mpd, "<", "</", "<a", "<a b='", "#EXT:a=,,=\"", "#EXT:", "<!--", "a<b>c</b>", "-->", "</>", "<é ü=\"ö\">"}
	for _, document := range documents {
		for _, l := range []Language{Plain, M3U8, XML, Error} {
			state := outside
			for i, line := range strings.Split(document, "\n") {
				var tokens []token
				tokens, state = l.lex(nil, line, i, state)
				if got := join(tokens); got != line {
					t.Errorf("language %d: %q became %q", l, line, got)
				}
			}
		}
	}
}

func FuzzLexersLoseNoCharacter(f *testing.F) {
	f.Add(playlist)
	f.Add(mpd)
	f.Fuzz(func(t *testing.T, line string) {
		for _, l := range []Language{M3U8, XML} {
			for s := outside; s <= inComment; s++ {
				if tokens, _ := l.lex(nil, line, 0, s); join(tokens) != line {
					t.Errorf("language %d state %d: %q became %q", l, s, line, join(tokens))
				}
			}
		}
	})
}

func join(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t.text)
	}
	return b.String()
}

func TestLanguageIsGuessedFromTheBeginning(t *testing.T) {
	for text, want := range map[string]Language{"#EXTM3U\n": M3U8, "\ufeff<MPD/>": XML, "<?xml?>": XML, "415 no": Plain, "": Plain} {
		if got := LanguageOf(text); got != want {
			t.Errorf("%q is language %d, want %d", text, got, want)
		}
	}
}

func TestURLKeepsItsTailInColour(t *testing.T) {
	window(t, look.Dark, 100, 100, NewCode()) // fonts to measure with
	got := lexURL("http://127.0.0.1:8080/8b6f2c1e-0000-4000-8000-000000000000/tears.ism/QualityLevels(1)/manifest(format=m3u8-cmaf,filter=trim)")
	if s := join(got); s != "http://127.0.0.1:8080/8b6f2c1e…/tears.ism/QualityLevels(1)/manifest(format=m3u8-cmaf,filter=trim)" {
		t.Errorf("shown as %q", s)
	}
	const asked = "/QualityLevels(1)/manifest(format=m3u8-cmaf,filter=trim)"
	for _, want := range []string{
		"http://127.0.0.1:8080/8b6f…/tears.ism" + asked, "…/8b6f…/tears.ism" + asked, "…/tears.ism" + asked, "…/te…sm" + asked, asked[1:],
	} {
		if s := join(fitURL(got, Mono.Width(want)+2)); s != want {
			t.Errorf("with room for %s it is shown as %q", want, s)
		}
	}
	coloured := ""
	for _, part := range got {
		if part.ink == look.ColorNameTag {
			coloured += part.text + " "
		}
	}
	if coloured != "1 format=m3u8-cmaf filter=trim " {
		t.Errorf("coloured: %q", coloured)
	}
}
