package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/filter"
)

// Filters are JSON documents, one a file:
//
//	filters/NAME.json            for all assets
//	filters/{locator}/NAME.json  for the asset of a default locator; it wins
//
// They are read when a request names them, so that what is edited by hand is
// in force at once.
const filtersName = "filters"

// maxFilter bounds the size of a filter document, in bytes.
const maxFilter = 1 << 20

// filterPath returns where a filter lies; locator is "" for all assets.
func (c *Catalog) filterPath(name, locator string) string {
	return filepath.Join(c.dir, filtersName, locator, name+".json")
}

// Filter returns a filter for the asset of a default locator ("" for none) and
// its revision, which changes with the document. The error is FilterNotFound,
// or says what is wrong with the document.
func (c *Catalog) Filter(name, locator string) (*filter.Filter, string, error) {
	b, err := c.FilterDocument(name, locator)
	if err != nil {
		return nil, "", err
	}
	f, err := filter.Parse(b, name)
	if err != nil {
		e := *fault.As(err)
		e.Where = strings.TrimSpace(name + ".json " + e.Where)
		return nil, "", &e
	}
	sum := sha256.Sum256(b)
	return f, hex.EncodeToString(sum[:8]), nil
}

// FilterDocument returns the document of a filter as it was written.
func (c *Catalog) FilterDocument(name, locator string) ([]byte, error) {
	where := []string{""}
	if locator != "" {
		where = []string{locator, ""}
	}
	if filter.ValidName(name) {
		for _, l := range where {
			b, err := os.ReadFile(c.filterPath(name, l))
			if err == nil && len(b) <= maxFilter {
				return b, nil
			}
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, unusable(c.dir, err)
			}
		}
	}
	advice := "There are no filters; make one with manifold filter set."
	if list, err := c.Filters(locator); err == nil && len(list) > 0 {
		advice = "Filters are " + strings.Join(list, ", ") + "."
	}
	return nil, fault.New(fault.FilterNotFound, "filter="+name, "there is no such filter", advice)
}

// Filters returns the names of the filters that an asset's URLs can name, in
// lexical order; of those for all assets when locator is "".
func (c *Catalog) Filters(locator string) ([]string, error) {
	out, err := c.filtersIn("")
	if err == nil && locator != "" {
		var own []string
		own, err = c.filtersIn(locator)
		out = append(out, own...)
	}
	slices.Sort(out)
	return slices.Compact(out), err
}

// HasFilter says whether there is a filter for the asset of a default locator
// alone, or for all assets when locator is "".
func (c *Catalog) HasFilter(name, locator string) bool {
	list, err := c.filtersIn(locator)
	return err == nil && slices.Contains(list, name)
}

func (c *Catalog) filtersIn(locator string) (out []string, err error) {
	list, err := os.ReadDir(filepath.Join(c.dir, filtersName, locator))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, unusable(c.dir, err)
	}
	for _, e := range list {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok && !e.IsDir() && filter.ValidName(name) {
			out = append(out, name)
		}
	}
	return out, nil
}

// SetFilter checks a document and keeps it. The old one is replaced at once:
// whoever reads gets one or the other.
func (c *Catalog) SetFilter(name, locator string, document []byte) error {
	if len(document) > maxFilter {
		return fault.Newf(fault.FilterInvalid, name, "the document has %d bytes, more than %d", len(document), maxFilter)
	}
	if _, err := filter.Parse(document, name); err != nil {
		return err
	}
	path := c.filterPath(name, locator)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return unusable(c.dir, err)
	}
	return replaceFile(path, document)
}

// DeleteFilter removes a filter; the error is FilterNotFound when there is none.
func (c *Catalog) DeleteFilter(name, locator string) error {
	if filter.ValidName(name) {
		err := os.Remove(c.filterPath(name, locator))
		if err == nil {
			return nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return unusable(c.dir, err)
		}
	}
	return fault.New(fault.FilterNotFound, name, "there is no such filter", "manifold filter list shows them.")
}

// replaceFile writes a file beside the old one, and puts it in its place when
// it is whole on the disk.
func replaceFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return unusable(filepath.Dir(path), err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return unusable(filepath.Dir(path), err)
	}
	return nil
}
