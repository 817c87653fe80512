package window

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"manifold/app/workbench"
	"manifold/packager/protect"
	"manifold/ui/kit"
)

// instead offers, below a manifest that its format does not have in the chosen
// encryption, the encryptions that it has.
type instead struct {
	w      *Window
	object *fyne.Container
	offers []string
}

func newInstead(w *Window) *instead {
	i := &instead{w: w, object: container.NewHBox()}
	i.object.Hide()
	return i
}

// show fits the offers to a pane.
func (i *instead) show(s *workbench.State, pane int) {
	var offers []string
	if now := s.Parameters.Encryption; now != "" && s.Refuses(pane, now) != "" {
		for _, e := range workbench.Encryptions() {
			if s.Refuses(pane, e) == "" {
				offers = append(offers, e)
			}
		}
	}
	if slices.Equal(offers, i.offers) {
		return
	}
	i.offers, i.object.Objects = offers, nil
	for _, e := range offers {
		label := L("Show without encryption")
		if e != "" {
			label = fmt.Sprintf(L("Show with %s"), protect.Scheme(e).Words())
		}
		i.object.Add(kit.NewButton(label, nil, L("All panes change to it."), func() { i.w.setEncryption(e) }))
	}
	i.object.Hidden = len(offers) == 0
	i.object.Refresh()
}
