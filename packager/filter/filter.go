package filter

import (
	"slices"
	"strings"

	"golang.org/x/text/language"

	"manifold/packager/media"
)

// Filter is one dynamic manifest filter. Times are ticks on the presentation
// timeline.
type Filter struct {
	Name string

	Start int64 // 0 when not given
	End   int64 // 0: to the end

	// What concerns live streams alone; it is checked and kept.
	Window   int64 // presentationWindowDuration, 0: none
	Backoff  int64 // liveBackoffDuration
	ForceEnd bool

	First int // firstQuality, bit/s; 0: none

	Tracks []Selection // any of them; empty: all tracks
}

// Selection chooses the tracks that meet all its conditions.
type Selection []Condition

// Property is what a condition looks at.
type Property uint8

// The properties of tracks.
const (
	Type Property = iota
	Name
	Language
	FourCC
	Bitrate
)

// String returns the property as documents write it.
func (p Property) String() string { return Properties[p] }

// Properties are the names of the properties in documents.
var Properties = [...]string{Type: "Type", Name: "Name", Language: "Language", FourCC: "FourCC", Bitrate: "Bitrate"}

// propertyOf returns the property of a name, which may have any letter case.
func propertyOf(name string) (p Property, ok bool) {
	i := slices.IndexFunc(Properties[:], func(n string) bool { return strings.EqualFold(n, name) })
	return Property(max(i, 0)), i >= 0
}

// Condition compares one property of a track.
type Condition struct {
	Property Property
	Not      bool // NotEqual
	Value    string
	Low      int // of Bitrate, bit/s, both included
	High     int
}

// keeps says whether a track meets a condition. Names are compared as they
// are, languages as languages, everything else without letter case.
func (c Condition) keeps(g *media.Group, t *media.Track) bool {
	var equal bool
	switch c.Property {
	case Type:
		equal = strings.EqualFold(c.Value, g.Kind.String())
	case Name:
		equal = c.Value == g.Name
	case Language:
		tag := t.Language
		if tag == "" {
			tag = "und"
		}
		equal = sameLanguage(c.Value, tag)
	case FourCC:
		equal = strings.EqualFold(c.Value, t.Codec.FourCC)
	case Bitrate:
		equal = c.Low <= t.Bitrate && t.Bitrate <= c.High
	}
	return equal != c.Not
}

// sameLanguage says whether two tags mean one language. Files and server manifests
// have eng, and Smooth Streaming and HLS print that, where RFC 5646 §2.2.1, the
// documentation of the service and DASH have en.
func sameLanguage(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	x, err := language.Parse(a)
	if err != nil {
		return false
	}
	y, err := language.Parse(b)
	return err == nil && x == y
}

// Of says whether a track meets all conditions.
func (s Selection) Of(t *media.Track) bool {
	g := &media.Group{Name: t.Name, Kind: t.Kind}
	return !slices.ContainsFunc(s, func(c Condition) bool { return !c.keeps(g, t) })
}

// keeps says whether a filter leaves a track.
func (f *Filter) keeps(g *media.Group, t *media.Track) bool { return f.Misses(g, t) == nil }

// Misses says why a filter drops a track: for each of its selections the
// condition, from 0, that the track is the first not to meet. It is nil where
// the track is kept.
func (f *Filter) Misses(g *media.Group, t *media.Track) []int {
	var out []int
	for _, s := range f.Tracks {
		miss := slices.IndexFunc(s, func(c Condition) bool { return !c.keeps(g, t) })
		if miss < 0 {
			return nil
		}
		out = append(out, miss)
	}
	return out
}
