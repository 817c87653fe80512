package catalog

import (
	"maps"
	"slices"
	"strings"

	"manifold/packager/fault"
)

// locatorLacks returns why a locator cannot use what it names beside its streaming
// policy: content key policies and filters.
func (c *Catalog) locatorLacks(d *locatorDocument) []error {
	policies := []string{d.KeyPolicy}
	for _, k := range d.Keys {
		policies = append(policies, k.KeyPolicy)
	}
	out := c.keyPoliciesLack(policies)
	for _, name := range d.Filters {
		if err := c.lacksFilter(d, name); err != nil {
			out = append(out, err)
		}
	}
	return out
}

// policyLacks returns why a streaming policy cannot use what it names: content key
// policies.
func (c *Catalog) policyLacks(p *Policy) []error {
	policies := []string{p.KeyPolicy}
	for _, e := range p.Encryptions {
		policies = append(policies, e.KeyPolicy)
		for _, label := range slices.Sorted(maps.Keys(e.KeyPolicies)) {
			policies = append(policies, e.KeyPolicies[label])
		}
	}
	return c.keyPoliciesLack(policies)
}

// keyPoliciesLack says of each name once why there is no content key policy of it.
func (c *Catalog) keyPoliciesLack(names []string) []error {
	var out []error
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			continue
		}
		if _, err := c.KeyPolicy(name); err != nil {
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

// finding makes one of what is wrong with a document that can be read.
func (s *store[T]) finding(name string, err error) fault.Finding {
	f := fault.As(err).Finding("")
	f.Code, f.Where = brokenCode, strings.TrimSpace(s.where(name)+" "+f.Where)
	return f
}
