package workbench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"manifold/app"
	"manifold/packager"
	"manifold/packager/asset"
	"manifold/packager/fault"
)

// Probe says why there is nothing at a path that could be opened, nil when
// there may be something.
func Probe(path string) error {
	_, err := os.Stat(path)
	if err == nil {
		return nil
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.New("there is no such file or folder")
	}
	return fmt.Errorf("%s: %w", path, err)
}

// Open opens the assets at paths: files, folders, server manifests. It returns
// at once; what comes of it is in the state.
func (w *Workbench) Open(paths ...string) {
	if len(paths) == 0 {
		return
	}
	title := Sentence{"Opening %s", []any{filepath.Base(paths[0])}}
	if len(paths) > 1 {
		title = Sentence{"Opening %s and %d more", []any{filepath.Base(paths[0]), len(paths) - 1}}
	}
	w.run(title, func(ctx context.Context, progress progress) error {
		var failed []error
		var opened []Asset
		begun := time.Now()
		for i, path := range paths {
			if len(paths) > 1 {
				progress(i, len(paths))
			}
			added, err := w.open(ctx, opening{path: path, choose: i == len(failed)}, progress)
			opened = append(opened, added...)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err != nil:
				failed = append(failed, err)
			default:
				if p, err := asset.Resolve(path); err == nil {
					w.Dispatch(Remembered{p})
				}
			}
		}
		w.sayOpened(opened, time.Since(begun))
		if len(failed) > 1 {
			return fmt.Errorf("%d of %d could not be opened; the first: %w", len(failed), len(paths), failed[0])
		}
		return errors.Join(failed...)
	})
}

// OpenSample opens the asset that ships with the program.
func (w *Workbench) OpenSample() {
	w.run(Sentence{Format: "Opening the sample"}, func(ctx context.Context, progress progress) error {
		dir, err := app.Sample(w.dataDirectory())
		if err != nil {
			return err
		}
		begun := time.Now()
		added, err := w.open(ctx, opening{path: dir, choose: true}, progress)
		w.sayOpened(added, time.Since(begun))
		return err
	})
}

// opening is what is to be opened.
type opening struct {
	path   string
	choose bool                      // the first of the assets becomes the chosen one
	want   func(packager.Entry) bool // which of the assets; nil for all
}

// open adds the assets at one path and reads them. What was not read when it
// is cancelled is closed again.
func (w *Workbench) open(ctx context.Context, o opening, progress progress) ([]Asset, error) {
	engine := w.service.engine()
	entries, err := w.folders.Open(ctx, engine, o.path)
	if err != nil {
		return nil, err
	}
	var added []Asset
	for _, e := range entries {
		if o.want == nil || o.want(e) {
			added = append(added, Asset{Entry: e})
		} else {
			engine.Remove(e.Path)
		}
	}
	w.Dispatch(AssetsAdded{added, o.choose})
	for i, a := range added {
		if len(added) > 1 {
			progress(i, len(added))
		}
		if err := w.read(ctx, engine, a.Locator.ID); err != nil {
			w.closeUnread(engine, added[i:])
			return nil, err
		}
	}
	return added, nil
}

// closeUnread closes those of some assets that nothing is known of.
func (w *Workbench) closeUnread(engine *packager.Engine, assets []Asset) {
	s := w.State()
	for _, a := range assets {
		if have := s.Asset(a.Locator.ID); have != nil && have.Read == nil {
			engine.Remove(a.Path)
			w.Dispatch(AssetClosed{a.Locator.ID})
		}
	}
}

// read reads an asset as it lies on disk now.
func (w *Workbench) read(ctx context.Context, engine *packager.Engine, locator string) error {
	a, err := engine.Asset(ctx, locator)
	if err != nil {
		return err
	}
	w.Dispatch(AssetRead{locator, a})
	w.readPublished(locator)
	return nil
}

// sayOpened tells of assets that were opened, and first of those that are not
// served.
func (w *Workbench) sayOpened(assets []Asset, took time.Duration) {
	s := w.State()
	var broken []*Asset
	for _, a := range assets {
		if x := s.Asset(a.Locator.ID); x != nil && x.Err() != nil {
			broken = append(broken, x)
		}
	}
	switch {
	case len(assets) == 0:
	case len(assets) == 1 && len(broken) == 1:
		w.Say(fault.Severe, "%s cannot be served: %s", broken[0].Name, broken[0].Err().Sentence())
	case len(broken) > 0:
		w.Say(fault.Severe, "%d of %d assets cannot be served; the first, %s: %s", len(broken), len(assets), broken[0].Name, broken[0].Err().Sentence())
	case len(assets) == 1:
		w.Say(fault.Info, "%s opened in %d ms", assets[0].Name, took.Milliseconds())
	default:
		w.Say(fault.Info, "%d assets opened in %d ms", len(assets), took.Milliseconds())
	}
}

// Reopen reads an asset again.
func (w *Workbench) Reopen(locator string) {
	s := w.State()
	a := s.Asset(locator)
	if a == nil {
		return
	}
	w.run(Sentence{"Reading %s again", []any{a.Name}}, func(ctx context.Context, _ progress) error {
		begun, engine := time.Now(), w.service.engine()
		if err := engine.Reread(locator); err != nil {
			return err
		}
		if err := w.read(ctx, engine, locator); err != nil {
			return err
		}
		w.sayOpened([]Asset{*a}, time.Since(begun))
		return nil
	})
}

// CloseAsset takes an asset out of the window and off the server.
func (w *Workbench) CloseAsset(locator string) {
	s := w.State()
	if a := s.Asset(locator); a != nil {
		w.service.engine().Remove(a.Path)
		w.Dispatch(AssetClosed{locator})
		w.forgetFolders()
	}
}
