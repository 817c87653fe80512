package assets

import "embed"

// Translations holds the texts of the window in other languages than English,
// translations/LANGUAGE.json: English text, with "manifold." before it, to
// translated text.
//
//go:embed translations
var Translations embed.FS
