package window

import (
	"io"
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/app"
	"manifold/app/workbench"
	"manifold/assets"
	"manifold/ui/kit"
)

// Icon is the icon of the program.
func Icon() fyne.Resource { return fyne.NewStaticResource("icon.png", assets.Icon) }

// showAbout says what the program is, and under which licences its parts are.
func (w *Window) showAbout() {
	icon := canvas.NewImageFromResource(Icon())
	icon.FillMode = canvas.ImageFillContain
	icon.SetMinSize(fyne.NewSize(56, 56))
	head := container.NewHBox(icon, spacer(8, 1), container.NewVBox(
		widget.NewLabelWithStyle("Manifold "+app.Version, fyne.TextAlignLeading, fyne.TextStyle{Bold: true}),
		widget.NewLabel(L("One MP4 set in, every streaming format out."))))
	content := container.NewBorder(head, nil, nil, nil, licences())
	w.present(dialog.NewCustom(L("About Manifold"), L("Close"), content, w.win), fyne.NewSize(860, 580))
}

// licences lists the parts of the program beside the text of one of them.
func licences() fyne.CanvasObject {
	list := assets.Licences()
	if len(list) == 0 {
		return widget.NewLabel(L("This program was built without the licence texts of its parts; make puts them in."))
	}
	text := kit.NewCode()
	text.SetWrap(true)
	parts := kit.NewTable(kit.Column{Font: kit.Body})
	var rows [][]kit.Cell
	for _, l := range list {
		rows = append(rows, []kit.Cell{{Text: l.Name}})
	}
	parts.Set(rows)
	parts.OnSelected = func(i int) { text.Set(list[i].Text, kit.Plain, nil) }
	parts.Select(0)
	split := container.NewHSplit(parts.Object(), text)
	split.Offset = 0.36
	return split
}

// showKeys lists every shortcut.
func (w *Window) showKeys() {
	table := kit.NewTable(kit.Column{Title: L("Menu"), Width: 80, Font: kit.Body}, kit.Column{Title: L("What it does"), Font: kit.Body}, kit.Column{Title: L("Keys"), Width: 190, Font: kit.Mono})
	w.fillKeys(table)
	w.present(dialog.NewCustom(L("Shortcuts"), L("Close"), container.New(&fixed{560, 420}, table.Object()), w.win), fyne.NewSize(640, 560))
}

// fillKeys writes the shortcuts of the actions, then those of the panels.
func (w *Window) fillKeys(table *kit.Table) {
	var rows [][]kit.Cell
	add := func(menu, what, keys string) {
		rows = append(rows, []kit.Cell{{Text: menu, Ink: theme.ColorNamePlaceHolder}, {Text: what}, {Text: keys}})
	}
	for i := range w.actions {
		if a := &w.actions[i]; a.keys != nil {
			add(L(a.menu), a.title, spelled(a.keys))
		}
	}
	for _, k := range [][2]string{
		{L("Fragment before, after"), "← →"}, {L("Same time in another track"), "↑ ↓"}, {L("Zoom in, out, fit"), "+ − 0"}, {L("Zoom round the pointer, pan"), L("wheel, Shift+wheel")},
		{L("Open and close in the tree"), "← →"}, {L("Show the playlist of a track"), "Enter"},
		{L("Select lines of a manifest"), "Shift+↑ ↓"}, {L("Copy the lines"), "Ctrl+C"}, {L("Leave a field or dialog"), "Esc"},
	} {
		add(L("Panels"), k[0], k[1])
	}
	table.Set(rows)
}

// maxShown is how much of the end of a file is shown, in bytes.
const maxShown = 256 << 10

// showFile shows the end of a text file, with a button for its folder.
func (w *Window) showFile(title, path string) {
	text := kit.NewCode()
	folder := kit.NewButton(L("Show in file manager"), theme.Icon(theme.IconNameFolder), path, func() { w.reveal(path) })
	w.present(dialog.NewCustom(title, L("Close"), container.NewBorder(nil, container.NewHBox(folder), nil, nil, text), w.win), fyne.NewSize(980, 640))
	go func() {
		words, err := tail(path, maxShown)
		if err != nil {
			words = err.Error()
		}
		w.schedule(func() {
			text.Set(words, kit.Plain, nil)
			text.Select(text.Lines()-1, text.Lines()-1)
		})
	}()
}

// tail returns the last lines of a file, at most so many bytes.
func tail(path string, most int64) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	from := max(0, info.Size()-most)
	b, err := io.ReadAll(io.NewSectionReader(f, from, info.Size()-from))
	if err != nil {
		return "", err
	}
	words := string(b)
	if from > 0 { // not half a line
		_, words, _ = strings.Cut(words, "\n")
	}
	return words, nil
}

// offerReport offers what a crash left behind, once.
func (w *Window) offerReport(s *workbench.State) {
	if s.Crash == "" || s.Crash == w.offered {
		return
	}
	w.offered = s.Crash
	words := widget.NewLabel(L("Manifold ended unexpectedly the last time.\nA report was kept; it names functions and files of the program, no media:") + "\n" + s.Crash)
	d := dialog.NewCustomConfirm(L("Report of a crash"), L("Show the report"), L("Dismiss"), words, func(show bool) {
		if show {
			w.showFile(L("Report of a crash"), s.Crash)
		}
		w.bench.Dispatch(workbench.DismissCrash{})
	}, w.win)
	w.present(d, fyne.NewSize(560, 200))
}
