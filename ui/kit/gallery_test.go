package kit

import (
	"flag"
	"fmt"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	look "manifold/ui/theme"
)

var gallery = flag.String("gallery", "", "folder to write pictures of all pieces to")

// window opens pieces in a window of the software driver, with tips that
// appear at once.
func window(t *testing.T, mode look.Mode, w, h float32, content fyne.CanvasObject) (fyne.Window, *Tips) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.Theme{Mode: mode})
	tips := NewTips(content)
	tips.Delay = 0
	win := test.NewTempWindow(t, tips)
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	return win, tips
}

func strips(tracks, fragments int) []Strip {
	out := make([]Strip, tracks)
	for i := range out {
		s := Strip{Name: fmt.Sprintf("%d×%d", 1280-160*i, 720-90*i), Detail: fmt.Sprintf("%d k", 3400-400*i), Ink: look.ColorNameVideo}
		if i >= tracks-2 {
			s.Name, s.Ink = "English", look.ColorNameAudio
		}
		for f := 0; f < fragments; f++ {
			s.Times = append(s.Times, int64(f)*20_020_000)
			s.Sizes = append(s.Sizes, int64(200_000+(f*7919+i*104729)%300_000))
			s.Offsets = append(s.Offsets, 0)
		}
		s.Times = append(s.Times, int64(fragments)*20_020_000)
		if i == 2 && fragments > 20 {
			s.Offsets[14], s.Offsets[15], s.Sync = 400_000, 20_000, []int64{10*20_020_000 + 9_000_000}
		}
		out[i] = s
	}
	return out
}

// everything lays all pieces out on one page.
func everything() fyne.CanvasObject {
	seg := NewSegmented(nil)
	seg.Set([]Option{{Value: "a", Label: "HLS V3"}, {Value: "b", Label: "HLS CMAF"}, {Value: "c", Label: "PIFF", Reason: "only Smooth carries it"}}, "b")
	on := NewChip("trim", "", nil)
	on.Set(true, true)
	url := NewURLField("Paste a URL", nil)
	url.Set("http://127.0.0.1:8080/8b6f2c1e-0000-4000-8000-000000000000/tears.ism/manifest(format=m3u8-cmaf,encryption=cbcs-aapl)")
	play := NewButton("Play in browser", theme.MediaPlayIcon(), "", nil)
	play.Importance = widget.HighImportance
	off := NewButton("Stop", nil, "", nil)
	off.Allow("the server is not running")
	barred := NewChip("live", "", nil)
	barred.Allow("the asset is not live")
	bar := container.NewHBox(seg, on, NewChip("mobile", "", nil), barred, NewButton("Copy", theme.ContentCopyIcon(), "", nil), off, play)

	heat := NewHeatMap()
	heat.Set(strips(6, 36), 36*20_020_000)
	heat.Select(1, 22)
	caption := NewCaption("Fragments")
	caption.SetRemark("height = size · colour = edge offset")

	left, right := NewCode(), NewCode()
	left.Set(playlist, M3U8, []int{3, 4})
	left.Find("format")
	left.Next(1)
	right.Set(mpd, XML, nil)

	tree := NewTree()
	tree.Set([]TreeItem{
		{Label: "tears-of-steel", Branch: true, Open: true, Strong: true},
		{Depth: 1, Label: "1280×720 · H.264 High", Value: "3.58 M", Mark: Mark{Frames, look.ColorNameVideo}},
		{Depth: 1, Label: "English · AAC-LC 2.0", Value: "128 k", Mark: Mark{Levels, look.ColorNameAudio}},
		{Depth: 1, Label: "English", Mark: Mark{Lines, look.ColorNameText}},
		{Label: "broken", Value: "unreadable", Note: theme.ColorNameError, Mark: Mark{Alarm, theme.ColorNameError}},
	}, 1)
	facts := NewFacts()
	facts.Set([]Fact{{Name: "Fragment", Value: "23 of 36"}, {Name: "Time", Value: "44.044 s → 46.046 s"}, {Name: "Source"}, {Name: "File", Value: "a_rather_long_name_of_a_file_1280x720.mp4", Mono: true}})
	bytes := NewHex()
	bytes.Set([]byte("\x00\x00\x02\x10senc\x00\x00\x00\x02\x00\x00\x00\x3c"), 0x360, 4, 8)
	table := NewTable(Column{Width: 200, Font: Strong}, Column{Width: 140, Font: Mono}, Column{Font: Body})
	table.Set([][]Cell{{{Text: "Rendition starts late", Dot: theme.ColorNameError}, {Text: "b.mp4 track 1", Ink: theme.ColorNameHyperlink}, {Text: "All players: a switch there repeats or skips frames. Re-encode with closed and aligned groups of pictures.", Ink: theme.ColorNamePlaceHolder}}})
	drawer := NewDrawer(Tab{"findings", "Findings 3", table.Object()}, Tab{"tracks", "Tracks", widget.NewLabel("")})

	sealed := NewByteMap()
	sealed.Set([]MappedSample{{Title: "Sample 1 of 60 · 5.2 KB", Legend: "▮ 5,000 B   ▂ 216 B", Note: "1:9 · IV 3f00a1b2c3d4e5f6", Lengths: []int{112, 2400, 90, 2600, 14}}, {}})

	side := container.NewBorder(NewCaption("Selection"), container.NewVBox(sealed, bytes), nil, nil, facts)
	middle := container.NewGridWithRows(2, container.NewBorder(caption, nil, nil, nil, heat), container.NewGridWithColumns(2, left, right))
	ground := NewSketch(func() fyne.Size { return fyne.Size{} }, func(p *Pen, s fyne.Size) { p.Box(0, 0, s.Width, s.Height, 0, look.ColorNamePanel) })
	page := container.NewBorder(container.NewVBox(bar, url), container.New(fixed{160}, drawer), container.New(fixedWide{220}, tree), container.New(fixedWide{260}, side), middle)
	return container.NewStack(ground, page)
}

type fixed struct{ h float32 }

func (f fixed) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(10, f.h) }
func (f fixed) Layout(o []fyne.CanvasObject, s fyne.Size) {
	for _, x := range o {
		x.Resize(s)
	}
}

type fixedWide struct{ w float32 }

func (f fixedWide) MinSize([]fyne.CanvasObject) fyne.Size     { return fyne.NewSize(f.w, 10) }
func (f fixedWide) Layout(o []fyne.CanvasObject, s fyne.Size) { fixed{}.Layout(o, s) }

func TestEveryPieceDrawsInBothThemes(t *testing.T) {
	for _, mode := range []look.Mode{look.Dark, look.Light} {
		t.Run(string(mode), func(t *testing.T) {
			win, _ := window(t, mode, 1280, 760, everything())
			shot := win.Canvas().Capture()
			inks := make(map[string]int)
			for y := 0; y < 760; y += 3 {
				for x := 0; x < 1280; x += 3 {
					inks[fmt.Sprint(shot.At(x, y))]++
				}
			}
			if len(inks) < 50 {
				t.Errorf("the page shows %d colours", len(inks))
			}
			if panel := color.RGBAModel.Convert(theme.Color(look.ColorNamePanel)); inks[fmt.Sprint(panel)] == 0 {
				t.Errorf("no panel colour %v", panel)
			}
			if *gallery == "" {
				return
			}
			f, err := os.Create(filepath.Join(*gallery, "kit-"+string(mode)+".png"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := png.Encode(f, shot); err != nil {
				t.Fatal(err)
			}
		})
	}
}
