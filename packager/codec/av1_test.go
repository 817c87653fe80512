package codec

import (
	"bytes"
	"slices"
	"testing"
)

// The process of §7.8, by hand: what comes after the frame goes to ALTREF, BWDREF and
// ALTREF2, what came before to the others from the latest on, and the earliest fills up.
func TestReferencesOfShortSignaling(t *testing.T) {
	for name, c := range map[string]struct {
		hints        [av1Slots]int
		now          int
		last, golden int
		want         [av1References]int
	}{
		"both sides":          {[...]int{0, 4, 6, 7, 10, 12, 9, 2}, 8, 3, 1, [...]int{3, 2, 7, 1, 6, 4, 5}},
		"nothing behind":      {[...]int{1, 2, 3, 4, 5, 6, 7, 7}, 8, 6, 0, [...]int{6, 7, 5, 0, 4, 3, 2}},
		"little before":       {[...]int{9, 9, 9, 9, 9, 9, 7, 5}, 8, 6, 7, [...]int{6, 7, 7, 7, 0, 1, 5}},
		"hints that wrap":     {[...]int{15, 14, 13, 3, 2, 15, 12, 11}, 1, 0, 2, [...]int{0, 5, 1, 2, 4, 6, 3}},
		"one frame, no other": {[av1Slots]int{}, 1, 0, 0, [...]int{0, 7, 6, 0, 5, 4, 3}},
	} {
		d := av1Frames{sequence: &av1Sequence{orderHint: 4}}
		for i, h := range c.hints {
			d.slots[i].orderHint = h
		}
		if got := d.setReferences(c.last, c.golden, c.now); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// A frame that names two references takes its size from one that the process finds: with
// less tiles than there could be of the others, and skip mode since that one comes later.
// Divided as trace_headers of ffmpeg does it.
func TestFramesOfShortSignaling(t *testing.T) {
	const (
		many, one = "100", "1"     // tile_info of one tile, where there could be more, and not
		lossless  = "000000000000" // base_q_idx … segmentation_enabled
		noMotion  = "0000000"
	)
	sequence := packed("000", "0", "0", "0", "0", "00000", "000000000000", "00000", // one operating point
		9, 4, 8, 4, 639, 10, 359, 9, "0", "0", "00", "00", "0", "0",
		"100", "00", 3, 3, // order hints of 4 bits
		"000", "0", "1", "00", "0", "1") // monochrome
	key := packed("0", "00", "1", "0", "0", 0, 4, "0", "0", many, lossless[1:], "0")
	// hidden, for later: 64 × 64 pixels, in slot 5
	later := packed("0", "01", "0", "0", "0", "0", "1", 12, 4, "111", 1<<5, 8, "0", 0, 21,
		"0000000", 63, 10, 63, 9, "0", "0", "1", "0", "0", one, lossless[1:], "0", "0", noMotion)
	short := packed("0", "01", "1", "0", "0", "1", 8, 4, "111", 0, 8, "1", 0, 3, 0, 3,
		"0000001", "0", "000", "0", "0", one, lossless[1:], "1", "0", "0", noMotion)
	if len(short) != 8 {
		t.Fatalf("the header has %d bytes; its last one has to be full", len(short))
	}

	tile := bytes.Repeat([]byte{0x55}, 40)
	obu := func(kind byte, payload ...byte) []byte {
		return append([]byte{kind<<3 | 2, byte(len(payload))}, payload...)
	}
	frame := func(header []byte) []byte { return obu(6, append(bytes.Clone(header), tile...)...) }
	r := newTiles(nil)
	for i, c := range []struct {
		sample []byte
		want   []Part
	}{
		{slices.Concat(obu(2), obu(1, sequence...), frame(key)), []Part{{2 + 2 + len(sequence) + 2 + len(key), 2 + 2 + len(sequence) + 2 + len(key) + 40}}},
		{slices.Concat(obu(2), frame(later), frame(short)), []Part{{4 + len(later), 44 + len(later)}, {46 + len(later) + 8, 86 + len(later) + 8}}},
	} {
		if got, err := r.Append(nil, c.sample); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("sample %d: %v, %v, want %v", i, got, err, c.want)
		}
	}
}

// packed packs fields: digits, or a number and its size in bits; a whole number of bytes.
func packed(fields ...any) []byte {
	var digits []byte
	for i := 0; i < len(fields); i++ {
		switch f := fields[i].(type) {
		case string:
			digits = append(digits, f...)
		case int:
			i++
			for n := fields[i].(int) - 1; n >= 0; n-- {
				digits = append(digits, '0'+byte(f>>n&1))
			}
		}
	}
	b := make([]byte, (len(digits)+7)/8)
	for i, d := range digits {
		b[i/8] |= (d - '0') << (7 - i%8)
	}
	return b
}
