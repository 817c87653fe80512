package cli

import (
	"fmt"
	"slices"

	"manifold/app"
	"manifold/packager/fault"
)

type inspectCommand struct {
	engineFlags
	JSON   bool     `help:"Print one JSON array, an element for each asset."`
	FailOn string   `default:"none" enum:"none,warning,error" placeholder:"SEVERITY" help:"End with 1 also when a finding is as bad: warning or error (default: ${default})."`
	Paths  []string `arg:"" name:"path" help:"Folders or files."`
}

func (inspectCommand) Help() string {
	return "Example: manifold inspect --json movies/tears"
}

func (c *inspectCommand) Run(r *run) error {
	s, err := newService(r, c.config(""), c.Paths)
	if err != nil {
		return err
	}
	list := []*app.Inspection{}
	for _, e := range s.Engine.Entries() {
		i, err := app.Inspect(r, s.Engine, e)
		if err != nil {
			return err
		}
		if i.Err != nil {
			fmt.Fprintf(r.err, "manifold: %s cannot be served: %s\n", e.Name, sentence(i.Err))
			s.failed++
		}
		list = append(list, i)
	}
	if c.JSON {
		if err := app.WriteJSON(r.out, list); err != nil {
			return err
		}
	} else {
		for n, i := range list {
			if n > 0 {
				fmt.Fprintln(r.out)
			}
			i.WriteText(r.out)
		}
	}
	if s.failed > 0 || slices.ContainsFunc(list, c.fails) {
		return errReported
	}
	return nil
}

// fails says whether an asset has a finding as bad as --fail-on.
func (c *inspectCommand) fails(i *app.Inspection) bool {
	worst := fault.Severe + 1
	switch c.FailOn {
	case "warning":
		worst = fault.Warning
	case "error":
		worst = fault.Severe
	}
	return slices.ContainsFunc(i.Findings, func(f fault.Finding) bool { return f.Severity >= worst })
}
