package filter

import (
	"encoding/json"
	"fmt"
	"strconv"

	"manifold/packager/fault"
)

// Document is a filter as it is written, before anything of it is checked:
// what an editor holds. Numbers are text, "" where there is none; times count
// in units of the timescale.
type Document struct {
	Start, End      string // of presentationTimeRange
	Window, Backoff string // presentationWindowDuration, liveBackoffDuration
	Timescale       string // units a second; "" is 10,000,000
	ForceEnd        bool

	First  string // bitrate of firstQuality, bit/s
	Tracks [][]Term
}

// Term is a condition as it is written.
type Term struct{ Property, Operation, Value string }

// Read returns what a document says. The error says that it is none.
func Read(b []byte) (*Document, error) {
	r, err := decode(b)
	if err != nil {
		return nil, err
	}
	d := &Document{}
	if t := r.Range; t != nil {
		for _, n := range d.times(t) {
			*n.text = written(*n.number)
		}
		d.ForceEnd = t.ForceEnd
	}
	if r.First != nil {
		d.First = written(r.First.Bitrate)
	}
	for _, t := range r.Tracks {
		var terms []Term
		for _, c := range append(t.Selections, t.Conditions...) {
			terms = append(terms, Term{c.Property, c.Operation + c.Operator, c.Value})
		}
		d.Tracks = append(d.Tracks, terms)
	}
	return d, nil
}

func written(n *number) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(int64(*n), 10)
}

// timeField ties a number of a time range to its text.
type timeField struct {
	name   string
	text   *string
	number **number
}

func (d *Document) times(t *timeRange) []timeField {
	return []timeField{
		{"startTimestamp", &d.Start, &t.Start}, {"endTimestamp", &d.End, &t.End}, {"timescale", &d.Timescale, &t.Timescale},
		{"presentationWindowDuration", &d.Window, &t.Window}, {"liveBackoffDuration", &d.Backoff, &t.Backoff},
	}
}

// properties reads the numbers.
func (d *Document) properties() (*properties, error) {
	p, t := &properties{}, &timeRange{ForceEnd: d.ForceEnd}
	ranged := d.ForceEnd
	for _, n := range d.times(t) {
		if err := n.read(); err != nil {
			return nil, err
		}
		ranged = ranged || *n.number != nil
	}
	if ranged {
		p.Range = t
	}
	if d.First != "" {
		p.First = &quality{}
		if err := (timeField{"firstQuality", &d.First, &p.First.Bitrate}).read(); err != nil {
			return nil, err
		}
	}
	for _, terms := range d.Tracks {
		var s track
		for _, c := range terms {
			s.Selections = append(s.Selections, condition{Property: c.Property, Operation: c.Operation, Value: c.Value})
		}
		p.Tracks = append(p.Tracks, s)
	}
	return p, nil
}

func (n timeField) read() error {
	if *n.text == "" {
		return nil
	}
	v, err := strconv.ParseInt(*n.text, 10, 64)
	if err != nil {
		return fault.New(fault.FilterRange, n.name, fmt.Sprintf("%q is no whole number", *n.text), "Write digits alone.")
	}
	*n.number = (*number)(&v)
	return nil
}

// Filter checks the document as Parse does.
func (d *Document) Filter(name string) (*Filter, error) {
	p, err := d.properties()
	if err != nil {
		return nil, err
	}
	return p.filter(name)
}

// JSON writes the document as Azure Media Services had it. The error says
// which number is none.
func (d *Document) JSON() ([]byte, error) {
	p, err := d.properties()
	if err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(p, "", "  ")
	return append(b, '\n'), err
}
