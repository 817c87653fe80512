package window

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/ui/kit"
)

// showOpen asks for what to open: a path that is typed or pasted, something
// picked, or something opened before.
func (w *Window) showOpen() {
	path := w.newEntry("", L("Path of a folder, an MP4 file or an .ism"))
	opened := func(paths ...string) {
		w.dismiss()
		w.bench.Open(paths...)
	}
	submit := func() {
		if p := pasted(path.Text); p != "" {
			opened(p)
		}
	}
	path.OnSubmitted = func(string) { submit() }
	confirm := kit.NewButton(L("Open"), nil, L("Opens the path"), submit)
	confirm.Importance = widget.HighImportance
	folder := kit.NewButton(L("Pick a folder…"), theme.Icon(theme.IconNameFolderOpen), L("A folder that holds the renditions of a programme, or several such folders"), w.pickFolder)
	file := kit.NewButton(L("Pick a file…"), theme.Icon(theme.IconNameFile), L("One MP4, MOV, M4A or .ism"), w.pickFile)
	recent := newRecentList(opened)
	recent.show(w.state.Settings.Recent, w.schedule)
	content := container.NewVBox(
		container.NewBorder(nil, nil, nil, confirm, path),
		container.NewHBox(folder, file), recent.object)
	w.present(dialog.NewCustom(L("Open"), L("Cancel"), content, w.win), fyne.NewSize(720, 430))
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

func (w *Window) pickFolder() {
	w.present(dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		switch {
		case err != nil:
			w.bench.Fail(err)
		case u != nil:
			w.bench.Open(filepath.FromSlash(u.Path()))
		}
	}, w.win), fyne.NewSize(900, 620))
}

func (w *Window) pickFile() {
	w.present(dialog.NewFileOpen(func(r fyne.URIReadCloser, err error) {
		switch {
		case err != nil:
			w.bench.Fail(err)
		case r != nil:
			path := filepath.FromSlash(r.URI().Path())
			r.Close()
			w.bench.Open(path)
		}
	}, w.win), fyne.NewSize(900, 620))
}

// saveManifest writes what the focused pane shows to a file.
func (w *Window) saveManifest() {
	v := w.state.Views[w.state.Focus]
	d := dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
		if err == nil && f == nil {
			return // cancelled
		}
		if err == nil {
			_, err = f.Write([]byte(v.Text))
			if e := f.Close(); err == nil {
				err = e
			}
		}
		if err != nil {
			w.bench.Fail(err)
			return
		}
		w.bench.Say(fault.Info, L("Manifest saved as")+" "+f.URI().Path())
	}, w.win)
	d.SetFileName(w.state.Chosen().Name + extension(w.state.Panes[w.state.Focus].Format))
	w.present(d, fyne.NewSize(900, 620))
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
