package protect

import (
	"slices"

	"manifold/packager/media"
)

// Split says what has keys of its own, and what has none.
type Split struct {
	Per Per
	// Default is the label of the key of everything else, where Per is OneKey.
	Default string
	// Rules are for tracks that have other labels than Per gives them; the first
	// that chooses a track counts.
	Rules []Rule
}

// Per is a way to give keys.
type Per string

// The ways. Classes of resolution are as licences name them: SD up to PixelsSD, HD
// up to PixelsHD, UHD above.
const (
	OneKey       Per = ""
	ByType       Per = "type"  // "video" and "audio"
	ByResolution Per = "class" // "SD", "HD", "UHD" and "audio"
)

// The largest pictures of the classes, in pixels whatever their shape, as CPIX
// counts them (VideoFilter): 1024×576 and 1920×1080.
const (
	PixelsSD = 1024 * 576
	PixelsHD = 1920 * 1080
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
	switch pixels := t.Codec.Width * t.Codec.Height; {
	case s.Per == OneKey:
		return s.Default
	case s.Per == ByType || t.Kind != media.Video:
		return t.Kind.String()
	case pixels <= PixelsSD:
		return "SD"
	case pixels <= PixelsHD:
		return "HD"
	}
	return "UHD"
}

// Names returns the label of the key that a document means by one; ok says whether
// there can be such a key. Where there is one key alone and it has none, any label
// means that.
func (s Split) Names(label string) (of string, ok bool) {
	var all []string
	switch s.Per {
	case OneKey:
		all = []string{s.Default}
	case ByType:
		all = []string{"video", "audio", "text"}
	case ByResolution:
		all = []string{"SD", "HD", "UHD", "audio", "text"}
	}
	for _, r := range s.Rules {
		if r.Label != Clear {
			all = append(all, r.Label)
		}
	}
	if s.Per == OneKey && (label == "" || len(all) == 1 && s.Default == "") {
		return s.Default, true
	}
	return label, slices.Contains(all, label)
}

// Labels returns the labels of the keys that a scheme needs for some tracks, each
// once, in order.
func (s Split) Labels(tracks []*media.Track, scheme Scheme) []string {
	var out []string
	for _, t := range tracks {
		if l := s.Label(t); l != Clear && scheme.covers(t) && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}
