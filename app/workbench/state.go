package workbench

import (
	"cmp"
	"slices"

	"manifold/packager"
	"manifold/packager/asset"
	"manifold/packager/fault"
	"manifold/packager/media"
)

// State is one immutable snapshot of the workbench. Everything reachable from
// it stays as it is.
type State struct {
	Choice
	Past, Future []Choice // what Undo and Redo go to, the nearest last

	Assets     []Asset
	Selection  Selection
	Views      []View // what the panes show, one for each
	Protection Protection
	Server     Server
	Jobs       []Job
	Settings   Settings
	Notice     Notice
	typing     string // the field of the draft that the last choice was about
	Crash      string // path of the report that the last run left; "" when it ended well
}

// Reading is one version of an asset as it was read from disk.
type Reading = asset.Asset

// Asset is an asset that is open.
type Asset struct {
	packager.Entry
	Read    *Reading         // nil while it is read for the first time
	Filters []Filter         // that its URLs can name, in lexical order
	Others  []packager.Entry // it, under its locators beside the default one
	Folded  bool             // its tracks are not shown in the tree
	Stale   string           // why what is shown is not what lies on disk; "" when it is
}

// Err says why nothing of the asset can be served; nil when something can, or
// while it is read.
func (a *Asset) Err() *fault.Error {
	if a.Read == nil || a.Read.Err == nil {
		return nil
	}
	return fault.As(a.Read.Err)
}

// revision tells what the asset answers apart from what it answered before: its
// version, or why it cannot be served.
func (a *Asset) revision() string {
	if e := a.Err(); e != nil {
		return e.Error()
	}
	return a.Read.Version()
}

// Groups returns the switching sets of the asset, video first; none while it is
// read or when it cannot be served.
func (a *Asset) Groups() []*media.Group {
	if a == nil || a.Read == nil || a.Read.Presentation == nil {
		return nil
	}
	groups := slices.Clone(a.Read.Presentation.Groups)
	slices.SortStableFunc(groups, func(a, b *media.Group) int { return cmp.Compare(a.Kind, b.Kind) })
	return groups
}

// Worst returns the worst severity of the findings; false when there are none.
func (a *Asset) Worst() (fault.Severity, bool) {
	if a.Read == nil || len(a.Read.Findings) == 0 {
		return 0, false
	}
	worst := fault.Info
	for _, f := range a.Read.Findings {
		worst = max(worst, f.Severity)
	}
	return worst, true
}

// Selection is the one thing that is explained: an asset, a track of it, or a
// fragment of the track. It belongs to the asset that is chosen.
type Selection struct {
	Track    TrackKey // zero for the asset as a whole
	Fragment int      // -1 for the track as a whole
}

// TrackKey names a track as URLs do.
type TrackKey struct {
	Name    string
	Bitrate int // bit/s
}

// Server says what the HTTP server does.
type Server struct {
	Running  bool
	Base     string // address in URLs, without a slash at the end; the last one while stopped
	Shared   string // address for other machines in the network; "" while there is none
	Taken    string // the address of the settings where another program has it, else ""
	Requests int64
	Errors   int64 // of the requests
}

// Notice is the last thing that was said.
type Notice struct {
	Severity fault.Severity
	Sentence
}

// Asset returns the asset of a locator, nil when it is not open.
func (s *State) Asset(locator string) *Asset {
	for i := range s.Assets {
		if s.Assets[i].Locator.ID == locator {
			return &s.Assets[i]
		}
	}
	return nil
}

// Chosen returns the asset that is chosen, nil when none is open.
func (s *State) Chosen() *Asset { return s.Asset(s.Locator) }

// Selected returns the track that is selected with its group; false when the
// asset as a whole is, or none.
func (s *State) Selected() (*media.Group, *media.Track, bool) {
	a := s.Chosen()
	if a == nil || a.Groups() == nil || s.Selection.Track.Name == "" {
		return nil, nil, false
	}
	return a.Read.Presentation.Track(s.Selection.Track.Name, s.Selection.Track.Bitrate)
}
