package window

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"manifold/app/workbench"
)

// The code is for the player page at the address that others reach.
func TestASharedServerHasACodeForPhones(t *testing.T) {
	b := start(t, 1280, 760)
	b.load()
	if why := b.action("qr").why(&b.state); why == "" {
		t.Error("there is a code for a server of this machine alone")
	}
	b.bench.Dispatch(workbench.ServerStarted{Base: "http://127.0.0.1:8080", Shared: "http://192.0.2.7:8080"})
	b.pump()
	if got := b.shared(); !strings.HasPrefix(got, "http://192.0.2.7:8080/player/?url=%2F") {
		t.Errorf("the address is %s", got)
	}
	if words := right(&b.state); !strings.Contains(words, "shared in the network as 192.0.2.7:8080") {
		t.Errorf("the status bar says %q", words)
	}
	b.do("qr")
	var shown *canvas.Image
	for _, o := range test.LaidOutObjects(b.win.Canvas().Overlays().Top()) {
		if i, ok := o.(*canvas.Image); ok && i.Image != nil && i.Size().Width >= 300 { // not an icon
			shown = i
		}
	}
	if shown == nil {
		t.Fatal("there is no code, or it is too small for a camera")
	}
	if s := shown.Image.Bounds().Size(); s.X != s.Y || s.X < 29 {
		t.Errorf("the code has %v squares", s)
	}
}
