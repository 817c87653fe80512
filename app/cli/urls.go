package cli

import (
	"strings"

	"manifold/app"
)

type urlsCommand struct {
	engineFlags
	Base  string   `placeholder:"URL" help:"Address to print (default: the first custom host name of the endpoint, else 127.0.0.1, with port 8080)."`
	JSON  bool     `help:"Print the JSON document that serve prints."`
	Paths []string `arg:"" name:"path" help:"Folders or files."`
}

func (urlsCommand) Help() string {
	return "Example: manifold urls --base https://media.example movies/tears"
}

func (c *urlsCommand) Run(r *run) error {
	s, err := newService(r, c.config(c.Base), c.Paths)
	if err != nil {
		return err
	}
	if s.failed == len(c.Paths) {
		return errReported
	}
	base := strings.TrimRight(c.Base, "/")
	if base == "" {
		base = s.Named("http://127.0.0.1:8080")
	}
	d, err := s.Document(r, base, false)
	if err != nil {
		return err
	}
	if c.JSON {
		err = app.WriteJSON(r.out, d)
	} else {
		d.WriteText(r.out)
	}
	if err == nil && s.failed > 0 {
		err = errReported
	}
	return err
}
