package filter

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"manifold/packager/fault"
)

// same says whether two filters do the same.
func same(a, b *Filter) bool {
	x, y := *a, *b
	x.Name, y.Name = "", ""
	return reflect.DeepEqual(x, y)
}

// What is written in a URL is what a document says.
func TestInline(t *testing.T) {
	for inline, document := range map[string]string{
		`@`:           `{}`,
		`@type:audio`: tracks(selected("Type Equal audio")),
		`@type:audio+type:video&bitrate:0-1500000`: tracks(selected("Type Equal audio"), selected("Type Equal video", "Bitrate Equal 0-1500000")),
		`@LANGUAGE!eng&fourCC:mp4a`:                tracks(selected("Language NotEqual eng", "FourCC Equal mp4a")),
		`@name:fran%C3%A7ais%20%2B%26%40%3B`:       tracks(`{"trackSelections":[{"property":"Name","operation":"Equal","value":"français +&@;"}]}`),
		`@time:10-30`:                              `{"presentationTimeRange":{"startTimestamp":10,"endTimestamp":30,"timescale":1}}`,
		`@time:13.0130001-`:                        `{"presentationTimeRange":{"startTimestamp":130130001}}`,
		`@time:-.5`:                                "",
		`@time:-0.5@first:800000`:                  `{"presentationTimeRange":{"endTimestamp":5000000},"firstQuality":{"bitrate":800000}}`,
		`@window:60@backoff:10.5@time:0-9@forceEnd@bitrate!7`: `{"presentationTimeRange":{"presentationWindowDuration":600000000,"liveBackoffDuration":105000000,"endTimestamp":90000000,"forceEndTimestamp":true},
			"tracks":[` + selected("Bitrate NotEqual 7") + `]}`,
	} {
		f, err := ParseInline(inline)
		if document == "" {
			if err == nil {
				t.Errorf("%s is taken", inline)
			}
			continue
		}
		want := parse(t, document)[0]
		if err != nil || !same(f, want) || f.Name != inline {
			t.Errorf("%s: %+v, want %+v (%v)", inline, f, want, err)
			continue
		}
		again, err := ParseInline(want.Inline())
		if err != nil || !same(again, want) {
			t.Errorf("%s is written %s, which is %+v (%v)", inline, want.Inline(), again, err)
		}
		text, err := InlineDocument(inline)
		if err != nil {
			t.Error(err)
		} else if back := parse(t, string(text))[0]; !same(back, want) {
			t.Errorf("%s is the document %s", inline, text)
		}
		for _, property := range regexp.MustCompile(`"property": "(.*)"`).FindAllSubmatch(text, -1) {
			if !slices.Contains(Properties[:], string(property[1])) {
				t.Errorf("%s is the document %s", inline, text)
			}
		}
	}
}

// Inline filters obey the rules of documents, and those of their syntax.
func TestInlineRefusals(t *testing.T) {
	for inline, code := range map[string]fault.Code{
		`@audio`:               fault.FilterInvalid,
		`@type:audio@type:eng`: fault.FilterTwice, // one list of selections
		`@time:1-2@time:3-4`:   fault.FilterTwice,
		`@time:10`:             fault.FilterInvalid,
		`@time:a-b`:            fault.FilterInvalid,
		`@time:1.-2`:           fault.FilterInvalid,
		`@time:1.00000001-2`:   fault.FilterInvalid,
		`@time:922337203686-`:  fault.FilterInvalid,
		`@first:fast`:          fault.FilterInvalid,
		`@forceEnd:yes`:        fault.FilterInvalid,
		`@name:%zz`:            fault.FilterInvalid,
		`@@`:                   fault.FilterInvalid,
		`@name:` + strings.Repeat("x", maxInline): fault.FilterInvalid,
		`@time:30-10`:           fault.FilterRange,
		`@forceEnd`:             fault.FilterRange,
		`@window:59.9`:          fault.FilterWindow,
		`@window:60@backoff:61`: fault.FilterBackoffOverWindow,
		`@backoff:301`:          fault.FilterBackoff,
		`@first:0`:              fault.FilterFirstQuality,
		`@type:smell`:           fault.FilterTrack,
		`@colour:red`:           fault.FilterTrack,
		`@bitrate:5-4`:          fault.FilterTrack,
		`@type:audio&name:`:     fault.FilterTrack,
	} {
		_, err := ParseInline(inline)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != code {
			t.Errorf("%.40s: %v, want %s", inline, err, code)
		}
	}
}

func FuzzParseInline(f *testing.F) {
	f.Add("@type:audio+type:video&bitrate:0-1500000@time:10-30.5@first:800000")
	f.Add("@name!a%2Bb@window:60@backoff:1@forceEnd@time:-9")
	f.Fuzz(func(t *testing.T, text string) {
		x, err := ParseInline(text)
		if err != nil {
			return
		}
		again, err := ParseInline(x.Inline())
		if len(x.Inline()) <= maxInline && (err != nil || !same(x, again)) {
			t.Fatalf("%s is written %s (%v)", text, x.Inline(), err)
		}
	})
}
