package window

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/app/workbench"
	"manifold/packager/fault"
	"manifold/ui/kit"
)

// A field is an entry of the form with a name before it, and words below: what
// the value means, or what is wrong with it.
type field struct {
	entry  *formEntry
	note   *kit.Line
	object fyne.CanvasObject
	key    string // as documents name it
	get    func(d *workbench.Draft) *string
}

func (w *Window) newField(label, key string, width float32, changed func(string)) *field {
	f := &field{entry: newFormEntry(w), note: kit.NewLine("", kit.Small, theme.ColorNamePlaceHolder), key: key}
	f.entry.OnChanged = changed
	left := container.New(&fixedWidth{width}, container.New(&centred{}, kit.NewLine(label, kit.Body, theme.ColorNamePlaceHolder)))
	f.object = container.NewVBox(container.NewBorder(nil, nil, left, nil, f.entry), f.note)
	return f
}

// fieldLabel is the width of the names before the fields.
const fieldLabel = 78

// set shows a value with words below it; what is being typed stays.
func (f *field) set(text, words string, err *fault.Error) {
	if f.entry.Text != text {
		f.entry.SetText(text)
	}
	note(f.note, words, err)
}

// note shows words, or an error in their place; nothing takes no room.
func note(l *kit.Line, words string, err *fault.Error) {
	ink := theme.ColorNamePlaceHolder
	if err != nil {
		words, ink = sentence(err.What)+".", theme.ColorNameError
	}
	l.Set(words, ink)
	if words == "" {
		l.Hide()
	} else {
		l.Show()
	}
}

// formEntry is an entry of the form: Escape leaves it, and some keys do more.
type formEntry struct {
	widget.Entry
	w     *Window
	onKey func(k fyne.KeyName) bool
}

func newFormEntry(w *Window) *formEntry {
	e := &formEntry{w: w}
	e.ExtendBaseWidget(e)
	return e
}

// TypedKey implements fyne.Focusable.
func (e *formEntry) TypedKey(k *fyne.KeyEvent) {
	switch {
	case k.Name == fyne.KeyEscape:
		e.w.win.Canvas().Unfocus()
	case e.onKey != nil && e.onKey(k.Name):
	default:
		e.Entry.TypedKey(k)
	}
}
