package subtitle

import (
	"strings"
)

// region is a room for cues, in percent of the picture (W3C WebVTT §4.3).
type region struct{ left, top, width, height float64 }

// regionLine is the height of a line in a region, in percent of the picture (§7.2).
const regionLine = 6

// region reads the settings of a region.
func (s *sheet) region(text string, line int, lose func(int, string, ...any)) {
	id, r, lines := "", region{width: 100}, 3.0
	anchorX, anchorY, x, y := 0.0, 100.0, 0.0, 100.0
	for _, f := range strings.Fields(text) {
		name, value, _ := strings.Cut(f, ":")
		n, percent := number(value)
		switch name {
		case "id":
			id = value
		case "width":
			if percent {
				r.width = n
			}
		case "lines":
			if n >= 1 && !percent {
				lines = min(n, 100/regionLine)
			}
		case "regionanchor":
			anchorX, anchorY = anchor(value, anchorX, anchorY)
		case "viewportanchor":
			x, y = anchor(value, x, y)
		case "scroll":
			lose(line, "that lines move up (scroll:%s)", value)
		}
	}
	if id == "" || strings.Contains(id, arrow) {
		return
	}
	r.height = lines * regionLine
	r.left, r.top = x-anchorX*r.width/100, y-anchorY*r.height/100
	if s.regions == nil {
		s.regions = make(map[string]region)
	}
	if len(s.regions) < maxRules {
		s.regions[id] = r
	}
}

// anchor reads two percentages.
func anchor(s string, otherX, otherY float64) (x, y float64) {
	a, b, _ := strings.Cut(s, ",")
	x, ok := number(a)
	y, ok2 := number(b)
	if !ok || !ok2 {
		return otherX, otherY
	}
	return x, y
}

// place is where a cue stands: as it says, or in its region. Cues in a region stand
// at its lower end, one below the other.
func (s *sheet) place(settings string) place {
	p := placeOf(settings)
	r, ok := s.regions[regionIn(settings)]
	if !ok {
		return p
	}
	left, right := max(r.left, 0), min(r.left+r.width, 100)
	in := place{left: left, width: max(right-left, 0), top: max(r.top, 0), bottom: min(r.top+r.height, 100), after: true, align: p.align}
	if p.left != safe || p.width != 100-2*safe {
		in.left, in.width = left+p.left*in.width/100, p.width*in.width/100
	}
	if in.width == 0 || in.bottom <= in.top { // outside the picture
		return p
	}
	return in
}

// regionIn returns the region that cue settings name, "" when they do not.
func regionIn(settings string) string {
	for _, f := range strings.Fields(settings) {
		if id, ok := strings.CutPrefix(f, "region:"); ok {
			return id
		}
	}
	return ""
}
