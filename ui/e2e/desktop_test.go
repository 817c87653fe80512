package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// patience is how long one step may take on a busy machine.
const patience = 40 * time.Second

// state is what the window says of itself.
type state struct {
	Assets []struct {
		Name   string
		Path   string
		Tracks int
		Error  string
	}
	Chosen   string
	Panes    []pane
	Focus    int
	Running  bool
	Base     string
	Notice   string
	Severity string
	Theme    string
	Jobs     int
	Requests int64

	Filters []string
	Draft   struct {
		Name, Start, End string
		Kept             int
		Changed          bool
	}
	Places map[string]struct{ X, Y float32 }
}

type pane struct {
	URL     string
	Format  string
	Text    string
	Shown   bool
	Changed int
}

// settled says whether everything that is open is read and shown.
func (s state) settled(assets int) bool {
	if len(s.Assets) != assets || s.Jobs != 0 {
		return false
	}
	for _, p := range s.Panes {
		if !p.Shown {
			return false
		}
	}
	return true
}

// desktop is a window under test.
type desktop struct {
	t      *testing.T
	home   string
	file   string // of the state
	cmd    *exec.Cmd
	window string // X identifier, decimal
}

// open starts the window on a home with paths, and gives it the keyboard.
func open(t *testing.T, home string, paths ...string) *desktop {
	t.Helper()
	s := &desktop{t: t, home: home, file: filepath.Join(t.TempDir(), "state.json")}
	s.cmd = command(home, s.file, paths...)
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			end(s.cmd)
			if code := s.cmd.ProcessState.ExitCode(); code != 0 {
				t.Errorf("ended from outside, the window ends with %d", code)
			}
		}
		if reports, _ := filepath.Glob(filepath.Join(home, "crash-*")); len(reports) > 0 {
			t.Errorf("the window left %s", reports)
		}
		if t.Failed() {
			said, _ := os.ReadFile(log.Name())
			t.Logf("the window wrote\n%s", said)
		}
		log.Close()
	})
	s.until("the window says its state", func(x state) bool { return x.Base != "" })
	s.window = strings.TrimSpace(s.x("xdotool", "search", "--sync", "--onlyvisible", "--pid", strconv.Itoa(s.cmd.Process.Pid)))
	s.x("xdotool", "windowactivate", "--sync", s.window)
	return s
}

// command is the program with a home and a file for its state.
func command(home, file string, paths ...string) *exec.Cmd {
	c := exec.Command(program, append([]string{"--data", home}, paths...)...)
	c.Env = onScreen("MANIFOLD_STATE="+file, "XDG_CONFIG_HOME="+filepath.Join(home, "config"), "MANIFOLD_DATA=")
	return c
}

// homeOf is a home whose server listens on a port of its own.
func homeOf(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	write(t, filepath.Join(home, "window.json"), `{"theme":"dark","address":"127.0.0.1:0"}`)
	return home
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// x runs a program on the screen.
func (s *desktop) x(name string, args ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	out, err := tool(ctx, nil, name, args...)
	if err != nil {
		s.t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return out
}

// press presses a key: "ctrl+3".
func (s *desktop) press(keys ...string) {
	s.t.Helper()
	s.x("xdotool", append([]string{"key", "--clearmodifiers", "--delay", "20"}, keys...)...)
}

// hover goes to a place of the window with the pointer, and waits until what is
// there shows that it knows.
func (s *desktop) hover(x, y float32) {
	s.t.Helper()
	look := func() string {
		return s.x("import", "-window", s.window, "-crop", fmt.Sprintf("16x16+%d+%d", int(x)-8, int(y)-8), "-depth", "8", "rgb:-")
	}
	before := look()
	s.at(x, y)
	eventually(s.t, func() string { return "the pointer is seen" }, func() bool { return look() != before })
}

// at moves the pointer to a place of the window.
func (s *desktop) at(x, y float32) {
	s.t.Helper()
	s.x("xdotool", "mousemove", "--sync", "--window", s.window, strconv.Itoa(int(x)), strconv.Itoa(int(y)))
}

// write types a text.
func (s *desktop) write(text string) {
	s.t.Helper()
	s.x("xdotool", "type", "--clearmodifiers", "--delay", "4", text)
}

// read returns the state that the window wrote last.
func (s *desktop) read() (state, bool) {
	var x state
	b, err := os.ReadFile(s.file)
	return x, err == nil && json.Unmarshal(b, &x) == nil
}

// until waits for a state.
func (s *desktop) until(what string, ok func(state) bool) state {
	s.t.Helper()
	var last state
	eventually(s.t, func() string { return what + "; last: " + brief(last) }, func() bool {
		x, read := s.read()
		last = x
		return read && ok(x)
	})
	return last
}

// brief is a state without the texts of its panes.
func brief(s state) string {
	for i := range s.Panes {
		s.Panes[i].Text = s.Panes[i].Text[:min(len(s.Panes[i].Text), 60)]
	}
	b, _ := json.Marshal(s)
	return string(b)
}

// eventually polls until something holds.
func eventually(t *testing.T, what func() string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patience, what())
		}
	}
}

// clipboard waits until a selection is in the clipboard that is not before.
func (s *desktop) clipboard(before string) string {
	s.t.Helper()
	got := ""
	eventually(s.t, func() string { return "something is copied" }, func() bool {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		out, err := tool(ctx, nil, "xclip", "-selection", "clipboard", "-o")
		got = out
		return err == nil && out != before
	})
	return got
}

// fill puts a text into the clipboard that nothing of ours copies.
func (s *desktop) fill(text string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// xclip goes on in the background and would keep a pipe open
	c := exec.CommandContext(ctx, "xclip", "-selection", "clipboard", "-i")
	c.Env, c.Stdin = onScreen(), strings.NewReader(text)
	if err := c.Run(); err != nil {
		s.t.Fatal(err)
	}
}

// quit closes the window as a user does, and waits for the program to end.
func (s *desktop) quit() {
	s.t.Helper()
	s.press("ctrl+q")
	done := make(chan error, 1)
	go func() { done <- s.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			s.t.Fatalf("the program ended with %v", err)
		}
	case <-time.After(patience):
		s.t.Fatal("the program does not end")
	}
}

// fetch gets a URL.
func fetch(t *testing.T, url string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// sample is a copy of the sample asset in a folder of a name.
func sample(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "assets", "sample"))); err != nil {
		t.Fatal(err)
	}
	return dir
}
