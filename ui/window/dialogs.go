package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"
)

// present shows a dialog; the one before goes away.
func (w *Window) present(d dialog.Dialog, size fyne.Size) {
	w.dismiss()
	w.dialog = d
	area := w.win.Canvas().Size()
	d.Show() // file dialogs have no size before
	d.Resize(fyne.NewSize(min(size.Width, area.Width-40), min(size.Height, area.Height-40)))
}

// dismiss takes the dialog away, as Escape does.
func (w *Window) dismiss() {
	if w.dialog != nil {
		w.dialog.Hide()
		w.dialog = nil
	}
}

// entry is an entry of a dialog: Escape closes it.
type entry struct {
	widget.Entry
	w *Window
}

func (w *Window) newEntry(text, hint string) *entry {
	e := &entry{w: w}
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(hint)
	e.SetText(text)
	return e
}

// TypedKey implements fyne.Focusable.
func (e *entry) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyEscape {
		e.w.dismiss()
		return
	}
	e.Entry.TypedKey(k)
}
