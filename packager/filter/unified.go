package filter

import (
	"fmt"
	"strings"

	"manifold/packager/media"
)

// unified writes a filter for Unified Origin: filter= with an expression over
// the properties of a track, vbegin= and vend= in seconds.
func unified(f *Filter) Translation {
	t := Translation{Origin: "Unified Origin"}
	var parameters []string
	if len(f.Tracks) > 0 {
		var any []string
		for _, s := range f.Tracks {
			var all []string
			for _, c := range s {
				all = append(all, c.expression())
			}
			any = append(any, "("+strings.Join(all, "&&")+")")
		}
		parameters = append(parameters, "filter="+escaped(strings.Join(any, "||"), ""))
	}
	for _, at := range []struct {
		name, property string
		ticks          int64
	}{{"vbegin", "startTimestamp", f.Start}, {"vend", "endTimestamp", f.End}} {
		if at.ticks == 0 {
			continue
		}
		s := rounded(at.ticks, media.TicksPerSecond, at.name == "vend")
		parameters = append(parameters, fmt.Sprintf("%s=%d", at.name, s))
		if s*media.TicksPerSecond != at.ticks {
			t.lose(at.property, fmt.Sprintf("rounded to %d s", s))
		}
	}
	t.Text = query(parameters)
	t.loseHints(f)
	t.loseLive(f)
	return t
}

// expression writes a condition for Unified Origin.
func (c Condition) expression() string {
	equal, or := "==", "||"
	if c.Not {
		equal, or = "!=", "&&"
	}
	compare := func(variable string, values ...string) string {
		for i, v := range values {
			values[i] = fmt.Sprintf("%s%s%q", variable, equal, v)
		}
		if len(values) == 1 {
			return values[0]
		}
		return "(" + strings.Join(values, or) + ")"
	}
	switch c.Property {
	case Type:
		kind := strings.ToLower(c.Value)
		if kind == media.Text.String() {
			kind = "textstream"
		}
		return compare("type", kind)
	case Name:
		return compare("trackName", c.Value)
	case Language:
		return compare("systemLanguage", c.Value)
	case FourCC:
		return compare("FourCC", fourCCs(c.Value)...)
	}
	switch low, high := c.Low, c.High; {
	case low == high:
		return fmt.Sprintf("systemBitrate%s%d", equal, low)
	case c.Not && low == 0:
		return fmt.Sprintf("systemBitrate>%d", high)
	case c.Not:
		return fmt.Sprintf("(systemBitrate<%d||systemBitrate>%d)", low, high)
	case low == 0:
		return fmt.Sprintf("systemBitrate<=%d", high)
	default:
		return fmt.Sprintf("systemBitrate>=%d&&systemBitrate<=%d", low, high)
	}
}

// fourCCs returns the codes of server manifests for a sample entry: those of
// Smooth Streaming where it has one of its own.
func fourCCs(entry string) []string {
	switch strings.ToLower(entry) {
	case "avc1":
		return []string{"AVC1"}
	case "mp4a":
		return []string{"AACL", "AACH"}
	}
	return []string{entry}
}
