package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Roles beyond those of the toolkit.
const (
	ColorNamePanel    fyne.ThemeColorName = "panel" // between window and bar
	ColorNameBar      fyne.ThemeColorName = "bar"   // tool and status bars
	ColorNameWell     fyne.ThemeColorName = "well"  // what lies under switches and bars of a chart
	ColorNameVideo    fyne.ThemeColorName = "video"
	ColorNameAudio    fyne.ThemeColorName = "audio"
	ColorNameText     fyne.ThemeColorName = "text"
	ColorNameSelected fyne.ThemeColorName = "selected" // the one thing that is explained
	ColorNameMarked   fyne.ThemeColorName = "marked"   // selected, where it is text
	ColorNameMark     fyne.ThemeColorName = "mark"     // behind what changed

	ColorNameTag       fyne.ThemeColorName = "tag" // syntax: element or playlist tag
	ColorNameAttribute fyne.ThemeColorName = "attribute"
	ColorNameString    fyne.ThemeColorName = "string"
	ColorNameNumber    fyne.ThemeColorName = "number"
	ColorNameComment   fyne.ThemeColorName = "comment"
)

type palette map[fyne.ThemeColorName]color.Color

// Text, accent, status and syntax colours reach a contrast of 4.5 on window,
// panel and bar, borders of what can be filled in or ticked 3.
var dark = palette{
	theme.ColorNameBackground: rgb(0x14171C),
	ColorNamePanel:            rgb(0x1A1E25),
	ColorNameBar:              rgb(0x20252D),
	ColorNameWell:             rgb(0x111419),

	theme.ColorNameForeground:          rgb(0xD7DCE5),
	theme.ColorNamePlaceHolder:         rgb(0x8A94A6),
	theme.ColorNameDisabled:            rgb(0x566072),
	theme.ColorNamePrimary:             rgb(0x4C9AFF),
	theme.ColorNameForegroundOnPrimary: rgb(0x08121F),
	theme.ColorNameHyperlink:           rgb(0x6CB0FF),

	theme.ColorNameButton:              rgb(0x2A303A),
	theme.ColorNameDisabledButton:      rgb(0x20252D),
	theme.ColorNameInputBackground:     rgb(0x111419),
	theme.ColorNameInputBorder:         rgb(0x687284),
	theme.ColorNameSeparator:           rgb(0x2A303A),
	theme.ColorNameHeaderBackground:    rgb(0x1A1E25),
	theme.ColorNameMenuBackground:      rgb(0x20252D),
	theme.ColorNameOverlayBackground:   rgb(0x20252D),
	theme.ColorNameScrollBar:           rgba(0xFFFFFF, 0x3A),
	theme.ColorNameScrollBarBackground: color.Transparent,

	theme.ColorNameShadow:    rgba(0x000000, 0x66),
	theme.ColorNameHover:     rgba(0xFFFFFF, 0x0F),
	theme.ColorNamePressed:   rgba(0xFFFFFF, 0x1A),
	theme.ColorNameSelection: rgba(0x4C9AFF, 0x38),
	theme.ColorNameFocus:     rgba(0x4C9AFF, 0x40),

	theme.ColorNameSuccess: rgb(0x3FB68B),
	theme.ColorNameWarning: rgb(0xE0A43B),
	theme.ColorNameError:   rgb(0xF0616D),

	ColorNameVideo:    rgb(0x4C9AFF),
	ColorNameAudio:    rgb(0x3FB68B),
	ColorNameText:     rgb(0xC58AF9),
	ColorNameSelected: rgb(0xFFC857),
	ColorNameMarked:   rgb(0xFFC857),
	ColorNameMark:     rgba(0xFFC857, 0x26),

	ColorNameTag:       rgb(0x6CB0FF),
	ColorNameAttribute: rgb(0xB7C0D0),
	ColorNameString:    rgb(0x9CD38B),
	ColorNameNumber:    rgb(0xE6B673),
	ColorNameComment:   rgb(0x828DA0),
}

var light = palette{
	theme.ColorNameBackground: rgb(0xF3F4F7),
	ColorNamePanel:            rgb(0xFFFFFF),
	ColorNameBar:              rgb(0xE9ECF1),
	ColorNameWell:             rgb(0xF1F3F6),

	theme.ColorNameForeground:          rgb(0x1C232E),
	theme.ColorNamePlaceHolder:         rgb(0x5C6578),
	theme.ColorNameDisabled:            rgb(0xA3ABB9),
	theme.ColorNamePrimary:             rgb(0x1B62D1),
	theme.ColorNameForegroundOnPrimary: rgb(0xFFFFFF),
	theme.ColorNameHyperlink:           rgb(0x0B5CAD),

	theme.ColorNameButton:              rgb(0xE2E6EC),
	theme.ColorNameDisabledButton:      rgb(0xEDF0F4),
	theme.ColorNameInputBackground:     rgb(0xF8F9FB),
	theme.ColorNameInputBorder:         rgb(0x7C8698),
	theme.ColorNameSeparator:           rgb(0xD9DEE6),
	theme.ColorNameHeaderBackground:    rgb(0xFFFFFF),
	theme.ColorNameMenuBackground:      rgb(0xFFFFFF),
	theme.ColorNameOverlayBackground:   rgb(0xFFFFFF),
	theme.ColorNameScrollBar:           rgba(0x000000, 0x3A),
	theme.ColorNameScrollBarBackground: color.Transparent,

	theme.ColorNameShadow:    rgba(0x000000, 0x14),
	theme.ColorNameHover:     rgba(0x000000, 0x0D),
	theme.ColorNamePressed:   rgba(0x000000, 0x1A),
	theme.ColorNameSelection: rgba(0x1B62D1, 0x29),
	theme.ColorNameFocus:     rgba(0x1B62D1, 0x40),

	theme.ColorNameSuccess: rgb(0x137853),
	theme.ColorNameWarning: rgb(0x8F5A0F),
	theme.ColorNameError:   rgb(0xB92F3C),

	ColorNameVideo:    rgb(0x6A9DEC),
	ColorNameAudio:    rgb(0x5FB893),
	ColorNameText:     rgb(0xBE95E8),
	ColorNameSelected: rgb(0xF0A500),
	ColorNameMarked:   rgb(0x955A00),
	ColorNameMark:     rgba(0xF0A500, 0x30),

	ColorNameTag:       rgb(0x0B5CAD),
	ColorNameAttribute: rgb(0x4B5566),
	ColorNameString:    rgb(0x2B7A2B),
	ColorNameNumber:    rgb(0x9A5B00),
	ColorNameComment:   rgb(0x5C6578),
}

func rgb(v uint32) color.NRGBA { return rgba(v, 0xFF) }

func rgba(v uint32, alpha uint8) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: alpha}
}
