package workbench

import (
	"slices"

	"manifold/packager/catalog"
	"manifold/packager/fault"
)

// where returns the locator under which a filter is kept, "" for all assets.
func (k FilterKey) where(locator string) string {
	if k.Own {
		return locator
	}
	return ""
}

// SaveDraft keeps the draft in the data directory, unless somebody else changed
// the filter since it was read, or made one of its name. One that has another name
// or is for other assets than before takes the place of the one before.
func (w *Workbench) SaveDraft() {
	s := w.State()
	if s.Draft == nil {
		return
	}
	d := *s.Draft
	b, err := d.JSON()
	if _, e := s.CheckDraft(); e != nil {
		err = e
	}
	if err != nil {
		w.Fail(err)
		return
	}
	w.goDo(func() {
		c := w.service.engine().Catalog()
		keep := func() error { return c.CreateFilter(d.Name, d.where(s.Locator), b) }
		if d.From == d.FilterKey {
			keep = func() error { return c.ChangeFilter(d.Name, d.where(s.Locator), b, d.Seen) }
		}
		if err := keep(); err != nil {
			w.Fail(err)
			return
		}
		if d.From.Name != "" && d.From != d.FilterKey {
			if err := c.DeleteFilter(d.From.Name, d.From.where(s.Locator), d.Seen); err != nil && fault.As(err).Code != fault.FilterNotFound {
				w.Fail(err)
			}
		}
		w.Dispatch(DraftSaved{d.From, d.FilterKey, catalog.Revision(b)})
		w.readAllPublished()
		w.Say(fault.Info, "Filter %s saved", d.Name)
	})
}

// DeleteFilter removes a filter of the chosen asset, from URLs too.
func (w *Workbench) DeleteFilter(k FilterKey) {
	s := w.State()
	w.goDo(func() {
		if err := w.service.engine().Catalog().DeleteFilter(k.Name, k.where(s.Locator), ""); err != nil {
			w.Fail(err)
			return
		}
		w.readAllPublished()
		now := w.State()
		if now.Draft != nil && now.Draft.From == k {
			w.Dispatch(SetDraft{})
		}
		if slices.Contains(now.Parameters.Filters, k.Name) && now.Chosen().Filter(k.Name) == nil {
			w.Dispatch(SetParameters{now.Parameters.Toggled(k.Name)})
		}
		w.Say(fault.Info, "Filter %s deleted", k.Name)
	})
}

// readAllPublished brings what the data directory says of all assets.
func (w *Workbench) readAllPublished() {
	for _, a := range w.State().Assets {
		w.readPublished(a.Locator.ID)
	}
}
