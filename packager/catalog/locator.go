package catalog

import (
	"github.com/google/uuid"

	"manifold/packager/protect"
)

// Locator publishes an asset under a GUID.
type Locator struct {
	ID     string // lower-case GUID, first part of every URL path
	Name   string // "default"
	Policy Policy
}

// Catalog is what one installation publishes: its locators and filters.
type Catalog struct {
	dir    string
	secret uuid.UUID
	policy Policy // of default locators
	keys   kept[protect.Key]
}

// Open reads the catalog in a data directory, which is made when it is not
// there. policy names the streaming policy of default locators, one
// that is built in or a document of the directory; "" is Workbench.
func Open(dir, policy string) (*Catalog, error) {
	p, err := policyOf(dir, policy)
	if err != nil {
		return nil, err
	}
	id, err := secret(dir)
	if err != nil {
		return nil, err
	}
	return &Catalog{dir: dir, secret: id, policy: p}, nil
}

// Default returns the default locator of the asset at an absolute path: the
// same at every start.
func (c *Catalog) Default(path string) Locator {
	return Locator{ID: uuid.NewSHA1(c.secret, []byte(path)).String(), Name: "default", Policy: c.policy}
}
