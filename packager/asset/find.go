package asset

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"manifold/packager/fault"
)

// Limits of a search.
const (
	maxDepth   = 4
	maxEntries = 10_000
)

// Find returns the assets at a path: a file, a server manifest, a folder that
// holds media, or a folder whose sub-folders do. Hidden folders and symbolic
// links to folders are not followed. The error is for a path that cannot be
// read or holds nothing.
func Find(ctx context.Context, path string) ([]Set, []fault.Finding, error) {
	abs, err := filepath.Abs(path)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return nil, nil, unreadable(path, err)
	}
	info, err := os.Stat(abs)
	if err != nil {
		return nil, nil, unreadable(path, err)
	}
	if !info.IsDir() {
		s := Set{Name: stem(filepath.Base(abs)), Path: abs, Root: filepath.Dir(abs)}
		if isServerManifest(abs) {
			s.Server = filepath.Base(abs)
		} else {
			s.Files = []string{filepath.Base(abs)}
		}
		return []Set{s}, nil, nil
	}
	f := &finder{ctx: ctx}
	if err := f.folder(abs, 0); err != nil {
		return nil, f.findings, err
	}
	if len(f.sets) == 0 {
		return nil, f.findings, fault.New(fault.ResourceNotFound, filepath.Base(abs), "the folder holds no media",
			"Give a folder with MP4, M4A or MOV files, a server manifest (.ism), or a folder whose sub-folders have them.")
	}
	unique(f.sets)
	return f.sets, f.findings, nil
}

func unreadable(path string, err error) error {
	what, advice := "the path cannot be read", "Check the name and that you may read it."
	switch {
	case errors.Is(err, fs.ErrNotExist):
		what, advice = "there is no such file or folder", "Check the name."
	case errors.Is(err, fs.ErrPermission):
		what, advice = "reading is not permitted", "Check the permissions of the file and its folders."
	}
	return &fault.Error{Code: fault.ResourceNotFound, Where: path, What: what, Advice: advice}
}

type finder struct {
	ctx      context.Context
	entries  int
	sets     []Set
	findings []fault.Finding
}

// folder adds the assets in a folder, or else those of its sub-folders.
func (f *finder) folder(dir string, depth int) error {
	list, err := os.ReadDir(dir)
	if err != nil {
		if depth == 0 {
			return unreadable(filepath.Base(dir), err)
		}
		f.findings = append(f.findings, fault.Finding{
			Severity: fault.Warning, Code: "unreadable", Where: filepath.Base(dir),
			Message: fault.As(unreadable(dir, err)).What, Advice: "Check the permissions of the folder.",
		})
		return nil
	}
	if err := f.ctx.Err(); err != nil {
		return err
	}
	var servers, files, folders []string
	for _, e := range list {
		if f.entries++; f.entries > maxEntries {
			return fault.New(fault.FormatNotSupported, filepath.Base(dir), fmt.Sprintf("the folder has more than %d entries", maxEntries), "Open a smaller folder.")
		}
		switch name := e.Name(); {
		case strings.HasPrefix(name, "."):
		case e.IsDir():
			folders = append(folders, name)
		case isServerManifest(name):
			servers = append(servers, name)
		case isMedia(name) && !e.IsDir():
			files = append(files, name)
		}
	}
	switch {
	case len(servers) > 0:
		for _, name := range servers {
			f.sets = append(f.sets, Set{Name: stem(name), Path: filepath.Join(dir, name), Root: dir, Server: name})
		}
		f.stray(dir, servers, files)
	case len(files) > 0:
		sets, findings := cluster(dir, files)
		f.sets = append(f.sets, sets...)
		f.findings = append(f.findings, findings...)
	case depth < maxDepth:
		for _, name := range folders {
			if err := f.folder(filepath.Join(dir, name), depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// stray tells of media files that no server manifest of their folder names.
func (f *finder) stray(dir string, servers, files []string) {
	named := make(map[string]bool)
	for _, name := range servers {
		m, err := readServerManifest(filepath.Join(dir, name))
		if err != nil {
			return // opening the asset says so
		}
		for _, e := range m.Elements {
			for _, n := range e.candidates() {
				named[n] = true
			}
		}
	}
	for _, name := range files {
		if !named[name] {
			f.findings = append(f.findings, fault.Finding{
				Severity: fault.Info, Code: "not-listed", Where: name,
				Message: "no server manifest (.ism) of this folder names the file, so it is not served",
				Advice:  "Add it to the server manifest, or open the file by itself.",
			})
		}
	}
}

// unique numbers equal names: NAME, NAME-2, …
func unique(sets []Set) {
	taken := make(map[string]bool)
	for i := range sets {
		sets[i].Name = Unused(sets[i].Name, func(n string) bool { return taken[n] })
		taken[sets[i].Name] = true
	}
}

// Unused returns name, or name-2, name-3 …: the first that is not taken.
func Unused(name string, taken func(string) bool) string {
	out := name
	for n := 2; taken(out); n++ {
		out = fmt.Sprintf("%s-%d", name, n)
	}
	return out
}

func sorted(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return out
}
