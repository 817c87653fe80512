package filter

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"manifold/packager/document"
	"manifold/packager/fault"
	"manifold/packager/media"
)

// Limits in ticks: of what concerns live streams, and of all times, which is whole
// seconds.
const (
	minWindow  = 60 * media.TicksPerSecond
	maxBackoff = 300 * media.TicksPerSecond
	maxTime    = math.MaxInt64 / media.TicksPerSecond * media.TicksPerSecond
)

// resource is a filter in JSON: as the resource of the service with its
// properties, or the properties alone, in the spelling of the third or the second
// version of the service. Keys are matched without letter case.
type resource struct {
	Name       string      `json:"name"`
	Type       string      `json:"type"`       // of the resource
	Version    string      `json:"apiVersion"` // of the service, in templates
	Properties *properties `json:"properties"`
	properties
	document.Ignored
}

type properties struct {
	Range  *timeRange `json:"presentationTimeRange,omitempty"`
	First  *quality   `json:"firstQuality,omitempty"`
	Tracks []track    `json:"tracks,omitempty"`
}

type timeRange struct {
	Start     *number `json:"startTimestamp,omitempty"`
	End       *number `json:"endTimestamp,omitempty"`
	Window    *number `json:"presentationWindowDuration,omitempty"`
	Backoff   *number `json:"liveBackoffDuration,omitempty"`
	Timescale *number `json:"timescale,omitempty"`
	ForceEnd  bool    `json:"forceEndTimestamp,omitempty"`
}

type quality struct {
	Bitrate *number `json:"bitrate"`
}

type track struct {
	Selections []condition `json:"trackSelections,omitempty"`
	Conditions []condition `json:"propertyConditions,omitempty"` // second version
}

type condition struct {
	Property  string `json:"property"`
	Operation string `json:"operation"`
	Operator  string `json:"operator,omitempty"` // second version
	Value     string `json:"value"`
}

// number is a whole number, in JSON a number or a string.
type number int64

// UnmarshalJSON implements json.Unmarshaler. Numbers too large for 64 bits,
// which some documents write for "none", are the largest.
func (n *number) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		f, e := strconv.ParseFloat(s, 64)
		if e != nil || f != math.Trunc(f) || f < 0 {
			return fmt.Errorf("%s is no whole number", b)
		}
		if v = math.MaxInt64; f < math.MaxInt64 {
			v = int64(f)
		}
	}
	*n = number(v)
	return nil
}

// names are what filters may be called: they stand in URLs.
var names = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$`)

// ValidName says whether a filter may have a name.
func ValidName(name string) bool { return names.MatchString(name) }

// Parse reads a filter document and checks it. name, when not empty, is what
// the filter is called whatever the document says.
func Parse(b []byte, name string) (*Filter, error) {
	d, err := decode(b)
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = d.Name
	}
	return d.properties.filter(name)
}

// decode reads a document; its properties are in place, wherever it has them.
func decode(b []byte) (*resource, error) {
	var d resource
	var into any = &d
	if begins(b, "[") { // the tracks alone, as the command line of the service took them
		into = &d.Tracks
	}
	where, err := document.Decode(b, into)
	switch {
	case err != nil:
		return nil, &fault.Error{
			Code: unread(b, err), Where: where, What: "the filter is no valid document", Err: err,
			Advice: "A filter is a JSON object with presentationTimeRange, firstQuality and tracks.",
		}
	case d.Type != "" && !kindOfFilter.MatchString(d.Type):
		return nil, fault.New(fault.FilterType, "type", fmt.Sprintf("a resource of the type %q is no filter", d.Type), "Filters are of the types Microsoft.Media/mediaServices/accountFilters and Microsoft.Media/mediaServices/assets/assetFilters.")
	case d.Version != "" && !versions.MatchString(d.Version):
		return nil, fault.New(fault.FilterVersion, "apiVersion", fmt.Sprintf("no version %q of the service had these filters", d.Version), "Versions are dates from 2018 on, like 2023-01-01; it can be left out.")
	}
	if d.Properties != nil {
		d.properties = *d.Properties
	}
	return &d, nil
}

// Filters as the third version of the service called and dated them.
var (
	kindOfFilter = regexp.MustCompile(`(?i)(^|/)(accountFilters|assetFilters)$`)
	versions     = regexp.MustCompile(`^20(1[89]|2[0-9])-[0-9]{2}-[0-9]{2}(-preview)?$`)
)

func begins(b []byte, with string) bool { return bytes.HasPrefix(bytes.TrimSpace(b), []byte(with)) }

// unread is the code of a document that could not be read. The first filters of the
// service, and its first interfaces, were XML.
func unread(b []byte, err error) fault.Code {
	switch {
	case errors.As(err, new(document.Twice)):
		return fault.FilterTwice
	case begins(b, "<"):
		return fault.FilterVersion
	}
	return fault.FilterInvalid
}

// filter checks the properties of a filter.
func (p *properties) filter(name string) (*Filter, error) {
	if !ValidName(name) {
		return nil, fault.New(fault.FilterInvalid, "name "+strconv.Quote(name), "this is no name for a filter", "Use letters, digits, '_', '-' and '.', at most 100 of them.")
	}
	f, err := p.check()
	if err != nil {
		return nil, err
	}
	f.Name = name
	return f, nil
}

// check reads the properties into a filter without a name.
func (p *properties) check() (*Filter, error) {
	f := &Filter{}
	if p.Range != nil {
		if err := f.times(p.Range); err != nil {
			return nil, err
		}
	}
	if p.First != nil {
		if p.First.Bitrate == nil || *p.First.Bitrate <= 0 || *p.First.Bitrate > math.MaxInt32 {
			return nil, fault.New(fault.FilterFirstQuality, "firstQuality", "the first quality needs one bitrate", "Write {\"bitrate\": 1000000}, in bits per second.")
		}
		f.First = int(*p.First.Bitrate)
	}
	for i, t := range p.Tracks {
		s, err := selection(t, fmt.Sprintf("tracks[%d]", i))
		if err != nil {
			return nil, err
		}
		f.Tracks = append(f.Tracks, s)
	}
	return f, nil
}

// times reads a time range in its own timescale.
func (f *Filter) times(r *timeRange) error {
	scale := int64(media.TicksPerSecond)
	if r.Timescale != nil {
		if scale = int64(*r.Timescale); scale <= 0 || scale > math.MaxInt32 {
			return fault.Newf(fault.FilterRange, "timescale", "%d units a second are no timescale", scale)
		}
	}
	var err error
	read := func(what string, n *number) int64 {
		if n == nil || *n > math.MaxInt64-1000 { // the documents write that for none
			return 0
		}
		t := media.Rescale(int64(*n), media.TicksPerSecond, scale)
		if t < 0 || t > maxTime {
			err = fault.Newf(fault.FilterRange, what, "%d is no time", int64(*n))
			return 0
		}
		return t
	}
	f.Start, f.End = read("startTimestamp", r.Start), read("endTimestamp", r.End)
	f.Window, f.Backoff, f.ForceEnd = read("presentationWindowDuration", r.Window), read("liveBackoffDuration", r.Backoff), r.ForceEnd
	switch {
	case err != nil:
		return err
	case f.End > 0 && f.End <= f.Start:
		return fault.New(fault.FilterRange, "endTimestamp", "the range ends before it begins", "Both times count from the beginning of the asset.")
	case f.ForceEnd && f.End == 0:
		return fault.New(fault.FilterRange, "forceEndTimestamp", "there is no end that could be forced", "Give endTimestamp, too.")
	case f.Window > 0 && f.Window < minWindow:
		return fault.New(fault.FilterWindow, "presentationWindowDuration", "the window is shorter than 60 s", "")
	case f.Backoff > maxBackoff:
		return fault.New(fault.FilterBackoff, "liveBackoffDuration", "the distance from the live edge is longer than 300 s", "")
	case f.Window > 0 && f.Backoff > f.Window:
		return fault.New(fault.FilterBackoffOverWindow, "liveBackoffDuration", "the distance from the live edge is longer than the window", "Nothing would be left of it.")
	}
	return nil
}

func selection(t track, where string) (Selection, error) {
	list := append(t.Selections, t.Conditions...)
	if len(list) == 0 {
		return nil, fault.New(fault.FilterTrack, where, "the selection has no condition", "Give conditions with property, operation and value.")
	}
	var s Selection
	for i, c := range list {
		x, err := parseCondition(c, fmt.Sprintf("%s condition %d", where, i+1))
		if err != nil {
			return nil, err
		}
		s = append(s, x)
	}
	return s, nil
}

// ParseSelection reads one selection in JSON: `{"trackSelections": [ … ]}`.
func ParseSelection(b []byte, where string) (Selection, error) {
	var t track
	if at, err := document.Decode(b, &t); err != nil {
		return nil, fault.New(fault.FilterTrack, strings.TrimSpace(where+" "+at), err.Error(), "A selection is an object with trackSelections.")
	}
	return selection(t, where)
}

var kinds = map[string]bool{"video": true, "audio": true, "text": true}

func parseCondition(c condition, where string) (Condition, error) {
	property, known := propertyOf(c.Property)
	if !known {
		return Condition{}, fault.New(fault.FilterTrack, where, fmt.Sprintf("%q is no property", c.Property), "Properties are Type, Name, Language, FourCC and Bitrate.")
	}
	out := Condition{Property: property, Value: c.Value}
	switch operation := c.Operation + c.Operator; {
	case strings.EqualFold(operation, "Equal"):
	case strings.EqualFold(operation, "NotEqual"):
		out.Not = true
	default:
		return Condition{}, fault.New(fault.FilterTrack, where, fmt.Sprintf("%q is no operation", operation), "Operations are Equal and NotEqual.")
	}
	switch {
	case c.Value == "":
		return Condition{}, fault.New(fault.FilterTrack, where, "the condition has no value", "Give a value to compare with.")
	case out.Property == Type && !kinds[strings.ToLower(c.Value)]:
		return Condition{}, fault.New(fault.FilterTrack, where, fmt.Sprintf("%q is no type of tracks", c.Value), "Types are video, audio and text.")
	case out.Property == Bitrate:
		return bitrates(out, where)
	}
	return out, nil
}

// bitrates reads "128000" or "0-1000000".
func bitrates(c Condition, where string) (Condition, error) {
	low, high, both := strings.Cut(c.Value, "-")
	if !both {
		high = low
	}
	a, e1 := strconv.ParseInt(strings.TrimSpace(low), 10, 64)
	b, e2 := strconv.ParseInt(strings.TrimSpace(high), 10, 64)
	if e1 != nil || e2 != nil || a < 0 || b < a {
		return c, fault.New(fault.FilterTrack, where, fmt.Sprintf("%q is no bitrate and no range of them", c.Value), "Write 128000, or 0-1000000 from low to high, in bits per second.")
	}
	c.Low, c.High = int(min(a, math.MaxInt)), int(min(b, math.MaxInt))
	return c, nil
}
