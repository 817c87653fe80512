package player

import (
	"io"

	"github.com/pkg/browser"
	"github.com/skratchdot/open-golang/open"
)

// Open shows a URL in the user's web browser.
func Open(url string) error {
	// What the browser's start script prints is no output of ours.
	browser.Stdout = io.Discard
	browser.Stderr = io.Discard
	return browser.OpenURL(url)
}

// Reveal opens a folder in the file manager, or a file in the application
// that the desktop chose for it.
func Reveal(path string) error { return open.Start(path) }
