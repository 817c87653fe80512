package kit

import (
	"strings"
	"unicode/utf8"
)

// match is where the query was found: bytes of a line.
type match struct{ line, from, to int }

// Matches returns how many matches the search has.
func (c *Code) Matches() int { return len(c.matches) }

// Find marks every match of a query, ignoring letter case, and returns how
// many there are. "" ends the search.
func (c *Code) Find(query string) int {
	c.query = query
	c.find()
	c.body.redraw()
	return len(c.matches)
}

func (c *Code) find() {
	c.matches, c.current = c.matches[:0], -1
	q := strings.ToLower(c.query)
	if q == "" {
		return
	}
	for i, line := range c.lines {
		lower := strings.ToLower(line)
		if len(lower) != len(line) { // a letter whose other case is longer: compare as written
			lower = line
		}
		for at := 0; ; {
			k := strings.Index(lower[at:], q)
			if k < 0 {
				break
			}
			c.matches = append(c.matches, match{i, at + k, at + k + len(q)})
			at += k + len(q)
		}
	}
}

// Next goes step matches on, round the end, and returns which it is, from 1;
// 0 when nothing was found.
func (c *Code) Next(step int) int {
	n := len(c.matches)
	if n == 0 {
		return 0
	}
	switch {
	case c.current >= 0:
		c.current = ((c.current+step)%n + n) % n
	case step > 0:
		c.current = 0
	default:
		c.current = n - 1
	}
	m := c.matches[c.current]
	c.Select(m.line, m.line)
	c.revealCells(utf8.RuneCountInString(c.lines[m.line][:m.from]), utf8.RuneCountInString(c.lines[m.line][:m.to]))
	return c.current + 1
}

// revealCells scrolls sideways until cells [from, to) of a line are in view.
func (c *Code) revealCells(from, to int) {
	if c.wraps() {
		return
	}
	left := c.gutter() + codePadding
	o, view := c.scroll.Offset, c.scroll.Size().Width
	switch a, z := left+float32(from)*cell(), left+float32(to)*cell(); {
	case a-left < o.X:
		o.X = max(0, a-left-8*cell())
	case z > o.X+view:
		o.X = min(z+8*cell(), c.body.MinSize().Width) - view
	default:
		return
	}
	c.scroll.ScrollToOffset(o)
	c.body.Refresh()
}
