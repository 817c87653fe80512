package catalog

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/filter"
)

// Filters are documents:
//
//	filters/NAME.json            for all assets
//	filters/{locator}/NAME.json  for the asset of a default locator; it wins
const filtersName = "filters"

func parseFilter(name string, b []byte) (*filter.Filter, error) {
	return filter.Parse(b, path.Base(name))
}

// places are the names under which a filter for the asset of a default locator
// may lie, the one that wins first; locator is "" for no asset.
func places(name, locator string) []string {
	if !filter.ValidName(name) {
		return nil
	}
	return slices.Compact([]string{path.Join(locator, name), name})
}

// Filter returns a filter for the asset of a default locator ("" for none) and
// its revision, which changes with the document. The error is FilterNotFound,
// or says what is wrong with the document.
func (c *Catalog) Filter(name, locator string) (*filter.Filter, string, error) {
	if filter.IsInline(name) {
		f, err := filter.ParseInline(name)
		return f, Revision([]byte(name)), err
	}
	for _, place := range places(name, locator) {
		f, revision, err := c.filters.get(place)
		if !errors.Is(err, fs.ErrNotExist) {
			return f, revision, err
		}
	}
	return nil, "", c.noFilter(name, locator)
}

// FilterDocument returns the document of a filter as it was written, of an inline
// filter one that says the same.
func (c *Catalog) FilterDocument(name, locator string) ([]byte, error) {
	if filter.IsInline(name) {
		return filter.InlineDocument(name)
	}
	for _, place := range places(name, locator) {
		b, err := c.filters.bytes(place)
		if !errors.Is(err, fs.ErrNotExist) {
			return b, err
		}
	}
	return nil, c.noFilter(name, locator)
}

// noFilter is the error of a filter that is not there; it says which are.
func (c *Catalog) noFilter(name, locator string) error {
	advice := "There are no filters; make one with manifold filter set."
	if list := c.Filters(locator); len(list) > 0 {
		advice = "Filters are " + strings.Join(list, ", ") + "."
	}
	return fault.New(fault.FilterNotFound, "filter="+name, "there is no such filter", advice)
}

// Filters returns the names of the filters that an asset's URLs can name, in
// lexical order; of those for all assets when locator is "".
func (c *Catalog) Filters(locator string) []string {
	var out []string
	for _, folder := range slices.Compact([]string{locator, ""}) {
		for _, name := range c.filters.names(folder) {
			out = append(out, path.Base(name))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// HasFilter says whether there is a filter for the asset of a default locator
// alone, or for all assets when locator is "".
func (c *Catalog) HasFilter(name, locator string) bool {
	return slices.Contains(c.filters.names(locator), path.Join(locator, name))
}

// FilterFault says why a filter is not in force as it lies there, nil when it is.
func (c *Catalog) FilterFault(name, locator string) error {
	if c.HasFilter(name, locator) {
		name = path.Join(locator, name)
	}
	return c.filters.fault(name)
}

// SetFilter checks a document and keeps it, in place of any other.
func (c *Catalog) SetFilter(name, locator string, document []byte) error {
	if _, err := filter.Parse(document, name); err != nil {
		return err
	}
	return c.filters.set(path.Join(locator, name), document)
}

// CreateFilter is SetFilter for a new filter; the error is StorageConflict when there
// is one of the name.
func (c *Catalog) CreateFilter(name, locator string, document []byte) error {
	if _, err := filter.Parse(document, name); err != nil {
		return err
	}
	return c.filters.create(path.Join(locator, name), document)
}

// ChangeFilter is SetFilter for one who has seen a revision; the error is
// StorageConflict when that is not what lies there.
func (c *Catalog) ChangeFilter(name, locator string, document []byte, revision string) error {
	if _, err := filter.Parse(document, name); err != nil {
		return err
	}
	return c.filters.change(path.Join(locator, name), document, revision)
}

// DeleteFilter removes a filter of a revision, of any when that is ""; the error is
// FilterNotFound when there is none, StorageConflict when it is of another.
func (c *Catalog) DeleteFilter(name, locator, revision string) error {
	err := fs.ErrNotExist
	if filter.ValidName(name) {
		err = c.filters.delete(path.Join(locator, name), revision)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.FilterNotFound, name, "there is no such filter", "manifold filter list shows them.")
	}
	return err
}
