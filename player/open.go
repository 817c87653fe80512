package player

import (
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/pkg/browser"
	"github.com/skratchdot/open-golang/open"
)

// quiet keeps what the browser's start script prints out of our output.
var quiet = sync.OnceFunc(func() {
	browser.Stdout = io.Discard
	browser.Stderr = io.Discard
})

// Open shows a URL in the user's web browser.
func Open(url string) error {
	quiet()
	return browser.OpenURL(url)
}

// Reveal shows a folder in the file manager, or the folder that a file lies in.
func Reveal(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		path = filepath.Dir(path)
	}
	return open.Start(path)
}
