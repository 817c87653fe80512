package verify

import (
	"net/url"
	"strings"
	"testing"
)

const document = `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT6S" minBufferTime="PT2S">
<Period><AdaptationSet contentType="video" mimeType="video/mp4" codecs="avc1.64001F"><Label>v</Label>
<SegmentTemplate timescale="1000" presentationTimeOffset="500" media="Q($Bandwidth$)/F$$($Time$)" initialization="Q($Bandwidth$)/i">
<SegmentTimeline><S t="500" d="2000" r="1"/><S d="1500"/></SegmentTimeline></SegmentTemplate>
<Representation id="a" bandwidth="7" width="2" height="2"/></AdaptationSet></Period></MPD>`

func openText(text string) (*Presentation, error) {
	base, err := url.Parse("http://127.0.0.1/x/movie.ism/manifest(format=mpd-time-csf)")
	if err != nil {
		return nil, err
	}
	p := &Presentation{Text: []byte(text)}
	return p, openDASH(base, p)
}

func TestATimelineIsWrittenOut(t *testing.T) {
	p, err := openText(document)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Renditions[0]
	if r.Init != "http://127.0.0.1/x/movie.ism/Q(7)/i" || len(r.Segments) != 3 || p.Duration != 60_000_000 {
		t.Fatalf("%+v", p)
	}
	if s := r.Segments[2]; s.Start != 4000 || s.Duration != 1500 || s.URL != "http://127.0.0.1/x/movie.ism/Q(7)/F$(4500)" {
		t.Errorf("the last segment is %+v", s)
	}
}

func TestMPDsThatTheSchemaForbidsAreErrors(t *testing.T) {
	for name, change := range map[string][2]string{
		"a label behind the template":     {"<Label>v</Label>", ""},
		"a timeline that goes back":       {`<S d="1500"/>`, `<S t="600" d="1500"/>`},
		"a segment without duration":      {`<S d="1500"/>`, `<S t="4500"/>`},
		"an id with white space":          {`id="a"`, `id="a b"`},
		"an identifier that is not there": {"$Time$", "$Zeit$"},
		"an odd number of dollars":        {"$Time$", "$Time"},
		"no duration":                     {` mediaPresentationDuration="PT6S"`, ""},
	} {
		text := strings.Replace(document, change[0], change[1], 1)
		if name == "a label behind the template" {
			text = strings.Replace(text, "<Representation", "<Label>v</Label><Representation", 1)
		}
		if _, err := openText(text); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
