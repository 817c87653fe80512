package player

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

func get(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestEveryFileHasItsType(t *testing.T) {
	h := Handler()
	for path, want := range map[string]string{
		"/player/":                    "text/html; charset=utf-8",
		"/player/icon.svg":            "image/svg+xml",
		"/player/icons.svg":           "image/svg+xml",
		"/player/css/theme.css":       "text/css; charset=utf-8",
		"/player/js/player.js":        "text/javascript; charset=utf-8",
		"/player/js/engines/shaka.js": "text/javascript; charset=utf-8",
	} {
		w := get(h, "GET", path)
		if got := w.Header().Get("Content-Type"); w.Code != 200 || got != want {
			t.Errorf("%s: %d %q, want 200 %q", path, w.Code, got, want)
		}
		if w.Body.Len() == 0 {
			t.Errorf("%s is empty", path)
		}
		if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s: X-Content-Type-Options %q", path, got)
		}
	}
}

func TestEverySourceIsServed(t *testing.T) {
	h := Handler()
	for _, dir := range []string{"web/js", "web/css"} {
		err := fs.WalkDir(os.DirFS("."), dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			want, err := os.ReadFile(name)
			got := get(h, "GET", "/player"+strings.TrimPrefix(name, "web"))
			if got.Code != 200 || !bytes.Equal(got.Body.Bytes(), want) {
				t.Errorf("%s: %d, %d bytes, want %d", name, got.Code, got.Body.Len(), len(want))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestPolicyAllowsOurScriptsAlone(t *testing.T) {
	policy := make(map[string]string)
	for _, directive := range strings.Split(get(Handler(), "GET", "/player/").Header().Get("Content-Security-Policy"), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), " ")
		policy[name] = value
	}
	for name, want := range map[string]string{"default-src": "'none'", "script-src": "'self'", "style-src": "'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='", "base-uri": "'none'", "frame-ancestors": "'none'", "worker-src": "'self' blob:"} {
		if policy[name] != want {
			t.Errorf("%s is %q, want %q", name, policy[name], want)
		}
	}
	if !strings.Contains(policy["media-src"], "blob:") {
		t.Errorf("media-src %q does not allow Media Source URLs", policy["media-src"])
	}
}

func TestUnchangedFilesAreNotSentAgain(t *testing.T) {
	h := Handler()
	first := get(h, "GET", "/player/js/player.js")
	etag := first.Header().Get("ETag")
	if len(etag) < 10 || strings.HasPrefix(etag, "W/") {
		t.Fatalf("ETag %q is not strong", etag)
	}
	if got := first.Header().Get("Cache-Control"); got != "no-cache" {
		t.Errorf("Cache-Control %q: a new program would be hidden by old scripts", got)
	}
	if again := get(h, "GET", "/player/js/player.js", "If-None-Match", etag); again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("with its ETag: %d, %d bytes, want 304 and none", again.Code, again.Body.Len())
	}
	if other := get(h, "GET", "/player/").Header().Get("ETag"); other == etag {
		t.Error("two files have one ETag")
	}
}

func TestHeadAndOtherMethods(t *testing.T) {
	h := Handler()
	head := get(h, "HEAD", "/player/")
	if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: %d, %d bytes, Content-Length %q", head.Code, head.Body.Len(), head.Header().Get("Content-Length"))
	}
	if post := get(h, "POST", "/player/"); post.Code != 405 || post.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", post.Code, post.Header().Get("Allow"))
	}
}

func TestOnlyThePageIsServed(t *testing.T) {
	h := Handler()
	for _, path := range []string{
		"/player/index.html", "/player/player.html", "/player/package.json", "/player/test/run.js", "/player/js", "/player/js/",
		"/player/vendor/.gitkeep", "/player/../handler.go", "/player/%2e%2e/handler.go", "/player",
	} {
		if w := get(h, "GET", path); w.Code != 404 {
			t.Errorf("%s: %d, want 404", path, w.Code)
		}
	}
}

func TestWithoutTheBundleTheAnswerSaysHowToMakeIt(t *testing.T) {
	h := pages(fstest.MapFS{"web/player.html": {Data: []byte("page")}, "web/vendor/.gitkeep": {}})
	w := get(h, "GET", "/player/vendor/shaka.js")
	if w.Code != 404 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("%d %q, want 404 text/plain", w.Code, w.Header().Get("Content-Type"))
	}
	if body := w.Body.String(); !strings.Contains(body, "built without the player engines") || !strings.Contains(body, "Run make") {
		t.Errorf("answer %q", body)
	}
	if w := get(h, "GET", "/player/"); w.Code != 200 {
		t.Errorf("the page itself: %d", w.Code)
	}
}

func TestBundledEnginesAreServed(t *testing.T) {
	h := pages(fstest.MapFS{"web/player.html": {Data: []byte("page")}, "web/vendor/shaka.js": {Data: []byte("export default 1")}})
	w := get(h, "GET", "/player/vendor/shaka.js")
	if w.Code != 200 || w.Body.String() != "export default 1" || w.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("%d %q %q", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
}

// The pages load nothing from elsewhere, and run nothing inline: the policy
// would stop it in silence.
func TestPagesAreSelfContained(t *testing.T) {
	for _, name := range []string{"web/player.html", "web/index.html"} {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{`src="http`, `href="http`, `src="//`, "<style", " style=", " onclick=", "<script>"} {
			if bytes.Contains(page, []byte(bad)) {
				t.Errorf("%s contains %s", name, bad)
			}
		}
	}
}

func TestIconIsTheProgramsIcon(t *testing.T) {
	ours, err := os.ReadFile("web/icon.svg")
	if err != nil {
		t.Fatal(err)
	}
	if want, err := os.ReadFile("../assets/icon.svg"); err != nil || !bytes.Equal(ours, want) {
		t.Errorf("web/icon.svg differs from assets/icon.svg (%v)", err)
	}
}
