package cli

import (
	"fmt"
	"time"

	"manifold/app"
	"manifold/packager/asset"
	"manifold/packager/catalog"
)

// locatorCommand is manifold locator …: the locators that assets have beside
// their default ones.
type locatorCommand struct {
	Create locatorCreate `cmd:"" help:"Publish an asset a second time, under rules of its own."`
	List   locatorList   `cmd:"" help:"The locators."`
	Show   locatorShow   `cmd:"" help:"Print the document of a locator."`
	Delete locatorDelete `cmd:"" help:"Remove a locator."`
}

// dataFlag names the data directory.
type dataFlag struct {
	Data string `placeholder:"DIR" help:"Where locators live (default: the user's data directory)."`
}

type locatorCreate struct {
	dataFlag
	Name      string   `arg:"" help:"Name of the locator."`
	File      string   `arg:"" optional:"" help:"JSON document with any of what follows, and with contentKeys; - is the standard input."`
	Asset     string   `placeholder:"PATH" help:"The asset: its folder or file."`
	Policy    string   `placeholder:"NAME" help:"Streaming policy (default: Workbench)."`
	KeyPolicy string   `placeholder:"NAME" help:"Content key policy (default: that of the server)."`
	Filter    []string `placeholder:"NAME" help:"Filters that are applied before those of a URL."`
	Start     *moment  `placeholder:"TIME" help:"It answers from then on, as in 2030-01-31T18:00:00Z."`
	End       *moment  `placeholder:"TIME" help:"It answers until then."`
	ID        string   `name:"id" placeholder:"GUID" help:"GUID in its URLs (default: a new one)."`
	MediaID   string   `name:"alternative-media-id" placeholder:"TEXT" help:"What {AlternativeMediaId} stands for in licence URLs."`
}

// moment is a time on the command line, as documents have it.
type moment string

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *moment) UnmarshalText(b []byte) error {
	if _, err := time.Parse(time.RFC3339, string(b)); err != nil {
		return fmt.Errorf("%q is no time like 2030-01-31T18:00:00Z", b)
	}
	*m = moment(b)
	return nil
}

func (locatorCreate) Help() string {
	return "Example: manifold locator create premiere --asset movies/tears --policy Predefined_ClearStreamingOnly --filter trim --end 2030-01-31T18:00:00Z"
}

func (c *locatorCreate) Run(r *run) error {
	cat, err := openCatalog(c.Data)
	if err != nil {
		return err
	}
	var p catalog.LocatorProperties
	if c.File != "" {
		b, err := readInput(r, c.File)
		if err == nil {
			p, err = catalog.ReadLocator(b)
		}
		if err != nil {
			return err
		}
	}
	if c.Asset != "" {
		sets, err := asset.Find(r, c.Asset)
		if err != nil {
			return err
		}
		set, err := one(sets, func(s asset.Set) string { return s.Path }, c.Asset)
		if err != nil {
			return err
		}
		p.Asset, p.Path = set.Name, set.Path
	}
	for _, f := range []struct {
		flag string
		to   *string
	}{{c.Policy, &p.Policy}, {c.KeyPolicy, &p.KeyPolicy}, {c.ID, &p.ID}, {c.MediaID, &p.MediaID}} {
		if f.flag != "" {
			*f.to = f.flag
		}
	}
	if p.Policy == "" {
		p.Policy = "Workbench"
	}
	if len(c.Filter) > 0 {
		p.Filters = c.Filter
	}
	if c.Start != nil {
		p.Start = string(*c.Start)
	}
	if c.End != nil {
		p.End = string(*c.End)
	}
	l, err := cat.CreateLocator(c.Name, p)
	if err == nil {
		fmt.Fprintln(r.out, l.ID)
	}
	return err
}

type locatorList struct {
	dataFlag
	JSON bool `help:"Print one JSON array."`
}

func (locatorList) Help() string { return "Example: manifold locator list" }

// listed is a locator in the JSON of list, with what its document says.
type listed struct {
	Name string `json:"name"`
	catalog.LocatorProperties
	Error string `json:"error,omitempty"` // why the document cannot be read
}

func (c *locatorList) Run(r *run) error {
	cat, err := openCatalog(c.Data)
	if err != nil {
		return err
	}
	list := []listed{}
	for _, name := range cat.LocatorNames() {
		l := listed{Name: name}
		b, err := cat.LocatorDocument(name)
		if err == nil {
			l.LocatorProperties, err = catalog.ReadLocator(b)
		}
		if err != nil {
			l.Error = err.Error()
		}
		for i := range l.Keys { // show prints them
			l.Keys[i].Value = nil
		}
		list = append(list, l)
		if !c.JSON {
			fmt.Fprintf(r.out, "%s  %s\n", name, l.words())
		}
	}
	if c.JSON {
		return app.WriteJSON(r.out, list)
	}
	return nil
}

func (l *listed) words() string {
	switch {
	case l.Error != "":
		return l.Error
	case l.Path != "":
		return l.ID + "  " + l.Policy + "  " + l.Path
	}
	return l.ID + "  " + l.Policy + "  " + l.Asset
}

type locatorShow struct {
	dataFlag
	Name string `arg:"" help:"Name of the locator."`
}

func (locatorShow) Help() string { return "Example: manifold locator show premiere" }

func (c *locatorShow) Run(r *run) error {
	cat, err := openCatalog(c.Data)
	if err != nil {
		return err
	}
	b, err := cat.LocatorDocument(c.Name)
	if err == nil {
		_, err = r.out.Write(b)
	}
	return err
}

type locatorDelete struct {
	dataFlag
	Name string `arg:"" help:"Name of the locator."`
}

func (locatorDelete) Help() string { return "Example: manifold locator delete premiere" }

func (c *locatorDelete) Run(r *run) error {
	cat, err := openCatalog(c.Data)
	if err != nil {
		return err
	}
	return cat.DeleteLocator(c.Name)
}
