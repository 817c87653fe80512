package subtitle

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"manifold/packager/media"
)

const styled1 = `WEBVTT

STYLE
/* of the programme */
::cue { background-color: rgba(0,0,0,.8); color: papayawhip; font-size: 120% }
::cue(.loud), ::cue(u, v[voice="Mary Ann"]) {
  color: #f80;
  font-weight: 700
}

STYLE
::cue(#last) { color: white; font-style: italic }
::cue(b) { font-weight: normal; text-decoration: underline }
::cue(:past) { color: red }

REGION
id:left
width:40%
lines:3
regionanchor:0%,100%
viewportanchor:10%,90%
scroll:up

00:01.000 --> 00:02.000 region:left align:left
A <c.loud>loud</c> <v Mary Ann>Mary</v> <v Bob>Bob</v> <b>b</b>

last
00:03.000 --> 00:04.000 region:nowhere line:10%
B <c.bg_yellow.color_102030>c</c>

STYLE
::cue { color: red }
`

// What WebVTT says in front of its cues stands in front of every segment, and what
// IMSC1 can have of it is there.
func TestStylesAndRegionsAreKept(t *testing.T) {
	d, err := Read([]byte(styled1), "a.vtt")
	if err != nil || len(d.Skipped) > 0 {
		t.Fatal(err, d.Skipped)
	}
	head := styled1[strings.Index(styled1, "\nSTYLE"):strings.Index(styled1, "\n00:01")]
	if d.Head != head {
		t.Errorf("head %q, want %q", d.Head, head)
	}
	track := &media.Track{Cues: d.Cues, CueHead: d.Head}
	segment := string(AppendWebVTT(nil, track, 0, endless, 900000))
	want := "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n" + head +
		"\n00:00:01.000 --> 00:00:02.000 region:left align:left\nA <c.loud>loud</c> <v Mary Ann>Mary</v> <v Bob>Bob</v> <b>b</b>\n" +
		"\nlast\n00:00:03.000 --> 00:00:04.000 line:10%\nB <c.bg_yellow.color_102030>c</c>\n"
	if segment != want {
		t.Errorf("segment\n%s\nwant\n%s", segment, want)
	}
	imsc := document(d)
	for _, want := range []string{
		`<region xml:id="r0" tts:origin="10% 72%" tts:extent="40% 18%" tts:displayAlign="after" tts:textAlign="left"/>`,
		`<span tts:backgroundColor="#000000cc">A </span>`,
		`<span tts:fontWeight="bold" tts:color="#ff8800" tts:backgroundColor="#000000cc">loud</span>`,
		`<span tts:fontWeight="bold" tts:color="#ff8800" tts:backgroundColor="#000000cc">Mary</span>`,
		`<span tts:backgroundColor="#000000cc">Bob</span>`,
		`<span tts:textDecoration="underline" tts:backgroundColor="#000000cc">b</span>`,
		`<span tts:fontStyle="italic" tts:color="#ffffff" tts:backgroundColor="#000000cc">B </span>`,
		`<span tts:fontStyle="italic" tts:color="#102030" tts:backgroundColor="#ffff00">c</span>`,
	} {
		if !strings.Contains(imsc, want) {
			t.Errorf("no %s in\n%s", want, imsc)
		}
	}
	if got, want := lost(d), []string{"5 color: papayawhip", "5 font-size: 120%", "14 the selector ::cue(:past)", "16 that lines move up (scroll:up)"}; !slices.Equal(got, want) || !d.WebVTT {
		t.Errorf("lost %q, want %q", got, want)
	}
}

func lost(d *Document) (out []string) {
	for _, l := range d.Lost {
		out = append(out, fmt.Sprint(l.Line, " ", l.Why))
	}
	return out
}

// Styles that are damaged, or more than anybody writes, cost the styles alone.
func TestSheetsThatAreNone(t *testing.T) {
	const cue = "\n00:01.000 --> 00:02.000\nA\n"
	for name, c := range map[string]struct {
		text string
		lost []string
	}{
		"nothing":         {"STYLE\n", nil},
		"no braces":       {"STYLE\n\n", nil},
		"no end":          {"STYLE\n::cue {\n", []string{`4 "::cue"`}},
		"rules of others": {"STYLE\n@media x {\n}\n", []string{`4 "@media x"`}},
		"an arrow":        {"STYLE\n::cue { content: '-->' }\n", []string{"3 a block that holds an arrow"}},
		"a selector":      {"STYLE\np { color: red }\n\n", []string{"4 the selector p"}},
		"no value":        {"STYLE\n::cue {\n\n}", []string{`4 "::cue"`}},
		"too much":        {"STYLE\n" + strings.Repeat("::cue(b) { color: red }\n", 300), []string{"132 more than 128 styles"}},
		"far too much":    {"STYLE\n/*" + strings.Repeat("x", maxHead) + "*/\n", []string{"3 more than 65536 bytes of styles and regions"}},
		"a region":        {"REGION\nwidth:x lines:0 viewportanchor:1\n", nil},
		"no blank line":   {"STYLE\n::cue(p:x) { color: red }" + cue + "00:03.000 --> 00:04.000\nB\n", []string{"4 the selector ::cue(p:x)"}},
		"vertical text":   {cue[1:len(cue)-3] + " vertical:rl\nA\n", []string{"3 vertical text"}},
		"karaoke, ruby":   {cue + "<00:01.500>A <ruby>a<rt>b</rt></ruby>\n", []string{"4 times inside a cue", "4 ruby"}},
	} {
		d, err := Read([]byte("WEBVTT\n\n"+c.text+cue), "a.vtt")
		if err != nil || len(d.Cues) == 0 || !slices.Equal(lost(d), c.lost) {
			t.Errorf("%s: %d cues, %v, lost %q, want %q", name, len(d.Cues), err, lost(d), c.lost)
		}
	}
}

// A region lies in the picture, and cues in it.
func TestPlacesInRegions(t *testing.T) {
	s := newSheet("\nREGION\nid:a width:50% lines:2 regionanchor:100%,0% viewportanchor:100%,0%\n\nREGION\nid:b lines:5 viewportanchor:0%,10% regionanchor:0%,100%\n\nREGION\nid:c width:0%\n")
	if len(s.regions) != 3 {
		t.Fatalf("%+v", s.regions)
	}
	for settings, want := range map[string]place{
		"region:a":                         {50, 50, 0, 12, true, "center"},
		"region:a position:50% size:40%":   {65, 20, 0, 12, true, "center"},
		"region:a align:start line:3":      {50, 50, 0, 12, true, "start"},
		"region:b":                         {0, 100, 0, 10, true, "center"},
		"region:c":                         {5, 90, 5, 95, true, "center"},
		"region:d line:10%":                {5, 90, 10, 100, false, "center"},
		"align:end position:100% region:a": {50, 50, 0, 12, true, "end"},
		"size:50% position:0% align:start": {0, 50, 5, 95, true, "start"},
	} {
		if got := s.place(settings); got != want {
			t.Errorf("%q: %+v, want %+v", settings, got, want)
		}
	}
}

func TestColours(t *testing.T) {
	for c, want := range map[string]string{
		"Red": "#ff0000", "#ABC": "#aabbcc", "#abcd": "#aabbccdd", "#11223344": "#11223344", "#112233ff": "#112233", "rgb(1,2,3)": "#010203", "rgba(1, 2, 3, 0.5)": "#01020380",
		"rgb(100% 0% 50% / 10%)": "#ff007f1a", "rgba(1,2,3,1)": "#010203", "rgb(999,-1,0)": "#ff0000", "transparent": "#00000000",
		"": "", "#12": "", "#ggg": "", "rgb(1,2)": "", "rgb(1,2,3,4,5)": "", "rgb(NaN,0,0)": "", "rgb(1,2,3) x": "", "hsl(1,2,3)": "", "url(x)": "", "#\xff\xff": "",
	} {
		if got, ok := colourOf(c, 1); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v, want %q", c, got, ok, want)
		}
	}
	if got, _ := colourOf("rgba(0,0,0,192)", 255); got != "#000000c0" {
		t.Errorf("the alpha of TTML becomes %s", got)
	}
}

// Colours that WebVTT has no name for are written with their styles.
func TestColoursOfOthersAreStyled(t *testing.T) {
	d, err := Read([]byte(`<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"><body><div>
		<p begin="1s" end="2s" tts:backgroundColor="#000000c0" tts:fontSize="120%" tts:wrapOption="wrap">A<span tts:color="#ff8800" tts:backgroundColor="black">B</span><span tts:color="#ff8800" tts:backgroundColor="transparent">C</span></p>
		</div></body></tt>`), "a.ttml")
	if err != nil {
		t.Fatal(err)
	}
	if want := "1.000-2.000 <c.bg_color_000000c0>A</c><c.color_ff8800.bg_black>B</c><c.color_ff8800>C</c>"; len(d.Cues) != 1 || written(d.Cues)[0] != want {
		t.Errorf("%q, want %q", written(d.Cues), want)
	}
	if want := "\nSTYLE\n::cue(.bg_color_000000c0) { background-color: #000000c0 }\n::cue(.color_ff8800) { color: #ff8800 }\n"; d.Head != want {
		t.Errorf("%q, want %q", d.Head, want)
	}
	if got := lost(d); !slices.Equal(got, []string{"2 fontSize"}) || d.WebVTT {
		t.Errorf("lost %q", got)
	}
	imsc := document(d)
	again := &Document{}
	if err := readTTML(imsc, again); err != nil || written(again.Cues)[0] != written(d.Cues)[0] || again.Lost != nil {
		t.Errorf("%v, %q, lost %v", err, written(again.Cues), again.Lost)
	}
}

// A wvtt track has its styles in the sample entry, and names of cues in its samples.
func TestStylesOfTracks(t *testing.T) {
	d := &Document{}
	d.header("WEBVTT\n\nSTYLE\n::cue(#a) { color: red }\n\nREGION\nid:r\n")
	sample := box("vttc", box("iden", "a"), box("sttg", "region:r region:x"), box("payl", "A")) + box("vttc", box("iden", "NOTE"), box("payl", "B"))
	if err := wvttSample([]byte(sample), 0, media.TicksPerSecond, d); err != nil || len(d.Cues) != 2 || !d.WebVTT {
		t.Fatal(err, d.Cues)
	}
	if a, b := d.Cues[0], d.Cues[1]; a.ID != "a" || a.Settings != "region:r" || b.ID != "" || !strings.Contains(d.Head, "STYLE") {
		t.Errorf("%+v, head %q", d.Cues, d.Head)
	}
}

// Players take cues of one name for one cue: only what a style means has a name.
func TestNamesOfCues(t *testing.T) {
	const cues = "\na\n00:01.000 --> 00:02.000\nA\n\na\n00:03.000 --> 00:04.000\nB\n\nb\n00:05.000 --> 00:06.000\nC\n"
	for head, want := range map[string]string{"": "", "\nSTYLE\n::cue(b) { color: #ff0000 }\n": "", "\nSTYLE\n::cue(b, #b) { color: red }\n": "ab", "\nSTYLE\n::cue(#\\31) { color: red }\n": "ab"} {
		d, err := Read([]byte("WEBVTT\n"+head+cues), "a.vtt")
		if err != nil || len(d.Cues) != 3 {
			t.Fatal(err, d)
		}
		if got := d.Cues[0].ID + d.Cues[1].ID + d.Cues[2].ID; got != want {
			t.Errorf("%q: %q, want %q", head, got, want)
		}
	}
}
