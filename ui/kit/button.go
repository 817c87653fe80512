package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Button is the button of the toolkit with a tip, and with a reason in the
// tip when it is disabled.
type Button struct {
	widget.Button
	permit
	Tip string // what it does, with its shortcut
}

// NewButton returns a flat button. An empty label leaves the icon alone.
func NewButton(label string, icon fyne.Resource, tip string, tapped func()) *Button {
	b := &Button{Tip: tip}
	b.Text, b.Icon, b.OnTapped = label, icon, tapped
	b.Importance = widget.LowImportance
	b.ExtendBaseWidget(b)
	return b
}

// Allow enables the button where reason is "", and disables it with the
// reason otherwise.
func (b *Button) Allow(reason string) {
	b.reason = reason
	if reason == "" {
		b.Enable()
	} else {
		b.Disable()
	}
}

// MouseIn implements desktop.Hoverable.
func (b *Button) MouseIn(e *desktop.MouseEvent) {
	b.Button.MouseIn(e)
	ShowTip(b, b.words(b.Tip), fyne.NewPos(0, b.Size().Height-12))
}

// MouseOut implements desktop.Hoverable.
func (b *Button) MouseOut() {
	b.Button.MouseOut()
	HideTip(b)
}

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(e *fyne.PointEvent) {
	HideTip(b)
	b.Button.Tapped(e)
}

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	if !escape(b, e) {
		b.Button.TypedKey(e)
	}
}
