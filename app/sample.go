package app

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"

	"manifold/assets"
	"manifold/packager/catalog"
)

// Sample writes the sample asset that the program carries into the data
// directory ("" is the user's), as far as it is not there yet, and returns its
// folder.
func Sample(data string) (string, error) {
	if data == "" {
		var err error
		if data, err = catalog.DefaultDirectory(); err != nil {
			return "", err
		}
	}
	dir := filepath.Join(data, "sample")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	sample := assets.Sample()
	list, err := fs.ReadDir(sample, ".")
	if err != nil {
		return "", err
	}
	for _, e := range list {
		want, err := fs.ReadFile(sample, e.Name())
		if err != nil {
			return "", err
		}
		path := filepath.Join(dir, e.Name())
		if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, want) {
			continue
		}
		// a server may be reading the old one: it keeps it
		if err := os.WriteFile(path+".new", want, 0o644); err != nil {
			return "", err
		}
		if err := os.Rename(path+".new", path); err != nil {
			return "", err
		}
	}
	return dir, nil
}
