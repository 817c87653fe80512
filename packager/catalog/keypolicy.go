package catalog

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/filter"
	"manifold/packager/keypolicy"
)

// Content key policies are documents, keypolicies/NAME.json. Files that they
// name lie beside them.
const keyPoliciesName = "keypolicies"

// keyPolicyStore holds the policies.
type keyPolicyStore struct{ store[*keypolicy.Policy] }

// parseKeyPolicy returns what reads the policies of a data directory.
func parseKeyPolicy(dir string) func(string, []byte) (*keypolicy.Policy, error) {
	return func(name string, b []byte) (*keypolicy.Policy, error) {
		return keypolicy.Parse(b, name, besidePolicies(dir))
	}
}

// besidePolicies returns what reads the files that the policies of a data directory
// name.
func besidePolicies(dir string) keypolicy.Files {
	return func(named string) ([]byte, error) { return readBounded(besidePolicy(dir, named)) }
}

func besidePolicy(dir, named string) string {
	if filepath.IsAbs(named) {
		return filepath.Clean(named)
	}
	return filepath.Join(dir, keyPoliciesName, named)
}

// names returns the names of the policies: files that these name are none.
func (s *keyPolicyStore) names(folder string) []string {
	all := s.store.names(folder)
	var files []string
	for _, name := range all {
		b, _ := s.bytes(name) // one that cannot be read names nothing
		for _, named := range keypolicy.Named(b, besidePolicies(s.root)) {
			files = append(files, besidePolicy(s.root, named))
		}
	}
	return slices.DeleteFunc(all, func(name string) bool { return slices.Contains(files, s.path(name)) })
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
