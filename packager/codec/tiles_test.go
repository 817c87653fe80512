package codec

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

// Headers of two encodes, as another reader (trace_headers of ffmpeg) divides
// them: the frame header of the one ends with byte 26, that of the other, with two
// by two tiles, with byte 32. The coded data is filling.
func TestTilesAreFound(t *testing.T) {
	one := append(synth.Hex("0A0A00000003B5FEB3EFE40132E00A140023502000017EF3CF20"), bytes.Repeat([]byte{0x55}, 1365)...)
	four := synth.Hex("0A0B0000002D4CFFB3CFBF900432ADE9011000D6960200000BEF00002F3E0200")
	for i, n := range []int{5319, 4708, 1195, 18626} {
		if i < 3 {
			four = binary.LittleEndian.AppendUint16(four, uint16(n-1))
		}
		four = append(four, bytes.Repeat([]byte{0x55}, n)...)
	}
	// the same sequence without CDEF, as configurations have it that were written too early
	config := synth.Hex("81000C000A0A00000003B5FEB00BE001")
	for _, c := range []struct {
		name   string
		config []byte
		sample []byte
		want   []Part
	}{
		{"one tile", nil, one, []Part{{26, 1391}}},
		{"one tile, and a configuration that is not its", config, one, []Part{{26, 1391}}},
		{"four tiles", nil, four, []Part{{34, 5353}, {5355, 10063}, {10065, 11260}, {11260, 29886}}},
		{"nothing but a delimiter", config, []byte{0x12, 0}, nil},
	} {
		r := newTiles(c.config)
		got, err := r.Append(nil, c.sample)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
	}
	for name, sample := range map[string][]byte{"a tile list": append(bytes.Clone(one[:12]), 0x42, 2, 0, 0), "no sequence header": one[12:], "a sample that is cut off": one[:1000], "no OBU": {0xFF}, "a tile that is larger than its OBU": slices.Concat(four[:32], []byte{0xFF, 0xFF}, four[34:])} {
		if got, err := newTiles(nil).Append(nil, sample); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	r, tiles := newTiles(nil), make([]Part, 0, 4)
	if n := testing.AllocsPerRun(10, func() { tiles, _ = r.Append(tiles[:0], four) }); n > 0 {
		t.Errorf("%v allocations a sample", n)
	}
	if NewParts(&media.Codec{Family: "h264"}) != nil {
		t.Error("H.264 has no tiles")
	}
}

func FuzzTiles(f *testing.F) {
	f.Add(synth.Hex("81000C00"), synth.Hex("0A0A00000003B5FEB3EFE4013210140023502000017EF3CF2055555555555555"))
	f.Add([]byte{}, []byte{0x12, 0, 0x32, 1, 0})
	f.Fuzz(func(t *testing.T, config, sample []byte) {
		r := newTiles(config)
		for range 2 {
			list, err := r.Append(nil, sample)
			at := 0
			for _, x := range list {
				if err == nil && (x.From < at || x.To < x.From || x.To > len(sample)) {
					t.Fatalf("tiles %v in %d bytes", list, len(sample))
				}
				at = x.To
			}
		}
	})
}
