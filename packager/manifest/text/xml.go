// Package text holds what the manifest writers share: an append-style XML
// writer and numbers as manifests have them. Nothing here allocates per line.
package text

import (
	"strconv"
	"unicode/utf8"
)

// XML appends an indented document to B. An element without content is closed
// with "/>".
type XML struct {
	B     []byte
	stack []string
	open  bool // the last start tag is not closed yet
}

// Declaration appends the XML declaration.
func (x *XML) Declaration() { x.B = append(x.B, `<?xml version="1.0" encoding="UTF-8"?>`...) }

// Begin appends a start tag; attributes may follow.
func (x *XML) Begin(name string) {
	x.closeTag()
	x.indent()
	x.B = append(x.B, '<')
	x.B = append(x.B, name...)
	x.stack = append(x.stack, name)
	x.open = true
}

// Attr appends an attribute to the start tag.
func (x *XML) Attr(name, value string) {
	x.name(name)
	x.B = appendEscaped(x.B, value)
	x.B = append(x.B, '"')
}

// Raw is Attr for a value that needs no escaping, a URL template for instance.
func (x *XML) Raw(name string, value []byte) {
	x.name(name)
	x.B = append(x.B, value...)
	x.B = append(x.B, '"')
}

// Int is Attr for a number.
func (x *XML) Int(name string, v int64) {
	x.name(name)
	x.B = strconv.AppendInt(x.B, v, 10)
	x.B = append(x.B, '"')
}

// End closes the innermost element.
func (x *XML) End() {
	name := x.stack[len(x.stack)-1]
	x.stack = x.stack[:len(x.stack)-1]
	if x.open {
		x.B = append(x.B, "/>"...)
		x.open = false
		return
	}
	x.indent()
	x.endTag(name)
}

// Text appends an element that holds a text.
func (x *XML) Text(name, value string) {
	x.Begin(name)
	x.Content(value)
}

// Content ends the innermost element, which holds a text and nothing else.
func (x *XML) Content(value string) {
	x.closeTag()
	x.B = appendEscaped(x.B, value)
	name := x.stack[len(x.stack)-1]
	x.stack = x.stack[:len(x.stack)-1]
	x.endTag(name)
}

func (x *XML) name(name string) {
	x.B = append(x.B, ' ')
	x.B = append(x.B, name...)
	x.B = append(x.B, `="`...)
}

func (x *XML) endTag(name string) {
	x.B = append(x.B, "</"...)
	x.B = append(x.B, name...)
	x.B = append(x.B, '>')
}

func (x *XML) closeTag() {
	if x.open {
		x.B = append(x.B, '>')
		x.open = false
	}
}

func (x *XML) indent() {
	x.B = append(x.B, '\n')
	for range x.stack {
		x.B = append(x.B, "  "...)
	}
}

// appendEscaped appends text for an attribute or element; what XML cannot
// hold becomes U+FFFD (XML 1.0 §2.2).
func appendEscaped(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '"':
			dst = append(dst, "&quot;"...)
		case r == '\t', r == '\n', r == '\r':
			dst = append(dst, "&#"...)
			dst = strconv.AppendInt(dst, int64(r), 10)
			dst = append(dst, ';')
		case r < 0x20, r == 0xFFFE, r == 0xFFFF, r == utf8.RuneError && n <= 1:
			dst = utf8.AppendRune(dst, utf8.RuneError)
		default:
			dst = append(dst, s[i:i+n]...)
		}
		i += n
	}
	return dst
}
