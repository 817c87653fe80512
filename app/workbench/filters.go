package workbench

import (
	"slices"
	"strings"

	"manifold/packager"
	"manifold/packager/catalog"
	"manifold/packager/fault"
	"manifold/packager/filter"
	"manifold/packager/media"
)

// FilterKey names a filter in the data directory.
type FilterKey struct {
	Name string
	Own  bool // for the asset alone; else for all
}

// Filter is a filter that the URLs of an asset can name.
type Filter struct {
	FilterKey
	Revision string // changes with the document
	Document *filter.Document
	Filter   *filter.Filter // nil where Err says why it has no effect
	Err      *fault.Error
}

// Written says whether it is a URL that writes the filter out.
func (f *Filter) Written() bool { return filter.IsInline(f.Name) }

// AssetFilters says which filters the URLs of an asset can name.
type AssetFilters struct {
	Locator string
	Filters []Filter
}

func (a AssetFilters) apply(s State) State {
	if have := s.Asset(a.Locator); have != nil {
		have.Filters = a.Filters
	}
	return s
}

// Filter returns a filter that the URLs of an asset can name or write out, nil when
// there is none of the name.
func (a *Asset) Filter(name string) *Filter {
	if a != nil {
		for i := range a.Filters {
			if a.Filters[i].Name == name {
				return &a.Filters[i]
			}
		}
	}
	if filter.IsInline(name) {
		return inline(name)
	}
	return nil
}

// inline returns a filter that a URL writes out.
func inline(text string) *Filter {
	f := &Filter{FilterKey: FilterKey{Name: text}, Revision: text}
	b, err := filter.InlineDocument(text)
	if err == nil {
		f.Document, _ = filter.Read(b)
		f.Filter, err = filter.ParseInline(text)
	}
	if err != nil {
		f.Err = fault.As(err)
	}
	return f
}

// revision tells what the chosen asset answers apart from what it answered
// before, filters of the URL included.
func (s *State) revision(a *Asset) string {
	parts := []string{a.revision()}
	for _, name := range s.Parameters.Filters {
		if f := a.Filter(name); f != nil {
			parts = append(parts, f.Revision)
		}
	}
	return strings.Join(parts, " ")
}

// Toggled returns the parameters with a filter put in, or taken out.
func (p Parameters) Toggled(name string) Parameters {
	if i := slices.Index(p.Filters, name); i >= 0 {
		p.Filters = slices.Delete(slices.Clone(p.Filters), i, i+1)
	} else {
		p.Filters = append(slices.Clone(p.Filters), name)
	}
	return p
}

// Effect is what filters leave of an asset.
type Effect struct {
	Filters []*filter.Filter
	Kept    *media.Presentation // nil when Err says why there is none
	Err     *fault.Error
}

// effect applies filters to the asset.
func (a *Asset) effect(filters ...*filter.Filter) *Effect {
	e := &Effect{Filters: filters}
	var err error
	if e.Kept, err = filter.Apply(a.Read.Presentation, filters); err != nil {
		e.Err = fault.As(err)
	}
	return e
}

// Effect returns what the filter that is edited leaves of the chosen asset, or
// else the filters of the URL; nil where there are none.
func (s *State) Effect() *Effect {
	a := s.Chosen()
	if a.Groups() == nil {
		return nil
	}
	if s.Draft != nil {
		f, err := s.CheckDraft()
		if err != nil {
			return &Effect{Err: err}
		}
		return a.effect(f)
	}
	var filters []*filter.Filter
	for _, name := range s.Parameters.Filters {
		switch f := a.Filter(name); {
		case f == nil:
			return &Effect{Err: fault.New(fault.FilterNotFound, "filter="+name, "there is no such filter", "")}
		case f.Err != nil:
			return &Effect{Err: f.Err}
		default:
			filters = append(filters, f.Filter)
		}
	}
	if len(filters) == 0 {
		return nil
	}
	return a.effect(filters...)
}

// Of returns what one filter leaves of the asset; nil while it is read.
func (a *Asset) Of(f *Filter) *Effect {
	switch {
	case a.Groups() == nil:
		return nil
	case f.Err != nil:
		return &Effect{Err: f.Err}
	}
	return a.effect(f.Filter)
}

// Keeps says whether a track is left.
func (e *Effect) Keeps(g *media.Group, t *media.Track) bool {
	from, to := e.Fragments(g, t)
	return from < to
}

// Fragments returns the fragments [from, to) of a track that are listed, of
// one that is dropped none. Where the filters cannot be applied all are.
func (e *Effect) Fragments(g *media.Group, t *media.Track) (from, to int) {
	switch {
	case e == nil || e.Kept == nil && e.Filters == nil:
		return 0, g.Fragments()
	case e.Kept == nil:
		return 0, 0
	}
	if kept, _, ok := e.Kept.Track(g.Name, t.Bitrate); ok {
		return kept.From, kept.To
	}
	return 0, 0
}

// Counts returns how many tracks are left, and of how many.
func (e *Effect) Counts(a *Asset) (kept, all int) {
	for _, g := range a.Groups() {
		for _, t := range g.Tracks {
			all++
			if e.Keeps(g, t) {
				kept++
			}
		}
	}
	return kept, all
}

// readPublished brings what the data directory says of an asset, its filters and
// locators, where that is not what the state has.
func (w *Workbench) readPublished(locator string) {
	w.filters.Lock() // an older list must not come after a newer one
	defer w.filters.Unlock()
	s := w.State()
	a := s.Asset(locator)
	if a == nil {
		return
	}
	c := w.service.engine().Catalog()
	var list []Filter
	for _, name := range c.Filters(locator) {
		list = append(list, readFilter(c, name, locator))
	}
	if !slices.EqualFunc(list, a.Filters, func(a, b Filter) bool {
		return a.FilterKey == b.FilterKey && a.Revision == b.Revision
	}) {
		w.Dispatch(AssetFilters{locator, list})
	}
	if others := w.service.engine().Locators(a.Entry)[1:]; !slices.EqualFunc(others, a.Others, func(a, b packager.Entry) bool {
		return a.Locator.ID == b.Locator.ID && a.Locator.Name == b.Locator.Name && a.Locator.Policy.Name == b.Locator.Policy.Name
	}) {
		w.Dispatch(AssetLocators{locator, others})
	}
}

func readFilter(c *catalog.Catalog, name, locator string) Filter {
	f := Filter{FilterKey: FilterKey{name, c.HasFilter(name, locator)}}
	if b, err := c.FilterDocument(name, locator); err == nil {
		f.Revision = catalog.Revision(b)
		f.Document, _ = filter.Read(b) // what is wrong with it is said below
	}
	f.Filter, _, _ = c.Filter(name, locator) // the last good version, while one is broken
	if err := c.FilterFault(name, locator); err != nil {
		f.Err = fault.As(err)
	}
	return f
}
