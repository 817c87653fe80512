package subtitle

import (
	"html"
	"strings"
)

// style is how a piece of text looks.
type style struct {
	bold, italic, underline bool
	colour                  string // "#rrggbb"; "" is that of the player
}

// piece is text of one style; a line break is the text "\n".
type piece struct {
	text string
	style
}

// colours are the classes of WebVTT that mean a colour (W3C WebVTT §5).
var colours = map[string]string{
	"white": "#ffffff", "lime": "#00ff00", "cyan": "#00ffff", "red": "#ff0000",
	"yellow": "#ffff00", "magenta": "#ff00ff", "blue": "#0000ff", "black": "#000000",
}

// custom is the class of a colour that has no name: players do not know it, and
// it stays what it was where colours can be anything.
const custom = "color_"

// colourClass returns the class of a colour by name or six hexadecimal digits,
// with a point before it; "" for what is none.
func colourClass(c string) string {
	c = strings.ToLower(c)
	if _, ok := colours[c]; ok {
		return "." + c
	}
	if !hex6.MatchString(c) {
		return ""
	}
	for name, value := range colours {
		if value == "#"+c {
			return "." + name
		}
	}
	return "." + custom + c
}

// pieces takes cue text apart (W3C WebVTT §6.4): tags, character references,
// lines. Tags that are not closed end with the text.
func pieces(text string) []piece {
	var out []piece
	var open []string
	var styles []style
	now := style{}
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
		name, _, _ := strings.Cut(tag, " ")
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
			if value, ok := colours[c]; ok {
				now.colour = value
			} else if value, ok := strings.CutPrefix(c, custom); ok && hex6.MatchString(value) {
				now.colour = "#" + value
			}
		}
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
		class := colourClass(strings.TrimPrefix(p.colour, "#"))
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
