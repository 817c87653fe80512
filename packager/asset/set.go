package asset

import (
	"path/filepath"
	"strings"

	"manifold/packager/fault"
)

// Set says which files are one asset. Nothing of the media was read yet
// except what deciding that needed.
type Set struct {
	Name string // unique among the sets that were found together
	Path string // absolute, without symlinks: what the asset is known by
	Root string // folder that the files are named relative to

	Server string   // name of the server manifest (.ism) in Root; "" when there is none
	Files  []string // media file names in Root, in lexical order; empty with a server manifest

	Noticed []fault.Finding // by the search
	Fault   error           // why there is nothing to open: the folder holds no media, or cannot be read
}

// ISM returns the name of the asset in URLs: its server manifest's, or one
// made from its name.
func (s Set) ISM() string {
	if s.Server != "" {
		return s.Server
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '_'
	}, s.Name)
	return name + ".ism"
}

func stem(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

func isServerManifest(name string) bool { return strings.EqualFold(filepath.Ext(name), ".ism") }

func isMedia(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".mp4", ".m4a", ".m4v", ".mov", ".ismv", ".isma", ".ismt", ".cmfv", ".cmfa":
		return true
	}
	return false
}
