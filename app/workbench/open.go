package workbench

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"manifold/app"
	"manifold/packager"
	"manifold/packager/fault"
)

// Open opens the assets at paths: files, folders, server manifests. It returns
// at once; what comes of it is in the state.
func (w *Workbench) Open(paths ...string) {
	if len(paths) == 0 {
		return
	}
	title := filepath.Base(paths[0])
	if len(paths) > 1 {
		title = fmt.Sprintf("%s and %d more", title, len(paths)-1)
	}
	w.run("Opening "+title, func(ctx context.Context, progress func(done, total int)) error {
		var failed error
		for i, path := range paths {
			if len(paths) > 1 {
				progress(i, len(paths))
			}
			if err := w.open(ctx, path, i == 0); err != nil {
				failed = err
				continue
			}
			if absolute, err := filepath.Abs(path); err == nil {
				w.remember(absolute)
			}
		}
		return failed
	})
}

// OpenSample opens the asset that ships with the program.
func (w *Workbench) OpenSample() {
	w.run("Opening the sample", func(ctx context.Context, _ func(int, int)) error {
		dir, err := app.Sample(w.dataDirectory())
		if err != nil {
			return err
		}
		return w.open(ctx, dir, true)
	})
}

// open adds the assets at one path and reads them; choose makes the first of
// them the chosen one.
func (w *Workbench) open(ctx context.Context, path string, choose bool) error {
	begun := time.Now()
	engine := w.service.engine()
	entries, err := engine.Add(ctx, path)
	if err != nil {
		return err
	}
	var added []Asset
	for _, e := range entries {
		added = append(added, Asset{Entry: e})
	}
	w.Dispatch(AssetsAdded{added, choose})
	for _, e := range entries {
		if err := w.read(ctx, engine, e.Locator.ID); err != nil {
			return err
		}
	}
	w.sayOpened(entries, time.Since(begun))
	return nil
}

// read reads an asset as it lies on disk now.
func (w *Workbench) read(ctx context.Context, engine *packager.Engine, locator string) error {
	a, err := engine.Asset(ctx, locator)
	if err != nil {
		return err
	}
	w.Dispatch(AssetRead{locator, a})
	return nil
}

func (w *Workbench) sayOpened(entries []packager.Entry, took time.Duration) {
	if len(entries) == 1 {
		if s := w.State(); s.Asset(entries[0].Locator.ID) != nil {
			if e := s.Asset(entries[0].Locator.ID).Err(); e != nil {
				w.Say(fault.Severe, fmt.Sprintf("%s cannot be served: %s", entries[0].Name, e.Sentence()))
				return
			}
		}
		w.Say(fault.Info, fmt.Sprintf("%s opened in %d ms", entries[0].Name, took.Milliseconds()))
		return
	}
	w.Say(fault.Info, fmt.Sprintf("%d assets opened in %d ms", len(entries), took.Milliseconds()))
}

// Reopen reads an asset again.
func (w *Workbench) Reopen(locator string) {
	s := w.State()
	if a := s.Asset(locator); a != nil {
		w.Open(a.Path)
	}
}

// CloseAsset takes an asset out of the window and off the server.
func (w *Workbench) CloseAsset(locator string) {
	s := w.State()
	if a := s.Asset(locator); a != nil {
		w.service.engine().Remove(a.Path)
		w.Dispatch(AssetClosed{locator})
	}
}
