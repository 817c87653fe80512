package subtitle

import (
	"bytes"
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// MaxSize bounds what is read of a text file or track, in bytes.
const MaxSize = 16 << 20

// maxCues bounds the cues of a track.
const maxCues = 100_000

// Document is what a text file says.
type Document struct {
	Cues     []media.Cue // by time
	Head     string      // STYLE and REGION blocks for WebVTT, see media.Track
	Language string      // as the document writes it; "" when it does not
	Skipped  []Skipped   // cues that could not be read
	Lost     []Skipped   // looks that are not kept; of WebVTT: in IMSC1
	WebVTT   bool        // it is WebVTT, and all of it is kept where that is written

	sheet sheet // what Head says
}

// Skipped is something that is left out.
type Skipped struct {
	Line int // 0 in a track of MP4
	Why  string
}

func (d *Document) skip(line int, why string, args ...any) {
	d.Skipped = append(d.Skipped, Skipped{line, fmt.Sprintf(why, args...)})
}

// maxLost bounds what is remembered of looks that are lost.
const maxLost = 100

// lose notes a look that is not kept, each once.
func (d *Document) lose(line int, what string, args ...any) {
	text := fmt.Sprintf(what, args...)
	if len(d.Lost) < maxLost && !slices.ContainsFunc(d.Lost, func(s Skipped) bool { return s.Why == text }) {
		d.Lost = append(d.Lost, Skipped{line, text})
	}
}

// keep keeps a STYLE or REGION block for the WebVTT that is written.
func (d *Document) keep(block []string, line int) {
	text := strings.Join(block, "\n")
	switch {
	case strings.Contains(text, arrow):
		d.lose(line, "a block that holds an arrow")
	case len(d.Head)+len(text) > maxHead:
		d.lose(line, "more than %d bytes of styles and regions", maxHead)
	default:
		d.Head += "\n" + text + "\n"
		d.sheet.add(block, line, d.lose)
	}
}

// add appends a cue, unless it is not one.
func (d *Document) add(line int, c media.Cue) error {
	switch {
	case strings.TrimSpace(c.Text) == "":
	case c.End <= c.Start:
		d.skip(line, "a cue that ends at %s and begins at %s", media.Seconds(c.End), media.Seconds(c.Start))
	case len(d.Cues) == maxCues:
		return wrong(line, "the document has more than %d cues", maxCues)
	default:
		d.Cues = append(d.Cues, c)
	}
	return nil
}

// Reads says whether a file is timed text, by its name.
func Reads(name string) bool { return readers[strings.ToLower(path.Ext(name))] != nil }

var readers = map[string]func(text string, d *Document) error{
	".vtt": readWebVTT, ".webvtt": readWebVTT, ".srt": readSRT,
	".ttml": readTTML, ".dfxp": readTTML, ".xml": readTTML, ".imsc": readTTML,
}

// Read reads a text file. The error says what is wrong and in which line; cues
// that alone cannot be read are skipped.
func Read(b []byte, name string) (*Document, error) {
	read := readers[strings.ToLower(path.Ext(name))]
	if read == nil {
		return nil, fault.New(fault.MediaTypeNotSupported, name, "this is no text format that is read", "Give WebVTT (.vtt), SubRip (.srt) or TTML (.ttml, .dfxp).")
	}
	d := &Document{}
	if err := read(characters(b), d); err != nil {
		e := *fault.As(err)
		e.Where = strings.TrimSpace(name + " " + e.Where)
		return nil, &e
	}
	d.finish()
	return d, nil
}

// finish puts the cues in order, and gives styles to colours that have no name.
func (d *Document) finish() {
	d.dropIDs()
	slices.SortStableFunc(d.Cues, func(a, b media.Cue) int { return cmp.Compare(a.Start, b.Start) })
	if d.Head == "" {
		d.Head = palette(d.Cues)
	}
}

var byID = regexp.MustCompile(`::cue\([^)]*#`)

// dropIDs leaves cues the names that styles can mean: players take cues of one name
// for one cue.
func (d *Document) dropIDs() {
	styled, taken := byID.MatchString(d.Head), make(map[string]bool)
	for i := range d.Cues {
		c := &d.Cues[i]
		if !styled || taken[c.ID] {
			c.ID = ""
		}
		taken[c.ID] = true
	}
}

// characters decodes a text: UTF-8, UTF-16 with a byte order mark, else what
// Windows wrote in the west.
func characters(b []byte) string {
	decoded, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), b)
	if err != nil || !utf8.Valid(decoded) {
		if decoded, err = charmap.Windows1252.NewDecoder().Bytes(b); err != nil {
			return string(bytes.ToValidUTF8(b, []byte("\uFFFD")))
		}
	}
	return strings.Map(func(r rune) rune { // what XML cannot hold
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, string(decoded))
}

// wrong is the error of a document, in a line, or of a sample, where line is 0.
func wrong(line int, what string, args ...any) error {
	where := ""
	if line > 0 {
		where = fmt.Sprintf("line %d", line)
	}
	return fault.New(fault.InputFormatNotSupported, where, fmt.Sprintf(what, args...), "Correct the document.")
}

// lines is a text read line by line.
type lines struct {
	rest string
	n    int // of the line that next returned
}

// next returns the next line; false at the end.
func (l *lines) next() (string, bool) {
	if l.rest == "" {
		return "", false
	}
	l.n++
	at := strings.IndexAny(l.rest, "\r\n")
	if at < 0 {
		line := l.rest
		l.rest = ""
		return line, true
	}
	line := l.rest[:at]
	if strings.HasPrefix(l.rest[at:], "\r\n") {
		at++
	}
	l.rest = l.rest[at+1:]
	return line, true
}

// block returns the lines up to the next that is blank.
func (l *lines) block() []string {
	var out []string
	for {
		line, ok := l.next()
		if !ok || strings.TrimSpace(line) == "" {
			return out
		}
		out = append(out, line)
	}
}

// webVTT returns the lines of a block of WebVTT: times that cannot be its own begin
// the next one, with a blank line before them or not (W3C WebVTT §6.1).
func (l *lines) webVTT() []string {
	var out []string
	for {
		before := *l
		line, ok := l.next()
		switch {
		case !ok || strings.TrimSpace(line) == "":
			return out
		case strings.Contains(line, arrow) && (len(out) > 1 || len(out) == 1 && strings.Contains(out[0], arrow)):
			*l = before
			return out
		}
		out = append(out, line)
	}
}

// arrow stands between the times of a cue, and nowhere else.
const arrow = "-->"

// maxSeconds is the latest time of a cue, as for all media.
const maxSeconds = media.MaxSeconds

// clock reads a time of WebVTT or SubRip: hours, which may be left out, minutes,
// seconds and a fraction behind a point or comma.
func clock(s string) (int64, bool) {
	s = strings.Replace(strings.TrimSpace(s), ",", ".", 1)
	whole, fraction, _ := strings.Cut(s, ".")
	var seconds int64
	parts := strings.Split(whole, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	for i, p := range parts {
		n, ok := digits(p)
		if !ok || i > 0 && n > 59 {
			return 0, false
		}
		if seconds = seconds*60 + n; seconds > maxSeconds {
			return 0, false
		}
	}
	ticks, ok := decimals(fraction)
	return seconds*media.TicksPerSecond + ticks, ok
}

// digits reads a number of at most nine digits.
func digits(s string) (int64, bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	var n int64
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// decimals reads the digits behind a decimal point as ticks; what is finer is
// cut off.
func decimals(s string) (int64, bool) {
	if s == "" {
		return 0, true
	}
	if len(s) > 7 {
		if _, ok := digits(s[7:min(len(s), 16)]); !ok {
			return 0, false
		}
		s = s[:7]
	}
	n, ok := digits(s)
	for range 7 - len(s) {
		n *= 10
	}
	return n, ok
}

// appendClock appends a time as HH:MM:SS.mmm, rounded half up.
func appendClock(dst []byte, ticks int64) []byte {
	ms := media.RescaleRound(max(ticks, 0), 1000, media.TicksPerSecond)
	return fmt.Appendf(dst, "%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}
