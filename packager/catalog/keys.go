package catalog

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"manifold/packager/fault"
	"manifold/packager/protect"
)

// Content keys are JSON documents, one a file, for their owner alone:
//
//	keys/{locator}/{family}.json        CommonEncryptionCenc …
//	keys/{locator}/{family}-{label}.json  of what has a key of its own
//
// They are made when they are first needed, unless somebody gave them before.
const keysName = "keys"

// maxKey bounds the size of a key document, in bytes.
const maxKey = 64 << 10

// ContentKey is a content key as listings have it.
type ContentKey struct {
	ID     string `json:"id"`
	Scheme string `json:"encryptionScheme"` // the family: one key serves its schemes
	Label  string `json:"labelReferenceInStreamingPolicy,omitempty"`
	Value  []byte `json:"value,omitempty"` // 16 bytes, in base64
}

// Key returns the key of a family and label for the asset of a locator, a new
// one when there was none.
func (c *Catalog) Key(locator, family, label string) (protect.Key, error) {
	path := c.keyPath(locator, family, label)
	k, err := c.readKey(path, LookEvery)
	if errors.Is(err, fs.ErrNotExist) {
		if err = c.createKey(path, family, label); err == nil {
			k, err = c.readKey(path, LookEvery)
		}
	}
	if err != nil && !errors.As(err, new(*fault.Error)) {
		err = unusable(c.dir, err)
	}
	return k, err
}

// readKey reads the document at a path, unless it was looked at so short a time ago.
func (c *Catalog) readKey(path string, granted time.Duration) (protect.Key, error) {
	return c.keys.get(path, granted, func() (protect.Key, error) {
		b, err := os.ReadFile(path)
		if err != nil {
			return protect.Key{}, err
		}
		return parseKey(b, path)
	})
}

func (c *Catalog) keyPath(locator, family, label string) string {
	name := family
	if label != "" {
		name += "-" + label
	}
	return filepath.Join(c.dir, keysName, locator, name+".json")
}

// parseKey reads a document.
func parseKey(b []byte, path string) (protect.Key, error) {
	wrong := func(what string) (protect.Key, error) {
		return protect.Key{}, fault.New(fault.Internal, path, what, "Correct the document, or delete it; without it there will be another key.")
	}
	if len(b) > maxKey {
		return wrong("the document of a content key is too large")
	}
	var d ContentKey
	if err := json.Unmarshal(b, &d); err != nil {
		return wrong(fmt.Sprintf("the document of a content key cannot be read: %v", err))
	}
	id, err := protect.ParseKID(d.ID)
	if err != nil {
		return wrong("the id of a content key is no GUID")
	}
	if len(d.Value) != 16 {
		return wrong(fmt.Sprintf("the value of a content key has %d bytes, not 16", len(d.Value)))
	}
	return protect.Key{ID: id, Value: [16]byte(d.Value)}, nil
}

// createKey writes a new key. Two processes may do so at once: the first wins,
// and both read that one.
func (c *Catalog) createKey(path, family, label string) error {
	id, err := uuid.NewRandom()
	if err != nil {
		return err
	}
	d := ContentKey{ID: id.String(), Scheme: family, Label: label, Value: make([]byte, 16)}
	rand.Read(d.Value)
	b, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return createFile(path, append(b, '\n'))
}

// Families are the kinds of encryption that have keys of their own.
var Families = []string{protect.Envelope.Family(), protect.CENC.Family(), protect.CBCS.Family()}

// SetKeys keeps keys for the asset of a locator, all or none. A key that is there
// already, if it is another, is only replaced where that is wanted: whoever has a
// licence for it cannot play any more.
func (c *Catalog) SetKeys(locator string, replace bool, keys ...ContentKey) error {
	return c.filters.locked(func() error {
		given := make(map[string]protect.Key) // by path
		for _, k := range keys {
			if err := c.give(given, locator, k); err != nil {
				return err
			}
		}
		if err := c.unambiguous(given); err != nil {
			return err
		}
		for _, k := range keys {
			path := c.keyPath(locator, k.Scheme, k.Label)
			if old, err := c.readKey(path, 0); !replace && !errors.Is(err, fs.ErrNotExist) && (err != nil || old != given[path]) {
				return fault.New(fault.StorageConflict, k.where(), "there is a key already", "Whoever has a licence for it cannot play any more with another one; --replace does it all the same.")
			}
		}
		for _, k := range keys {
			path := c.keyPath(locator, k.Scheme, k.Label)
			if old, err := c.readKey(path, 0); err == nil && old == given[path] {
				continue
			}
			k.ID = given[path].ID.String()
			b, err := json.MarshalIndent(k, "", "  ")
			if err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				return unusable(c.dir, err)
			}
			if err := replaceFile(path, append(b, '\n')); err != nil {
				return err
			}
			c.keys.forget(path)
		}
		return nil
	})
}

// where names the key in errors.
func (k *ContentKey) where() string { return strings.TrimRight("key of "+k.Scheme+" "+k.Label, " ") }

// give adds a key to those that are to be kept; the error says why it cannot be
// one of them.
func (c *Catalog) give(given map[string]protect.Key, locator string, k ContentKey) error {
	where := k.where()
	id, err := protect.ParseKID(k.ID)
	switch {
	case err != nil:
		return fault.New(fault.BadURLSyntax, where, fmt.Sprintf("the id %q is no GUID", k.ID), "Write it like 01234567-89ab-cdef-0123-456789abcdef.")
	case len(k.Value) != 16:
		return fault.Newf(fault.BadURLSyntax, where, "the value has %d bytes, not 16", len(k.Value))
	case !slices.Contains(Families, k.Scheme):
		return fault.New(fault.BadURLSyntax, where, "there is no such encryption", "It is one of "+strings.Join(Families, ", ")+".")
	case k.Label != "" && !validLabel(k.Label):
		return fault.New(fault.BadURLSyntax, where, fmt.Sprintf("%q is no label", k.Label), "Labels are video, audio, SD, HD, UHD and those that a streaming policy gives; without one the key is for all tracks.")
	}
	path := c.keyPath(locator, k.Scheme, k.Label)
	if _, twice := given[path]; twice {
		return fault.New(fault.StorageConflict, where, "there are two keys for it", "Give one; others need labels of their own.")
	}
	given[path] = protect.Key{ID: id, Value: [16]byte(k.Value)}
	return nil
}

// unambiguous says whether the ids of keys to be kept are those of no other keys:
// of one another, of locators, and of what is kept and stays.
func (c *Catalog) unambiguous(given map[string]protect.Key) error {
	values := make(map[protect.KID][16]byte)
	add := func(k protect.Key) error {
		if v, used := values[k.ID]; used && v != k.Value {
			return fault.New(fault.StorageConflict, "", "another key has the id "+k.ID.String(), "An id is for one key alone.")
		}
		values[k.ID] = k.Value
		return nil
	}
	for _, k := range given {
		if err := add(k); err != nil {
			return err
		}
	}
	var err error
	same := func(k protect.Key) bool {
		if _, concerned := values[k.ID]; concerned {
			err = add(k)
		}
		return err == nil
	}
	locators, _ := c.resolve()
	for _, d := range locators {
		for _, k := range d.Keys {
			if !same(k.Key) {
				return err
			}
		}
	}
	c.keptKeys(func(h Holding, path string) bool {
		_, replaced := given[path]
		return replaced || same(h.Key)
	})
	return err
}

// Keys returns the keys that the asset of a locator has, whether they were given
// or made.
func (c *Catalog) Keys(locator string) ([]ContentKey, error) {
	list, err := os.ReadDir(filepath.Join(c.dir, keysName, locator))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, unusable(c.dir, err)
	}
	var out []ContentKey
	for _, e := range list {
		name, isKey := strings.CutSuffix(e.Name(), ".json")
		family, label, _ := strings.Cut(name, "-")
		if !isKey || !slices.Contains(Families, family) {
			continue
		}
		k, err := c.readKey(c.keyPath(locator, family, label), 0)
		if err != nil {
			return nil, err
		}
		out = append(out, ContentKey{ID: k.ID.String(), Scheme: family, Label: label, Value: k.Value[:]})
	}
	return out, nil
}

// keptKeys calls f for every key that was given or made, with the path of its
// document.
func (c *Catalog) keptKeys(f func(h Holding, path string) (more bool)) {
	root := filepath.Join(c.dir, keysName)
	folders, _ := os.ReadDir(root) // without keys there is none
	for _, d := range folders {
		list, _ := os.ReadDir(filepath.Join(root, d.Name()))
		for _, e := range list {
			name, isKey := strings.CutSuffix(e.Name(), ".json")
			if !isKey {
				continue
			}
			path := filepath.Join(root, d.Name(), e.Name())
			k, err := c.readKey(path, 0)
			family, label, _ := strings.Cut(name, "-")
			if err == nil && !f(Holding{d.Name(), LocatorKey{Key: k, Family: family, Label: label}}, path) {
				return
			}
		}
	}
}
