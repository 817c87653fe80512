package workbench

import (
	"context"
	"slices"
	"sync"
	"time"

	"manifold/packager/fault"
)

// Job is work that takes time: it is shown, and can be cancelled.
type Job struct {
	ID     int
	Title  Sentence
	Done   int // of Total; Total 0 when nobody knows
	Total  int
	Cancel context.CancelFunc
}

// JobChanged brings a job, new or further on.
type JobChanged struct{ Job }

func (a JobChanged) apply(s State) State {
	s.Jobs = slices.Clone(s.Jobs)
	if i := slices.IndexFunc(s.Jobs, func(j Job) bool { return j.ID == a.ID }); i >= 0 {
		s.Jobs[i] = a.Job
	} else {
		s.Jobs = append(s.Jobs, a.Job)
	}
	return s
}

// JobEnded takes a job away.
type JobEnded struct{ ID int }

func (a JobEnded) apply(s State) State {
	s.Jobs = slices.DeleteFunc(slices.Clone(s.Jobs), func(j Job) bool { return j.ID == a.ID })
	return s
}

// progress tells how much of a job is done.
type progress = func(done, total int)

// showJobAfter is how long a job may take that nobody needs to see.
const showJobAfter = 100 * time.Millisecond

// run does work as a job, which is shown when it takes long. What it returns is
// told.
func (w *Workbench) run(title Sentence, work func(ctx context.Context, progress progress) error) {
	ctx, cancel := context.WithCancel(w.ctx)
	w.mu.Lock()
	w.jobs++
	j := Job{ID: w.jobs, Title: title, Cancel: cancel}
	w.mu.Unlock()
	var mu sync.Mutex
	shown, ended := false, false
	show := func(change func()) {
		mu.Lock()
		defer mu.Unlock()
		change()
		if shown && !ended {
			w.Dispatch(JobChanged{j})
		}
	}
	timer := time.AfterFunc(showJobAfter, func() { show(func() { shown = true }) })
	w.goDo(func() {
		defer cancel()
		defer timer.Stop()
		err := work(ctx, func(done, total int) { show(func() { j.Done, j.Total = done, total }) })
		show(func() { ended = true })
		w.Dispatch(JobEnded{j.ID})
		switch {
		case w.ctx.Err() != nil:
		case ctx.Err() != nil:
			w.Say(fault.Info, "%s was cancelled", title)
		case err != nil:
			w.Fail(err)
		}
	})
}
