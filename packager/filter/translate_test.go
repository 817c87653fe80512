package filter

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"manifold/packager/media"
)

// muxed is a programme in two files: video and two languages in one, a second
// rendition in the other.
func muxed() *media.Presentation {
	p := &media.Presentation{}
	ordinal := 0
	add := func(name string, kind media.Kind, file, fourCC, language string, bitrate int) {
		g := p.Group(name)
		if g == nil {
			g = &media.Group{Name: name, Kind: kind}
			p.Groups = append(p.Groups, g)
		}
		g.Tracks = append(g.Tracks, &media.Track{Name: name, Kind: kind, File: file, Language: language, Bitrate: bitrate, Ordinal: ordinal, Codec: media.Codec{FourCC: fourCC}})
		ordinal++
	}
	add("video", media.Video, "a.mp4", "avc1", "", 2000000)
	add("eng", media.Audio, "a.mp4", "mp4a", "eng", 128000)
	add("fra", media.Audio, "a.mp4", "mp4a", "fra", 96000)
	add("video", media.Video, "b.mp4", "avc1", "", 800000)
	add("subs", media.Text, "c.vtt", "stpp", "eng", 1000)
	return p
}

func TestTranslations(t *testing.T) {
	mobile := tracks(selected("Type Equal Audio", "Language Equal eng"), selected("Type Equal Video", "Bitrate Equal 0-1000000"))
	for _, c := range []struct {
		name, filter            string
		unified, aws, vod, lost string
	}{
		{"an empty filter has nothing to say", `{}`, "", "", "", ""},
		{"mobile", mobile,
			`?filter=(type=="audio"&&systemLanguage=="eng")||(type=="video"&&systemBitrate<=1000000)`,
			"?aws.manifestfilter=video_bitrate:0-1000000;audio_language:eng", "", // the video of the first file goes, its sound stays
			"AWS MediaPackage Type: no parameter leaves out all subtitles\nnginx-vod-module tracks: of several files, one choice of tracks has to do for all that are named"},
		{"one file", tracks(selected("Bitrate NotEqual 0-900000", "Type Equal video"), selected("Language Equal fra")),
			`?filter=(systemBitrate>900000&&type=="video")||(systemLanguage=="fra")`,
			"?aws.manifestfilter=audio_language:fra;subtitle_language:fra", "master-f1-v1-a2.m3u8",
			"AWS MediaPackage video in several groups: parameters are combined by AND alone"},
		{"a rendition", tracks(selected("Bitrate Equal 800000")), "?filter=(systemBitrate==800000)", "?aws.manifestfilter=video_bitrate:800000-800000;audio_bitrate:800000-800000", "master-f2.m3u8",
			"AWS MediaPackage Bitrate of subtitle: there is no such parameter\nnginx-vod-module f: counts the files of the .urlset in this order: a.mp4, b.mp4, c.vtt"},
		{"what is left out", tracks(selected("Language NotEqual fra", "Bitrate NotEqual 100-200", "Type NotEqual text")),
			`?filter=(systemLanguage!="fra"&&(systemBitrate<100||systemBitrate>200)&&type!="textstream")`, "", "master-f1-f2-v1-a1.m3u8", "*"},
		{"codecs", tracks(selected("FourCC Equal mp4a"), selected("FourCC Equal AVC1")), `?filter=((FourCC=="AACL"||FourCC=="AACH"))||(FourCC=="AVC1")`, "?aws.manifestfilter=video_codec:H264;audio_codec:AACL,AACH", "", "*"},
		{"not a codec", tracks(selected("FourCC NotEqual mp4a")), `?filter=((FourCC!="AACL"&&FourCC!="AACH"))`, "", "", "AWS MediaPackage FourCC of audio: parameters say what is kept, not what is left out"},
		{"times of an asset", `{"presentationTimeRange":{"startTimestamp":100000000,"endTimestamp":200005000}}`, "?vbegin=10&vend=21", "", "clipFrom/10000/clipTo/20001/master.m3u8",
			"Unified Origin endTimestamp: rounded to 21 s\nAWS MediaPackage startTimestamp: only live streams are cut, by times of the day\nAWS MediaPackage endTimestamp: only live streams are cut, by times of the day\nnginx-vod-module endTimestamp: rounded to 20001 ms"},
		{"times of the day and live", `{"presentationTimeRange":{"startTimestamp":1732285823,"endTimestamp":1732300175,"timescale":1,"presentationWindowDuration":120,"liveBackoffDuration":10,"forceEndTimestamp":true},"firstQuality":{"bitrate":1000}}`,
			"?vbegin=1732285823&vend=1732300175", "?aws.manifestsettings=start:1732285823;end:1732300175;manifest_window_seconds:120;time_delay:10", "clipFrom/1732285823000/clipTo/1732300175000/master", "*"},
		{"nothing", tracks(selected("Name Equal nix")), `?filter=(trackName=="nix")`, "", "", "nginx-vod-module tracks: nothing of this asset is left, and no URL says that"},
		{"what would break a URL", tracks(selected(`Name Equal a&b="é"`)), `?filter=(trackName=="a&b=\"é\"")`, "", "", "*"},
	} {
		f := parse(t, c.filter)[0]
		list := Translate(f, muxed())
		var lost []string
		for i, want := range []string{c.unified, c.aws, c.vod} {
			text, err := url.PathUnescape(list[i].Text)
			if err != nil || !strings.HasPrefix(text, want) || want == "" && i == 0 && text != "" {
				t.Errorf("%s: %s has %s (%v), want %s", c.name, list[i].Origin, text, err, want)
			}
			if raw := list[i].Text; strings.ContainsAny(raw, "\"|<> ") || strings.Count(raw, "&") > 1 {
				t.Errorf("%s: %s is no query", c.name, raw)
			}
			for _, l := range list[i].Notes {
				lost = append(lost, list[i].Origin+" "+l)
			}
		}
		have := strings.Join(lost, "\n")
		for _, want := range strings.Split(c.lost, "\n") {
			if want != "*" && !strings.Contains(have, want) || c.lost == "" && have != "" {
				t.Errorf("%s: lost is\n%s\nwant\n%s", c.name, have, want)
			}
		}
	}
}

// What an editor holds writes what it read, and its errors name the field.
func TestDocumentsAreWrittenAsTheyWereRead(t *testing.T) {
	for _, d := range []string{`{}`, tracks(selected("Type Equal Audio", "Language NotEqual en"), selected("Bitrate Equal 0-100")),
		`{"Name":"x","PresentationTimeRange":{"StartTimestamp":"90000","EndTimestamp":"170000","Timescale":"90000"},"Tracks":[{"PropertyConditions":[{"Property":"Type","Value":"audio","Operator":"Equal"}]}]}`,
		`{"properties":{"firstQuality":{"bitrate":128000},"presentationTimeRange":{"endTimestamp":17,"presentationWindowDuration":9223372036854775807,"forceEndTimestamp":true}}}`} {
		before, err := Read([]byte(d))
		if err != nil {
			t.Fatal(err)
		}
		b, err := before.JSON()
		if err != nil {
			t.Fatal(err)
		}
		after, err := Read(b)
		if err != nil || !reflect.DeepEqual(after, before) {
			t.Errorf("%s\nis written as\n%s\n(%v)", d, b, err)
		}
		f, err := before.Filter("f")
		want := parse(t, d)[0]
		want.Name = "f"
		if err != nil || !reflect.DeepEqual(f, want) {
			t.Errorf("%s checks as %v, want %v (%v)", d, f, want, err)
		}
	}
	for where, d := range map[string]*Document{
		"startTimestamp": {Start: "soon"}, "endTimestamp": {Start: "2", End: "1"}, "timescale": {Timescale: "0", Start: "1"},
		"firstQuality": {First: "fast"}, "tracks[1] condition 2": {Tracks: [][]Term{{{"Type", "Equal", "audio"}}, {{"Name", "Equal", "a"}, {"Bitrate", "Equal", "9-1"}}}},
	} {
		if _, err := d.Filter("f"); err == nil || !strings.HasPrefix(err.Error(), where) {
			t.Errorf("%v: %v, want it at %s", d, err, where)
		}
	}
}

func TestMissesNameTheFirstConditionOfEachSelection(t *testing.T) {
	f := parse(t, tracks(selected("Type Equal audio", "Language Equal fra"), selected("Type Equal video")))[0]
	p := muxed()
	for _, c := range []struct {
		group string
		want  string
	}{{"video", "[]"}, {"eng", "[1 0]"}, {"fra", "[]"}, {"subs", "[0 0]"}} {
		g := p.Group(c.group)
		if got := fmt.Sprint(f.Misses(g, g.Tracks[0])); got != c.want {
			t.Errorf("%s misses %s, want %s", c.group, got, c.want)
		}
	}
}
