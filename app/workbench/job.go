package workbench

import (
	"context"
	"errors"
)

// Job is work that takes time: it is shown, and can be cancelled.
type Job struct {
	ID     int
	Title  string
	Done   int // of Total; Total 0 when nobody knows
	Total  int
	Cancel context.CancelFunc
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
