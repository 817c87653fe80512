package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/route"
)

type getCommand struct {
	engineFlags
	Base string `default:"http://127.0.0.1:8080" placeholder:"URL" help:"Public address to put into absolute URLs (default: ${default})."`
	Path string `arg:"" help:"Folder or file of one asset."`
	Tail string `arg:"" help:"What follows the server manifest in the URL."`
}

func (getCommand) Help() string {
	return "Examples:\n  manifold get movies/tears 'manifest(format=m3u8-aapl)'\n  manifold get movies/tears 'QualityLevels(381048)/Fragments(video=0,format=mpd-time-cmaf)' > fragment.m4s"
}

func (c *getCommand) Run(r *run) error {
	s, entry, err := c.asset(r, c.Base, c.Path)
	if err != nil {
		return err
	}
	request, err := route.Parse(entry.Base() + strings.TrimPrefix(c.Tail, "/"))
	if err != nil {
		return refused(r, err)
	}
	request.Base = strings.TrimRight(c.Base, "/")
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

// one returns the asset that a path means: the only one there, or of several
// the one that lies at the path itself.
func one[T any](list []T, path func(T) string, named string) (T, error) {
	if len(list) == 1 {
		return list[0], nil
	}
	abs, err := filepath.Abs(named)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	var paths []string
	for _, x := range list {
		if err == nil && path(x) == abs {
			return x, nil
		}
		paths = append(paths, path(x))
	}
	var none T
	return none, fmt.Errorf("%s holds %d assets; name one of %s", named, len(list), strings.Join(paths, ", "))
}

// refused tells what the origin would answer instead.
func refused(r *run, err error) error {
	e := fault.As(err)
	fmt.Fprintf(r.err, "manifold: %d %s: %s\n", e.Code.Status(), e.Code, sentence(e))
	return errReported
}
