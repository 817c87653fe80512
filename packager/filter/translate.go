package filter

import (
	"strings"

	"manifold/packager/media"
)

// Translation is a filter in the syntax of another origin.
type Translation struct {
	Origin string   `json:"origin"`         // "Unified Origin"
	Text   string   `json:"text"`           // what a URL of a manifest is given; "" for nothing
	Lost   []string `json:"lost,omitempty"` // what the syntax has no words for, and what becomes of it
}

// Translate writes a filter in the syntaxes of other origins, for an asset
// whose tracks they know by the same languages, bitrates and order.
func Translate(f *Filter, p *media.Presentation) []Translation {
	return []Translation{unified(f), mediaPackage(f, p), nginxVOD(f, p)}
}

// lose notes what is lost.
func (t *Translation) lose(what, why string) { t.Lost = append(t.Lost, what+": "+why) }

// loseHints notes what concerns the first quality and live streams, for origins
// that have nothing like it.
func (t *Translation) loseHints(f *Filter) {
	if f.First > 0 {
		t.lose("firstQuality", "the origin lists tracks in an order of its own")
	}
	if f.ForceEnd {
		t.lose("forceEndTimestamp", "an end is always in force")
	}
}

// loseLive notes what concerns live streams, for origins that have nothing like it.
func (t *Translation) loseLive(f *Filter) {
	if f.Window > 0 {
		t.lose("presentationWindowDuration", "the window is a setting of the origin")
	}
	if f.Backoff > 0 {
		t.lose("liveBackoffDuration", "the distance from the live edge is a setting of the origin")
	}
}

// rounded returns a time in units of so many ticks: the start down, the end
// up, so that nothing is missing. It is exact where both are the same.
func rounded(ticks, unit int64, up bool) int64 {
	if up {
		ticks += unit - 1
	}
	return ticks / unit
}

// escaped escapes what has a meaning in a query, or no place in it (RFC 3986 §3.4).
func escaped(query, reserved string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(query) {
		if c := query[i]; c <= ' ' || c >= 0x7F || strings.IndexByte(`%&+#"<>|\^[]{}`+"`"+reserved, c) >= 0 {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// query joins the parameters of a query.
func query(parameters []string) string {
	if len(parameters) == 0 {
		return ""
	}
	return "?" + strings.Join(parameters, "&")
}
