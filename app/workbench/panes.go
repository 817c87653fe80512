package workbench

import (
	"slices"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/format"
	"manifold/packager/media"
	"manifold/packager/protect"
)

// defaultPanes are those of the first start.
var defaultPanes = []Pane{{Format: media.HLSCMAF}, {Format: media.DASHCMAF}, {Format: media.Smooth}}

// paneOrder is the order in which formats fill new panes.
var paneOrder = []media.Format{media.HLSCMAF, media.DASHCMAF, media.Smooth, media.HLSV4, media.DASHCSF, media.HLSV3, media.Smooth20}

// FocusPane gives a pane the focus.
type FocusPane struct{ Pane int }

func (a FocusPane) apply(s State) State {
	s.Focus = a.Pane
	return s
}

// SetFormat sets the format of the focused pane.
type SetFormat struct{ Format media.Format }

func (a SetFormat) apply(s State) State {
	p := &s.Panes[s.Focus]
	p.Format = a.Format
	if !slices.Contains(s.Levels(a.Format), p.Level) {
		p.Level = Level{}
	}
	return s
}

// SetLevel shows a playlist of a pane's format.
type SetLevel struct {
	Pane  int
	Level Level
}

func (a SetLevel) apply(s State) State {
	if a.Pane >= 0 && a.Pane < len(s.Panes) {
		s.Panes[a.Pane].Level = a.Level
		s.Focus = a.Pane
	}
	return s
}

// SetPanes shows so many manifests side by side.
type SetPanes struct{ Count int }

func (a SetPanes) apply(s State) State {
	s.Panes = paneCount(s.Panes, min(max(a.Count, 1), MaxPanes))
	return s
}

// paneCount cuts panes off, or adds such as show what is not shown yet.
func paneCount(panes []Pane, n int) []Pane {
	if n <= len(panes) {
		return panes[:n]
	}
	for _, f := range paneOrder {
		if len(panes) == n {
			break
		}
		if !slices.ContainsFunc(panes, func(p Pane) bool { return p.Format == f && p.Level == Level{} }) {
			panes = append(panes, Pane{Format: f})
		}
	}
	return panes
}

// ClosePane takes a pane away, unless it is the last.
type ClosePane struct{ Pane int }

func (a ClosePane) apply(s State) State {
	if len(s.Panes) == 1 || a.Pane < 0 || a.Pane >= len(s.Panes) {
		return s
	}
	s.Panes = slices.Delete(s.Panes, a.Pane, a.Pane+1)
	s.Views = slices.Delete(slices.Clone(s.Views), a.Pane, a.Pane+1)
	if s.Focus > a.Pane {
		s.Focus--
	}
	return s
}

// SetParameters sets what all panes have in common.
type SetParameters struct{ Parameters }

func (a SetParameters) apply(s State) State {
	s.Parameters = a.Parameters
	return s
}

// Refuses says why the format of a pane is not served in an encryption; "" when
// it is.
func (s *State) Refuses(pane int, encryption string) string {
	row, err := format.Of(s.Panes[pane].Format)
	if err == nil {
		err = row.Protect(protect.Scheme(encryption))
	}
	if a := s.Chosen(); err == nil && a != nil {
		_, err = a.Locator.Policy.Encryption(row.Protocol, row.IsCMAF(), protect.Scheme(encryption))
	}
	if err == nil {
		return ""
	}
	e := fault.As(err)
	sentence := e.What
	if e.Advice != "" {
		sentence += ". " + e.Advice
	}
	return strings.ToUpper(sentence[:1]) + sentence[1:]
}

// SetRequest shows what a URL asks for in the focused pane, and chooses its
// asset. What is below a playlist selects its track and fragment.
type SetRequest struct{ Request *media.Request }

func (a SetRequest) apply(s State) State {
	r := a.Request
	s = choose(s, r.Locator)
	p := &s.Panes[s.Focus]
	*p = Pane{Format: r.Format}
	s.Parameters = Parameters{Encryption: r.Encryption, Filters: r.Filters, AudioTrack: r.AudioTrack, AudioOnly: r.AudioOnly}
	track := TrackKey{r.Track, r.Bitrate}
	switch r.Target {
	case media.Level:
		p.Level = Level{track, r.KeyFrames}
	case media.Init:
		s.Selection = Selection{Track: track, Fragment: -1}
	case media.Fragment, media.KeyFrame:
		s.Selection = Selection{Track: track, Fragment: -1}
		if g, _, ok := s.Selected(); ok {
			if k, found := g.Find(r.Time); found {
				s.Selection.Fragment = k
			}
		}
	}
	return keepSelection(s)
}

// Rendered brings the answer to what a pane asked. An answer to what it asked
// before is dropped.
type Rendered struct {
	Pane int
	View
}

func (a Rendered) apply(s State) State {
	if a.Pane < len(s.Views) && a.Path == s.Path(a.Pane) {
		s.Views = slices.Clone(s.Views)
		s.Views[a.Pane] = a.View
	}
	return s
}
