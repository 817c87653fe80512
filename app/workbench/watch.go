package workbench

import (
	"context"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"manifold/packager/fault"
)

const (
	// pollEvery finds changes where the system tells of none: network drives.
	pollEvery = 2 * time.Second
	// settleAfter is how long a folder has to be quiet before it is read again:
	// files are copied and written in many pieces.
	settleAfter = 400 * time.Millisecond
)

// watch reads assets again whose files change.
func (w *Workbench) watch() {
	notifier, err := fsnotify.NewWatcher()
	var events chan fsnotify.Event
	var errs chan error
	if err == nil { // without it the poll finds changes, only later
		defer notifier.Close()
		events, errs = notifier.Events, notifier.Errors
	}
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	quiet := time.NewTimer(settleAfter)
	defer quiet.Stop()
	watched := map[string]bool{}
	var stirred time.Time // the last event
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-events:
			stirred = time.Now()
			quiet.Reset(settleAfter)
			continue
		case <-errs:
			continue // what was missed the poll finds
		case <-quiet.C:
		case <-poll.C:
			if time.Since(stirred) < settleAfter {
				continue // the timer comes soon
			}
		}
		s := w.State()
		roots := w.roots.all()
		if notifier != nil {
			follow(notifier, watched, roots, s.Assets)
		}
		for _, r := range roots {
			w.discover(r)
		}
		for i := range s.Assets {
			w.refresh(&s.Assets[i])
		}
	}
}

// follow watches the folders that were opened and those of the open assets, and
// no others.
func follow(notifier *fsnotify.Watcher, watched map[string]bool, roots []string, assets []Asset) {
	wanted := map[string]bool{}
	for _, r := range roots {
		wanted[filepath.Clean(r)] = true
	}
	for _, a := range assets {
		dir := a.From
		if a.Read != nil {
			dir = a.Read.Root
		}
		wanted[filepath.Clean(dir)] = true
	}
	for dir := range watched {
		if !wanted[dir] {
			notifier.Remove(dir) // fails when the folder is gone, which is what we want
			delete(watched, dir)
		}
	}
	for dir := range wanted {
		if !watched[dir] && notifier.Add(dir) == nil {
			watched[dir] = true
		}
	}
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
		w.Say(fault.Info, "%s changed on disk and was read again", a.Name)
	}
}
