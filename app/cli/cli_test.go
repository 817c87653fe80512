package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"manifold/app"
	media "manifold/assets"
	"manifold/packager/fault"
)

// manifold runs a command line with its data in a folder of the test.
func manifold(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	t.Setenv("MANIFOLD_DATA", filepath.Join(t.TempDir(), "data"))
	var o, e bytes.Buffer
	status = start(context.Background(), args, &o, &e, func(WindowOptions) error { return errors.New("the window was asked for") })
	return status, o.String(), e.String()
}

// assets makes a folder with a good and a broken asset.
func assets(t *testing.T) (root, good, broken string) {
	t.Helper()
	root = t.TempDir()
	good, broken = filepath.Join(root, "good"), filepath.Join(root, "broken")
	for _, d := range []string{good, broken} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"sample_1280x720_520.mp4", "sample_320x180_50.mp4", "sample_eng_aac.mp4"} {
		b, err := fs.ReadFile(media.Sample(), name)
		if err == nil {
			err = os.WriteFile(filepath.Join(good, name), b, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(broken, "x.mp4"), []byte("no movie"), 0o644); err != nil {
		t.Fatal(err)
	}
	return root, good, broken
}

func TestUsage(t *testing.T) {
	for _, c := range []struct {
		name   string
		args   []string
		status int
		out    string // that stdout must hold
		err    string // that stderr must hold, in one line
	}{
		{"version", []string{"--version"}, 0, "manifold " + app.Version, ""},
		{"help", []string{"--help"}, 0, "serve", ""},
		{"help of serve", []string{"serve", "--help"}, 0, "Example: manifold serve", ""},
		{"help of inspect", []string{"inspect", "--help"}, 0, "Example: manifold inspect", ""},
		{"help of get", []string{"get", "--help"}, 0, "manifold get movies/tears", ""},
		{"help of urls", []string{"urls", "--help"}, 0, "Example: manifold urls", ""},
		{"help of token", []string{"token", "--help"}, 0, "Example: manifold token", ""},
		{"an unknown key policy", []string{"inspect", "--key-policy", "None", "."}, 1, "", "there is no such content key policy"},
		{"an unknown flag", []string{"serve", "--colour"}, 2, "", "unknown flag --colour"},
		{"a word that is no number", []string{"serve", "--fragment-seconds", "two"}, 2, "", "two"},
		{"inspect without a path", []string{"inspect"}, 2, "", "path"},
		{"get without a tail", []string{"get", "x"}, 2, "", "tail"},
		{"less memory than none", []string{"serve", "--manifest-cache=-1"}, 2, "", "--manifest-cache is a number of MB"},
		{"an unknown level", []string{"serve", "--log-level", "loud"}, 2, "", "loud"},
		{"a path that is not there", []string{"serve", "--listen", "127.0.0.1:0", "/nowhere/at/all"}, 1, "", "there is no such file or folder"},
		{"an unknown policy", []string{"inspect", "--policy", "None", "."}, 1, "", "there is no such streaming policy"},
		{"a base that is none", []string{"urls", "--base", "media.example", "."}, 2, "", "no address like"},
		{"a base with a password", []string{"urls", "--base", "https://u:p@media.example", "."}, 2, "", "no address like"},
		{"a base without a port that is one", []string{"urls", "--base", "https://media.example:99999", "."}, 2, "", "no port between"},
		{"an empty path", []string{"inspect", ""}, 1, "", "there is no such file or folder"},
		{"an address that is none", []string{"serve", "--listen", "here"}, 2, "", "no address to listen on"},
		{"a negative duration", []string{"inspect", "--fragment-seconds=-1", "."}, 2, "", "no fragment duration"},
		{"no command", []string{}, 1, "", "the window was asked for"},
		{"a path alone", []string{"films/tears"}, 1, "", "the window was asked for"},
		{"a command with a slip", []string{"inspct", "films"}, 2, "", "inspct is neither a command"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, out, errs := manifold(t, c.args...)
			if status != c.status || !strings.Contains(out, c.out) || !strings.Contains(errs, c.err) {
				t.Errorf("status %d, stdout %q, stderr %q", status, out, errs)
			}
			if c.status != 0 && strings.Count(errs, "\n") != 1 {
				t.Errorf("stderr is not one line: %q", errs)
			}
		})
	}
}

func TestInspect(t *testing.T) {
	root, good, broken := assets(t)
	status, out, errs := manifold(t, "inspect", "--json", good)
	var list []map[string]any
	if err := json.Unmarshal([]byte(out), &list); status != 0 || err != nil || len(list) != 1 {
		t.Fatalf("status %d, %v: %s%s", status, err, out, errs)
	}
	tracks := list[0]["tracks"].([]any)
	if len(tracks) != 3 || list[0]["asset"] != "good" {
		t.Fatalf("it says %s", out)
	}
	video := tracks[0].(map[string]any)
	for field, want := range map[string]any{
		"name": "video", "type": "video", "fourCC": "avc1", "codecs": "avc1.640032", "width": 1280.0, "height": 720.0,
		"fragments": 12.0, "trackId": 1.0, "frameRate": 25.0, "durationSeconds": 24.0, "file": "sample_1280x720_520.mp4",
	} {
		if video[field] != want {
			t.Errorf("%s is %v, want %v", field, video[field], want)
		}
	}
	if _, ok := video["samplingRate"]; ok {
		t.Error("video has a sampling rate")
	}
	if status, out, _ := manifold(t, "inspect", root); status != 1 || !strings.Contains(out, "1280×720") || !strings.Contains(out, "error: x.mp4") {
		t.Errorf("status %d: %s", status, out)
	}
	if status, _, _ := manifold(t, "inspect", "--json", broken); status != 1 {
		t.Errorf("a broken asset: status %d", status)
	}
	for fail, want := range map[string]int{"none": 0, "error": 0, "warning": 0} {
		if status, out, _ := manifold(t, "inspect", "--fail-on", fail, good); status != want {
			t.Errorf("--fail-on %s: status %d: %s", fail, status, out)
		}
	}
}

func TestGet(t *testing.T) {
	root, good, broken := assets(t)
	status, out, _ := manifold(t, "get", good, "manifest(format=m3u8-aapl)")
	if status != 0 || !strings.HasPrefix(out, "#EXTM3U\n") {
		t.Errorf("status %d: %q", status, out)
	}
	for _, c := range []struct {
		path, tail, err string
	}{
		{good, "manifest(format=flv)", "400 MPE_BAD_URL_SYNTAX: format=flv: there is no such format"},
		{good, "QualityLevels(1)/Fragments(video=0)", "404 MPE_EGRESS_TRACK_NOT_FOUND"},
		{broken, "manifest", "415 MPE_INPUT_FORMAT_NOT_SUPPORTED: x.mp4"},
		{root, "manifest", "holds 2 assets"},
	} {
		status, out, errs := manifold(t, "get", c.path, c.tail)
		if status != 1 || out != "" || !strings.Contains(errs, c.err) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: status %d, stdout %q, stderr %q", c.tail, status, out, errs)
		}
	}
}

func TestURLs(t *testing.T) {
	_, good, _ := assets(t)
	status, out, _ := manifold(t, "urls", "--base", "https://media.example/", good)
	if status != 0 || strings.Count(out, "https://media.example/") != 2+7+18+3 || !strings.Contains(out, "/good.ism/manifest(format=m3u8-cmaf)\n") {
		t.Errorf("status %d: %s", status, out)
	}
	status, out, _ = manifold(t, "urls", "--json", good)
	var d app.Document
	if err := json.Unmarshal([]byte(out), &d); status != 0 || err != nil || len(d.Assets) != 1 || len(d.Assets[0].Locators[0].StreamingPaths) != 11 || len(d.Assets[0].Locators[0].ContentKeys) != 3 || d.Assets[0].Locators[0].ContentKeys[0].Value != nil {
		t.Errorf("status %d, %v: %s", status, err, out)
	}
}

// serve prints its document when it answers, and ends when it is interrupted.
func TestServe(t *testing.T) {
	root, good, _ := assets(t)
	t.Setenv("MANIFOLD_DATA", t.TempDir())
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	r, w := io.Pipe()
	var errs bytes.Buffer
	ended := make(chan int)
	go func() {
		ended <- start(ctx, []string{"serve", "--json", "--log-level", "error", "--listen", "127.0.0.1:0", root}, w, &errs, nil)
		w.Close()
	}()
	line, err := bufio.NewReader(r).ReadBytes('\n')
	var d app.Document
	if err == nil {
		err = json.Unmarshal(line, &d)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	if len(d.Assets) != 2 || d.Assets[0].Name != "broken" || len(d.Assets[0].Findings) != 1 || len(d.Assets[1].Findings) != 0 {
		t.Errorf("the document is %s", line)
	}
	client := http.Client{Timeout: 20 * time.Second}
	for _, a := range d.Assets {
		want := map[string]int{"good": 200, "broken": 415}[a.Name]
		for _, s := range a.Locators[0].StreamingPaths {
			for _, p := range s.Paths {
				answer, err := client.Get(d.BaseURL + p)
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
				if answer.StatusCode != want {
					t.Errorf("%s answers %d", p, answer.StatusCode)
				}
			}
		}
	}
	for path, kind := range map[string]string{"/": "text/html; charset=utf-8", "/player/": "text/html; charset=utf-8", "/healthz": "text/plain; charset=utf-8"} {
		answer, err := client.Get(d.BaseURL + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != kind || answer.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s answers %d %v", path, answer.StatusCode, answer.Header)
		}
	}
	if err := os.CopyFS(filepath.Join(root, "season", "late"), os.DirFS(good)); err != nil {
		t.Fatal(err)
	}
	for late := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		answer, err := client.Get(d.BaseURL + "/")
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err == nil && bytes.Contains(page, []byte("/late.ism/manifest")) {
			break
		}
		if time.Now().After(late) {
			t.Fatalf("an asset that appears in a sub-folder is not published: %s", page)
		}
	}
	status, _, busy := func() (int, string, string) {
		var o, e bytes.Buffer
		n := start(context.Background(), []string{"serve", "--listen", strings.TrimPrefix(d.BaseURL, "http://"), root}, &o, &e, nil)
		return n, o.String(), e.String()
	}()
	if status != 1 || !strings.Contains(busy, "address already in use") {
		t.Errorf("a busy port: status %d, %q", status, busy)
	}
	client.CloseIdleConnections()
	interrupt()
	select {
	case n := <-ended:
		if n != 0 {
			t.Errorf("status %d: %s", n, errs.String())
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
}

// Without a path the sample asset is served, from the data directory.
func TestSample(t *testing.T) {
	data := t.TempDir()
	for range 2 {
		dir, err := app.Sample(data)
		if err != nil {
			t.Fatal(err)
		}
		if status, out, errs := manifold(t, "inspect", "--fail-on", "warning", dir); status != 0 || !strings.Contains(out, "sample") {
			t.Errorf("status %d: %s%s", status, out, errs)
		}
	}
}

// Filters are kept in the data directory, for all assets or for one.
func TestFilter(t *testing.T) {
	_, good, _ := assets(t)
	data, document := t.TempDir(), filepath.Join(t.TempDir(), "f.json")
	if err := os.WriteFile(document, []byte(`{"tracks":[{"trackSelections":[{"property":"Bitrate","operation":"Equal","value":"0-100000"}]}]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	const revision = "60703cfab5c220ed" // of this document
	run := func(args ...string) (int, string, string) {
		return manifold(t, append([]string{"filter"}, append(args, "--data", data)...)...)
	}
	for _, c := range []struct {
		args     []string
		status   int
		out, err string
	}{
		{[]string{"list"}, 0, "", ""},
		{[]string{"set", "small", document}, 0, "", ""},
		{[]string{"set", "one", document, "--asset", good}, 0, "", ""},
		{[]string{"list"}, 0, "small\n", ""},
		{[]string{"list", "--asset", good}, 0, "one\nsmall\n", ""},
		{[]string{"show", "small"}, 0, `{"tracks"`, ""},
		{[]string{"test", good, "small"}, 0, "left out", ""},
		{[]string{"translate", good, "small"}, 0, "(systemBitrate%3C=100000)", ""},
		{[]string{"translate", good, "small", "--json"}, 0, `"origin":"AWS MediaPackage","text":"?aws.manifestfilter=video_bitrate%3A0-100000`, ""},
		{[]string{"translate", good, "none"}, 1, "", "there is no such filter"},
		{[]string{"test", good, "none"}, 1, "", "there is no such filter"},
		{[]string{"test", good, "@type:audio@time:0-1"}, 0, "left out", ""},
		{[]string{"show", "@type:audio"}, 0, `"property": "Type"`, ""},
		{[]string{"show", "@audio"}, 1, "", "this part of the inline filter has neither : nor !"},
		{[]string{"set", "../x", document}, 1, "", "no name for a filter"},
		{[]string{"set", "x", "/nowhere.json"}, 1, "", "no such file"},
		{[]string{"list", "--json"}, 0, `[{"name":"small","revision":"` + revision + `"}]`, ""},
		{[]string{"set", "small", document, "--revision", revision}, 0, "", ""},
		{[]string{"set", "small", document, "--revision", "0123456789abcdef"}, 1, "", "changed it meanwhile"},
		{[]string{"delete", "small"}, 0, "", ""},
		{[]string{"delete", "small"}, 1, "", "there is no such filter"},
	} {
		status, out, errs := run(c.args...)
		if status != c.status || !strings.HasPrefix(out, c.out) && !strings.Contains(out, c.out) || !strings.Contains(errs, c.err) {
			t.Errorf("%v: status %d, stdout %q, stderr %q", c.args, status, out, errs)
		}
	}
}

// Locators are made from flags and documents, and shown by urls and list.
func TestLocator(t *testing.T) {
	_, good, _ := assets(t)
	data, document := t.TempDir(), filepath.Join(t.TempDir(), "l.json")
	if err := os.WriteFile(document, []byte(`{"properties":{"streamingPolicyName":"Predefined_ClearKey","contentKeys":[{"value":"AAECAwQFBgcICQoLDA0ODw=="}],"endTime":"2090-01-31T18:00:00Z"}}`), 0o644); err != nil {
		t.Fatal(err)
	}
	filter := filepath.Join(t.TempDir(), "f.json")
	if err := os.WriteFile(filter, []byte(`{}`), 0o644); err != nil {
		t.Fatal(err)
	}
	const id = "0f0e0d0c-0b0a-4908-8706-050403020100"
	for _, c := range []struct {
		args     []string
		status   int
		out, err string
	}{
		{[]string{"locator", "list"}, 0, "", ""},
		{[]string{"locator", "create", "a", "--asset", good, "--filter", "trim"}, 1, "", "filter=trim: there is no such filter. There are no filters; make one with manifold filter set."},
		{[]string{"filter", "set", "trim", filter}, 0, "", ""},
		{[]string{"filter", "set", "small", filter, "--asset", good}, 0, "", ""},
		{[]string{"locator", "create", "a", "--asset", good, "--id", strings.ToUpper(id), "--policy", "Predefined_ClearStreamingOnly", "--filter", "trim,small", "--start", "2020-01-01T00:00:00Z"}, 0, id + "\n", ""},
		{[]string{"locator", "create", "b", document, "--asset", good}, 0, "-", ""},
		{[]string{"locator", "create", "b", document, "--asset", good}, 1, "", "do not change"},
		{[]string{"locator", "create", "c"}, 1, "", "names no asset"},
		{[]string{"locator", "create", "c", "--asset", "/nowhere"}, 1, "", "nowhere"},
		{[]string{"locator", "create", "c", "/nowhere.json"}, 1, "", "no such file"},
		{[]string{"locator", "create", "c", "--asset", good, "--end", "soon"}, 2, "", `--end: "soon" is no time like 2030-01-31T18:00:00Z`},
		{[]string{"locator", "create", "c", "--asset", good, "--start", "2031-01-01"}, 2, "", `--start: "2031-01-01" is no time like 2030-01-31T18:00:00Z`},
		{[]string{"locator", "list"}, 0, "a  " + id + "  Predefined_ClearStreamingOnly  ", ""},
		{[]string{"locator", "list", "--json"}, 0, `[{"name":"a","assetName":`, ""},
		{[]string{"locator", "show", "b"}, 0, `"value": "AAECAwQFBgcICQoLDA0ODw=="`, ""},
		{[]string{"locator", "show", "c"}, 1, "", "there is no such locator"},
		{[]string{"urls", "--json", good}, 0, `"id":"` + id + `","name":"a","policy":"Predefined_ClearStreamingOnly"`, ""},
		{[]string{"urls", "--json", good}, 0, `"filters":["trim","small"],"startTime":"2020-01-01T00:00:00Z","streamingPaths":[{"streamingProtocol":"Hls","encryptionScheme":"NoEncryption","paths":["/` + id + `/`, ""},
		{[]string{"urls", "--json", good}, 0, `"endTime":"2090-01-31T18:00:00Z"`, ""},
		{[]string{"urls", good}, 0, " · a · filter=trim;small · from 2020-01-01T00:00:00Z  (Predefined_ClearStreamingOnly)", ""},
		{[]string{"locator", "delete", "a"}, 0, "", ""},
		{[]string{"locator", "delete", "a"}, 1, "", "there is no such locator"},
	} {
		status, out, errs := manifold(t, append(c.args, "--data", data)...)
		if status != c.status || !strings.Contains(out, c.out) || !strings.Contains(errs, c.err) {
			t.Errorf("%v: status %d, stdout %q, stderr %q", c.args, status, out, errs)
		}
	}
	if _, out, _ := manifold(t, "locator", "list", "--json", "--data", data); strings.Contains(out, "AAECAwQ") {
		t.Errorf("the list has values of keys: %s", out)
	}
	if _, out, _ := manifold(t, "urls", "--json", good, "--data", data); strings.Contains(out, "AAECAwQ") {
		t.Errorf("urls has values of keys: %s", out)
	}
}

func TestEndpoint(t *testing.T) {
	_, good, _ := assets(t)
	data, dir := t.TempDir(), t.TempDir()
	set := func(text string) []string {
		t.Helper()
		path := filepath.Join(dir, fmt.Sprintf("%d.json", len(text)))
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return []string{"endpoint", "set", path}
	}
	for _, c := range []struct {
		args     []string
		status   int
		out, err string
	}{
		{[]string{"endpoint", "show"}, 0, `"resourceState": "Running"`, ""},
		{[]string{"urls", "--json", good}, 0, `{"baseUrl":"http://127.0.0.1:8080",`, ""},
		{set(`{"customHostNames":["media.example"]}`), 0, "", ""},
		{[]string{"endpoint", "show"}, 0, `{"customHostNames":["media.example"]}`, ""},
		{[]string{"urls", "--json", good}, 0, `{"baseUrl":"http://media.example:8080",`, ""},
		{[]string{"urls", "--json", "--base", "https://other.example/", good}, 0, `{"baseUrl":"https://other.example",`, ""},
		{set("{\n\"maxCacheAge\": \"long\"}"), 1, "", "line 2: the streaming endpoint is no valid document: maxCacheAge cannot be of JSON type string"},
		{[]string{"endpoint", "show"}, 0, "media.example", ""},
	} {
		status, out, errs := manifold(t, append(c.args, "--data", data)...)
		if status != c.status || !strings.Contains(out, c.out) || !strings.Contains(errs, c.err) {
			t.Errorf("%v: status %d, stdout %q, stderr %q", c.args, status, out, errs)
		}
	}
	if err := os.WriteFile(filepath.Join(data, "endpoint.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := manifold(t, "serve", "--listen", "127.0.0.1:0", "--data", data, good); status != 1 || !strings.Contains(errs, "endpoint.json line 1") {
		t.Errorf("serve with a broken document: %d, %s", status, errs)
	}
	if status, out, _ := manifold(t, "urls", "--json", good, "--data", data); status != 0 || !strings.Contains(out, `"findings":[{"severity":"error","code":"document-broken","where":"endpoint.json line 1"`) {
		t.Errorf("urls with a broken document: %d, %s", status, out)
	}
}

func TestToken(t *testing.T) {
	data := t.TempDir()
	if err := os.Mkdir(filepath.Join(data, "keypolicies"), 0o700); err != nil {
		t.Fatal(err)
	}
	const kind = "#Microsoft.Media.ContentKeyPolicy"
	for name, restriction := range map[string]string{
		"open":   `{"@odata.type":"` + kind + `OpenRestriction"}`,
		"tokens": `{"@odata.type":"` + kind + `TokenRestriction","restrictionTokenType":"Swt","issuer":"urn:a","audience":"urn:b","primaryVerificationKey":{"@odata.type":"` + kind + `SymmetricTokenKey","keyValue":"MDEyMzQ1Njc4OWFiY2RlZg=="}}`,
	} {
		text := `{"options":[{"configuration":{"@odata.type":"` + kind + `ClearKeyConfiguration"},"restriction":` + restriction + `}]}`
		if err := os.WriteFile(filepath.Join(data, "keypolicies", name+".json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args     []string
		status   int
		out, err string
	}{
		{[]string{"tokens"}, 0, "Audience=urn%3Ab&", ""},
		{[]string{"tokens", "--claim", "role=viewer"}, 0, "role=viewer", ""},
		{[]string{"tokens", "--claim", "exp=5"}, 1, "", "claim exp: this claim is a time, which the token has by itself. Say how long it is valid with --for."},
		{[]string{"tokens", "--claim", "ExpiresOn=5"}, 1, "", "--for"},
		{[]string{"tokens", "--kid", "0f0e0d0c-0000-4000-8000-000000000000"}, 0, "=0f0e0d0c-0000-4000-8000-000000000000", ""},
		{[]string{"tokens", "--kid", "7"}, 2, "", "no GUID"},
		{[]string{"tokens", "--key", "/nowhere.pem"}, 1, "", "no such file"},
		{[]string{"open"}, 1, "", "without a token"},
		{[]string{"Open"}, 1, "", "without a token"},
		{[]string{"absent"}, 1, "", "absent.json"},
	} {
		status, out, errs := manifold(t, append([]string{"token", "--data", data}, c.args...)...)
		if status != c.status || !strings.Contains(out, c.out) || !strings.Contains(errs, c.err) {
			t.Errorf("%v: status %d, stdout %q, stderr %q", c.args, status, out, errs)
		}
	}
}

// A document of one asset that is broken is told, and the others are served.
func TestABrokenKeyIsAFinding(t *testing.T) {
	_, good, _ := assets(t)
	data := t.TempDir()
	urls := func() app.Document {
		t.Helper()
		status, out, errs := manifold(t, "urls", "--json", "--data", data, good)
		var d app.Document
		if err := json.Unmarshal([]byte(out), &d); status != 0 || err != nil || len(d.Assets) != 1 || len(d.Assets[0].Locators) != 1 {
			t.Fatalf("status %d, %v, %s%s", status, err, out, errs)
		}
		return d
	}
	whole := urls().Assets[0]
	if err := os.WriteFile(filepath.Join(data, "keys", whole.Locators[0].ID, "CommonEncryptionCenc.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := urls().Assets[0]
	if n := len(broken.Findings); n != len(whole.Findings)+1 || !strings.Contains(broken.Findings[n-1].Where, "CommonEncryptionCenc.json") || broken.Findings[n-1].Severity != fault.Severe {
		t.Errorf("findings are %+v", broken.Findings)
	}
	if len(broken.Locators[0].StreamingPaths) != len(whole.Locators[0].StreamingPaths) {
		t.Errorf("the paths are %+v", broken.Locators[0].StreamingPaths)
	}
}

// What waits for input ends when it is interrupted.
func TestInputIsNotWaitedForWhenInterrupted(t *testing.T) {
	in, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	defer in.Close()
	file := fmt.Sprintf("/dev/fd/%d", in.Fd())
	if runtime.GOOS == "windows" {
		file = filepath.Join(t.TempDir(), "absent")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := readInput(ctx, file); err == nil {
		t.Error("it goes on")
	}
}
