package kit

import (
	"fmt"
	"image/color"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	look "manifold/ui/theme"
)

func asRectangle(o fyne.CanvasObject) *canvas.Rectangle {
	r, _ := o.(*canvas.Rectangle)
	return r
}

func longPlaylist(lines int) string {
	var b strings.Builder
	b.WriteString("#EXTM3U\n")
	for i := 1; i < lines; i++ {
		fmt.Fprintf(&b, "#EXTINF:6.006000,no-desc-%d\n", i)
	}
	return b.String()
}

func TestCodeHoldsObjectsOnlyOfTheRowsInView(t *testing.T) {
	c := NewCode()
	window(t, look.Dark, 500, 300, c)
	c.Set(longPlaylist(5000), M3U8, nil)
	if n := len(c.body.objects); n == 0 || n > 400 {
		t.Fatalf("%d objects for 5,000 lines", n)
	}
	c.Select(4999, 4999)
	if !shows(c, "no-desc-4999") {
		t.Error("the last line is not in view after it was selected")
	}
	kept := c.body.views[c.rowOf(4998)]
	c.body.Refresh()
	if c.body.views[c.rowOf(4998)] != kept {
		t.Error("a row that stays in view is built again")
	}
}

// shows says whether a text is among the drawn objects.
func shows(c *Code, text string) bool {
	for _, o := range c.body.objects {
		if x, ok := o.(*canvas.Text); ok && x.Text == text {
			return true
		}
	}
	return false
}

func TestCodeFindsInEitherCaseAndGoesRound(t *testing.T) {
	c := NewCode()
	window(t, look.Dark, 500, 300, c)
	c.Set("Alpha\nbeta ALPHA\ngamma\nalphalpha", Plain, nil)
	if n := c.Find("alpha"); n != 3 {
		t.Fatalf("%d matches, want 3", n)
	}
	var lines []int
	for i := 0; i < 4; i++ {
		c.Next(1)
		first, _ := c.Selected()
		lines = append(lines, first)
	}
	if fmt.Sprint(lines) != "[0 1 3 0]" {
		t.Errorf("went to lines %v", lines)
	}
	if at := c.Next(-1); at != 3 {
		t.Errorf("back from the first is match %d", at)
	}
	if c.Find("nothing") != 0 || c.Next(1) != 0 {
		t.Error("found what is not there")
	}
	// İ is longer in lower case: the match must still lie inside the line
	c.Set("İİİ alpha", Plain, nil)
	c.Find("alpha")
	c.Next(1)
}

func TestCodeSelectsAndCopiesLines(t *testing.T) {
	c := NewCode()
	win, _ := window(t, look.Dark, 500, 300, c)
	c.Set("one\ntwo\nthree\nfour", Plain, nil)
	win.Canvas().Focus(c.body)
	h := c.lineHeight()
	c.body.MouseDown(pointer(80, codePadding+h*1.5))
	c.body.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(80, codePadding+h*2.5)}})
	clip := test.NewClipboard()
	c.body.TypedShortcut(&fyne.ShortcutCopy{Clipboard: clip})
	if clip.Content() != "two\nthree" {
		t.Errorf("copied %q", clip.Content())
	}
	press(c.body, fyne.KeyUp)
	c.body.TypedShortcut(&fyne.ShortcutCopy{Clipboard: clip})
	if clip.Content() != "two" {
		t.Errorf("after Up copied %q", clip.Content())
	}
	c.body.TypedShortcut(&fyne.ShortcutSelectAll{})
	c.body.TypedShortcut(&fyne.ShortcutCopy{Clipboard: clip})
	if clip.Content() != "one\ntwo\nthree\nfour" {
		t.Errorf("all is %q", clip.Content())
	}
}

func TestCodeWrapsAtTheEdge(t *testing.T) {
	c := NewCode()
	window(t, look.Dark, 400, 300, c)
	long := strings.Repeat("0123456789", 30)
	c.Set(long+"\nshort", Plain, nil)
	if len(c.rows) != 2 || c.body.MinSize().Width < 300*cell() {
		t.Fatalf("%d rows before wrapping", len(c.rows))
	}
	c.SetWrap(true)
	if len(c.rows) < 6 || c.body.MinSize().Width != 0 {
		t.Errorf("%d rows of a width of %v when wrapped", len(c.rows), c.body.MinSize().Width)
	}
	n := 0
	for _, r := range c.rows {
		if r.line == 0 {
			n += r.to - r.from
		}
	}
	if n != 300 {
		t.Errorf("the rows of the long line hold %d characters", n)
	}
}

func TestCodeMarksChangedLines(t *testing.T) {
	for _, mode := range []look.Mode{look.Dark, look.Light} {
		c := NewCode()
		window(t, mode, 500, 300, c)
		c.Set("a\nb\nc", Plain, []int{1})
		marks := 0
		want := look.Theme{Mode: mode}.Color(look.ColorNameMark, 0)
		for _, o := range c.body.objects {
			if r := asRectangle(o); r != nil && sameColor(r.FillColor, want) {
				marks++
			}
		}
		if marks != 1 {
			t.Errorf("%s: %d marks, want 1", mode, marks)
		}
	}
}

func sameColor(a, b color.Color) bool {
	if a == nil || b == nil {
		return a == b
	}
	r, g, bl, al := a.RGBA()
	r2, g2, b2, a2 := b.RGBA()
	return r == r2 && g == g2 && bl == b2 && al == a2
}

func TestCodeFollowsTheTheme(t *testing.T) {
	c := NewCode()
	window(t, look.Dark, 500, 300, c)
	c.Set("#EXTM3U", M3U8, nil)
	for _, want := range []look.Theme{{Mode: look.Light}, {Mode: look.Light, Density: look.Comfortable}} {
		fyne.CurrentApp().Settings().SetTheme(want)
		c.Refresh()
		for _, o := range c.body.objects {
			x, ok := o.(*canvas.Text)
			if ok && x.Text == "#EXTM3U" && (x.TextSize != want.Size(look.SizeNameMono) || !sameColor(x.Color, want.Color(look.ColorNameTag, 0))) {
				t.Errorf("%+v: the text is %v in %v", want, x.Color, x.TextSize)
			}
		}
	}
}

func TestCodeTakesNoText(t *testing.T) {
	c := NewCode()
	window(t, look.Dark, 500, 300, c)
	press(c.body, fyne.KeyDown, fyne.KeyEnd, fyne.KeyHome)
	c.Set("", Plain, nil)
	press(c.body, fyne.KeyDown, fyne.KeyEnd, fyne.KeyPageUp)
	if c.Find("x") != 0 {
		t.Error("found something in nothing")
	}
}

func BenchmarkCodeSetAndScroll(b *testing.B) {
	app := test.NewApp()
	defer app.Quit()
	app.Settings().SetTheme(look.Theme{Mode: look.Dark})
	c := NewCode()
	win := test.NewWindow(c)
	defer win.Close()
	win.Resize(fyne.NewSize(600, 700))
	text := longPlaylist(5000)
	for b.Loop() {
		c.Set(text, M3U8, nil)
		for line := 0; line < 5000; line += 500 {
			c.Select(line, line)
		}
	}
}

func TestCodeBreaksSentencesBetweenWords(t *testing.T) {
	c := NewCode()
	window(t, look.Dark, 300, 300, c)
	c.Set("415  MPE_X\n"+strings.Repeat("word ", 40), Error, nil)
	for _, r := range c.rows[:len(c.rows)-1] {
		if line := []rune(c.lines[r.line]); r.to < len(line) && line[r.to-1] != ' ' {
			t.Errorf("a row ends inside a word: %q", string(line[r.from:r.to]))
		}
	}
	if len(c.rows) < 5 {
		t.Errorf("%d rows", len(c.rows))
	}
}
