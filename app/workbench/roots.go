package workbench

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"manifold/packager"
)

// roots are the folders that were opened: an asset that appears in one is
// opened, too.
type roots struct {
	mu      sync.Mutex
	changed map[string]time.Time // as the folder was searched last
	known   map[string]bool      // paths of assets that were found: who closed one does not want it back
}

// note remembers a folder, as it is now, and the assets in it.
func (r *roots) note(path string, entries []packager.Entry) {
	changed, ok := folderTime(path)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changed == nil {
		r.changed, r.known = make(map[string]time.Time), make(map[string]bool)
	}
	if ok {
		r.changed[path] = changed
	}
	for _, e := range entries {
		r.known[e.Path] = true
	}
}

// knows says whether an asset was found before.
func (r *roots) knows(path string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[path]
}

// all returns the folders.
func (r *roots) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []string
	for path := range r.changed {
		out = append(out, path)
	}
	slices.Sort(out)
	return out
}

// stirred says whether a folder has other entries than when it was noted.
func (r *roots) stirred(path string) bool {
	now, ok := folderTime(path)
	r.mu.Lock()
	defer r.mu.Unlock()
	was, noted := r.changed[path]
	return ok && noted && !now.Equal(was)
}

// forget drops the folders that hold none of the open assets.
func (r *roots) forget(assets []Asset) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for path := range r.changed {
		if !slices.ContainsFunc(assets, func(a Asset) bool {
			return a.Path == path || strings.HasPrefix(a.Path, path+string(filepath.Separator))
		}) {
			delete(r.changed, path)
		}
	}
}

func folderTime(path string) (time.Time, bool) {
	i, err := os.Stat(path)
	if err != nil || !i.IsDir() {
		return time.Time{}, false
	}
	return i.ModTime(), true
}

// discover opens what appeared in a folder that was opened.
func (w *Workbench) discover(root string) {
	if !w.roots.stirred(root) {
		return
	}
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	begun, engine := time.Now(), w.service.engine()
	entries, err := engine.Add(ctx, root)
	if err != nil {
		return // the assets say what is wrong with the folder
	}
	s := w.State()
	var added []Asset
	for _, e := range entries {
		switch {
		case s.Asset(e.Locator.ID) != nil:
		case w.roots.knows(e.Path):
			engine.Remove(e.Path)
		default:
			added = append(added, Asset{Entry: e})
		}
	}
	w.roots.note(root, entries)
	if len(added) == 0 {
		return
	}
	w.Dispatch(AssetsAdded{added, false})
	for _, a := range added {
		if err := w.read(ctx, engine, a.Locator.ID); err != nil {
			return
		}
	}
	w.sayOpened(added, time.Since(begun))
}
