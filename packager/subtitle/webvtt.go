package subtitle

import (
	"encoding/binary"
	"regexp"
	"strconv"
	"strings"

	"manifold/packager/media"
)

// readWebVTT reads a WebVTT file (W3C WebVTT §4). Notes are passed over; so are
// styles and regions behind the first cue, as players do.
func readWebVTT(text string, d *Document) error {
	l := &lines{rest: text}
	first, _ := l.next()
	rest, ok := strings.CutPrefix(first, "WEBVTT")
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return wrong(1, "the document does not begin with WEBVTT")
	}
	d.WebVTT = true
	for _, h := range append([]string{rest}, l.block()...) {
		if name, value, ok := strings.Cut(strings.TrimSpace(h), ":"); ok && strings.EqualFold(strings.TrimSpace(name), "language") {
			d.Language = strings.TrimSpace(value)
		}
	}
	seen := false // a cue
	for l.rest != "" {
		at := l.n + 1
		block := l.webVTT()
		if len(block) == 0 {
			continue
		}
		if isNote(block[0]) {
			if !seen && (isBlock(block, "STYLE") || isBlock(block, "REGION")) {
				d.keep(block, at)
			}
			continue
		}
		id := ""
		if len(block) > 1 && !strings.Contains(block[0], arrow) {
			id, block, at = block[0], block[1:], at+1
		}
		if !strings.Contains(block[0], arrow) {
			d.skip(at, "a block without times")
			continue
		}
		seen = true
		if err := readCue(id, block, at, d); err != nil {
			return err
		}
	}
	return nil
}

// header reads what stands in front of the cues of a wvtt track
// (WebVTTConfigurationBox, ISO/IEC 14496-30 §6).
func (d *Document) header(text string) {
	d.WebVTT = true
	l := &lines{rest: text}
	l.block()
	for l.rest != "" {
		at := l.n + 1
		if block := l.webVTT(); isBlock(block, "STYLE") || isBlock(block, "REGION") {
			d.keep(block, at)
		}
	}
}

func isNote(line string) bool {
	for _, word := range []string{"NOTE", "STYLE", "REGION"} {
		if rest, ok := strings.CutPrefix(line, word); ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t') {
			return true
		}
	}
	return false
}

// readCue reads a cue: its times with settings, then its text.
func readCue(id string, block []string, line int, d *Document) error {
	from, rest, _ := strings.Cut(block[0], arrow)
	to, settings, _ := strings.Cut(strings.TrimSpace(strings.ReplaceAll(rest, "\t", " ")), " ")
	start, ok := clock(from)
	end, ok2 := clock(to)
	if !ok || !ok2 {
		d.skip(line, "a cue with the times %q", strings.TrimSpace(block[0]))
		return nil
	}
	return d.addWebVTT(line, media.Cue{ID: id, Start: start, End: end, Settings: settings, Text: strings.Join(block[1:], "\n")})
}

var (
	karaoke = regexp.MustCompile(`<[0-9]+:`)
	ruby    = regexp.MustCompile(`<ruby\b`)
)

// addWebVTT appends a cue with settings and text as WebVTT has them.
func (d *Document) addWebVTT(line int, c media.Cue) error {
	if isNote(c.ID) || strings.Contains(c.ID, arrow) || strings.ContainsAny(c.ID, "\r\n") {
		c.ID = ""
	}
	c.Settings = d.tidySettings(c.Settings)
	for _, x := range []struct {
		lost bool
		what string
	}{
		{strings.Contains(c.Settings, "vertical:"), "vertical text"},
		{karaoke.MatchString(c.Text), "times inside a cue"},
		{ruby.MatchString(c.Text), "ruby"},
	} {
		if x.lost {
			d.lose(line, "%s", x.what)
		}
	}
	return d.add(line, c)
}

// tidySettings keeps the settings that mean something: a region does when it is
// there.
func (d *Document) tidySettings(s string) string {
	var out []string
	for _, f := range strings.Fields(s) {
		name, value, ok := strings.Cut(f, ":")
		switch {
		case !ok || value == "" || strings.ContainsAny(value, "<>&\""):
		case name == "region":
			if _, ok := d.sheet.regions[value]; ok {
				out = append(out, f)
			}
		case name == "line", name == "position", name == "size", name == "align", name == "vertical":
			out = append(out, f)
		}
	}
	return strings.Join(out, " ")
}

// AppendWebVTT appends the segment of HLS (RFC 8216 §3.5) with the cues of a track
// that are seen in [from, to): whole, also those that begin before or end behind it.
// mpegts is the time stamp, at 90 kHz, of presentation time 0.
func AppendWebVTT(dst []byte, t *media.Track, from, to, mpegts int64) []byte {
	dst = append(dst, "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:"...)
	dst = strconv.AppendInt(dst, mpegts, 10)
	dst = append(append(dst, ",LOCAL:00:00:00.000\n"...), t.CueHead...)
	for _, c := range within(t.Cues, from, to) {
		dst = append(dst, '\n')
		if c.ID != "" {
			dst = append(append(dst, c.ID...), '\n')
		}
		dst = appendClock(dst, c.Start)
		dst = append(dst, " --> "...)
		dst = appendClock(dst, c.End)
		if c.Settings != "" {
			dst = append(append(dst, ' '), c.Settings...)
		}
		dst = append(append(append(dst, '\n'), paragraph(c.Text)...), '\n')
	}
	return dst
}

// paragraph is cue text without blank lines, which would end the cue, and
// without arrows, which would be taken for times.
func paragraph(text string) string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if strings.TrimSpace(line) != "" {
			out = append(out, strings.ReplaceAll(line, arrow, "--&gt;"))
		}
	}
	return strings.Join(out, "\n")
}

// within returns the cues that are seen in [from, to).
func within(cues []media.Cue, from, to int64) []*media.Cue {
	var out []*media.Cue
	for i := range cues {
		c := &cues[i]
		if c.Start >= to {
			break
		}
		if c.End > from {
			out = append(out, c)
		}
	}
	return out
}

// wvttSample reads a sample of a wvtt track (ISO/IEC 14496-30 §6.6): boxes with
// what is seen while it lasts.
func wvttSample(b []byte, start, end int64, d *Document) error {
	for len(b) >= 8 {
		n := int(binary.BigEndian.Uint32(b))
		if n < 8 || n > len(b) {
			return wrong(0, "a box of %d bytes in a sample of %d", n, len(b))
		}
		if string(b[4:8]) == "vttc" {
			c := media.Cue{Start: start, End: end}
			for in := b[8:n]; len(in) >= 8; {
				k := int(binary.BigEndian.Uint32(in))
				if k < 8 || k > len(in) {
					return wrong(0, "a box of %d bytes in a cue of %d", k, len(in))
				}
				switch string(in[4:8]) {
				case "payl":
					c.Text = characters(in[8:k])
				case "sttg":
					c.Settings = characters(in[8:k])
				case "iden":
					c.ID = characters(in[8:k])
				}
				in = in[k:]
			}
			if err := d.addWebVTT(0, c); err != nil {
				return err
			}
		}
		b = b[n:]
	}
	return nil
}
