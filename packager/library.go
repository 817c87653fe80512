package packager

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"manifold/packager/asset"
	"manifold/packager/catalog"
	"manifold/packager/fault"
	"manifold/packager/format"
)

// library holds the assets that were added, in order, and keeps their open
// versions as long as memory allows.
type library struct {
	catalog *catalog.Catalog
	options asset.Options
	open    *weighed[string, *asset.Asset] // by path

	mu    sync.RWMutex
	items []*item
}

// item is one asset that was added.
type item struct {
	set     asset.Set
	locator catalog.Locator

	mu      sync.Mutex // one opens, the others wait
	checked time.Time  // when the files were last compared with the disk
}

// checkEvery is how long an answer may be taken from files that were compared
// with the disk: long enough to save most of the stat calls of a player, too
// short for anybody to notice. Reads find changes at once in any case.
const checkEvery = 100 * time.Millisecond

// add finds the assets at a path and adds those that are new.
func (l *library) add(ctx context.Context, path string) ([]*item, error) {
	sets, err := asset.Find(ctx, path)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var added []*item
	for _, s := range sets {
		if at := slices.IndexFunc(l.items, func(i *item) bool { return i.set.Path == s.Path }); at >= 0 {
			l.items[at].renew(s)
			l.open.Remove(s.Path) // opening an asset again reads it again
			added = append(added, l.items[at])
			continue
		}
		s.Name = asset.Unused(s.Name, func(n string) bool {
			return slices.ContainsFunc(l.items, func(i *item) bool { return i.set.Name == n })
		})
		i := &item{set: s, locator: l.catalog.Default(s.Path)}
		l.items = append(l.items, i)
		added = append(added, i)
	}
	return added, nil
}

// renew takes what a new search found of an asset, but for its name.
func (i *item) renew(s asset.Set) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s.Name = i.set.Name
	i.set = s
}

// remove takes an asset out. Requests under way go on.
func (l *library) remove(path string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items = slices.DeleteFunc(l.items, func(i *item) bool { return i.set.Path == path })
	l.open.Remove(path)
}

// all returns the assets in the order in which they were added.
func (l *library) all() []*item {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return slices.Clone(l.items)
}

// find returns the asset that a locator publishes.
func (l *library) find(locator string) (*item, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for _, i := range l.items {
		if i.locator.ID == locator {
			return i, nil
		}
	}
	return nil, fault.New(fault.ResourceNotFound, locator, "there is no such locator", "The start page lists the locators of this server.")
}

// current returns the version of an asset that lies on disk now.
func (l *library) current(ctx context.Context, i *item) (*asset.Asset, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if a, ok := l.open.Get(i.set.Path); ok {
		if time.Since(i.checked) < checkEvery {
			return a, nil
		}
		if !a.Stale() {
			i.checked = time.Now()
			return a, nil
		}
		i.set = refind(ctx, i.set)
	}
	a := asset.Open(ctx, i.set, l.options)
	if err := ctx.Err(); err != nil {
		return nil, err // what was read may be half
	}
	if a.Presentation != nil {
		a.Findings = append(a.Findings, format.LeftOut(a.Presentation)...)
	}
	i.checked = time.Now()
	l.open.Add(i.set.Path, a, a.Memory())
	return a, nil
}

// refind lists the files of a set again: some may have come or gone.
func refind(ctx context.Context, old asset.Set) asset.Set {
	sets, err := asset.Find(ctx, old.Path)
	if err != nil {
		e := *fault.As(err)
		e.Where = old.Name // not where it lies on this machine
		old.Fault = &e
		return old
	}
	for _, s := range sets {
		if s.Path == old.Path {
			s.Name = old.Name
			return s
		}
	}
	return old
}

// forget makes the next request open an asset again.
func (l *library) forget(i *item) { l.open.Remove(i.set.Path) }

// named says whether a URL's file name is the asset's server manifest.
func (i *item) named(file string) bool { return strings.EqualFold(i.set.ISM(), file) }
