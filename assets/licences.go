package assets

import (
	"embed"
	"strings"
)

//go:embed all:licences
var licenceFiles embed.FS

// Licence is the licence text of one part that the program is made of.
type Licence struct {
	Name string // module with version, or font
	Text string
}

// Licences returns the licence texts of everything that the program is made
// of, in alphabetical order; none when the program was built without them.
func Licences() []Licence {
	list, err := licenceFiles.ReadDir("licences")
	if err != nil {
		return nil
	}
	var out []Licence
	for _, e := range list {
		name, text := strings.CutSuffix(e.Name(), ".txt")
		if !text {
			continue
		}
		b, err := licenceFiles.ReadFile("licences/" + e.Name())
		if err != nil {
			continue
		}
		out = append(out, Licence{Name: strings.ReplaceAll(name, "!", "/"), Text: string(b)})
	}
	return out
}
