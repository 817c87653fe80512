package window

import (
	"image"
	"image/color"
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"rsc.io/qr"

	"manifold/app/workbench"
	"manifold/ui/kit"
)

func needsShare(s *workbench.State) string {
	if why := needsServer(s); why != "" {
		return why
	}
	return when(s.Server.Shared == "", L("The server is not shared in the network."))
}

// shared is the address of the player page on what is focused, for others in
// the network.
func (w *Window) shared() string {
	return w.state.Server.Shared + "/player/?url=" + url.QueryEscape(w.state.Path(w.state.Focus))
}

// showQR shows the address of the player page for the camera of a phone.
func (w *Window) showQR() {
	address := w.shared()
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		w.bench.Fail(err)
		return
	}
	picture := canvas.NewImageFromImage(squares(code))
	picture.FillMode = canvas.ImageFillContain
	picture.ScaleMode = canvas.ImageScalePixels // every square stays sharp
	picture.SetMinSize(fyne.NewSize(320, 320))
	words := widget.NewLabel(address)
	words.Wrapping, words.Alignment = fyne.TextWrapBreak, fyne.TextAlignCenter
	copied := kit.NewButton(L("Copy"), theme.Icon(theme.IconNameContentCopy), L("Copies the address"), func() { w.copy(address, L("URL copied")) })
	content := container.NewVBox(container.NewCenter(picture), words, container.NewCenter(copied),
		widget.NewLabelWithStyle(L("Whoever is in this network can open it."), fyne.TextAlignCenter, fyne.TextStyle{}))
	w.present(dialog.NewCustom(L("Play on another device"), L("Close"), content, w.win), fyne.NewSize(460, 560))
}

// quiet is the free room round a code, in squares (ISO/IEC 18004 §6.3.8).
const quiet = 4

// squares draws a code, a pixel for each square, with free room round it.
func squares(code *qr.Code) image.Image {
	n := code.Size + 2*quiet
	out := image.NewGray(image.Rect(0, 0, n, n))
	for y := range n {
		for x := range n {
			if !code.Black(x-quiet, y-quiet) {
				out.SetGray(x, y, color.Gray{Y: 0xFF})
			}
		}
	}
	return out
}
