// Package window is the desktop window: panels that draw a workbench.State
// and hand actions back. Nothing here holds a truth of its own.
//
//	window.go     puts the panels together and the state into them
//	actions.go    every command once: menu, buttons, context menus, keys
//	frame.go      divides the window; splits.go the splits that it moves by itself
//	menu.go       the menu from the actions; keys.go the sheet of shortcuts
//	toolbar.go    what is open, its URL, the server; switches.go the choices
//	tree.go       assets and tracks; fragments.go all tracks on one time axis
//	panes.go      manifests side by side; pane.go one of them, panehead.go its
//	              tools
//	inspector.go  the selection in facts; facts.go computes them
//	drawer.go     findings and tracks
//	filters.go    filters of the asset; filterform.go edits one: filterterms.go its
//	              conditions, formfield.go an entry, filtereffect.go what it leaves
//	status.go     what happens; empty.go what to do when nothing is open
//	open.go settings.go about.go  dialogs
//	words.go      numbers, times and codecs in words
//
// Everything runs on the goroutine of the user interface, except Changed.
package window
