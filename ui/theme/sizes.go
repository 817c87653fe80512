package theme

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Density says how much fits on the screen.
type Density string

// The densities, as settings write them. Anything else is Compact.
const (
	Compact     Density = "compact"
	Comfortable Density = "comfortable"
)

// SizeNameMono is the text size of codes, times and URLs, which run wider than
// text of the same size.
const SizeNameMono fyne.ThemeSizeName = "mono"

// SizeNameRow is the height of a row in trees and lists.
const SizeNameRow fyne.ThemeSizeName = "row"

func (d Density) sizes() map[fyne.ThemeSizeName]float32 {
	if d == Comfortable {
		return comfortable
	}
	return compact
}

var compact = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:            13,
	theme.SizeNameCaptionText:     11,
	theme.SizeNameSubHeadingText:  15,
	theme.SizeNameHeadingText:     20,
	SizeNameMono:                  12,
	SizeNameRow:                   25,
	theme.SizeNamePadding:         3,
	theme.SizeNameInnerPadding:    6,
	theme.SizeNameInlineIcon:      16,
	theme.SizeNameScrollBar:       10,
	theme.SizeNameScrollBarSmall:  4,
	theme.SizeNameInputRadius:     5,
	theme.SizeNameSelectionRadius: 4,
	theme.SizeNameButtonRadius:    5,
	theme.SizeNameModalBlurRadius: 0,
	theme.SizeNameSplitThickness:  5,
}

var comfortable = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:            14,
	theme.SizeNameCaptionText:     12,
	theme.SizeNameSubHeadingText:  17,
	theme.SizeNameHeadingText:     23,
	SizeNameMono:                  13,
	SizeNameRow:                   31,
	theme.SizeNamePadding:         4,
	theme.SizeNameInnerPadding:    8,
	theme.SizeNameInlineIcon:      18,
	theme.SizeNameScrollBar:       11,
	theme.SizeNameScrollBarSmall:  4,
	theme.SizeNameInputRadius:     6,
	theme.SizeNameSelectionRadius: 5,
	theme.SizeNameButtonRadius:    6,
	theme.SizeNameModalBlurRadius: 0,
	theme.SizeNameSplitThickness:  5,
}
