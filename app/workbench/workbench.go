package workbench

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"manifold/app"
	"manifold/app/watch"
	"manifold/packager/fault"
)

// Workbench holds the state and does the work that changes of it ask for. It
// is safe for concurrent use.
type Workbench struct {
	home   string // folder of settings, log and reports
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex
	state   State
	changed func(State)
	panes   [MaxPanes]paneWork
	xray    paneWork // the look into answers
	jobs    int      // number of the last
	work    sync.WaitGroup

	service serviceHolder
	folders watch.Folders
	saver   saver
	filters sync.Mutex // one reads them
}

// paneWork is work for an answer that is under way or done last.
type paneWork struct {
	path, version string
	cancel        context.CancelFunc
}

// New returns a workbench with the settings in its home: a folder, which is
// made when it is not there. changed is called after every change with the new
// state, in order, on any goroutine, and must return soon.
func New(home string, changed func(State)) (*Workbench, error) {
	settings, warning := loadSettings(home)
	w := &Workbench{home: home, changed: changed}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	service, err := app.NewService(settings.service(home))
	if err != nil && (settings.Policy != "" || settings.KeyPolicy != "") { // a document that is gone
		warning = err
		settings.Policy, settings.KeyPolicy = "", ""
		service, err = app.NewService(settings.service(home))
	}
	if err != nil {
		w.cancel()
		return nil, err
	}
	w.service.Service = service
	w.saver.path = settingsPath(home)
	w.state = settle(State{Choice: Choice{Panes: settings.Panes}, Selection: nothing, Settings: settings})
	if warning != nil {
		w.state.Notice = Notice{fault.Warning, verbatim(warning.Error())}
	}
	w.goDo(w.watch)
	w.goDo(w.count)
	return w, nil
}

// State returns the present state.
func (w *Workbench) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state
}

// Home returns the folder of settings, log and reports.
func (w *Workbench) Home() string { return w.home }

// Dispatch applies an action and starts the work that the new state asks for.
func (w *Workbench) Dispatch(action Action) { w.deliver(context.Background(), action) }

// deliver applies the outcome of work, unless the work was cancelled: what was
// asked for since must not be replaced by an answer that comes late.
func (w *Workbench) deliver(ctx context.Context, outcome Action) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	w.state = Reduce(w.state, outcome)
	w.follow()
	w.changed(w.state)
}

// follow starts what the state asks for: a rendering for every pane whose
// answer is not on its way, a look into how it is protected, and the saving of
// settings. w.mu is held.
func (w *Workbench) follow() {
	for i := range w.panes {
		if i < len(w.state.Panes) {
			w.render(i)
		} else if w.panes[i].cancel != nil {
			w.panes[i].cancel()
			w.panes[i] = paneWork{}
		}
	}
	w.explain()
	remembered := w.state.Settings
	remembered.Panes = w.state.Panes
	w.saver.save(remembered)
}

// render asks the engine for what pane i has to show, unless it did. An
// answer that is under way for something else is cancelled.
func (w *Workbench) render(i int) {
	a := w.state.Chosen()
	if a == nil || a.Read == nil {
		return
	}
	path, version := w.state.Path(i), w.state.revision(a)
	p := &w.panes[i]
	if p.path == path && p.version == version && p.cancel != nil {
		return
	}
	if p.cancel != nil {
		p.cancel()
	}
	ctx, cancel := context.WithCancel(w.ctx)
	*p = paneWork{path, version, cancel}
	request, before := w.state.request(i), w.state.Views[i]
	w.goDo(func() {
		begun := time.Now()
		v := View{Path: path, Version: version, Format: request.Format}
		var err error
		v.Text, v.Type, err = answer(ctx, w.service.engine(), request)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			v.Err = fault.As(err)
			v.Text, v.Type = refusal(v.Err), "text/plain"
		}
		v.Took = time.Since(begun)
		v.Changed = changed(before, v)
		w.deliver(ctx, Rendered{i, v})
	})
}

// goDo runs work that Close waits for; once Close was called, none.
func (w *Workbench) goDo(f func()) {
	if w.ctx.Err() != nil {
		return
	}
	w.work.Add(1)
	go func() {
		defer w.work.Done()
		f()
	}()
}

// Say shows a sentence in the status bar and puts it into the log, in English.
func (w *Workbench) Say(severity fault.Severity, format string, args ...any) {
	said := Sentence{format, args}
	level := map[fault.Severity]slog.Level{fault.Warning: slog.LevelWarn, fault.Severe: slog.LevelError}[severity]
	slog.Log(w.ctx, level, said.String())
	w.Dispatch(Notify{Notice{severity, said}})
}

// Fail shows an error in the status bar and puts it into the log.
func (w *Workbench) Fail(err error) {
	slog.Error(err.Error())
	w.Dispatch(notice(err))
}

// Close stops all work and the server, and saves the settings.
func (w *Workbench) Close() error {
	w.cancel()
	w.work.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	err := w.service.stop(ctx)
	w.service.engine().Close()
	if e := w.saver.flush(); err == nil {
		err = e
	}
	return err
}
