package filter

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// maxInline bounds the length of an inline filter, in bytes.
const maxInline = 2 << 10

// IsInline says whether what a URL names is no name but a filter written out:
//
//	inline     = "@" [ selections ] *( "@" option )
//	selections = selection *( "+" selection )        any of them
//	selection  = condition *( "&" condition )        all of them
//	condition  = property ( ":" / "!" ) value        is, is not
//	property   = "type" / "name" / "language" / "fourCC" / "bitrate"
//	option     = "time:" [ seconds ] "-" [ seconds ] / "first:" bitrate /
//	             "window:" seconds / "backoff:" seconds / "forceEnd"
//	seconds    = 1*DIGIT [ "." 1*7DIGIT ]
//
// as in @type:audio+type:video&bitrate:0-1500000@time:10-30. Letter case does not
// matter in words. In values, everything but letters, digits and "-._~" is
// percent-encoded, once more than the URL does it.
func IsInline(name string) bool { return strings.HasPrefix(name, "@") }

// ParseInline reads an inline filter and checks it as Parse does a document.
func ParseInline(text string) (*Filter, error) {
	p, err := inline(text)
	if err != nil {
		return nil, err
	}
	f, err := p.check()
	if err != nil {
		return nil, err
	}
	f.Name = text
	return f, nil
}

// InlineDocument returns an inline filter as a document of Azure Media Services.
func InlineDocument(text string) ([]byte, error) {
	if _, err := ParseInline(text); err != nil {
		return nil, err
	}
	p, err := inline(text)
	if err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(p, "", "  ")
	return append(b, '\n'), err
}

// Inline writes a filter as one: ParseInline gives the same, but for the name.
func (f *Filter) Inline() string {
	b := []byte("@")
	for i, s := range f.Tracks {
		if i > 0 {
			b = append(b, '+')
		}
		for j, c := range s {
			if j > 0 {
				b = append(b, '&')
			}
			b = append(b, strings.ToLower(c.Property.String()[:1])+c.Property.String()[1:]...)
			if c.Not {
				b = append(b, '!')
			} else {
				b = append(b, ':')
			}
			b = append(b, strings.ReplaceAll(url.QueryEscape(c.Value), "+", "%20")...)
		}
	}
	option := func(format string, args ...any) {
		if len(b) > 1 {
			b = append(b, '@')
		}
		b = fmt.Appendf(b, format, args...)
	}
	switch {
	case f.End > 0:
		option("time:%s-%s", seconds(f.Start), seconds(f.End))
	case f.Start > 0:
		option("time:%s-", seconds(f.Start))
	}
	if f.First > 0 {
		option("first:%d", f.First)
	}
	if f.Window > 0 {
		option("window:%s", seconds(f.Window))
	}
	if f.Backoff > 0 {
		option("backoff:%s", seconds(f.Backoff))
	}
	if f.ForceEnd {
		option("forceEnd")
	}
	return string(b)
}

// seconds writes ticks.
func seconds(ticks int64) string {
	s := fmt.Sprintf("%d.%07d", ticks/media.TicksPerSecond, ticks%media.TicksPerSecond)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// inline takes an inline filter apart.
func inline(text string) (*properties, error) {
	if len(text) > maxInline {
		return nil, fault.Newf(fault.FilterInvalid, "", "the inline filter has %d bytes, more than %d", len(text), maxInline)
	}
	p := &properties{}
	seen := make(map[string]bool)
	sections := strings.Split(strings.TrimPrefix(text, "@"), "@")
	if len(sections) == 1 && sections[0] == "" {
		return p, nil
	}
	for _, section := range sections {
		key, value, _ := strings.Cut(section, ":")
		key = strings.ToLower(key)
		read, isOption := options[key]
		if !isOption {
			key, read = "tracks", (*properties).selections
			value = section
		}
		if seen[key] {
			return nil, notInline(fault.FilterTwice, section, "is there twice")
		}
		seen[key] = true
		if err := read(p, value); err != nil {
			return nil, notInline(fault.FilterInvalid, section, err.Error())
		}
	}
	return p, nil
}

func notInline(code fault.Code, what, is string) error {
	return fault.New(code, strconv.Quote(what), "this part of the inline filter "+is, "Write it like @type:audio+type:video&bitrate:0-1500000@time:10-30.")
}

// options read what stands behind their names.
var options = map[string]func(*properties, string) error{
	"time": func(p *properties, value string) error {
		start, end, ok := strings.Cut(value, "-")
		if !ok {
			return errors.New("has no - between start and end")
		}
		r := p.timeRange()
		if err := ticks(&r.Start, start, true); err != nil {
			return err
		}
		return ticks(&r.End, end, true)
	},
	"first": func(p *properties, value string) error {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return errors.New("is no bitrate")
		}
		p.First = &quality{(*number)(&n)}
		return nil
	},
	"window":  func(p *properties, value string) error { return ticks(&p.timeRange().Window, value, false) },
	"backoff": func(p *properties, value string) error { return ticks(&p.timeRange().Backoff, value, false) },
	"forceend": func(p *properties, value string) error {
		p.timeRange().ForceEnd = true
		if value != "" {
			return errors.New("has no value")
		}
		return nil
	},
}

func (p *properties) timeRange() *timeRange {
	if p.Range == nil {
		p.Range = &timeRange{}
	}
	return p.Range
}

// ticks reads seconds; nothing stays nil where that is allowed.
func ticks(to **number, text string, optional bool) error {
	if text == "" && optional {
		return nil
	}
	whole, part, dot := strings.Cut(text, ".")
	if len(part) > 7 || dot && part == "" {
		return errors.New("has a time with more digits than seven behind the point, or none")
	}
	s, e1 := strconv.ParseUint(whole, 10, 63)
	t, e2 := strconv.ParseUint((part + "0000000")[:7], 10, 63)
	const most = maxTime / media.TicksPerSecond
	if e1 != nil || e2 != nil || s > most || s == most && t > 0 {
		return errors.New("has a time that is no number of seconds")
	}
	n := number(s*media.TicksPerSecond + t)
	*to = &n
	return nil
}

// selections reads what tracks are chosen.
func (p *properties) selections(text string) error {
	for _, s := range strings.Split(text, "+") {
		var t track
		for _, c := range strings.Split(s, "&") {
			at := strings.IndexAny(c, ":!")
			if at < 0 {
				return errors.New("has neither : nor ! between a property and its value")
			}
			value, err := url.PathUnescape(c[at+1:])
			if err != nil {
				return errors.New("has a percent sign without two hexadecimal digits; a URL writes one as %2525")
			}
			operation := "Equal"
			if c[at] == '!' {
				operation = "NotEqual"
			}
			property := c[:at]
			if p, known := propertyOf(property); known {
				property = p.String() // as documents write it
			}
			t.Selections = append(t.Selections, condition{Property: property, Operation: operation, Value: value})
		}
		p.Tracks = append(p.Tracks, t)
	}
	return nil
}
