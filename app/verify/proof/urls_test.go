package proof

import (
	"bytes"
	"context"
	"crypto/md5"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"manifold/app/verify"
)

const (
	m3u8 = "application/vnd.apple.mpegurl"
	mpd  = "application/dash+xml"
	xml  = "text/xml"
	ts   = "video/mp2t"
	mp4v = "video/mp4"
	mp4a = "audio/mp4"
)

// urls are the shapes of URLs below the ladder's server manifest, with what must
// come back. {v} is the bitrate of its smallest picture, {a} that of the English
// sound. A segment must begin with a packet of the file that is named.
var urls = []struct{ tail, kind, holds string }{
	{"/manifest", xml, "<SmoothStreamingMedia"},
	{"/manifest(format=fmp4)", xml, `MinorVersion="2"`},
	{"/manifest(format=fmp4-v20)", xml, `MinorVersion="0"`},
	{"/manifest(format=m3u8-aapl)", m3u8, "#EXT-X-I-FRAME-STREAM-INF"},
	{"/manifest(format=m3u8-aapl-v4)", m3u8, "#EXT-X-VERSION:4"},
	{"/manifest(format=m3u8-aapl-v3)", m3u8, "audiotrack=aac_eng_2"},
	{"/manifest(format=m3u8-aapl-v3,audioTrack=aac_fra_2)", m3u8, "audiotrack=aac_fra_2"},
	{"/manifest(format=m3u8-aapl,audio-only=false)", m3u8, "#EXT-X-VERSION:4"},
	{"/manifest(format=m3u8-cmaf)", m3u8, "#EXT-X-VERSION:7"},
	{"/manifest(format=mpd-time-csf)", mpd, `profiles="ccff"`},
	{"/manifest(format=mpd-time-cmaf)", mpd, "<MPD"},
	{"/QualityLevels({v})/Manifest(video,format=m3u8-aapl)", m3u8, "Fragments(video=0,format=m3u8-aapl)"},
	{"/QualityLevels({v})/Manifest(video,format=m3u8-aapl,type=keyframes)", m3u8, "KeyFrames(video=0,format=m3u8-aapl)"},
	{"/QualityLevels({a})/Manifest(aac_eng_2,format=m3u8-aapl)", m3u8, "Fragments(aac_eng_2=0,format=m3u8-aapl)"},
	{"/QualityLevels({v})/Manifest(video,format=m3u8-aapl-v3,audiotrack=aac_fra_2)", m3u8, "Fragments(video=0,format=m3u8-aapl-v3,audiotrack=aac_fra_2)"},
	{"/QualityLevels({a})/Manifest(aac_eng_2,format=m3u8-aapl-v3)", m3u8, "Fragments(aac_eng_2=0,format=m3u8-aapl-v3)"},
	{"/QualityLevels({v})/Manifest(video,format=m3u8-cmaf)", m3u8, "#EXT-X-MAP:"},
	{"/QualityLevels({v})/Manifest(video,format=m3u8-cmaf,type=keyframes)", m3u8, "#EXT-X-I-FRAMES-ONLY"},
	{"/QualityLevels({v})/Fragments(video=0)", mp4v, "ladder_320x180.mp4"},
	{"/QualityLevels({v})/Fragments(video=20020000)", mp4v, "ladder_320x180.mp4"},
	{"/QualityLevels({a})/Fragments(aac_eng_2=0)", mp4a, "ladder_1280x720.mp4"},
	{"/QualityLevels({v})/Fragments(video=0,format=m3u8-aapl)", ts, "ladder_320x180.mp4"},
	{"/QualityLevels({a})/Fragments(aac_eng_2=0,format=m3u8-aapl)", ts, "ladder_1280x720.mp4"},
	{"/QualityLevels({v})/Fragments(video=60060000,format=m3u8-aapl-v3,audiotrack=aac_fra_2)", ts, "ladder_fra.mp4"},
	{"/QualityLevels({v})/Fragments(video=0,format=m3u8-aapl-v3)", ts, "ladder_320x180.mp4"},
	{"/QualityLevels({v})/KeyFrames(video=20020000,format=m3u8-aapl)", ts, "ladder_320x180.mp4"},
	{"/QualityLevels({v})/KeyFrames(video=0,format=m3u8-cmaf)", mp4v, "ladder_320x180.mp4"},
	{"/QualityLevels({v})/Fragments(video=i,format=m3u8-cmaf)", mp4v, "cmfc"},
	{"/QualityLevels({v})/Fragments(video=20020000,format=m3u8-cmaf)", mp4v, "ladder_320x180.mp4"},
	{"/QualityLevels({a})/Fragments(aac_eng_2=i,format=m3u8-cmaf)", mp4a, "mp4a"},
	{"/QualityLevels({v})/Fragments(video=i,format=mpd-time-csf)", mp4v, "ccff"},
	{"/QualityLevels({v})/Fragments(video=60060000,format=mpd-time-csf)", mp4v, "ladder_320x180.mp4"},
	{"/QualityLevels({a})/Fragments(aac_eng_2=0,format=mpd-time-csf)", mp4a, "ladder_1280x720.mp4"},
	{"/QualityLevels({v})/Fragments(video=i,format=mpd-time-cmaf)", mp4v, "avcC"},
	{"/QualityLevels({v})/Fragments(video=0,format=mpd-time-cmaf)", mp4v, "ladder_320x180.mp4"},
}

// spellings are the ways to write a tail that must mean the same.
var spellings = []struct {
	name  string
	write func(tail string) string
}{
	{"as written", func(s string) string { return s }},
	{"lower case", strings.ToLower},
	{"upper case", strings.ToUpper},
	{"spaces behind commas", func(s string) string { return strings.ReplaceAll(s, ",", ",%20") }},
	{"with .m3u8", func(s string) string { return s + ".m3u8" }},
	{"with .mpd", func(s string) string { return s + ".mpd" }},
	{"escaped parentheses", strings.NewReplacer("(", "%28", ")", "%29").Replace},
	{"with a query", func(s string) string { return s + "?token=1&sv=2" }},
}

// TestEveryShapeOfURLIsAnswered asks for each URL in each spelling.
func TestEveryShapeOfURLIsAnswered(t *testing.T) {
	ism := shared.ism(t, "ladder")
	fill := rates(t, ism)
	files := map[[md5.Size]byte]string{}
	for _, s := range sources(t, good(t)["ladder"]) {
		for _, p := range s.packets {
			files[p.hash] = s.String()
		}
	}
	for _, u := range urls {
		t.Run(u.tail, func(t *testing.T) {
			var first []byte
			for _, spelling := range spellings {
				address := ism + spelling.write(fill.Replace(u.tail))
				a := get(t, address)
				if a.Status != http.StatusOK || !strings.EqualFold(a.Type(), u.kind) {
					t.Errorf("%s: status %d, type %q: %.200s", address, a.Status, a.Header.Get("Content-Type"), a.Body)
					continue
				}
				if first == nil {
					first = a.Body
				}
				if !bytes.Equal(first, a.Body) {
					t.Errorf("%s: another answer than without the variation", address)
				}
			}
			if !strings.HasSuffix(u.holds, ".mp4") {
				if !bytes.Contains(first, []byte(u.holds)) {
					t.Errorf("does not hold %q:\n%.500s", u.holds, first)
				}
				return
			}
			if err := begins(t.Context(), ism+fill.Replace(u.tail), u.kind, u.holds, files); err != nil {
				t.Error(err)
			}
		})
	}
}

// rates reads the bitrates that the table needs from the client manifest.
func rates(t *testing.T, ism string) *strings.Replacer {
	p, err := verify.Client{}.Open(t.Context(), ism+"/manifest")
	if err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for _, r := range p.Renditions {
		if r.Height == 180 {
			pairs = append(pairs, "{v}", fmt.Sprint(r.Bandwidth))
		}
		if r.Name == "aac_eng_2" {
			pairs = append(pairs, "{a}", fmt.Sprint(r.Bandwidth))
		}
	}
	if len(pairs) != 4 {
		t.Fatalf("bitrates found: %q", pairs)
	}
	return strings.NewReplacer(pairs...)
}

var segmentTime = regexp.MustCompile(`(Fragments|KeyFrames)\((\w+)=\d+`)

// begins reads a segment and demands that some track of it begins with a packet of
// the file.
func begins(ctx context.Context, address, kind, file string, files map[[md5.Size]byte]string) error {
	r := verify.Rendition{Kind: verify.Video, Timescale: 10_000_000}
	if kind == mp4a {
		r.Kind = verify.Audio
	}
	if kind != ts && strings.Contains(address, "format=") {
		r.Init = segmentTime.ReplaceAllString(address, "Fragments($2=i")
	}
	var client verify.Client
	reader, err := client.NewReader(ctx, r)
	if err != nil {
		return err
	}
	c, err := reader.Read(ctx, verify.Segment{URL: address})
	if err != nil {
		return err
	}
	var found []string
	for _, tr := range c.Tracks {
		data := tr.Packets[0].Data
		if tr.Kind == verify.Video {
			if data, err = verify.Picture(data, tr.NALLength); err != nil {
				return err
			}
		}
		found = append(found, files[md5.Sum(data)])
	}
	for _, f := range found {
		if strings.HasPrefix(f, file+" ") {
			return nil
		}
	}
	return fmt.Errorf("begins with packets of %q, not of %s", found, file)
}

// get fetches a URL of a server of ours.
func get(t testing.TB, address string) verify.Answer {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	a, err := verify.Client{}.Fetch(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestWrongURLsAreRefusedInWords asks for what is not there.
func TestWrongURLsAreRefusedInWords(t *testing.T) {
	ism := shared.ism(t, "ladder")
	fill := rates(t, ism)
	locator := ism[:strings.LastIndex(ism, "/")]
	for _, u := range []struct {
		address string
		status  int
		code    string
	}{
		{ism + "/manifest(format=f4m-f4f)", 415, "MPE_OUTPUT_FORMAT_NOT_SUPPORTED"},
		{ism + "/manifest(format=webm)", 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/manifest(", 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/manifest(format=m3u8-aapl,colour=red)", 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/manifest(format=m3u8-aapl,filter=none)", 404, "MPE_EGRESS_FILTER_NOT_FOUND"},
		{ism + "/manifest(filter=" + strings.Repeat("none;", 11) + ")", 415, "MPE_FILTER_COMPOSITION_FILTER_COUNT_OVER_LIMIT"},
		{ism + "/manifest(filter=@audio)", 415, "MPE_FILTER_INVALID"},
		{ism + "/manifest(filter=@type:smell)", 415, "MPE_FILTER_TRACK_ATTRIBUTE_INVALID"},
		{ism + "/manifest(filter=@time:9-8)", 415, "MPE_FILTER_RANGE_ATTRIBUTE_INVALID"},
		{ism + "/manifest(filter=@first:0)", 415, "MPE_FILTER_FIRST_QUALITY_ATTRIBUTE_INVALID"},
		{ism + "/manifest(filter=@first:1;@first:2)", 415, "MPE_FILTER_COMPOSITION_MULTIPLE_FIRST_QUALITY_OPERATOR_NOT_ALLOWED"},
		{ism + "/manifest(filter=@window:1)", 415, "MPE_FILTER_PRESENTATION_WINDOW_INVALID"},
		{ism + "/manifest(filter=@backoff:301)", 415, "MPE_FILTER_LIVE_BACKOFF_INVALID"},
		{ism + "/manifest(filter=@time:900-)", 415, "MPE_FILTER_REMOVED_ALL_STREAMS"},
		{ism + "/nothing", 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/", 400, "MPE_BAD_URL_SYNTAX"},
		{ism, 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/QualityLevels({v})/Fragments(video=-1)", 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/QualityLevels({v})/Fragments(video=abc)", 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/QualityLevels({v})/Fragments(video=99999999999999999999)", 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/QualityLevels({v})/Fragments(video=9223372036854775807)", 404, "MPE_EGRESS_TIMESTAMP_NOT_FOUND"},
		{ism + "/QualityLevels({v})/Fragments(video=1)", 404, "MPE_EGRESS_TIMESTAMP_NOT_FOUND"},
		{ism + "/QualityLevels({v})/Fragments(video=20020000,format=m3u8-aapl)", 404, "MPE_EGRESS_TIMESTAMP_NOT_FOUND"},
		{ism + "/QualityLevels({v})/KeyFrames(video=1,format=m3u8-aapl)", 404, "MPE_EGRESS_TIMESTAMP_NOT_FOUND"},
		{ism + "/QualityLevels({v})/Fragments(video)", 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/QualityLevels({v})/Fragments()", 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/QualityLevels(-5)/Fragments(video=0)", 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/QualityLevels(x)/Fragments(video=0)", 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/QualityLevels(1)/Fragments(video=0)", 404, "MPE_EGRESS_TRACK_NOT_FOUND"},
		{ism + "/QualityLevels({v})/Fragments(unknown=0)", 404, "MPE_EGRESS_TRACK_NOT_FOUND"},
		{ism + "/QualityLevels({v})/Manifest(unknown,format=m3u8-aapl)", 404, "MPE_EGRESS_TRACK_NOT_FOUND"},
		{ism + "/QualityLevels({v})/Fragments(video%2F..=0)", 404, "MPE_EGRESS_TRACK_NOT_FOUND"},
		{ism + "/manifest(format=m3u8-aapl-v3,audioTrack=unknown)", 404, "MPE_EGRESS_TRACK_NOT_FOUND"},
		{ism + "/manifest(format=mpd-time-csf,encryption=none)", 400, "MPE_BAD_URL_SYNTAX"},
		{ism + "/manifest%zz", 400, ""},
		{locator + "/other.ism/manifest", 404, "MPE_RESOURCE_NOT_FOUND"},
		{locator + "/missing.mp4", 404, "MPE_RESOURCE_NOT_FOUND"},
		{locator + "/ladder.ism", 400, "MPE_BAD_URL_SYNTAX"},
		{locator + "/..%2F..%2Fetc%2Fpasswd", 404, "MPE_RESOURCE_NOT_FOUND"},
		{locator + "/%2e%2e/%2e%2e/etc/passwd", 404, "MPE_RESOURCE_NOT_FOUND"},
		{shared.Base + "/00000000-0000-0000-0000-000000000000/ladder.ism/manifest", 404, "MPE_RESOURCE_NOT_FOUND"},
		{shared.Base + "/nowhere", 404, "MPE_RESOURCE_NOT_FOUND"},
	} {
		address := fill.Replace(u.address)
		a := raw(t, address)
		if a.Status != u.status || !bytes.HasPrefix(a.Body, []byte(u.code)) {
			t.Errorf("%s: status %d, expected %d %s: %.300s", address, a.Status, u.status, u.code, a.Body)
			continue
		}
		if u.code != "" {
			inWords(t, address, a)
		}
	}
}

// inWords demands of a refusal a code with its number, a sentence, and nothing of
// this machine.
func inWords(t *testing.T, address string, a verify.Answer) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(string(a.Body)), "\n")
	if !regexp.MustCompile(`^MPE_[A-Z_]+ \(0x[0-9A-F]{8}\)$`).MatchString(lines[0]) || len(lines) < 2 || !strings.Contains(lines[1], " ") {
		t.Errorf("%s: no code and sentence: %q", address, a.Body)
	}
	for _, secret := range []string{"goroutine ", ".go:", "/tmp/", "testdata/", "root"} {
		if bytes.Contains(a.Body, []byte(secret)) {
			t.Errorf("%s: the answer holds %q: %s", address, secret, a.Body)
		}
	}
	if a.Type() != "text/plain" || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: Content-Type %q, Cache-Control %q", address, a.Header.Get("Content-Type"), a.Header.Get("Cache-Control"))
	}
}
