//go:build !unix

package workbench

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// lockStale is how old a lock file is that a crash left behind: claiming takes
// a moment only.
const lockStale = 10 * time.Second

// lock waits for a file that only one process creates at a time.
func lock(path string) (unlock func(), err error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if err == nil {
			f.Close()
			return func() { os.Remove(path) }, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if i, err := os.Stat(path); err == nil && time.Since(i.ModTime()) > lockStale {
			os.Remove(path)
			continue
		}
		time.Sleep(20 * time.Millisecond)
	}
}
