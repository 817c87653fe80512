package route_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/packager/route"
)

const base = "/8B6F21D0-0000-5000-8000-1234567890ab/movie.ism/"

// Every shape of URL that the grammar has, with the spellings that clients use.
func TestParse(t *testing.T) {
	yes, no := true, false
	type want struct {
		target     media.Target
		format     media.Format
		track      string
		bitrate    int
		time       int64
		keyFrames  bool
		audioTrack string
		audioOnly  *bool
		encryption string
		filters    string
	}
	manifest := func(f media.Format) want { return want{target: media.Manifest, format: f} }
	for tail, w := range map[string]want{
		"manifest":                          manifest(media.Smooth),
		"Manifest":                          manifest(media.Smooth),
		"MANIFEST":                          manifest(media.Smooth),
		"manifest()":                        manifest(media.Smooth),
		"manifest(format=fmp4)":             manifest(media.Smooth),
		"manifest(format=fmp4-v20)":         manifest(media.Smooth20),
		"manifest(format=m3u8-aapl-v3)":     manifest(media.HLSV3),
		"manifest(format=m3u8-aapl)":        manifest(media.HLSV4),
		"manifest(format=m3u8-aapl-v4)":     manifest(media.HLSV4),
		"manifest(format=m3u8-cmaf)":        manifest(media.HLSCMAF),
		"manifest(format=mpd-time-csf)":     manifest(media.DASHCSF),
		"manifest(format=mpd-time-cmaf)":    manifest(media.DASHCMAF),
		"Manifest(Format=M3U8-AAPL)":        manifest(media.HLSV4),
		"manifest(format=m3u8-aapl).m3u8":   manifest(media.HLSV4),
		"manifest(format=m3u8-aapl).M3U8":   manifest(media.HLSV4),
		"manifest(format=mpd-time-csf).mpd": manifest(media.DASHCSF),
		"manifest.m3u8":                     manifest(media.Smooth),
		"manifest(%20format=m3u8-aapl%20)":  manifest(media.HLSV4),
		"manifest%28format%3Dm3u8-cmaf%29":  manifest(media.HLSCMAF),
		"%6Danifest(format=m3u8-cmaf)":      manifest(media.HLSCMAF),
		"manifest(format=m3u8-aapl-v3,audioTrack=aac_eng_2_128041_2_1,filter=f1)": {
			target: media.Manifest, format: media.HLSV3, audioTrack: "aac_eng_2_128041_2_1", filters: "f1"},
		"manifest(format=m3u8-aapl, audio-only=false)":                  {target: media.Manifest, format: media.HLSV4, audioOnly: &no},
		"manifest(format=m3u8-cmaf,%20audio-only=TRUE)":                 {target: media.Manifest, format: media.HLSCMAF, audioOnly: &yes},
		"manifest(encryption=cbc)":                                      {target: media.Manifest, format: media.Smooth, encryption: "cbc"},
		"manifest(encryption=PIFF)":                                     {target: media.Manifest, format: media.Smooth, encryption: "piff"},
		"manifest(format=mpd-time-csf,encryption=cenc)":                 {target: media.Manifest, format: media.DASHCSF, encryption: "cenc"},
		"manifest(filter=a;b,format=mpd-time-csf)":                      {target: media.Manifest, format: media.DASHCSF, filters: "a;b"},
		"manifest(filtername=a)":                                        {target: media.Manifest, format: media.Smooth, filters: "a"},
		"QualityLevels(1154816)/Manifest(video,format=m3u8-aapl)":       {target: media.Level, format: media.HLSV4, track: "video", bitrate: 1154816},
		"qualitylevels(1154816)/manifest(video,format=m3u8-aapl)":       {target: media.Level, format: media.HLSV4, track: "video", bitrate: 1154816},
		"QUALITYLEVELS(1154816)/MANIFEST(video, FORMAT=m3u8-aapl).m3u8": {target: media.Level, format: media.HLSV4, track: "video", bitrate: 1154816},
		"QualityLevels(1154816)/Manifest(video,format=m3u8-aapl,type=keyframes)": {
			target: media.Level, format: media.HLSV4, track: "video", bitrate: 1154816, keyFrames: true},
		"QualityLevels(306428)/Manifest(video,format=m3u8-cmaf,type=keyframes,encryption=cbcs-aapl)": {
			target: media.Level, format: media.HLSCMAF, track: "video", bitrate: 306428, keyFrames: true, encryption: "cbcs-aapl"},
		"QualityLevels(3200000)/Manifest(video,format=m3u8-aapl-v3,audiotrack=audio_und,filter=f)": {
			target: media.Level, format: media.HLSV3, track: "video", bitrate: 3200000, audioTrack: "audio_und", filters: "f"},
		"QualityLevels(1194234)/Fragments(video=60000000,format=m3u8-aapl-v3,audiotrack=aac_UND_2_56)": {
			target: media.Fragment, format: media.HLSV3, track: "video", bitrate: 1194234, time: 60000000, audioTrack: "aac_UND_2_56"},
		"QualityLevels(5)/KeyFrames(video=0,format=m3u8-aapl)":          {target: media.KeyFrame, format: media.HLSV4, track: "video", bitrate: 5},
		"QualityLevels(3579827)/Fragments(video=i,format=mpd-time-csf)": {target: media.Init, format: media.DASHCSF, track: "video", bitrate: 3579827},
		"QualityLevels(3579827)/Fragments(video=I,format=mpd-time-csf)": {target: media.Init, format: media.DASHCSF, track: "video", bitrate: 3579827},
		"QualityLevels(3579827)/Fragments(video=60060000,format=mpd-time-csf)": {
			target: media.Fragment, format: media.DASHCSF, track: "video", bitrate: 3579827, time: 60060000},
		"QualityLevels(3579827)/Fragments(video=60060000)":                {target: media.Fragment, format: media.Smooth, track: "video", bitrate: 3579827, time: 60060000},
		"QualityLevels(3579827,hd)/Fragments(video=0)":                    {target: media.Fragment, format: media.Smooth, track: "video", bitrate: 3579827},
		"QualityLevels%281%29/Fragments%28video%3D0%2Cformat%3Dfmp4%29":   {target: media.Fragment, format: media.Smooth, track: "video", bitrate: 1},
		"QualityLevels(1)/Fragments(a%2Cb%3Dc%28d%29=7,format=m3u8-cmaf)": {target: media.Fragment, format: media.HLSCMAF, track: "a,b=c(d)", bitrate: 1, time: 7},
		"QualityLevels(1)/Fragments(a=b=7)":                               {target: media.Fragment, format: media.Smooth, track: "a=b", bitrate: 1, time: 7},
		"QualityLevels(1)/Manifest(fran%C3%A7ais,format=m3u8-aapl)":       {target: media.Level, format: media.HLSV4, track: "français", bitrate: 1},
		"QualityLevels(1)/Manifest(100%25,format=m3u8-aapl)":              {target: media.Level, format: media.HLSV4, track: "100%", bitrate: 1},
	} {
		t.Run(tail, func(t *testing.T) {
			r, err := route.Parse(base + tail)
			if err != nil {
				t.Fatal(err)
			}
			if r.Locator != "8b6f21d0-0000-5000-8000-1234567890ab" || r.File != "movie.ism" {
				t.Errorf("locator %q, file %q", r.Locator, r.File)
			}
			got := want{r.Target, r.Format, r.Track, r.Bitrate, r.Time, r.KeyFrames, r.AudioTrack, nil, r.Encryption, strings.Join(r.Filters, ";")}
			if (r.AudioOnly == nil) != (w.audioOnly == nil) || r.AudioOnly != nil && *r.AudioOnly != *w.audioOnly {
				t.Errorf("audio-only is not as written")
			}
			w.audioOnly = nil
			if got != w {
				t.Errorf("got %+v\nwant %+v", got, w)
			}
		})
	}
}

// What is not in the grammar is refused with a code and the part that is wrong.
func TestParseRefuses(t *testing.T) {
	for path, code := range map[string]fault.Code{
		"/":                                  fault.ResourceNotFound,
		"":                                   fault.ResourceNotFound,
		"/favicon.ico":                       fault.ResourceNotFound,
		"/x/":                                fault.ResourceNotFound,
		"//movie.ism/manifest":               fault.ResourceNotFound,
		"/x/a/b.mp4":                         fault.ResourceNotFound,
		"/x/../../etc/passwd":                fault.ResourceNotFound,
		"/x/movie.ism":                       fault.BadURLSyntax,
		"/x/movie.ism/":                      fault.BadURLSyntax,
		"/x/100%.ism/manifest":               fault.BadURLSyntax,
		base + "manifesto":                   fault.BadURLSyntax,
		base + "manifest(":                   fault.BadURLSyntax,
		base + "manifest(format=m3u8-aapl":   fault.BadURLSyntax,
		base + "manifest(format=m3u8-aapl)x": fault.BadURLSyntax,
		base + "manifest(format=flv)":        fault.BadURLSyntax,
		base + "manifest(format=)":           fault.BadURLSyntax,
		base + "manifest(format)":            fault.BadURLSyntax,
		base + "manifest(format=f4m-f4f)":    fault.OutputFormatNotSupported,
		base + "manifest(format=m3u8-aapl,format=m3u8-aapl)":            fault.BadURLSyntax,
		base + "manifest(format=m3u8-aapl,colour=red)":                  fault.BadURLSyntax,
		base + "manifest(encryption=rot13)":                             fault.BadURLSyntax,
		base + "manifest(audio-only=maybe)":                             fault.BadURLSyntax,
		base + "manifest(type=keyframes)":                               fault.BadURLSyntax,
		base + "manifest(format=m3u8-aapl,,)":                           fault.BadURLSyntax,
		base + "manifest(format=%zz)":                                   fault.BadURLSyntax,
		base + "manifest/manifest":                                      fault.BadURLSyntax,
		base + "../manifest":                                            fault.BadURLSyntax,
		base + "%2e%2e%2fmanifest":                                      fault.BadURLSyntax,
		base + "QualityLevels(1)":                                       fault.BadURLSyntax,
		base + "QualityLevels(1)/":                                      fault.BadURLSyntax,
		base + "QualityLevels()/Fragments(video=0)":                     fault.BadURLSyntax,
		base + "QualityLevels(-1)/Fragments(video=0)":                   fault.BadURLSyntax,
		base + "QualityLevels(1e6)/Fragments(video=0)":                  fault.BadURLSyntax,
		base + "QualityLevels(99999999999999999999)/Fragments(video=0)": fault.BadURLSyntax,
		base + "QualityLevels(1)/Fragments(video)":                      fault.BadURLSyntax,
		base + "QualityLevels(1)/Fragments()":                           fault.BadURLSyntax,
		base + "QualityLevels(1)/Fragments(=0)":                         fault.BadURLSyntax,
		base + "QualityLevels(1)/Fragments(video=)":                     fault.BadURLSyntax,
		base + "QualityLevels(1)/Fragments(video=-1)":                   fault.BadURLSyntax,
		base + "QualityLevels(1)/Fragments(video=-0)":                   fault.BadURLSyntax,
		base + "QualityLevels(-0)/Fragments(video=0)":                   fault.BadURLSyntax,
		base + "QualityLevels(1)/Fragments(video=+1)":                   fault.BadURLSyntax,
		base + "QualityLevels(1)/Fragments(video=1.5)":                  fault.BadURLSyntax,
		base + "QualityLevels(1)/Fragments(video=0x10)":                 fault.BadURLSyntax,
		base + "QualityLevels(1)/Fragments(video=99999999999999999999)": fault.BadURLSyntax,
		base + "QualityLevels(1)/KeyFrames(video=i)":                    fault.BadURLSyntax,
		base + "QualityLevels(1)/FragmentInfo(video=0)":                 fault.BadURLSyntax,
		base + "QualityLevels(1)/Fragments(video=0,type=keyframes)":     fault.BadURLSyntax,
		base + "QualityLevels(1)/Fragments(video=0)/x":                  fault.BadURLSyntax,
		base + strings.Repeat("a", 9000):                                fault.BadURLSyntax,
	} {
		r, err := route.Parse(path)
		var f *fault.Error
		switch {
		case err == nil:
			t.Errorf("%.100s is read as %+v", path, *r)
		case !errors.As(err, &f) || f.Code != code:
			t.Errorf("%.100s is refused with %v, not %s", path, err, code)
		case f.What == "" || f.Advice == "" && len(path) < 8000:
			t.Errorf("%.100s is refused without a sentence or advice: %v", path, err)
		}
	}
}

func TestDownload(t *testing.T) {
	r, err := route.Parse("/ab/fran%C3%A7ais%20%231.mp4")
	if err != nil || r.Target != media.Download || r.File != "français #1.mp4" {
		t.Errorf("%+v, %v", r, err)
	}
}

// request draws a request that a URL can hold.
func request(t *rapid.T) *media.Request {
	name := rapid.StringMatching(`[a-z ()=,;%/$#?é]{1,12}`)
	r := &media.Request{Locator: "0f", File: "a.ism"}
	r.Target = rapid.SampledFrom([]media.Target{media.Manifest, media.Level, media.Init, media.Fragment, media.KeyFrame}).Draw(t, "target")
	r.Format = rapid.SampledFrom([]media.Format{media.HLSV3, media.HLSV4, media.HLSCMAF, media.DASHCSF, media.DASHCMAF, media.Smooth}).Draw(t, "format")
	r.Encryption = rapid.SampledFrom([]string{"", "", "cbc", "cenc", "cbcs-aapl"}).Draw(t, "encryption")
	if rapid.Bool().Draw(t, "audio") {
		r.AudioTrack = strings.Trim(name.Draw(t, "audio track"), " ")
	}
	if r.Target == media.Manifest {
		if rapid.Bool().Draw(t, "with audio-only") {
			on := rapid.Bool().Draw(t, "audio-only")
			r.AudioOnly = &on
		}
	} else {
		r.Track = name.Filter(func(s string) bool { return strings.Trim(s, " ") == s }).Draw(t, "track")
		r.Bitrate = rapid.IntRange(0, 1<<40).Draw(t, "bitrate")
	}
	switch r.Target {
	case media.Fragment, media.KeyFrame:
		r.Time = rapid.Int64Range(0, 1<<62).Draw(t, "time")
	case media.Level:
		r.KeyFrames = rapid.Bool().Draw(t, "keyframes")
	}
	if r.Target == media.Manifest || r.Target == media.Level {
		for _, f := range rapid.SliceOfN(rapid.StringMatching(`[a-z(,=é]{1,5}`), 0, 3).Draw(t, "filters") {
			r.Filters = append(r.Filters, f)
		}
	}
	return r
}

// What Append writes, Parse reads.
func TestAppendParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := request(t)
		tail := string(route.Append(nil, want))
		got, err := route.Parse("/0f/a.ism/" + tail)
		if err != nil {
			t.Fatalf("%s: %v", tail, err)
		}
		again := string(route.Append(nil, got))
		if again != tail || got.Target != want.Target || got.Time != want.Time || got.Track != want.Track || got.AudioTrack != want.AudioTrack ||
			strings.Join(got.Filters, ";") != strings.Join(want.Filters, ";") {
			t.Fatalf("%s is read as %+v, which is written %s", tail, *got, again)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		base + "manifest(format=m3u8-aapl, audio-only=false).m3u8", base + "QualityLevels(1)/Fragments(video=0,format=mpd-time-csf)",
		base + "QualityLevels(1)/KeyFrames(a%2Cb=9)", "/x/y.mp4", "/%00/%2e%2e.ism/manifest", base + "QualityLevels(1,%)/Manifest(%28",
		base + "QualityLevels(1)/KeyFrames(" + strings.Repeat("\xdc", 5000) + "=9)",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		r, err := route.Parse(path)
		if err != nil || r.Target == media.Download {
			return
		}
		written := "/x/y.ism/" + string(route.Append(nil, r))
		again, err := route.Parse(written)
		if long := len(written) > 8<<10; long != (err != nil) { // escapes are three times as long as bytes
			t.Fatalf("%q is written %q: %v", path, written, err)
		} else if long {
			return
		}
		if again.Track != r.Track || again.Time != r.Time || again.Bitrate != r.Bitrate {
			t.Fatalf("%q changes from %+v to %+v", path, *r, *again)
		}
	})
}
