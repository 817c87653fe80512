package codec

import (
	"bytes"
	"slices"
	"testing"

	"manifold/packager/internal/synth"
)

// Headers of an encode with four columns of tiles, as another reader (trace_headers of
// ffmpeg) divides them. The coded data is filling.
func TestFramesOfVP9(t *testing.T) {
	data := bytes.Repeat([]byte{0x55}, 100)
	key, inter := append(synth.Hex("82498342004FF02CF60638241C188C1804F0"), data...), append(synth.Hex("86004092F0B1500600A4"), data...)
	shown := []byte{0x88} // a frame that was decoded before
	// four frames in three bytes each
	super := slices.Concat(inter, inter, shown, inter, []byte{0xD3})
	for _, f := range [][]byte{inter, inter, shown, inter} {
		super = append(super, byte(len(f)), byte(len(f)>>8), 0)
	}
	super = append(super, 0xD3)
	n := len(inter)
	for _, c := range []struct {
		name    string
		samples [][]byte
		want    []Part // of the last
	}{
		{"a key frame", [][]byte{key}, []Part{{len(key) - 100, len(key)}}},
		{"a frame that refers to it", [][]byte{key, inter}, []Part{{n - 100, n}}},
		{"a superframe", [][]byte{key, super}, []Part{{n - 100, n}, {2*n - 100, 2 * n}, {2*n + 1 + n - 100, 2*n + 1 + n}}},
		{"one that is shown again", [][]byte{key, shown}, nil},
		{"nothing", [][]byte{{}}, nil},
	} {
		d := &vp9Frames{}
		var got []Part
		for _, s := range c.samples {
			var err error
			if got, err = d.Append(nil, s); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if n := testing.AllocsPerRun(10, func() { got, _ = d.Append(got[:0], c.samples[0]) }); n > 0 {
			t.Errorf("%s: %v allocations a sample", c.name, n)
		}
	}
	for name, sample := range map[string][]byte{
		"no frame": {0x00, 1, 2}, "a frame that is cut off": key[:10], "no sync code": slices.Concat(key[:1], []byte{0}, key[2:]),
		"a superframe that is smaller than its frames": slices.Concat([]byte{0xC0}, []byte{0xFF}, []byte{0xC0}),
	} {
		if got, err := (&vp9Frames{}).Append(nil, sample); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzFramesOfVP9(f *testing.F) {
	f.Add(synth.Hex("82498342004FF02CF60638241C188C1804F055555555"), synth.Hex("86004092F0B1500600A455555555"))
	f.Add([]byte{0x88}, []byte{0x88, 0xC1, 1, 0, 0xC1})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		d := &vp9Frames{}
		for _, sample := range [][]byte{a, b} {
			list, err := d.Append(nil, sample)
			at := 0
			for _, x := range list {
				if err == nil && (x.From < at || x.To < x.From || x.To > len(sample)) {
					t.Fatalf("parts %v in %d bytes", list, len(sample))
				}
				at = x.To
			}
		}
	})
}
