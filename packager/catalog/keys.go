package catalog

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"manifold/packager/fault"
	"manifold/packager/protect"
)

// Content keys are JSON documents, one a file, for their owner alone:
//
//	keys/{locator}/{family}.json        CommonEncryptionCenc …
//	keys/{locator}/{family}-{label}.json  of what has a key of its own
//
// They are made when they are first needed. Who wants other keys edits them.
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
	k, err := c.readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = c.createKey(path, family, label); err == nil {
			k, err = c.readKey(path)
		}
	}
	if err != nil && !errors.As(err, new(*fault.Error)) {
		err = unusable(c.dir, err)
	}
	return k, err
}

// readKey reads the document at a path.
func (c *Catalog) readKey(path string) (protect.Key, error) {
	return c.keys.get(path, func() (protect.Key, error) {
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

// FindKey returns the locator and family of a key.
func (c *Catalog) FindKey(id protect.KID) (locator, family string, key protect.Key, ok bool) {
	root := filepath.Join(c.dir, keysName)
	folders, _ := os.ReadDir(root) // without keys there is none
	for _, f := range folders {
		list, _ := os.ReadDir(filepath.Join(root, f.Name()))
		for _, e := range list {
			name, isKey := strings.CutSuffix(e.Name(), ".json")
			if !isKey {
				continue
			}
			path := filepath.Join(root, f.Name(), e.Name())
			if k, err := c.readKey(path); err == nil && k.ID == id {
				family, _, _ := strings.Cut(name, "-")
				return f.Name(), family, k, true
			}
		}
	}
	return "", "", protect.Key{}, false
}
