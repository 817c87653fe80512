package protect

import (
	"slices"

	"manifold/packager/media"
)

// Split says what has keys of its own, and what has none.
type Split struct {
	Per Per
	// Default is the label of the key of everything, where Per is OneKey.
	Default string
	// Rules are for tracks that have other labels than Per gives them; the first
	// that chooses a track counts.
	Rules []Rule
}

// Per is a way to give keys.
type Per string

// The ways. Classes of resolution are as licences name them: SD up to 576 lines,
// HD up to 1080, UHD above.
const (
	OneKey   Per = ""
	ByType   Per = "type"  // "video" and "audio"
	ByHeight Per = "class" // "SD", "HD", "UHD" and "audio"
)

// Rule gives a label to the tracks that it chooses.
type Rule struct {
	Label   string
	Chooses func(t *media.Track) bool
	Says    string // whom it chooses, in words of its document
}

// Clear is the label of what stays as it is.
const Clear = "clear"

// Label returns the label of the key of a track.
func (s Split) Label(t *media.Track) string {
	for _, r := range s.Rules {
		if r.Chooses(t) {
			return r.Label
		}
	}
	switch {
	case s.Per == OneKey:
		return s.Default
	case s.Per == ByType || t.Kind != media.Video:
		return t.Kind.String()
	case t.Codec.Height <= 576:
		return "SD"
	case t.Codec.Height <= 1080:
		return "HD"
	}
	return "UHD"
}

// Knows says whether a key with the label can be that of a track.
func (s Split) Knows(label string) bool {
	ruled := slices.ContainsFunc(s.Rules, func(r Rule) bool { return r.Label == label })
	switch s.Per {
	case OneKey:
		ruled = ruled || label == s.Default
	case ByType:
		ruled = ruled || label == "video" || label == "audio" || label == "text"
	case ByHeight:
		ruled = ruled || slices.Contains([]string{"SD", "HD", "UHD", "audio", "text"}, label)
	}
	return ruled && label != Clear
}

// Labels returns the labels of the keys of some tracks, each once, in order.
func (s Split) Labels(tracks []*media.Track) []string {
	var out []string
	for _, t := range tracks {
		if l := s.Label(t); l != Clear && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}
