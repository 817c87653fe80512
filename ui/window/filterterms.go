package window

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/app/workbench"
	"manifold/packager/fault"
	"manifold/packager/filter"
	"manifold/packager/media"
	"manifold/ui/kit"
)

// termRow is a condition.
type termRow struct {
	property, operation *widget.Select
	value               *widget.SelectEntry
	note                *kit.Line
	object              fyne.CanvasObject
}

// Operations as documents write them, with their signs.
var operations = []struct{ name, sign string }{{"Equal", "="}, {"NotEqual", "≠"}}

// showTerms shows the conditions; rows are made anew where there are others.
func (f *filterForm) showTerms(s *workbench.State, at workbench.Place, err *fault.Error) {
	tracks := s.Draft.Tracks
	var shape strings.Builder
	for _, g := range tracks {
		fmt.Fprintf(&shape, "%d ", len(g))
	}
	if have := shape.String(); have != f.shape || len(f.rows.Objects) == 0 {
		f.shape = have
		f.build(tracks)
	}
	for i, g := range tracks {
		for j, c := range g {
			row := f.terms[i][j]
			choose(row.property, canonical(filter.Properties[:], c.Property))
			choose(row.operation, signOf(c.Operation))
			row.value.SetOptions(valuesOf(s.Chosen(), c.Property))
			if row.value.Text != c.Value {
				row.value.SetText(c.Value)
			}
			row.value.SetPlaceHolder(map[string]string{"Bitrate": "0-1500000", "Language": "eng", "FourCC": "avc1"}[c.Property])
			var mine *fault.Error
			if err != nil && at.Group == i && (at.Term == j || at.Term < 0 && j == 0) {
				mine = err
			}
			note(row.note, "", mine)
		}
	}
}

func choose(s *widget.Select, value string) {
	if s.Selected != value {
		s.SetSelected(value)
	}
}

// canonical returns the name of a list that is equal but for letter case.
func canonical(names []string, name string) string {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return n
		}
	}
	return name
}

func signOf(operation string) string {
	for _, o := range operations {
		if strings.EqualFold(o.name, operation) {
			return o.sign
		}
	}
	return operation
}

// valuesOf returns the values that a property has in an asset.
func valuesOf(a *workbench.Asset, property string) []string {
	var out []string
	add := func(v string) {
		if v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	for _, g := range a.Groups() {
		for _, t := range g.Tracks {
			switch canonical(filter.Properties[:], property) {
			case "Type":
				add(g.Kind.String())
			case "Name":
				add(g.Name)
			case "Language":
				if t.Language == "" {
					add("und")
				}
				add(t.Language)
			case "FourCC":
				add(t.Codec.FourCC)
			case "Bitrate":
				add(strconv.Itoa(t.Bitrate))
			}
		}
	}
	return out
}

// build makes a row of every condition.
func (f *filterForm) build(tracks [][]filter.Term) {
	f.rows.Objects, f.terms = nil, nil
	for i, g := range tracks {
		var rows []*termRow
		for j := range g {
			row := f.newTerm(i, j)
			rows = append(rows, row)
			f.rows.Add(row.object)
		}
		f.terms = append(f.terms, rows)
	}
	label, tip := L("Or another kind…"), L("Keeps the tracks of another group of conditions, too")
	if len(tracks) == 0 {
		f.rows.Add(kit.NewLine(L("All tracks are kept."), kit.Body, theme.ColorNamePlaceHolder))
		label, tip = L("Keep only…"), L("Keeps the tracks that meet conditions, and no others")
	}
	f.more = kit.NewButton(label, theme.Icon(theme.IconNameContentAdd), tip, func() {
		f.edit("", func(d *workbench.Draft) {
			d.Tracks = append(d.Tracks, []filter.Term{{Property: "Type", Operation: "Equal", Value: unusedKind(d.Tracks)}})
		})
		f.w.apply(f.w.state)
	})
	f.rows.Add(container.NewHBox(f.more))
	f.rows.Refresh()
}

// unusedKind returns the first kind of tracks that no condition names.
func unusedKind(tracks [][]filter.Term) string {
	for k := media.Video; k <= media.Text; k++ {
		if !slices.ContainsFunc(tracks, func(g []filter.Term) bool {
			return slices.ContainsFunc(g, func(c filter.Term) bool { return strings.EqualFold(c.Value, k.String()) })
		}) {
			return k.String()
		}
	}
	return media.Video.String()
}

// joinWidth is the width of the word before a condition.
const joinWidth = 36

func (f *filterForm) newTerm(i, j int) *termRow {
	row := &termRow{note: kit.NewLine("", kit.Small, theme.ColorNamePlaceHolder)}
	key := func(what string) string { return fmt.Sprintf("%s %d %d", what, i, j) }
	set := func(key string, change func(c *filter.Term)) {
		f.edit(key, func(d *workbench.Draft) { change(&d.Tracks[i][j]) })
	}
	row.property = widget.NewSelect(filter.Properties[:], func(v string) {
		set("", func(c *filter.Term) {
			if c.Property != v {
				c.Property, c.Value = v, ""
			}
			if values := valuesOf(f.w.state.Chosen(), v); c.Value == "" && len(values) > 0 {
				c.Value = values[0]
			}
		})
	})
	row.operation = widget.NewSelect([]string{operations[0].sign, operations[1].sign}, func(sign string) {
		for _, o := range operations {
			if o.sign == sign {
				set("", func(c *filter.Term) { c.Operation = o.name })
			}
		}
	})
	row.value = widget.NewSelectEntry(nil)
	row.value.OnChanged = func(v string) { set(key("value"), func(c *filter.Term) { c.Value = v }) }
	word := L("and")
	if j == 0 {
		if word = L("keep"); i > 0 {
			word = L("or")
		}
	}
	join := kit.NewLine(word, kit.Body, theme.ColorNamePlaceHolder)
	and := kit.NewButton("", theme.Icon(theme.IconNameContentAdd), L("And another condition"), func() {
		f.edit("", func(d *workbench.Draft) {
			d.Tracks[i] = slices.Insert(d.Tracks[i], j+1, filter.Term{Property: "Bitrate", Operation: "Equal"})
		})
		f.w.apply(f.w.state)
	})
	remove := kit.NewButton("", theme.Icon(theme.IconNameContentClear), L("Take the condition away"), func() {
		f.edit("", func(d *workbench.Draft) {
			if d.Tracks[i] = slices.Delete(d.Tracks[i], j, j+1); len(d.Tracks[i]) == 0 {
				d.Tracks = slices.Delete(d.Tracks, i, i+1)
			}
		})
		f.w.apply(f.w.state)
	})
	left := container.NewHBox(container.New(&fixedWidth{joinWidth}, container.New(&centred{}, join)), container.New(&fixedWidth{88}, row.property), container.New(&fixedWidth{46}, row.operation))
	line := container.NewBorder(nil, nil, left, container.NewHBox(and, remove), row.value)
	row.object = container.NewVBox(line, container.NewBorder(nil, nil, spacer(joinWidth, 1), nil, row.note))
	return row
}
