package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"manifold/app"
	"manifold/packager/asset"
	"manifold/packager/catalog"
	"manifold/packager/filter"
	"manifold/packager/media"
)

// filterCommand is manifold filter …: the dynamic manifest filters of a data
// directory.
type filterCommand struct {
	Set    filterSet    `cmd:"" help:"Keep a filter document under a name."`
	List   filterList   `cmd:"" help:"Names of the filters."`
	Show   filterShow   `cmd:"" help:"Print the document of a filter."`
	Delete filterDelete `cmd:"" help:"Remove a filter."`
	Test   filterTest   `cmd:"" help:"What filters leave of an asset."`

	Translate filterTranslate `cmd:"" help:"A filter in the syntax of other origins."`
}

// filterFlags say whose filters are meant.
type filterFlags struct {
	Asset string `placeholder:"PATH" help:"Filters of this asset alone; they win over those for all assets."`
	Data  string `placeholder:"DIR" help:"Where filters live (default: the user's data directory)."`
}

// open returns the catalog and the locator of --asset, "" without it.
func (f *filterFlags) open(ctx context.Context) (*catalog.Catalog, string, error) {
	c, err := openCatalog(f.Data)
	if err != nil || f.Asset == "" {
		return c, "", err
	}
	sets, err := asset.Find(ctx, f.Asset)
	if err != nil {
		return nil, "", err
	}
	set, err := one(sets, func(s asset.Set) string { return s.Path }, f.Asset)
	if err != nil {
		return nil, "", err
	}
	return c, c.Default(set.Path).ID, nil
}

type filterSet struct {
	filterFlags
	Revision string `placeholder:"REVISION" help:"Refuse when the filter is of another revision by now; list --json prints revisions."`
	Name     string `arg:"" help:"Name, as in filter=NAME."`
	File     string `arg:"" help:"JSON document of the filter; - is the standard input."`
}

func (filterSet) Help() string { return "Example: manifold filter set mobile mobile.json" }

func (c *filterSet) Run(r *run) error {
	b, err := readInput(r, c.File)
	if err != nil {
		return err
	}
	cat, locator, err := c.open(r)
	if err != nil {
		return err
	}
	if c.Revision != "" {
		return cat.ChangeFilter(c.Name, locator, b, c.Revision)
	}
	return cat.SetFilter(c.Name, locator, b)
}

type filterList struct {
	filterFlags
	JSON bool `help:"Print one JSON array, with revisions."`
}

// listedFilter is a filter in the JSON of list.
type listedFilter struct {
	Name     string `json:"name"`
	Revision string `json:"revision,omitempty"` // changes with the document
	Error    string `json:"error,omitempty"`    // why the document cannot be used
}

func (filterList) Help() string { return "Example: manifold filter list --asset movies/tears" }

func (c *filterList) Run(r *run) error {
	cat, locator, err := c.open(r)
	if err != nil {
		return err
	}
	list := []listedFilter{}
	for _, name := range cat.Filters(locator) {
		if !c.JSON {
			fmt.Fprintln(r.out, name)
			continue
		}
		l := listedFilter{Name: name}
		_, l.Revision, _ = cat.Filter(name, locator)
		if err := cat.FilterFault(name, locator); err != nil {
			l.Error = err.Error()
		}
		list = append(list, l)
	}
	if c.JSON {
		return app.WriteJSON(r.out, list)
	}
	return nil
}

type filterShow struct {
	filterFlags
	Name string `arg:"" help:"Name of the filter."`
}

func (filterShow) Help() string { return "Example: manifold filter show mobile" }

func (c *filterShow) Run(r *run) error {
	cat, locator, err := c.open(r)
	if err != nil {
		return err
	}
	b, err := cat.FilterDocument(c.Name, locator)
	if err == nil {
		_, err = r.out.Write(b)
	}
	return err
}

type filterDelete struct {
	filterFlags
	Name string `arg:"" help:"Name of the filter."`
}

func (filterDelete) Help() string { return "Example: manifold filter delete mobile" }

func (c *filterDelete) Run(r *run) error {
	cat, locator, err := c.open(r)
	if err != nil {
		return err
	}
	return cat.DeleteFilter(c.Name, locator, "")
}

type filterTest struct {
	engineFlags
	Path  string   `arg:"" help:"Folder or file of one asset."`
	Names []string `arg:"" name:"name" help:"Filters, which are combined."`
}

func (filterTest) Help() string { return "Example: manifold filter test movies/tears mobile trim" }

func (c *filterTest) Run(r *run) error {
	return c.each(r, c.Path, c.Names, func(asset string, p *media.Presentation, filters []*filter.Filter) error {
		kept, err := filter.Apply(p, filters)
		if err == nil {
			writeKept(r.out, asset, p, kept)
		}
		return err
	})
}

// each does something with filters of every asset of a path.
func (f *engineFlags) each(r *run, path string, names []string, do func(asset string, p *media.Presentation, filters []*filter.Filter) error) error {
	s, err := newService(r, f.config(""), []string{path})
	if err != nil {
		return err
	}
	if s.failed > 0 {
		return errReported
	}
	for _, e := range s.Engine.Entries() {
		a, err := s.Engine.Asset(r, e.Locator.ID)
		if err != nil {
			return err
		}
		if a.Err != nil {
			return a.Err
		}
		var filters []*filter.Filter
		for _, name := range names {
			one, _, err := s.Engine.Catalog().Filter(name, e.Locator.ID)
			if err != nil {
				return err
			}
			filters = append(filters, one)
		}
		if err := do(e.Name, a.Presentation, filters); err != nil {
			return err
		}
	}
	return nil
}

// writeKept tells which tracks and which stretch of time are left.
func writeKept(w io.Writer, name string, all, kept *media.Presentation) {
	second := func(t int64) float64 { return float64(t) / media.TicksPerSecond }
	fmt.Fprintf(w, "%s  %.3f s to %.3f s of %.3f s\n", name, second(kept.Start), second(kept.Start+kept.Duration), second(all.Start+all.Duration))
	for _, g := range all.Groups {
		for _, t := range g.Tracks {
			mark, what := "-", "left out"
			if k, _, ok := kept.Track(g.Name, t.Bitrate); ok {
				mark, what = "+", fmt.Sprintf("fragments %d to %d of %d", k.From+1, k.To, g.Fragments())
			}
			fmt.Fprintf(w, "  %s %s %d  %s\n", mark, g.Name, t.Bitrate, what)
		}
	}
}

type filterTranslate struct {
	engineFlags
	JSON bool   `help:"Print a JSON document."`
	Path string `arg:"" help:"Folder or file of one asset."`
	Name string `arg:"" help:"Name of the filter."`
}

func (filterTranslate) Help() string { return "Example: manifold filter translate movies/tears mobile" }

// translated is what JSON says of one asset.
type translated struct {
	Asset        string               `json:"asset"`
	Filter       string               `json:"filter"`
	Translations []filter.Translation `json:"translations"`
}

func (c *filterTranslate) Run(r *run) error {
	var out []translated
	err := c.each(r, c.Path, []string{c.Name}, func(asset string, p *media.Presentation, filters []*filter.Filter) error {
		out = append(out, translated{asset, c.Name, filter.Translate(filters[0], p)})
		return nil
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return app.WriteJSON(r.out, out)
	}
	for _, x := range out {
		fmt.Fprintf(r.out, "%s  %s\n", x.Asset, x.Filter)
		for _, t := range x.Translations {
			fmt.Fprintf(r.out, "  %-17s %s\n", t.Origin, cmp.Or(t.Text, "-"))
			for _, l := range t.Notes {
				fmt.Fprintf(r.out, "  %-17s ! %s\n", "", l)
			}
		}
	}
	return nil
}
