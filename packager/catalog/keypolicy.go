package catalog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/filter"
	"manifold/packager/keypolicy"
)

// Content key policies are JSON documents, keypolicies/NAME.json. Files that
// they name lie beside them.
const keyPoliciesName = "keypolicies"

// maxNamed bounds the size of a file that a document names, in bytes.
const maxNamed = 1 << 20

// KeyPolicy returns the content key policy of a name: nil, which gives keys to
// everybody, for "" and "Open".
func (c *Catalog) KeyPolicy(name string) (*keypolicy.Policy, error) {
	if name == "" || strings.EqualFold(name, "Open") {
		return nil, nil
	}
	folder := filepath.Join(c.dir, keyPoliciesName)
	path := filepath.Join(folder, name+".json")
	missing := fault.New(fault.ResourceNotFound, name, "there is no such content key policy", "Open gives keys to everybody; one of your own is the file "+path+".")
	if !filter.ValidName(name) {
		return nil, missing
	}
	b, err := readBounded(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, missing
	case err != nil:
		return nil, unusable(c.dir, err)
	}
	p, err := keypolicy.Parse(b, name, func(name string) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(folder, name)
		}
		return readBounded(name)
	})
	if err != nil {
		e := *fault.As(err)
		e.Where = strings.TrimSpace(path + " " + e.Where)
		return nil, &e
	}
	return p, nil
}

// readBounded reads a file that is not too large.
func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxNamed {
		return nil, errors.New(path + " is too large")
	}
	return os.ReadFile(path)
}
