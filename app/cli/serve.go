package cli

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"manifold/app"
	"manifold/app/watch"
)

type serveCommand struct {
	engineFlags
	Listen        string   `default:"127.0.0.1:8080" placeholder:"ADDR" help:"Address to listen on; port 0 picks one (default: ${default})."`
	Base          string   `placeholder:"URL" help:"Public address to print and to put into absolute URLs."`
	TLSCert       string   `name:"tls-cert" placeholder:"FILE" help:"Serve HTTPS with this certificate (PEM); --tls-key names its key."`
	TLSKey        string   `name:"tls-key" placeholder:"FILE" help:"Private key of --tls-cert (PEM)."`
	JSON          bool     `help:"Print one JSON document when ready."`
	ShowKeys      bool     `help:"Put the values of content keys into the JSON."`
	ManifestCache int      `default:"64" placeholder:"MB" help:"Memory for finished manifests, in MB; 0 writes each anew (default: ${default})."`
	LogLevel      string   `default:"info" enum:"debug,info,warn,error" placeholder:"LEVEL" help:"debug, info, warn or error (default: ${default}). Logs go to stderr."`
	Paths         []string `arg:"" optional:"" name:"path" help:"Folders or files; without any, the sample asset is served."`
}

func (serveCommand) Help() string {
	return "Example: manifold serve --listen 127.0.0.1:8080 movies/tears"
}

// drain is how long running requests may go on after an interrupt.
const drain = 10 * time.Second

func (c *serveCommand) Run(r *run) error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return app.Misuse("--tls-cert and --tls-key go together")
	}
	if c.ManifestCache < 0 {
		return app.Misuse("--manifest-cache is a number of MB")
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return err
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(r.err, &slog.HandlerOptions{Level: level})))
	if len(c.Paths) == 0 {
		sample, err := app.Sample(c.Data)
		if err != nil {
			return err
		}
		c.Paths = []string{sample}
	}
	conf := c.config(c.Base)
	conf.ManifestBytes = c.ManifestCache << 20
	if c.ManifestCache == 0 {
		conf.ManifestBytes = -1
	}
	s, err := newService(r, conf, c.Paths)
	if err != nil {
		return err
	}
	defer s.Engine.Close()
	if s.failed == len(c.Paths) {
		return errReported
	}
	if c.TLSCert != "" {
		if err := s.Secure(c.TLSCert, c.TLSKey); err != nil {
			return err
		}
	}
	if err := s.Start(c.Listen); err != nil {
		return fmt.Errorf("%w; name another address with --listen", err)
	}
	d, err := s.Document(r, s.Base(), c.ShowKeys)
	if err == nil {
		if c.JSON {
			err = app.WriteJSON(r.out, d)
		} else {
			d.WriteText(r.out)
			fmt.Fprintln(r.out)
		}
	}
	if err == nil {
		c.follow(r, s)
	}
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if e := s.Stop(ctx); e != nil && err == nil {
		slog.Warn("requests were broken off", "error", e)
	}
	if r.Err() != nil {
		return nil
	}
	return err
}

// follow publishes the assets that appear in the folders that are served, until
// the run is interrupted.
func (c *serveCommand) follow(r *run, s *service) {
	watch.Follow(r, s.folders.Searched, func() {
		ctx, cancel := context.WithTimeout(r, time.Minute)
		defer cancel()
		for _, e := range s.folders.Discover(ctx, s.Engine) {
			slog.Info("an asset appeared", "name", e.Name, "url", s.Base()+e.Base())
		}
	})
}
