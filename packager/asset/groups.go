package asset

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// groupsOf names the tracks and puts those of one name together, in the order
// of the server manifest, else video first.
func groupsOf(list []listed) ([]*media.Group, []fault.Finding) {
	number(list)
	for _, t := range list {
		describe(t)
	}
	list, findings := sameLength(list)
	list = withoutCopies(list)
	if len(list) > 0 && list[0].element == nil {
		slices.SortStableFunc(list, func(a, b listed) int { return cmp.Compare(a.Kind, b.Kind) })
	}
	nameAudio(list)
	var groups []*media.Group
	for _, t := range list {
		at := groupOf(groups, t.Track)
		for at < 0 && rename(groups, t.Track) {
			at = groupOf(groups, t.Track)
		}
		if at < 0 {
			// a stream of another kind may have the name already
			t.Name = Unused(t.Name, func(n string) bool {
				return slices.ContainsFunc(groups, func(g *media.Group) bool { return g.Name == n })
			})
			groups = append(groups, &media.Group{Name: t.Name, Kind: t.Kind})
			at = len(groups) - 1
		}
		groups[at].Tracks = append(groups[at].Tracks, t.Track)
	}
	for _, g := range groups {
		findings = append(findings, distinctBitrates(g)...)
		slices.SortStableFunc(g.Tracks, func(a, b *media.Track) int { return cmp.Compare(b.Bitrate, a.Bitrate) })
	}
	return groups, findings
}

// groupOf returns the group of a track's name that a player can switch to it from,
// -1 when there is none: no player goes from one codec or dynamic range to
// another, no listener from one language to another, and audio is cut by the
// frames of one track for all.
func groupOf(groups []*media.Group, t *media.Track) int {
	return slices.IndexFunc(groups, func(g *media.Group) bool {
		o := g.Tracks[0]
		c := &o.Codec
		return g.Name == t.Name && g.Kind == t.Kind && c.Family == t.Codec.Family && c.Range == t.Codec.Range &&
			(t.Kind != media.Audio || o.Language == t.Language && c.SamplingRate == t.Codec.SamplingRate && c.Channels == t.Codec.Channels &&
				c.FrameSamples == t.Codec.FrameSamples && beginTogether(o, t))
	})
}

// beginTogether says whether two audio tracks begin to be heard within a frame of
// each other.
func beginTogether(a, b *media.Track) bool {
	frame := media.Rescale(int64(a.Codec.FrameSamples), media.TicksPerSecond, int64(a.Codec.SamplingRate))
	return lag(a, b) <= frame
}

// rename appends to the name of a track what tells it from the group that has
// it; false when no group has, or nothing does.
func rename(groups []*media.Group, t *media.Track) bool {
	at := slices.IndexFunc(groups, func(g *media.Group) bool { return g.Name == t.Name && g.Kind == t.Kind })
	if at < 0 {
		return false
	}
	other := properties(groups[at].Tracks[0])
	for i, p := range properties(t) {
		if p != "" && p != other[i] {
			t.Name += "_" + p
			return true
		}
	}
	return false
}

// properties is what may tell a track from others of its name.
func properties(t *media.Track) []string {
	c := &t.Codec
	if t.Kind != media.Audio {
		return []string{c.Family, strings.ToLower(c.Range)}
	}
	return []string{c.Family, t.Language, fmt.Sprintf("%dch", c.Channels), strconv.Itoa(c.SamplingRate)}
}

// number sets the ordinals: the places by (file, track ID), whatever the order
// and however often the server manifest names them.
func number(list []listed) {
	order := slices.Clone(list)
	slices.SortStableFunc(order, func(a, b listed) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.TrackID, b.TrackID))
	})
	n := -1
	for i, t := range order {
		if i == 0 || t.File != order[i-1].File || t.TrackID != order[i-1].TrackID {
			n++
		}
		t.Ordinal = n
	}
}

// describe takes what the server manifest says and measures the rest.
func describe(t listed) {
	s := t.Samples
	if d := s.Decode(s.Count()) - s.Decode(0); d > 0 {
		t.Average = int(media.Rescale(s.Bytes()*8, int64(t.Timescale), d))
	}
	t.Bitrate = max(t.Average, 1)
	if t.Kind == media.Video {
		t.Name = "video"
	}
	e := t.element
	if e == nil {
		return
	}
	if e.Bitrate > 0 {
		t.Bitrate, t.Declared = e.Bitrate, true
	}
	if e.Language != "" {
		t.Language = e.Language
	}
	if e.Name != "" {
		t.Name = e.Name
	}
	e.describe(t.Track)
}

// describe takes what has no value of its own in the media.
func (e *Element) describe(t *media.Track) {
	t.Label, t.Role, t.Access, t.Hidden = e.Label, e.Role, e.Access, e.Hidden
}

// sameLength leaves out tracks whose duration is not that of most of their
// switching set, of equally many the first: they would break every switch of
// quality.
func sameLength(list []listed) ([]listed, []fault.Finding) {
	var findings []fault.Finding
	out := list[:0:0]
	for _, t := range list {
		ref := measure(list, t)
		if sameDuration(length(list[ref].Track), length(t.Track)) {
			out = append(out, t)
			continue
		}
		findings = append(findings, fault.Finding{
			Severity: fault.Severe, Code: "not-same-programme", Where: t.Where(),
			Message: fmt.Sprintf("the %s lasts %s s, that of %s %s s", t.Kind, media.Seconds(length(t.Track)), list[ref].File, media.Seconds(length(list[ref].Track))),
			Affects: "The rendition is left out of every format.",
			Advice:  "Encode all renditions from the same source, or open this file by itself.",
		})
	}
	return out, findings
}

// measure returns the place of the track whose duration most of a track's
// switching set have.
func measure(list []listed, t listed) (best int) {
	most := 0
	for i, a := range list {
		n := 0
		for _, b := range list {
			if a.Kind == t.Kind && b.Kind == t.Kind && t.Name != "" && a.Name == t.Name && b.Name == t.Name && sameDuration(length(a.Track), length(b.Track)) {
				n++
			}
		}
		if n > most {
			best, most = i, n
		}
		if most == 0 && a == t { // it is alone
			best = i
		}
	}
	return best
}

func length(t *media.Track) int64 {
	s := t.Samples
	return media.Rescale(s.Decode(s.Count())-s.Decode(0), media.TicksPerSecond, int64(t.Timescale))
}

// distinctBitrates makes name and bitrate address one quality level each.
func distinctBitrates(g *media.Group) []fault.Finding {
	var findings []fault.Finding
	taken := make(map[int]bool)
	for _, t := range g.Tracks {
		was := t.Bitrate
		for taken[t.Bitrate] {
			t.Bitrate++
		}
		taken[t.Bitrate] = true
		if t.Bitrate != was {
			findings = append(findings, fault.Finding{
				Severity: fault.Info, Code: "equal-bitrate", Where: t.Where(),
				Message: fmt.Sprintf("another track of %q has %d bit/s, too; this one is addressed as %d", g.Name, was, t.Bitrate),
				Affects: "Nobody: URLs show a bitrate that is a little off.",
				Advice:  "Give every track its own systemBitrate in the server manifest.",
			})
		}
	}
	return findings
}

// nameAudio gives audio without a name one in the way of the encoder of Azure
// Media Services: {codec}_{language}_{channels}_{bitrate}_{track ID}_{n}.
func nameAudio(list []listed) {
	taken := make(map[string]bool)
	for _, t := range list {
		taken[t.Name] = true
	}
	for _, t := range list {
		if t.Kind != media.Audio || t.Name != "" {
			continue
		}
		language := t.Language
		if language == "" {
			language = "und"
		}
		for n := 1; t.Name == "" || taken[t.Name]; n++ {
			t.Name = fmt.Sprintf("%s_%s_%d_%d_%d_%d", t.Codec.Family, language, t.Codec.Channels, t.Bitrate, t.TrackID, n)
		}
		taken[t.Name] = true
	}
}
