package kit

import (
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	look "manifold/ui/theme"
)

func TestHeatMapHitsWhatItShows(t *testing.T) {
	h := NewHeatMap()
	h.Describe = func(s, f int) string { return fmt.Sprintf("strip %d\nfragment %d", s, f) }
	_, tips := window(t, look.Dark, 1000, 300, h)
	h.Set(strips(6, 36), 36*20_020_000)
	for _, f := range []int{0, 7, 35} {
		x := (h.x(h.strips[3].Times[f]) + h.x(h.strips[3].Times[f+1])) / 2
		y := rulerHeight + 3.5*h.stripHeight()
		h.MouseMoved(pointer(x, y))
		if want := fmt.Sprintf("strip 3\nfragment %d", f); tips.Text() != want {
			t.Errorf("the tip over fragment %d is %q", f, tips.Text())
		}
		h.MouseDown(pointer(x, y))
		if s, got := h.Selected(); s != 3 || got != f {
			t.Errorf("a click on fragment %d selects %d of strip %d", f, got, s)
		}
	}
	h.MouseMoved(pointer(20, 60))
	if tips.Text() != "" {
		t.Errorf("the tip over a label is %q", tips.Text())
	}
}

func TestHeatMapIsUsedFromTheKeyboard(t *testing.T) {
	h := NewHeatMap()
	var log []string
	h.OnSelected = func(s, f int) { log = append(log, fmt.Sprintf("%d/%d", s, f)) }
	window(t, look.Dark, 1000, 300, h)
	press(h, fyne.KeyLeft, fyne.KeyDown) // nothing there yet
	h.Set(strips(6, 36), 36*20_020_000)
	press(h, fyne.KeyRight, fyne.KeyRight, fyne.KeyDown, fyne.KeyUp, fyne.KeyUp, fyne.KeyEnd, fyne.KeyRight, fyne.KeyHome)
	if got := strings.Join(log, " "); got != "0/0 0/1 1/1 0/1 0/35 0/35 0/0" {
		t.Errorf("went %s", got)
	}
	h.TypedRune('+')
	if from, to := h.View(); to-from != h.end/2 || from != 0 {
		t.Errorf("+ shows %d to %d", from, to)
	}
	press(h, fyne.KeyEnd)
	if from, to := h.View(); to != h.end || from == 0 {
		t.Errorf("the selected fragment is not brought into view: %d to %d", from, to)
	}
	h.TypedRune('0')
	if from, to := h.View(); from != 0 || to != h.end {
		t.Errorf("0 shows %d to %d", from, to)
	}
}

func TestHeatMapZoomsRoundThePointer(t *testing.T) {
	h := NewHeatMap()
	window(t, look.Dark, 1000, 300, h)
	h.Set(strips(6, 36), 36*20_020_000)
	at := h.time(600)
	h.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(600, 50)}, Scrolled: fyne.NewDelta(0, 10)})
	if d := h.time(600) - at; d < -10_000 || d > 10_000 {
		t.Errorf("the time under the pointer moved by %d ticks", d)
	}
	from, _ := h.View()
	h.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(-50, 0)})
	if now, _ := h.View(); now <= from {
		t.Error("dragging to the left does not go on in time")
	}
	for range 100 {
		h.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(600, 50)}, Scrolled: fyne.NewDelta(0, 10)})
	}
	if from, to := h.View(); to-from != minSpan {
		t.Errorf("zooming in ends at %d ticks", to-from)
	}
}

func TestHeatMapColoursEdgesThatAreOff(t *testing.T) {
	h := NewHeatMap()
	window(t, look.Dark, 1000, 300, h)
	h.Set(strips(6, 36), 36*20_020_000)
	img := h.picture.paint(h, 840, 240)
	fragment := func(strip, f int) color.Color {
		x := int(float64(h.strips[strip].Times[f])/float64(h.end)*840) + 8
		return img.At(x, (strip+1)*40-barGap/2-2)
	}
	if c := fragment(2, 14); c != color.Color(rgbaOf(theme.ColorNameError)) {
		t.Errorf("an edge 40 ms off is %v", c)
	}
	if c := fragment(2, 15); c != color.Color(rgbaOf(theme.ColorNameWarning)) {
		t.Errorf("an edge 2 ms off is %v", c)
	}
	if c := fragment(2, 13); c == color.Color(rgbaOf(theme.ColorNameError)) || c == color.Color(rgbaOf(look.ColorNameWell)) {
		t.Errorf("an edge in place is %v", c)
	}
}

// When columns hold many fragments, none that is off may disappear.
func TestHeatMapKeepsTheWorstOfAColumn(t *testing.T) {
	h := NewHeatMap()
	window(t, look.Dark, 1000, 300, h)
	s := strips(1, 10_000)
	s[0].Offsets[7777] = 900_000
	h.Set(s, 10_000*20_020_000)
	img := h.picture.paint(h, 840, 40)
	red := 0
	for x := range 840 {
		if img.At(x, 40-barGap/2-2) == color.Color(rgbaOf(theme.ColorNameError)) {
			red++
		}
	}
	if red == 0 || red > 4 {
		t.Errorf("%d columns are red", red)
	}
}

func TestRulerHasRoundSteps(t *testing.T) {
	const second = 10_000_000
	for _, c := range []struct {
		span, step int64
		label      string
	}{{second, second / 10, "1:01:01.50"}, {70 * second, 10 * second, "1:01:01"}, {7200 * second, 900 * second, "1:01:01"}, {400 * 3600 * second, 45 * 3600 * second, "1:01:01"}} {
		step := rulerStep(c.span, 10)
		if c.span/step > 10 {
			t.Errorf("%d marks for %d s", c.span/step, c.span/second)
		}
		if got := clock(3661*second+second/2, step); got != c.label {
			t.Errorf("a step of %d ticks is written %s, want %s", step, got, c.label)
		}
	}
}

func BenchmarkHeatMapOfSixTimesTenThousand(b *testing.B) {
	app := test.NewApp()
	defer app.Quit()
	app.Settings().SetTheme(look.Theme{Mode: look.Dark})
	h := NewHeatMap()
	h.Resize(fyne.NewSize(1300, 200))
	h.Set(strips(6, 10_000), 10_000*20_020_000)
	var img image.Image
	b.ReportAllocs()
	for b.Loop() {
		img = h.picture.paint(h, 1150, 180)
	}
	_ = img
}

func TestTheEndsOfACutAreDraggedFromEdgeToEdge(t *testing.T) {
	h := NewHeatMap()
	window(t, look.Dark, 1000, 300, h)
	s := strips(2, 10)
	h.Set(s, 10*20_020_000)
	cut := &Cut{Edges: s[0].Times, From: 2, To: 8, Asked: [2]int64{2 * 20_020_000, 7*20_020_000 + 5}, Tips: [2]string{"start", "end"}}
	h.SetCut(cut)
	var moved [][2]int
	h.OnCut = func(from, to int) {
		moved = append(moved, [2]int{from, to})
		cut.From, cut.To = from, to
	}
	selected := false
	h.OnSelected = func(int, int) { selected = true }
	drag := func(from float32, times ...int64) {
		h.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(from, 60)}, Button: desktop.MouseButtonPrimary})
		for _, to := range times {
			h.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(h.x(to), 60)}, Dragged: fyne.NewDelta(1, 0)})
		}
		h.DragEnd()
		h.MouseUp(&desktop.MouseEvent{})
	}
	start, end, _ := h.Handles()
	drag(start, 3*20_020_000+90_000, 4*20_020_000-90_000)
	drag(end, 0) // no further than one fragment
	if want := [][2]int{{3, 8}, {4, 8}, {4, 5}}; !slices.Equal(moved, want) || selected {
		t.Errorf("moved to %v, want %v; a fragment was selected: %v", moved, want, selected)
	}
	from, _ := h.View()
	drag(start-100, 9*20_020_000) // beside a handle the view moves
	if now, _ := h.View(); len(moved) != 3 || now != from {
		t.Errorf("moved to %v", moved)
	}
	h.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(h.x(cut.at(endGrip)), 60)}})
	if h.Cursor() != desktop.HResizeCursor {
		t.Error("the pointer does not say that the end can be moved")
	}
	h.Select(0, 1)
	h.TypedRune('i')
	h.Select(0, 8)
	h.TypedRune('o')
	if last := moved[len(moved)-1]; last != [2]int{1, 9} {
		t.Errorf("the keys put the ends at %v", last)
	}
	h.SetCut(nil)
	if _, _, ok := h.Handles(); ok || h.Cursor() != desktop.DefaultCursor {
		t.Error("without a cut there are handles")
	}
}

// What is dropped is drawn in lines, not only in another colour.
func TestHeatMapHatchesWhatIsDropped(t *testing.T) {
	h := NewHeatMap()
	window(t, look.Dark, 1000, 300, h)
	s := strips(2, 10)
	s[0].Left, s[1].Left = &Span{From: 2, To: 5}, &Span{}
	h.Set(s, 10*20_020_000)
	img := h.picture.paint(h, 840, 80)
	filled := func(strip, frag int) int {
		n, y := 0, (strip+1)*40-barGap/2-3
		for x := int(float64(s[strip].Times[frag])/float64(h.end)*840) + 3; n < 60 && x < int(float64(s[strip].Times[frag+1])/float64(h.end)*840)-3; x++ {
			if img.At(x, y) != color.Color(rgbaOf(look.ColorNameWell)) {
				n++
			}
		}
		return n
	}
	if kept, dropped, other := filled(0, 3), filled(0, 6), filled(1, 3); kept < 50 || dropped == 0 || dropped > 30 || other == 0 || other > 30 {
		t.Errorf("of a kept bar %d pixels are filled, of dropped ones %d and %d", kept, dropped, other)
	}
}

func TestLabelsOfTheRulerStandClearOfHandlesAndEdges(t *testing.T) {
	h := NewHeatMap()
	window(t, look.Dark, 1000, 300, h)
	h.Set(strips(6, 12), 240_000_000)
	h.SetCut(&Cut{Edges: []int64{0, 120_000_000, 240_000_000}, To: 2, Asked: [2]int64{0, 240_000_000}})
	start, end, _ := h.Handles()
	var labels int
	for _, o := range test.WidgetRenderer(h.above).Objects() {
		text, ok := o.(*canvas.Text)
		if !ok || !strings.Contains(text.Text, ":") {
			continue
		}
		labels++
		if left, right := text.Position().X, text.Position().X+text.Size().Width; left < start+gripWidth || right > end-gripWidth {
			t.Errorf("%s stands from %v to %v, the handles at %v and %v", text.Text, left, right, start, end)
		}
	}
	if labels < 3 {
		t.Errorf("%d labels", labels)
	}
	h.SetCut(nil)
	if x := h.clearOfGrips(labelWidth+3, 20); x != labelWidth+3 {
		t.Errorf("without a cut a label stands at %v", x)
	}
}
