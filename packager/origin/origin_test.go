package origin_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"manifold/packager"
	"manifold/packager/catalog"
	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/keypolicy"
	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/origin"
	"manifold/packager/protect"
)

// server serves the golden set and returns the base of its URLs.
func server(t *testing.T, c packager.Config, hosts origin.Hosts) (*httptest.Server, string, *origin.Handler) {
	t.Helper()
	path, err := synth.Golden().Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if c.Data == "" {
		c.Data = t.TempDir()
	}
	e, err := packager.New(c)
	if err == nil {
		_, err = e.Add(context.Background(), path)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	h := &origin.Handler{Engine: e, Hosts: hosts}
	s := httptest.NewServer(h.Guard(h))
	t.Cleanup(s.Close)
	return s, s.URL + e.Entries()[0].Base(), h
}

// do sends a request; headers are name and value in turn.
func do(t *testing.T, method, url string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{Transport: &http.Transport{DisableCompression: true}, Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()
	a, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}

func expect(t *testing.T, a *http.Response, status int, headers ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s: status %d, want %d", a.Request.URL, a.StatusCode, status)
	}
	for i := 0; i < len(headers); i += 2 {
		if got := a.Header.Get(headers[i]); got != headers[i+1] {
			t.Errorf("%s: %s is %q, want %q", a.Request.URL, headers[i], got, headers[i+1])
		}
	}
}

const segment = "QualityLevels(381048)/Fragments(video=0,format=m3u8-cmaf)"

func TestContentTypes(t *testing.T) {
	_, base, _ := server(t, packager.Config{}, origin.Hosts{})
	for tail, want := range map[string]string{
		"manifest": "text/xml", "manifest(format=mpd-time-csf)": "application/dash+xml",
		"manifest(format=m3u8-aapl)": "application/vnd.apple.mpegurl", "QualityLevels(381048)/Manifest(video,format=m3u8-aapl)": "application/vnd.apple.mpegurl",
		"QualityLevels(381048)/Fragments(video=0,format=m3u8-aapl)": "video/MP2T", segment: "video/mp4",
		"QualityLevels(128041)/Fragments(" + synth.GoldenAudio + "=0,format=mpd-time-csf)": "audio/mp4",
		"QualityLevels(381048)/Fragments(video=i,format=mpd-time-csf)":                     "video/mp4",
	} {
		a, b := do(t, "GET", base+tail)
		expect(t, a, 200, "Content-Type", want, "Access-Control-Allow-Origin", "*", "X-Content-Type-Options", "nosniff", "Cache-Control", "no-cache")
		if a.ContentLength != int64(len(b)) {
			t.Errorf("%s: Content-Length %d, %d bytes", tail, a.ContentLength, len(b))
		}
	}
}

// HEAD answers what GET does, without the body.
func TestHead(t *testing.T) {
	_, base, _ := server(t, packager.Config{}, origin.Hosts{})
	for _, tail := range []string{"manifest", segment, "nonsense"} {
		get, body := do(t, "GET", base+tail)
		head, none := do(t, "HEAD", base+tail)
		if len(none) != 0 || head.ContentLength != int64(len(body)) {
			t.Errorf("%s: %d bytes, Content-Length %d for %d", tail, len(none), head.ContentLength, len(body))
		}
		get.Header.Del("Date")
		head.Header.Del("Date")
		expect(t, head, get.StatusCode, "ETag", get.Header.Get("ETag"), "Content-Type", get.Header.Get("Content-Type"))
	}
}

func TestConditionalRequests(t *testing.T) {
	_, base, _ := server(t, packager.Config{}, origin.Hosts{})
	for _, tail := range []string{"manifest(format=m3u8-aapl)", segment} {
		first, _ := do(t, "GET", base+tail)
		tag := first.Header.Get("ETag")
		if !strings.HasPrefix(tag, `"`) {
			t.Fatalf("the entity tag is %s", tag)
		}
		for _, header := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			a, b := do(t, "GET", base+tail, "If-None-Match", header)
			expect(t, a, 304, "ETag", tag, "Access-Control-Allow-Origin", "*")
			if len(b) > 0 {
				t.Errorf("304 with %d bytes", len(b))
			}
		}
		a, _ := do(t, "GET", base+tail, "If-None-Match", `"other"`)
		expect(t, a, 200)
		for header, status := range map[string]int{tag: 200, `"other", ` + tag: 200, "*": 200, `"other"`: 412, "W/" + tag: 412} {
			a, b := do(t, "GET", base+tail, "If-Match", header)
			if expect(t, a, status, "Access-Control-Allow-Origin", "*"); status == 412 && (!strings.Contains(string(b), "If-Match") || a.Header.Get("ETag") != "") {
				t.Errorf("If-Match: %s is refused with %q, ETag %s", header, b, a.Header.Get("ETag"))
			}
		}
		a, _ = do(t, "GET", base+tail, "If-Match", `"other"`, "If-None-Match", tag)
		expect(t, a, 412)
	}
}

// Manifests are compressed on request, under another entity tag.
func TestGzip(t *testing.T) {
	_, base, _ := server(t, packager.Config{}, origin.Hosts{})
	plain, want := do(t, "GET", base+"manifest")
	expect(t, plain, 200, "Content-Encoding", "", "Vary", "Accept-Encoding")
	packed, b := do(t, "GET", base+"manifest", "Accept-Encoding", "br, gzip")
	expect(t, packed, 200, "Content-Encoding", "gzip", "Vary", "Accept-Encoding")
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
		t.Errorf("unpacked it is another text (%v)", err)
	}
	if plain.Header.Get("ETag") == packed.Header.Get("ETag") {
		t.Error("both encodings have one entity tag")
	}
	a, _ := do(t, "GET", base+"manifest", "Accept-Encoding", "gzip", "If-None-Match", packed.Header.Get("ETag"))
	expect(t, a, 304, "ETag", packed.Header.Get("ETag"), "Vary", "Accept-Encoding")
	a, _ = do(t, "GET", base+"manifest", "If-None-Match", plain.Header.Get("ETag"))
	expect(t, a, 304, "ETag", plain.Header.Get("ETag"), "Vary", "Accept-Encoding")
	for _, refusal := range []string{"gzip;q=0", "identity", ""} {
		a, _ := do(t, "GET", base+"manifest", "Accept-Encoding", refusal)
		expect(t, a, 200, "Content-Encoding", "")
	}
	a, _ = do(t, "GET", base+segment, "Accept-Encoding", "gzip")
	expect(t, a, 200, "Content-Encoding", "")
}

func TestDownloadsHaveRanges(t *testing.T) {
	s, base, _ := server(t, packager.Config{}, origin.Hosts{})
	name := "ignite_320x180_381.mp4"
	url := s.URL + "/" + strings.Split(strings.TrimPrefix(base, s.URL+"/"), "/")[0] + "/" + name
	all, b := do(t, "GET", url)
	expect(t, all, 200, "Accept-Ranges", "bytes", "Content-Type", "video/mp4")
	part, p := do(t, "GET", url, "Range", "bytes=100-199")
	expect(t, part, 206)
	if !bytes.Equal(p, b[100:200]) {
		t.Error("the range holds other bytes")
	}
	none, _ := do(t, "GET", url, "Range", "bytes=-0")
	expect(t, none, 416, "Content-Range", fmt.Sprintf("bytes */%d", len(b)))
	lines, l := do(t, "GET", url, "Range", "lines=0-1")
	expect(t, lines, 200)
	if !bytes.Equal(l, b) {
		t.Errorf("%d bytes of %d in unknown units", len(l), len(b))
	}
	beyond, _ := do(t, "GET", url, "Range", "bytes=99999999999-")
	expect(t, beyond, 416)
}

func TestPreflight(t *testing.T) {
	s, base, _ := server(t, packager.Config{}, origin.Hosts{})
	a, _ := do(t, "OPTIONS", base+segment, "Origin", "https://player.example", "Access-Control-Request-Method", "GET", "Access-Control-Request-Private-Network", "true")
	expect(t, a, 204, "Access-Control-Allow-Origin", "*", "Access-Control-Allow-Private-Network", "true", "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
	a, _ = do(t, "OPTIONS", s.URL+"/healthz", "Origin", "https://player.example", "Access-Control-Request-Method", "GET")
	expect(t, a, 204, "Access-Control-Allow-Origin", "")
	a, _ = do(t, "POST", base+segment)
	expect(t, a, 405, "Allow", "GET, HEAD, OPTIONS")
}

// Errors have a code, its number, a sentence and advice; nothing of them is kept.
// Keys are delivered as bytes and as ClearKey licences, and kept by nobody.
func TestKeyDelivery(t *testing.T) {
	_, base, _ := server(t, packager.Config{}, origin.Hosts{})
	root := base[:strings.Index(base[8:], "/")+8]
	_, mpd := do(t, "GET", base+"manifest(format=mpd-time-cmaf,encryption=cenc)")
	kid := regexp.MustCompile(`cenc:default_KID="([^"]+)"`).FindSubmatch(mpd)
	licence := regexp.MustCompile(`<dashif:Laurl>(http[^<]+)</dashif:Laurl>`).FindSubmatch(mpd)
	if kid == nil || licence == nil || !strings.HasPrefix(string(licence[1]), root+"/keydelivery/ClearKey/") {
		t.Fatalf("%s", mpd)
	}
	a, key := do(t, "GET", root+"/keydelivery/?kid="+string(kid[1]))
	expect(t, a, 200, "Content-Type", "application/octet-stream", "Cache-Control", "no-store", "Access-Control-Allow-Origin", "*", "Content-Length", "16")
	a, again := do(t, "POST", root+"/keydelivery/?kid="+string(kid[1]))
	expect(t, a, 200)
	if len(key) != 16 || !bytes.Equal(key, again) {
		t.Errorf("the key is % x, then % x", key, again)
	}
	id, err := hex.DecodeString(strings.ReplaceAll(string(kid[1]), "-", ""))
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{"keys":[{"kty":"oct","kid":"%s","k":"%s"}],"type":"temporary"}`, base64.RawURLEncoding.EncodeToString(id), base64.RawURLEncoding.EncodeToString(key)) + "\n"
	post := func(body string) (int, string) {
		r, err := http.Post(string(licence[1]), "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(b)
	}
	if status, got := post(fmt.Sprintf(`{"kids":["%s","AAAAAAAAAAAAAAAAAAAAAA"],"type":"temporary"}`, base64.RawURLEncoding.EncodeToString(id))); status != 200 || got != want {
		t.Errorf("%d %s, want %s", status, got, want)
	}
	for body, status := range map[string]int{"": 400, "{}": 400, `{"kids":["x"]}`: 400, `{"kids":["AAAAAAAAAAAAAAAAAAAAAA"]}`: 404} {
		if got, text := post(body); got != status {
			t.Errorf("%s: %d %s", body, got, text)
		}
	}
	for path, status := range map[string]int{"?kid=": 400, "?kid=0f0e0d0c-0000-4000-8000-000000000000": 404, "Widevine/?kid=x": 404} {
		a, _ := do(t, "GET", root+"/keydelivery/"+path)
		expect(t, a, status, "Cache-Control", "no-store")
	}
	a, _ = do(t, "DELETE", root+"/keydelivery/?kid="+string(kid[1]))
	expect(t, a, 405)
	a, _ = do(t, "OPTIONS", root+"/keydelivery/")
	expect(t, a, 204, "Access-Control-Allow-Methods", "GET, HEAD, POST, OPTIONS")
}

func TestErrors(t *testing.T) {
	_, base, h := server(t, packager.Config{}, origin.Hosts{})
	a, b := do(t, "GET", base+"QualityLevels(381048)/Fragments(video=5,format=m3u8-cmaf)")
	expect(t, a, 404, "Content-Type", "text/plain; charset=utf-8", "Cache-Control", "no-store", "Access-Control-Allow-Origin", "*", "ETag", "")
	want := "MPE_EGRESS_TIMESTAMP_NOT_FOUND (0x8089020A)\nFragments(video=5): no segment starts at this time.\nThe nearest before it starts at 0.\n"
	if string(b) != want {
		t.Errorf("the error is\n%s\nnot\n%s", b, want)
	}
	for tail, status := range map[string]int{
		"manifest(format=flv)": 400, "manifest(format=f4m-f4f)": 415, "manifest(encryption=cbcs)": 415, "manifest(filter=x)": 404,
		"QualityLevels(1)/Fragments(video=0)": 404, "QualityLevels(381048)/Fragments(video=-1)": 400,
	} {
		a, b := do(t, "GET", base+tail)
		expect(t, a, status)
		if !bytes.HasPrefix(b, []byte("MPE_")) || bytes.Count(b, []byte("\n")) < 3 {
			t.Errorf("%s: the error is\n%s", tail, b)
		}
	}
	if h.Stats.Errors.Load() != 7 || h.Stats.Requests.Load() != 7 {
		t.Errorf("%d errors in %d requests", h.Stats.Errors.Load(), h.Stats.Requests.Load())
	}
}

// A name that is not ours is refused on a loopback address, whatever it
// resolves to.
func TestForeignHosts(t *testing.T) {
	s, base, _ := server(t, packager.Config{}, origin.Hosts{Loopback: true, Public: "media.example"})
	for host, status := range map[string]int{
		"evil.example": 421, "192.168.0.7:8080": 421, "localhost.evil.example": 421,
		"localhost:8080": 200, "127.0.0.1": 200, "127.8.8.8:1": 200, "[::1]:8080": 200, "media.example": 200, "MEDIA.example:443": 200,
	} {
		a, _ := do(t, "GET", s.URL+"/healthz", "Host", host)
		expect(t, a, status)
	}
	c, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET /healthz HTTP/1.0\r\n\r\n") // as simple checks of health ask
	if b, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(b), "HTTP/1.0 200") {
		t.Errorf("%q, %v", b, err)
	}
	c, err = net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET %smanifest(format=mpd-time-csf,encryption=cbc) HTTP/1.0\r\n\r\n", strings.TrimPrefix(base, s.URL))
	if b, err := io.ReadAll(c); err != nil || !strings.Contains(string(b), `"`+s.URL+`/keydelivery/`) {
		t.Errorf("%q, %v", b, err)
	}
	open, _, _ := server(t, packager.Config{}, origin.Hosts{})
	a, _ := do(t, "GET", open.URL+"/healthz", "Host", "anything.example")
	expect(t, a, 200, "Access-Control-Allow-Origin", "")
}

// Numbers are by format, status and code of the error, and name nothing else.
func TestMetrics(t *testing.T) {
	s, base, h := server(t, packager.Config{}, origin.Hosts{})
	do(t, "GET", base+segment)
	do(t, "GET", base+segment)
	do(t, "GET", base+"manifest(format=mpd-time-csf)")
	do(t, "HEAD", base+"manifest(format=mpd-time-cmaf)")
	do(t, "GET", base+"manifest(format=unheard-of)")
	s.Close() // an answer is counted after its last byte: wait for that
	w := httptest.NewRecorder()
	h.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	b := w.Body.String()
	for _, want := range []string{
		`manifold_requests_total{code="",format="m3u8-cmaf",status="200"} 2`, `manifold_requests_total{code="",format="mpd-time-csf",status="200"} 1`,
		`manifold_requests_total{code="",format="mpd-time-cmaf",status="200"} 1`, `manifold_requests_total{code="BAD_URL_SYNTAX",format="",status="400"} 1`, `manifold_egress_bytes_total{format="m3u8-cmaf"} `, `manifold_request_duration_seconds_count{format="m3u8-cmaf"} 2`, "process_cpu_seconds_total", "go_goroutines",
	} {
		if !strings.Contains(b, want) {
			t.Errorf("lacks %s in\n%s", want, b)
		}
	}
	if strings.Contains(b, "unheard-of") || strings.Contains(b, ".ism") {
		t.Error("names what was asked for")
	}
}

// Files of a policy that does not expect change are kept for three days.
func TestCacheHeaders(t *testing.T) {
	_, base, _ := server(t, packager.Config{Policy: "Predefined_ClearStreamingOnly"}, origin.Hosts{})
	a, _ := do(t, "GET", base+segment)
	expect(t, a, 200, "Cache-Control", "max-age=259200")
	expires, err := http.ParseTime(a.Header.Get("Expires"))
	if d := time.Until(expires); err != nil || d < 71*time.Hour || d > 73*time.Hour {
		t.Errorf("it expires in %v (%v)", d, err)
	}
}

// broken answers with a segment that ends in the middle.
type broken struct{}

func (broken) Endpoint() *catalog.Endpoint { return &catalog.Endpoint{} }

func (broken) DeliverKey(protect.KID, *keypolicy.Request) (protect.Key, error) {
	return protect.Key{}, nil
}

func (broken) Do(context.Context, *media.Request, func(string) bool) (*packager.Answer, error) {
	return &packager.Answer{Type: "video/mp4", ETag: `"x"`, Body: short{}}, nil
}

type short struct{ mux.Bytes }

func (short) Size() int64 { return 1000 }
func (short) WriteTo(_ context.Context, w io.Writer) error {
	w.Write(make([]byte, 400))
	return fault.New(fault.StorageConflict, "x.mp4", "the samples could not be read", "")
}

// A segment that cannot be finished is no whole answer: the connection breaks.
func TestBrokenSegment(t *testing.T) {
	h := &origin.Handler{Engine: broken{}}
	s := httptest.NewServer(h.Guard(h))
	defer s.Close()
	a, err := http.Get(s.URL + "/x/y.ism/QualityLevels(1)/Fragments(video=0)")
	if err == nil {
		_, err = io.ReadAll(a.Body)
		a.Body.Close()
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		t.Errorf("the error is %v", err)
	}
	if h.Stats.Errors.Load() != 1 {
		t.Errorf("%d errors are counted", h.Stats.Errors.Load())
	}
}

// large answers with a segment of many pieces.
type large struct {
	broken
	resident bool
}

func (l large) Do(context.Context, *media.Request, func(string) bool) (*packager.Answer, error) {
	return &packager.Answer{Type: "video/mp4", ETag: `"x"`, Body: &pieces{l.resident}}, nil
}

// pieces is a segment of 32 times a mebibyte that is sent three pieces at a
// time, where that can be done.
type pieces struct{ resident bool }

func (*pieces) Size() int64 { return 32 << 20 }
func (*pieces) Close()      {}
func (p *pieces) WriteTo(_ context.Context, w io.Writer) error {
	piece := bytes.Repeat([]byte("0123456789abcdef"), 1<<15)
	for range 32 {
		g, ok := w.(mux.Gatherer)
		if !ok {
			return errors.New("the connection takes no pieces")
		}
		if err := g.Gather([][]byte{piece, piece[:5], piece[5:]}, p.resident); err != nil {
			return err
		}
	}
	return nil
}

// Segments go to the connection in pieces behind their header; who does not read
// to the end is no error of ours.
func TestSegmentsAreSentInPieces(t *testing.T) {
	for _, resident := range []bool{false, true} {
		t.Run(fmt.Sprintf("resident=%v", resident), func(t *testing.T) { sentInPieces(t, resident) })
	}
}

func sentInPieces(t *testing.T, resident bool) {
	h := &origin.Handler{Engine: large{resident: resident}}
	s, err := origin.Start("127.0.0.1:0", h.Guard(h), nil)
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + s.Address().String() + "/x/y.ism/QualityLevels(1)/Fragments(video=0)"
	for range 2 { // on one connection
		a, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(a.Body)
		a.Body.Close()
		if err != nil || len(b) != 32<<20 || a.Header.Get("ETag") != `"x"` || !bytes.Equal(b, bytes.Repeat([]byte("0123456789abcdef"), 32<<16)) {
			t.Fatalf("%d bytes, %v, %v", len(b), err, a.Header)
		}
	}
	a, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	io.CopyN(io.Discard, a.Body, 1000)
	a.Body.Close() // which closes the connection
	if err := s.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := h.Stats.Errors.Load(); n != 0 || h.Stats.Bytes.Load() < 64<<20 {
		t.Errorf("%d errors, %d bytes", n, h.Stats.Bytes.Load())
	}
}

// An interrupted server finishes what it sends and takes nothing more.
func TestStopDrains(t *testing.T) {
	begun, finish := make(chan bool), make(chan bool)
	s, err := origin.Start("127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-finish
		io.WriteString(w, "whole")
	}), nil)
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + s.Address().String()
	got := make(chan string)
	go func() {
		a, err := http.Get(url)
		if err != nil {
			got <- err.Error()
			return
		}
		b, _ := io.ReadAll(a.Body)
		a.Body.Close()
		got <- string(b)
	}()
	<-begun
	stopped := make(chan error)
	go func() { stopped <- s.Stop(context.Background()) }()
	deadline := time.Now().Add(10 * time.Second)
	for {
		c, err := net.Dial("tcp", s.Address().String())
		if err != nil {
			break // it does not listen any more
		}
		c.Close()
		if time.Now().After(deadline) {
			t.Fatal("the server still listens")
		}
	}
	close(finish)
	if b := <-got; b != "whole" {
		t.Errorf("the running request got %q", b)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
