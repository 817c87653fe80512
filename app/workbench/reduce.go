package workbench

import (
	"slices"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// Action is something that happened: a choice of the user, or the outcome of
// work.
type Action interface{ isAction() }

// Choices of the user.
type (
	ChooseAsset struct{ Locator string } // also selects it as a whole
	SelectTrack struct {
		Locator string
		Track   TrackKey
	}
	SelectFragment struct {
		Track    TrackKey
		Fragment int
	}
	FoldAsset struct {
		Locator string
		Folded  bool
	}
	FocusPane struct{ Pane int }
	SetFormat struct{ Format media.Format } // of the focused pane
	SetLevel  struct {
		Pane  int
		Level Level
	}
	SetPanes      struct{ Count int }
	ClosePane     struct{ Pane int }
	SetParameters struct{ Parameters }
	SetRequest    struct{ Request *media.Request } // of the focused pane and its asset
	Undo          struct{}
	Redo          struct{}
	SetSettings   struct{ Settings }
	DismissCrash  struct{}
)

// Outcomes of work.
type (
	AssetsAdded struct {
		Assets []Asset
		Choose bool // the first of them
	}
	AssetRead struct {
		Locator string
		Read    *Reading
	}
	AssetStale  struct{ Locator, Reason string }
	AssetClosed struct{ Locator string }
	Rendered    struct {
		Pane int
		View
	}
	ServerChanged struct{ Server }
	JobChanged    struct{ Job }
	JobEnded      struct{ ID int }
	Notify        struct{ Notice }
	CrashFound    struct{ Path string }
)

func (ChooseAsset) isAction()    {}
func (SelectTrack) isAction()    {}
func (SelectFragment) isAction() {}
func (FoldAsset) isAction()      {}
func (FocusPane) isAction()      {}
func (SetFormat) isAction()      {}
func (SetLevel) isAction()       {}
func (SetPanes) isAction()       {}
func (ClosePane) isAction()      {}
func (SetParameters) isAction()  {}
func (SetRequest) isAction()     {}
func (Undo) isAction()           {}
func (Redo) isAction()           {}
func (SetSettings) isAction()    {}
func (DismissCrash) isAction()   {}
func (AssetsAdded) isAction()    {}
func (AssetRead) isAction()      {}
func (AssetStale) isAction()     {}
func (AssetClosed) isAction()    {}
func (Rendered) isAction()       {}
func (ServerChanged) isAction()  {}
func (JobChanged) isAction()     {}
func (JobEnded) isAction()       {}
func (Notify) isAction()         {}
func (CrashFound) isAction()     {}

// maxHistory is how many choices can be taken back.
const maxHistory = 100

// Reduce returns the state after an action. It does nothing else: no clock, no
// files, no goroutines.
func Reduce(s State, action Action) State {
	before := s.Choice
	s.Choice = s.Choice.clone()
	switch a := action.(type) {
	case Undo:
		s.Past, s.Future, s.Choice = travel(s.Past, s.Future, s.Choice)
		return settle(s)
	case Redo:
		s.Future, s.Past, s.Choice = travel(s.Future, s.Past, s.Choice)
		return settle(s)
	case ChooseAsset, SelectTrack, SelectFragment, FoldAsset, AssetsAdded, AssetRead, AssetStale, AssetClosed:
		s = reduceAssets(s, action)
	case FocusPane, SetFormat, SetLevel, SetPanes, ClosePane, SetParameters, SetRequest, Rendered:
		s = reducePanes(s, action)
	case SetSettings:
		s.Settings = a.Settings
	case ServerChanged:
		s.Server = a.Server
	case JobChanged:
		s.Jobs = upsert(s.Jobs, a.Job)
	case JobEnded:
		s.Jobs = slices.DeleteFunc(slices.Clone(s.Jobs), func(j Job) bool { return j.ID == a.ID })
	case Notify:
		s.Notice = a.Notice
	case CrashFound:
		s.Crash = a.Path
	case DismissCrash:
		s.Crash = ""
	}
	s = settle(s)
	if remembered(action) && !s.Choice.equal(before) {
		s.Past = append(slices.Clone(last(s.Past, maxHistory-1)), before)
		s.Future = nil
	}
	return s
}

// remembered says whether Undo takes an action back. Where the focus is, and
// what came from outside, is not a choice to take back.
func remembered(a Action) bool {
	switch a.(type) {
	case ChooseAsset, SetFormat, SetLevel, SetPanes, ClosePane, SetParameters, SetRequest:
		return true
	}
	return false
}

func last(list []Choice, n int) []Choice { return list[max(0, len(list)-n):] }

// travel goes to the nearest choice of one direction and keeps the present one
// in the other.
func travel(from, to []Choice, now Choice) ([]Choice, []Choice, Choice) {
	n := len(from) - 1
	if n < 0 {
		return from, to, now
	}
	return slices.Clone(from[:n]), append(slices.Clone(to), now), from[n].clone()
}

// settle makes the parts agree: a view for every pane, a chosen asset that is
// open, a focus that exists.
func settle(s State) State {
	if s.Chosen() == nil {
		s.Locator = ""
		if len(s.Assets) > 0 {
			s.Locator = s.Assets[0].Locator.ID
		}
		s.Selection = nothing
	}
	if len(s.Panes) == 0 {
		s.Panes = slices.Clone(defaultPanes)
	}
	s.Focus = min(max(s.Focus, 0), len(s.Panes)-1)
	if len(s.Views) != len(s.Panes) {
		views := make([]View, len(s.Panes))
		copy(views, s.Views)
		s.Views = views
	}
	return s
}

// nothing is the selection of an asset as a whole.
var nothing = Selection{Fragment: -1}

var defaultPanes = []Pane{{Format: media.HLSCMAF}, {Format: media.DASHCMAF}, {Format: media.Smooth}}

// paneOrder is the order in which formats fill new panes.
var paneOrder = []media.Format{media.HLSCMAF, media.DASHCMAF, media.Smooth, media.HLSV4, media.DASHCSF, media.HLSV3, media.Smooth20}

func reduceAssets(s State, action Action) State {
	s.Assets = slices.Clone(s.Assets)
	switch a := action.(type) {
	case AssetsAdded:
		for _, added := range a.Assets {
			if have := s.Asset(added.Locator.ID); have != nil {
				have.Entry, have.Stale = added.Entry, ""
				continue
			}
			s.Assets = append(s.Assets, added)
		}
		if a.Choose && len(a.Assets) > 0 {
			s = choose(s, a.Assets[0].Locator.ID)
		}
	case AssetRead:
		if have := s.Asset(a.Locator); have != nil {
			have.Read, have.Stale = a.Read, ""
			if a.Locator == s.Locator {
				s = keepSelection(s)
			}
		}
	case AssetStale:
		if have := s.Asset(a.Locator); have != nil {
			have.Stale = a.Reason
		}
	case AssetClosed:
		s.Assets = slices.DeleteFunc(s.Assets, func(x Asset) bool { return x.Locator.ID == a.Locator })
	case ChooseAsset:
		s = choose(s, a.Locator)
		s.Selection = nothing
	case SelectTrack:
		s = choose(s, a.Locator)
		s.Selection = Selection{Track: a.Track, Fragment: -1}
	case SelectFragment:
		s.Selection = Selection{Track: a.Track, Fragment: a.Fragment}
		s = keepSelection(s)
	case FoldAsset:
		if have := s.Asset(a.Locator); have != nil {
			have.Folded = a.Folded
		}
	}
	return s
}

// choose makes an asset the chosen one. Levels name tracks of the asset before.
func choose(s State, locator string) State {
	if s.Asset(locator) == nil || locator == s.Locator {
		return s
	}
	s.Locator = locator
	s.Selection = nothing
	for i := range s.Panes {
		s.Panes[i].Level = Level{}
	}
	s.Parameters.AudioTrack = ""
	return s
}

// keepSelection drops what is selected where the asset does not have it (any more).
func keepSelection(s State) State {
	g, _, ok := s.Selected()
	switch {
	case s.Selection.Track.Name == "":
	case !ok:
		s.Selection = nothing
	case s.Selection.Fragment >= g.Fragments():
		s.Selection.Fragment = -1
	}
	return s
}

func reducePanes(s State, action Action) State {
	switch a := action.(type) {
	case FocusPane:
		s.Focus = a.Pane
	case SetFormat:
		p := &s.Panes[s.Focus]
		p.Format = a.Format
		if !slices.Contains(s.Levels(a.Format), p.Level) {
			p.Level = Level{}
		}
	case SetLevel:
		if a.Pane >= 0 && a.Pane < len(s.Panes) {
			s.Panes[a.Pane].Level = a.Level
			s.Focus = a.Pane
		}
	case SetPanes:
		s.Panes = paneCount(s.Panes, min(max(a.Count, 1), MaxPanes))
	case ClosePane:
		if len(s.Panes) > 1 && a.Pane >= 0 && a.Pane < len(s.Panes) {
			s.Panes = slices.Delete(s.Panes, a.Pane, a.Pane+1)
			s.Views = slices.Delete(slices.Clone(s.Views), a.Pane, a.Pane+1)
			if s.Focus > a.Pane {
				s.Focus--
			}
		}
	case SetParameters:
		s.Parameters = a.Parameters
	case SetRequest:
		s = setRequest(s, a.Request)
	case Rendered:
		if a.Pane < len(s.Views) && a.Path == s.Path(a.Pane) {
			s.Views = slices.Clone(s.Views)
			s.Views[a.Pane] = a.View
		}
	}
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

// setRequest shows what a URL asks for in the focused pane. What is below a
// playlist selects its track and fragment.
func setRequest(s State, r *media.Request) State {
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

func upsert(jobs []Job, j Job) []Job {
	jobs = slices.Clone(jobs)
	if i := slices.IndexFunc(jobs, func(o Job) bool { return o.ID == j.ID }); i >= 0 {
		jobs[i] = j
		return jobs
	}
	return append(jobs, j)
}

// notice makes an action of an error.
func notice(err error) Notify {
	e := fault.As(err)
	text := err.Error()
	if e.Code != fault.Internal && e.Advice != "" {
		text += ". " + e.Advice
	}
	return Notify{Notice{fault.Severe, text}}
}
