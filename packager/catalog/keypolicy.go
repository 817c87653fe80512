package catalog

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/filter"
	"manifold/packager/keypolicy"
)

// Content key policies are documents, keypolicies/NAME.json. Files that they
// name lie beside them.
const keyPoliciesName = "keypolicies"

// parseKeyPolicy returns what reads the content key policies of a data directory.
func parseKeyPolicy(dir string) func(string, []byte) (*keypolicy.Policy, error) {
	return func(name string, b []byte) (*keypolicy.Policy, error) {
		return keypolicy.Parse(b, name, func(named string) ([]byte, error) {
			if !filepath.IsAbs(named) {
				named = filepath.Join(dir, keyPoliciesName, named)
			}
			return readBounded(named)
		})
	}
}

// KeyPolicy returns the content key policy of a name: nil, which gives keys to
// everybody, for "" and "Open". Tokens that may be used so often are counted as
// long as the document stays the same.
func (c *Catalog) KeyPolicy(name string) (*keypolicy.Policy, error) {
	if name == "" || strings.EqualFold(name, "Open") {
		return nil, nil
	}
	var p *keypolicy.Policy
	err := fs.ErrNotExist
	if filter.ValidName(name) {
		p, _, err = c.keyPolicies.get(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.ResourceNotFound, name, "there is no such content key policy", "Open gives keys to everybody; one of your own is "+c.keyPolicies.where(name)+" in the data directory.")
	}
	return p, err
}
