package workbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"manifold/app"
	"manifold/packager/fault"
	"manifold/packager/media"
)

// patience is how long anything here may take on a busy machine.
const patience = 20 * time.Second

// bench is a workbench in a folder of its own.
type bench struct {
	*Workbench
	t *testing.T

	mu   sync.Mutex
	said []Notice // so far: another may stand in the state before anybody looks
}

func start(t *testing.T, home string) *bench {
	t.Helper()
	b := &bench{t: t}
	w, err := New(home, b.note)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	b.Workbench = w
	return b
}

func (b *bench) note(s State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.said); n == 0 || b.said[n-1].String() != s.Notice.String() {
		b.said = append(b.said, s.Notice)
	}
}

// told waits until a notice of a severity was given that holds a text.
func (b *bench) told(severity fault.Severity, text string) {
	b.t.Helper()
	b.until(text+" is told", func(State) bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return slices.ContainsFunc(b.said, func(n Notice) bool { return n.Severity == severity && strings.Contains(n.String(), text) })
	})
}

// until waits for a state.
func (b *bench) until(what string, ok func(State) bool) State {
	b.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(2 * time.Millisecond) {
		s := b.State()
		if ok(s) {
			return s
		}
		if time.Now().After(end) {
			b.t.Fatalf("%s: not within %v; the notice is %q", what, patience, s.Notice.String())
		}
	}
}

func (b *bench) rendered() State {
	b.t.Helper()
	return b.until("the panes are rendered", func(s State) bool {
		for i := range s.Panes {
			if s.Path(i) == "" || s.Views[i].Path != s.Path(i) || s.Views[i].Version != s.revision(s.Chosen()) {
				return false
			}
		}
		return true
	})
}

// sample is a copy of the sample asset that may be changed.
func sample(t *testing.T) string {
	t.Helper()
	from, err := app.Sample(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return from
}

func TestPanesShowWhatAPlayerGets(t *testing.T) {
	b := start(t, t.TempDir())
	b.Open(sample(t))
	b.StartServer()
	b.Dispatch(SetPanes{6})
	s := b.rendered()
	for i := range s.Panes {
		got := fetch(t, s.URL(i))
		if s.Views[i].Text != got {
			t.Errorf("%s: the pane and the wire differ:\n%.200s\n%.200s", s.Panes[i].Format, s.Views[i].Text, got)
		}
	}
	b.until("requests are counted", func(s State) bool { return s.Server.Requests == 6 && s.Server.Errors == 0 })
}

func fetch(t *testing.T, url string) string {
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
	return string(body)
}

func TestWhatAToggleChangesIsMarked(t *testing.T) {
	b := start(t, t.TempDir())
	b.Open(sample(t))
	b.rendered()
	b.Dispatch(SetFormat{media.HLSV4})
	s := b.rendered()
	if n := len(s.Views[0].Changed); n == 0 || n == len(lines(s.Views[0].Text)) {
		t.Errorf("from HLS CMAF to HLS V4 %d of %d lines are marked", n, len(lines(s.Views[0].Text)))
	}
	for _, i := range s.Views[0].Changed {
		if line := lines(s.Views[0].Text)[i]; line == "#EXTM3U" || strings.HasPrefix(line, "QualityLevels(") && strings.Contains(line, "(video,") {
			t.Errorf("%q is marked, which differs in the selector of the format alone", line)
		}
	}
	b.Dispatch(SetFormat{media.DASHCSF})
	if s = b.rendered(); s.Views[0].Changed != nil {
		t.Error("a manifest in another language is marked")
	}
	b.Dispatch(SetParameters{Parameters{Encryption: "piff"}})
	s = b.rendered()
	if v := s.Views[0]; v.Err == nil || !strings.HasPrefix(v.Text, fmt.Sprint(v.Err.Code.Status())) || !strings.Contains(v.Text, v.Err.Code.String()) {
		t.Errorf("an encryption that the policy lacks shows\n%s", v.Text)
	}
}

func TestChangedLines(t *testing.T) {
	view := func(text string) View { return View{Path: "/x", Type: "a", Text: text} }
	for _, c := range []struct {
		before, after string
		want          []int
	}{
		{"a\nb\nc\n", "a\nx\nc\n", []int{1}},
		{"a\nc\n", "a\nb\nb2\nc\n", []int{1, 2}},
		{"a\nb\n", "a\n", nil},
		{"a\n", "a\n", nil},
		{"", "a\nb", []int{0, 1}},
	} {
		if got := changed(view(c.before), view(c.after)); !slices.Equal(got, c.want) {
			t.Errorf("%q to %q: lines %v, want %v", c.before, c.after, got, c.want)
		}
	}
	if changed(View{}, view("a")) != nil {
		t.Error("the first text is marked")
	}
	for path, same := range map[string]bool{
		"/l/a.ism/QualityLevels(1)/Manifest(a,format=m3u8-cmaf)":                true,
		"/l/a.ism/QualityLevels(1)/Manifest(b,format=m3u8-aapl)":                false,
		"/l/a.ism/QualityLevels(1)/Manifest(a,format=m3u8-aapl,type=keyframes)": false,
		"/l/a.ism/manifest(format=m3u8-aapl)":                                   false,
	} {
		v := View{Path: "/l/a.ism/QualityLevels(1)/Manifest(a,format=m3u8-aapl)", Text: "a"}
		if got := v.beside(View{Path: path}); got != same {
			t.Errorf("compared with %s: %t", path, got)
		}
	}
}

func TestABusyPortMovesOnAndSaysSo(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	b := start(t, t.TempDir())
	settings := b.State().Settings
	settings.Address = taken.Addr().String()
	b.Dispatch(SetSettings{settings})
	b.StartServer()
	s := b.State()
	if !s.Server.Running || s.Server.Base == "http://"+settings.Address || s.Server.Taken != settings.Address || !strings.Contains(s.Notice.String(), settings.Address) {
		t.Fatalf("%+v, says %q", s.Server, s.Notice.String())
	}
	fetch(t, s.Server.Base+"/healthz")
	b.StopServer()
	if b.State().Server.Running {
		t.Error("still running after it was stopped")
	}
	if c, err := net.DialTimeout("tcp", strings.TrimPrefix(s.Server.Base, "http://"), time.Second); err == nil {
		c.Close()
		t.Error("still listens after it was stopped")
	}
	b.StartServer()
	if !b.State().Server.Running {
		t.Error("does not start again")
	}
}

func TestAnAddressThatCannotBeUsedIsAnError(t *testing.T) {
	b := start(t, t.TempDir())
	settings := b.State().Settings
	settings.Address = "nonsense"
	b.Dispatch(SetSettings{settings})
	b.StartServer()
	if s := b.State(); s.Server.Running || s.Notice.Severity != fault.Severe || !strings.Contains(s.Notice.String(), "nonsense") {
		t.Errorf("%+v, says %q", s.Server, s.Notice.String())
	}
}

func TestAFolderThatChangesIsReadAgain(t *testing.T) {
	b := start(t, t.TempDir())
	dir := sample(t)
	b.Open(dir)
	s := b.rendered()
	version, tracks := s.Chosen().Read.Version(), len(s.Chosen().Read.Tracks)
	ism, err := os.ReadFile(filepath.Join(dir, "sample.ism"))
	if err != nil {
		t.Fatal(err)
	}
	i := strings.LastIndex(string(ism), "<audio")
	j := i + strings.Index(string(ism[i:]), "</audio>") + len("</audio>")
	if err := os.WriteFile(filepath.Join(dir, "sample.ism"), append(append([]byte{}, ism[:i]...), ism[j:]...), 0o644); err != nil {
		t.Fatal(err)
	}
	b.until("the asset is read again", func(s State) bool {
		a := s.Chosen()
		return a.Read.Version() != version && len(a.Read.Tracks) == tracks-1
	})
	b.told(fault.Info, "read again")
	b.rendered()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	b.until("it is lost", func(s State) bool { return s.Chosen().Err() != nil })
	b.told(fault.Severe, "changed")
}

// An asset that appears in a folder that was opened is opened, too; one that was
// closed stays closed.
func TestAssetsThatAppearAreOpened(t *testing.T) {
	b := start(t, t.TempDir())
	root := t.TempDir()
	copied := func(name string) {
		t.Helper()
		whole := filepath.Join(t.TempDir(), name)
		if err := os.CopyFS(whole, os.DirFS(sample(t))); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(whole, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	opened := func(n int) func(State) bool {
		return func(s State) bool {
			return len(s.Assets) == n && !slices.ContainsFunc(s.Assets, func(a Asset) bool { return a.Read == nil || a.Err() != nil })
		}
	}
	copied("one")
	copied("two")
	b.Open(root)
	b.until("both are opened", opened(2))
	chosen := b.State().Locator
	b.CloseAsset(b.State().Assets[1].Locator.ID)
	copied("three")
	s := b.until("the third is opened", opened(2))
	if s.Locator != chosen || filepath.Base(filepath.Dir(s.Assets[1].Path)) != "three" {
		t.Errorf("chosen %s, then %s; open is %s", chosen, s.Locator, s.Assets[1].Path)
	}
}

func TestABrokenFolderIsAnAssetWithAReason(t *testing.T) {
	b := start(t, t.TempDir())
	dir := filepath.Join(t.TempDir(), "broken set")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.mp4"), []byte("this is no MP4 file at all, only a sentence"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.Open(dir)
	s := b.until("the asset is read", func(s State) bool {
		return s.Chosen() != nil && s.Chosen().Read != nil && len(s.Jobs) == 0
	})
	if s.Chosen().Err() == nil || len(s.Chosen().Read.Findings) == 0 {
		t.Fatalf("%+v", s.Chosen())
	}
	b.until("the error is shown", func(s State) bool { return s.Views[0].Err != nil })
	before := b.State().Views[0].Text
	if err := os.Remove(filepath.Join(dir, "a.mp4")); err != nil {
		t.Fatal(err)
	}
	b.until("the panes show another error when it is another", func(s State) bool { return s.Views[0].Err != nil && s.Views[0].Text != before })
	b.Open(filepath.Join(t.TempDir(), "nowhere"))
	b.told(fault.Severe, "nowhere")
}

func TestSettingsAreRememberedAndMended(t *testing.T) {
	home := t.TempDir()
	b := start(t, home)
	dir := sample(t)
	b.Open(dir)
	b.rendered()
	remembered := func(s State) bool { return len(s.Settings.Recent) > 0 }
	b.until("it is remembered", remembered)
	s := b.State().Settings
	s.Theme = "light"
	b.Dispatch(SetSettings{s})
	s.Layout.Width = 1111
	b.Dispatch(SetLayout{s.Layout})
	b.Dispatch(SetPanes{2})
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	next := start(t, home).State()
	if next.Settings.Layout.Width != 1111 || next.Settings.Theme != "light" || len(next.Panes) != 2 || !slices.Equal(next.Settings.Recent, []string{dir}) {
		t.Errorf("remembered %+v with %d panes", next.Settings, len(next.Panes))
	}
	b = start(t, t.TempDir())
	b.Open(dir, dir+string(filepath.Separator)+".")
	b.rendered()
	b.until("it is remembered", remembered)
	b.Say(fault.Info, "now again")
	b.Reopen(b.State().Locator)
	b.told(fault.Info, "opened in")
	if r := b.State().Settings.Recent; !slices.Equal(r, []string{dir}) {
		t.Errorf("opened twice and read again, %q is remembered", r)
	}
	if r := (Settings{Recent: []string{"/b", "/a", "/b", "/c"}}).mended().Recent; !slices.Equal(r, []string{"/b", "/a", "/c"}) {
		t.Errorf("mended to %q", r)
	}
	hostile := `{"layout":{"width":-5,"height":1e30,"assets":7,"panes":[0]},"panes":[{"Format":"no"},{"Format":"fmp4"}],"fragmentSeconds":-1,"address":""}`
	if err := os.WriteFile(settingsPath(home), []byte(hostile), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := loadSettings(home)
	if err != nil || got.Layout.Width != DefaultSettings.Layout.Width || got.Layout.Assets != DefaultSettings.Layout.Assets || len(got.Panes) != 1 || got.FragmentSeconds != 0 || got.Address == "" {
		t.Errorf("mended to %+v, %v", got, err)
	}
	if err := os.WriteFile(settingsPath(home), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := loadSettings(home); err == nil || got.Address != DefaultSettings.Address {
		t.Errorf("a broken file gives %+v, %v", got, err)
	}
}

func TestWhatIsCancelledIsClosedAgain(t *testing.T) {
	b := start(t, t.TempDir())
	parent := t.TempDir()
	for _, name := range []string{"one", "two"} {
		if err := os.Rename(sample(t), filepath.Join(parent, name)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := b.open(ctx, opening{path: parent}, func(int, int) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ends with %v", err)
	}
	s := b.State()
	for _, a := range s.Assets {
		if a.Read == nil {
			t.Errorf("%s stays unread", a.Name)
		}
	}
	if n := len(b.service.engine().Entries()); n != len(s.Assets) {
		t.Errorf("%d assets are published, %d shown", n, len(s.Assets))
	}
	done := make(chan struct{})
	b.run(Sentence{Format: "Waiting"}, func(ctx context.Context, _ progress) error { <-ctx.Done(); close(done); return ctx.Err() })
	b.until("a long job is shown", func(s State) bool { return len(s.Jobs) == 1 }).Jobs[0].Cancel()
	<-done
	b.told(fault.Info, "Waiting was cancelled")
	b.until("the job is gone", func(s State) bool { return len(s.Jobs) == 0 })
}

func TestFragmentSecondsCutAnew(t *testing.T) {
	b := start(t, t.TempDir())
	b.Open(sample(t))
	b.StartServer()
	s := b.rendered()
	before := s.Chosen().Groups()[0].Fragments()
	settings := s.Settings
	settings.FragmentSeconds = 6
	b.ApplySettings(settings)
	b.until("the asset is cut anew", func(s State) bool {
		return len(s.Jobs) == 0 && s.Chosen() != nil && s.Chosen().Groups() != nil && s.Chosen().Groups()[0].Fragments() < before && s.Server.Running
	})
	b.rendered()
}

func TestASecondStartHandsItsArgumentsOver(t *testing.T) {
	home := t.TempDir()
	var mu sync.Mutex
	var got []string
	first, err := Claim(home, nil, func(paths []string) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, paths...)
	})
	if err != nil || first == nil {
		t.Fatal(first, err)
	}
	second, err := Claim(home, []string{"/a b", "c"}, func([]string) { t.Error("the second got paths") })
	if err != nil || second != nil {
		t.Fatalf("a second instance: %v, %v", second, err)
	}
	wd, _ := os.Getwd()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		mu.Lock()
		done := slices.Equal(got, []string{"/a b", filepath.Join(wd, "c")})
		mu.Unlock()
		if done {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the first got %q", got)
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	third, err := Claim(home, nil, func([]string) {})
	if err != nil || third == nil {
		t.Fatalf("after the first ended: %v, %v", third, err)
	}
	third.Close()
}

func TestAStrangerAtTheAddressIsNoInstance(t *testing.T) {
	home := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
			c.Close()
		}
	}()
	file := fmt.Sprintf(`{"address":%q,"secret":"00"}`, l.Addr())
	if err := os.WriteFile(filepath.Join(home, "window.instance"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	i, err := Claim(home, []string{"x"}, func([]string) {})
	if err != nil || i == nil {
		t.Fatalf("%v, %v", i, err)
	}
	i.Close()
}

// crashIn names the home of a run of these tests that crashes.
const crashIn = "MANIFOLD_CRASH_IN"

func TestMain(m *testing.M) {
	if home := os.Getenv(crashIn); home != "" {
		if _, _, err := GuardCrashes(home); err != nil {
			os.Exit(0)
		}
		done := make(chan bool)
		go func() { panic("no") }() // where no recover reaches it
		<-done
	}
	os.Exit(m.Run())
}

func TestACrashIsReportedAtTheNextStart(t *testing.T) {
	home := t.TempDir()
	report, _, err := GuardCrashes(home)
	if err != nil || report != "" {
		t.Fatal(report, err)
	}
	crash := exec.Command(os.Args[0], "-test.run=^$")
	crash.Env = append(os.Environ(), crashIn+"="+home)
	if out, err := crash.CombinedOutput(); err == nil || !strings.Contains(string(out), "panic: no") {
		t.Fatalf("the program that is to crash ended with %v\n%s", err, out)
	}
	report, ended, err := GuardCrashes(home)
	if err != nil || report == "" {
		t.Fatal(report, err)
	}
	text, err := os.ReadFile(report)
	if err != nil || !strings.Contains(string(text), "panic: no") || !strings.Contains(string(text), "goroutine") {
		t.Errorf("%q, %v", text, err)
	}
	ended()
	if report, ended, _ = GuardCrashes(home); report != "" {
		t.Errorf("a run that ended well left %s", report)
	}
	ended()
}
