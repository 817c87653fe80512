package window

import (
	"fyne.io/fyne/v2"

	"manifold/ui/kit"
)

// paneHead is the layout of a picker with tools at its right. The picker has the
// width that it wants; tools go from the left where there is none for them. The
// last one stays.
type paneHead struct{ picker *kit.Picker }

// MinSize implements fyne.Layout.
func (h *paneHead) MinSize(o []fyne.CanvasObject) fyne.Size {
	size, last := h.picker.MinSize(), o[len(o)-1].MinSize()
	return fyne.NewSize(size.Width+last.Width, max(size.Height, last.Height))
}

// Layout implements fyne.Layout.
func (h *paneHead) Layout(o []fyne.CanvasObject, size fyne.Size) {
	right, least := size.Width, h.picker.Wanted()
	for i := len(o) - 1; i > 0; i-- {
		tool := o[i]
		width := tool.MinSize().Width
		if i < len(o)-1 && right-width < least {
			least = size.Width // those before go, too
			tool.Hide()
			continue
		}
		tool.Show()
		right -= width
		tool.Resize(fyne.NewSize(width, size.Height))
		tool.Move(fyne.NewPos(right, 0))
	}
	h.picker.Resize(fyne.NewSize(right, size.Height))
}
