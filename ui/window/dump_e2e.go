//go:build e2e

package window

import (
	"encoding/json"
	"os"

	"manifold/app/workbench"
)

// dumped is what tests of the whole program are told of the state.
type dumped struct {
	Assets []dumpedAsset `json:"assets"`
	Chosen string        `json:"chosen"`
	Panes  []dumpedPane  `json:"panes"`
	Focus  int           `json:"focus"`

	Running  bool   `json:"running"`
	Base     string `json:"base"`
	Notice   string `json:"notice"`
	Severity string `json:"severity"`
	Theme    string `json:"theme"`
	Jobs     int    `json:"jobs"`
	Requests int64  `json:"requests"`
}

type dumpedAsset struct {
	Name   string `json:"name"`
	Path   string `json:"path"`
	Tracks int    `json:"tracks"`
	Error  string `json:"error"`
}

type dumpedPane struct {
	URL    string `json:"url"`
	Format string `json:"format"`
	Text   string `json:"text"`
	Shown  bool   `json:"shown"` // the text is the answer to the URL
	Lines  int    `json:"changed"`
}

// dump writes the state that the window shows to the file named by
// MANIFOLD_STATE, whole or not at all.
func dump(s *workbench.State) {
	path := os.Getenv("MANIFOLD_STATE")
	if path == "" {
		return
	}
	d := dumped{
		Focus: s.Focus, Running: s.Server.Running, Base: s.Server.Base, Notice: s.Notice.String(), Severity: s.Notice.Severity.String(),
		Theme: s.Settings.Theme, Jobs: len(s.Jobs), Requests: s.Server.Requests,
	}
	if a := s.Chosen(); a != nil {
		d.Chosen = a.Name
	}
	for i := range s.Assets {
		a := &s.Assets[i]
		x := dumpedAsset{Name: a.Name, Path: a.Path}
		if e := a.Err(); e != nil {
			x.Error = e.Error()
		}
		if a.Read != nil {
			x.Tracks = len(a.Read.Tracks)
		}
		d.Assets = append(d.Assets, x)
	}
	for i, p := range s.Panes {
		v := s.Views[i]
		d.Panes = append(d.Panes, dumpedPane{URL: s.URL(i), Format: string(p.Format), Text: v.Text, Shown: v.Path != "" && v.Path == s.Path(i), Lines: len(v.Changed)})
	}
	b, err := json.Marshal(d)
	if err == nil {
		err = os.WriteFile(path+".new", b, 0o600)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		panic(err) // the test has no other way to see it
	}
}
