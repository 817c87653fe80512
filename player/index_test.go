package player

import (
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func page(t *testing.T, assets ...Asset) string {
	t.Helper()
	w := httptest.NewRecorder()
	Index(func() []Asset { return assets }).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("Content-Security-Policy") == "" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	return w.Body.String()
}

func tears() Asset {
	base := "/8b6f2c1e-3f6a-5b0e-9c7d-2f1d3a4b5c6d/tears.ism/manifest"
	return Asset{
		Name: "tears", Duration: "1:10.315",
		Tracks:   []Track{{"video", "1280×720 · H.264 High", "3.58 Mbit/s"}, {"audio", "English · AAC-LC 2.0", "128 kbit/s"}},
		Findings: []Finding{{"warning", "gop-misaligned", "b.mp4 track 1 sample 120", "Rendition 480×270 starts late", "Re-encode it."}},
		Locators: []Locator{{
			ID: "8b6f2c1e-3f6a-5b0e-9c7d-2f1d3a4b5c6d", Policy: "Workbench",
			Streams: []Stream{
				{"", "HLS", "HLS V3", base + "(format=m3u8-aapl-v3)"}, {"", "HLS", "HLS V4", base + "(format=m3u8-aapl)"},
				{"", "DASH", "DASH CSF", base + "(format=mpd-time-csf)"}, {"", "Smooth", "Smooth", base},
				{"CENC", "DASH", "DASH CSF", base + "(format=mpd-time-csf,encryption=cenc)"}, {"CBCS", "HLS", "HLS V4", base + "(format=m3u8-aapl,encryption=cbcs-aapl)"},
			},
			Downloads: []Link{{"tears 720.mp4", "/8b6f2c1e-3f6a-5b0e-9c7d-2f1d3a4b5c6d/tears%20720.mp4"}},
		}},
	}
}

func TestIndexTellsAllOfAnAsset(t *testing.T) {
	html := page(t, tears())
	for _, want := range []string{
		"1 asset<", "tears", "1:10.315", "2 tracks · 1 finding", "1280×720 · H.264 High", "3.58 Mbit/s", "English · AAC-LC 2.0",
		"Rendition 480×270 starts late", "b.mp4 track 1 sample 120", "Re-encode it.", "warning · gop-misaligned",
		"8b6f2c1e-3f6a-5b0e-9c7d-2f1d3a4b5c6d", "Workbench", "HLS V4", "DASH CSF", "tears 720.mp4",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestIndexLinksAreTheURLs(t *testing.T) {
	html := page(t, tears())
	streams := tears().Locators[0].Streams
	var plays []string
	for _, m := range regexp.MustCompile(`href="player/\?url=([^"]*)" aria-label="Play`).FindAllStringSubmatch(html, -1) {
		u, err := url.QueryUnescape(m[1])
		if err != nil {
			t.Fatal(err)
		}
		plays = append(plays, u)
	}
	if len(plays) != len(streams) {
		t.Fatalf("%d play links, want %d", len(plays), len(streams))
	}
	for i, s := range streams {
		if plays[i] != s.URL {
			t.Errorf("play link %d is %q, want %q", i, plays[i], s.URL)
		}
		if !strings.Contains(html, `data-copy="`+s.URL+`"`) {
			t.Errorf("no copy button for %s", s.URL)
		}
	}
	if !strings.Contains(html, `href="/8b6f2c1e-3f6a-5b0e-9c7d-2f1d3a4b5c6d/tears%20720.mp4"`) {
		t.Error("no download link")
	}
	if got := strings.Count(html, `class="first"`); got != 6 {
		t.Errorf("%d groups, want 6: HLS, DASH, Smooth, downloads, and two encryptions", got)
	}
	for _, want := range []string{"<summary>CENC ", "<summary>CBCS ", `aria-label="Play DASH CSF with CENC"`} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestIndexOfABrokenAssetShowsWhy(t *testing.T) {
	html := page(t, Asset{Name: "broken", Findings: []Finding{{"error", "unreadable", "broken.mp4", "The file ends inside its moov box", ""}}, Locators: []Locator{{ID: "1111", Policy: "Workbench", Streams: []Stream{{"", "HLS", "HLS V4", "/1111/broken.ism/manifest(format=m3u8-aapl)"}}}}})
	for _, want := range []string{"nothing to play · 1 finding", "The file ends inside its moov box", "/1111/broken.ism/manifest(format=m3u8-aapl)"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(html, "Play in browser") {
		t.Error("an invitation to play an asset that has no tracks")
	}
}

func TestIndexWithoutAssetsSaysHowToServeOne(t *testing.T) {
	if html := page(t); !strings.Contains(html, "No assets") || !strings.Contains(html, "manifold serve FOLDER") {
		t.Errorf("page %s", html)
	}
}

func TestHostileNamesStayText(t *testing.T) {
	evil := `"><script>alert(1)</script><img src=x onerror=alert(1)>'&`
	a := Asset{
		Name: evil, Duration: evil,
		Tracks:   []Track{{evil, evil, evil}},
		Findings: []Finding{{evil, evil, evil, evil, evil}},
		Locators: []Locator{{ID: evil, Policy: evil, Streams: []Stream{{"", evil, evil, "javascript:alert(1)"}, {evil, evil, evil, "javascript:alert(3)"}}, Downloads: []Link{{evil, "javascript:alert(2)"}}}},
	}
	html := page(t, a)
	for _, bad := range []string{"<script>alert", "<img src=x", `href="javascript:`} {
		if strings.Contains(html, bad) {
			t.Errorf("the page contains %s", bad)
		}
	}
	if got := strings.Count(html, "<script"); got != 2 {
		t.Errorf("%d scripts, want our 2", got)
	}
}
