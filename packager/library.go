package packager

import (
	"context"
	"runtime"
	"runtime/debug"
	"slices"
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

	mu      sync.RWMutex
	items   []*item
	settled *time.Timer // since an asset was opened; nil before the first
}

// item is one asset that was added.
type item struct {
	Entry // as it is published, which does not change

	mu      sync.Mutex
	set     asset.Set
	fresh   bool      // set was just searched for
	checked time.Time // when the files were last compared with the disk
	opening *opening  // nil unless the asset is being opened
}

// opening is the work of one for all who ask meanwhile.
type opening struct {
	done  chan struct{}
	asset *asset.Asset
	err   error
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
		if at := slices.IndexFunc(l.items, func(i *item) bool { return i.Path == s.Path }); at >= 0 {
			l.renew(l.items[at], s) // opening an asset again reads it again
			added = append(added, l.items[at])
			continue
		}
		name := asset.Unused(s.Name, func(n string) bool {
			return slices.ContainsFunc(l.items, func(i *item) bool { return i.Name == n })
		})
		i := &item{Entry: Entry{Name: name, Path: s.Path, From: s.From, ISM: s.ISM(), Locator: l.catalog.Default(s.Path)}, set: s, fresh: true}
		l.items = append(l.items, i)
		added = append(added, i)
	}
	return added, nil
}

// renew takes what a new search found of an asset.
func (l *library) renew(i *item, s asset.Set) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.set, i.fresh = s, true
	l.open.Remove(i.Path)
}

// remove takes an asset out. Requests under way go on.
func (l *library) remove(path string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items = slices.DeleteFunc(l.items, func(i *item) bool { return i.Path == path })
	l.open.Remove(path)
}

// all returns the assets in the order in which they were added.
func (l *library) all() []*item {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return slices.Clone(l.items)
}

// find returns the asset that a locator publishes, and the locator as it is now.
func (l *library) find(locator string) (*item, catalog.Locator, error) {
	items := l.all()
	for _, i := range items {
		if i.Locator.ID == locator {
			return i, l.published(i).Locator, nil
		}
	}
	found, publishes, ok := l.catalog.Locator(locator)
	if !ok {
		return nil, found, fault.New(fault.ResourceNotFound, locator, "there is no such locator", "The start page lists the locators of this server.")
	}
	for _, i := range items {
		if publishes(i.Name, i.Path) {
			return i, found, nil
		}
	}
	return nil, found, fault.New(fault.ResourceNotFound, locator, "this server does not have the asset of the locator "+found.Name, "Start it with the folder of the asset.")
}

// published returns an asset under its default locator as it is now.
func (l *library) published(i *item) Entry {
	e := i.Entry
	e.Locator.Policy = l.catalog.DefaultPolicy()
	return e
}

// deadline bounds how long a request waits for an asset to be opened.
const deadline = time.Minute

// current returns the version of an asset that lies on disk now. Whoever asks
// while it is opened waits for that, as long as ctx lasts.
func (l *library) current(ctx context.Context, i *item) (*asset.Asset, error) {
	i.mu.Lock()
	if i.opening == nil {
		if a, ok := l.open.Get(i.Path); ok {
			fresh := time.Since(i.checked) < checkEvery
			if !fresh && !a.Stale() {
				fresh, i.checked = true, time.Now()
			}
			if fresh {
				i.mu.Unlock()
				return a, nil
			}
		}
		i.opening = &opening{done: make(chan struct{})}
		go l.reopen(i, i.opening)
	}
	o := i.opening
	i.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	select {
	case <-o.done:
		return o.asset, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// reopen opens an asset as it lies on disk now, whoever still waits for it.
func (l *library) reopen(i *item, o *opening) {
	defer close(o.done)
	defer func() {
		if p := recover(); p != nil {
			o.asset, o.err = nil, panicked(p)
		}
		i.mu.Lock()
		i.checked, i.opening = time.Now(), nil
		if o.asset != nil {
			l.open.Add(i.Path, o.asset, o.asset.Memory())
		}
		i.mu.Unlock()
	}()
	i.mu.Lock()
	set, fresh := i.set, i.fresh
	i.fresh = false
	i.mu.Unlock()
	if !fresh {
		set = refind(context.Background(), set)
		i.mu.Lock()
		if !i.fresh {
			i.set = set
		}
		i.mu.Unlock()
	}
	set.Name = i.Name
	a := asset.Open(context.Background(), set, l.options)
	if a.Presentation != nil {
		a.Findings = append(a.Findings, format.Findings(a.Presentation)...)
	}
	o.asset = a
	l.settle()
}

// settleAfter is how long no asset has to be opened before settle does its work:
// a folder of many is opened in one go.
const settleAfter = 500 * time.Millisecond

// settle gives back to the system what opening left: boxes that were read and
// room for samples, twice what the index takes, which the collector would keep.
func (l *library) settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.settled == nil {
		l.settled = time.AfterFunc(settleAfter, func() {
			runtime.GC() // what lies in pools outlives one collection
			debug.FreeOSMemory()
		})
		return
	}
	l.settled.Reset(settleAfter)
}

// refind searches for a set again: files may have come or gone.
func refind(ctx context.Context, old asset.Set) asset.Set {
	sets, err := asset.Find(ctx, old.From)
	if err != nil {
		e := *fault.As(err)
		e.Where = old.Name // not where it lies on this machine
		old.Fault = &e
		return old
	}
	for _, s := range sets {
		if s.Path == old.Path {
			return s
		}
	}
	return old
}

// forget makes the next request open an asset again.
func (l *library) forget(i *item) { l.open.Remove(i.Path) }
