package subtitle

import (
	"fmt"
	"strconv"
	"strings"
)

// place is where a cue stands, in percent of the picture.
type place struct {
	left, width float64
	top, bottom float64 // of the room that it has
	after       bool    // at the lower end of the room
	align       string  // of the lines
}

// safe is what stays free at the edges where nothing else is said.
const safe = 5

// placeOf reads the settings of a cue (W3C WebVTT §6.3), for horizontal text.
func placeOf(settings string) place {
	p := place{left: safe, width: 100 - 2*safe, top: safe, bottom: 100 - safe, after: true, align: "center"}
	position, size := -1.0, -1.0
	from := ""
	for _, f := range strings.Fields(settings) {
		name, value, _ := strings.Cut(f, ":")
		value, anchor, _ := strings.Cut(value, ",")
		n, percent := number(value)
		switch name {
		case "align":
			switch value {
			case "start", "left", "center", "end", "right":
				p.align = value
			case "middle": // of drafts
				p.align = "center"
			}
		case "position":
			if percent {
				position, from = n, anchor
			}
		case "size":
			if percent {
				size = n
			}
		case "line":
			switch {
			case percent && anchor == "end":
				p.top, p.bottom, p.after = 0, n, true
			case percent:
				p.top, p.bottom, p.after = n, 100, false
			case n > 0 || value == "0": // a line from above; from below is where it stands anyway
				p.top, p.bottom, p.after = min(n*lineHeight, 100-lineHeight), 100, false
			}
		}
	}
	if position < 0 && size < 0 {
		return p
	}
	if size < 0 {
		size = 100
	}
	start, end := p.align == "start" || p.align == "left", p.align == "end" || p.align == "right"
	if position < 0 {
		position = 50
		if start {
			position = 0
		} else if end {
			position = 100
		}
	}
	switch {
	case from == "line-left" || from == "" && start:
		p.left, p.width = position, min(size, 100-position)
	case from == "line-right" || from == "" && end:
		p.width = min(size, position)
		p.left = position - p.width
	default:
		p.width = min(size, 2*min(position, 100-position))
		p.left = position - p.width/2
	}
	return p
}

// lineHeight is the height of a line, in percent: pictures have 15.
const lineHeight = 100.0 / 15

// number reads a number or a percentage from 0 to 100.
func number(s string) (n float64, percent bool) {
	s, percent = strings.CutSuffix(s, "%")
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n != n || n > 1e6 || n < -1e6 || percent && (n < 0 || n > 100) {
		return 0, false
	}
	return n, percent
}

// settings writes a place as those of a cue; "" where everything stands anyway.
func (p place) settings() string {
	if p == placeOf("") {
		return ""
	}
	var out []string
	if p.after {
		if p.bottom < 100-safe {
			out = append(out, "line:"+percent(p.bottom)+",end")
		}
	} else {
		out = append(out, "line:"+percent(p.top))
	}
	if p.left != safe || p.width != 100-2*safe {
		at := p.left + p.width/2
		switch p.align {
		case "start", "left":
			at = p.left
		case "end", "right":
			at = p.left + p.width
		}
		out = append(out, "position:"+percent(at), "size:"+percent(p.width))
	}
	if p.align != "center" {
		out = append(out, "align:"+p.align)
	}
	return strings.Join(out, " ")
}

func percent(n float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", n), "0"), ".") + "%"
}
