package subtitle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"manifold/packager/media"
)

// written writes cues in one line each, for comparison.
func written(cues []media.Cue) (out []string) {
	for _, c := range cues {
		line := fmt.Sprintf("%s-%s %s", media.Seconds(c.Start), media.Seconds(c.End), strings.ReplaceAll(c.Text, "\n", "|"))
		if c.Settings != "" {
			line += " [" + c.Settings + "]"
		}
		out = append(out, line)
	}
	return out
}

func TestDocumentsAreRead(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		language         string
		want             []string
		skipped          []int // lines
	}{
		{name: "plain", file: "a.vtt", text: "WEBVTT\n\n00:01.000 --> 00:02.500\nOne\nTwo\n\n01:00:00.001 --> 01:00:00.002\nLate", want: []string{"1.000-2.500 One|Two", "3600.001-3600.002 Late"}},
		{name: "identifiers, notes, styles, regions", file: "a.vtt", text: "WEBVTT - title\nLanguage: en-GB\n\nNOTE\nnothing --> here\n\nSTYLE\n::cue{}\n\nREGION\nid:x\n\nfirst\n00:01.000 --> 00:02.000\nA\n\n2\n00:02.000 --> 00:03.000\nB\n", language: "en-GB", want: []string{"1.000-2.000 A", "2.000-3.000 B"}},
		{name: "settings", file: "a.vtt", text: "WEBVTT\n\n00:01.000 --> 00:02.000 align:start line:10% region:x position:5%,line-left size:50%\nA\n", want: []string{"1.000-2.000 A [align:start line:10% position:5%,line-left size:50%]"}},
		{name: "carriage returns, byte order mark", file: "a.VTT", text: "\uFEFFWEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nA\r\nB\r\n\r\n00:03.000\t-->\t00:04.000\tline:0\r\nC", want: []string{"1.000-2.000 A|B", "3.000-4.000 C [line:0]"}},
		{name: "out of order", file: "a.vtt", text: "WEBVTT\n\n00:03.000 --> 00:04.000\nB\n\n00:01.000 --> 00:02.000\nA\n", want: []string{"1.000-2.000 A", "3.000-4.000 B"}},
		{name: "cues that are none", file: "a.vtt", text: "WEBVTT\n\n00:03.000 --> 00:02.000\nbackwards\n\nno times\n\n00:0x.000 --> 00:02.000\nA\n\n00:99.000 --> 00:02.000\nA\n\n00:01.000 --> 00:02.000\n\n00:01.000 --> 00:02.000\nA\n", want: []string{"1.000-2.000 A"}, skipped: []int{3, 6, 8, 11}},
		{name: "SubRip", file: "a.en.srt", text: "1\n00:00:01,000 --> 00:00:02,500\nOne <i>i</i> & <FONT color=\"#ffff00\">two</font>\n{\\an8}x\n\n2\n00:00:03,000 --> 00:00:04,000 X1:1 X2:2\n{\\an7\\b1}3 < 4 &amp; <x>5\n", want: []string{"1.000-2.500 One <i>i</i> &amp; <c.yellow>two</c>|{\\an8}x", "3.000-4.000 3 &lt; 4 &amp; 5 [line:5% align:start position:5%]"}},
		{name: "SubRip without numbers", file: "a.srt", text: "\n\n00:00:01.000 --> 00:00:02.500\nOne\n\n\n\n7\n8\n00:00:03,000 --> 00:00:04,000\nTwo", want: []string{"1.000-2.500 One", "3.000-4.000 Two"}},
		{name: "SubRip of Windows", file: "a.srt", text: "1\n00:00:01,000 --> 00:00:02,000\nd\xE9j\xE0\n", want: []string{"1.000-2.000 déjà"}},
		{name: "TTML", file: "a.ttml", text: `<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xml:lang="fr" ttp:frameRate="25" ttp:tickRate="10000000">
			<head><metadata><title>no cue</title></metadata><styling><style xml:id="b" tts:fontWeight="bold"/><style xml:id="bi" style="b" tts:fontStyle="italic"/></styling>
			<layout><region xml:id="top" tts:origin="10% 5%" tts:extent="80% 20%"/><region xml:id="end" tts:origin="0% 50%" tts:extent="100% 40%" tts:displayAlign="after"><style tts:textAlign="end"/></region></layout></head>
			<body begin="1s"><div begin="0.5s">
			<p begin="0s" end="1s" region="top">  One
				two  <br/> <span style="bi">three</span> </p>
			<p begin="00:00:02:05" dur="500ms" region="end">A &lt; <span tts:color="#FF8800FF">B</span></p>
			<p begin="30000000t" end="100f"><span tts:textDecoration="underline">u</span> v<metadata>no</metadata></p>
			<p begin="1h" end="1.5h"> </p>
			<p begin="9s">endless</p>
			</div></body></tt>`, language: "fr",
			want:    []string{"1.500-2.500 One two|<b><i>three</i></b> [line:5% position:50% size:80%]", "3.700-4.200 A &lt; <c.color_ff8800>B</c> [line:90%,end position:100% size:100% align:end]", "4.500-5.500 <u>u</u> v"},
			skipped: []int{10}},
		{name: "TTML, times of spans", file: "a.ttml", text: `<tt xmlns="http://www.w3.org/ns/ttml"><body><div>
			<p><span begin="1s" end="2s">A</span> <span begin="2s" end="3s">B</span></p>
			<p begin="4s" end="8s">C <span begin="1s" end="2s">D <span begin="0.5s" dur="9s">E</span></span></p>
			<p begin="9s" end="10s"><span begin="0.2s" end="0.4s">F</span><br/><span begin="0.4s">G</span></p>
			<p begin="11s" timeContainer="seq"><span dur="1s">H</span><span dur="1s">I</span></p>
			<p begin="20s"><span end="1s">J</span><span>endless</span></p>
			<p begin="30s" end="31s"><span begin="2s" end="1s">K</span>L</p>
			</div></body></tt>`,
			want: []string{"1.000-2.000 A", "2.000-3.000 B", "4.000-5.000 C", "5.000-5.500 C D", "5.500-6.000 C D E", "6.000-8.000 C", "9.200-9.400 F|", "9.400-10.000 |G",
				"11.000-12.000 H", "12.000-13.000 I", "20.000-21.000 J", "30.000-31.000 L"},
			skipped: []int{6, 7}},
		{name: "no blank lines", file: "a.vtt", text: "WEBVTT\n\nNOTE\nx\n00:01.000 --> 00:02.000\nA\n00:02.000 --> 00:03.000\n00:03.000 --> 00:04.000\nB\n", want: []string{"1.000-2.000 A", "3.000-4.000 B"}},
		{name: "SubRip without blank lines", file: "a.srt", text: "1\n00:00:01,000 --> 00:00:02,000\nA --> B\n1\n2\n00:00:02,000-->00:00:03,000\n00:00:03,000 --> 00:00:04,000\nC\n7\n00:00:04,000 --> 00:00:05,000\n8\n\n9\n10\n00:00:05,000 --> 00:00:06,000\nD\n", want: []string{"1.000-2.000 A --&gt; B|1", "3.000-4.000 C", "4.000-5.000 8", "5.000-6.000 D"}},
		{name: "TTML, one behind the other, colours of regions", file: "a.ttml", text: `<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"><head><layout><region xml:id="r" tts:color="lime"><style tts:fontStyle="italic"/></region></layout></head>
			<body><div begin="1s" timeContainer="seq"><p dur="1s">A</p><p dur="2s" region="r">B<span tts:color="red">C</span></p><p begin="1s" end="2s">D</p></div><div><p end="1s">E</p></div></body></tt>`,
			want: []string{"0.000-1.000 E", "1.000-2.000 A", "2.000-4.000 <c.lime><i>B</i></c><c.red><i>C</i></c>", "5.000-6.000 D"}},
	} {
		d, err := Read([]byte(c.text), c.file)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var lines []int
		for _, s := range d.Skipped {
			lines = append(lines, s.Line)
		}
		if got := written(d.Cues); !slices.Equal(got, c.want) || d.Language != c.language || !slices.Equal(lines, c.skipped) {
			t.Errorf("%s: language %q, skipped lines %d (%v)\n%s\nwant %q, %d\n%s", c.name, d.Language, lines, d.Skipped, strings.Join(got, "\n"), c.language, c.skipped, strings.Join(c.want, "\n"))
		}
	}
}

// A paragraph that changes at every word would make more text than anybody reads.
func TestParagraphsThatChangeTooOften(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p>`)
	for i := range 3000 {
		fmt.Fprintf(&b, `<span begin="%dms" end="9000s">word %d</span>`, i+1, i)
	}
	b.WriteString(`</p><p begin="1s" end="2s">A</p></div></body></tt>`)
	d, err := Read([]byte(b.String()), "a.ttml")
	if err != nil || len(d.Cues) != 1 || len(d.Skipped) != 1 || !strings.Contains(d.Skipped[0].Why, "changes 3000 times") {
		t.Errorf("%d cues, %v, %v", len(d.Cues), d.Skipped, err)
	}
}

func TestWhatIsNoDocumentIsRefusedInWords(t *testing.T) {
	for file, c := range map[string][2]string{
		"a.vtt":  {"1\n00:00:01,000 --> 00:00:02,000\nA\n", "a.vtt line 1: the document does not begin with WEBVTT"},
		"b.vtt":  {"WEBVTTX\n", "b.vtt line 1: the document does not begin with WEBVTT"},
		"a.srt":  {"no subtitles\nat all", "a.srt line 2: there is no cue"},
		"a.ttml": {"<tt><body>\n<p begin='1s'", "a.ttml line 2: the document is not well-formed XML"},
		"b.ttml": {"<html/>", "b.ttml line 1: the document is <html>, not <tt>"},
		"c.ttml": {"", "c.ttml line 1: the document is empty"},
		"d.ttml": {"<tt>\n<body><div><p begin='x' end='2s'>A</p></div></body></tt>", `d.ttml line 2: begin="x" is no time`},
		"a.txt":  {"x", "a.txt: this is no text format"},
	} {
		if _, err := Read([]byte(c[0]), file); err == nil || !strings.Contains(err.Error(), c[1]) {
			t.Errorf("%s: %v, want %s", file, err, c[1])
		}
	}
}

// What a place becomes as settings is the same place.
func TestPlacesAreKept(t *testing.T) {
	for settings, want := range map[string]place{
		"":                                   {5, 90, 5, 95, true, "center"},
		"line:10%":                           {5, 90, 10, 100, false, "center"},
		"line:80%,end align:start":           {5, 90, 0, 80, true, "start"},
		"line:0":                             {5, 90, 0, 100, false, "center"},
		"line:-1":                            {5, 90, 5, 95, true, "center"},
		"position:20% size:30% align:start":  {20, 30, 5, 95, true, "start"},
		"position:20% size:90% align:start":  {20, 80, 5, 95, true, "start"},
		"position:50% size:40%":              {30, 40, 5, 95, true, "center"},
		"position:90% align:end size:20%":    {70, 20, 5, 95, true, "end"},
		"align:middle line:nonsense size:1%": {49.5, 1, 5, 95, true, "center"},
		"line:NaN% position:200%":            {5, 90, 5, 95, true, "center"},
	} {
		if got := placeOf(settings); got != want {
			t.Errorf("%q: %+v, want %+v", settings, got, want)
		} else if again := placeOf(got.settings()); again != got && settings != "line:0" {
			t.Errorf("%q becomes %q: %+v", settings, got.settings(), again)
		}
	}
}

// Every document on its own reads back as what is seen in its fragment, and all
// together as the cues; WebVTT segments hold each cue whole.
func TestWhatIsWrittenReadsAsTheCues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const ms = media.TicksPerSecond / 1000
		text := rapid.SampledFrom([]string{"One", "a &lt; b", "<i>x</i> y", "two\nlines", "<b>b<i>bi</i></b>", "<c.red>r</c>\n<u>u</u>", "ünïcode 日本"})
		var cues []media.Cue
		at := int64(0)
		for i := range rapid.IntRange(0, 12).Draw(t, "cues") {
			at += int64(rapid.IntRange(0, 3000).Draw(t, "gap")) * ms
			c := media.Cue{Start: at, End: at + int64(rapid.IntRange(1, 5000).Draw(t, "lasts"))*ms, Text: fmt.Sprint(text.Draw(t, "text"), " ", i)}
			c.Settings = rapid.SampledFrom([]string{"", "line:10%", "position:20% size:30% align:start"}).Draw(t, "settings")
			cues = append(cues, c)
		}
		times := []int64{0}
		for times[len(times)-1] < at+6000*ms {
			times = append(times, times[len(times)-1]+int64(rapid.IntRange(1, 4000).Draw(t, "fragment"))*ms)
		}
		track := &media.Track{Kind: media.Text, Language: "en", Cues: cues}
		if err := Fragment(track, times); err != nil {
			t.Fatal(err)
		}
		if track.Samples.Count() != len(times)-1 || len(track.First) != len(times) || track.Ticks(0) != 0 || track.End() != times[len(times)-1] {
			t.Fatalf("%d samples, %d fragments, end %d", track.Samples.Count(), len(track.First)-1, track.End())
		}
		var got Document
		for k, s := range track.Samples.Append(nil, 0, track.Samples.Count()) {
			b := make([]byte, s.Size)
			if _, err := track.Source.ReadAt(b, s.Position); err != nil {
				t.Fatal(err)
			}
			var one Document
			if err := readTTML(string(b), &one); err != nil || len(one.Skipped) > 0 {
				t.Fatalf("fragment %d: %v %v\n%s", k, err, one.Skipped, b)
			}
			for _, c := range one.Cues {
				if c.Start < times[k] || c.End > times[k+1] {
					t.Fatalf("fragment %d has a cue at %d–%d", k, c.Start, c.End)
				}
			}
			got.Cues = append(got.Cues, one.Cues...)
			vtt, err := Read(AppendWebVTT(nil, track, times[k], times[k+1], 900000), "a.vtt")
			if err != nil || len(vtt.Skipped) > 0 || !slices.Equal(written(vtt.Cues), written(seen(cues, times[k], times[k+1]))) {
				t.Fatalf("segment %d: %v\n%q\n%q", k, err, written(vtt.Cues), written(seen(cues, times[k], times[k+1])))
			}
		}
		got.join()
		got.finish()
		for i := range cues {
			cues[i].Text = cueText(new(sheet).pieces(cues[i].Text, style{}))
			cues[i].Settings = placeOf(cues[i].Settings).settings()
		}
		for i := range got.Cues {
			got.Cues[i].Settings = placeOf(got.Cues[i].Settings).settings()
		}
		if !slices.Equal(written(got.Cues), written(cues)) {
			t.Fatalf("read back\n%s\nwant\n%s", strings.Join(written(got.Cues), "\n"), strings.Join(written(cues), "\n"))
		}
	})
}

// seen are the cues in [from, to).
func seen(cues []media.Cue, from, to int64) (out []media.Cue) {
	for _, c := range within(cues, from, to) {
		out = append(out, *c)
	}
	return out
}

// document is all of a document as IMSC1.
func document(d *Document) string {
	w := imsc{language: d.Language, look: newSheet(d.Head)}
	return string(w.append(nil, within(d.Cues, 0, endless), 0, endless))
}

func box(kind string, parts ...string) string {
	body := strings.Join(parts, "")
	return string(binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))) + kind + body
}

func TestSamplesOfMP4AreRead(t *testing.T) {
	for fourCC, c := range map[string]struct {
		samples []string // of 2 s
		want    []string
		skipped int
	}{
		"wvtt": {[]string{box("vttc", box("sttg", "line:10%"), box("payl", "A &amp; b")), box("vttc", box("sttg", "line:10%"), box("payl", "A &amp; b")) + box("vttc", box("payl", "C")), box("vtte"), box("vttc", box("payl", "D"))[:9]},
			[]string{"1.000-5.000 A &amp; b [line:10%]", "3.000-5.000 C"}, 1},
		"stpp": {[]string{`<tt><body><div><p begin="1s" end="3s">A</p></div></body></tt>`, `<tt><body><div><p begin="1s" end="3s">A</p><p begin="3s" end="9s">B</p></div></body></tt>`, "", "<tt"},
			[]string{"2.000-4.000 A", "4.000-5.000 B"}, 1},
		"tx3g": {[]string{"\x00\x05a < b", "\x00\x00", "\x00\x01c\x00\x00\x00\x0cstyl", "\x00\x09x"}, []string{"1.000-3.000 a &lt; b", "5.000-7.000 c"}, 1},
	} {
		index := media.NewIndexBuilder(len(c.samples))
		at := 0
		for i, s := range c.samples {
			index.Run(i, int64(at))
			index.Size(int64(len(s)))
			index.Decode(int64(2000 * i))
			at += len(s)
		}
		index.Decode(int64(2000 * len(c.samples)))
		track := &media.Track{Kind: media.Text, Timescale: 1000, Codec: media.Codec{FourCC: fourCC}, Samples: index.Samples(),
			Clock: media.NewClock(1000, 0, 1, 1), Source: bytes.NewReader([]byte(strings.Join(c.samples, "")))} // an empty edit of 1 s
		d, err := Samples(track)
		if err != nil || !slices.Equal(written(d.Cues), c.want) || len(d.Skipped) != c.skipped {
			t.Errorf("%s: %v\n%q, skipped %v\n%q", fourCC, err, written(d.Cues), d.Skipped, c.want)
		}
	}
}

// Whatever stands in a file, what is made of it can be read.
func FuzzRead(f *testing.F) {
	f.Add([]byte("WEBVTT\n\n00:01.000 --> 00:02.000 line:1\n<i>A\n"), uint8(0))
	f.Add([]byte("WEBVTT\n\nSTYLE\n::cue(b, .x#y), ::cue(v[voice=\"A\"]) { color: rgba(1,2,3,.5); font: x }\n/* */\n\nREGION\nid:r width:40% lines:3 viewportanchor:10%,90%\n\ny\n00:01.000 --> 00:02.000 region:r\n<b.x>A\n"), uint8(0))
	f.Add([]byte("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<b>A</i> &\n"), uint8(1))
	f.Add([]byte(`<tt xml:lang="x"><head><styling><style xml:id="a"/></styling></head><body><p begin="1s" end="2s" style="a">A<br/></p></body></tt>`), uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, kind uint8) {
		d, err := Read(b, []string{"a.vtt", "a.srt", "a.ttml"}[kind%3])
		if err != nil {
			return
		}
		for _, c := range d.Cues {
			if c.Start < 0 || c.End <= c.Start {
				t.Fatalf("a cue at %d–%d", c.Start, c.End)
			}
		}
		d.Cues = d.Cues[:min(len(d.Cues), 50)]
		if err := readTTML(document(d), &Document{}); err != nil {
			t.Fatalf("%v\n%q", err, document(d))
		}
		again, err := Read(AppendWebVTT(nil, &media.Track{Cues: d.Cues, CueHead: d.Head}, 0, endless, 0), "a.vtt")
		if err != nil || again.Head != d.Head {
			t.Fatalf("%v, head %q becomes %q", err, d.Head, again.Head)
		}
	})
}

// The looks and the places of 3GPP timed text are kept.
func TestTimedTextKeepsItsStyles(t *testing.T) {
	entry := func(horizontal, vertical int8, face byte, colour string) []byte {
		b := append(make([]byte, 4), byte(horizontal), byte(vertical))
		return append(append(b, make([]byte, 12+6)...), face, 18, colour[0], colour[1], colour[2], 255)
	}
	styl := func(records ...string) string {
		return box("styl", "\x00"+string(rune(len(records))), strings.Join(records, ""))
	}
	record := func(from, to, face byte, colour string) string {
		return string([]byte{0, from, 0, to, 0, 1, face, 18}) + colour + "\xff"
	}
	const white, red = "\xff\xff\xff", "\xff\x00\x00"
	text := func(s string) string { return string([]byte{0, byte(len(s))}) + s }
	for _, c := range []struct {
		name   string
		entry  []byte
		sample string
		want   string
	}{
		{"nothing said", entry(1, -1, 0, white), text("a"), "0.000-1.000 a"},
		{"no entry", nil, text("a"), "0.000-1.000 a"},
		{"italic throughout", entry(1, -1, 2, white), text("a\nb"), "0.000-1.000 <i>a</i>|<i>b</i>"},
		{"a bold word", entry(1, -1, 0, white), text("één b c") + styl(record(4, 5, 1, white)), "0.000-1.000 één <b>b</b> c"},
		{"two styles over a line", entry(1, -1, 0, white), text("ab\ncd") + styl(record(1, 4, 6, white), record(4, 9, 0, red)), "0.000-1.000 a<i><u>b</u></i>|<i><u>c</u></i><c.red>d</c>"},
		{"the entry's colour", entry(1, -1, 0, red), text("a") + styl(record(0, 1, 0, white)), "0.000-1.000 a"},
		{"at the top, left", entry(0, 0, 0, white), text("a"), "0.000-1.000 a [line:5% align:start]"},
		{"a style that is cut off", entry(1, -1, 0, white), text("ab") + styl(record(0, 1, 1, white))[:20], "0.000-1.000 ab"},
		{"other boxes first", entry(-1, -1, 0, white), text("ab") + box("hlit", "\x00\x00\x00\x01") + styl(record(0, 1, 1, white)), "0.000-1.000 <b>a</b>b [align:end]"},
	} {
		d := &Document{}
		if err := tx3g(c.entry)([]byte(c.sample), 0, media.TicksPerSecond, d); err != nil || len(d.Cues) != 1 || written(d.Cues)[0] != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, written(d.Cues), err, c.want)
		}
	}
}

// Text that is seen in very many fragments is not multiplied without end, and the
// looks of a cue are worked out once.
func TestCuesThatLieOverEachOtherWithoutEnd(t *testing.T) {
	fragment := func(n int, head, text string) error {
		var times []int64
		for k := range n + 1 {
			times = append(times, int64(k)*2*media.TicksPerSecond)
		}
		return Fragment(&media.Track{File: "a.vtt", TrackID: 1, CueHead: head, Cues: []media.Cue{{End: times[n], Text: text}}}, times)
	}
	if err := fragment(3600, "", strings.Repeat("x", 1<<20)); err == nil || !strings.Contains(err.Error(), "more than 67108864 bytes") {
		t.Error(err)
	}
	const elements = 1000
	work := func(fragments int) float64 {
		return testing.AllocsPerRun(1, func() {
			if err := fragment(fragments, "\nSTYLE\n::cue(b) { color: red }\n", strings.Repeat("<b>x</b>", elements)); err != nil {
				t.Error(err)
			}
		})
	}
	if few, many := work(10), work(110); many-few > 100*elements/4 {
		t.Errorf("a hundred more fragments take %v allocations, ten %v", many-few, few)
	}
}
