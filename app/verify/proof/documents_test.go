package proof

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// run runs a command of the program on a data directory and returns what it prints.
func run(t *testing.T, data string, args ...string) string {
	t.Helper()
	out, err := exec.Command(program, append(args, "--data", data)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// lookedAgain is how long after a change a server has looked at the settings of the
// endpoint again, twice over.
const lookedAgain = 20 * time.Millisecond

// What other processes and editors write into the data directory is in force in a
// running server with the next request.
func TestDocumentsAreInForceAtOnce(t *testing.T) {
	data, set := t.TempDir(), filepath.Join(made, "good", "mono")
	o := serveFrom(t, data, set)
	status := func(path string, want int, says string) {
		t.Helper()
		if a := get(t, o.Base+path); a.Status != want || !strings.Contains(string(a.Body), says) {
			t.Errorf("%s: %d, want %d\n%s", path, a.Status, want, a.Body)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(data, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		time.Sleep(lookedAgain)
	}
	ism := strings.TrimPrefix(o.ism(t, o.Assets[0].Name), o.Base)
	name := ism[strings.LastIndexByte(ism, '/'):]

	id := run(t, data, "locator", "create", "second", "--asset", set, "--policy", "Predefined_ClearStreamingOnly")
	status("/"+id+name+"/manifest(format=mpd-time-csf)", 200, "<MPD")
	status("/"+id+name+"/manifest(format=mpd-time-csf,encryption=cenc)", 403, "MPE_ENC_ENCRYPTION_NOT_SET_IN_DELIVERY_POLICY")
	status("/", 200, id)
	run(t, data, "locator", "delete", "second")
	status("/"+id+name+"/manifest", 404, "there is no such locator")

	id = run(t, data, "locator", "create", "over", "--asset", set, "--end", "2001-01-01T00:00:00Z")
	status("/"+id+name+"/manifest", 404, "MPE_UNAUTHORIZED (0x80890244)")

	write("endpoint.json", `{"resourceState":"Stopped"}`)
	status(ism+"/manifest", 503, "is stopped")
	status("/healthz", 200, "ok")
	write("endpoint.json", `{"resourceState":"Running"}`)
	status(ism+"/manifest", 200, "<Smooth")
	write("endpoint.json", "{\n\"resourceState\":\"Stopped\",\n\"maxCacheAge\":\"long\"}")
	status(ism+"/manifest", 200, "<Smooth") // what was good is in force
	write("endpoint.json", `{"accessControl":{"ip":{"allow":[]}}}`)
	status(ism+"/manifest", 403, "127.0.0.1")
	if err := os.Remove(filepath.Join(data, "endpoint.json")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(lookedAgain)
	status(ism+"/manifest", 200, "<Smooth")

	if !strings.Contains(o.wholeLog(t), "endpoint.json line 3") {
		t.Error("the log does not tell of the broken document")
	}
}
