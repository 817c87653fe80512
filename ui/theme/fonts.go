package theme

import (
	"fyne.io/fyne/v2"

	"manifold/assets"
)

var (
	regular  = font("Inter-Regular.ttf")
	semibold = font("Inter-SemiBold.ttf")
	mono     = font("JetBrainsMonoNL-Regular.ttf")
)

// font returns a font that the build put in, nil without it.
func font(name string) fyne.Resource {
	if b := assets.Font(name); b != nil {
		return fyne.NewStaticResource(name, b)
	}
	return nil
}

// fontFor returns the font of a style, nil to take the toolkit's. Symbols and
// italics are the toolkit's always.
func fontFor(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Symbol, style.Italic:
		return nil
	case style.Monospace:
		return mono
	case style.Bold:
		return semibold
	}
	return regular
}
