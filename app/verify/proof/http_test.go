package proof

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"manifold/app/verify"
)

// raw sends a request line as it is written; Go's client would refuse or mend
// some of these paths.
func raw(t *testing.T, address string) verify.Answer {
	t.Helper()
	u, path, ok := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
	if !ok {
		t.Fatal(address)
	}
	conn, err := net.Dial("tcp", u)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprintf(conn, "GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, u)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return verify.Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}
}

// ask sends a request with headers and does not undo gzip.
func ask(t *testing.T, method, address string, header ...string) verify.Answer {
	t.Helper()
	return send(t, method, address, "", header...)
}

// send is ask with a body.
func send(t *testing.T, method, address, body string, header ...string) verify.Answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}, Timeout: time.Minute}
	a, err := verify.Client{HTTP: client}.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// answers are one URL of every kind of answer.
func answers(t *testing.T) map[string]string {
	ism := shared.ism(t, "ladder")
	fill := rates(t, ism)
	return map[string]string{
		"manifest": ism + "/manifest(format=mpd-time-csf)",
		"level":    fill.Replace(ism + "/QualityLevels({v})/Manifest(video,format=m3u8-cmaf)"),
		"init":     fill.Replace(ism + "/QualityLevels({v})/Fragments(video=i,format=m3u8-cmaf)"),
		"fragment": fill.Replace(ism + "/QualityLevels({v})/Fragments(video=0,format=m3u8-cmaf)"),
		"ts":       fill.Replace(ism + "/QualityLevels({v})/Fragments(video=0,format=m3u8-aapl)"),
		"download": shared.Base + shared.asset(t, "ladder").Locators[0].Downloads[0],
	}
}

func TestHeadHasTheHeadersOfGet(t *testing.T) {
	for name, address := range answers(t) {
		whole, head := ask(t, http.MethodGet, address), ask(t, http.MethodHead, address)
		if whole.Status != 200 || head.Status != 200 || len(head.Body) != 0 {
			t.Errorf("%s: GET %d, HEAD %d with %d bytes", name, whole.Status, head.Status, len(head.Body))
		}
		for _, field := range []string{"Content-Length", "Content-Type", "ETag", "Cache-Control", "Access-Control-Allow-Origin"} {
			if g, h := whole.Header.Get(field), head.Header.Get(field); g != h || g == "" {
				t.Errorf("%s: %s is %q for GET and %q for HEAD", name, field, g, h)
			}
		}
		if n := whole.Header.Get("Content-Length"); n != strconv.Itoa(len(whole.Body)) {
			t.Errorf("%s: Content-Length %s, %d bytes", name, n, len(whole.Body))
		}
	}
}

func TestAKnownVersionIsNotSentAgain(t *testing.T) {
	for name, address := range answers(t) {
		tag := ask(t, http.MethodGet, address).Header.Get("ETag")
		if !strings.HasPrefix(tag, `"`) {
			t.Errorf("%s: ETag %s is not strong", name, tag)
		}
		for _, header := range []string{tag, `"other", ` + tag, "W/" + tag, "*"} {
			if a := ask(t, http.MethodGet, address, "If-None-Match", header); a.Status != http.StatusNotModified || len(a.Body) != 0 || a.Header.Get("ETag") != tag {
				t.Errorf("%s: If-None-Match: %s: status %d, %d bytes, ETag %s", name, header, a.Status, len(a.Body), a.Header.Get("ETag"))
			}
		}
		if a := ask(t, http.MethodGet, address, "If-None-Match", `"other"`); a.Status != 200 {
			t.Errorf("%s: another ETag: status %d", name, a.Status)
		}
	}
}

func TestManifestsAreCompressedWhenAsked(t *testing.T) {
	list := answers(t)
	for _, name := range []string{"manifest", "level"} {
		plain := ask(t, http.MethodGet, list[name])
		packed := ask(t, http.MethodGet, list[name], "Accept-Encoding", "gzip")
		if packed.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(packed.Header.Get("Vary"), "Accept-Encoding") {
			t.Fatalf("%s: %v", name, packed.Header)
		}
		if packed.Header.Get("ETag") == plain.Header.Get("ETag") {
			t.Errorf("%s: one ETag for two encodings", name)
		}
		z, err := gzip.NewReader(bytes.NewReader(packed.Body))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil || !bytes.Equal(text, plain.Body) {
			t.Errorf("%s: what was compressed is not what is sent plain (%v)", name, err)
		}
		if refused := ask(t, http.MethodGet, list[name], "Accept-Encoding", "gzip;q=0"); refused.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: compressed although refused", name)
		}
	}
	if a := ask(t, http.MethodGet, list["fragment"], "Accept-Encoding", "gzip"); a.Header.Get("Content-Encoding") != "" {
		t.Error("a segment is compressed")
	}
}

func TestDownloadsTakeRanges(t *testing.T) {
	address := answers(t)["download"]
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(good(t)["ladder"], filepath.Base(u.Path)))
	if err != nil {
		t.Fatal(err)
	}
	if a := ask(t, http.MethodGet, address); !bytes.Equal(a.Body, file) {
		t.Errorf("%d bytes, the file has %d", len(a.Body), len(file))
	}
	size := len(file)
	for span, want := range map[string][]byte{
		"bytes=0-99":                          file[:100],
		"bytes=1000-1999":                     file[1000:2000],
		"bytes=-50":                           file[size-50:],
		fmt.Sprintf("bytes=%d-", size-7):      file[size-7:],
		fmt.Sprintf("bytes=%d-999999999", 10): file[10:],
	} {
		a := ask(t, http.MethodGet, address, "Range", span)
		if a.Status != http.StatusPartialContent || !bytes.Equal(a.Body, want) || a.Header.Get("Content-Range") == "" {
			t.Errorf("%s: status %d, %d bytes, %s", span, a.Status, len(a.Body), a.Header.Get("Content-Range"))
		}
	}
	if a := ask(t, http.MethodGet, address, "Range", fmt.Sprintf("bytes=%d-", size)); a.Status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a range behind the end: status %d", a.Status)
	}
}

func TestPagesOfEveryOriginMayRead(t *testing.T) {
	for name, address := range answers(t) {
		if a := ask(t, http.MethodGet, address, "Origin", "https://player.example"); a.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: Access-Control-Allow-Origin %q", name, a.Header.Get("Access-Control-Allow-Origin"))
		}
		a := ask(t, http.MethodOptions, address, "Origin", "https://player.example", "Access-Control-Request-Method", "GET",
			"Access-Control-Request-Headers", "range", "Access-Control-Request-Private-Network", "true")
		if a.Status != http.StatusNoContent && a.Status != http.StatusOK {
			t.Errorf("%s: preflight %d", name, a.Status)
		}
		if a.Header.Get("Access-Control-Allow-Origin") != "*" || a.Header.Get("Access-Control-Allow-Private-Network") != "true" ||
			!strings.Contains(strings.ToLower(a.Header.Get("Access-Control-Allow-Headers")), "range") {
			t.Errorf("%s: preflight %v", name, a.Header)
		}
	}
	if a := ask(t, http.MethodGet, shared.Base+"/", "Origin", "https://player.example"); a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("the index may be read by pages of other origins")
	}
}

func TestForeignHostsAreTurnedAway(t *testing.T) {
	address := answers(t)["manifest"]
	for host, status := range map[string]int{
		"attacker.example": 421, "attacker.example:80": 421, "127.0.0.1.attacker.example": 421, "192.0.2.1": 421,
		"localhost": 200, "127.0.0.1": 200, "[::1]:8080": 200,
	} {
		if a := ask(t, http.MethodGet, address, "Host", host); a.Status != status {
			t.Errorf("Host %s: status %d, expected %d", host, a.Status, status)
		}
	}
	for _, page := range []string{"/", "/player/", "/healthz"} {
		if a := ask(t, http.MethodGet, shared.Base+page, "Host", "attacker.example"); a.Status != 421 {
			t.Errorf("%s for a foreign Host: status %d", page, a.Status)
		}
	}
}

func TestOnlyReadingMethodsAreAllowed(t *testing.T) {
	address := answers(t)["manifest"]
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		if a := ask(t, method, address); a.Status != http.StatusMethodNotAllowed || a.Header.Get("Allow") == "" {
			t.Errorf("%s: status %d, Allow %q", method, a.Status, a.Header.Get("Allow"))
		}
	}
}

func TestThePagesOfTheServer(t *testing.T) {
	for page, kind := range map[string]string{"/": "text/html", "/player/": "text/html", "/healthz": "text/plain"} {
		if a := get(t, shared.Base+page); a.Status != 200 || a.Type() != kind || len(a.Body) == 0 {
			t.Errorf("%s: status %d, type %q, %d bytes", page, a.Status, a.Type(), len(a.Body))
		}
	}
	index := string(get(t, shared.Base+"/").Body)
	for _, a := range shared.Assets {
		if !strings.Contains(index, a.Locators[0].ID) {
			t.Errorf("the index does not list the locator of %s", a.Name)
		}
	}
}

// TestTwoServersAnswerTheSameBytes asks two processes with one data directory,
// and again the first in another order.
func TestTwoServersAnswerTheSameBytes(t *testing.T) {
	data, set := t.TempDir(), good(t)["ladder"]
	one, two := serveFrom(t, data, set), serveFrom(t, data, set)
	for _, f := range formats {
		p, err := verify.Client{}.Open(t.Context(), one.ism(t, "ladder")+f.tail)
		if err != nil {
			t.Fatal(err)
		}
		list := []string{p.URL}
		for _, r := range p.Renditions {
			if r.Init != "" {
				list = append(list, r.Init)
			}
			for _, s := range r.Segments {
				list = append(list, s.URL)
			}
		}
		slices.Reverse(list)
		for _, address := range list {
			a, b := get(t, address), get(t, two.Base+strings.TrimPrefix(address, one.Base))
			if a.Status != 200 || !bytes.Equal(a.Body, b.Body) {
				t.Fatalf("%s: status %d and %d, %d and %d bytes", address, a.Status, b.Status, len(a.Body), len(b.Body))
			}
		}
	}
}

// TestAReplacedFileIsANewVersion replaces a rendition while it is served: every
// answer is wholly of the old or wholly of the new file, and soon of the new one.
func TestAReplacedFileIsANewVersion(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set")
	file := filepath.Join(dir, "a.mp4")
	put := func(set string) {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(good(t)[set], "a.mp4"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file+".new", b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	put("avc3")
	o := serve(t, dir)
	address := o.ism(t, "set") + "/manifest(format=mpd-time-csf)"
	before, err := fetchAll(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	old := get(t, address)
	put("film")
	source := sources(t, dir)
	var last error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		// A segment of the old manifest may be gone now, or be of the new file; a
		// mixture would break its structure.
		for _, r := range before.Renditions {
			reader, err := verify.Client{}.NewReader(t.Context(), r)
			if err != nil {
				continue
			}
			for _, s := range r.Segments {
				if _, err := reader.Read(t.Context(), s); err != nil && get(t, s.URL).Status == 200 {
					t.Fatalf("%s: %v", s.URL, err)
				}
			}
		}
		after, err := fetchAll(t.Context(), address)
		if last = err; err != nil {
			continue
		}
		for i := range after.Renditions {
			tracks, err := after.tracks(i)
			if err != nil {
				t.Fatal(err)
			}
			for _, tr := range tracks {
				if err := compare(tr, source); err != nil {
					last = err
				}
			}
		}
		if last == nil {
			break
		}
	}
	if last != nil {
		t.Fatalf("the new file is not served: %v", last)
	}
	if now := get(t, address); now.Header.Get("ETag") == old.Header.Get("ETag") {
		t.Error("the ETag of the old version is still given")
	}
}

// TestARunningAnswerIsFinishedOnStop stops the server while an answer is read.
func TestARunningAnswerIsFinishedOnStop(t *testing.T) {
	o := serve(t, good(t)["ladder"])
	address := o.Base + o.asset(t, "ladder").Locators[0].Downloads[0]
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	stopped := make(chan error, 1)
	go func() { stopped <- o.stop() }()
	// The listener closes first; then no new connection is taken.
	deadline := time.Now().Add(20 * time.Second)
	for {
		conn, err := net.DialTimeout("tcp", strings.TrimPrefix(o.Base, "http://"), time.Second)
		if err != nil {
			break
		}
		conn.Close()
		if time.Now().After(deadline) {
			t.Fatal("connections are still taken 20 s after SIGTERM")
		}
		time.Sleep(10 * time.Millisecond)
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil || n != resp.ContentLength {
		t.Errorf("%d of %d bytes after SIGTERM: %v", n, resp.ContentLength, err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
