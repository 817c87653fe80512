package workbench

import (
	"slices"

	"manifold/packager"
)

// AssetsAdded says that assets were opened.
type AssetsAdded struct {
	Assets []Asset
	Choose bool // the first of them
}

func (a AssetsAdded) apply(s State) State {
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
	return s
}

// AssetRead says what lies on disk now.
type AssetRead struct {
	Locator string
	Read    *Reading
}

func (a AssetRead) apply(s State) State {
	have := s.Asset(a.Locator)
	if have == nil {
		return s
	}
	have.Read, have.Stale = a.Read, ""
	if a.Locator == s.Locator {
		s = keepSelection(s)
	}
	return s
}

// AssetLocators says which locators an asset has beside its default one.
type AssetLocators struct {
	Locator string
	Others  []packager.Entry
}

func (a AssetLocators) apply(s State) State {
	if have := s.Asset(a.Locator); have != nil {
		have.Others = a.Others
	}
	return s
}

// AssetStale says why what is shown is not what lies on disk.
type AssetStale struct{ Locator, Reason string }

func (a AssetStale) apply(s State) State {
	if have := s.Asset(a.Locator); have != nil {
		have.Stale = a.Reason
	}
	return s
}

// AssetClosed says that an asset was taken out.
type AssetClosed struct{ Locator string }

func (a AssetClosed) apply(s State) State {
	s.Assets = slices.DeleteFunc(s.Assets, func(x Asset) bool { return x.Locator.ID == a.Locator })
	return s
}

// ChooseAsset makes an asset the chosen one and selects it as a whole.
type ChooseAsset struct{ Locator string }

func (a ChooseAsset) apply(s State) State {
	s = choose(s, a.Locator)
	s.Selection = nothing
	return s
}

// SelectTrack selects a track of an asset, which becomes the chosen one.
type SelectTrack struct {
	Locator string
	Track   TrackKey
}

func (a SelectTrack) apply(s State) State {
	s = choose(s, a.Locator)
	s.Selection = Selection{Track: a.Track, Fragment: -1}
	return s
}

// SelectFragment selects a fragment of the chosen asset.
type SelectFragment struct {
	Track    TrackKey
	Fragment int
}

func (a SelectFragment) apply(s State) State {
	s.Selection = Selection{Track: a.Track, Fragment: a.Fragment}
	return keepSelection(s)
}

// FoldAsset hides the tracks of an asset in the tree, or shows them.
type FoldAsset struct {
	Locator string
	Folded  bool
}

func (a FoldAsset) apply(s State) State {
	if have := s.Asset(a.Locator); have != nil {
		have.Folded = a.Folded
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
	if s.Draft != nil && s.Draft.Own {
		s.Draft = nil
	}
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
