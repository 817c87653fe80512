package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// flows are all that a user must be able to do. A flow that is missing below,
// or does not come to its end, fails TestFlows.
var flows = []string{
	"open by argument", "drop a folder with a space in its name", "open by the dialog", "switch format and pane", "switch the encryption", "make a filter", "find in a manifest",
	"copy the URL and fetch it", "play in the browser", "stop and start the server", "switch the theme", "second start",
	"restart with remembered state", "a window larger than the screen", "a broken folder", "a folder that changes",
}

var steps = map[string]func(t *testing.T){
	"open by argument":                       openByArgument,
	"drop a folder with a space in its name": dropFolder,
	"open by the dialog":                     openByDialog,
	"switch format and pane":                 switchFormat,
	"switch the encryption":                  switchEncryption,
	"make a filter":                          makeFilter,
	"find in a manifest":                     findInManifest,
	"copy the URL and fetch it":              copyURL,
	"play in the browser":                    play,
	"stop and start the server":              toggleServer,
	"switch the theme":                       switchTheme,
	"second start":                           secondStart,
	"restart with remembered state":          restart,
	"a window larger than the screen":        largeWindow,
	"a broken folder":                        brokenFolder,
	"a folder that changes":                  changingFolder,
}

func TestFlows(t *testing.T) {
	var done []string
	for _, name := range flows {
		step := steps[name]
		if step == nil {
			t.Errorf("there is no flow %q", name)
			continue
		}
		begun, ran := time.Now(), false
		if t.Run(name, func(t *testing.T) { ran = true; step(t) }) && ran {
			done = append(done, name)
			fmt.Printf("ok   %s (%.1f s)\n", name, time.Since(begun).Seconds())
		}
	}
	if !slices.Equal(done, flows) || len(steps) != len(flows) {
		t.Errorf("%d of %d flows came to their end", len(done), len(flows))
	}
}

func openByArgument(t *testing.T) {
	s := open(t, homeOf(t), sample(t, "movie"))
	x := s.until("the asset is shown", func(x state) bool { return x.settled(1) })
	if x.Assets[0].Tracks != 7 || len(x.Panes) != 3 || !x.Running {
		t.Fatalf("shows %s", brief(x))
	}
	for _, p := range x.Panes {
		if status, body := fetch(t, p.URL); status != 200 || body != p.Text {
			t.Errorf("%s answers %d, and what the pane does not show", p.URL, status)
		}
	}
}

func dropFolder(t *testing.T) {
	s := open(t, homeOf(t))
	dir := sample(t, "two words & 100%")
	s.x("/usr/bin/python3", filepath.Join("testdata", "drop.py"), s.window, "500", "400", dir)
	x := s.until("the folder is shown", func(x state) bool { return x.settled(1) })
	if filepath.Dir(x.Assets[0].Path) != dir || x.Assets[0].Error != "" {
		t.Errorf("opened %s", brief(x))
	}
}

func openByDialog(t *testing.T) {
	s := open(t, homeOf(t))
	dir := sample(t, "by hand")
	s.press("ctrl+o")
	s.write(dir)
	s.press("Return")
	x := s.until("the folder is shown", func(x state) bool { return x.settled(1) })
	if filepath.Dir(x.Assets[0].Path) != dir {
		t.Errorf("opened %s", brief(x))
	}
}

func switchFormat(t *testing.T) {
	s := open(t, homeOf(t), sample(t, "movie"))
	s.until("the asset is shown", func(x state) bool { return x.settled(1) })
	s.press("ctrl+2")
	x := s.until("HLS V4 is shown", func(x state) bool { return x.settled(1) && x.Panes[0].Format == "m3u8-aapl" })
	if _, body := fetch(t, x.Panes[0].URL); body != x.Panes[0].Text || x.Panes[0].Changed == 0 {
		t.Errorf("the pane shows %s with %d marks", brief(x), x.Panes[0].Changed)
	}
	s.press("ctrl+bracketright", "ctrl+4")
	x = s.until("the second pane shows DASH CSF", func(x state) bool {
		return x.settled(1) && x.Focus == 1 && x.Panes[1].Format == "mpd-time-csf" && x.Panes[0].Format == "m3u8-aapl"
	})
	s.press("alt+6")
	x = s.until("six panes are shown", func(x state) bool { return x.settled(1) && len(x.Panes) == 6 })
	for _, p := range x.Panes {
		if _, body := fetch(t, p.URL); body != p.Text {
			t.Errorf("the pane of %s does not show what its URL answers", p.Format)
		}
	}
	s.press("alt+Left")
	s.until("it is taken back", func(x state) bool { return x.settled(1) && len(x.Panes) == 3 })
}

func findInManifest(t *testing.T) {
	s := open(t, homeOf(t), sample(t, "movie"))
	s.until("the asset is shown", func(x state) bool { return x.settled(1) })
	s.fill("nothing")
	s.press("ctrl+f")
	s.write("resolution=640x360")
	s.press("Escape", "ctrl+c") // the line of the match is selected
	if line := s.clipboard("nothing"); !strings.HasPrefix(line, "#EXT-X-") || !strings.Contains(line, "RESOLUTION=640x360") || strings.Contains(line, "\n") {
		t.Errorf("the line that was found is %q", line)
	}
}

func switchEncryption(t *testing.T) {
	s := open(t, homeOf(t), sample(t, "movie"))
	s.until("the asset is shown", func(x state) bool { return x.settled(1) })
	s.press("ctrl+5", "alt+b")
	x := s.until("DASH CMAF is shown in CBCS", func(x state) bool {
		return x.settled(1) && strings.HasSuffix(x.Panes[0].URL, "(format=mpd-time-cmaf,encryption=cbcs-aapl)")
	})
	if status, body := fetch(t, x.Panes[0].URL); status != 200 || body != x.Panes[0].Text || !strings.Contains(body, "cenc:default_KID=") {
		t.Errorf("it answers %d, and the pane shows %s", status, x.Panes[0].Text)
	}
	s.press("alt+n")
	s.until("it is in the clear again", func(x state) bool {
		return x.settled(1) && strings.HasSuffix(x.Panes[0].URL, "(format=mpd-time-cmaf)")
	})
}

func makeFilter(t *testing.T) {
	s := open(t, homeOf(t), sample(t, "movie"))
	s.until("the asset is shown", func(x state) bool { return x.settled(1) })
	s.press("ctrl+n")
	s.until("a filter is edited", func(x state) bool { return x.Draft.Name == "filter" && x.Draft.Kept == 7 })
	s.write("small")
	x := s.until("it has a name", func(x state) bool { return x.Draft.Name == "small" })
	s.hover(x.Places["more"].X, x.Places["more"].Y)
	s.x("xdotool", "click", "1")
	s.until("video alone is kept", func(x state) bool { return x.Draft.Kept == 5 })
	s.press("alt+s")
	s.until("it is saved", func(x state) bool { return slices.Equal(x.Filters, []string{"small"}) && !x.Draft.Changed })
	s.press("alt+t")
	x = s.until("it is in the URL", func(x state) bool { return x.settled(1) && strings.HasSuffix(x.Panes[1].URL, "filter=small)") })
	if status, body := fetch(t, x.Panes[1].URL); status != 200 || body != x.Panes[1].Text || strings.Count(body, "<Representation") != 5 {
		t.Errorf("%s answers %d:\n%s", x.Panes[1].URL, status, body)
	}

	start, end := x.Places["start"], x.Places["end"]
	s.hover(start.X, start.Y)
	s.x("xdotool", "mousedown", "1")
	for i := range 5 { // a third of the way, over 8 s of 24 s
		s.at(start.X+(end.X-start.X)/15*float32(i+1), start.Y)
	}
	x = s.until("the start is dragged", func(x state) bool { return x.Draft.Start == "80000000" })
	s.x("xdotool", "mouseup", "1")
	s.press("alt+shift+comma", "alt+s")
	s.until("the end is moved and all is saved", func(x state) bool { return x.Draft.End == "220000000" && !x.Draft.Changed })
	x = s.until("the pane is cut", func(x state) bool { return x.settled(1) && strings.Contains(x.Panes[1].Text, `t="80000000"`) })
	if _, body := fetch(t, x.Panes[1].URL); body != x.Panes[1].Text || !strings.Contains(body, `d="20000000" r="6"`) {
		t.Errorf("%s answers\n%s", x.Panes[1].URL, body)
	}
}

func copyURL(t *testing.T) {
	s := open(t, homeOf(t), sample(t, "movie"))
	x := s.until("the asset is shown", func(x state) bool { return x.settled(1) })
	s.fill("nothing")
	s.press("ctrl+shift+c")
	address := s.clipboard("nothing")
	if address != x.Panes[0].URL {
		t.Fatalf("copied %q, the pane is %q", address, x.Panes[0].URL)
	}
	if status, body := fetch(t, address); status != 200 || body != x.Panes[0].Text {
		t.Errorf("it answers %d", status)
	}
	s.press("ctrl+shift+u")
	if curl := s.clipboard(address); curl != "curl --compressed '"+address+"'" {
		t.Errorf("as curl it is %q", curl)
	}
}

func play(t *testing.T) {
	s := open(t, homeOf(t), sample(t, "movie"))
	x := s.until("the asset is shown", func(x state) bool { return x.settled(1) })
	if err := os.Remove(browserLog); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	s.press("ctrl+p")
	var opened string
	eventually(t, func() string { return "a browser is started" }, func() bool {
		b, err := os.ReadFile(browserLog)
		opened = strings.TrimSpace(string(b))
		return err == nil && strings.HasSuffix(string(b), "\n")
	})
	u, err := url.Parse(opened)
	if err != nil {
		t.Fatal(err)
	}
	if x.Base+u.Query().Get("url") != x.Panes[0].URL {
		t.Errorf("the browser is sent to %s", opened)
	}
	if status, body := fetch(t, opened); status != 200 || !strings.Contains(body, "<html") {
		t.Errorf("the player page answers %d", status)
	}
}

func toggleServer(t *testing.T) {
	s := open(t, homeOf(t), sample(t, "movie"))
	x := s.until("the asset is shown", func(x state) bool { return x.settled(1) && x.Running })
	fetch(t, x.Panes[0].URL)
	s.until("the request is counted", func(x state) bool { return x.Requests >= 1 })
	s.press("ctrl+shift+s")
	s.until("the server stops", func(x state) bool { return !x.Running })
	if c, err := net.DialTimeout("tcp", strings.TrimPrefix(x.Base, "http://"), patience); err == nil {
		c.Close()
		t.Error("a stopped server listens")
	}
	s.press("ctrl+shift+s")
	x = s.until("the server starts", func(x state) bool { return x.Running })
	if status, _ := fetch(t, x.Panes[0].URL); status != 200 {
		t.Errorf("it answers %d", status)
	}
}

func switchTheme(t *testing.T) {
	s := open(t, homeOf(t), sample(t, "movie"))
	s.until("the asset is shown", func(x state) bool { return x.settled(1) })
	for _, c := range []struct {
		key, theme string
		bright     bool
	}{{"alt+shift+l", "light", true}, {"alt+shift+d", "dark", false}} {
		s.press(c.key)
		s.until("the theme changes", func(x state) bool { return x.Theme == c.theme })
		eventually(t, func() string { return "the window is " + c.theme }, func() bool { return s.brightness() > 0.5 == c.bright })
	}
}

// brightness is the mean brightness of the window, 0 to 1.
func (s *desktop) brightness() float64 {
	s.t.Helper()
	shot := filepath.Join(s.t.TempDir(), "shot.png")
	s.x("import", "-window", s.window, shot)
	mean, err := strconv.ParseFloat(strings.TrimSpace(s.x("convert", shot, "-colorspace", "Gray", "-format", "%[fx:mean]", "info:")), 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return mean
}

func secondStart(t *testing.T) {
	home := homeOf(t)
	s := open(t, home, sample(t, "first"))
	s.until("the asset is shown", func(x state) bool { return x.settled(1) })
	second := command(home, filepath.Join(t.TempDir(), "state.json"), sample(t, "second"))
	begun := time.Now()
	if err := second.Run(); err != nil {
		t.Fatalf("the second start: %v", err)
	}
	if took := time.Since(begun); took > patience {
		t.Errorf("the second start took %v", took)
	}
	s.until("the first window has both", func(x state) bool { return x.settled(2) && x.Chosen == "sample-2" })
}

func restart(t *testing.T) {
	home := homeOf(t)
	dir := sample(t, "movie")
	s := open(t, home, dir)
	s.until("the asset is shown", func(x state) bool { return x.settled(1) })
	s.x("xdotool", "windowsize", "--sync", s.window, "1111", "777")
	s.press("alt+2", "ctrl+1", "alt+shift+l")
	s.until("it is chosen", func(x state) bool {
		return x.settled(1) && len(x.Panes) == 2 && x.Panes[0].Format == "m3u8-aapl-v3" && x.Theme == "light"
	})
	s.quit()

	s = open(t, home)
	x := s.until("the window is back", func(x state) bool { return len(x.Panes) == 2 && x.Theme == "light" })
	if x.Panes[0].Format != "m3u8-aapl-v3" || len(x.Assets) != 0 {
		t.Errorf("came back as %s", brief(x))
	}
	eventually(t, func() string { return "the window has the size that it had" }, func() bool {
		size := s.x("xdotool", "getwindowgeometry", "--shell", s.window)
		return strings.Contains(size, "WIDTH=1111\n") && strings.Contains(size, "HEIGHT=777\n")
	})
	remembered, err := os.ReadFile(filepath.Join(home, "window.json"))
	if err != nil || !strings.Contains(string(remembered), dir) {
		t.Errorf("the recent assets are not remembered: %v", err)
	}
}

func largeWindow(t *testing.T) {
	home := t.TempDir()
	write(t, filepath.Join(home, "window.json"), `{"address":"127.0.0.1:0","layout":{"width":2600,"height":1400}}`)
	s := open(t, home)
	eventually(t, func() string { return "the window fits the screen: " + s.x("xdotool", "getwindowgeometry", s.window) }, func() bool {
		var width, height int
		for _, line := range strings.Split(s.x("xdotool", "getwindowgeometry", "--shell", s.window), "\n") {
			fmt.Sscanf(line, "WIDTH=%d", &width)
			fmt.Sscanf(line, "HEIGHT=%d", &height)
		}
		return width > 0 && width <= 1920 && height > 0 && height <= 1080
	})
}

func brokenFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "broken")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "movie.mp4"), strings.Repeat("this is no movie ", 50))
	s := open(t, homeOf(t), dir)
	x := s.until("the folder is shown", func(x state) bool { return x.settled(1) })
	if x.Assets[0].Error == "" || x.Severity != "error" || !strings.Contains(x.Panes[0].Text, "MPE_") {
		t.Errorf("says %s", brief(x))
	}
	status, body := fetch(t, x.Panes[0].URL)
	first, _, _ := strings.Cut(x.Panes[0].Text, "\n")
	code, _, _ := strings.Cut(body, " ")
	if first != fmt.Sprintf("%d  %s", status, code) {
		t.Errorf("the pane says %q, the wire %d %s", first, status, code)
	}
}

func changingFolder(t *testing.T) {
	dir := sample(t, "movie")
	s := open(t, homeOf(t), dir)
	x := s.until("the asset is shown", func(x state) bool { return x.settled(1) })
	if err := os.Remove(filepath.Join(dir, "sample_fra_aac.mp4")); err != nil {
		t.Fatal(err)
	}
	s.until("it is read again", func(x state) bool { return x.settled(1) && x.Assets[0].Tracks == 6 })
	if _, body := fetch(t, x.Panes[0].URL); body == x.Panes[0].Text {
		t.Error("the server still answers the old version")
	}
}
