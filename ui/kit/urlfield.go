package kit

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "manifold/ui/theme"
)

// URLField shows a URL in colours and turns into an entry when it gets the
// focus: Enter submits, Escape or leaving restores. What is refused stays to be
// corrected, with the reason below it.
type URLField struct {
	widget.BaseWidget
	OnSubmitted func(url string) error

	url   string
	hint  string
	shown *urlText
	entry *urlEntry
	row   *fyne.Container

	refused error // what was said of the text in the entry
}

// NewURLField returns an empty field; hint is shown while it is empty.
func NewURLField(hint string, submitted func(url string) error) *URLField {
	f := &URLField{OnSubmitted: submitted, hint: hint}
	f.shown = &urlText{field: f}
	f.shown.sketch(f.shown, f.minimum, f.shown.paint)
	f.entry = &urlEntry{field: f}
	f.entry.TextStyle = fyne.TextStyle{Monospace: true}
	f.entry.Wrapping = fyne.TextWrapOff
	f.entry.SetPlaceHolder(hint)
	f.entry.AlwaysShowValidationError = true // what is refused has the keyboard still
	f.entry.Validator = func(string) error { return f.refused }
	f.entry.OnChanged = func(string) { f.refuse(nil) }
	f.entry.ExtendBaseWidget(f.entry)
	f.entry.Hide()
	f.row = container.NewStack(f.shown, f.entry)
	f.ExtendBaseWidget(f)
	return f
}

// CreateRenderer implements fyne.Widget.
func (f *URLField) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(f.row) }

// Set shows a URL. What is being typed stays.
func (f *URLField) Set(url string) {
	f.url = url
	f.shown.Refresh()
}

// URL returns what the field shows.
func (f *URLField) URL() string { return f.url }

// Editing says whether the entry has replaced the coloured text.
func (f *URLField) Editing() bool { return f.entry.Visible() }

// Edit opens the entry with everything selected.
func (f *URLField) Edit() {
	if f.Editing() {
		return
	}
	f.entry.SetText(f.url)
	f.open()
	if c := fyne.CurrentApp().Driver().CanvasForObject(f); c != nil {
		c.Focus(f.entry)
	}
	f.entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

func (f *URLField) open() {
	f.shown.Hide()
	f.entry.Show()
}

func (f *URLField) close() {
	f.refuse(nil)
	f.entry.Hide()
	f.shown.Show()
}

// refuse marks the entry as wrong and says why below it; nil marks it as right.
func (f *URLField) refuse(err error) {
	if err != nil {
		ShowTip(f, err.Error(), fyne.NewPos(0, f.Size().Height-12))
	} else if f.refused != nil {
		HideTip(f)
	}
	f.refused = err
	f.entry.SetValidationError(err)
}

func (f *URLField) minimum() fyne.Size {
	return fyne.NewSize(160, theme.Size(look.SizeNameRow)+7)
}

// urlText is the field while it is not being edited.
type urlText struct {
	Sketch
	field   *URLField
	hovered bool
}

func (t *urlText) paint(p *Pen, size fyne.Size) {
	border := theme.ColorNameInputBorder
	if t.hovered {
		border = theme.ColorNamePlaceHolder
	}
	p.Box(0, 0, size.Width, size.Height, 5, theme.ColorNameInputBackground)
	p.Frame(0, 0, size.Width, size.Height, 5, border, 1)
	if t.field.url == "" {
		p.Middle(t.field.hint, 10, 0, size.Height, size.Width-20, Body, theme.ColorNamePlaceHolder)
		return
	}
	x := float32(10)
	for _, part := range fitURL(lexURL(t.field.url), size.Width-20) {
		room := size.Width - 10 - x
		if room < Mono.Width("M") {
			return
		}
		x = p.Middle(part.text, x, 0, size.Height, room, Mono, part.ink)
	}
}

// fitURL shortens a URL in steps until it fits: less of the locator, no host, no
// locator, of a long name its middle, and no name. What is asked for, in the
// brackets at the end, stays.
func fitURL(parts []token, width float32) []token {
	if widthOf(parts) <= width {
		return parts
	}
	first := 0 // that is neither host nor locator
	for first < len(parts) && parts[first].ink == theme.ColorNamePlaceHolder {
		first++
	}
	asked := parts[first:]
	for _, front := range fronts(parts[:first]) {
		if shorter := append(front, asked...); widthOf(shorter) <= width {
			return shorter
		}
	}
	if len(asked) == 0 {
		return parts
	}
	last := strings.LastIndexByte(asked[0].text, '/') + 1 // of the path, with its brackets
	out := slices.Clone(asked)
	out[0].text = asked[0].text[last:]
	if name := Mono.FitMiddle(asked[0].text[:last], width-widthOf(out)-Mono.Width("…")); len(name) > len("…") {
		out[0].text = name + out[0].text
		out = append([]token{{"…", theme.ColorNamePlaceHolder}}, out...)
	}
	return out
}

// fronts returns ever shorter forms of host and locator.
func fronts(front []token) [][]token {
	if len(front) == 0 {
		return nil
	}
	last := front[len(front)-1]
	if r := []rune(last.text); len(r) > 6 && len(front) > 1 {
		last.text = string(r[:5]) + "…"
	}
	return [][]token{
		append(slices.Clone(front[:len(front)-1]), last),
		{{"…", last.ink}, last},
		{{"…", last.ink}},
	}
}

// widthOf is the width of parts that are written one after another.
func widthOf(parts []token) float32 {
	all := float32(0)
	for _, p := range parts {
		all += Mono.Width(p.text)
	}
	return all
}

// Tapped implements fyne.Tappable.
func (t *urlText) Tapped(*fyne.PointEvent) { t.field.Edit() }

// MouseIn implements desktop.Hoverable.
func (t *urlText) MouseIn(e *desktop.MouseEvent) {
	t.hovered = true
	t.Refresh()
	ShowTip(t, t.field.url, fyne.NewPos(e.Position.X, t.Size().Height-12))
}

// MouseMoved implements desktop.Hoverable.
func (t *urlText) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (t *urlText) MouseOut() {
	t.hovered = false
	t.Refresh()
	HideTip(t)
}

// Cursor implements desktop.Cursorable.
func (t *urlText) Cursor() desktop.Cursor { return desktop.TextCursor }

// FocusGained implements fyne.Focusable: the keyboard opens the entry too.
func (t *urlText) FocusGained() { fyne.Do(t.field.Edit) }

// FocusLost implements fyne.Focusable.
func (t *urlText) FocusLost() {}

// TypedRune implements fyne.Focusable.
func (t *urlText) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (t *urlText) TypedKey(*fyne.KeyEvent) {}

// urlEntry is the field while it is being edited.
type urlEntry struct {
	widget.Entry
	field *URLField
}

// TypedKey implements fyne.Focusable.
func (e *urlEntry) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if e.field.OnSubmitted != nil {
			if err := e.field.OnSubmitted(e.Text); err != nil {
				e.field.refuse(err)
				return
			}
		}
		e.leave()
	case fyne.KeyEscape:
		e.leave()
	default:
		e.Entry.TypedKey(k)
	}
}

// leave gives the keyboard up, which closes the entry.
func (e *urlEntry) leave() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(e); c != nil {
		c.Unfocus()
	}
}

// FocusGained implements fyne.Focusable: when the window comes back, so does
// what was typed.
func (e *urlEntry) FocusGained() {
	e.field.open()
	e.Entry.FocusGained()
}

// FocusLost implements fyne.Focusable.
func (e *urlEntry) FocusLost() {
	e.Entry.FocusLost()
	e.field.close()
}
