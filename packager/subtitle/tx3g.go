package subtitle

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"manifold/packager/media"
)

// tx3g returns a reader for samples of 3GPP timed text (3GPP TS 26.245 §5.17)
// with the fields of their TextSampleEntry (§5.16), nil for none.
func tx3g(entry []byte) sampleReader {
	usual, settings := style{}, ""
	if len(entry) >= 30 {
		usual, settings = faceOf(entry[18:30]), justified(int8(entry[4]), int8(entry[5]))
	}
	return func(b []byte, start, end int64, d *Document) error {
		if len(b) < 2 {
			return nil
		}
		n := int(binary.BigEndian.Uint16(b))
		if n > len(b)-2 {
			return wrong(0, "a text of %d bytes in a sample of %d", n, len(b))
		}
		text := []rune(strings.ReplaceAll(characters(b[2:2+n]), "\r\n", "\n"))
		return d.add(0, media.Cue{Start: start, End: end, Settings: settings, Text: cueText(styled(text, usual, styles(b[2+n:])))})
	}
}

// justified is where text stands: at the top (0), in the middle (1), or below
// (−1), and to the left (0), in the middle (1), or to the right (−1).
func justified(horizontal, vertical int8) string {
	p := placeOf("")
	switch vertical {
	case 0:
		p.top, p.bottom, p.after = safe, 100, false
	case 1:
		p.bottom = 50
	}
	switch horizontal {
	case 0:
		p.align = "start"
	case -1:
		p.align = "end"
	}
	return p.settings()
}

// stretch is a StyleRecord (§5.16): how the characters [from, to) look.
type stretch struct {
	from, to int
	look     style
}

const styleRecord = 12 // bytes

// styles reads the StyleRecords of the boxes behind the text of a sample, as
// far as they are whole.
func styles(boxes []byte) []stretch {
	var out []stretch
	for len(boxes) >= 8 {
		size := int(binary.BigEndian.Uint32(boxes))
		if size < 8 || size > len(boxes) {
			break
		}
		if b := boxes[8:size]; string(boxes[4:8]) == "styl" && len(b) >= 2 {
			b = b[2:]
			for ; len(b) >= styleRecord; b = b[styleRecord:] {
				out = append(out, stretch{int(binary.BigEndian.Uint16(b)), int(binary.BigEndian.Uint16(b[2:])), faceOf(b[:styleRecord])})
			}
		}
		boxes = boxes[size:]
	}
	return out
}

// faceOf reads how the characters of a StyleRecord look. White is what players
// take by themselves.
func faceOf(b []byte) style {
	s := style{bold: b[6]&1 != 0, italic: b[6]&2 != 0, underline: b[6]&4 != 0}
	if c := fmt.Sprintf("#%02x%02x%02x", b[8], b[9], b[10]); c != "#ffffff" {
		s.colour = c
	}
	return s
}

// styled divides text by its lines and by how its characters look.
func styled(text []rune, usual style, list []stretch) []piece {
	looks := slices.Repeat([]style{usual}, len(text))
	for _, s := range list {
		for i := s.from; i < min(s.to, len(text)); i++ {
			looks[i] = s.look
		}
	}
	var out []piece
	for i, r := range text {
		switch {
		case r == '\n':
			out = append(out, piece{"\n", style{}})
		case i > 0 && text[i-1] != '\n' && looks[i] == looks[i-1]:
			out[len(out)-1].text += string(r)
		default:
			out = append(out, piece{string(r), looks[i]})
		}
	}
	return out
}
