package kit

import (
	"image"
	"image/color"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	look "manifold/ui/theme"
)

// barPicture paints the bars of a HeatMap into one picture that is reused
// while its size stays.
type barPicture struct {
	img *image.RGBA
	gap int // between two tracks, in pixels
}

// barGap is the distance between two tracks in units of the toolkit.
const barGap = 4

// Offsets of a fragment's edge to the reference from which its bar warns: one
// millisecond is what rounding between timescales may make, ten is a quarter
// of a frame at 25 Hz, which players notice.
const (
	offsetWarns = 10_000  // ticks
	offsetFails = 100_000 // ticks
)

// narrowest is the width in pixels below which bars are drawn as columns of
// the largest fragment in each.
const narrowest = 3

func (b *barPicture) paint(h *HeatMap, w, height int) image.Image {
	if b.img == nil || b.img.Rect.Dx() != w || b.img.Rect.Dy() != height {
		b.img = image.NewRGBA(image.Rect(0, 0, w, height))
	}
	clear(b.img.Pix)
	n := len(h.strips)
	if n == 0 || w < 1 || h.to <= h.from {
		return b.img
	}
	b.gap = max(1, int(barGap*float32(height)/(float32(n)*h.stripHeight())+0.5))
	ground := rgbaOf(look.ColorNameWell)
	for i := range h.strips {
		top, bottom := i*height/n, (i+1)*height/n
		b.fill(0, top+1, w, bottom-1, ground)
		b.strip(h, &h.strips[i], top, bottom, w)
	}
	return b.img
}

// strip paints one track between two heights.
func (b *barPicture) strip(h *HeatMap, s *Strip, top, bottom, w int) {
	n := s.fragments()
	if n < 1 {
		return
	}
	scale := float64(w) / float64(h.to-h.from)
	x := func(t int64) int { return int(float64(t-h.from) * scale) }
	first := sort.Search(n, func(i int) bool { return s.Times[i+1] > h.from })
	last := sort.Search(n, func(i int) bool { return s.Times[i] >= h.to })
	inks := newBarInks(s.Ink)
	largest, room := s.largest(), bottom-top-b.gap
	for i := first; i < last; {
		left, right := max(0, x(s.Times[i])), min(w, x(s.Times[i+1]))
		worst, bar, kept := s.offset(i), barHeight(s, i, largest, room), s.left(i)
		// fragments narrower than a column share it: the largest, and the worst edge
		for i++; i < last && right-left < narrowest; i++ {
			right = min(w, x(s.Times[i+1]))
			worst, bar, kept = max(worst, s.offset(i)), max(bar, barHeight(s, i, largest, room)), kept || s.left(i)
		}
		ink := inks.of(worst, float64(bar)/float64(room))
		if x0, y0, x1, y1 := left, bottom-b.gap/2-bar, max(left+1, right-1), bottom-b.gap/2; kept {
			b.bar(x0, y0, x1, y1, ink)
		} else {
			b.hatch(x0, y0, x1, y1, ink)
		}
	}
	b.notches(s, x, w, bottom)
}

// notches marks the random access points inside fragments at their feet.
func (b *barPicture) notches(s *Strip, x func(int64) int, w, bottom int) {
	ink := rgbaOf(theme.ColorNameWarning)
	for _, t := range s.Sync {
		if at := x(t); at >= 0 && at < w {
			b.fill(at, bottom-b.gap/2-b.gap, at+1, bottom-b.gap/2, ink)
		}
	}
}

// bar fills a rectangle with its upper corners taken off.
func (b *barPicture) bar(x0, y0, x1, y1 int, c color.RGBA) {
	if x1-x0 > 5 && y1-y0 > 3 {
		b.fill(x0+1, y0, x1-1, y0+1, c)
		y0++
	}
	b.fill(x0, y0, x1, y1, c)
}

// hatchStep is the distance in pixels between the lines of what is dropped.
const hatchStep = 6

// hatch draws a bar of thin slanting lines: what is dropped is told apart by
// more than its colour.
func (b *barPicture) hatch(x0, y0, x1, y1 int, c color.RGBA) {
	ground := rgbaOf(look.ColorNameWell)
	faint := color.RGBA{uint8((int(c.R) + 2*int(ground.R)) / 3), uint8((int(c.G) + 2*int(ground.G)) / 3), uint8((int(c.B) + 2*int(ground.B)) / 3), 0xFF}
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			if (x+y)%hatchStep == 0 {
				b.fill(x, y, x+1, y+1, faint)
			}
		}
	}
	b.fill(x0, y0, x1, y0+1, faint)
}

func (b *barPicture) fill(x0, y0, x1, y1 int, c color.RGBA) {
	r := image.Rect(x0, y0, x1, y1).Intersect(b.img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := b.img.Pix[b.img.PixOffset(r.Min.X, y):b.img.PixOffset(r.Max.X, y)]
		for i := 0; i+3 < len(row); i += 4 {
			row[i], row[i+1], row[i+2], row[i+3] = c.R, c.G, c.B, c.A
		}
	}
}

// barHeight is the height of a fragment's bar: in proportion to its size, but
// never so low that it cannot be seen.
func barHeight(s *Strip, frag int, largest int64, room int) int {
	low := max(2, room/5)
	if largest <= 0 || frag >= len(s.Sizes) {
		return low
	}
	return low + int(int64(room-low)*s.Sizes[frag]/largest)
}

// largest returns the size of the largest fragment.
func (s *Strip) largest() int64 {
	var m int64
	for _, n := range s.Sizes {
		m = max(m, n)
	}
	return m
}

// offset returns how far the edge of a fragment is off, without sign.
func (s *Strip) offset(i int) int64 {
	if i >= len(s.Offsets) {
		return 0
	}
	return max(s.Offsets[i], -s.Offsets[i])
}

// barInks are the colours of one track, looked up once a picture.
type barInks struct{ good, ground, warn, fail color.RGBA }

func newBarInks(kind fyne.ThemeColorName) barInks {
	return barInks{rgbaOf(kind), rgbaOf(look.ColorNameWell), rgbaOf(theme.ColorNameWarning), rgbaOf(theme.ColorNameError)}
}

// of returns the colour of a bar: by its edge, and a little paler where low.
func (k barInks) of(offset int64, height float64) color.RGBA {
	switch {
	case offset >= offsetFails:
		return k.fail
	case offset >= offsetWarns:
		return k.warn
	}
	f := 0.7 + 0.3*height
	mix := func(a, g uint8) uint8 { return uint8(float64(a)*f + float64(g)*(1-f)) }
	return color.RGBA{mix(k.good.R, k.ground.R), mix(k.good.G, k.ground.G), mix(k.good.B, k.ground.B), 0xFF}
}

func rgbaOf(name fyne.ThemeColorName) color.RGBA {
	return color.RGBAModel.Convert(theme.Color(name)).(color.RGBA)
}
