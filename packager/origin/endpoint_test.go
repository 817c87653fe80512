package origin_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"manifold/packager"
	"manifold/packager/catalog"
	"manifold/packager/internal/synth"
	"manifold/packager/origin"
)

// set replaces the settings of the endpoint of a server.
func set(t *testing.T, h *origin.Handler, document string) {
	t.Helper()
	if err := h.Engine.(*packager.Engine).Catalog().SetEndpoint([]byte(document)); err != nil {
		t.Fatal(err)
	}
	time.Sleep(20 * time.Millisecond) // the handler looks again after ten
}

func TestEndpointStopsAndStarts(t *testing.T) {
	s, ism, h := server(t, packager.Config{}, origin.Hosts{Loopback: true})
	fragment := ism + "QualityLevels(3579827)/Fragments(video=0)"
	for _, state := range []string{"Stopped", "Running"} {
		set(t, h, `{"resourceState":"`+state+`"}`)
		for _, url := range []string{ism + "manifest", fragment} {
			a, b := do(t, "GET", url)
			if state == "Running" {
				expect(t, a, 200)
				continue
			}
			expect(t, a, 503, "Cache-Control", "no-store", "Access-Control-Allow-Origin", "*")
			if !strings.Contains(string(b), "is stopped") {
				t.Errorf("%s", b)
			}
		}
		a, _ := do(t, "GET", s.URL+"/healthz")
		expect(t, a, 200)
	}
}

func TestCachesKeepWhatTheEndpointSays(t *testing.T) {
	_, ism, h := server(t, packager.Config{Policy: "Predefined_ClearStreamingOnly"}, origin.Hosts{})
	a, _ := do(t, "GET", ism+"manifest")
	expect(t, a, 200, "Cache-Control", "max-age=259200")
	set(t, h, `{"maxCacheAge":700}`)
	a, _ = do(t, "GET", ism+"QualityLevels(3579827)/Fragments(video=0)")
	expect(t, a, 200, "Cache-Control", "max-age=700")
	_, ism, h = server(t, packager.Config{}, origin.Hosts{}) // whose files may change
	set(t, h, `{"maxCacheAge":700}`)
	a, _ = do(t, "GET", ism+"manifest")
	expect(t, a, 200, "Cache-Control", "no-cache")
}

// Caches keep nothing beyond the end of a locator.
func TestCachesKeepWhatALocatorAllows(t *testing.T) {
	s, _, h := server(t, packager.Config{}, origin.Hosts{})
	e := h.Engine.(*packager.Engine)
	entry := e.Entries()[0]
	l, err := e.Catalog().CreateLocator("soon", catalog.LocatorProperties{Path: entry.Path, Policy: "Predefined_ClearStreamingOnly", End: time.Now().Add(time.Hour).Format(time.RFC3339)})
	if err != nil {
		t.Fatal(err)
	}
	entry.Locator = l
	a, _ := do(t, "GET", s.URL+entry.Base()+"manifest")
	expect(t, a, 200)
	age, err := strconv.Atoi(strings.TrimPrefix(a.Header.Get("Cache-Control"), "max-age="))
	if err != nil || age > 3600 || age < 3000 {
		t.Errorf("%s, %v", a.Header.Get("Cache-Control"), err)
	}
}

func TestCrossSitePolicies(t *testing.T) {
	s, _, h := server(t, packager.Config{}, origin.Hosts{})
	a, b := do(t, "GET", s.URL+"/crossdomain.xml")
	expect(t, a, 200, "Content-Type", "text/xml", "Access-Control-Allow-Origin", "*")
	if !strings.Contains(string(b), `<allow-access-from domain="*" secure="false" />`) {
		t.Errorf("%s", b)
	}
	a, _ = do(t, "GET", s.URL+"/clientaccesspolicy.xml")
	expect(t, a, 404)
	set(t, h, `{"crossSiteAccessPolicies":{"clientAccessPolicy":"<access-policy/>","crossDomainPolicy":"<cross-domain-policy/>"}}`)
	for path, want := range map[string]string{"/crossdomain.xml": "<cross-domain-policy/>", "/clientaccesspolicy.xml": "<access-policy/>"} {
		a, b := do(t, "GET", s.URL+path)
		expect(t, a, 200, "Content-Type", "text/xml")
		if string(b) != want {
			t.Errorf("%s: %s", path, b)
		}
		if a, b := do(t, "HEAD", s.URL+path); a.ContentLength != int64(len(want)) || len(b) > 0 {
			t.Errorf("HEAD %s: %d, %s", path, a.ContentLength, b)
		}
	}
}

func TestTheEndpointAnswersWhomItAdmits(t *testing.T) {
	s, ism, h := server(t, packager.Config{}, origin.Hosts{})
	set(t, h, `{"accessControl":{"ip":{"allow":[{"name":"elsewhere","address":"192.0.2.0","subnetPrefixLength":24}]}}}`)
	for url, readers := range map[string]string{
		ism + "manifest": "*", ism + "nonsense": "*", s.URL + "/keydelivery/?kid=0": "*", s.URL + "/keydelivery/ClearKey/": "*", // pages of every origin
		s.URL + "/crossdomain.xml": "", s.URL + "/": "", s.URL + "/metrics": "",
	} {
		a, b := do(t, "GET", url, "X-Forwarded-For", "192.0.2.7")
		expect(t, a, 403, "Access-Control-Allow-Origin", readers)
		if !strings.Contains(string(b), "127.0.0.1") {
			t.Errorf("%s", b)
		}
	}
	for url, status := range map[string]int{ism + "manifest": 204, s.URL + "/keydelivery/?kid=0": 204, s.URL + "/": 403, s.URL + "/metrics": 403} {
		a, _ := do(t, "OPTIONS", url, "Origin", "https://player.example", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization")
		if expect(t, a, status); status == 204 { // the page reads why the request itself is refused
			expect(t, a, 204, "Access-Control-Allow-Origin", "*", "Access-Control-Allow-Headers", "Range, Authorization, Content-Type, If-None-Match")
		}
	}
	set(t, h, `{"accessControl":{"ip":{"allow":[{"name":"elsewhere","address":"192.0.2.1"},{"name":"here","address":"127.0.0.0","subnetPrefixLength":8}]}}}`)
	a, _ := do(t, "GET", ism+"manifest")
	expect(t, a, 200)
}

// counting counts how often it is asked for its settings.
type counting struct {
	large
	asked int
}

func (c *counting) Endpoint() *catalog.Endpoint {
	c.asked++
	return c.large.Endpoint()
}

func TestARequestIsAnsweredByOneStateOfTheEndpoint(t *testing.T) {
	e := &counting{}
	h := &origin.Handler{Engine: e}
	h.Guard(h).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("HEAD", "/x/y.ism/QualityLevels(1)/Fragments(video=0)", nil))
	if e.asked != 1 {
		t.Errorf("its settings are asked for %d times", e.asked)
	}
}

func TestCustomHostNamesAreOurs(t *testing.T) {
	_, ism, h := server(t, packager.Config{}, origin.Hosts{Loopback: true})
	url := ism + "manifest(format=mpd-time-csf,encryption=cenc)"
	a, _ := do(t, "GET", url, "Host", "Media.example:8080")
	expect(t, a, 421)
	set(t, h, `{"customHostNames":["b.example","media.example"]}`)
	a, b := do(t, "GET", url, "Host", "Media.example:8080")
	expect(t, a, 200)
	if !strings.Contains(string(b), "http://Media.example:8080/keydelivery/") {
		t.Errorf("the manifest names another host:\n%s", b)
	}
}

// The headers lead a content delivery network through all segments of a stream.
func TestContentDeliveryNetworksLearnWhatComesNext(t *testing.T) {
	_, ism, h := server(t, packager.Config{}, origin.Hosts{})
	const header = "CDN-Origin-Assist-Prefetch-Path"
	ask := func(tail, enabled string) string {
		a, _ := do(t, "GET", ism+tail, "CDN-Origin-Assist-Prefetch-Enabled", enabled)
		expect(t, a, 200)
		return a.Header.Get(header)
	}
	const level = "QualityLevels(3579827)/"
	if next := ask(level+"Fragments(video=0)", "1"); next != "" {
		t.Errorf("without a CDN there follows %s", next)
	}
	set(t, h, `{"cdnEnabled":true}`)
	for _, quiet := range []string{"manifest", level + "Manifest(video,format=m3u8-cmaf)", level + "Fragments(video=i,format=m3u8-cmaf)"} {
		if next := ask(quiet, "1"); next != "" {
			t.Errorf("after %s there follows %s", quiet, next)
		}
	}
	if next := ask(level+"Fragments(video=0)", "0"); next != "" {
		t.Errorf("a CDN that cannot fetch ahead is told %s", next)
	}
	for _, format := range []string{"", ",format=mpd-time-cmaf", ",format=m3u8-aapl", ",format=m3u8-aapl-v3,audiotrack=" + synth.GoldenAudio} {
		list := "manifest"
		if strings.Contains(format, "aapl") {
			list = level + "Manifest(video" + strings.Split(format, ",audiotrack")[0] + ")"
		} else if format != "" {
			list = "manifest(format=mpd-time-cmaf)"
		}
		_, text := do(t, "GET", ism+list)
		want := len(regexp.MustCompile(`(?m)^Fragments\(video`).FindAllString(string(text), -1))
		if want == 0 {
			want = 12 // the fragments of the golden set
		}
		n := 0
		for tail := "Fragments(video=0" + format + ")"; tail != ""; n++ {
			if n > want {
				t.Fatalf("%s: there is no end", format)
			}
			tail = ask(level+tail, "1")
		}
		if n != want {
			t.Errorf("%s: %d segments follow each other, want %d", format, n, want)
		}
	}
}

// What lies in the data directory may be broken; where it lies is not told.
func TestRefusalsNameNoPathOfTheMachine(t *testing.T) {
	data := t.TempDir()
	_, ism, h := server(t, packager.Config{Data: data}, origin.Hosts{})
	folder := filepath.Join(data, "keys", h.Engine.(*packager.Engine).Entries()[0].Locator.ID)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "CommonEncryptionCenc.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, b := do(t, "GET", ism+"manifest(encryption=cenc)")
	expect(t, a, 500)
	if strings.Contains(string(b), data) || !strings.Contains(string(b), "content key") {
		t.Errorf("%s", b)
	}
}
