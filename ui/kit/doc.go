// Package kit holds the pieces that the window is built from and that the
// toolkit lacks. Each draws itself from its own state (Sketch), can be used
// from the keyboard, shows where the focus is, says why it is disabled, and
// follows the theme.
//
//	sketch.go     how a piece draws itself
//	tips.go       words beside the pointer
//	button.go     a button with words and a reason
//	segmented.go  one choice of a few
//	chip.go       a value that can be taken away; picker.go one that a menu changes
//	caption.go    the heading of a panel, and plain lines of text
//	urlfield.go   a coloured URL that is edited on focus
//	code.go       long coloured text: codebody.go draws it and takes its input,
//	              codefind.go searches it, lexer.go colours it
//	heatmap.go    fragments of many tracks on one time axis: bars.go paints them,
//	              ruler.go marks the times, heatcut.go cuts them, heatinput.go takes the input
//	rows.go       a list of which only what is in view is drawn
//	tree.go       a tree on rows, with signs for types
//	table.go      columns on rows
//	facts.go      names with values; hex.go bytes
//	bytemap.go    clear and protected bytes of a sample
//	drawer.go     tabs that fold away
//
// Everything runs on the goroutine of the user interface.
package kit
