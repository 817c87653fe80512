package window

import (
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/app/workbench"
	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/ui/kit"
)

// showOpen asks for what to open: a path that is typed or pasted, something
// picked, or something opened before.
func (w *Window) showOpen() { w.askOpen("") }

// askOpen is showOpen with what was typed before.
func (w *Window) askOpen(typed string) {
	path := w.newEntry(typed, L("Path of a folder, an MP4 file or an .ism"))
	refusal := kit.NewLine(" ", kit.Small, theme.ColorNameError)
	opened := func(paths ...string) {
		w.dismiss()
		w.bench.Open(paths...)
	}
	submit := func() {
		p := pasted(path.Text)
		if p == "" {
			refusal.Set(L("Type or paste a path, or pick one below."), "")
			return
		}
		go func() { // the path may lie on a drive that does not answer
			err := workbench.Probe(p)
			w.schedule(func() {
				if err != nil {
					refusal.Set(sentence(err.Error())+".", "")
					return
				}
				opened(p)
			})
		}()
	}
	path.OnSubmitted = func(string) { submit() }
	path.OnChanged = func(string) { refusal.Set(" ", "") }
	again := func() { w.askOpen(path.Text) }
	confirm := kit.NewButton(L("Open"), nil, L("Opens the path"), submit)
	confirm.Importance = widget.HighImportance
	folder := kit.NewButton(L("Pick a folder…"), theme.Icon(theme.IconNameFolderOpen), L("A folder that holds the renditions of a programme, or several such folders"), func() { w.pickFolder(again) })
	file := kit.NewButton(L("Pick a file…"), theme.Icon(theme.IconNameFile), L("One MP4, MOV, M4A or .ism"), func() { w.pickFile(again) })
	folder.Importance, file.Importance = widget.MediumImportance, widget.MediumImportance
	recent := newRecentList(w, opened)
	recent.show(w.state.Settings.Recent)
	content := container.NewVBox(
		container.NewBorder(nil, nil, nil, confirm, path), refusal,
		container.NewHBox(folder, file), recent.object, spacer(1, 6))
	w.present(dialog.NewCustom(L("Open"), L("Cancel"), content, w.win), fyne.NewSize(720, 0)) // as high as it needs
	w.win.Canvas().Focus(path)
}

// pasted reads a path as people paste it: in quotes, with a file: scheme, or
// beginning at their home.
func pasted(text string) string {
	p := strings.TrimSpace(text)
	if len(p) > 1 && (p[0] == '"' || p[0] == '\'') && p[len(p)-1] == p[0] {
		p = p[1 : len(p)-1]
	}
	if u, err := url.Parse(p); err == nil && u.Scheme == "file" {
		p = filepath.FromSlash(u.Path)
	}
	if rest, ok := strings.CutPrefix(p, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			p = filepath.Join(home, rest)
		}
	}
	return p
}

// pickFolder opens a folder that is picked; cancelled is called when none is.
func (w *Window) pickFolder(cancelled func()) {
	w.present(dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		switch {
		case err != nil:
			w.bench.Fail(err)
		case u == nil:
			cancelled()
		default:
			w.bench.Open(filepath.FromSlash(u.Path()))
		}
	}, w.win), fyne.NewSize(900, 620))
}

// pickFile opens a file that is picked; cancelled is called when none is.
func (w *Window) pickFile(cancelled func()) {
	w.present(dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		switch {
		case err != nil:
			w.bench.Fail(err)
		case r == nil:
			cancelled()
		default:
			path := filepath.FromSlash(r.URI().Path())
			r.Close()
			w.bench.Open(path)
		}
	}, w.win), fyne.NewSize(900, 620))
}

// saveManifest writes what the focused pane shows to a file.
func (w *Window) saveManifest() {
	text, p := w.state.Views[w.state.Focus].Text, w.state.Panes[w.state.Focus]
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		switch {
		case err != nil:
			w.bench.Fail(err)
		case f != nil:
			go func() {
				if w.write(f, text) {
					w.bench.Say(fault.Info, "Manifest saved as %s", f.URI().Path())
				}
			}()
		}
	}, w.win)
	name := w.state.Chosen().Name
	if p.Level.Name != "" {
		name += "_" + p.Level.Name + "_" + strconv.Itoa(p.Level.Bitrate)
	}
	if p.Level.KeyFrames {
		name += "_keyframes"
	}
	d.SetFileName(name + extension(p.Format))
	w.present(d, fyne.NewSize(900, 620))
}

// write writes a text to a file and closes it, and says what went wrong.
func (w *Window) write(f fyne.URIWriteCloser, text string) bool {
	_, err := f.Write([]byte(text))
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		w.bench.Fail(err)
	}
	return err == nil
}

// extension is what files of a manifest are called.
func extension(f media.Format) string {
	switch f {
	case media.DASHCSF, media.DASHCMAF:
		return ".mpd"
	case media.Smooth, media.Smooth20:
		return ".ismc"
	}
	return ".m3u8"
}
