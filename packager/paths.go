package packager

import (
	"manifold/packager/asset"
	"manifold/packager/format"
	"manifold/packager/media"
	"manifold/packager/route"
)

// Path is a manifest URL of an asset, from the slash before the locator on.
type Path struct {
	Row *format.Row
	URL string
}

// Paths returns the manifest URLs that the locator of an asset serves, in the
// order of the format table.
func (e Entry) Paths() []Path {
	var out []Path
	for i := range format.Table {
		row := &format.Table[i]
		if e.Locator.Policy.Allows(row.Protocol, "") != nil {
			continue
		}
		tail := route.Append(nil, &media.Request{Target: media.Manifest, Format: row.Format})
		out = append(out, Path{row, e.Base() + string(tail)})
	}
	return out
}

// Base returns the path that the URL tails of an asset follow: /{locator}/{name}.ism/
func (e Entry) Base() string {
	return string(append(route.AppendEscaped([]byte("/"+e.Locator.ID+"/"), e.ISM), '/'))
}

// Downloads returns the URLs of the source files, none when the policy does
// not allow downloads.
func (e Entry) Downloads(a *asset.Asset) []string {
	if e.Locator.Policy.AllowsDownload() != nil {
		return nil
	}
	var out []string
	for _, name := range a.FileNames() {
		out = append(out, string(route.AppendEscaped([]byte("/"+e.Locator.ID+"/"), name)))
	}
	return out
}
