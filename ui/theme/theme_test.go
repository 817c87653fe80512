package theme

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

func TestEveryRoleIsInBothPalettes(t *testing.T) {
	for name := range dark {
		if _, ok := light[name]; !ok {
			t.Errorf("%s is only dark", name)
		}
	}
	for name := range light {
		if _, ok := dark[name]; !ok {
			t.Errorf("%s is only light", name)
		}
	}
	for name := range compact {
		if comfortable[name] == 0 && name != theme.SizeNameModalBlurRadius {
			t.Errorf("%s is only compact", name)
		}
	}
}

// WCAG 2.1 asks for a contrast of 4.5 for text of this size.
func TestTextIsReadableOnEverySurface(t *testing.T) {
	ink := []fyne.ThemeColorName{
		theme.ColorNameForeground, theme.ColorNamePlaceHolder, theme.ColorNamePrimary, theme.ColorNameHyperlink,
		theme.ColorNameSuccess, theme.ColorNameWarning, theme.ColorNameError,
		ColorNameTag, ColorNameAttribute, ColorNameString, ColorNameNumber, ColorNameComment, ColorNameMarked,
	}
	for variant, p := range map[string]palette{"dark": dark, "light": light} {
		for _, surface := range []fyne.ThemeColorName{theme.ColorNameBackground, ColorNamePanel, ColorNameBar} {
			for _, name := range ink {
				if c := contrast(p[name], p[surface]); c < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f", variant, name, surface, c)
				}
			}
		}
		// 3 for what tells that something can be filled in or ticked (1.4.11)
		for _, surface := range []fyne.ThemeColorName{theme.ColorNameBackground, ColorNamePanel, ColorNameBar, theme.ColorNameOverlayBackground} {
			if c := contrast(p[theme.ColorNameInputBorder], p[surface]); c < 3 {
				t.Errorf("%s: the border of an input on %s has a contrast of %.2f", variant, surface, c)
			}
		}
		if c := contrast(p[theme.ColorNameForegroundOnPrimary], p[theme.ColorNamePrimary]); c < 4.5 {
			t.Errorf("%s: text on the accent has a contrast of %.2f", variant, c)
		}
	}
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xFFFF
		if s <= 0.03928 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func TestModeWinsOverTheSystem(t *testing.T) {
	panel := func(m Mode, system fyne.ThemeVariant) color.Color {
		return Theme{Mode: m}.Color(ColorNamePanel, system)
	}
	if panel(Light, theme.VariantDark) != light[ColorNamePanel] || panel(Dark, theme.VariantLight) != dark[ColorNamePanel] {
		t.Error("a chosen mode does not win")
	}
	if panel(System, theme.VariantLight) != light[ColorNamePanel] || panel("", theme.VariantDark) != dark[ColorNamePanel] {
		t.Error("without a mode the system does not decide")
	}
}

func TestComfortableIsLarger(t *testing.T) {
	for name := range compact {
		if a, b := (Theme{}).Size(name), (Theme{Density: Comfortable}).Size(name); b < a {
			t.Errorf("%s: comfortable %v is smaller than compact %v", name, b, a)
		}
	}
}

func TestEveryStyleHasAFont(t *testing.T) {
	for _, style := range []fyne.TextStyle{{}, {Bold: true}, {Italic: true}, {Monospace: true}, {Symbol: true}} {
		if (Theme{}).Font(style) == nil {
			t.Errorf("%+v has no font", style)
		}
	}
}
