package subtitle

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sheet is what stands in front of the cues of a WebVTT document, as far as IMSC1
// has it, too: styles and regions (W3C WebVTT §4.3 and §8.2).
type sheet struct {
	rules   []rule // by rising specificity, then as they stand
	regions map[string]region
}

// rule says how what a selector means looks.
type rule struct {
	selector
	look []declaration
}

// declaration is a property of CSS with its value.
type declaration struct{ property, value string }

// selector means the whole cue, or elements in it.
type selector struct {
	whole   bool     // ::cue
	tag     string   // "" means any
	id      string   // of the cue
	voice   string   // annotation of a v element
	classes []string // all of them
}

// Limits of a sheet, which every WebVTT segment repeats.
const (
	maxRules = 128
	maxHead  = 64 << 10 // bytes
)

// newSheet reads the CueHead of a track.
func newSheet(head string) *sheet {
	s := &sheet{}
	for l := (&lines{rest: head}); l.rest != ""; {
		s.add(l.block(), 0, func(int, string, ...any) {})
	}
	return s
}

// add reads a block that begins in a line. lose is told of what IMSC1 has not, with
// its line.
func (s *sheet) add(block []string, line int, lose func(line int, what string, args ...any)) {
	switch {
	case isBlock(block, "STYLE"):
		s.style(strings.Join(block[1:], "\n"), line+1, lose)
	case isBlock(block, "REGION"):
		s.region(strings.Join(block[1:], " "), line, lose)
	}
}

// isBlock says whether a block is of a kind.
func isBlock(block []string, kind string) bool {
	return len(block) > 0 && strings.TrimRight(block[0], " \t") == kind
}

var comment = regexp.MustCompile(`(?s)/\*.*?(\*/|$)`)

// style reads the rules of a style sheet (CSS Syntax §5), one behind the other.
func (s *sheet) style(css string, line int, lose func(int, string, ...any)) {
	css = comment.ReplaceAllStringFunc(css, func(c string) string { return strings.Repeat("\n", strings.Count(c, "\n")) })
	for {
		head, rest, ok := strings.Cut(css, "{")
		body, behind, closed := strings.Cut(rest, "}")
		at := line + strings.Count(head[:len(head)-len(strings.TrimLeft(head, " \t\n"))], "\n")
		switch {
		case strings.TrimSpace(head) == "":
			return
		case !ok || !closed || strings.HasPrefix(strings.TrimSpace(head), "@"):
			lose(at, "%q", summary(head))
			return
		}
		look := declarations(body, line+strings.Count(head, "\n"), lose)
		for _, text := range split(head, ',') {
			list, ok := selectors(text)
			if !ok {
				lose(at, "the selector %s", summary(text))
			}
			for _, c := range list {
				if len(s.rules) == maxRules {
					lose(at, "more than %d styles", maxRules)
					return
				}
				s.rules = append(s.rules, rule{c, look})
			}
		}
		line += strings.Count(head+body, "\n")
		css = behind
		slices.SortStableFunc(s.rules, func(a, b rule) int { return cmp.Compare(a.specificity(), b.specificity()) })
	}
}

// summary is the beginning of a text, in one line.
func summary(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// declarations reads what stands in the braces of a rule.
func declarations(body string, line int, lose func(int, string, ...any)) []declaration {
	var out []declaration
	for _, text := range split(body, ';') {
		at := line + strings.Count(text[:len(text)-len(strings.TrimLeft(text, " \t\n"))], "\n")
		line += strings.Count(text, "\n")
		name, value, ok := strings.Cut(text, ":")
		d := declaration{strings.ToLower(strings.TrimSpace(name)), strings.ToLower(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "!important")))}
		switch {
		case strings.TrimSpace(text) == "":
		case !ok || !new(style).declare(d):
			lose(at, "%s", summary(text))
		case len(out) < maxRules:
			out = append(out, d)
		}
	}
	return out
}

// split divides at a separator that stands in neither brackets nor quotes.
func split(s string, separator rune) []string {
	var out []string
	from, depth, quote := 0, 0, rune(0)
	for i, r := range s {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '(' || r == '[':
			depth++
		case r == ')' || r == ']':
			depth--
		case r == separator && depth == 0:
			out, from = append(out, s[from:i]), i+1
		}
	}
	return append(out, s[from:])
}

var compound = regexp.MustCompile(`^(\*|[a-z]+)?((?:[.#][\pL\pN_-]+)*)(?:\[voice\s*=\s*(?:"([^"]*)"|'([^']*)'|([\pL\pN_-]+))\])?$`)

// selectors reads what a selector means; false when it is not wholly of the kind
// that is read.
func selectors(s string) ([]selector, bool) {
	s, ok := strings.CutPrefix(strings.TrimPrefix(strings.TrimSpace(s), "video"), "::cue")
	switch {
	case !ok:
		return nil, false
	case s == "":
		return []selector{{whole: true}}, true
	case len(s) < 2 || s[0] != '(' || s[len(s)-1] != ')':
		return nil, false
	}
	var out []selector
	all := true
	for _, text := range split(s[1:len(s)-1], ',') {
		m := compound.FindStringSubmatch(strings.TrimSpace(text))
		if m == nil || m[0] == "" {
			all = false
			continue
		}
		c := selector{tag: strings.TrimPrefix(m[1], "*"), voice: cmp.Or(m[3], m[4], m[5])}
		for m[2] != "" {
			end := strings.IndexAny(m[2][1:], ".#") + 1
			if end == 0 {
				end = len(m[2])
			}
			if m[2][0] == '#' {
				c.id = m[2][1:end]
			} else {
				c.classes = append(c.classes, m[2][1:end])
			}
			m[2] = m[2][end:]
		}
		out = append(out, c)
	}
	return out, all
}

// specificity orders selectors (Selectors §17).
func (c *selector) specificity() int {
	n := 10 * len(c.classes)
	if c.id != "" {
		n += 100
	}
	if c.voice != "" {
		n += 10
	}
	if c.tag != "" {
		n++
	}
	return n
}

// declare takes a declaration; false when it is none that is kept.
func (s *style) declare(d declaration) bool {
	switch d.property {
	case "color":
		c, ok := colourOf(d.value, 1)
		if ok {
			s.colour = c
		}
		return ok
	case "background-color", "background":
		c, ok := colourOf(d.value, 1)
		if ok {
			s.background = c
		}
		return ok
	case "font-weight":
		n, err := strconv.Atoi(d.value)
		s.bold = d.value == "bold" || d.value == "bolder" || n >= 600
		return s.bold || d.value == "normal" || d.value == "lighter" || err == nil
	case "font-style":
		s.italic = d.value == "italic" || strings.HasPrefix(d.value, "oblique")
		return s.italic || d.value == "normal"
	case "text-decoration", "text-decoration-line":
		s.underline = d.value == "underline"
		return s.underline || d.value == "none"
	}
	return false
}

func (s *style) apply(look []declaration) {
	for _, d := range look {
		s.declare(d)
	}
}

// cue returns how a cue looks as a whole.
func (s *sheet) cue(id string) style {
	var out style
	for _, r := range s.rules {
		if r.whole || r.id != "" && r.id == id && r.tag == "" && r.voice == "" && r.classes == nil {
			out.apply(r.look)
		}
	}
	return out
}

// element takes how an element looks, by the styles that mean it.
func (s *sheet) element(to *style, tag, voice string, classes []string) {
	for _, r := range s.rules {
		if r.whole || r.id != "" || r.tag != "" && r.tag != tag || r.voice != "" && r.voice != voice {
			continue
		}
		if !slices.ContainsFunc(r.classes, func(c string) bool { return !slices.Contains(classes, c) }) {
			to.apply(r.look)
		}
	}
}
