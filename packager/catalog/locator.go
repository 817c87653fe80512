package catalog

import (
	"time"

	"github.com/google/uuid"

	"manifold/packager/fault"
	"manifold/packager/protect"
)

// Locator publishes an asset under a GUID.
type Locator struct {
	ID        string // lower-case GUID, first part of every URL path
	Name      string // "default", or that of the document
	Policy    Policy
	KeyPolicy string   // content key policy; "" is the server's
	Filters   []string // applied before those of a URL

	Start, End time.Time // answers are given from one to before the other; zero: always

	MediaID string // for the {AlternativeMediaId} of licence URLs
	Keys    []LocatorKey
}

// DefaultName is what the locator is called that every asset has.
const DefaultName = "default"

// Default returns the default locator of the asset at an absolute path: the
// same at every start.
func (c *Catalog) Default(path string) Locator {
	return Locator{ID: uuid.NewSHA1(c.secret, []byte(path)).String(), Name: DefaultName, Policy: c.DefaultPolicy()}
}

// DefaultPolicy returns the streaming policy of default locators, as it is now.
func (c *Catalog) DefaultPolicy() Policy {
	if p, err := c.Policy(c.policy.Name); err == nil {
		return p
	}
	return c.policy // it was deleted, and stays what it was
}

// Open returns nil at a time when the locator gives answers; the error is
// Unauthorized, which is a 404 as of a locator that is not there.
func (l *Locator) Open(now time.Time) error {
	switch {
	case now.Before(l.Start):
		return fault.New(fault.Unauthorized, l.ID, "the locator is not valid yet", "It is from "+l.Start.UTC().Format(time.RFC3339)+" on.")
	case !l.End.IsZero() && !now.Before(l.End):
		return fault.New(fault.Unauthorized, l.ID, "the locator is not valid any more", "It was until "+l.End.UTC().Format(time.RFC3339)+".")
	}
	return nil
}

// Key returns the key that the locator itself has for a family and label.
func (l *Locator) Key(family, label string) (LocatorKey, bool) {
	for _, k := range l.Keys {
		if k.Family == family && k.Label == label {
			return k, true
		}
	}
	return LocatorKey{}, false
}

// LocatorKey is a content key that a locator has of its own.
type LocatorKey struct {
	protect.Key
	Family    string // EnvelopeEncryption, CommonEncryptionCenc or CommonEncryptionCbcs
	Label     string
	KeyPolicy string // who gets it; "" is the locator's
}
