// Package assets holds what ships inside the program: the icon, the sample
// asset, fonts and licence texts. It imports nothing but the standard library.
package assets

import (
	"embed"
	"io/fs"
)

// Icon is the icon of the program, a PNG of 512 × 512 pixels made from the
// drawing in icon.svg.
//
//go:embed icon.png
var Icon []byte

//go:embed sample
var sample embed.FS

// Sample returns the sample asset: one folder with a server manifest, five
// video renditions and two languages, 24 s, about 3 MB.
func Sample() fs.FS {
	sub, err := fs.Sub(sample, "sample")
	if err != nil {
		panic(err) // the folder's name is a constant of this file
	}
	return sub
}
