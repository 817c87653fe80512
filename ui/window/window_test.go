package window

import (
	"flag"
	"fmt"
	"image/png"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"manifold/app"
	"manifold/app/workbench"
	"manifold/packager/media"
	"manifold/ui/kit"
	look "manifold/ui/theme"
)

var pictures = flag.String("pictures", "", "folder to write pictures of the window to")

// patience is how long anything here may take on a busy machine.
const patience = 20 * time.Second

// bench is a window on the software driver. What it schedules waits until the
// test pumps it, on the goroutine of the test.
type bench struct {
	*Window
	t *testing.T

	mu    sync.Mutex
	queue []func()
	urls  []string // opened in a web browser
	files []string // opened in a file manager
}

// start opens a window of a size in a folder of its own.
func start(t *testing.T, width, height float32) *bench {
	t.Helper()
	home := t.TempDir()
	a := test.NewTempApp(t)
	b := &bench{t: t}
	b.Window = &Window{
		app: a,
		open: func(u string) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.urls = append(b.urls, u)
			return nil
		},
		show: func(p string) error {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.files = append(b.files, p)
			return nil
		},
		schedule: func(f func()) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.queue = append(b.queue, f)
		},
	}
	if err := b.assemble(home); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.bench.Close(); b.win.Close() })
	b.win.Resize(fyne.NewSize(width, height))
	b.pump()
	return b
}

// pump runs what was scheduled.
func (b *bench) pump() {
	for {
		b.mu.Lock()
		queue := b.queue
		b.queue = nil
		b.mu.Unlock()
		if len(queue) == 0 {
			return
		}
		for _, f := range queue {
			f()
		}
	}
}

// until pumps until something holds.
func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		b.pump()
		if ok() {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("%s: not within %v; the notice is %q", what, patience, b.state.Notice.String())
		}
	}
}

// settled waits until every pane shows what its URL answers and nothing is under way.
func (b *bench) settled() {
	b.t.Helper()
	b.until("the window settles", func() bool {
		if b.state.Chosen() == nil || len(b.state.Jobs) > 0 {
			return false
		}
		for i := range b.state.Panes {
			if b.state.Views[i].Path != b.state.Path(i) {
				return false
			}
		}
		return true
	})
}

// load opens the sample, on disk where it may be changed.
func (b *bench) load() string {
	b.t.Helper()
	dir, err := app.Sample(b.t.TempDir())
	if err != nil {
		b.t.Fatal(err)
	}
	b.bench.Open(dir)
	b.settled()
	return dir
}

func (b *bench) do(id string) {
	b.t.Helper()
	b.Window.do(id)
	b.pump()
}

func TestAnOpenAssetFillsEveryPanel(t *testing.T) {
	b := start(t, 1500, 900)
	if b.frame.body.Objects[0] != b.empty.object {
		t.Error("without assets the window does not say what to do")
	}
	b.load()
	if got := b.toolbar.summary.Text(); got != "5 video · 2 audio · 0:24.000" {
		t.Errorf("the toolbar says %q", got)
	}
	if n := len(b.tree.tree.Items()); n != 8 {
		t.Errorf("the tree has %d rows, want an asset and seven tracks", n)
	}
	if n := len(b.fragments.tracks); n != 7 {
		t.Errorf("%d strips", n)
	}
	for i, p := range b.state.Panes {
		if got, want := b.panes.list[i].code.Text(), strings.TrimSuffix(b.state.Views[i].Text, "\n"); got != want || want == "" {
			t.Errorf("pane of %s shows %.60q, want %.60q", p.Format, got, want)
		}
	}
	if n := len(b.drawer.tracks.Cells()); n != 7 {
		t.Errorf("the table of tracks has %d rows", n)
	}
	if b.win.Title() != "sample — Manifold" {
		t.Errorf("title %q", b.win.Title())
	}
}

func TestFormatBelongsToTheFocusedPane(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	b.win.Canvas().Focus(b.panes.list[1].code.Keyboard())
	b.until("the focus moves", func() bool { return b.state.Focus == 1 })
	b.do("format-" + string(media.HLSV4))
	b.settled()
	if b.state.Panes[1].Format != media.HLSV4 || b.state.Panes[0].Format != media.HLSCMAF {
		t.Errorf("formats %v", b.state.Panes)
	}
	if b.switches.formats.Chosen() != string(media.HLSV4) || !strings.HasSuffix(b.toolbar.url.URL(), "manifest(format=m3u8-aapl)") {
		t.Errorf("the switch shows %s, the URL %s", b.switches.formats.Chosen(), b.toolbar.url.URL())
	}
	if got := b.panes.list[1].head.Title(); got != "HLS V4" {
		t.Errorf("the pane is called %q", got)
	}
	if v4, smooth := b.panes.list[1].head.Reason(), b.panes.list[2].head.Reason(); v4 != "" || !strings.Contains(smooth, "one manifest") {
		t.Errorf("against a playlist of HLS: %q, of Smooth Streaming: %q", v4, smooth)
	}
	b.do("undo")
	if b.state.Panes[1].Format != media.DASHCMAF {
		t.Errorf("back is %s", b.state.Panes[1].Format)
	}
}

// everyItem returns the items of a menu and of its submenus.
func everyItem(m *fyne.Menu) []*fyne.MenuItem {
	out := slices.Clone(m.Items)
	for _, i := range m.Items {
		if i.ChildMenu != nil {
			out = append(out, everyItem(i.ChildMenu)...)
		}
	}
	return out
}

func TestEveryActionIsInTheMenuWithAShortcutOfItsOwn(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	ids, shortcuts, titles := map[string]bool{}, map[string]string{}, map[string]bool{}
	for _, m := range b.win.MainMenu().Items {
		if h := len(m.Items) * 30; h > 640 {
			t.Errorf("the menu %s has %d items, more than a small screen", m.Label, len(m.Items))
		}
		for _, i := range everyItem(m) {
			titles[i.Label] = true
		}
	}
	for i, a := range b.actions[1:] {
		if before := b.actions[i]; before.menu == a.menu && before.group > a.group {
			t.Errorf("%s comes after another group than its own", a.id)
		}
	}
	for _, a := range b.actions {
		if ids[a.id] || a.title == "" || a.why == nil || a.run == nil || !slices.Contains(menus, a.menu) {
			t.Errorf("action %+v", a.id)
		}
		ids[a.id] = true
		if !titles[a.title] {
			t.Errorf("%q is not in the menu", a.title)
		}
		if a.keys == nil {
			t.Errorf("%q has no shortcut", a.title)
			continue
		}
		k := spelled(a.keys)
		if shortcuts[k] != "" {
			t.Errorf("%s and %s have %s", shortcuts[k], a.id, k)
		}
		shortcuts[k] = a.id
		switch a.keys.KeyName { // an entry that has the keyboard takes these
		case fyne.KeyC, fyne.KeyV, fyne.KeyX, fyne.KeyA, fyne.KeyZ:
			if a.keys.Modifier == ctrl {
				t.Errorf("%s takes %s from entries", a.id, k)
			}
		}
	}
	sheet := kit.NewTable(kit.Column{}, kit.Column{}, kit.Column{})
	b.fillKeys(sheet)
	for k, id := range shortcuts {
		if !slices.ContainsFunc(sheet.Cells(), func(c []kit.Cell) bool { return c[2].Text == k }) {
			t.Errorf("the sheet of shortcuts lacks %s of %s", k, id)
		}
	}
}

func TestWhatCannotBeDoneSaysWhy(t *testing.T) {
	b := start(t, 1500, 900)
	if why := b.switches.edit.Reason(); why != "No asset is open." {
		t.Errorf("against editing filters: %q", why)
	}
	for _, id := range []string{"copy-url", "play", "find", "reread", "save", "undo"} {
		why := b.action(id).why(&b.state)
		if why == "" {
			t.Errorf("%s can be done without an asset", id)
		}
		b.do(id)
		b.until("it is said", func() bool { return b.state.Notice.String() == why })
	}
	for _, m := range b.win.MainMenu().Items {
		for _, i := range m.Items {
			if i.Label == "Copy URL" && !i.Disabled {
				t.Error("the menu offers what cannot be done")
			}
		}
	}
}

func TestURLAndCurlGoToTheClipboard(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	b.bench.StartServer()
	b.pump()
	b.do("copy-url")
	want := b.state.Server.Base + b.state.Path(0)
	if got := b.app.Clipboard().Content(); got != want || !strings.HasPrefix(got, "http://127.0.0.1:") {
		t.Errorf("copied %q, want %q", got, want)
	}
	b.do("copy-curl")
	if got := b.app.Clipboard().Content(); got != "curl --compressed '"+want+"'" {
		t.Errorf("copied %q", got)
	}
}

func TestPlayOpensThePlayerOnTheFocusedURL(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	b.do("play")
	b.until("the reason is said", func() bool { return b.state.Notice.String() == "The server is stopped." })
	b.bench.StartServer()
	b.pump()
	b.do("play")
	b.until("a browser is started", func() bool { b.mu.Lock(); defer b.mu.Unlock(); return len(b.urls) == 1 })
	u, err := url.Parse(b.urls[0])
	if err != nil || u.Path != "/player/" || u.Query().Get("url") != b.state.Path(0) {
		t.Errorf("opened %s, %v", b.urls[0], err)
	}
	b.do("reveal")
	b.until("a file manager is started", func() bool { b.mu.Lock(); defer b.mu.Unlock(); return len(b.files) == 1 })
	if b.files[0] != b.state.Chosen().Read.Root {
		t.Errorf("showed %s", b.files[0])
	}
}

func TestTheEncryptionSwitch(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	reasons := func() (out []string) {
		for _, o := range b.switches.encryption.Options() {
			if o.Reason != "" {
				out = append(out, o.Label)
			}
		}
		return out
	}
	for _, c := range []struct {
		format media.Format
		refuse string
	}{{media.HLSV4, "CENC PIFF"}, {media.HLSCMAF, "PIFF"}, {media.DASHCSF, "CBCS PIFF"}, {media.DASHCMAF, "PIFF"}, {media.Smooth, "CBCS"}} {
		b.do("format-" + string(c.format))
		if got := strings.Join(reasons(), " "); got != c.refuse {
			t.Errorf("%s refuses %q, want %q", c.format, got, c.refuse)
		}
	}
	b.do("format-" + string(media.HLSCMAF))
	b.do("encryption-cbcs-aapl")
	b.settled()
	if got := b.panes.list[0].code.Text(); b.state.Views[0].Err != nil || !strings.Contains(b.state.URL(0), "encryption=cbcs-aapl") {
		t.Errorf("%s: %s", b.state.URL(0), got)
	}
	smooth := b.panes.list[2].instead
	if got := strings.Join(smooth.offers, " "); got != " cbc cenc piff" || !smooth.object.Visible() || b.panes.list[0].instead.object.Visible() {
		t.Errorf("instead of CBCS, Smooth offers %q", got)
	}
	test.Tap(smooth.object.Objects[2].(*kit.Button))
	b.settled()
	if b.state.Parameters.Encryption != "cenc" || b.state.Views[2].Err != nil || smooth.object.Visible() {
		t.Errorf("the offer sets %q", b.state.Parameters.Encryption)
	}
	b.switches.encryption.OnChosen("")
	b.settled()
	if b.state.Parameters.Encryption != "" || b.switches.encryption.Chosen() != "" {
		t.Error("the switch does not take encryption away")
	}
}

func TestAPastedURLSetsThePane(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	b.toolbar.url.OnSubmitted("https://example.net/0f0e0d0c-0000-4000-8000-000000000000/x.ism/manifest(format=mpd-time-csf,encryption=cenc)")
	b.settled()
	if b.state.Panes[0].Format != media.DASHCSF || b.state.Parameters.Encryption != "cenc" || b.switches.encryption.Chosen() != "cenc" {
		t.Errorf("%+v", b.state.Choice)
	}
	if shown := b.panes.list[0].code.Text(); !strings.Contains(shown, "cenc:default_KID") {
		t.Errorf("the pane shows %q", shown)
	}

	b.toolbar.url.OnSubmitted("manifest(format=mpd-time-csf,filter=absent)")
	b.settled()
	v := b.state.Views[0]
	if v.Err == nil || !strings.Contains(b.panes.list[0].code.Text(), v.Err.Code.String()) {
		t.Errorf("the pane shows %q", b.panes.list[0].code.Text())
	}
	chip, ok := b.switches.filters.Objects[0].(*kit.Chip)
	if !ok {
		t.Fatal("what the URL asks for is not shown")
	}
	test.Tap(chip)
	b.settled()
	if len(b.state.Parameters.Filters) != 0 || b.state.Views[0].Err != nil {
		t.Error("a click on the chip does not take it away")
	}
	b.toolbar.url.OnSubmitted("manifest(format=nonsense)")
	b.until("an error is said", func() bool { return strings.Contains(b.state.Notice.String(), "nonsense") })
}

func TestAFragmentIsExplainedDownToItsBytes(t *testing.T) {
	b := start(t, 1500, 900)
	dir := b.load()
	strip := slices.IndexFunc(b.fragments.tracks, func(t *media.Track) bool { return t.Codec.Height == 360 })
	b.fragments.heat.OnSelected(strip, 7)
	track := b.fragments.tracks[strip]
	from, to := track.Fragment(7, 8)
	first := track.Samples.Append(nil, from, to)[0]
	b.until("the bytes are read", func() bool { return b.inspector.bytes.Text() != "" })
	values := map[string]string{}
	for _, f := range b.inspector.facts.List() {
		values[f.Name] = f.Value
	}
	for name, want := range map[string]string{
		"Fragment": "8 of 12", "Time": "14.000 s → 16.000 s", "Offset": grouped(first.Position) + " – " + grouped(first.Position+track.FragmentBytes[7]-1), "File": track.File,
		"Edge offset": "0.000 ms to reference", "Starts on": "IDR, sample " + grouped(int64(from+1)),
	} {
		if values[name] != want {
			t.Errorf("%s is %q, want %q", name, values[name], want)
		}
	}
	file, err := os.ReadFile(filepath.Join(dir, track.File))
	if err != nil {
		t.Fatal(err)
	}
	other := kit.NewHex()
	other.Resize(b.inspector.bytes.Size())
	other.Set(file[first.Position:first.Position+bytesShown], first.Position, 0, 5)
	if b.inspector.bytes.Text() != other.Text() {
		t.Errorf("shows\n%sthe file has\n%s", b.inspector.bytes.Text(), other.Text())
	}
	if s, k := b.fragments.heat.Selected(); s != strip || k != 7 {
		t.Errorf("the map shows %d of %d", k, s)
	}
}

func TestTracksAreExplained(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	b.tree.tree.Select(slices.IndexFunc(b.tree.tree.Items(), func(i kit.TreeItem) bool { return strings.HasPrefix(i.Label, "1280×720") }))
	b.pump()
	values := map[string]string{}
	for _, f := range b.inspector.facts.List() {
		values[f.Name] = f.Value
	}
	g, track, ok := b.state.Selected()
	if !ok {
		t.Fatal("no track is selected")
	}
	for name, want := range map[string]string{
		"Size": "1280 × 720", "RFC 6381": track.Codec.String, "Peak": bitrate(int64(g.Peak(track, 1))), "Average": bitrate(int64(track.Average)),
		"File": track.File, "First shown": "0.000 s", "Duration": "0:24.000",
	} {
		if values[name] != want {
			t.Errorf("%s is %q, want %q", name, values[name], want)
		}
	}
	if tip := decoded("avc1.64001F"); !strings.Contains(tip, "High") || !strings.Contains(tip, "3.1") {
		t.Errorf("avc1.64001F is decoded as %q", tip)
	}
	if tip := decoded("hvc1.2.4.L93.B0"); !strings.Contains(tip, "Main 10") || !strings.Contains(tip, "level 3.1") {
		t.Errorf("hvc1.2.4.L93.B0 is decoded as %q", tip)
	}
	for _, odd := range []string{"", "avc1", "avc1.xyz", "hvc1", "hvc1.1", "hvc1.1.6.", "hev1.1.6.L", "mp4a", "mp4a.40", "ec-3"} {
		decoded(odd) // must not panic
	}
	if b.drawer.tracks.Selected() < 0 {
		t.Error("the table does not show the selection")
	}
}

func TestFindGoesThroughTheMatches(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	b.do("find")
	p := b.panes.list[0]
	p.find.entry.SetText("BANDWIDTH")
	if p.code.Matches() == 0 || !strings.HasPrefix(p.find.result.Text(), "1 / ") {
		t.Errorf("%d matches, says %q", p.code.Matches(), p.find.result.Text())
	}
	p.find.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if !strings.HasPrefix(p.find.result.Text(), "2 / ") {
		t.Errorf("Enter says %q", p.find.result.Text())
	}
	p.find.entry.SetText("no such text")
	if p.find.result.Text() != "not found" {
		t.Errorf("says %q", p.find.result.Text())
	}
	p.find.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.find.object.Visible() || b.win.Canvas().Focused() != p.code.Keyboard() {
		t.Error("Escape does not go back to the manifest")
	}
}

func TestALineOfAMasterPlaylistIsFollowed(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	text := b.panes.list[0].code.Text()
	line := slices.IndexFunc(strings.Split(text, "\n"), func(l string) bool { return strings.HasPrefix(l, "QualityLevels(") })
	b.panes.list[0].code.Select(line, line)
	b.do("follow")
	b.settled()
	if b.state.Panes[0].Level.Name == "" || !strings.Contains(b.panes.list[0].code.Text(), "#EXTINF") {
		t.Errorf("shows %.80q", b.panes.list[0].code.Text())
	}
	b.panes.list[0].code.Select(0, 0)
	if b.action("follow").why(&b.state) == "" {
		t.Error("#EXTM3U can be followed")
	}
}

func TestDroppedFoldersAreOpened(t *testing.T) {
	b := start(t, 1500, 900)
	from, err := app.Sample(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "a folder with spaces & #1 100%")
	if err := os.Rename(from, dir); err != nil {
		t.Fatal(err)
	}
	far, err := storage.ParseURI("http://127.0.0.1/x.mp4")
	if err != nil {
		t.Fatal(err)
	}
	b.drop([]fyne.URI{far, storage.NewFileURI(dir)})
	b.settled()
	if b.state.Chosen().Err() != nil || filepath.Dir(b.state.Chosen().Path) != dir {
		t.Errorf("opened %q: %v", b.state.Chosen().Path, b.state.Chosen().Err())
	}
}

func TestABrokenAssetIsARowWithAReason(t *testing.T) {
	b := start(t, 1500, 900)
	dir := filepath.Join(t.TempDir(), "broken")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.mp4"), []byte("no movie at all, but long enough to be one"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.bench.Open(dir)
	b.settled()
	items := b.tree.tree.Items()
	if len(items) != 2 || items[0].Value != "not served" || items[1].Mark.Shape != kit.Alarm || !strings.Contains(items[1].Tip, "MPE_") {
		t.Errorf("the tree shows %+v", items)
	}
	if !strings.Contains(b.panes.list[0].code.Text(), b.state.Chosen().Err().Code.String()) {
		t.Errorf("the pane shows %q", b.panes.list[0].code.Text())
	}
	if len(b.drawer.found) == 0 {
		t.Error("there is no finding")
	}
}

func TestAFindingGoesToItsTrack(t *testing.T) {
	b := start(t, 1500, 900)
	dir := b.load()
	if err := os.Remove(filepath.Join(dir, b.state.Chosen().Read.Tracks[0].File)); err != nil {
		t.Fatal(err)
	}
	b.do("reread")
	b.until("the finding is there", func() bool { return len(b.drawer.found) == 1 })
	if _, label := b.drawer.tabs.Chosen(); !label {
		t.Error("the drawer is folded")
	}
	b.tree.tree.Select(3)
	b.pump()
	b.drawer.findings.Select(0)
	b.pump()
	if b.state.Selection.Track.Name != "" {
		t.Error("a finding about the folder selects a track")
	}
	a := b.state.Chosen()
	track := a.Groups()[0].Tracks[0]
	f := a.Read.Findings[0]
	f.Where = track.File
	if k, _ := placeOf(a, f); k.Name != a.Groups()[0].Name {
		t.Errorf("a finding about %s leads to %+v", f.Where, k)
	}
	f.Where = fmt.Sprintf("%s sample %d", track.Where(), track.First[2]+3)
	if k, at := placeOf(a, f); k.Name != a.Groups()[0].Name || at != 2 {
		t.Errorf("a finding about %s leads to fragment %d of %+v", f.Where, at, k)
	}
}

func TestANarrowWindowKeepsEverythingReachable(t *testing.T) {
	for _, c := range []struct {
		width         float32
		wide, formats bool
	}{{leastWidth, false, false}, {1040, false, false}, {1280, false, false}, {1399, false, false}, {1400, true, false}, {1779, true, false}, {1780, true, true}, {1920, true, true}} {
		b := start(t, c.width, 760)
		b.load()
		b.do("filter-new")
		b.pump()
		if got := b.switches.choice.Objects[0] == fyne.CanvasObject(b.switches.formats); got != c.formats {
			t.Errorf("at %v formats side by side: %v", c.width, got)
		}
		if got := !slices.ContainsFunc(b.drawer.all(b.frame.wide), func(t kit.Tab) bool { return t.Value == tabSelection }); got != c.wide {
			t.Errorf("at %v the selection has its own panel: %v", c.width, got)
		}
		if m := b.win.Content().MinSize(); m.Width > c.width || m.Height > 760 {
			t.Errorf("at %v the window needs %v", c.width, m)
		}
		if m := b.toolbar.object.MinSize(); m.Width > c.width {
			t.Errorf("at %v the toolbar needs %v", c.width, m.Width)
		}
		if m := b.switches.object.MinSize(); m.Width > c.width {
			t.Errorf("at %v the switches need %v", c.width, m.Width)
		}
		if m := b.frame.assets.MinSize(); m.Width > c.width || m.Height > 660 {
			t.Errorf("at %v the panels need %v", c.width, m)
		}
	}
}

func TestNarrowPanesKeepTheWordsOfTheirHead(t *testing.T) {
	b := start(t, 1400, 900)
	b.load()
	shown := func(p *pane) (n int) {
		for _, o := range p.row.Objects[1:] {
			if o.Visible() {
				n++
			}
		}
		return n
	}
	for i := range b.state.Panes {
		if p := b.panes.list[i]; p.head.Size().Width < p.head.Wanted() || shown(p) < 1 {
			t.Errorf("a head that wants %v has %v, and %d tools", p.head.Wanted(), p.head.Size().Width, shown(p))
		}
	}
	before := shown(b.panes.list[0])
	b.bench.Dispatch(workbench.SetLevel{Pane: 0, Level: b.state.Levels(b.state.Panes[0].Format)[0]})
	b.settled()
	if p := b.panes.list[0]; p.head.Size().Width < p.head.Wanted() || shown(p) >= before {
		t.Errorf("a longer head that wants %v has %v, and %d tools of %d", p.head.Wanted(), p.head.Size().Width, shown(p), before)
	}
}

func TestSixPanesFit(t *testing.T) {
	b := start(t, 1280, 760)
	b.load()
	b.do("panes-6")
	b.settled()
	if m := b.frame.assets.MinSize(); m.Width > 1280 || m.Height > 660 {
		t.Errorf("six panes need %v", m)
	}
	seen := map[string]bool{}
	for i := range b.state.Panes {
		seen[b.panes.list[i].head.Title()] = true
	}
	if len(seen) != 6 {
		t.Errorf("six panes show %v", seen)
	}
	if n := len(b.panes.offsets()); n != 5 {
		t.Errorf("%d splits between six panes", n)
	}
}

func TestThemeAndDensityChangeAtOnce(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	for mode, want := range map[string]look.Mode{"light": look.Light, "dark": look.Dark} {
		b.do("theme-" + mode)
		if got := theme.Color(look.ColorNamePanel); got != (look.Theme{Mode: want}).Color(look.ColorNamePanel, 0) {
			t.Errorf("%s: the panel is %v", mode, got)
		}
		for _, m := range b.win.MainMenu().Items {
			for _, i := range everyItem(m) {
				if i.Label == "Dark theme" && i.Checked != (mode == "dark") {
					t.Errorf("%s: the menu checks the dark theme: %v", mode, i.Checked)
				}
			}
		}
	}
}

func TestSettingsAreAskedForWithTheirLimits(t *testing.T) {
	b := start(t, 1500, 900)
	b.do("settings")
	b.until("the dialog is a form", func() bool { _, ok := b.Window.dialog.(*dialog.FormDialog); return ok })
	b.dismiss()
	if b.win.Canvas().Overlays().Top() != nil {
		t.Error("the dialog stays")
	}
	for text, ok := range map[string]bool{"127.0.0.1:8080": true, "[::1]:0": true, "127.0.0.1": false, "127.0.0.1:99999": false, "": false} {
		if (validAddress(text) == nil) != ok {
			t.Errorf("address %q", text)
		}
	}
	for text, ok := range map[string]bool{"0": true, "60": true, "61": false, "-1": false, "x": false} {
		if (validSeconds(text) == nil) != ok {
			t.Errorf("seconds %q", text)
		}
	}
	if validDirectory("relative") == nil || validDirectory("") != nil {
		t.Error("data directory")
	}
}

func TestDialogsOpenAndCloseByEscape(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	for _, id := range []string{"open", "settings", "documents", "keys", "about", "save"} {
		b.do(id)
		b.until(id+" opens something", func() bool { return b.win.Canvas().Overlays().Top() != nil })
		b.win.Canvas().Unfocus()
		b.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		if b.win.Canvas().Overlays().Top() != nil {
			t.Errorf("Escape leaves %s open", id)
		}
	}
}

func TestPathsAreReadAsTheyArePasted(t *testing.T) {
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		" /a b/c ": "/a b/c", `"/a b"`: "/a b", "'/x'": "/x", "file:///a%20b/c": "/a b/c", "~/x": filepath.Join(home, "x"), "": "", `"`: `"`,
	} {
		if got := pasted(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestACrashIsOfferedOnce(t *testing.T) {
	b := start(t, 1500, 900)
	b.Crashed("/tmp/crash-1.txt")
	b.until("the report is offered", func() bool { return b.win.Canvas().Overlays().Top() != nil })
	b.dismiss()
	b.bench.Dispatch(workbench.Notify{})
	b.pump()
	if b.win.Canvas().Overlays().Top() != nil {
		t.Error("it is offered again")
	}
}

func TestClosingRemembersHowTheWindowIsDivided(t *testing.T) {
	b := start(t, 1500, 900)
	b.load()
	b.frame.assets.SetOffset(0.3)
	b.do("panes-2")
	b.panes.splits[0].SetOffset(0.7)
	s := b.frame.layout(b.state.Settings.Layout)
	if s.Width != 1500 || s.Height != 900 || s.Assets != 0.3 || !slices.Equal(s.Panes, []float64{0.7}) {
		t.Errorf("%+v", s)
	}
}

func TestAWindowLargerThanTheScreenIsMadeToFit(t *testing.T) {
	b := start(t, 1500, 900)
	b.Clamp(fyne.Size{})
	b.Clamp(fyne.NewSize(3000, 2000))
	if got := b.win.Canvas().Size(); got != fyne.NewSize(1500, 900) {
		t.Errorf("a window that fits is made %v", got)
	}
	b.Clamp(fyne.NewSize(1366, 768))
	if got := b.win.Canvas().Size(); got != fyne.NewSize(1366, 768-titleBar) {
		t.Errorf("a window that is too large is made %v", got)
	}
}

func TestWhatIsRefusedStaysToBeCorrected(t *testing.T) {
	b := start(t, 1500, 900)
	b.do("open")
	path, ok := b.win.Canvas().Focused().(*entry)
	if !ok {
		t.Fatal("the dialog does not take a path at once")
	}
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	path.SetText(nowhere)
	path.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	said := ""
	b.until("it is refused", func() bool {
		for _, o := range test.LaidOutObjects(b.win.Canvas().Overlays().Top()) {
			if l, ok := o.(*kit.Line); ok && strings.Contains(l.Text(), "no such file") {
				said = l.Text()
			}
		}
		return said != ""
	})
	if b.dialog == nil || path.Text != nowhere {
		t.Errorf("the dialog shows %q and says %q", path.Text, said)
	}
	path.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if b.dialog != nil {
		t.Error("Escape leaves it open")
	}
}

func TestAListOfRecentsTakesNoRoomWithoutAny(t *testing.T) {
	b := start(t, 1280, 760)
	if b.empty.recent.object.Visible() {
		t.Error("nothing was opened, and there is a list of it")
	}
	before := b.empty.object.MinSize().Height
	b.bench.Dispatch(workbench.Remembered{Path: t.TempDir()})
	b.pump()
	if !b.empty.recent.object.Visible() || b.empty.recent.object.Size().Height < 40 || b.empty.object.MinSize().Height <= before {
		t.Errorf("what was opened is listed in %v", b.empty.recent.object.Size())
	}
}

func TestCodecsAreShortInTheTree(t *testing.T) {
	for words, want := range map[string]string{
		"H.264 Constrained Baseline 3": "H.264 Baseline", "H.264 High 4.1": "H.264 High", "HEVC Main 10 4": "HEVC Main 10", "timed text": "timed text",
	} {
		track := &media.Track{Kind: media.Video}
		track.Codec.Words = words
		if got := codecWords(track); got != want {
			t.Errorf("%s is %q", words, got)
		}
		if tip := trackItem(track).Tip; !strings.Contains(tip, words) {
			t.Errorf("the tip of %s is %q", words, tip)
		}
	}
	if a, z := treeWidth(1280), treeWidth(1920); z <= a {
		t.Errorf("the tree has %v in a wide window, %v in another", z, a)
	}
}

func TestMissingRecentsAreMarkedInTheMenu(t *testing.T) {
	b := start(t, 1500, 900)
	there := t.TempDir()
	b.bench.Dispatch(workbench.Remembered{Path: "/not/there"})
	b.bench.Dispatch(workbench.Remembered{Path: there})
	b.until("they are marked", func() bool {
		for _, i := range b.win.MainMenu().Items[0].Items {
			if i.ChildMenu != nil && len(i.ChildMenu.Items) == 2 {
				return strings.Contains(i.ChildMenu.Items[1].Label, "missing") && !strings.Contains(i.ChildMenu.Items[0].Label, "missing")
			}
		}
		return false
	})
}

func TestPictures(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(1280, 760), fyne.NewSize(1280, 800), fyne.NewSize(1920, 1080)} {
		for _, mode := range []string{"dark", "light"} {
			b := start(t, size.Width, size.Height)
			b.do("theme-" + mode)
			b.load()
			b.fragments.heat.OnSelected(3, 5)
			b.until("the bytes are read", func() bool { return b.inspector.bytes.Text() != "" })
			shot := b.win.Canvas().Capture()
			if got := shot.Bounds().Size(); float32(got.X) != size.Width || float32(got.Y) != size.Height {
				t.Errorf("the picture is %v", got)
			}
			if *pictures == "" {
				continue
			}
			f, err := os.Create(filepath.Join(*pictures, fmt.Sprintf("%s-%.0fx%.0f.png", mode, size.Width, size.Height)))
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, shot); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
	}
}

func TestTheDrawerIsLentTheHeightThatItsTabNeeds(t *testing.T) {
	b := start(t, 1280, 760)
	b.load()
	own := b.frame.lower.Offset
	saved := func() float64 { return b.frame.layout(b.state.Settings.Layout).Drawer }
	choose := func(tab string) {
		b.drawer.tabs.OnChosen(tab, true)
		b.pump()
	}
	for _, c := range []struct {
		tab    string
		height float32
	}{{tabFilters, formHeight}, {tabSelection, selectionHeight}} {
		choose(c.tab)
		if got := b.drawer.object.Size().Height; got < min(c.height, b.frame.lower.Size().Height*(1-highest))-12 || b.frame.lower.Offset == own {
			t.Errorf("%s has a height of %v, wants %v", c.tab, got, c.height)
		}
		if saved() != own {
			t.Errorf("with %s the offset is saved as %v, the user's is %v", c.tab, saved(), own)
		}
		choose(tabTracks)
		if b.frame.lower.Offset != own || saved() != own {
			t.Errorf("after %s the offset is %v and saved as %v, the user's is %v", c.tab, b.frame.lower.Offset, saved(), own)
		}
	}
	choose(tabFilters)
	b.frame.lower.SetOffset(0.6)
	b.do("wrap") // any other change
	if b.frame.lower.Offset != 0.6 || saved() != 0.6 {
		t.Errorf("what the user moves meanwhile becomes %v and is saved as %v", b.frame.lower.Offset, saved())
	}
	choose(tabTracks)
	choose(tabSelection)
	b.win.Resize(fyne.NewSize(1280, 800))
	if got := b.drawer.object.Size().Height; got < min(selectionHeight, b.frame.lower.Size().Height*(1-highest))-12 || saved() != 0.6 {
		t.Errorf("in a higher window the selection has %v, and %v is saved", got, saved())
	}
}
