package catalog

import (
	"slices"
	"strings"

	"manifold/packager/fault"
)

// lacking returns why a locator cannot use what it names beside its streaming
// policy: content key policies and filters.
func (c *Catalog) lacking(d *locatorDocument) []error {
	policies := []string{d.KeyPolicy}
	for _, k := range d.Keys {
		if !slices.Contains(policies, k.KeyPolicy) {
			policies = append(policies, k.KeyPolicy)
		}
	}
	var out []error
	for _, name := range policies {
		if _, err := c.KeyPolicy(name); err != nil {
			out = append(out, err)
		}
	}
	for _, name := range d.Filters {
		if err := c.lacksFilter(d, name); err != nil {
			out = append(out, err)
		}
	}
	return out
}

// lacksFilter says why a locator cannot use a filter. Where an asset is that a
// locator names without its path is not known here: the filter may be any asset's.
func (c *Catalog) lacksFilter(d *locatorDocument, name string) (err error) {
	assets := append(c.filters.folders(), "")
	if d.path != "" {
		assets = []string{c.Default(d.path).ID}
	}
	for _, asset := range assets {
		if _, _, err = c.Filter(name, asset); err == nil {
			return nil
		}
	}
	return err
}

// ofLocator makes a finding of what is wrong with a locator that has a document.
func (c *Catalog) ofLocator(name string, err error) fault.Finding {
	f := fault.As(err).Finding("")
	f.Code, f.Where = brokenCode, strings.TrimSpace(c.locators.where(name)+" "+f.Where)
	return f
}
