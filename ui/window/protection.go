package window

import (
	"encoding/hex"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"manifold/app/workbench"
	"manifold/app/xray"
	"manifold/packager/protect"
	"manifold/ui/kit"
)

// protection is the tab that lists where the answers name keys, and whether they
// agree.
type protection struct {
	object fyne.CanvasObject

	verdict *kit.Line
	head    fyne.CanvasObject // the verdict with room around it
	table   *kit.Table
	drawn   *xray.Report
}

func newProtection() *protection {
	p := &protection{verdict: kit.NewLine("", kit.Strong, theme.ColorNameForeground)}
	p.table = kit.NewTable(
		kit.Column{Title: L("Place"), Width: 110, Font: kit.Body}, kit.Column{Title: L("What"), Share: 3, Font: kit.Strong},
		kit.Column{Title: L("Key ID"), Width: 276, Font: kit.Mono}, kit.Column{Title: L("What it says"), Share: 4, Font: kit.Body})
	p.table.Empty = L("Nothing is encrypted: ENCRYPTION above is None, or the format cannot carry it.")
	p.head = inset(12, 4, 12, 0, p.verdict)
	p.head.Hide()
	p.object = container.NewBorder(p.head, nil, nil, nil, p.table.Object())
	return p
}

func (p *protection) show(s *workbench.State) {
	r := s.Protection.Report
	if r == p.drawn {
		return
	}
	p.drawn = r
	if r == nil {
		p.head.Hide()
		p.table.Set(nil)
		return
	}
	words, ink := verdict(r)
	p.verdict.Set("● "+protect.Scheme(s.Parameters.Encryption).Words()+" · "+words, ink)
	p.head.Show()
	var rows [][]kit.Cell
	for _, m := range r.Mentions {
		rows = append(rows, []kit.Cell{{Text: placeWords(m.In)}, {Text: m.What}, {Text: strings.Join(m.KIDs, " ")}, {Text: m.Says, Ink: theme.ColorNamePlaceHolder}})
	}
	p.table.Set(rows)
}

// verdict says whether the places that name keys agree.
func verdict(r *xray.Report) (string, fyne.ThemeColorName) {
	n := 0
	for _, m := range r.Mentions {
		if len(m.KIDs) > 0 {
			n++
		}
	}
	keys := len(r.KIDs())
	switch {
	case keys == 0:
		return L("no key is named"), theme.ColorNameWarning
	case !r.Agree():
		return fmt.Sprintf(L("%d places name %d keys, and those of this track do not agree"), n, keys), theme.ColorNameError
	case keys == 1 && n == 1:
		return L("one key, named in one place"), theme.ColorNameSuccess
	case keys == 1:
		return fmt.Sprintf(L("one key, the same in %d places"), n), theme.ColorNameSuccess
	}
	return fmt.Sprintf(L("%d keys in %d places; those of this track agree"), keys, n), theme.ColorNameSuccess
}

func placeWords(in string) string {
	return map[string]string{"manifest": L("Manifest"), "playlist": L("Playlist"), "initialization segment": L("Initialization"), "fragment": L("Fragment")}[in]
}

// mapped are the samples of the fragment that is selected, for the map of its
// bytes; none where that is not of what is selected, or in the clear.
func mapped(s *workbench.State) []kit.MappedSample {
	r := s.Protection.Report
	if r == nil || s.Selection.Fragment < 0 || s.Protection.Track != s.Selection.Track {
		return nil
	}
	var out []kit.MappedSample
	for i, x := range r.Samples {
		m := kit.MappedSample{Title: fmt.Sprintf("%s %d %s %d · %s", L("Sample"), i+1, L("of"), len(r.Samples), bytes(int64(x.Size))), Note: "IV " + hex.EncodeToString(x.IV)}
		m.Legend = fmt.Sprintf("▮ %s %s   ▂ %s %s", bytes(int64(x.Protected())), L("protected"), bytes(int64(x.Size-x.Protected())), L("clear"))
		if r.Crypt+r.Skip > 0 {
			m.Note = fmt.Sprintf("%d:%d · %s", r.Crypt, r.Skip, m.Note)
		}
		for _, g := range x.Ranges {
			m.Lengths = append(m.Lengths, g.Clear, g.Protected)
		}
		out = append(out, m)
	}
	return out
}
