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
// links to folders are not followed. Folders that hold nothing or cannot be
// read are sets with a Fault; the error is for a path that does not exist and
// for a cancelled search.
func Find(ctx context.Context, path string) ([]Set, error) {
	abs, err := Resolve(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	info, err := os.Stat(abs)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if !info.IsDir() {
		s := Set{Name: stem(filepath.Base(abs)), Path: abs, From: abs, Root: filepath.Dir(abs)}
		if isServerManifest(abs) {
			s.Server = filepath.Base(abs)
		} else {
			s.Files = []string{filepath.Base(abs)}
			s.Texts = besides(abs)
		}
		return []Set{s}, nil
	}
	f := &finder{ctx: ctx, left: maxEntries}
	if err := f.folder(abs, 0); err != nil {
		return nil, err
	}
	if len(f.sets) == 0 {
		f.refuse(abs, noMedia(abs))
	}
	unique(f.sets)
	return f.sets, nil
}

// Resolve returns the path by which assets are known: absolute, without
// symbolic links.
func Resolve(path string) (string, error) {
	if path == "" { // a variable that was not set, not the working directory
		return "", fs.ErrNotExist
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// besides returns the text files that have the name of a media file: "film.srt"
// and "film.en.srt" of "film.mp4".
func besides(file string) []string {
	list, _ := os.ReadDir(filepath.Dir(file)) // without a list there is none
	var out []string
	for _, e := range list[:min(len(list), maxEntries)] {
		rest, ok := strings.CutPrefix(stem(e.Name()), stem(filepath.Base(file)))
		if ok && !e.IsDir() && isText(e.Name()) && (rest == "" || strings.ContainsAny(rest[:1], "._-")) {
			out = append(out, e.Name())
		}
	}
	return out
}

func noMedia(dir string) error {
	return fault.New(fault.ResourceNotFound, filepath.Base(dir), "the folder holds no media",
		"Give a folder with MP4, M4A, MOV, ISMV or ISMA files, a server manifest (.ism), or a folder whose sub-folders have them.")
}

func unreadable(path string, err error) error {
	what, advice, cause := "the path cannot be read", "Check the name and that you may read it.", error(nil)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		what, advice = "there is no such file or folder", "Check the name."
	case errors.Is(err, fs.ErrPermission):
		what, advice = "reading is not permitted", "Check the permissions of the file and its folders."
	default:
		var p *fs.PathError
		if cause = err; errors.As(err, &p) {
			cause = p.Err
		}
	}
	return &fault.Error{Code: fault.ResourceNotFound, Where: path, What: what, Advice: advice, Err: cause}
}

type finder struct {
	ctx  context.Context
	left int // entries that may still be looked at
	sets []Set
}

// refuse adds a folder as a set that cannot be opened, so that the user is told.
func (f *finder) refuse(dir string, err error) {
	f.sets = append(f.sets, Set{Name: filepath.Base(dir), Path: dir, From: dir, Root: dir, Fault: err})
}

// folder adds the assets in a folder, or else those of its sub-folders.
func (f *finder) folder(dir string, depth int) error {
	if f.left < 0 { // told already
		return nil
	}
	l, err := f.list(dir)
	if err != nil {
		f.refuse(dir, unreadable(filepath.Base(dir), err))
		return nil
	}
	if err := f.ctx.Err(); err != nil {
		return err
	}
	if f.left < 0 {
		f.refuse(dir, fault.New(fault.FormatNotSupported, filepath.Base(dir), fmt.Sprintf("more than %d entries were searched", maxEntries), "Open a smaller folder."))
		return nil
	}
	first := len(f.sets)
	switch {
	case len(l.servers) > 0:
		for _, name := range l.servers {
			f.sets = append(f.sets, Set{Name: stem(name), Path: filepath.Join(dir, name), From: dir, Root: dir, Server: name})
		}
		f.sets[first].Noticed = stray(dir, l.servers, slices.Concat(l.files, l.texts))
	case len(l.files) > 0:
		sets, err := cluster(f.ctx, dir, l.files)
		if err != nil {
			return err
		}
		giveTexts(sets, l.texts)
		f.sets = append(f.sets, sets...)
		f.sets[first].Noticed = append(f.sets[first].Noticed, unread(l.others)...)
	case len(l.folders) == 0 && depth > 0:
		f.refuse(dir, noMedia(dir))
	case depth == maxDepth:
		f.refuse(dir, fault.New(fault.ResourceNotFound, filepath.Base(dir), fmt.Sprintf("folders that lie more than %d below the one that was opened are not searched", maxDepth), "Open this folder by itself."))
	default:
		for _, name := range l.folders {
			if err := f.folder(filepath.Join(dir, name), depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// listing is what a folder holds, by name.
type listing struct{ servers, files, texts, others, folders []string }

// list sorts the entries of a folder, as many as may still be looked at.
func (f *finder) list(dir string) (l listing, err error) {
	list, err := os.ReadDir(dir)
	for _, e := range list {
		if f.left--; f.left < 0 {
			break
		}
		switch name := e.Name(); {
		case strings.HasPrefix(name, "."):
		case e.IsDir():
			l.folders = append(l.folders, name)
		case isServerManifest(name):
			l.servers = append(l.servers, name)
		case isMedia(name):
			l.files = append(l.files, name)
		case isText(name):
			l.texts = append(l.texts, name)
		case isOther(name):
			l.others = append(l.others, name)
		}
	}
	return l, err
}

// Folders returns the folders that Find looks for assets in below a path, which
// is the first of them; none when that is no folder.
func Folders(path string) []string {
	if i, err := os.Stat(path); err != nil || !i.IsDir() {
		return nil
	}
	f := &finder{left: maxEntries}
	out, depths := []string{path}, []int{0}
	for i := 0; i < len(out) && f.left >= 0; i++ {
		l, err := f.list(out[i])
		if err != nil || len(l.servers)+len(l.files) > 0 || depths[i] == maxDepth {
			continue
		}
		for _, name := range l.folders {
			out, depths = append(out, filepath.Join(out[i], name)), append(depths, depths[i]+1)
		}
	}
	return out
}

// stray tells of media and text files that no server manifest of their folder names.
func stray(dir string, servers, files []string) []fault.Finding {
	named := make(map[string]bool)
	for _, name := range servers {
		m, err := readServerManifest(filepath.Join(dir, name))
		if err != nil {
			return nil // opening the asset says so
		}
		for _, e := range m.Elements {
			for _, n := range e.candidates() {
				named[n] = true
			}
		}
	}
	var findings []fault.Finding
	for _, name := range files {
		if !named[name] {
			findings = append(findings, fault.Finding{
				Severity: fault.Info, Code: "not-listed", Where: name,
				Message: "no server manifest (.ism) of this folder names the file, so it is not served",
				Affects: "The file is left out of every format.",
				Advice:  "Add it to the server manifest, or open the file by itself.",
			})
		}
	}
	return findings
}

// unread tells of media of kinds that are not read.
func unread(names []string) []fault.Finding {
	var findings []fault.Finding
	for _, name := range names {
		findings = append(findings, fault.Finding{
			Severity: fault.Info, Code: "not-read", Where: name,
			Message: "files of this kind are not read",
			Affects: "The file is left out of every format.",
			Advice:  "Put sound and pictures into MP4, for example with ffmpeg -c copy.",
		})
	}
	return findings
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
