package workbench

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/filter"
	"manifold/packager/media"
)

// Draft is a filter while it is edited.
type Draft struct {
	FilterKey
	filter.Document
	From FilterKey // the filter that is saved over; zero for a new one
	Seen string    // its revision when it was read
}

func (d *Draft) equal(o *Draft) bool {
	return d == o || d != nil && o != nil && reflect.DeepEqual(d, o)
}

// SetDraft edits a filter, nil for none. Field, where it is not "", names what
// of the draft is typed or dragged: Undo takes it back as a whole.
type SetDraft struct {
	Draft *Draft
	Field string
}

func (a SetDraft) apply(s State) State {
	s.Draft = a.Draft
	return s
}

// typed returns the field that an action types into, "" for others.
func typed(a Action) string {
	if d, ok := a.(SetDraft); ok {
		return d.Field
	}
	return ""
}

// DraftSaved says that the draft is kept now. What Undo goes back to is a
// draft of the same filter.
type DraftSaved struct {
	From, To FilterKey
	Revision string
}

func (a DraftSaved) apply(s State) State {
	moved := func(d *Draft) *Draft {
		if d == nil || d.From != a.From {
			return d
		}
		next := *d
		next.From, next.Seen = a.To, a.Revision
		return &next
	}
	s.Draft = moved(s.Draft)
	s.Past = slices.Clone(s.Past)
	for i := len(s.Past) - 1; i >= 0 && s.Past[i].Draft != nil && s.Past[i].Draft.From == a.From; i-- {
		s.Past[i].Draft = moved(s.Past[i].Draft)
	}
	if a.From != a.To {
		for i, name := range s.Parameters.Filters {
			if name == a.From.Name {
				s.Parameters.Filters = slices.Clone(s.Parameters.Filters)
				s.Parameters.Filters[i] = a.To.Name
			}
		}
	}
	return s
}

// NewDraft returns a filter that is not there yet and leaves everything.
func (s *State) NewDraft() *Draft { return &Draft{FilterKey: FilterKey{Name: s.freeName("filter")}} }

// DraftOf returns a draft of a filter, a new one of what a URL writes out; nil
// where its document cannot be read.
func (s *State) DraftOf(name string) *Draft {
	f := s.Chosen().Filter(name)
	if f == nil || f.Document == nil {
		return nil
	}
	if filter.IsInline(name) {
		d := s.NewDraft()
		d.Document = *f.Document
		return d
	}
	return &Draft{FilterKey: f.FilterKey, Document: *f.Document, From: f.FilterKey, Seen: f.Revision}
}

// Duplicate returns a draft with the same document and a name of its own.
func (s *State) Duplicate() *Draft {
	d := *s.Draft
	d.From, d.Seen = FilterKey{}, ""
	d.Name = s.freeName(d.Name)
	return &d
}

// ImportDraft returns a new draft of a document, which may be named after a file.
func (s *State) ImportDraft(b []byte, name string) (*Draft, error) {
	document, err := filter.Read(b)
	if err != nil {
		return nil, err
	}
	var named struct{ Name string }
	if json.Unmarshal(b, &named) == nil && named.Name != "" {
		name = named.Name
	}
	if !filter.ValidName(name) {
		name = "filter"
	}
	return &Draft{FilterKey: FilterKey{Name: s.freeName(name)}, Document: *document}, nil
}

// freeName returns a name that no filter of the chosen asset has.
func (s *State) freeName(base string) string {
	name := base
	for n := 2; s.Chosen().Filter(name) != nil; n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	return name
}

// CheckDraft returns the filter that the draft is, or what is wrong with it.
func (s *State) CheckDraft() (*filter.Filter, *fault.Error) {
	d := s.Draft
	if have := s.Chosen().Filter(d.Name); have != nil && !have.Written() && have.FilterKey == d.FilterKey && d.FilterKey != d.From {
		return nil, fault.New(fault.FilterInvalid, "name", "there is a filter of this name", "Take another name, or edit that one.")
	}
	f, err := d.Filter(d.Name)
	if err != nil {
		return nil, fault.As(err)
	}
	return f, nil
}

// Changed says whether the draft is not what is kept.
func (s *State) Changed() bool {
	d := s.Draft
	if d == nil {
		return false
	}
	have := s.Chosen().Filter(d.From.Name)
	return have == nil || have.FilterKey != d.FilterKey || have.Document == nil || !reflect.DeepEqual(*have.Document, d.Document)
}

// Place is the part of a draft that an error is about.
type Place struct {
	Field       string // as documents name it; "tracks" for a condition
	Group, Term int    // of tracks, from 0; Term -1 for the group as a whole
}

// PlaceOf returns what of a draft an error is about.
func PlaceOf(e *fault.Error) Place {
	p := Place{Term: -1}
	p.Field, _, _ = strings.Cut(e.Where, " ")
	if n, _ := fmt.Sscanf(e.Where, "tracks[%d] condition %d", &p.Group, &p.Term); n > 0 {
		p.Field = "tracks"
		if n == 2 {
			p.Term--
		}
	}
	return p
}

// scale returns the units a second of the draft's times.
func (d *Draft) scale() int64 {
	if n, err := strconv.ParseInt(d.Timescale, 10, 32); err == nil && n > 0 {
		return n
	}
	return media.TicksPerSecond
}

// Range returns the requested times in ticks, an end of 0 being that of the
// asset; false where they are none.
func (d *Draft) Range() (start, end int64, ok bool) {
	f, err := (&filter.Document{Start: d.Start, End: d.End, Timescale: d.Timescale}).Filter("range")
	if err != nil {
		return 0, 0, false
	}
	return f.Start, f.End, true
}

// withStart returns the draft with a start in ticks, 0 for that of the asset: not
// earlier, whatever its timescale, so that the fragment before stays out.
func (d Draft) withStart(ticks int64) *Draft {
	d.Start = ""
	if ticks > 0 {
		n := d.units(ticks)
		if media.Rescale(n, media.TicksPerSecond, d.scale()) < ticks {
			n++
		}
		d.Start = strconv.FormatInt(n, 10)
	}
	return &d
}

// withEnd returns the draft with an end in ticks, 0 for that of the asset: not
// later, so that the fragment behind stays out.
func (d Draft) withEnd(ticks int64) *Draft {
	d.End = ""
	if ticks > 0 {
		d.End = strconv.FormatInt(max(1, d.units(ticks)), 10)
	}
	return &d
}

func (d *Draft) units(ticks int64) int64 {
	return media.Rescale(ticks, d.scale(), media.TicksPerSecond)
}

// Edges returns the times in ticks at which fragments can be cut, and last the
// end of them; none while the asset is read.
func (a *Asset) Edges() []int64 {
	if groups := a.Groups(); groups != nil {
		return groups[0].Times
	}
	return nil
}

// MoveStart returns the draft with a start so many fragments later, or earlier.
func (s *State) MoveStart(step int) *Draft {
	from, to, edges := s.Cut()
	return s.StartAt(edges, min(max(from+step, 0), to-1))
}

// MoveEnd returns the draft with an end so many fragments later, or earlier.
func (s *State) MoveEnd(step int) *Draft {
	from, to, edges := s.Cut()
	return s.EndAt(edges, min(max(to+step, from+1), len(edges)-1))
}

// StartAt returns the draft with a start at one of some edges; the first is that of
// the asset.
func (s *State) StartAt(edges []int64, i int) *Draft {
	if i <= 0 {
		return s.Draft.withStart(0)
	}
	return s.Draft.withStart(edges[i])
}

// EndAt returns the draft with an end at one of some edges; the last is that of the
// asset.
func (s *State) EndAt(edges []int64, i int) *Draft {
	if i >= len(edges)-1 {
		return s.Draft.withEnd(0)
	}
	return s.Draft.withEnd(edges[i])
}

// Cut returns the edges between which the draft cuts the chosen asset.
func (s *State) Cut() (from, to int, edges []int64) {
	edges = s.Chosen().Edges()
	last := len(edges) - 1
	start, end, ok := s.Draft.Range()
	if !ok {
		return 0, last, edges
	}
	for from < last-1 && edges[from+1] <= start {
		from++
	}
	to = last
	for end > 0 && to > from+1 && edges[to-1] >= end {
		to--
	}
	return from, to, edges
}
