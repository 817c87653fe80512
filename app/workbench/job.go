package workbench

import (
	"context"
	"errors"
	"slices"
)

// Job is work that takes time: it is shown, and can be cancelled.
type Job struct {
	ID     int
	Title  string
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

// run does work as a job. What it returns is told, unless it was cancelled.
func (w *Workbench) run(title string, work func(ctx context.Context, progress func(done, total int)) error) {
	ctx, cancel := context.WithCancel(w.ctx)
	w.mu.Lock()
	w.jobs++
	j := Job{ID: w.jobs, Title: title, Cancel: cancel}
	w.mu.Unlock()
	w.Dispatch(JobChanged{j})
	w.goDo(func() {
		defer cancel()
		err := work(ctx, func(done, total int) {
			j.Done, j.Total = done, total
			w.Dispatch(JobChanged{j})
		})
		w.Dispatch(JobEnded{j.ID})
		if err != nil && !errors.Is(err, context.Canceled) {
			w.Fail(err)
		}
	})
}
