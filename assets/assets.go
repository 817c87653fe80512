// Package assets holds what ships inside the program: the icon, the sample
// asset and the fonts of the window. It imports nothing but the standard library.
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

// The build puts the fonts beside the .gitkeep that keeps the folder in Git;
// "all:" lets the package compile without them.
//
//go:embed all:fonts
var fonts embed.FS

// Sample returns the sample asset: one folder with a server manifest, five
// video renditions and two languages, 24 s, about 3 MB.
func Sample() fs.FS { return below(sample, "sample") }

// Fonts returns the fonts that the build put into the program. It holds none
// where the program was built without them.
func Fonts() fs.FS { return below(fonts, "fonts") }

func below(tree embed.FS, dir string) fs.FS {
	sub, err := fs.Sub(tree, dir)
	if err != nil {
		panic(err) // the folder's name is a constant of this file
	}
	return sub
}
