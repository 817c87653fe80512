package subtitle

import (
	"html"
	"strings"
)

// style is how a piece of text looks.
type style struct {
	bold, italic, underline bool
	colour, background      string // "#rrggbb" or "#rrggbbaa"; "" is that of the player
}

// piece is text of one style; a line break is the text "\n".
type piece struct {
	text string
	style
}

// pieces takes cue text apart (W3C WebVTT §6.4): tags, character references,
// lines. Tags that are not closed end with the text. now is how the cue looks as
// a whole.
func (s *sheet) pieces(text string, now style) []piece {
	var out []piece
	var open []string
	var styles []style
	add := func(s string) {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				out = append(out, piece{"\n", style{}})
			}
			if line != "" {
				out = append(out, piece{html.UnescapeString(line), now})
			}
		}
	}
	for text != "" {
		at := strings.IndexByte(text, '<')
		if at < 0 {
			add(text)
			break
		}
		add(text[:at])
		end := strings.IndexByte(text[at:], '>')
		if end < 0 {
			break
		}
		tag := text[at+1 : at+end]
		text = text[at+end+1:]
		if name, ok := strings.CutPrefix(tag, "/"); ok {
			for i := len(open) - 1; i >= 0; i-- {
				if open[i] == name {
					now, open, styles = styles[i], open[:i], styles[:i]
					break
				}
			}
			continue
		}
		name, annotation, _ := strings.Cut(tag, " ")
		classes := strings.Split(name, ".")
		switch classes[0] {
		case "b", "i", "u", "c", "v", "lang", "ruby", "rt":
		default: // a time
			continue
		}
		if len(open) == maxOpen {
			continue
		}
		open, styles = append(open, classes[0]), append(styles, now)
		now.bold = now.bold || classes[0] == "b"
		now.italic = now.italic || classes[0] == "i"
		now.underline = now.underline || classes[0] == "u"
		for _, c := range classes[1:] {
			now.class(c)
		}
		s.element(&now, classes[0], strings.TrimSpace(annotation), classes[1:])
	}
	return out
}

// maxOpen is how deep tags may lie in each other.
const maxOpen = 32

// cueText puts pieces together as cue text.
func cueText(list []piece) string {
	var b strings.Builder
	for _, p := range list {
		if p.text == "\n" {
			b.WriteByte('\n')
			continue
		}
		class := colourClass("", strings.TrimPrefix(p.colour, "#")) + colourClass(behind, strings.TrimPrefix(p.background, "#"))
		var tags []string
		if class != "" {
			tags = append(tags, "c"+class)
		}
		if p.bold {
			tags = append(tags, "b")
		}
		if p.italic {
			tags = append(tags, "i")
		}
		if p.underline {
			tags = append(tags, "u")
		}
		for _, t := range tags {
			b.WriteString("<" + t + ">")
		}
		b.WriteString(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(p.text))
		for i := len(tags) - 1; i >= 0; i-- {
			name, _, _ := strings.Cut(tags[i], ".")
			b.WriteString("</" + name + ">")
		}
	}
	return b.String()
}
