package subtitle

import (
	"regexp"
	"strings"
)

// readSRT reads a SubRip file: numbered blocks of times and lines.
func readSRT(text string, d *Document) error {
	l := &lines{rest: text}
	for l.rest != "" {
		at := l.n + 1
		block := l.subRip()
		if len(block) == 0 {
			continue
		}
		for len(block) > 1 && !strings.Contains(block[0], arrow) { // its number
			block, at = block[1:], at+1
		}
		if !strings.Contains(block[0], arrow) {
			d.skip(at, "a block without times")
			continue
		}
		times, _, _ := strings.Cut(block[0], "X1:") // where DVDs showed it
		cue := []string{times}
		for i, line := range block[1:] {
			if i == 0 {
				var place string
				if place, line = override(line); place != "" {
					cue[0] += " " + place
				}
			}
			cue = append(cue, fromSRT(line))
		}
		if err := readCue("", cue, at, d); err != nil {
			return err
		}
	}
	if len(d.Cues) == 0 && len(d.Skipped) > 0 {
		return wrong(d.Skipped[0].Line, "there is no cue in the document")
	}
	return nil
}

// subRip returns the lines of a block: the times of another, with its number before
// them, begin it although there is no blank line.
func (l *lines) subRip() []string {
	var out []string
	number := *l // where the line before began
	timed := false
	for {
		before := *l
		line, ok := l.next()
		if !ok || strings.TrimSpace(line) == "" {
			return out
		}
		times := isTimes(line)
		if n := len(out); timed && times {
			if _, ok := digits(strings.TrimSpace(out[n-1])); ok {
				out, before = out[:n-1], number
			}
			*l = before
			return out
		}
		out, number, timed = append(out, line), before, timed || times
	}
}

// isTimes says whether a line is the times of a cue.
func isTimes(line string) bool {
	from, to, ok := strings.Cut(line, arrow)
	if !ok {
		return false
	}
	_, ok = clock(from)
	to, _, _ = strings.Cut(strings.TrimSpace(to), " ")
	_, ok2 := clock(to)
	return ok && ok2
}

// alignments are the places {\an1} to {\an9}: as on the keys of a telephone from
// below.
var alignments = [...]string{
	"line:-1 align:start position:5%", "", "line:-1 align:end position:95%",
	"line:45% align:start position:5%", "line:45%", "line:45% align:end position:95%",
	"line:5% align:start position:5%", "line:5%", "line:5% align:end position:95%",
}

var overrides = regexp.MustCompile(`\{\\[^}]*\}`)

// override takes the place that some programs write in front of the text.
func override(line string) (settings, rest string) {
	for _, o := range overrides.FindAllString(line, -1) {
		if at := strings.Index(o, `\an`); at >= 0 && at+3 < len(o) {
			if n := o[at+3]; n >= '1' && n <= '9' {
				settings = alignments[n-'1']
			}
		}
	}
	return settings, overrides.ReplaceAllString(line, "")
}

var (
	srtTag     = regexp.MustCompile(`(?i)<(/?)(b|i|u|font|[a-z][a-z0-9]*)(\s[^>]*)?>`)
	srtColour  = regexp.MustCompile(`(?i)color\s*=\s*"?#?([a-z0-9]+)`)
	references = regexp.MustCompile(`&(amp|lt|gt|nbsp|lrm|rlm|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);`)
)

// fromSRT writes a line as cue text of WebVTT.
func fromSRT(line string) string {
	var b strings.Builder
	at := 0
	for _, m := range srtTag.FindAllStringSubmatchIndex(line, -1) {
		b.WriteString(escaped(line[at:m[0]]))
		at = m[1]
		end, name := line[m[2]:m[3]], strings.ToLower(line[m[4]:m[5]])
		switch name {
		case "b", "i", "u":
			b.WriteString("<" + end + name + ">")
		case "font":
			class := ""
			if m[6] >= 0 {
				if c := srtColour.FindStringSubmatch(line[m[6]:m[7]]); c != nil {
					class = colourClass("", c[1])
				}
			}
			if end != "" {
				b.WriteString("</c>")
			} else {
				b.WriteString("<c" + class + ">")
			}
		}
	}
	b.WriteString(escaped(line[at:]))
	return b.String()
}

// escaped escapes what would be a tag; character references stay.
func escaped(s string) string {
	var b strings.Builder
	at := 0
	plain := func(s string) {
		b.WriteString(strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s))
	}
	for _, m := range references.FindAllStringIndex(s, -1) {
		plain(s[at:m[0]])
		b.WriteString(s[m[0]:m[1]])
		at = m[1]
	}
	plain(s[at:])
	return b.String()
}
