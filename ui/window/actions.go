package window

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	"manifold/app/workbench"
	"manifold/packager/protect"
)

// action is one command. Menu, buttons, context menus and the sheet of
// shortcuts are made from the table of them, so that they agree.
type action struct {
	id    string
	menu  string // title of its menu
	under string // title of the submenu that holds it; "" for none
	group int    // of the menu, separated by lines
	title string
	icon  fyne.ThemeIconName
	keys  *desktop.CustomShortcut
	// why says why the action cannot be done now, "" when it can.
	why     func(s *workbench.State) string
	checked func(s *workbench.State) bool // nil where there is no check mark
	run     func()
}

// The menus in order.
var menus = []string{"File", "Edit", "View", "Filters", "Server", "Help"}

const (
	ctrl      = fyne.KeyModifierShortcutDefault
	ctrlShift = fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift
	alt       = fyne.KeyModifierAlt
)

func keys(m fyne.KeyModifier, k fyne.KeyName) *desktop.CustomShortcut {
	return &desktop.CustomShortcut{KeyName: k, Modifier: m}
}

// spelled writes a shortcut as people read it: "Ctrl+Shift+C".
func spelled(k *desktop.CustomShortcut) string {
	if k == nil {
		return ""
	}
	var parts []string
	for _, m := range []struct {
		m    fyne.KeyModifier
		name string
	}{{fyne.KeyModifierControl, "Ctrl"}, {fyne.KeyModifierSuper, "Cmd"}, {fyne.KeyModifierAlt, "Alt"}, {fyne.KeyModifierShift, "Shift"}} {
		if k.Modifier&m.m != 0 {
			parts = append(parts, m.name)
		}
	}
	name, ok := map[fyne.KeyName]string{
		fyne.KeyLeft: "←", fyne.KeyRight: "→", fyne.KeyComma: ",", fyne.KeyPeriod: ".", fyne.KeySlash: "/", fyne.KeyEqual: "+", fyne.KeyMinus: "−",
		fyne.KeyLeftBracket: "[", fyne.KeyRightBracket: "]",
	}[k.KeyName]
	if !ok {
		name = string(k.KeyName)
	}
	return strings.Join(append(parts, name), "+")
}

// Reasons.
func needsAsset(s *workbench.State) string {
	if s.Chosen() == nil {
		return L("No asset is open.")
	}
	return ""
}

func needsServer(s *workbench.State) string {
	if why := needsAsset(s); why != "" {
		return why
	}
	if !s.Server.Running {
		return L("The server is stopped.")
	}
	if e := s.Chosen().Err(); e != nil {
		return L("The asset cannot be served:") + " " + e.Sentence() + "."
	}
	return ""
}

func needsText(s *workbench.State) string {
	if why := needsAsset(s); why != "" {
		return why
	}
	if s.Views[s.Focus].Path == "" || s.Views[s.Focus].Path != s.Path(s.Focus) {
		return L("The manifest is not rendered yet.")
	}
	if s.Views[s.Focus].Err != nil {
		return L("There is no manifest: the pane shows why.")
	}
	return ""
}

func always(*workbench.State) string { return "" }

// table returns all actions in the order of the menus.
func (w *Window) table() []action {
	out := w.fileActions()
	out = append(out, w.editActions()...)
	out = append(out, w.viewActions()...)
	out = append(out, w.filterActions()...)
	out = append(out, w.serverActions()...)
	return append(out, w.helpActions()...)
}

func (w *Window) fileActions() []action {
	return []action{
		{id: "open", menu: "File", title: L("Open…"), icon: theme.IconNameFolderOpen, keys: keys(ctrl, fyne.KeyO), why: always, run: w.showOpen},
		{id: "sample", menu: "File", title: L("Open the sample"), keys: keys(ctrlShift, fyne.KeyO), why: always, run: w.bench.OpenSample},
		{id: "reread", menu: "File", group: 1, title: L("Read again"), icon: theme.IconNameViewRefresh, keys: keys(ctrl, fyne.KeyR), why: needsAsset, run: func() { w.bench.Reopen(w.state.Locator) }},
		{id: "reveal", menu: "File", group: 1, title: L("Show in file manager"), icon: theme.IconNameFolder, keys: keys(ctrlShift, fyne.KeyE), why: needsAsset, run: w.revealAsset},
		{id: "close", menu: "File", group: 1, title: L("Close asset"), keys: keys(ctrl, fyne.KeyW), why: needsAsset, run: func() { w.bench.CloseAsset(w.state.Locator) }},
		{id: "save", menu: "File", group: 2, title: L("Save manifest…"), icon: theme.IconNameDownload, keys: keys(ctrl, fyne.KeyS), why: needsText, run: w.saveManifest},
		{id: "settings", menu: "File", group: 3, title: L("Settings…"), icon: theme.IconNameSettings, keys: keys(ctrl, fyne.KeyComma), why: always, run: w.showSettings},
		{id: "cancel-job", menu: "File", group: 3, title: L("Cancel the work under way"), keys: keys(ctrl, fyne.KeyPeriod), run: func() { w.state.Jobs[len(w.state.Jobs)-1].Cancel() },
			why: func(s *workbench.State) string { return when(len(s.Jobs) == 0, L("There is no work under way.")) }},
		{id: "quit", menu: "File", group: 4, title: L("Quit"), keys: keys(ctrl, fyne.KeyQ), why: always, run: w.close},
	}
}

func (w *Window) editActions() []action {
	return []action{
		{id: "undo", menu: "Edit", title: L("Back to the last choice"), icon: theme.IconNameNavigateBack, keys: keys(alt, fyne.KeyLeft), run: func() { w.bench.Dispatch(workbench.Undo{}) },
			why: func(s *workbench.State) string { return when(len(s.Past) == 0, L("There is no choice to go back to.")) }},
		{id: "redo", menu: "Edit", title: L("Forward again"), icon: theme.IconNameNavigateNext, keys: keys(alt, fyne.KeyRight), run: func() { w.bench.Dispatch(workbench.Redo{}) },
			why: func(s *workbench.State) string { return when(len(s.Future) == 0, L("Nothing was taken back.")) }},
		{id: "copy-url", menu: "Edit", group: 1, title: L("Copy URL"), icon: theme.IconNameContentCopy, keys: keys(ctrlShift, fyne.KeyC), why: needsAsset, run: w.copyURL},
		{id: "copy-curl", menu: "Edit", group: 1, title: L("Copy as curl"), keys: keys(ctrlShift, fyne.KeyU), why: needsAsset, run: w.copyCurl},
		{id: "copy-text", menu: "Edit", group: 1, title: L("Copy manifest"), keys: keys(ctrlShift, fyne.KeyM), why: needsText, run: func() { w.copy(w.state.Views[w.state.Focus].Text, L("Manifest copied")) }},
		{id: "edit-url", menu: "Edit", group: 1, title: L("Edit URL"), keys: keys(ctrl, fyne.KeyL), why: needsAsset, run: func() { w.toolbar.url.Edit() }},
		{id: "find", menu: "Edit", group: 2, title: L("Find…"), icon: theme.IconNameSearch, keys: keys(ctrl, fyne.KeyF), why: needsText, run: func() { w.panes.focused().startFind() }},
		{id: "find-next", menu: "Edit", group: 2, title: L("Find next"), keys: keys(ctrl, fyne.KeyG), why: needsText, run: func() { w.panes.focused().findNext(1) }},
		{id: "find-previous", menu: "Edit", group: 2, title: L("Find previous"), keys: keys(ctrlShift, fyne.KeyG), why: needsText, run: func() { w.panes.focused().findNext(-1) }},
		{id: "follow", menu: "Edit", group: 2, title: L("Open the playlist of the line"), keys: keys(ctrl, fyne.KeyReturn), why: w.whyNotFollow, run: w.followLine},
		{id: "copy-finding", menu: "Edit", group: 3, title: L("Copy finding"), keys: keys(ctrlShift, fyne.KeyF), why: w.whyNoFinding, run: func() { w.drawer.copyFinding() }},
	}
}

// when returns why where a condition holds, "" elsewhere.
func when(condition bool, why string) string {
	if condition {
		return why
	}
	return ""
}

func (w *Window) viewActions() []action {
	var out []action
	for i, f := range workbench.Formats() {
		out = append(out, action{id: "format-" + string(f), menu: "View", under: L("Format"), title: workbench.FormatWords(f), keys: keys(ctrl, fyne.KeyName(fmt.Sprint(i+1))), why: needsAsset,
			checked: func(s *workbench.State) bool { return s.Panes[s.Focus].Format == f },
			run:     func() { w.bench.Dispatch(workbench.SetFormat{Format: f}) }})
	}
	for i, e := range workbench.Encryptions() {
		key := []fyne.KeyName{fyne.KeyN, fyne.KeyK, fyne.KeyC, fyne.KeyB, fyne.KeyF}[i]
		out = append(out, action{id: "encryption-" + e, menu: "View", under: L("Encryption"), title: encryptionTitle(e), keys: keys(alt, key), why: encrypts(e),
			checked: func(s *workbench.State) bool { return s.Parameters.Encryption == e },
			run:     func() { w.setEncryption(e) }})
	}
	for n := 1; n <= workbench.MaxPanes; n++ {
		out = append(out, action{id: fmt.Sprintf("panes-%d", n), menu: "View", under: L("Panes"), title: count(n, "pane", "panes"), keys: keys(alt, fyne.KeyName(fmt.Sprint(n))), why: always,
			checked: func(s *workbench.State) bool { return len(s.Panes) == n },
			run:     func() { w.bench.Dispatch(workbench.SetPanes{Count: n}) }})
	}
	return append(out,
		action{id: "level", menu: "View", group: 1, title: L("Choose a playlist…"), keys: keys(alt, fyne.KeyP), why: func(s *workbench.State) string { return hasLevels(s, s.Panes[s.Focus].Format) }, run: func() { w.panes.focused().chooseLevel() }},
		action{id: "audio-only", menu: "View", group: 1, title: L("Switch audio-only"), keys: keys(alt, fyne.KeyA), why: w.switchesHLS, run: func() { w.switches.nextAudioOnly() }},
		action{id: "close-pane", menu: "View", group: 1, title: L("Close pane"), icon: theme.IconNameCancel, keys: keys(ctrlShift, fyne.KeyW), run: func() { w.bench.Dispatch(workbench.ClosePane{Pane: w.state.Focus}) },
			why: func(s *workbench.State) string { return when(len(s.Panes) == 1, L("It is the only pane.")) }},
		action{id: "next-pane", menu: "View", group: 1, title: L("Next pane"), keys: keys(ctrl, fyne.KeyRightBracket), why: always, run: func() { w.stepPane(1) }},
		action{id: "previous-pane", menu: "View", group: 1, title: L("Previous pane"), keys: keys(ctrl, fyne.KeyLeftBracket), why: always, run: func() { w.stepPane(-1) }},
		action{id: "wrap", menu: "View", group: 1, title: L("Wrap long lines"), keys: keys(alt, fyne.KeyW), why: always, checked: func(s *workbench.State) bool { return s.Settings.Layout.Wrap }, run: w.toggleWrap},
		action{id: "drawer", menu: "View", group: 1, title: L("Drawer"), keys: keys(ctrl, fyne.KeyJ), why: always, checked: func(s *workbench.State) bool { return !s.Settings.Layout.Folded }, run: w.toggleDrawer},
		action{id: "zoom-in", menu: "View", group: 2, title: L("Zoom fragments in"), icon: theme.IconNameViewZoomIn, keys: keys(ctrl, fyne.KeyEqual), why: needsAsset, run: func() { w.fragments.heat.Zoom(0.5) }},
		action{id: "zoom-out", menu: "View", group: 2, title: L("Zoom fragments out"), icon: theme.IconNameViewZoomOut, keys: keys(ctrl, fyne.KeyMinus), why: needsAsset, run: func() { w.fragments.heat.Zoom(2) }},
		action{id: "zoom-fit", menu: "View", group: 2, title: L("Fit fragments"), icon: theme.IconNameViewZoomFit, keys: keys(ctrl, fyne.Key0), why: needsAsset, run: func() { w.fragments.heat.Fit() }},
		w.themeAction("system", L("Theme of the system"), fyne.KeyS),
		w.themeAction("light", L("Light theme"), fyne.KeyL),
		w.themeAction("dark", L("Dark theme"), fyne.KeyD),
	)
}

func encryptionTitle(e string) string {
	if e == "" {
		return L("No encryption")
	}
	return protect.Scheme(e).Words()
}

func (w *Window) themeAction(mode, title string, key fyne.KeyName) action {
	return action{id: "theme-" + mode, menu: "View", under: L("Theme"), group: 3, title: title, keys: keys(alt|fyne.KeyModifierShift, key), why: always,
		checked: func(s *workbench.State) bool { return s.Settings.Theme == mode },
		run: func() {
			s := w.state.Settings
			s.Theme = mode
			w.bench.Dispatch(workbench.SetSettings{Settings: s})
		}}
}

func (w *Window) filterActions() []action {
	return []action{
		{id: "filters", menu: "Filters", title: L("Edit filters"), icon: theme.IconNameDocumentCreate, keys: keys(ctrl, fyne.KeyE), why: needsAsset, run: w.editFilters},
		{id: "filter-new", menu: "Filters", title: L("New filter"), icon: theme.IconNameContentAdd, keys: keys(ctrl, fyne.KeyN), why: needsAsset, run: w.editNew},
		{id: "filter-duplicate", menu: "Filters", title: L("Duplicate the filter"), icon: theme.IconNameContentCopy, keys: keys(ctrl, fyne.KeyD), why: needsDraft, run: func() { w.edit(w.state.Duplicate()) }},
		{id: "filter-import", menu: "Filters", title: L("Import a filter…"), icon: theme.IconNameUpload, keys: keys(ctrl, fyne.KeyI), why: needsAsset, run: w.pickFilter},
		{id: "filter-export", menu: "Filters", title: L("Export the filter…"), icon: theme.IconNameDownload, keys: keys(ctrlShift, fyne.KeyI), why: needsDraft, run: w.exportFilter},
		{id: "filter-toggle", menu: "Filters", group: 1, title: L("Filter in the URL"), keys: keys(alt, fyne.KeyT), why: needsKept, run: func() { w.toggleFilter(w.state.Draft.From.Name) },
			checked: func(s *workbench.State) bool {
				return s.Draft != nil && slices.Contains(s.Parameters.Filters, s.Draft.From.Name)
			}},
		{id: "filter-save", menu: "Filters", group: 1, title: L("Save the filter"), icon: theme.IconNameDocumentSave, keys: keys(alt, fyne.KeyS), why: whyNotSaved, run: w.bench.SaveDraft},
		{id: "filter-revert", menu: "Filters", group: 1, title: L("Revert the filter"), keys: keys(alt, fyne.KeyR), run: func() { w.edit(w.state.DraftOf(w.state.Draft.From.Name)) },
			why: func(s *workbench.State) string {
				if why := needsKept(s); why != "" {
					return why
				}
				return needsChange(s)
			}},
		{id: "filter-delete", menu: "Filters", group: 1, title: L("Delete the filter…"), icon: theme.IconNameDelete, keys: keys(alt, fyne.KeyDelete), why: needsKept, run: w.deleteFilter},
		{id: "filter-close", menu: "Filters", group: 1, title: L("End editing"), icon: theme.IconNameCancel, keys: keys(alt, fyne.KeyE), why: needsDraft, run: w.endEditing},
		{id: "start-earlier", menu: "Filters", group: 2, title: L("Start a fragment earlier"), keys: keys(alt, fyne.KeyComma), why: needsDraft, run: func() { w.moveCut(w.state.MoveStart(-1)) }},
		{id: "start-later", menu: "Filters", group: 2, title: L("Start a fragment later"), keys: keys(alt, fyne.KeyPeriod), why: needsDraft, run: func() { w.moveCut(w.state.MoveStart(1)) }},
		{id: "end-earlier", menu: "Filters", group: 2, title: L("End a fragment earlier"), keys: keys(alt|fyne.KeyModifierShift, fyne.KeyComma), why: needsDraft, run: func() { w.moveCut(w.state.MoveEnd(-1)) }},
		{id: "end-later", menu: "Filters", group: 2, title: L("End a fragment later"), keys: keys(alt|fyne.KeyModifierShift, fyne.KeyPeriod), why: needsDraft, run: func() { w.moveCut(w.state.MoveEnd(1)) }},
	}
}

func (w *Window) serverActions() []action {
	return []action{
		{id: "play", menu: "Server", title: L("Play in browser"), icon: theme.IconNameMediaPlay, keys: keys(ctrl, fyne.KeyP), why: needsServer, run: w.play},
		{id: "start-page", menu: "Server", title: L("Open the start page"), keys: keys(ctrlShift, fyne.KeyP), run: func() { w.browse(w.state.Server.Base + "/") },
			why: func(s *workbench.State) string { return when(!s.Server.Running, L("The server is stopped.")) }},
		{id: "share", menu: "Server", group: 1, title: L("Share in the network"), keys: keys(ctrlShift, fyne.KeyN), why: always, checked: func(s *workbench.State) bool { return s.Everywhere() }, run: w.bench.ShareServer},
		{id: "qr", menu: "Server", group: 1, title: L("Show the QR code…"), keys: keys(ctrl, fyne.KeyB), why: needsShare, run: w.showQR},
		{id: "server", menu: "Server", group: 1, title: L("Server running"), keys: keys(ctrlShift, fyne.KeyS), why: always, checked: func(s *workbench.State) bool { return s.Server.Running }, run: w.bench.ToggleServer},
		{id: "documents", menu: "Server", group: 2, title: L("Locators and policies…"), keys: keys(ctrl, fyne.KeyK), why: always, run: w.showDocuments},
	}
}

func (w *Window) helpActions() []action {
	return []action{
		{id: "keys", menu: "Help", title: L("Shortcuts"), icon: theme.IconNameHelp, keys: keys(ctrl, fyne.KeySlash), why: always, run: w.showKeys},
		{id: "log", menu: "Help", group: 1, title: L("Show log"), keys: keys(ctrlShift, fyne.KeyL), why: always, run: func() { w.showFile(L("Log"), workbench.LogPath(w.bench.Home())) }},
		{id: "data", menu: "Help", group: 1, title: L("Show data directory"), keys: keys(ctrlShift, fyne.KeyD), why: always, run: func() { w.reveal(w.bench.Home()) }},
		{id: "about", menu: "Help", group: 2, title: L("About Manifold"), icon: theme.IconNameInfo, keys: keys(alt, fyne.KeyI), why: always, run: w.showAbout},
	}
}

// find returns an action by its id.
func (w *Window) action(id string) *action {
	for i := range w.actions {
		if w.actions[i].id == id {
			return &w.actions[i]
		}
	}
	panic("window: there is no action " + id) // a typing error of ours
}

// do runs an action, or says why it cannot be done.
func (w *Window) do(id string) {
	a := w.action(id)
	if why := a.why(&w.state); why != "" {
		w.say(why)
		return
	}
	a.run()
}

// tip is what a button says of its action.
func (a *action) tip() string {
	if a.keys == nil {
		return a.title
	}
	return a.title + "  " + spelled(a.keys)
}
