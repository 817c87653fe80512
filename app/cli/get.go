package cli

import (
	"fmt"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/route"
)

type getCommand struct {
	engineFlags
	Base string `placeholder:"URL" help:"Public address to put into absolute URLs."`
	Path string `arg:"" help:"Folder or file of one asset."`
	Tail string `arg:"" help:"What follows the server manifest in the URL."`
}

func (getCommand) Help() string {
	return "Examples:\n  manifold get movies/tears 'manifest(format=m3u8-aapl)'\n  manifold get movies/tears 'QualityLevels(381048)/Fragments(video=0,format=mpd-time-cmaf)' > fragment.m4s"
}

func (c *getCommand) Run(r *run) error {
	s, failed, err := c.service(r, c.Base, []string{c.Path})
	if err != nil {
		return err
	}
	if failed > 0 {
		return errReported
	}
	all := s.Engine.Entries()
	if len(all) > 1 {
		var names []string
		for _, e := range all {
			names = append(names, e.Path)
		}
		return fmt.Errorf("%s holds %d assets; name one of %s", c.Path, len(all), strings.Join(names, ", "))
	}
	request, err := route.Parse(all[0].Base() + strings.TrimPrefix(c.Tail, "/"))
	if err != nil {
		return refused(r, err)
	}
	answer, err := s.Engine.Do(r, request, nil)
	if err != nil {
		return refused(r, err)
	}
	defer answer.Close()
	if answer.Text != nil {
		_, err = r.out.Write(answer.Text.Plain())
		return err
	}
	return answer.Body.WriteTo(r, r.out)
}

// refused tells what the origin would answer instead.
func refused(r *run, err error) error {
	e := fault.As(err)
	fmt.Fprintf(r.err, "manifold: %d %s: %s\n", e.Code.Status(), e.Code, sentence(e))
	return errReported
}
