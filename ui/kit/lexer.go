package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	look "manifold/ui/theme"
)

// Language says how a text is coloured.
type Language uint8

// The languages of manifests. An Error is an answer in words: its first line
// is the status.
const (
	Plain Language = iota
	M3U8
	XML
	Error
)

// LanguageOf guesses the language of a text from its beginning.
func LanguageOf(text string) Language {
	switch t := strings.TrimLeft(text, " \t\r\n\ufeff"); {
	case strings.HasPrefix(t, "#EXTM3U"):
		return M3U8
	case strings.HasPrefix(t, "<"):
		return XML
	}
	return Plain
}

// token is a stretch of a line in one colour.
type token struct {
	text string
	ink  fyne.ThemeColorName
}

// lexState is what a line hands on to the next.
type lexState uint8

const (
	outside   lexState = iota // text between tags
	inTag                     // between < and >
	inComment                 // between <!-- and -->
)

// lex appends the tokens of one line to dst. number is the line's, from 0.
func (l Language) lex(dst []token, line string, number int, s lexState) ([]token, lexState) {
	switch l {
	case M3U8:
		return lexM3U8(dst, line), outside
	case XML:
		return lexXML(dst, line, s)
	case Error:
		if number == 0 {
			return append(dst, token{line, theme.ColorNameError}), outside
		}
	}
	return append(dst, token{line, theme.ColorNameForeground}), outside
}

// lexM3U8 splits a playlist line into tag, attribute names, strings and
// numbers (RFC 8216 §4.1, §4.2).
func lexM3U8(dst []token, line string) []token {
	if !strings.HasPrefix(line, "#") {
		return append(dst, token{line, theme.ColorNameForeground})
	}
	if !strings.HasPrefix(line, "#EXT") {
		return append(dst, token{line, look.ColorNameComment})
	}
	tag, rest, found := strings.Cut(line, ":")
	dst = append(dst, token{tag, look.ColorNameTag})
	if !found {
		return dst
	}
	dst = append(dst, token{":", look.ColorNameComment})
	for rest != "" {
		var item string
		item, rest = cutUnquoted(rest, ',')
		name, value, pair := strings.Cut(item, "=")
		if !pair {
			name, value = "", item
		}
		if pair {
			dst = append(dst, token{name, look.ColorNameAttribute}, token{"=", look.ColorNameComment})
		}
		value, comma := strings.CutSuffix(value, ",")
		dst = append(dst, token{value, valueInk(value)})
		if comma {
			dst = append(dst, token{",", look.ColorNameComment})
		}
	}
	return dst
}

// cutUnquoted cuts behind the first separator that is not inside quotes.
func cutUnquoted(s string, sep byte) (item, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			return s[:i+1], s[i+1:]
		}
	}
	return s, ""
}

func valueInk(v string) fyne.ThemeColorName {
	switch {
	case strings.HasPrefix(v, `"`):
		return look.ColorNameString
	case v != "" && v[0] >= '0' && v[0] <= '9':
		return look.ColorNameNumber
	}
	return theme.ColorNameForeground
}

// lexXML splits a line of XML. A tag or comment may go on from the line
// before and on to the next.
func lexXML(dst []token, line string, s lexState) ([]token, lexState) {
	for line != "" {
		n := 0
		switch {
		case s == inComment:
			n = len(line)
			if i := strings.Index(line, "-->"); i >= 0 {
				n, s = i+3, outside
			}
			dst = append(dst, token{line[:n], look.ColorNameComment})
		case s == outside && strings.HasPrefix(line, "<!--"):
			s = inComment
			continue
		case s == outside && line[0] == '<':
			n = len(line)
			if i := strings.IndexAny(line, " \t>"); i >= 0 {
				n = i
			}
			n = max(1, len(strings.TrimSuffix(line[:n], "/")))
			s = inTag
			dst = append(dst, token{line[:n], look.ColorNameTag})
		case s == outside:
			n = len(line)
			if i := strings.IndexByte(line, '<'); i > 0 {
				n = i
			}
			dst = append(dst, token{line[:n], theme.ColorNameForeground})
		default:
			dst, n, s = lexInTag(dst, line)
		}
		line = line[n:]
	}
	return dst, s
}

// lexInTag takes the next token between < and >.
func lexInTag(dst []token, line string) ([]token, int, lexState) {
	switch c := line[0]; {
	case c == '>':
		return append(dst, token{">", look.ColorNameTag}), 1, outside
	case strings.HasPrefix(line, "/>"), strings.HasPrefix(line, "?>"):
		return append(dst, token{line[:2], look.ColorNameTag}), 2, outside
	case c == '"' || c == '\'':
		n := len(line)
		if i := strings.IndexByte(line[1:], c); i >= 0 {
			n = i + 2
		}
		return append(dst, token{line[:n], quotedInk(line[:n])}), n, inTag
	case c == '=':
		return append(dst, token{"=", look.ColorNameComment}), 1, inTag
	}
	n := 1
	for n < len(line) && !strings.ContainsRune(`=>"'/?`, rune(line[n])) {
		n++
	}
	return append(dst, token{line[:n], look.ColorNameAttribute}), n, inTag
}

// quotedInk tells numbers from other attribute values.
func quotedInk(v string) fyne.ThemeColorName {
	inner := strings.Trim(v, `"'`)
	if inner == "" {
		return look.ColorNameString
	}
	for i := 0; i < len(inner); i++ {
		if (inner[i] < '0' || inner[i] > '9') && inner[i] != '.' {
			return look.ColorNameString
		}
	}
	return look.ColorNameNumber
}

// lexURL dims the host and locator, and colours what selects the format.
func lexURL(url string) []token {
	path := url
	var out []token
	if i := strings.Index(url, "://"); i >= 0 {
		j := strings.IndexByte(url[i+3:], '/')
		if j < 0 {
			return []token{{url, theme.ColorNameForeground}}
		}
		host := url[:i+3+j]
		path = url[len(host):]
		out = append(out, token{host, theme.ColorNamePlaceHolder})
	}
	if i := strings.Index(path[min(1, len(path)):], "/"); i > 0 { // the locator: its head is enough to know it again
		locator := path[:i+1]
		path = path[len(locator):]
		if r := []rune(locator); len(r) > 12 {
			locator = string(r[:9]) + "…"
		}
		out = append(out, token{locator, theme.ColorNamePlaceHolder})
	}
	for path != "" {
		i := strings.IndexByte(path, '(')
		j := strings.IndexByte(path, ')')
		if i < 0 || j < i {
			return append(out, token{path, theme.ColorNameForeground})
		}
		out = append(out, token{path[:i+1], theme.ColorNameForeground})
		for k, p := range strings.Split(path[i+1:j], ",") {
			if k > 0 {
				out = append(out, token{",", theme.ColorNameForeground})
			}
			out = append(out, token{p, look.ColorNameTag})
		}
		path = path[j:]
		if next := strings.IndexByte(path[1:], '('); next < 0 {
			return append(out, token{path, theme.ColorNameForeground})
		}
		out = append(out, token{")", theme.ColorNameForeground})
		path = path[1:]
	}
	return out
}
