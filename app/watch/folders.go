package watch

import (
	"context"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"manifold/packager"
	"manifold/packager/asset"
)

// Folders are the folders that were opened, and the assets that were found in
// them. The zero value has none. It is safe for concurrent use.
type Folders struct {
	mu    sync.Mutex
	times map[string]times // by the folder that was opened
	known map[string]bool  // paths of assets that were found: who closed one does not want it back
}

// times are when the folders of a tree last got or lost an entry.
type times map[string]time.Time

// Open adds the assets at a path to an engine, and remembers the path when it
// is a folder.
func (f *Folders) Open(ctx context.Context, engine *packager.Engine, path string) ([]packager.Entry, error) {
	root, err := asset.Resolve(path)
	var now times
	if err == nil { // otherwise the search says what is wrong
		now = timesOf(root) // before the search: what appears during it is found by the next
	}
	entries, err := engine.Add(ctx, path)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.times == nil {
		f.times, f.known = make(map[string]times), make(map[string]bool)
	}
	if len(now) > 0 {
		f.times[root] = now
	}
	for _, e := range entries {
		f.known[e.Path] = true
	}
	return entries, nil
}

// Discover adds to an engine the assets that appeared in the folders, and
// returns them. Folders that cannot be searched any more are left as they are.
func (f *Folders) Discover(ctx context.Context, engine *packager.Engine) []packager.Entry {
	var added []packager.Entry
	for _, root := range f.stirred() {
		open, known := make(map[string]bool), f.found()
		for _, e := range engine.Entries() {
			open[e.Path] = true
		}
		entries, err := f.Open(ctx, engine, root)
		if err != nil {
			continue // the assets say what is wrong with the folder
		}
		for _, e := range entries {
			switch {
			case open[e.Path]:
			case known[e.Path]: // it was closed
				engine.Remove(e.Path)
			default:
				added = append(added, e)
			}
		}
	}
	return added
}

// Searched returns the folders in which something can appear.
func (f *Folders) Searched() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, t := range f.times {
		out = slices.AppendSeq(out, maps.Keys(t))
	}
	return out
}

// Forget drops the folders that were opened and that keep says no to.
func (f *Folders) Forget(keep func(folder string) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.DeleteFunc(f.times, func(root string, _ times) bool { return !keep(root) })
}

// stirred returns the folders that were opened in which something appeared or
// went.
func (f *Folders) stirred() []string {
	f.mu.Lock()
	trees := maps.Clone(f.times)
	f.mu.Unlock()
	var out []string
	for root, tree := range trees {
		for dir, was := range tree {
			if now, ok := folderTime(dir); !ok || !now.Equal(was) {
				out = append(out, root)
				break
			}
		}
	}
	slices.Sort(out)
	return out
}

func (f *Folders) found() map[string]bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.known)
}

func timesOf(root string) times {
	out := make(times)
	for _, dir := range asset.Folders(root) {
		if t, ok := folderTime(dir); ok {
			out[dir] = t
		}
	}
	return out
}

func folderTime(path string) (time.Time, bool) {
	i, err := os.Stat(path)
	if err != nil || !i.IsDir() {
		return time.Time{}, false
	}
	return i.ModTime(), true
}
