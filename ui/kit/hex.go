package kit

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	look "manifold/ui/theme"
)

// Hex shows bytes: their place in the file, their values, and what is
// readable of them. Some can be marked.
type Hex struct {
	Sketch
	data     []byte
	place    int64 // of the first byte
	from, to int   // marked bytes
}

// The number of bytes in a line follows the width, in even numbers.
const (
	fewestInRow = 4
	mostInRow   = 16
)

// NewHex returns an empty view.
func NewHex() *Hex {
	h := &Hex{}
	h.sketch(h, h.minimum, h.paint)
	return h
}

// Set shows bytes that begin at a place of their file, [from, to) of them marked.
func (h *Hex) Set(data []byte, place int64, from, to int) {
	h.data, h.place, h.from, h.to = data, place, from, to
	h.Refresh()
}

func (h *Hex) minimum() fyne.Size {
	if len(h.data) == 0 {
		return fyne.NewSize(0, 0)
	}
	n := h.inRow()
	return fyne.NewSize(float32(h.digits()+3+4*fewestInRow)*cell()+2*factPad, float32((len(h.data)+n-1)/n)*(Mono.Height()+2)+6)
}

// inRow is how many bytes fit into a line: each takes three cells as a value
// and one as a letter.
func (h *Hex) inRow() int {
	n := (int((h.Size().Width-2*factPad)/cell()) - h.digits() - 3) / 4
	return min(max(n&^1, fewestInRow), mostInRow)
}

// cell is the width of a character.
func cell() float32 { return Mono.Width("MMMMMMMMMM") / 10 }

// digits is how long a place is written.
func (h *Hex) digits() int { return max(4, len(fmt.Sprintf("%x", h.place+int64(len(h.data))))) }

// line writes one line as text.
func (h *Hex) line(i int) string {
	n := h.inRow()
	row := h.data[i*n : min(len(h.data), (i+1)*n)]
	return fmt.Sprintf("%0*x  %-*s  %s", h.digits(), h.place+int64(i*n), 3*n-1, fmt.Sprintf("% x", row), readable(row))
}

// Text returns what is shown as text.
func (h *Hex) Text() string {
	var b strings.Builder
	for i := 0; i*h.inRow() < len(h.data); i++ {
		b.WriteString(h.line(i) + "\n")
	}
	return b.String()
}

func (h *Hex) paint(p *Pen, _ fyne.Size) {
	cell, n := cell(), h.inRow()
	for i := 0; i*n < len(h.data); i++ {
		y := float32(i) * (Mono.Height() + 2)
		row := h.data[i*n : min(len(h.data), (i+1)*n)]
		p.Text(fmt.Sprintf("%0*x", h.digits(), h.place+int64(i*n)), factPad, y, Mono, theme.ColorNamePlaceHolder)
		left := factPad + float32(h.digits()+2)*cell
		h.values(p, row, i*n, left, y, cell)
		p.Text(readable(row), left+float32(3*n+1)*cell, y, Mono, theme.ColorNamePlaceHolder)
	}
}

// values writes the bytes of a line in stretches of one colour.
func (h *Hex) values(p *Pen, row []byte, at int, x, y, cell float32) {
	for j := 0; j < len(row); {
		k := j + 1
		for k < len(row) && h.isMarked(at+k) == h.isMarked(at+j) {
			k++
		}
		ink := theme.ColorNameForeground
		if h.isMarked(at + j) {
			ink = look.ColorNameMarked
		}
		p.Text(fmt.Sprintf("% x", row[j:k]), x+float32(3*j)*cell, y, Mono, ink)
		j = k
	}
}

func (h *Hex) isMarked(i int) bool { return i >= h.from && i < h.to }

// readable writes the printable ASCII of bytes, and dots for the rest.
func readable(b []byte) string {
	out := make([]byte, len(b))
	for i, c := range b {
		if c < 0x20 || c > 0x7E {
			c = '.'
		}
		out[i] = c
	}
	return string(out)
}
