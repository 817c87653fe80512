package workbench

import (
	"context"
	"errors"
	"math"
	"net"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"manifold/app"
	"manifold/packager"
	"manifold/packager/fault"
)

// serviceHolder is the service of the present settings: other settings make
// another service.
type serviceHolder struct {
	serving sync.Mutex // one starts or stops, which takes as long as running requests

	mu sync.Mutex
	*app.Service
	requests, errors int64 // of services before
}

// stopTimeout is how long requests may go on after the server was stopped.
const stopTimeout = 2 * time.Second

// countEvery is how often the numbers in the status bar follow the server.
const countEvery = 250 * time.Millisecond

// portsToTry is how far the server looks for a free port before the system
// picks one.
const portsToTry = 20

func (h *serviceHolder) service() *app.Service {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.Service
}

func (h *serviceHolder) engine() *packager.Engine { return h.service().Engine }

func (h *serviceHolder) stop(ctx context.Context) error {
	h.serving.Lock()
	defer h.serving.Unlock()
	return h.service().Stop(ctx)
}

// start begins to listen on an address or, where its port is taken, on the
// next that is free. It returns the address in URLs.
func (h *serviceHolder) start(address string) (base string, moved bool, err error) {
	h.serving.Lock()
	defer h.serving.Unlock()
	s := h.service()
	if s.Running() {
		return s.Base(), false, nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", false, s.Start(address) // which says what is wrong with it
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return "", false, s.Start(address)
	}
	for try := 0; try <= portsToTry && n+try <= math.MaxUint16; try++ {
		if err = s.Start(net.JoinHostPort(host, strconv.Itoa(n+try))); err == nil {
			return s.Base(), try > 0, nil
		}
		if !taken(err) {
			return "", false, err
		}
	}
	if err = s.Start(net.JoinHostPort(host, "0")); err != nil {
		return "", false, err
	}
	return s.Base(), true, nil
}

// taken says whether an address could not be listened on because another
// program does.
func taken(err error) bool {
	const windows = syscall.Errno(10048) // WSAEADDRINUSE, which is not EADDRINUSE there
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, windows)
}

// counts returns the requests and errors since the workbench began.
func (h *serviceHolder) counts() (requests, errors int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.requests + h.Stats.Requests.Load(), h.errors + h.Stats.Errors.Load()
}

// StartServer begins to listen on the address of the settings. It returns
// when it listens, or cannot, which the state tells.
func (w *Workbench) StartServer() {
	address := w.State().Settings.Address
	base, moved, err := w.service.start(address)
	if err != nil {
		w.Fail(err)
		return
	}
	started := ServerStarted{Base: base, Shared: w.service.service().Shared()}
	if !moved {
		w.Dispatch(started)
		if started.Shared != "" {
			w.Say(fault.Warning, "Everybody in the network can reach the server at %s", started.Shared)
		} else {
			w.Say(fault.Info, "Serving at %s", base)
		}
		return
	}
	started.Taken = address
	w.Dispatch(started)
	w.Say(fault.Warning, "%s is taken by another program; serving at %s", address, base)
}

// StopServer stops listening. Running requests may finish.
func (w *Workbench) StopServer() {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := w.service.stop(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		w.Fail(err)
	}
	w.Dispatch(ServerStopped{})
	w.Say(fault.Info, "The server is stopped")
}

// ToggleServer starts or stops the server without making the caller wait.
func (w *Workbench) ToggleServer() {
	running := w.State().Server.Running
	w.goDo(func() {
		if running {
			w.StopServer()
		} else {
			w.StartServer()
		}
	})
}

// Everywhere says whether the server listens, or would, on every address of this
// machine, so that others in the network reach it.
func (s *State) Everywhere() bool {
	host, _, err := net.SplitHostPort(s.Settings.Address)
	ip := net.ParseIP(host)
	return err == nil && (host == "" || ip != nil && ip.IsUnspecified())
}

// ShareServer lets other machines in the network reach the server, or this one
// alone, at the port of the settings.
func (w *Workbench) ShareServer() {
	s := w.State()
	_, port, err := net.SplitHostPort(s.Settings.Address)
	if err != nil {
		w.Fail(err)
		return
	}
	host := "0.0.0.0"
	if s.Everywhere() {
		host = "127.0.0.1"
	}
	next := s.Settings
	next.Address = net.JoinHostPort(host, port)
	w.ApplySettings(next)
}

// count follows the numbers of the server.
func (w *Workbench) count() {
	t := time.NewTicker(countEvery)
	defer t.Stop()
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-t.C:
		}
		requests, errs := w.service.counts()
		if s := w.State().Server; s.Requests != requests || s.Errors != errs {
			w.Dispatch(Counted{requests, errs})
		}
	}
}

// ApplySettings takes settings over. Where they concern the engine or the
// server these are made anew, with the assets that are open.
func (w *Workbench) ApplySettings(next Settings) {
	before := w.State()
	w.Dispatch(SetSettings{next})
	if next.service(w.home) == before.Settings.service(w.home) {
		if next.Address != before.Settings.Address && before.Server.Running {
			w.goDo(func() { w.StopServer(); w.StartServer() })
		}
		return
	}
	w.run(Sentence{Format: "Applying settings"}, func(ctx context.Context, progress progress) error {
		service, err := app.NewService(next.service(w.home))
		if err != nil {
			w.Dispatch(SetSettings{before.Settings})
			return err
		}
		if before.Server.Running {
			w.StopServer()
		}
		w.service.replace(service)
		for _, a := range before.Assets {
			w.Dispatch(AssetClosed{a.Locator.ID})
		}
		was := func(e packager.Entry) bool {
			return slices.ContainsFunc(before.Assets, func(a Asset) bool { return a.Path == e.Path })
		}
		done := map[string]bool{}
		for i, a := range before.Assets {
			if done[a.From] {
				continue
			}
			done[a.From] = true
			progress(i, len(before.Assets))
			if _, err := w.open(ctx, opening{path: a.From, want: was}, progress); err != nil && ctx.Err() == nil {
				w.Fail(err)
			}
		}
		w.chooseAgain(before.Chosen())
		if before.Server.Running {
			w.StartServer()
		}
		return nil
	})
}

// chooseAgain chooses the asset that was chosen before it got another locator.
func (w *Workbench) chooseAgain(before *Asset) {
	if before == nil {
		return
	}
	for _, a := range w.State().Assets {
		if a.Path == before.Path {
			w.Dispatch(ChooseAsset{a.Locator.ID})
		}
	}
}

func (h *serviceHolder) replace(s *app.Service) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests += h.Stats.Requests.Load()
	h.errors += h.Stats.Errors.Load()
	h.Engine.Close()
	h.Service = s
}
