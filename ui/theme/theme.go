// Package theme is how Manifold looks: one palette in a dark and a light
// form, two densities, and its fonts.
//
//	palette.go   the colours, by role
//	sizes.go     the two densities
//	fonts.go     Inter and JetBrains Mono when they are built in
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Theme is a fyne.Theme. Its zero value follows the system and is compact.
type Theme struct {
	Mode    Mode
	Density Density
}

// Mode says where light or dark comes from.
type Mode string

// The modes, as settings write them.
const (
	System Mode = "system"
	Light  Mode = "light"
	Dark   Mode = "dark"
)

// Color implements fyne.Theme.
func (t Theme) Color(name fyne.ThemeColorName, system fyne.ThemeVariant) color.Color {
	p := dark
	if t.variant(system) == theme.VariantLight {
		p = light
	}
	if c, ok := p[name]; ok {
		return c
	}
	return theme.DefaultTheme().Color(name, t.variant(system))
}

func (t Theme) variant(system fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.Mode {
	case Light:
		return theme.VariantLight
	case Dark:
		return theme.VariantDark
	}
	return system
}

// Font implements fyne.Theme.
func (t Theme) Font(style fyne.TextStyle) fyne.Resource {
	if f := fontFor(style); f != nil {
		return f
	}
	return theme.DefaultTheme().Font(style)
}

// Icon implements fyne.Theme.
func (t Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size implements fyne.Theme.
func (t Theme) Size(name fyne.ThemeSizeName) float32 {
	if s, ok := t.Density.sizes()[name]; ok {
		return s
	}
	return theme.DefaultTheme().Size(name)
}
