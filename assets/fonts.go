package assets

import "embed"

// fontFiles is what the build put into fonts/: empty but for a marker in a
// tree where `npm run build` has not run.
//
//go:embed all:fonts
var fontFiles embed.FS

// Font returns a font file by name ("Inter-Regular.ttf"), nil when the
// program was built without it.
func Font(name string) []byte {
	b, err := fontFiles.ReadFile("fonts/" + name)
	if err != nil {
		return nil
	}
	return b
}
