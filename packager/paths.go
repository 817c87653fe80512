package packager

import (
	"manifold/packager/asset"
	"manifold/packager/format"
	"manifold/packager/media"
	"manifold/packager/protect"
	"manifold/packager/route"
)

// Path is a manifest URL of an asset, from the slash before the locator on.
type Path struct {
	Row    *format.Row
	Scheme protect.Scheme // "" for none
	URL    string
}

// Paths returns the manifest URLs that the locator of an asset serves: without
// encryption, then in each of them, in the order of the format table.
func (e Entry) Paths() []Path {
	var out []Path
	for _, s := range append([]protect.Scheme{""}, protect.Schemes...) {
		for i := range format.Table {
			row := &format.Table[i]
			c, err := e.Locator.Policy.Encryption(row.Protocol, row.IsCMAF(), s)
			if err != nil || row.Protect(s) != nil || s == "" && c != nil {
				continue
			}
			tail := route.Append(nil, &media.Request{Target: media.Manifest, Format: row.Format, Encryption: string(s)})
			out = append(out, Path{row, s, e.Base() + string(tail)})
		}
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
