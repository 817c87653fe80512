package subtitle

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"manifold/packager/media"
)

// colours are the classes of WebVTT that mean a colour (W3C WebVTT §5), and with
// "bg_" before them one behind the text.
var colours = map[string]string{
	"white": "#ffffff", "lime": "#00ff00", "cyan": "#00ffff", "red": "#ff0000",
	"yellow": "#ffff00", "magenta": "#ff00ff", "blue": "#0000ff", "black": "#000000",
}

// named are the other colours that both TTML (TTML2 §8.3.4) and CSS name.
var named = map[string]string{
	"green": "#008000", "aqua": "#00ffff", "fuchsia": "#ff00ff", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080",
	"maroon": "#800000", "purple": "#800080", "olive": "#808000", "navy": "#000080", "teal": "#008080", "orange": "#ffa500",
	"transparent": "#00000000",
}

// Prefixes of classes: of what lies behind the text, and of a colour that has no
// name, which players know by the styles that go with it (see palette).
const (
	behind = "bg_"
	custom = "color_"
)

var hexColour = regexp.MustCompile(`^[0-9a-f]{6}([0-9a-f]{2})?$`)

// colourOf returns "#rrggbb", or "#rrggbbaa" of what is not opaque, of a colour in
// the words of CSS or TTML; false for what is none. opaque is how they write an
// alpha that is: 1 or 255.
func colourOf(c string, opaque float64) (string, bool) {
	c = strings.ToLower(strings.TrimSpace(c))
	if v, ok := colours[c]; ok {
		return v, true
	}
	if v, ok := named[c]; ok {
		return v, true
	}
	if h, ok := strings.CutPrefix(c, "#"); ok {
		if len(h) == 3 || len(h) == 4 { // of CSS
			long := ""
			for _, d := range h {
				long += string(d) + string(d)
			}
			h = long
		}
		return "#" + strings.TrimSuffix(h, alphaOf(h)), hexColour.MatchString(h)
	}
	name, rest, ok := strings.Cut(c, "(")
	inside, end, closed := strings.Cut(rest, ")")
	if !ok || !closed || end != "" || name != "rgb" && name != "rgba" {
		return "", false
	}
	h := ""
	parts := strings.FieldsFunc(inside, func(r rune) bool { return r == ',' || r == '/' || r == ' ' })
	for i, p := range parts {
		scale := 1.0
		if i == 3 {
			scale = 255 / opaque
		}
		if n, ok := strings.CutSuffix(p, "%"); ok {
			p, scale = n, 2.55
		}
		n, err := strconv.ParseFloat(p, 64)
		if err != nil || n != n {
			return "", false
		}
		h += fmt.Sprintf("%02x", int(min(max(n*scale, 0), 255)+0.5))
	}
	if len(parts) != 3 && len(parts) != 4 {
		return "", false
	}
	return "#" + strings.TrimSuffix(h, alphaOf(h)), true
}

// alphaOf returns the last two of eight hexadecimal digits where they say nothing.
func alphaOf(h string) string {
	if len(h) == 8 && h[6:] == "ff" {
		return "ff"
	}
	return ""
}

// invisible says whether nothing is seen of a colour.
func invisible(c string) bool { return len(c) == 9 && c[7:] == "00" }

// colourClass returns the class of a colour by name or hexadecimal digits, with a
// point and a prefix before it; "" for what is none.
func colourClass(prefix, c string) string {
	c = strings.ToLower(c)
	if _, ok := colours[c]; ok {
		return "." + prefix + c
	}
	if !hexColour.MatchString(c) {
		return ""
	}
	for name, value := range colours {
		if value == "#"+c {
			return "." + prefix + name
		}
	}
	return "." + prefix + custom + c
}

// class takes what a class means by itself.
func (s *style) class(c string) {
	to := &s.colour
	if rest, ok := strings.CutPrefix(c, behind); ok {
		c, to = rest, &s.background
	}
	if value, ok := colours[c]; ok {
		*to = value
	} else if value, ok := strings.CutPrefix(c, custom); ok && hexColour.MatchString(value) {
		*to = "#" + value
	}
}

var customClass = regexp.MustCompile(`\.((?:` + behind + `)?)` + custom + `([0-9a-f]{8}|[0-9a-f]{6})\b`)

// palette is a STYLE block for the colours without a name that cues have; "" when
// there are none.
func palette(cues []media.Cue) string {
	var b strings.Builder
	known := make(map[string]bool)
	for _, c := range cues {
		for _, m := range customClass.FindAllStringSubmatch(c.Text, -1) {
			if known[m[0]] || len(known) == maxRules {
				continue
			}
			known[m[0]] = true
			property := "color"
			if m[1] == behind {
				property = "background-color"
			}
			fmt.Fprintf(&b, "::cue(%s) { %s: #%s }\n", m[0], property, m[2])
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "\nSTYLE\n" + b.String()
}
