package catalog

import (
	"errors"
	"io/fs"

	"manifold/packager/fault"
)

// Kind is a kind of documents that users write, as the folder of the data
// directory is called that holds them.
type Kind string

// The kinds. Filters have methods of their own, as those of one asset go before
// those of all. The endpoint is one document, of the same name.
const (
	Locators    Kind = locatorsName
	Policies    Kind = policiesName
	KeyPolicies Kind = keyPoliciesName
	Settings    Kind = endpointName
)

// Document is a document as it lies there.
type Document struct {
	Kind     Kind
	Name     string
	Text     []byte
	Revision string // changes with the text
	Fault    error  // why it is not in force as it lies there, nil when it is
}

// documents is what all stores do, whatever they hold.
type documents interface {
	names(folder string) []string
	bytes(name string) ([]byte, error)
	fault(name string) error
	create(name string, b []byte) error
	change(name string, b []byte, revision string) error
	delete(name, revision string) error
}

func (c *Catalog) of(k Kind) documents {
	switch k {
	case Locators:
		return &c.locators
	case Policies:
		return &c.policies
	case KeyPolicies:
		return &c.keyPolicies
	}
	return &c.endpoint
}

// Documents returns all documents of a kind, in lexical order. The endpoint has
// one, whether it was written or not.
func (c *Catalog) Documents(k Kind) ([]Document, error) {
	if k == Settings {
		d, err := c.Document(k, endpointName)
		return []Document{d}, err
	}
	var out []Document
	for _, name := range c.of(k).names("") {
		d, err := c.Document(k, name)
		if err != nil {
			if fault.As(err).Code == fault.ResourceNotFound {
				continue // somebody just deleted it
			}
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// Document returns a document; the error is ResourceNotFound when there is none.
func (c *Catalog) Document(k Kind, name string) (Document, error) {
	b, err := c.of(k).bytes(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && k == Settings:
		return Document{Kind: k, Name: name, Text: []byte(DefaultEndpoint)}, nil
	case errors.Is(err, fs.ErrNotExist):
		return Document{}, fault.New(fault.ResourceNotFound, name, "there is no such document", "Somebody deleted it.")
	case err != nil:
		return Document{}, err
	}
	return Document{Kind: k, Name: name, Text: b, Revision: Revision(b), Fault: c.of(k).fault(name)}, nil
}

// Keep checks a document and keeps it in place of the revision that it was made
// from; a new one, which has none, under a name that is free. Locators do not
// change.
func (c *Catalog) Keep(d Document) error {
	switch {
	case d.Kind == Locators && d.Revision != "":
		return fault.New(fault.StorageConflict, d.Name, "locators do not change", "Delete it, and make a new one.")
	case d.Kind == Locators:
		p, err := ReadLocator(d.Text)
		if err == nil {
			_, err = c.CreateLocator(d.Name, p)
		}
		return err
	case d.Revision != "":
		return c.of(d.Kind).change(d.Name, d.Text, d.Revision)
	}
	return c.of(d.Kind).create(d.Name, d.Text)
}

// Delete removes a document. What it ruled is ruled as without it.
func (c *Catalog) Delete(k Kind, name string) error {
	err := c.of(k).delete(name, "")
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.ResourceNotFound, name, "there is no such document", "Somebody deleted it.")
	}
	return err
}

// PolicyNames returns the names that a streaming policy of default locators can
// have: those that are built in, then those of documents.
func (c *Catalog) PolicyNames() []string {
	var out []string
	for _, p := range policies {
		out = append(out, p.Name)
	}
	return append(out, c.policies.names("")...)
}

// KeyPolicyNames returns the names of content key policies; "" gives keys to
// everybody, and is not among them.
func (c *Catalog) KeyPolicyNames() []string { return c.keyPolicies.names("") }
