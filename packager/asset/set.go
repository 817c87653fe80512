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
	From string // absolute: the file or folder that was searched, and is searched again
	Root string // folder that the files are named relative to

	Server string   // name of the server manifest (.ism) in Root; "" when there is none
	Files  []string // media file names in Root, in lexical order; empty with a server manifest
	Texts  []string // names of the text files beside them

	Noticed []fault.Finding // by the search
	Fault   error           // why there is nothing to open: the folder holds no media, or cannot be read
}

// ISM returns the name of the asset in URLs: its server manifest's, or one
// made from the name of its folder or file. It does not depend on what else is
// served.
func (s Set) ISM() string {
	if s.Server != "" {
		return s.Server
	}
	name := filepath.Base(s.Path)
	if len(s.Files) == 1 && s.Files[0] == name {
		name = stem(name)
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '_'
	}, name)
	return name + ".ism"
}

func stem(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }

func isServerManifest(name string) bool { return strings.EqualFold(filepath.Ext(name), ".ism") }

// isOther says whether a file is media of a kind that is not read: a
// user may expect it to be.
func isOther(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".mp3", ".aac", ".ac3", ".ec3", ".eac3", ".wav", ".flac", ".ogg", ".opus", ".ts", ".mkv", ".webm", ".avi", ".mxf", ".flv", ".wmv", ".asf", ".mpg", ".mpeg", ".m2ts", ".mka", ".264", ".265", ".h264", ".h265", ".hevc":
		return true
	}
	return false
}

// isMedia says whether a file is MP4 or one of its relatives, by its name: what
// lies in it is found when it is read.
func isMedia(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".mp4", ".m4a", ".m4v", ".m4b", ".mov", ".qt", ".3gp", ".3g2", ".f4v", ".f4a", ".ismv", ".isma", ".ismt", ".cmfv", ".cmfa", ".cmft":
		return true
	}
	return false
}
