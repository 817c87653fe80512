package subtitle

import (
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"strconv"
	"strings"

	"manifold/packager/media"
)

// readTTML reads a TTML document (W3C TTML2, and its profiles DFXP and IMSC1):
// paragraphs with their times, styles and regions. Images are not text.
func readTTML(text string, d *Document) error {
	x := xml.NewDecoder(strings.NewReader(text))
	x.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // decoded already
	x.Entity = xml.HTMLEntity
	t := &ttml{d: d, decoder: x, styles: make(map[string]attributes), regions: make(map[string]attributes), frames: 30, ticks: 1}
	for {
		token, err := x.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			line, _ := x.InputPos()
			var s *xml.SyntaxError
			if errors.As(err, &s) {
				return wrong(s.Line, "the document is not well-formed XML: %s", s.Msg)
			}
			return wrong(line, "the document is not well-formed XML: %v", err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if err := t.begin(e); err != nil {
				return err
			}
		case xml.EndElement:
			if err := t.end(); err != nil {
				return err
			}
		case xml.CharData:
			t.text(string(e))
		}
	}
	if !t.begun {
		return wrong(1, "the document is empty")
	}
	return nil
}

// attributes are what is read of an element's, by local name.
type attributes map[string]string

// ttml is a document that is being read.
type ttml struct {
	d       *Document
	decoder *xml.Decoder
	begun   bool
	styles  map[string]attributes
	regions map[string]attributes
	frames  float64 // in a second
	ticks   float64
	open    []element
	cue     *cue // the paragraph that is open
}

// element is one that is open.
type element struct {
	name       string
	begin, end int64 // ticks; end is endless where none is said
	sequence   bool  // what lies in it is seen one behind the other …
	next       int64 // … and this is when the next begins
	look       attributes
	region     string
	preserve   bool
}

const endless = maxSeconds * media.TicksPerSecond

func (t *ttml) begin(e xml.StartElement) error {
	line, _ := t.decoder.InputPos()
	a := make(attributes)
	for _, x := range e.Attr {
		a[x.Name.Local] = strings.TrimSpace(x.Value)
		if strings.Contains(x.Name.Space, "#styl") && !keptStyle(x.Name.Local, a[x.Name.Local]) {
			t.d.lose(line, "%s", x.Name.Local)
		}
	}
	name := e.Name.Local
	if !t.begun {
		if name != "tt" {
			return wrong(line, "the document is <%s>, not <tt>", name)
		}
		t.begun = true
		t.d.Language = a["lang"]
		t.rates(a)
	}
	if len(t.open) == maxOpen {
		return wrong(line, "elements lie more than %d deep in each other", maxOpen)
	}
	now := element{end: endless, look: attributes{}}
	if n := len(t.open); n > 0 {
		now = t.open[n-1]
	}
	parent := now
	now.name = name
	now.look = maps.Clone(parent.look)
	for _, id := range strings.Fields(a["style"]) {
		maps.Copy(now.look, t.styles[id])
	}
	if a["region"] != "" {
		now.region = a["region"]
	}
	if a["space"] != "" {
		now.preserve = a["space"] == "preserve"
	}
	maps.Copy(now.look, a)
	switch name {
	case "style":
		if parent.name == "region" && len(t.open) > 0 {
			maps.Copy(parent.look, a)
			t.open[len(t.open)-1] = parent
			if id := parent.look["id"]; id != "" {
				t.regions[id] = parent.look
			}
		} else if id := a["id"]; id != "" && len(t.styles) < maxCues {
			own := attributes{}
			for _, other := range strings.Fields(a["style"]) {
				maps.Copy(own, t.styles[other])
			}
			maps.Copy(own, a)
			delete(own, "id")
			t.styles[id] = own
		}
	case "region":
		if id := a["id"]; id != "" && len(t.regions) < maxCues {
			own := attributes{"id": id}
			for _, other := range strings.Fields(a["style"]) {
				maps.Copy(own, t.styles[other])
			}
			maps.Copy(own, a)
			t.regions[id], now.look = own, own
		}
	case "body", "div", "p", "span":
		var err error
		if parent.sequence {
			parent.begin = parent.next
		}
		if now.begin, now.end, err = t.times(parent, a, line); err != nil {
			return err
		}
		now.sequence, now.next = a["timeContainer"] == "seq", now.begin
		if name == "p" && t.cue == nil {
			t.cue = &cue{line: line, depth: len(t.open)}
		}
	case "set", "animate", "image":
		t.d.lose(line, "<%s>", name)
	case "br":
		if t.cue != nil {
			t.cue.pieces = append(t.cue.pieces, timed{piece{"\n", style{}}, now.begin, now.end})
		}
	}
	t.open = append(t.open, now)
	return nil
}

func (t *ttml) end() error {
	n := len(t.open) - 1
	if n < 0 {
		return nil
	}
	e := t.open[n]
	t.open = t.open[:n]
	if n > 0 && (e.name == "div" || e.name == "p" || e.name == "span") {
		t.open[n-1].next = e.end
	}
	if t.cue == nil || t.cue.depth != n {
		return nil
	}
	c := t.cue
	t.cue = nil
	region := t.regions[e.region]
	if region == nil {
		region = attributes{}
	}
	return t.d.paragraph(c, regionPlace(region, e.look).settings())
}

// text takes what stands in a paragraph.
func (t *ttml) text(s string) {
	if t.cue == nil || len(t.open) == 0 {
		return
	}
	e := t.open[len(t.open)-1]
	if e.name == "metadata" || e.name == "title" || e.name == "desc" {
		return
	}
	if !e.preserve {
		s = collapsed(s)
	} else {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", " "), "\n", " ")
	}
	if s == "" {
		return
	}
	says := func(name string) string { return cmp.Or(e.look[name], t.regions[e.region][name]) }
	look := style{
		bold:      says("fontWeight") == "bold",
		italic:    says("fontStyle") == "italic" || says("fontStyle") == "oblique",
		underline: strings.Contains(says("textDecoration"), "underline") && !strings.Contains(says("textDecoration"), "noUnderline"),
		colour:    colour(says("color")), background: background(e.look["backgroundColor"]), // which is not handed down
	}
	t.cue.pieces = append(t.cue.pieces, timed{piece{s, look}, e.begin, e.end})
}

// keptStyle says whether a style is kept, or says nothing that is not so anyway.
func keptStyle(name, value string) bool {
	switch name {
	case "color", "backgroundColor", "fontWeight", "fontStyle", "textDecoration", "textAlign", "origin", "extent", "displayAlign":
		return true
	case "wrapOption", "overflow", "showBackground", "zIndex", "display":
		return value != "none" && value != "noWrap"
	case "fontSize":
		return value == "100%" || value == "1c"
	case "fontFamily":
		return value == "default" || value == "proportionalSansSerif" || value == "sansSerif"
	case "lineHeight", "unicodeBidi", "textOutline", "textShadow", "visibility", "opacity", "direction", "writingMode", "padding", "ruby", "textEmphasis", "textCombine":
		return value == "normal" || value == "none" || value == "visible" || value == "1" || value == "1.0" || value == "ltr" || value == "lrtb" || value == "lr" || strings.Trim(value, "0px% ") == ""
	}
	return false
}

// collapsed makes one blank of every run of white space.
func collapsed(s string) string {
	if strings.TrimSpace(s) == "" {
		if s == "" {
			return ""
		}
		return " "
	}
	out := strings.Join(strings.Fields(s), " ")
	if strings.ContainsAny(s[:1], " \t\r\n") {
		out = " " + out
	}
	if strings.ContainsAny(s[len(s)-1:], " \t\r\n") {
		out += " "
	}
	return out
}

// trimmed takes blanks away at the ends of lines.
func trimmed(list []piece) []piece {
	var out []piece
	lineEnds := func(i int) bool { return i < 0 || i >= len(list) || list[i].text == "\n" }
	for i, p := range list {
		if p.text != "\n" {
			if lineEnds(i - 1) {
				p.text = strings.TrimLeft(p.text, " ")
			}
			if lineEnds(i + 1) {
				p.text = strings.TrimRight(p.text, " ")
			}
			if p.text == "" {
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// colour returns "#rrggbb" of a colour; "" for white, which is that of most
// players, and for what is none.
func colour(c string) string {
	c, ok := colourOf(c, 255)
	if !ok || c[:7] == "#ffffff" {
		return ""
	}
	return c[:7]
}

// background returns the colour behind text, "" when nothing is seen of it.
func background(c string) string {
	c, ok := colourOf(c, 255)
	if !ok || invisible(c) {
		return ""
	}
	return c
}

// rates reads how many frames and ticks a second has (TTML2 §7.2.5, §7.2.11).
func (t *ttml) rates(a attributes) {
	if n, err := strconv.ParseFloat(a["frameRate"], 64); err == nil && n > 0 && n <= 1e6 {
		t.frames, t.ticks = n, n
	}
	if f := strings.Fields(a["frameRateMultiplier"]); len(f) == 2 {
		num, err := strconv.ParseFloat(f[0], 64)
		den, err2 := strconv.ParseFloat(f[1], 64)
		if err == nil && err2 == nil && num > 0 && den > 0 && num/den < 1e3 {
			t.frames *= num / den
		}
	}
	if n, err := strconv.ParseFloat(a["tickRate"], 64); err == nil && n > 0 && n <= 1e10 {
		t.ticks = n
	}
}

// times returns when an element begins and ends, in its parent.
func (t *ttml) times(parent element, a attributes, line int) (begin, end int64, err error) {
	begin, end = parent.begin, parent.end
	read := func(name string) (int64, bool, error) {
		s := a[name]
		if s == "" {
			return 0, false, nil
		}
		ticks, ok := t.time(s)
		if !ok {
			return 0, false, wrong(line, "%s=%q is no time", name, s)
		}
		return ticks, true, nil
	}
	if b, ok, err := read("begin"); err != nil {
		return 0, 0, err
	} else if ok {
		begin = min(parent.begin+b, endless)
	}
	if e, ok, err := read("end"); err != nil {
		return 0, 0, err
	} else if ok {
		end = min(parent.begin+e, end)
	}
	if d, ok, err := read("dur"); err != nil {
		return 0, 0, err
	} else if ok {
		end = min(begin+d, end)
	}
	return begin, end, nil
}

// time reads a time expression (TTML2 §12.3.1) as ticks.
func (t *ttml) time(s string) (int64, bool) {
	if strings.Contains(s, ":") {
		parts := strings.Split(s, ":")
		if len(parts) == 4 { // with frames
			whole, ok := clock(strings.Join(parts[:3], ":"))
			frame, err := strconv.ParseFloat(parts[3], 64)
			if !ok || err != nil || frame < 0 || frame > 1e6 {
				return 0, false
			}
			return whole + int64(frame/t.frames*media.TicksPerSecond+0.5), true
		}
		return clock(s)
	}
	for _, unit := range []struct {
		name string
		rate float64 // in a second
	}{{"ms", 1000}, {"h", 1.0 / 3600}, {"m", 1.0 / 60}, {"s", 1}, {"f", t.frames}, {"t", t.ticks}} {
		if n, ok := strings.CutSuffix(s, unit.name); ok {
			v, err := strconv.ParseFloat(n, 64)
			if err != nil || v != v || v < 0 || v/unit.rate > maxSeconds {
				return 0, false
			}
			return int64(v/unit.rate*media.TicksPerSecond + 0.5), true
		}
	}
	return 0, false
}

// regionPlace returns the place of a region, and of what stands in it.
func regionPlace(region, look attributes) place {
	p := placeOf("")
	x, y, ok := pair(region["origin"])
	w, h, ok2 := pair(region["extent"])
	if ok {
		p.left, p.top, p.width, p.bottom, p.after = x, y, 100-x, 100, false
		if ok2 {
			p.width, p.bottom = min(w, 100-x), min(y+h, 100)
		}
		p.after = region["displayAlign"] == "after" || region["displayAlign"] == "center"
	}
	align := region["textAlign"]
	if look["textAlign"] != "" {
		align = look["textAlign"]
	}
	switch align {
	case "start", "left", "end", "right", "center":
		p.align = align
	}
	return p
}

// pair reads two percentages.
func pair(s string) (x, y float64, ok bool) {
	f := strings.Fields(s)
	if len(f) != 2 {
		return 0, 0, false
	}
	x, a := number(f[0])
	y, b := number(f[1])
	return x, y, a && b
}

// ttmlSample reads a sample of a stpp track (ISO/IEC 14496-30 §5): a document
// with times of the track, seen while the sample lasts.
func ttmlSample(b []byte, start, end int64, d *Document) error {
	if len(strings.TrimSpace(string(b))) == 0 {
		return nil
	}
	var in Document
	if err := readTTML(characters(b), &in); err != nil {
		return err
	}
	d.Skipped = append(d.Skipped, in.Skipped...)
	for _, c := range in.Cues {
		if c.End <= start || c.Start >= end {
			continue
		}
		c.Start, c.End = max(c.Start, start), min(c.End, end)
		if err := d.add(0, c); err != nil {
			return err
		}
	}
	return nil
}
