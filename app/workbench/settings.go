package workbench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"manifold/app"
	"manifold/packager/catalog"
	"manifold/packager/format"
	"manifold/packager/media"
	"manifold/packager/protect"
)

// Settings is all that is remembered from one start to the next: one file.
type Settings struct {
	Theme           string `json:"theme"`               // "system", "light" or "dark"
	Density         string `json:"density"`             // "compact" or "comfortable"
	Address         string `json:"address"`             // to listen on
	Data            string `json:"data,omitempty"`      // data directory of the engine; "" is where this file lies
	FragmentSeconds int    `json:"fragmentSeconds"`     // 0: one GOP a fragment
	ExtendedCodecs  bool   `json:"extendedCodecs"`      // AV1, VP9, Opus, FLAC, AC-3, AC-4, too
	Policy          string `json:"policy,omitempty"`    // streaming policy of default locators; "" is Workbench
	KeyPolicy       string `json:"keyPolicy,omitempty"` // content key policy; "" gives keys to everybody

	Layout Layout   `json:"layout"`
	Panes  []Pane   `json:"panes"`
	Recent []string `json:"recent"` // absolute paths, the last opened first
}

// Layout is how the window is divided.
type Layout struct {
	Width     float32   `json:"width"` // of the window, in units of the toolkit
	Height    float32   `json:"height"`
	Assets    float64   `json:"assets"`          // share of the width left of the split; 0 for what the panel likes
	Inspector float64   `json:"inspector"`       // share of the width left of the split; 0 for what the panel likes
	Fragments float64   `json:"fragments"`       // share of the height above the split
	Drawer    float64   `json:"drawer"`          // share of the height above the split
	Panes     []float64 `json:"panes,omitempty"` // shares left of the splits, for as many panes as were shown
	Tab       string    `json:"tab"`             // of the drawer
	Folded    bool      `json:"folded"`          // the drawer
	Wrap      bool      `json:"wrap"`            // long lines of manifests
}

// DefaultSettings are those of the first start.
var DefaultSettings = Settings{
	Theme: "system", Density: "compact", Address: "127.0.0.1:8080",
	Layout: Layout{Width: 1440, Height: 900, Fragments: 0.34, Drawer: 0.7, Tab: "findings"},
}

// maxRecent is the number of paths that are remembered.
const maxRecent = 12

func settingsPath(home string) string { return filepath.Join(home, "window.json") }

// service is what the engine is made with.
func (s Settings) service(home string) app.Config {
	data := s.Data
	if data == "" {
		data = home
	}
	return app.Config{Data: data, Policy: s.Policy, KeyPolicy: s.KeyPolicy, FragmentSeconds: s.FragmentSeconds, ExtendedCodecs: s.ExtendedCodecs}
}

// loadSettings reads the settings of a home. What cannot be read is a warning
// and the settings of the first start; values out of range are mended.
func loadSettings(home string) (Settings, error) {
	s := DefaultSettings
	b, err := os.ReadFile(settingsPath(home))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		return DefaultSettings, fmt.Errorf("the settings could not be read and are those of the first start: %w", err)
	}
	return s.mended(), nil
}

// mended replaces what no window can be shown with.
func (s Settings) mended() Settings {
	d := DefaultSettings.Layout
	l := &s.Layout
	if !(l.Width >= 400 && l.Width <= 20_000) || !(l.Height >= 300 && l.Height <= 20_000) {
		l.Width, l.Height = d.Width, d.Height
	}
	for _, share := range []struct {
		value *float64
		first float64
	}{{&l.Assets, d.Assets}, {&l.Inspector, d.Inspector}, {&l.Fragments, d.Fragments}, {&l.Drawer, d.Drawer}} {
		if !(*share.value > 0.02 && *share.value < 0.98) {
			*share.value = share.first
		}
	}
	if slices.ContainsFunc(l.Panes, func(f float64) bool { return !(f > 0.02 && f < 0.98) }) {
		l.Panes = nil
	}
	s.FragmentSeconds = min(max(s.FragmentSeconds, 0), 60)
	if s.Address == "" {
		s.Address = DefaultSettings.Address
	}
	var panes []Pane
	for _, p := range s.Panes {
		if slices.Contains(paneOrder, p.Format) && len(panes) < MaxPanes {
			panes = append(panes, Pane{Format: p.Format}) // levels belong to an asset
		}
	}
	s.Panes = panes
	recent := s.Recent
	s.Recent = nil
	for _, path := range slices.Backward(recent) { // the last opened stays in front
		s.Recent = withRecent(s.Recent, path)
	}
	return s
}

// withRecent puts a path in front of the recent ones.
func withRecent(recent []string, path string) []string {
	rest := slices.DeleteFunc(slices.Clone(recent), func(p string) bool { return p == path })
	return append([]string{path}, rest[:min(len(rest), maxRecent-1)]...)
}

// dataDirectory is where the engine keeps what it publishes.
func (w *Workbench) dataDirectory() string { return w.State().Settings.service(w.home).Data }

// saver writes settings some time after they changed, many changes at once.
type saver struct {
	path string

	mu      sync.Mutex
	pending *Settings
	timer   *time.Timer

	writing sync.Mutex // one writes; nobody who has settings to save waits for the disk
	saved   string
}

// saveAfter is how long settings rest before they are written.
const saveAfter = 400 * time.Millisecond

func (s *saver) save(next Settings) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending = &next
	if s.timer == nil {
		s.timer = time.AfterFunc(saveAfter, func() { s.flush() })
	}
}

// flush writes what is pending.
func (s *saver) flush() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	next := s.take()
	if next == nil {
		return nil
	}
	b, err := json.MarshalIndent(next, "", "  ")
	if err != nil || string(b) == s.saved {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(s.path+".new", append(b, '\n'), 0o600); err != nil {
		return err
	}
	s.saved = string(b)
	return os.Rename(s.path+".new", s.path)
}

// take returns what is pending.
func (s *saver) take() *Settings {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	next := s.pending
	s.pending = nil
	return next
}

// Home returns the home for a data directory that was named, "" for the user's.
func Home(data string) (string, error) {
	if data != "" {
		return filepath.Abs(data) // it is shown, and handed to other programs
	}
	return catalog.DefaultDirectory()
}

// FormatWords names a format for people: "HLS CMAF".
func FormatWords(f media.Format) string {
	row, err := format.Of(f)
	if err != nil {
		return string(f)
	}
	return row.Words
}

// Formats returns all formats in the order in which they are offered.
func Formats() []media.Format {
	return []media.Format{media.HLSV3, media.HLSV4, media.HLSCMAF, media.DASHCSF, media.DASHCMAF, media.Smooth, media.Smooth20}
}

// Encryptions returns the values of encryption=, "" for none first.
func Encryptions() []string {
	out := []string{""}
	for _, s := range protect.Schemes {
		out = append(out, string(s))
	}
	return out
}
