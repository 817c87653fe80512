package kit

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "manifold/ui/theme"
)

func press(w fyne.Focusable, keys ...fyne.KeyName) {
	for _, k := range keys {
		w.TypedKey(&fyne.KeyEvent{Name: k})
	}
}

func pointer(x, y float32) *desktop.MouseEvent {
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}, Button: desktop.MouseButtonPrimary}
}

// rings counts the outlines in the accent's colour: where the focus is shown.
func rings(p []fyne.CanvasObject) int {
	n := 0
	for _, o := range p {
		if b, ok := o.(interface{ Size() fyne.Size }); ok && b.Size().Width > 0 {
			if r := asRectangle(o); r != nil && r.StrokeWidth > 0 && r.StrokeColor == theme.Color(theme.ColorNamePrimary) {
				n++
			}
		}
	}
	return n
}

func TestSegmentedGoesPastWhatCannotBeChosen(t *testing.T) {
	var told []string
	s := NewSegmented(func(v string) { told = append(told, v) })
	s.Set([]Option{{Value: "a", Label: "AA"}, {Value: "b", Label: "BB", Reason: "no b today"}, {Value: "c", Label: "CC"}}, "a")
	_, tips := window(t, look.Dark, 400, 60, container.NewHBox(s))
	press(s, fyne.KeyRight)
	press(s, fyne.KeyRight, fyne.KeyLeft)
	if got := strings.Join(told, " "); got != "c a" {
		t.Errorf("the arrow keys chose %q, want c a", got)
	}
	x := s.width(s.options[0]) + 10
	s.MouseIn(pointer(x, 5))
	if tips.Text() != "no b today" {
		t.Errorf("the tip of what cannot be chosen is %q", tips.Text())
	}
	s.Tapped(&fyne.PointEvent{Position: fyne.NewPos(x, 5)})
	if s.Chosen() != "a" {
		t.Errorf("a click chose %q, which has a reason against it", s.Chosen())
	}
	s.MouseOut()
	if tips.Text() != "" {
		t.Error("the tip stays when the pointer leaves")
	}
	s.FocusGained()
	if rings(test.WidgetRenderer(s).Objects()) != 1 {
		t.Error("the focus is not shown")
	}
	s.FocusLost()
	if rings(test.WidgetRenderer(s).Objects()) != 0 {
		t.Error("the focus is shown without it")
	}
}

func TestChipActsOnClickAndKeys(t *testing.T) {
	n := 0
	c := NewChip("trim", "takes the filter away", func() { n++ })
	_, tips := window(t, look.Dark, 200, 60, container.NewHBox(c))
	c.Set(true, true)
	test.Tap(c)
	press(c, fyne.KeySpace, fyne.KeyReturn, fyne.KeyA)
	if n != 3 {
		t.Errorf("acted %d times, want 3", n)
	}
	c.MouseIn(pointer(1, 1))
	if tips.Text() != "takes the filter away" {
		t.Errorf("tip %q", tips.Text())
	}
	c.Allow("the asset has no such track")
	test.Tap(c)
	press(c, fyne.KeySpace)
	c.MouseIn(pointer(1, 1))
	if n != 3 || tips.Text() != "the asset has no such track" || c.Reason() != tips.Text() {
		t.Errorf("with a reason against it: acted %d times, tip %q", n-3, tips.Text())
	}
	c.Allow("")
	test.Tap(c)
	if n != 4 {
		t.Error("does not act when it may again")
	}
}

func TestPickerOpensItsMenuBelow(t *testing.T) {
	var at []fyne.Position
	k := NewPicker("what to show", func(below fyne.Position) { at = append(at, below) })
	_, tips := window(t, look.Dark, 300, 60, k)
	k.Set("HLS CMAF", "a level with a name that is far too long for the room that is left")
	test.Tap(k)
	press(k, fyne.KeySpace, fyne.KeyA)
	if len(at) != 2 || at[0].Y != k.Size().Height {
		t.Errorf("opened at %v", at)
	}
	k.MouseIn(pointer(1, 1))
	if !strings.Contains(tips.Text(), k.Value()) {
		t.Errorf("what is cut is not in the tip %q", tips.Text())
	}
	for _, o := range test.WidgetRenderer(k).Objects() {
		if o.Position().X+o.Size().Width > 300 {
			t.Error("draws over its edge")
		}
	}
	k.Allow("there is one manifest")
	test.Tap(k)
	press(k, fyne.KeySpace)
	k.MouseIn(pointer(1, 1))
	if len(at) != 2 || !strings.HasSuffix(tips.Text(), "there is one manifest") {
		t.Errorf("with a reason against it: opened %d times, tip %q", len(at)-2, tips.Text())
	}
	k.Allow("")
	test.Tap(k)
	if len(at) != 3 {
		t.Error("does not open when it may again")
	}
}

func TestButtonSaysWhyItIsDisabled(t *testing.T) {
	n := 0
	b := NewButton("Stop", nil, "Stops the server", func() { n++ })
	_, tips := window(t, look.Dark, 200, 60, container.NewHBox(b))
	b.MouseIn(pointer(1, 1))
	if tips.Text() != "Stops the server" {
		t.Errorf("tip %q", tips.Text())
	}
	b.Allow("it does not run")
	test.Tap(b)
	b.MouseIn(pointer(1, 1))
	if tips.Text() != "it does not run" || n != 0 {
		t.Errorf("disabled: tip %q, acted %d times", tips.Text(), n)
	}
	b.Allow("")
	test.Tap(b)
	if n != 1 {
		t.Error("does not act after it was enabled again")
	}
}

func TestURLFieldIsEditedOnFocus(t *testing.T) {
	var sent string
	var refusal error
	f := NewURLField("Paste a URL", func(u string) error { sent = u; return refusal })
	win, tips := window(t, look.Dark, 500, 60, f)
	f.Set("http://127.0.0.1/x/a.ism/manifest")
	test.Tap(f.shown)
	if !f.Editing() || f.entry.Text != f.URL() {
		t.Fatalf("a click shows an entry with %q", f.entry.Text)
	}
	win.Canvas().Focused().(*urlEntry).SetText("http://127.0.0.1/x/b.ism/manifest")
	press(f.entry, fyne.KeyReturn)
	if sent != "http://127.0.0.1/x/b.ism/manifest" || f.Editing() {
		t.Errorf("Enter sent %q, editing %v", sent, f.Editing())
	}
	sent = ""
	f.Edit()
	f.entry.SetText("nonsense")
	press(f.entry, fyne.KeyEscape)
	if sent != "" || f.Editing() || f.URL() != "http://127.0.0.1/x/a.ism/manifest" {
		t.Errorf("Escape sent %q, shows %q", sent, f.URL())
	}
	refusal = errors.New("no such thing")
	f.Edit()
	f.entry.SetText("nonsense")
	press(f.entry, fyne.KeyReturn)
	if sent != "nonsense" || !f.Editing() || f.entry.Text != "nonsense" || f.refused != refusal {
		t.Errorf("refused, it shows %q, editing %v, refused %v", f.entry.Text, f.Editing(), f.refused)
	}
	if tips.Text() != "no such thing" {
		t.Errorf("below what is refused stands %q", tips.Text())
	}
	f.entry.FocusLost() // another window comes to the front, then this one again
	f.entry.FocusGained()
	if !f.Editing() || f.entry.Text != "nonsense" {
		t.Errorf("back again, it shows %q, editing %v", f.entry.Text, f.Editing())
	}
	f.entry.TypedRune('x')
	if f.refused != nil || tips.Text() != "" {
		t.Errorf("what is corrected is still refused: %v, %q", f.refused, tips.Text())
	}
}

func TestLongTipsAreBroken(t *testing.T) {
	b := NewButton("b", nil, strings.Repeat("a word ", 60)+"\n"+strings.Repeat("x", 400), nil)
	_, tips := window(t, look.Dark, 900, 300, b)
	b.MouseIn(&desktop.MouseEvent{})
	if tips.Text() != b.Tip || len(tips.words) < 4 || tips.bubbleSize().Width > tipWidth+2*tipPadding+1 {
		t.Errorf("%d lines, %v wide", len(tips.words), tips.bubbleSize().Width)
	}
	if got := strings.Join(tips.words[:tips.strong], " "); got != strings.TrimRight(strings.Repeat("a word ", 60), " ") && got != strings.Repeat("a word ", 60) {
		t.Errorf("the words become %q", got)
	}
}

func TestEscapeIsForTheWindow(t *testing.T) {
	for name, w := range map[string]fyne.Focusable{
		"button": NewButton("b", nil, "", nil), "rows": NewRows(func() int { return 1 }, func(*Pen, int, float32, float32) {}).body, "code": NewCode().body,
		"segmented": NewSegmented(nil), "chip": NewChip("c", "", nil), "heat map": NewHeatMap(), "picker": NewPicker("", nil), "byte map": NewByteMap(),
	} {
		win, _ := window(t, look.Dark, 200, 100, w.(fyne.CanvasObject))
		n := 0
		win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { n++ })
		press(w, fyne.KeyEscape)
		if n != 1 {
			t.Errorf("%s: the window gets %d keys", name, n)
		}
	}
}

func TestTreeFoldsFromTheKeyboard(t *testing.T) {
	tree := NewTree()
	items := []TreeItem{{Label: "a", Branch: true, Open: true}, {Depth: 1, Label: "a1"}, {Depth: 1, Label: "a2", Tip: "words"}, {Label: "b", Branch: true}}
	var log []string
	tree.OnToggled = func(i int) { log = append(log, "toggle "+items[i].Label) }
	tree.OnSelected = func(i int) { log = append(log, items[i].Label) }
	_, tips := window(t, look.Dark, 200, 200, tree)
	tree.Set(items, 2)
	press(tree.body, fyne.KeyLeft, fyne.KeyLeft, fyne.KeyRight, fyne.KeyEnd, fyne.KeyRight)
	if got := strings.Join(log, ", "); got != "a, toggle a, a1, b, toggle b" {
		t.Errorf("did %s", got)
	}
	log = nil
	h := tree.height()
	tree.body.MouseDown(pointer(10, h/2))
	tree.body.MouseDown(pointer(60, h/2))
	if got := strings.Join(log, ", "); got != "toggle a, a" {
		t.Errorf("clicks did %s", got)
	}
	tree.body.MouseMoved(pointer(60, 2*h+2))
	if tips.Text() != "words" {
		t.Errorf("tip %q", tips.Text())
	}
}

func TestRowsDrawOnlyWhatIsInView(t *testing.T) {
	drawn := map[int]bool{}
	r := NewRows(func() int { return 100_000 }, func(p *Pen, i int, w, h float32) { drawn[i] = true })
	window(t, look.Dark, 200, 200, r)
	r.Select(99_999)
	if len(drawn) > 40 || !drawn[99_999] {
		t.Errorf("drew %d rows, the last: %v", len(drawn), drawn[99_999])
	}
}

func TestTableShowsCutCellsInATip(t *testing.T) {
	table := NewTable(Column{Title: "Name", Font: Body}, Column{Title: "Size", Width: 80, Right: true, Font: Mono})
	long := "a name that is far too long for a column of this width to show in full"
	table.Set([][]Cell{{{Text: long}, {Text: "12"}}, {{Text: "short"}, {Text: "1"}}})
	_, tips := window(t, look.Dark, 260, 120, table.Object())
	table.body.MouseMoved(pointer(30, 4))
	if tips.Text() != long {
		t.Errorf("tip %q", tips.Text())
	}
	table.body.MouseMoved(pointer(30, table.height()+4))
	if tips.Text() != "" {
		t.Errorf("what fits has the tip %q", tips.Text())
	}
}

func TestTextBesideNumbersHasAGutter(t *testing.T) {
	table := NewTable(Column{Title: "First shown", Width: 88, Right: true, Font: Mono}, Column{Title: "Source", Font: Mono}, Column{Title: "Size", Width: 60, Right: true, Font: Mono})
	table.Set([][]Cell{{{Text: "0.000 s"}, {Text: "a.mp4"}, {Text: "1"}}})
	window(t, look.Dark, 400, 100, table.Object())
	var ends, begins, last float32
	table.each(400, func(c Column, i int, x, w float32) {
		switch i {
		case 0:
			ends = x + w - 8
		case 1:
			begins = x
		case 2:
			last = x + w
		}
	})
	if begins-ends < 18 || last != 400-tablePadding {
		t.Errorf("numbers end at %v, the text begins at %v, the table ends at %v", ends, begins, last)
	}
}

func TestTableShowsColumnsThatFit(t *testing.T) {
	table := NewTable(Column{Title: "Name", Font: Body}, Column{Title: "Wide", Width: 80, From: 400, Font: Body})
	table.Set([][]Cell{{{Text: "a"}, {Text: "only when wide"}}})
	for width, want := range map[float32]int{399: 1, 400: 2} {
		n := 0
		table.each(width, func(Column, int, float32, float32) { n++ })
		if n != want {
			t.Errorf("%d columns at %v", n, width)
		}
	}
}

func TestFactsWrapAndHandOutValues(t *testing.T) {
	f := NewFacts()
	window(t, look.Dark, 240, 300, f)
	f.Set([]Fact{{Name: "Place"}, {Name: "File", Value: "one two three four five six seven eight nine ten eleven"}, {Name: "Size", Value: "12"}})
	var got string
	f.OnMenu = func(x Fact, _ fyne.Position) { got = x.Value }
	f.TappedSecondary(&fyne.PointEvent{Position: fyne.NewPos(20, f.places[2].y+4)})
	if got != "12" {
		t.Errorf("handed out %q", got)
	}
	if f.places[1].height < 1.5*f.places[2].height {
		t.Error("a long value does not go on to a second line")
	}
	f.Resize(fyne.NewSize(620, 300))
	if f.places[2].x == 0 || f.places[0].x != 0 {
		t.Errorf("a wide list has one column: %v", f.places)
	}
	words := wrap("one two three four aVeryLongWordThatHasNoPlaceToBreakAtAll", Body, 80)
	for _, line := range words {
		if Body.Width(line) > 80 {
			t.Errorf("%q is wider than its column", line)
		}
	}
	if strings.ReplaceAll(strings.Join(words, ""), " ", "") != "onetwothreefouraVeryLongWordThatHasNoPlaceToBreakAtAll" {
		t.Errorf("lost letters: %q", words)
	}
}

// A heading stays with its first fact, and at the top of a column it stands where
// a fact would.
func TestHeadingsOfFactsStandWithTheirFacts(t *testing.T) {
	f := NewFacts()
	window(t, look.Dark, 2*factColumn, 400, f)
	for n := 1; n < 12; n++ {
		var list []Fact
		for i := range 14 {
			if i == n {
				list = append(list, Fact{Name: "heading"})
			}
			list = append(list, Fact{Name: "name", Value: "value"})
		}
		f.Set(list)
		heading, first := f.places[n], f.places[n+1]
		if heading.x != first.x {
			t.Errorf("after %d facts the heading stands at %v, its first fact at %v", n, heading.x, first.x)
		}
		if above := f.places[n-1]; above.x != heading.x && first.y != f.places[1].y {
			t.Errorf("after %d facts the fact below the heading begins at %v, the one beside at %v", n, first.y, f.places[1].y)
		}
	}
}

func TestHexWritesPlacesValuesAndLetters(t *testing.T) {
	for width, want := range map[float32]string{
		120:   "0360  00 00 02 10  ....\n0364  73 65 6e 63  senc\n0368  ff           .\n",
		340:   "0360  00 00 02 10 73 65 6e 63  ....senc\n0368  ff                       .\n",
		4_000: "0360  00 00 02 10 73 65 6e 63 ff                       ....senc.\n",
	} {
		h := NewHex()
		h.Set([]byte("\x00\x00\x02\x10senc\xff"), 0x360, 4, 8)
		window(t, look.Light, width, 100, h)
		if h.Text() != want {
			t.Errorf("at %v got\n%swant\n%s", width, h.Text(), want)
		}
		if !slices.ContainsFunc(test.WidgetRenderer(h).Objects(), func(o fyne.CanvasObject) bool {
			text, ok := o.(*canvas.Text)
			return ok && text.Text == "73 65 6e 63" && text.Color == theme.Color(look.ColorNameMarked)
		}) && width > 300 {
			t.Errorf("at %v what is marked is not in the colour of text", width)
		}
	}
}

func TestDrawerFolds(t *testing.T) {
	d := NewDrawer(Tab{"a", "Findings", widget.NewLabel("first")}, Tab{"b", "Tracks", widget.NewLabel("second")})
	var log []string
	d.OnChosen = func(v string, open bool) {
		log = append(log, v+map[bool]string{true: "+", false: "-"}[open])
	}
	window(t, look.Dark, 400, 200, d)
	press(d.strip, fyne.KeyRight, fyne.KeyRight, fyne.KeySpace, fyne.KeyLeft)
	if got := strings.Join(log, " "); got != "b+ b- a+" {
		t.Errorf("did %q", got)
	}
	d.strip.Tapped(&fyne.PointEvent{Position: fyne.NewPos(tablePadding+5, 10)})
	if len(d.page.Objects) != 0 {
		t.Error("a second click does not fold the page away")
	}
}

// boxes counts the boxes of a height that a piece draws.
func boxes(w fyne.Widget, height float32) int {
	n := 0
	for _, o := range test.WidgetRenderer(w).Objects() {
		if o.Visible() && asRectangle(o) != nil && o.Size().Height == height {
			n++
		}
	}
	return n
}

func TestByteMapGoesFromSampleToSample(t *testing.T) {
	m := NewByteMap()
	if s := m.MinSize(); s.Height != 0 {
		t.Errorf("an empty map takes %v", s)
	}
	window(t, look.Dark, 300, 120, m)
	m.Set([]MappedSample{{Title: "Sample 1 of 2", Lengths: []int{100, 160, 7}}, {Title: "Sample 2 of 2", Lengths: []int{0, 32}}})
	press(m, fyne.KeyLeft, fyne.KeyRight, fyne.KeyRight)
	if m.At() != 1 {
		t.Errorf("sample %d after three steps", m.At())
	}
	if high := boxes(m, mapBar); high != 2 { // the ground, and what is protected
		t.Errorf("%d boxes are as high as the bar", high)
	}
	m.Tapped(&fyne.PointEvent{Position: fyne.NewPos(factPad+4, 4)})
	if m.At() != 0 {
		t.Errorf("a click on the left sign leads to sample %d", m.At())
	}
	m.Tapped(&fyne.PointEvent{Position: fyne.NewPos(m.Size().Width-factPad-4, 4)})
	if m.At() != 1 {
		t.Errorf("a click on the right sign leads to sample %d", m.At())
	}
	m.FocusGained()
	if rings(test.WidgetRenderer(m).Objects()) != 1 {
		t.Error("the focus is not shown")
	}
	m.Set(nil)
	press(m, fyne.KeyEnd)
}
