package watch

import (
	"context"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// pollEvery finds changes where the system tells of none: network drives.
	pollEvery = 2 * time.Second
	// settleAfter is how long a folder has to be quiet before one looks again:
	// files are copied and written in many pieces.
	settleAfter = 400 * time.Millisecond
)

// Follow calls look when something happened in folders and they are quiet
// again, and now and then in any case, until ctx ends. folders is asked before
// every look.
func Follow(ctx context.Context, folders func() []string, look func()) {
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
		case <-ctx.Done():
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
		if notifier != nil {
			watch(notifier, watched, folders())
		}
		look()
	}
}

// watch makes a notifier tell of some folders, and of no others.
func watch(notifier *fsnotify.Watcher, watched map[string]bool, folders []string) {
	wanted := map[string]bool{}
	for _, f := range folders {
		wanted[filepath.Clean(f)] = true
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
