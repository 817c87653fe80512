package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// origin is a running `manifold serve`.
type origin struct {
	Base   string  `json:"baseUrl"`
	Player string  `json:"playerUrl"`
	Assets []asset `json:"assets"`

	cmd *exec.Cmd
	log *logBuffer
}

type asset struct {
	Name     string    `json:"name"`
	Locators []locator `json:"locators"`
	Findings []finding `json:"findings"`
}

type locator struct {
	ID    string `json:"id"`
	ISM   string `json:"ism"`
	Paths []struct {
		Protocol string   `json:"streamingProtocol"`
		Paths    []string `json:"paths"`
	} `json:"streamingPaths"`
	Downloads []string `json:"downloadPaths"`
	Keys      []struct {
		ID     string `json:"id"`
		Scheme string `json:"encryptionScheme"`
		Value  []byte `json:"value"`
	} `json:"contentKeys"`
}

type finding struct{ Severity, Code, Where, Message, Advice string }

// logBuffer takes the log of a server; it is read while the server writes.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// shared serves the good sets for every test.
var shared *origin

// start runs `manifold serve --json` on a free port and waits for its document.
func start(data string, paths ...string) (*origin, error) {
	args := append([]string{"serve", "--json", "--show-keys", "--listen", "127.0.0.1:0", "--data", data}, paths...)
	o := &origin{cmd: exec.Command(program, args...), log: &logBuffer{}}
	o.cmd.Stderr = o.log
	out, err := o.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := o.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan error, 1)
	go func() { ready <- json.NewDecoder(out).Decode(o) }()
	select {
	case err = <-ready:
	case <-time.After(time.Minute):
		err = fmt.Errorf("not ready after a minute")
	}
	if err != nil {
		o.cmd.Process.Kill()
		o.cmd.Wait()
		return nil, fmt.Errorf("%s: %w\n%s", o.cmd, err, o.log)
	}
	return o, nil
}

// serve is start for one test, which also demands a clean stop.
func serve(t *testing.T, paths ...string) *origin {
	t.Helper()
	return serveFrom(t, t.TempDir(), paths...)
}

func serveFrom(t *testing.T, data string, paths ...string) *origin {
	t.Helper()
	o, err := start(data, paths...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(o.log)
		}
	})
	return o
}

// stop asks the server to end and demands that it does so with 0. A second call
// does nothing.
func (o *origin) stop() error {
	if o.cmd.ProcessState != nil {
		return nil
	}
	o.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan error, 1)
	go func() { done <- o.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("after SIGTERM: %w\n%s", err, o.log)
		}
		return nil
	case <-time.After(20 * time.Second):
		o.cmd.Process.Kill()
		<-done
		return fmt.Errorf("still running 20 s after SIGTERM\n%s", o.log)
	}
}

// wholeLog ends the server and returns all that it logged: while it runs, what it
// wrote last may still be in the pipe.
func (o *origin) wholeLog(t *testing.T) string {
	t.Helper()
	if err := o.stop(); err != nil {
		t.Error(err)
	}
	return o.log.String()
}

// asset returns an asset by name.
func (o *origin) asset(t testing.TB, name string) asset {
	t.Helper()
	var names []string
	for _, a := range o.Assets {
		if a.Name == name {
			return a
		}
		names = append(names, a.Name)
	}
	t.Fatalf("no asset %q among %q", name, names)
	return asset{}
}

// ism returns the URL of the asset's server manifest, to which tails are added.
func (o *origin) ism(t testing.TB, name string) string {
	t.Helper()
	a := o.asset(t, name)
	for _, l := range a.Locators {
		for _, p := range l.Paths {
			for _, path := range p.Paths {
				if i := strings.Index(path, ".ism/"); i >= 0 {
					return o.Base + path[:i+len(".ism")]
				}
			}
		}
	}
	t.Fatalf("asset %q has no streaming path", name)
	return ""
}

// good returns the names of the sets that must be served whole, with the folder
// of each.
func good(t testing.TB) map[string]string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(made, "good", "*"))
	if err != nil || len(list) == 0 {
		t.Fatalf("no sets: %v", err)
	}
	out := map[string]string{}
	for _, dir := range list {
		out[filepath.Base(dir)] = dir
	}
	return out
}
