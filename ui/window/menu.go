package window

import (
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
)

// showMenu puts the menu up, again where what it says has changed.
func (w *Window) showMenu() {
	if m := w.win.MainMenu(); m != nil && !w.menuChanged(m) {
		return
	}
	var out []*fyne.Menu
	for _, name := range menus {
		out = append(out, fyne.NewMenu(L(name), w.items(name)...))
	}
	w.win.SetMainMenu(fyne.NewMainMenu(out...))
}

// items makes the items of a menu.
func (w *Window) items(menu string) []*fyne.MenuItem {
	var out []*fyne.MenuItem
	group := 0
	var sub *fyne.MenuItem // that is filled
	for i := range w.actions {
		a := &w.actions[i]
		if a.menu != menu {
			continue
		}
		if a.group != group {
			group = a.group
			out = append(out, fyne.NewMenuItemSeparator())
		}
		if a.under != "" {
			if sub == nil || sub.Label != a.under {
				sub = fyne.NewMenuItem(a.under, nil)
				sub.ChildMenu = fyne.NewMenu("")
				out = append(out, sub)
			}
			sub.ChildMenu.Items = append(sub.ChildMenu.Items, w.item(a.id))
			continue
		}
		out = append(out, w.item(a.id))
		if a.id == "open" {
			out = append(out, w.recentItem())
		}
	}
	return out
}

// item makes the menu item of an action.
func (w *Window) item(id string) *fyne.MenuItem {
	a := w.action(id)
	m := fyne.NewMenuItem(a.title, func() { w.do(id) })
	if a.keys != nil {
		m.Shortcut = a.keys
	}
	m.IsQuit = id == "quit"
	m.Disabled = a.why(&w.state) != ""
	m.Checked = a.checked != nil && a.checked(&w.state)
	return m
}

// recentItem lists what was opened before.
func (w *Window) recentItem() *fyne.MenuItem {
	recent := fyne.NewMenuItem(L("Open recent"), nil)
	recent.ChildMenu = fyne.NewMenu("")
	for _, path := range w.state.Settings.Recent {
		label := filepath.Base(path) + "   " + filepath.Dir(path)
		if w.missing[path] {
			label += "   (" + L("missing") + ")"
		}
		recent.ChildMenu.Items = append(recent.ChildMenu.Items, fyne.NewMenuItem(label, func() { w.bench.Open(path) }))
	}
	recent.Disabled = len(w.state.Settings.Recent) == 0
	return recent
}

// menuChanged says whether an item would be enabled or checked otherwise, or
// the recent assets are others.
func (w *Window) menuChanged(m *fyne.MainMenu) bool {
	for k, name := range menus {
		want, have := w.items(name), m.Items[k].Items
		if len(have) < len(want) || !sameItems(want, have[:len(want)]) { // the toolkit may add some
			return true
		}
	}
	return false
}

func sameItems(a, b []*fyne.MenuItem) bool {
	return slices.EqualFunc(a, b, func(a, b *fyne.MenuItem) bool {
		return a.Disabled == b.Disabled && a.Checked == b.Checked && a.Label == b.Label && sameItems(below(a), below(b))
	})
}

// below returns the items of the submenu of an item.
func below(m *fyne.MenuItem) []*fyne.MenuItem {
	if m.ChildMenu == nil {
		return nil
	}
	return m.ChildMenu.Items
}

// contextMenu shows actions at a place of the window; "" is a line.
func (w *Window) contextMenu(at fyne.Position, ids ...string) {
	var items []*fyne.MenuItem
	for _, id := range ids {
		if id == "" {
			items = append(items, fyne.NewMenuItemSeparator())
			continue
		}
		items = append(items, w.item(id))
	}
	w.popUp(at, items...)
}
