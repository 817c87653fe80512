package filter

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"manifold/packager/fault"
	"manifold/packager/media"
)

const second = media.TicksPerSecond

// programme is 20 s of video in fragments of 2 s and two languages whose
// fragments drift behind.
func programme() *media.Presentation {
	times := func(n int, d, end int64) (out []int64) {
		for k := range n {
			out = append(out, int64(k)*d)
		}
		return append(out, end)
	}
	group := func(name string, kind media.Kind, language string, at []int64, fourCC string, rates ...int) *media.Group {
		g := &media.Group{Name: name, Kind: kind, Times: at, To: len(at) - 1, PerSegment: 3}
		for _, r := range rates {
			t := &media.Track{Name: name, Kind: kind, Language: language, Bitrate: r, Codec: media.Codec{FourCC: fourCC}}
			for k := range at {
				t.First = append(t.First, uint32(94*k)) // frames of 21.3 ms
			}
			g.Tracks = append(g.Tracks, t)
		}
		return g
	}
	return &media.Presentation{Version: "v", Duration: 20 * second, Groups: []*media.Group{
		group("video", media.Video, "", times(10, 2*second, 20*second), "avc1", 3000000, 1000000, 400000),
		group("english", media.Audio, "eng", times(10, 20053333, 20*second), "mp4a", 128000),
		group("français", media.Audio, "", times(10, 20053333, 20*second), "mp4a", 96000),
	}}
}

// listed writes what a presentation lists.
func listed(p *media.Presentation) string {
	var out []string
	for _, g := range p.Groups {
		var rates []string
		for _, t := range g.Tracks {
			rates = append(rates, fmt.Sprint(t.Bitrate))
		}
		out = append(out, fmt.Sprintf("%s %s [%d,%d)", g.Name, strings.Join(rates, "+"), g.From, g.To))
	}
	return strings.Join(out, "; ")
}

func parse(t testing.TB, documents ...string) (out []*Filter) {
	t.Helper()
	for i, d := range documents {
		f, err := Parse([]byte(d), fmt.Sprint("f", i))
		if err != nil {
			t.Fatalf("%s: %v", d, err)
		}
		out = append(out, f)
	}
	return out
}

func selected(conditions ...string) string {
	var out []string
	for _, c := range conditions {
		w := strings.Fields(c)
		out = append(out, fmt.Sprintf(`{"property":%q,"operation":%q,"value":%q}`, w[0], w[1], w[2]))
	}
	return `{"trackSelections":[` + strings.Join(out, ",") + `]}`
}

func tracks(selections ...string) string {
	return `{"tracks":[` + strings.Join(selections, ",") + `]}`
}

func TestApply(t *testing.T) {
	const everything = "video 3000000+1000000+400000 [0,10); english 128000 [0,10); français 96000 [0,10)"
	for _, c := range []struct {
		name            string
		filters         []string
		want            string
		start, duration int64
	}{
		{"an empty filter leaves all", []string{`{}`}, everything, 0, 20 * second},
		{"groups are or, conditions are and", []string{tracks(selected("Type Equal Audio", "Language Equal ENG"), selected("Type Equal video", "Bitrate Equal 0-1000000"))},
			"video 1000000+400000 [0,10); english 128000 [0,10)", 0, 20 * second},
		{"a bitrate alone", []string{tracks(selected("Bitrate Equal 400000"))}, "video 400000 [0,10)", 0, 20 * second},
		{"not equal", []string{tracks(selected("Bitrate NotEqual 400000-1000000"))}, "video 3000000 [0,10); english 128000 [0,10); français 96000 [0,10)", 0, 20 * second},
		{"by name, as it is", []string{tracks(selected("Name Equal français"))}, "français 96000 [0,10)", 0, 20 * second},
		{"an unknown language is und", []string{tracks(selected("Language Equal und", "Type Equal audio"))}, "français 96000 [0,10)", 0, 20 * second},
		{"by codec, without letter case", []string{tracks(selected("FourCC Equal MP4A"))}, "english 128000 [0,10); français 96000 [0,10)", 0, 20 * second},
		{"two filters intersect", []string{tracks(selected("Type Equal audio"), selected("Bitrate Equal 400000")), tracks(selected("Bitrate Equal 0-128000"), selected("Type Equal video"))},
			"video 400000 [0,10); english 128000 [0,10); français 96000 [0,10)", 0, 20 * second},
		{"fragments that reach over the ends stay whole", []string{`{"presentationTimeRange":{"startTimestamp":50000000,"endTimestamp":90000001}}`},
			"video 3000000+1000000+400000 [2,5); english 128000 [2,5); français 96000 [2,5)", 4 * second, 5*20053333 - 4*second},
		{"ends on fragments cut there", []string{`{"presentationTimeRange":{"startTimestamp":4,"endTimestamp":8,"timescale":1}}`},
			"video 3000000+1000000+400000 [2,4); english 128000 [2,4); français 96000 [2,4)", 4 * second, 4*20053333 - 4*second},
		{"in nanoseconds", []string{`{"presentationTimeRange":{"startTimestamp":4000000000,"endTimestamp":8000000000,"timescale":1000000000}}`},
			"video 3000000+1000000+400000 [2,4); english 128000 [2,4); français 96000 [2,4)", 4 * second, 4*20053333 - 4*second},
		{"an end alone begins where the asset does", []string{`{"presentationTimeRange":{"endTimestamp":20000000}}`},
			"video 3000000+1000000+400000 [0,1); english 128000 [0,1); français 96000 [0,1)", 0, 20053333},
		{"latest start, earliest end", []string{`{"presentationTimeRange":{"startTimestamp":20000000,"endTimestamp":160000000}}`, `{"presentationTimeRange":{"startTimestamp":60000000,"endTimestamp":190000000}}`},
			"video 3000000+1000000+400000 [3,8); english 128000 [3,8); français 96000 [3,8)", 6 * second, 8*20053333 - 6*second},
		{"the times of none and of live are kept apart", []string{`{"presentationTimeRange":{"startTimestamp":0,"endTimestamp":9223372036854775807,"presentationWindowDuration":9223372036854776000,"liveBackoffDuration":0}}`}, everything, 0, 20 * second},
		{"on demand there is no edge and no window of what is live", []string{`{"presentationTimeRange":{"endTimestamp":900000000,"presentationWindowDuration":600000000,"liveBackoffDuration":600000000,"forceEndTimestamp":true}}`}, everything, 0, 20 * second},
		{"audio alone counts from its own first fragment", []string{tracks(selected("Type Equal audio")), `{"presentationTimeRange":{"startTimestamp":50000000}}`},
			"english 128000 [2,10); français 96000 [2,10)", 2 * 20053333, 20*second - 2*20053333},
		{"audio alone for less than a frame is a fragment", []string{tracks(selected("Type Equal audio")), `{"presentationTimeRange":{"startTimestamp":20053000,"endTimestamp":20053500}}`},
			"english 128000 [0,1); français 96000 [0,1)", 0, 20053333},
	} {
		p, err := Apply(programme(), parse(t, c.filters...))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := listed(p); got != c.want || p.Start != c.start || p.Duration != c.duration {
			t.Errorf("%s:\n%s from %d for %d\nwant\n%s from %d for %d", c.name, got, p.Start, p.Duration, c.want, c.start, c.duration)
		}
	}
}

// The documents of the service load as they are, in either version.
func TestDocuments(t *testing.T) {
	third := `{"id":"/a/b","type":"Microsoft.Media/mediaservices/accountFilters","systemData":{"createdBy":"x"},"properties":{"presentationTimeRange":{"startTimestamp":0,"endTimestamp":170000000,"presentationWindowDuration":9223372036854776000,"liveBackoffDuration":0,"timescale":10000000,"forceEndTimestamp":false},
		"firstQuality":{"bitrate":128000},
		"tracks":[{"trackSelections":[{"property":"Type","operation":"Equal","value":"Audio"},{"property":"Language","operation":"NotEqual","value":"en"},{"property":"FourCC","operation":"NotEqual","value":"EC-3"}]},
			{"trackSelections":[{"property":"Type","operation":"Equal","value":"Video"},{"property":"Bitrate","operation":"Equal","value":"3000000-5000000"}]}]}}`
	template := `{"type":"Microsoft.Media/mediaServices/assets/assetFilters","apiVersion":"2021-11-01","name":"[concat(parameters('account'),'/film/small')]","dependsOn":["film"],"properties":{"presentationTimeRange":{"endTimestamp":170000000}}}`
	second := `{"Name":"GenericFilter","PresentationTimeRange":{"StartTimestamp":"0","EndTimestamp":"170000000","PresentationWindowDuration":"9223372036854775807","LiveBackoffDuration":"0","Timescale":"10000000"},
		"Tracks":[{"PropertyConditions":[{"Property":"Type","Value":"audio","Operator":"Equal"},{"Property":"Bitrate","Value":"0-2147483647","Operator":"Equal"}]}]}`
	f, err := Parse([]byte(third), "mobile")
	if err != nil || f.Name != "mobile" || f.End != 170000000 || f.First != 128000 || len(f.Tracks) != 2 || len(f.Tracks[0]) != 3 || f.Window != 0 {
		t.Errorf("%+v, %v", f, err)
	}
	f, err = Parse([]byte(template), "small")
	if err != nil || f.End != 170000000 {
		t.Errorf("%+v, %v", f, err)
	}
	f, err = Parse([]byte(` [`+selected("Type Equal Audio", "FourCC NotEqual EC-3")+`,`+selected("Type Equal Video", "Bitrate Equal 0-1000000")+`]`), "small")
	if err != nil || len(f.Tracks) != 2 || !f.Tracks[0][1].Not {
		t.Errorf("tracks alone are %+v, %v", f, err)
	}
	f, err = Parse([]byte(second), "")
	if err != nil || f.Name != "GenericFilter" || f.End != 170000000 || len(f.Tracks) != 1 || f.Tracks[0][1].High != 2147483647 {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestRefusals(t *testing.T) {
	for document, want := range map[string]struct {
		code  fault.Code
		where string
	}{
		`{`:                  {fault.FilterInvalid, "line 1"},
		"{\n\"tracks\":\n7}": {fault.FilterInvalid, "line 3"},
		`{"presentationTimeRange":{"startTimestamp":9,"endTimestamp":9}}`:                                    {fault.FilterRange, "endTimestamp"},
		`{"presentationTimeRange":{"startTimestamp":-1}}`:                                                    {fault.FilterRange, "startTimestamp"},
		`{"presentationTimeRange":{"endTimestamp":922337203686,"timescale":1}}`:                              {fault.FilterRange, "endTimestamp"},
		`{"presentationTimeRange":{"startTimestamp":"soon"}}`:                                                {fault.FilterInvalid, "line 1"},
		`{"presentationTimeRange":{"timescale":0}}`:                                                          {fault.FilterRange, "timescale"},
		`{"presentationTimeRange":{"forceEndTimestamp":true}}`:                                               {fault.FilterRange, "forceEndTimestamp"},
		`{"presentationTimeRange":{"presentationWindowDuration":599999999}}`:                                 {fault.FilterWindow, "presentationWindowDuration"},
		`{"presentationTimeRange":{"presentationWindowDuration":600000000,"liveBackoffDuration":600000001}}`: {fault.FilterBackoffOverWindow, "liveBackoffDuration"},
		`{"presentationTimeRange":{"liveBackoffDuration":3000000001}}`:                                       {fault.FilterBackoff, "liveBackoffDuration"},
		`{"presentationTimeRnge":{}}`:                                                                        {fault.FilterInvalid, "line 1"},
		`<filter><absTimeInHNS gte="0"/></filter>`:                                                           {fault.FilterVersion, "line 1"},
		`{"apiVersion":"2015-10-01","properties":{}}`:                                                        {fault.FilterVersion, "apiVersion"},
		`{"type":"Microsoft.Media/mediaservices/streamingLocators","properties":{}}`:                         {fault.FilterType, "type"},
		"{\"tracks\":[],\n\"Tracks\":[]}":                                                                    {fault.FilterTwice, "line 2"},
		`{"tracks":[],"properties":{"tracks":[]}}`:                                                           {fault.FilterTwice, "properties"},
		"[{\"trackSelections\":\n7}]":                                                                        {fault.FilterInvalid, "line 2"},
		`[{"trackSelections":[]}]`:                                                                           {fault.FilterTrack, "tracks[0]"},
		`{"tracks":[]} {}`:                                                                                   {fault.FilterInvalid, "line 1"},
		`{"firstQuality":{}}`:                                                                                {fault.FilterFirstQuality, "firstQuality"},
		tracks(`{}`):                                                                                         {fault.FilterTrack, "tracks[0]"},
		tracks(selected("Type Equal audio"), selected("Colour Equal red")):                                   {fault.FilterTrack, "tracks[1] condition 1"},
		tracks(selected("Type Equal smell")):                                                                 {fault.FilterTrack, "tracks[0] condition 1"},
		tracks(selected("Type Like audio")):                                                                  {fault.FilterTrack, "tracks[0] condition 1"},
		tracks(selected("Bitrate Equal 5-4")):                                                                {fault.FilterTrack, "tracks[0] condition 1"},
		tracks(selected("Bitrate Equal fast")):                                                               {fault.FilterTrack, "tracks[0] condition 1"},
		tracks(`{"trackSelections":[{"property":"Type","operation":"Equal"}]}`):                              {fault.FilterTrack, "tracks[0] condition 1"},
	} {
		_, err := Parse([]byte(document), "f")
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != want.code || f.Where != want.where || f.Code.Status() != 415 {
			t.Errorf("%s: %v", document, err)
		}
	}
	for _, name := range []string{"", "a b", "../up", ".hidden", "a/b", strings.Repeat("x", 101)} {
		if _, err := Parse([]byte(`{"name":"`+name+`"}`), ""); err == nil {
			t.Errorf("%q is a name", name)
		}
	}
	f := func(d string) []*Filter { return parse(t, d) }
	for name, c := range map[string]struct {
		filters []*Filter
		code    fault.Code
	}{
		"no track is left":      {f(tracks(selected("Name Equal klingon"))), fault.FilterRemovedAll},
		"no time is left":       {f(`{"presentationTimeRange":{"startTimestamp":900000000}}`), fault.FilterRemovedAll},
		"two first qualities":   {parse(t, `{"firstQuality":{"bitrate":1}}`, `{"firstQuality":{"bitrate":2}}`), fault.FilterFirstQualities},
		"more than ten filters": {parse(t, strings.Split(strings.Repeat("{} ", 11), " ")[:11]...), fault.FilterCount},
	} {
		_, err := Apply(programme(), c.filters)
		var e *fault.Error
		if !errors.As(err, &e) || e.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// draw makes a filter that is valid.
func draw(t *rapid.T, label string) *Filter {
	f := &Filter{Name: label}
	if rapid.Bool().Draw(t, label+" has times") {
		f.Start = rapid.Int64Range(0, 25*second).Draw(t, label+" start")
		if rapid.Bool().Draw(t, label+" has an end") {
			f.End = f.Start + rapid.Int64Range(1, 25*second).Draw(t, label+" length")
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, label+" selections") {
		var s Selection
		for range rapid.IntRange(1, 2).Draw(t, label+" conditions") {
			c := Condition{Property: rapid.SampledFrom([]Property{Type, Language, Bitrate}).Draw(t, label+" property"), Not: rapid.Bool().Draw(t, label+" not")}
			c.Value = rapid.SampledFrom([]string{"video", "audio", "eng"}).Draw(t, label+" value")
			c.Low = rapid.IntRange(0, 1000000).Draw(t, label+" low")
			c.High = c.Low + rapid.IntRange(0, 3000000).Draw(t, label+" high")
			s = append(s, c)
		}
		f.Tracks = append(f.Tracks, s)
	}
	return f
}

// A stream that overlaps by a frame is heard; one that lasts longer than the
// picture is cut off only where the filter says so.
func TestApplyToSoundBesideThePicture(t *testing.T) {
	beside := func(document string, shift int64) string {
		p := programme()
		for _, g := range p.Groups[1:] {
			for k := range g.Times[1:] {
				g.Times[k+1] += shift
			}
		}
		cut, err := Apply(p, parse(t, document))
		if err != nil {
			t.Fatal(err)
		}
		return listed(cut)
	}
	const from8 = `{"presentationTimeRange":{"startTimestamp":80000000}}`
	if got := beside(from8, 0); got != "video 3000000+1000000+400000 [4,10); english 128000 [4,10); français 96000 [4,10)" {
		t.Errorf("21 ms, a frame less a tick: %s", got)
	}
	if got := beside(from8, 2); got != "video 3000000+1000000+400000 [4,10); english 128000 [3,10); français 96000 [3,10)" {
		t.Errorf("a frame: %s", got)
	}
	if got := beside(`{}`, 5*second); got != "video 3000000+1000000+400000 [0,10); english 128000 [0,10); français 96000 [0,10)" {
		t.Errorf("5 s longer than the picture: %s", got)
	}
}

// Sound may go on behind the last picture: it is heard in a time that is asked for.
func TestApplyBehindThePicture(t *testing.T) {
	for _, c := range []struct {
		from, to, want  string
		start, duration int64
	}{
		{"0", "25", "video 3000000+1000000+400000 [0,10); english 128000 [0,13); français 96000 [0,13)", 0, 13 * 20053333},
		{"18", "22", "video 3000000+1000000+400000 [9,10); english 128000 [8,11); français 96000 [8,11)", 18 * second, 11*20053333 - 18*second},
		{"18", "19", "video 3000000+1000000+400000 [9,10); english 128000 [8,10); français 96000 [8,10)", 18 * second, 10*20053333 - 18*second},
		{"16", "18", "video 3000000+1000000+400000 [8,9); english 128000 [7,9); français 96000 [7,9)", 16 * second, 9*20053333 - 16*second},
		{"22", "24", "english 128000 [10,12); français 96000 [10,12)", 10 * 20053333, 2 * 20053333},
	} {
		p := programme()
		for _, g := range p.Groups[1:] {
			for len(g.Times) < 14 {
				g.Times = append(g.Times, int64(len(g.Times))*20053333)
				for _, t := range g.Tracks {
					t.First = append(t.First, t.First[len(t.First)-1]+94)
					t.FragmentBytes = append(t.FragmentBytes, 1)
				}
			}
			g.Times[10] = 10 * 20053333
			g.From, g.To = 0, 13
		}
		cut, err := Apply(p, parse(t, `{"presentationTimeRange":{"startTimestamp":`+c.from+`,"endTimestamp":`+c.to+`,"timescale":1}}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := listed(cut); got != c.want || cut.Start != c.start || cut.Duration != c.duration {
			t.Errorf("%s to %s s: %s from %d for %d, want %s from %d for %d", c.from, c.to, got, cut.Start, cut.Duration, c.want, c.start, c.duration)
		}
	}
}

// A filter never adds, and the order of filters does not matter.
func TestFiltersOnlyTakeAwayInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw(t, "a"), draw(t, "b")
		all := programme()
		one, e1 := Apply(all, []*Filter{a, b})
		other, e2 := Apply(all, []*Filter{b, a})
		if (e1 == nil) != (e2 == nil) {
			t.Fatalf("%v in one order, %v in the other", e1, e2)
		}
		if e1 != nil {
			return
		}
		if listed(one) != listed(other) || one.Start != other.Start || one.Duration != other.Duration {
			t.Fatalf("%s\n%s", listed(one), listed(other))
		}
		if one.Start < 0 || one.Duration <= 0 || one.Start+one.Duration > all.Duration {
			t.Fatalf("from %d for %d", one.Start, one.Duration)
		}
		for _, g := range one.Groups {
			whole := all.Group(g.Name)
			if g.From < 0 || g.From >= g.To || g.To > whole.Fragments() || len(g.Tracks) > len(whole.Tracks) || len(g.Times) != len(whole.Times) {
				t.Fatalf("%s", listed(one))
			}
		}
	})
}

func TestLanguagesAreComparedAsLanguages(t *testing.T) {
	for _, c := range []struct {
		value, track string
		equal        bool
	}{
		{"en", "eng", true}, {"ENG", "en", true}, {"de", "ger", true}, {"fra", "fre", true}, {"pt-BR", "pt-br", true}, {"und", "", true}, {"tlh", "TLH", true},
		{"en", "en-GB", false}, {"en", "fra", false}, {"", "eng", false}, {"en", "", false}, {"no language", "eng", false}, {"eng", "no language", false},
	} {
		tr := &media.Track{Kind: media.Audio, Language: c.track}
		if got := (Selection{{Property: Language, Value: c.value}}).Of(tr); got != c.equal {
			t.Errorf("%q of %q: %t", c.value, c.track, got)
		}
		if got := (Selection{{Property: Language, Value: c.value, Not: true}}).Of(tr); got == c.equal {
			t.Errorf("not %q of %q: %t", c.value, c.track, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(tracks(selected("Type Equal audio", "Bitrate NotEqual 0-5"))))
	f.Add([]byte(`{"Name":"a","PresentationTimeRange":{"StartTimestamp":"7","Timescale":90000},"firstQuality":{"bitrate":1e3}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := Parse(b, "f")
		if err != nil {
			return
		}
		again, err := ParseInline(x.Inline())
		if len(x.Inline()) <= maxInline && (err != nil || !same(x, again)) {
			t.Fatalf("%s is %s, which is %+v (%v), not %+v", b, x.Inline(), again, err, x)
		}
		if p, err := Apply(programme(), []*Filter{x}); err == nil && (len(p.Groups) == 0 || p.Duration <= 0) {
			t.Fatalf("%s leaves %s for %d", b, listed(p), p.Duration)
		}
	})
}
