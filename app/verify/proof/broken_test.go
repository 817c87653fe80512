package proof

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBrokenSetsAreServedInPartOrRefusedInWords serves everything that is broken
// beside one good set. Each asset is listed, says in a finding what is wrong and
// where, and answers with that, or with the rest of it.
func TestBrokenSetsAreServedInPartOrRefusedInWords(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{filepath.Join(made, "broken"), filepath.Join(made, "good", "video-only")} {
		if err := os.CopyFS(filepath.Join(root, filepath.Base(dir)), os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
	}
	o := serve(t, filepath.Join(root, "broken"), filepath.Join(root, "video-only"), filepath.Join(root, "not-there"))
	for _, b := range []struct {
		asset   string
		status  int    // of the MPD
		code    string // of a refusal
		finding string
		where   string // what the finding names
	}{
		{"absurd-size", 415, "MPE_INPUT_FORMAT_NOT_SUPPORTED", "unreadable", "a.mp4 moov at byte 24"},
		{"zero-size", 415, "MPE_INPUT_FORMAT_NOT_SUPPORTED", "unreadable", "a.mp4 moov at byte 24"},
		{"nested", 415, "MPE_INPUT_FORMAT_NOT_SUPPORTED", "unreadable", "a.mp4 moov/trak"},
		{"half-moov", 415, "MPE_INPUT_FORMAT_NOT_SUPPORTED", "unreadable", "a.mp4 moov"},
		{"no-moov", 415, "MPE_INPUT_FORMAT_NOT_SUPPORTED", "unreadable", "a.mp4"},
		{"truncated", 415, "MPE_INPUT_FORMAT_NOT_SUPPORTED", "unreadable", "a.mp4 track 1 sample"},
		{"empty", 415, "MPE_INPUT_FORMAT_NOT_SUPPORTED", "unreadable", "a.mp4"},
		{"random", 415, "MPE_INPUT_FORMAT_NOT_SUPPORTED", "unreadable", "a.mp4"},
		{"text", 415, "MPE_INPUT_FORMAT_NOT_SUPPORTED", "unreadable", "a.mp4"},
		{"no-xml", 415, "MPE_INPUT_FORMAT_NOT_SUPPORTED", "unreadable", "no-xml.ism line 2"},
		{"no-media", 404, "MPE_RESOURCE_NOT_FOUND", "unreadable", "no-media"},
		{"missing-file", 200, "", "missing-file", "not-there.mp4"},
		{"mp3", 200, "", "unsupported-codec", "a.mp4 track 2"},
		{"mpeg4", 200, "", "unsupported-codec", "a.mp4 track 1"},
		{"strangers", 200, "", "", ""},
		{"two", 200, "", "not-same-programme", "two.mp4"},
		{"video-only", 200, "", "", ""},
	} {
		t.Run(b.asset, func(t *testing.T) {
			address := o.ism(t, b.asset) + "/manifest(format=mpd-time-csf)"
			a := get(t, address)
			if a.Status != b.status || !bytes.HasPrefix(a.Body, []byte(b.code)) {
				t.Fatalf("status %d: %s", a.Status, a.Body)
			}
			if b.status == http.StatusOK {
				if _, err := fetchAll(t.Context(), address); err != nil {
					t.Error(err)
				}
			} else {
				inWords(t, address, a)
				if bytes.Contains(a.Body, []byte(root)) {
					t.Errorf("the answer holds a path of the server: %s", a.Body)
				}
			}
			if b.finding == "" {
				return
			}
			for _, f := range o.asset(t, b.asset).Findings {
				if f.Code == b.finding && strings.HasPrefix(f.Where, b.where) && f.Message != "" && f.Advice != "" {
					return
				}
			}
			t.Errorf("no finding %s at %s among %+v", b.finding, b.where, o.asset(t, b.asset).Findings)
		})
	}
}

// TestNothingToServeEndsWithOne starts servers that have nothing to do.
func TestNothingToServeEndsWithOne(t *testing.T) {
	busy := strings.TrimPrefix(shared.Base, "http://")
	for name, c := range map[string]struct {
		args   []string
		status int
	}{
		"no path exists":   {[]string{"serve", "--listen", "127.0.0.1:0", "not-there"}, 1},
		"the port is busy": {[]string{"serve", "--listen", busy, filepath.Join(made, "good", "mono")}, 1},
		"an unknown flag":  {[]string{"serve", "--nothing"}, 2},
	} {
		cmd := exec.CommandContext(t.Context(), program, append(c.args, "--data", t.TempDir())...)
		var text bytes.Buffer
		cmd.Stderr = &text
		cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != c.status {
			t.Errorf("%s: exit status %d, expected %d: %s", name, got, c.status, &text)
		}
		if n := strings.Count(strings.TrimSpace(text.String()), "\n"); text.Len() == 0 || n > 0 {
			t.Errorf("%s: not one line: %q", name, &text)
		}
	}
}

// TestGetPrintsWhatTheServerAnswers compares the command with the server.
func TestGetPrintsWhatTheServerAnswers(t *testing.T) {
	set := good(t)["ladder"]
	data := t.TempDir()
	o := serveFrom(t, data, set)
	for _, f := range formats {
		tail := strings.TrimPrefix(f.tail, "/")
		out, err := exec.CommandContext(t.Context(), program, "get", "--data", data, "--base", o.Base, set, tail).Output()
		if err != nil {
			t.Fatalf("get %s: %v", tail, err)
		}
		if a := get(t, o.ism(t, "ladder")+f.tail); !bytes.Equal(a.Body, out) {
			t.Errorf("get %s prints something else than the server answers", tail)
		}
	}
}
