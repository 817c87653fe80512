package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"

	"github.com/alecthomas/kong"

	"manifold/app"
	"manifold/app/watch"
	"manifold/packager"
	"manifold/packager/fault"
)

// Window opens the window with folders or files as assets, and returns when it
// is closed.
type Window func(o WindowOptions) error

// WindowOptions are the words of the command line that concern the window.
type WindowOptions struct {
	Paths []string
	Data  string // data directory; "" is the user's
}

// commands is the grammar of the command line.
type commands struct {
	Version kong.VersionFlag `help:"Print the version and end."`

	Window   windowCommand   `cmd:"" default:"withargs" help:"Open the window, with these folders or files as assets."`
	Serve    serveCommand    `cmd:"" help:"Serve without a window until interrupted."`
	Inspect  inspectCommand  `cmd:"" help:"Tracks, codecs, fragments and findings."`
	Get      getCommand      `cmd:"" help:"Print what the origin answers for a URL tail."`
	URLs     urlsCommand     `cmd:"" name:"urls" help:"Every URL that the locators of the assets have."`
	Filter   filterCommand   `cmd:"" help:"Dynamic manifest filters."`
	Locator  locatorCommand  `cmd:"" help:"Further locators of assets."`
	Endpoint endpointCommand `cmd:"" help:"Settings of the streaming endpoint."`
	Key      keyCommand      `cmd:"" help:"Content keys of assets; CPIX documents."`
	Token    tokenCommand    `cmd:"" help:"A test token for the keys of encrypted streams."`
}

// run is what a command gets beside its own flags.
type run struct {
	context.Context
	out, err io.Writer
	window   Window
}

// Main runs the command line and returns the exit status.
func Main(args []string, window Window) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends what the first could not
	return start(ctx, args, os.Stdout, os.Stderr, window)
}

// usage is a status that ends the parser: --help and --version are done then.
type usage int

func start(ctx context.Context, args []string, out, errs io.Writer, window Window) (status int) {
	defer func() {
		if p := recover(); p != nil {
			n, ok := p.(usage)
			if !ok {
				panic(p)
			}
			status = int(n)
		}
	}()
	var c commands
	parser, err := kong.New(&c,
		kong.Name("manifold"),
		kong.Description("One MP4 set in, every streaming format out: a workbench and just-in-time packaging origin."),
		kong.Vars{"version": "manifold " + app.Version},
		kong.Writers(out, errs),
		kong.Exit(func(n int) { panic(usage(n)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		panic(err) // the grammar above is wrong
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(errs, "manifold: %v; see manifold --help\n", err)
		return 2
	}
	if err := k.Run(&run{ctx, out, errs, window}); err != nil {
		var misuse app.Misuse
		if errors.As(err, &misuse) {
			fmt.Fprintf(errs, "manifold: %v; see manifold --help\n", err)
			return 2
		}
		if !errors.Is(err, errReported) {
			fmt.Fprintf(errs, "manifold: %s\n", sentence(err))
		}
		return 1
	}
	return 0
}

// errReported is a failure that was told already.
var errReported = errors.New("reported")

// sentence is an error in one line, with what to do.
func sentence(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Advice != "" {
		return err.Error() + ". " + f.Advice
	}
	return err.Error()
}

// word is what a command looks like, and few files do.
var word = regexp.MustCompile(`^[a-z]+$`)

type windowCommand struct {
	Paths []string `arg:"" optional:"" name:"path" help:"Folders or files."`
	Data  string   `placeholder:"DIR" help:"Where locators and settings live (default: the user's data directory)."`
}

func (windowCommand) Help() string {
	return "Example: manifold movies/tears"
}

func (c *windowCommand) Run(r *run) error {
	if len(c.Paths) > 0 { // a command with a slip in it is no folder
		if _, err := os.Stat(c.Paths[0]); err != nil && word.MatchString(c.Paths[0]) {
			return app.Misuse(fmt.Sprintf("%s is neither a command nor a folder or file", c.Paths[0]))
		}
	}
	return r.window(WindowOptions{Paths: c.Paths, Data: c.Data})
}

// engineFlags are the flags of all commands that read assets.
type engineFlags struct {
	Data            string `placeholder:"DIR" help:"Where locators and filters live (default: the user's data directory)."`
	Policy          string `placeholder:"NAME" help:"Streaming policy of the default locators (default: Workbench)."`
	KeyPolicy       string `placeholder:"NAME" help:"Content key policy: who gets keys (default: Open, everybody)."`
	FragmentSeconds int    `placeholder:"N" help:"Merge whole GOPs into fragments of about N seconds; 0, the default: one GOP a fragment."`
	Bandwidth       string `default:"peak" enum:"peak,ams" placeholder:"RULE" help:"BANDWIDTH of HLS: peak, never under the segments, or ams, the formula of Azure Media Services alone (default: ${default})."`
	ExtendedCodecs  bool   `help:"Let in codecs that Azure Media Services refused: AV1, VP9, Opus, FLAC, AC-3, AC-4."`
}

// service is what a command reads assets with.
type service struct {
	*app.Service
	folders watch.Folders
	failed  int // paths that do not exist
}

// config is what the flags say.
func (f *engineFlags) config(base string) app.Config {
	return app.Config{Data: f.Data, Policy: f.Policy, KeyPolicy: f.KeyPolicy, FragmentSeconds: f.FragmentSeconds, ExtendedCodecs: f.ExtendedCodecs, Bandwidth: f.Bandwidth, Base: base}
}

// newService makes a service with the assets of some paths. Paths that do not
// exist are told, and the others are added all the same.
func newService(r *run, c app.Config, paths []string) (*service, error) {
	s, err := app.NewService(c)
	if err != nil {
		return nil, err
	}
	out := &service{Service: s}
	for _, p := range paths {
		if _, err := out.folders.Open(r, s.Engine, p); err != nil {
			if r.Err() != nil {
				return nil, r.Err()
			}
			fmt.Fprintf(r.err, "manifold: %s\n", sentence(err))
			out.failed++
		}
	}
	return out, nil
}

// asset makes a service with the one asset that a path leads to.
func (f *engineFlags) asset(r *run, base, path string) (*service, packager.Entry, error) {
	s, err := newService(r, f.config(base), []string{path})
	if err != nil {
		return nil, packager.Entry{}, err
	}
	if s.failed > 0 {
		return nil, packager.Entry{}, errReported
	}
	entry, err := one(s.Engine.Entries(), func(e packager.Entry) string { return e.Path }, path)
	return s, entry, err
}
