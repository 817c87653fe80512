package workbench

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"manifold/app/watch"
	"manifold/packager/fault"
)

// watch opens assets that appear in the folders that were opened, and reads
// those again whose files change, and filters.
func (w *Workbench) watch() {
	watch.Follow(w.ctx, func() []string {
		dirs := w.folders.Searched()
		for _, a := range w.State().Assets {
			dir := a.From
			if a.Read != nil {
				dir = a.Read.Root
			}
			dirs = append(dirs, dir)
		}
		return dirs
	}, func() {
		w.discover()
		s := w.State()
		for i := range s.Assets {
			w.refresh(&s.Assets[i])
		}
		w.readAllPublished()
	})
}

// discover opens what appeared in the folders that were opened.
func (w *Workbench) discover() {
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	begun, engine := time.Now(), w.service.engine()
	var added []Asset
	for _, e := range w.folders.Discover(ctx, engine) {
		added = append(added, Asset{Entry: e})
	}
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

// forgetFolders ends the watch of folders that hold none of the open assets.
func (w *Workbench) forgetFolders() {
	assets := w.State().Assets
	w.folders.Forget(func(folder string) bool {
		return slices.ContainsFunc(assets, func(a Asset) bool {
			return a.Path == folder || strings.HasPrefix(a.Path, folder+string(filepath.Separator))
		})
	})
}

// refresh reads an asset again when its files are not what they were.
func (w *Workbench) refresh(a *Asset) {
	if a.Read == nil || !a.Read.Stale() {
		return
	}
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	next, err := w.service.engine().Asset(ctx, a.Locator.ID)
	switch {
	case w.ctx.Err() != nil:
	case err != nil:
		w.Dispatch(AssetStale{a.Locator.ID, err.Error()})
	case next == a.Read || next.Err != nil && a.Err() != nil && next.Err.Error() == a.Err().Error():
		// nothing new: an asset that cannot be opened is looked at again and again
	case next.Err != nil:
		w.Dispatch(AssetRead{a.Locator.ID, next})
		w.Say(fault.Severe, "%s changed and cannot be served: %s", a.Name, fault.As(next.Err).Sentence())
	default:
		w.Dispatch(AssetRead{a.Locator.ID, next})
		if f := worst(a.Read.Findings, next.Findings); f != nil {
			w.Say(f.Severity, "%s changed on disk: %s", a.Name, f.Message)
		} else {
			w.Say(fault.Info, "%s changed on disk and was read again", a.Name)
		}
	}
}

// worst returns the gravest finding that is new, nil when none is more than a note.
func worst(before, now []fault.Finding) (out *fault.Finding) {
	for i := range now {
		f := &now[i]
		if f.Severity > fault.Info && !slices.Contains(before, *f) && (out == nil || f.Severity > out.Severity) {
			out = f
		}
	}
	return out
}
