//go:build !unix

package source

import (
	"io/fs"
	"os"
)

// identify tells which version of a file is open.
func identify(f *os.File) (identity, error) { return identified(f.Stat()) }

// identifyAt tells which version of a file lies at a path.
func identifyAt(path string) (identity, error) { return identified(os.Stat(path)) }

// identified has no inode, which os.FileInfo does not know: size and time have to do.
func identified(i fs.FileInfo, err error) (identity, error) {
	if err != nil {
		return identity{}, err
	}
	t := i.ModTime().UnixNano()
	return identity{size: i.Size(), modified: t, changed: t}, nil
}
