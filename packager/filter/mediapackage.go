package filter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"manifold/packager/media"
)

// mediaPackage writes a filter for AWS Elemental MediaPackage, version 2:
// aws.manifestfilter= with a list of values or a range for each property of
// video, audio and subtitles, of which all have to hold, and
// aws.manifestsettings= with times of the day.
func mediaPackage(f *Filter, p *media.Presentation) Translation {
	t := Translation{Origin: "AWS MediaPackage"}
	var filters, settings []string
	for kind := media.Video; kind <= media.Text; kind++ {
		if len(f.Tracks) > 0 && len(p.Of(kind)) > 0 {
			filters = append(filters, t.kind(f, kind)...)
		}
	}
	for _, at := range []struct {
		name, property string
		ticks          int64
	}{{"start", "startTimestamp", f.Start}, {"end", "endTimestamp", f.End}} {
		switch {
		case at.ticks == 0:
		case at.ticks < timeOfDay:
			t.lose(at.property, "only live streams are cut, by times of the day")
		default:
			settings = append(settings, fmt.Sprintf("%s:%d", at.name, rounded(at.ticks, media.TicksPerSecond, at.name == "end")))
		}
	}
	if f.Window > 0 {
		settings = append(settings, fmt.Sprintf("manifest_window_seconds:%d", rounded(f.Window, media.TicksPerSecond, true)))
	}
	if f.Backoff > 0 {
		settings = append(settings, fmt.Sprintf("time_delay:%d", rounded(f.Backoff, media.TicksPerSecond, true)))
	}
	var parameters []string
	for _, list := range []struct {
		name   string
		values []string
	}{{"aws.manifestfilter", filters}, {"aws.manifestsettings", settings}} {
		if len(list.values) > 0 {
			parameters = append(parameters, list.name+"="+escaped(strings.Join(list.values, ";"), ":;,"))
		}
	}
	if t.Text = query(parameters); len(t.Text) > maxQuery {
		t.lose("length", fmt.Sprintf("the query has %d characters, more than the %d that are read", len(t.Text), maxQuery))
	}
	t.loseHints(f)
	return t
}

// maxQuery is how many characters of a query MediaPackage takes.
const maxQuery = 1024

// timeOfDay is the first time, 2000-01-01 in ticks since 1970, that can be meant
// as one of the day: less counts from the start of an asset.
const timeOfDay = 946_684_800 * media.TicksPerSecond

// maxRange ends ranges that have no end.
const maxRange = 2147483647

// kind writes what the selections leave of one kind of tracks. Each selection
// has to say the same of it but for the values of one property.
func (t *Translation) kind(f *Filter, kind media.Kind) []string {
	prefix := map[media.Kind]string{media.Video: "video", media.Audio: "audio", media.Text: "subtitle"}[kind]
	var selections []Selection
	for _, s := range f.Tracks {
		if rest, ok := s.of(kind); ok {
			selections = append(selections, rest)
		}
	}
	if len(selections) == 0 {
		if kind == media.Text {
			t.lose("Type", "no parameter leaves out all subtitles")
			return nil
		}
		return []string{prefix + "_bitrate:0-1"} // which no track has
	}
	if slices.ContainsFunc(selections, func(s Selection) bool { return len(s) == 0 }) {
		return nil // one of them leaves all tracks of the kind
	}
	if len(selections) > 1 && slices.ContainsFunc(selections, func(s Selection) bool {
		return len(s) > 1 || s[0].Property != selections[0][0].Property || s[0].Not
	}) {
		t.lose(prefix+" in several groups", "parameters are combined by AND alone")
		return nil
	}
	var out []string
	for i, c := range selections[0] {
		alternatives := []Condition{c}
		for _, s := range selections[1:] {
			alternatives = append(alternatives, s[i])
		}
		name, values := mediaPackageValues(alternatives, kind)
		if name == "" {
			t.lose(fmt.Sprintf("%s of %s", c.Property, prefix), values)
			continue
		}
		name = prefix + "_" + name
		if slices.ContainsFunc(out, func(have string) bool { return strings.HasPrefix(have, name+":") }) {
			t.lose(fmt.Sprintf("%s of %s", c.Property, prefix), "a parameter may stand there once")
			continue
		}
		out = append(out, name+":"+values)
	}
	return out
}

// of returns the conditions of a selection that a kind of tracks has yet to
// meet; false when it cannot.
func (s Selection) of(kind media.Kind) (rest Selection, ok bool) {
	for _, c := range s {
		equal, decided := false, true
		switch c.Property {
		case Type:
			equal = strings.EqualFold(c.Value, kind.String())
		case FourCC: // one of another kind
			_, of := mediaPackageCodecs(c.Value)
			decided = of != kind && of != media.Text
		default:
			decided = false
		}
		switch {
		case !decided:
			rest = append(rest, c)
		case equal == c.Not:
			return nil, false
		}
	}
	return rest, true
}

// mediaPackageValues returns the parameter of a property and the values that
// any of the conditions takes, or "" and why there is none.
func mediaPackageValues(any []Condition, kind media.Kind) (name, values string) {
	var list []string
	for _, c := range any {
		switch {
		case c.Property == Bitrate && kind != media.Text:
			r := fmt.Sprintf("%d-%d", c.Low, min(c.High, maxRange))
			switch {
			case c.Not && c.Low == 0:
				r = fmt.Sprintf("%d-%d", min(c.High+1, maxRange), maxRange)
			case c.Not && c.High >= maxRange:
				r = "0-" + strconv.Itoa(c.Low-1)
			case c.Not:
				return "", "what is left is two ranges"
			}
			name, list = "bitrate", append(list, r)
		case c.Not:
			return "", "parameters say what is kept, not what is left out"
		case c.Property == Language && kind != media.Video:
			name, list = "language", append(list, c.Value)
		case c.Property == FourCC && kind != media.Text:
			codecs, of := mediaPackageCodecs(c.Value)
			if of != kind {
				return "", "there is no name for the codec " + c.Value
			}
			name, list = "codec", append(list, codecs...)
		default:
			return "", "there is no such parameter"
		}
	}
	if name == "bitrate" && len(list) > 1 {
		return "", "a bitrate has one range"
	}
	return name, strings.Join(slices.Compact(list), ",")
}

// mediaPackageCodecs returns the names of a sample entry and the kind of its
// tracks; Text where it has no name.
func mediaPackageCodecs(entry string) ([]string, media.Kind) {
	switch strings.ToLower(entry) {
	case "avc1", "avc3":
		return []string{"H264"}, media.Video
	case "hvc1", "hev1":
		return []string{"H265"}, media.Video
	case "mp4a":
		return []string{"AACL", "AACH"}, media.Audio
	case "ac-3", "ec-3":
		return []string{strings.ToUpper(entry)}, media.Audio
	}
	return nil, media.Text
}
