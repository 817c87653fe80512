package workbench

import (
	"slices"

	"manifold/packager/fault"
)

// Action is something that happened: a choice of the user, or the outcome of
// work. It says what becomes of a state, and does nothing else: no clock, no
// files, no goroutines.
type Action interface {
	apply(s State) State
}

// maxHistory is how many choices can be taken back.
const maxHistory = 100

// Reduce returns the state after an action. The state before stays as it is.
func Reduce(s State, action Action) State {
	before := s.Choice
	s.Choice = s.Choice.clone()
	s.Assets = slices.Clone(s.Assets)
	s = settle(action.apply(s))
	if remembered(action) && !s.Choice.equal(before) {
		if field := typed(action); field == "" || field != s.typing { // what is typed goes back as a whole
			s.Past = append(slices.Clone(s.Past[max(0, len(s.Past)-maxHistory+1):]), before)
		}
		s.typing = typed(action)
		s.Future = nil
	}
	return s
}

// remembered says whether Undo takes an action back. Where the focus is, and
// what came from outside, is not a choice to take back.
func remembered(a Action) bool {
	switch a.(type) {
	case ChooseAsset, SetFormat, SetLevel, SetPanes, ClosePane, SetParameters, SetRequest, SetDraft:
		return true
	}
	return false
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

// Undo goes back to the choice before.
type Undo struct{}

// Redo goes to the choice that Undo left.
type Redo struct{}

func (Undo) apply(s State) State {
	s.Past, s.Future, s.Choice = travel(s.Past, s.Future, s.Choice)
	s.typing = ""
	return s
}

func (Redo) apply(s State) State {
	s.Future, s.Past, s.Choice = travel(s.Future, s.Past, s.Choice)
	return s
}

// travel goes to the nearest choice of one direction and keeps the present one
// in the other.
func travel(from, to []Choice, now Choice) ([]Choice, []Choice, Choice) {
	n := len(from) - 1
	if n < 0 {
		return from, to, now
	}
	return slices.Clone(from[:n]), append(slices.Clone(to), now), from[n].clone()
}

// SetSettings takes settings over, but for what others remember in them: the
// layout and the recent paths.
type SetSettings struct{ Settings }

func (a SetSettings) apply(s State) State {
	a.Settings.Layout, a.Settings.Recent = s.Settings.Layout, s.Settings.Recent
	s.Settings = a.Settings
	return s
}

// SetLayout divides the window.
type SetLayout struct{ Layout }

func (a SetLayout) apply(s State) State {
	s.Settings.Layout = a.Layout
	return s
}

// Remembered says that something was opened.
type Remembered struct{ Path string }

func (a Remembered) apply(s State) State {
	s.Settings.Recent = withRecent(s.Settings.Recent, a.Path)
	return s
}

// ServerStarted says that the server listens, which address another program has,
// if it is not the one of the settings, and which one other machines use.
type ServerStarted struct{ Base, Taken, Shared string }

func (a ServerStarted) apply(s State) State {
	s.Server.Running, s.Server.Base, s.Server.Taken, s.Server.Shared = true, a.Base, a.Taken, a.Shared
	return s
}

// ServerStopped says that the server does not listen any more.
type ServerStopped struct{}

func (ServerStopped) apply(s State) State {
	s.Server.Running, s.Server.Shared = false, ""
	return s
}

// Counted says how much the server was asked.
type Counted struct{ Requests, Errors int64 }

func (a Counted) apply(s State) State {
	s.Server.Requests, s.Server.Errors = a.Requests, a.Errors
	return s
}

// Notify says something.
type Notify struct{ Notice }

func (a Notify) apply(s State) State {
	s.Notice = a.Notice
	return s
}

// notice makes an action of an error.
func notice(err error) Notify {
	e := fault.As(err)
	text := err.Error()
	if e.Code != fault.Internal && e.Advice != "" {
		text += ". " + e.Advice
	}
	return Notify{Notice{fault.Severe, verbatim(text)}}
}

// CrashFound says that the last run left a report.
type CrashFound struct{ Path string }

func (a CrashFound) apply(s State) State {
	s.Crash = a.Path
	return s
}

// DismissCrash says that the user saw the report.
type DismissCrash struct{}

func (DismissCrash) apply(s State) State {
	s.Crash = ""
	return s
}
