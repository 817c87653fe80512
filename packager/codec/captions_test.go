package codec

import (
	"bytes"
	"slices"
	"testing"

	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

func TestCaptionsAreFoundInPictures(t *testing.T) {
	padding := []byte{0xFC, 0x80, 0x80}
	for _, c := range []struct {
		name  string
		pairs []byte
		want  []string
	}{
		{"nothing", nil, nil},
		{"not valid", []byte{0xF8, 0x94, 0x20, 0xFA, 0x02, 0x21}, nil},
		{"padding of the first field", padding, []string{"CC1"}},
		{"padding of the second field", []byte{0xFD, 0x80, 0x80}, nil},
		{"resume caption loading, first channel", []byte{0xFC, 0x94, 0x20}, []string{"CC1"}},
		{"the same, second channel", []byte{0xFC, 0x1C, 0x20}, []string{"CC2"}},
		{"both fields", []byte{0xFC, 0x94, 0x20, 0xFD, 0x15, 0x20, 0xFD, 0x1D, 0x20}, []string{"CC1", "CC3", "CC4"}},
		{"a data service of the second field", []byte{0xFD, 0x01, 0x03}, nil},
		{"a packet for the first service", []byte{0xFF, 0x02, 0x21, 0xFE, 0x41, 0x00}, []string{"SERVICE1"}},
		{"a packet without services", []byte{0xFF, 0x02, 0x00}, nil},
		{"both standards", append([]byte{0xFF, 0x02, 0x42}, padding...), []string{"CC1", "SERVICE2"}},
	} {
		avc := synth.Captions(6, c.pairs)
		hevc := synth.Captions(39, c.pairs)
		for _, f := range []struct {
			fourCC string
			unit   []byte
			slice  []byte
		}{{"avc1", avc, []byte{0x65, 1}}, {"hvc1", hevc, []byte{38, 1, 1}}} {
			sample := func(units ...[]byte) []byte {
				var b []byte
				for _, u := range units {
					b = append(append(b, 0, 0, 0, byte(len(u))), u...)
				}
				return b
			}
			r := NewCaptions(&media.Codec{FourCC: f.fourCC, NALLength: 4})
			r.Read(sample(f.unit, f.slice))
			if got := r.Found(); !slices.Equal(got, c.want) {
				t.Errorf("%s in %s: %v, want %v", c.name, f.fourCC, got, c.want)
			}
			r = NewCaptions(&media.Codec{FourCC: f.fourCC, NALLength: 4})
			r.Read(sample(f.slice, f.unit))
			if got := r.Found(); got != nil {
				t.Errorf("%s in %s: %v behind the slices", c.name, f.fourCC, got)
			}
		}
	}
	if NewCaptions(&media.Codec{FourCC: "av01"}) != nil {
		t.Error("AV1 has no NAL units to look into")
	}
}

func FuzzCaptions(f *testing.F) {
	unit := synth.Captions(6, []byte{0xFC, 0x94, 0x20, 0xFF, 0x02, 0x21})
	f.Add(append([]byte{0, 0, 0, byte(len(unit))}, unit...))
	f.Add(append([]byte{0, 0, 0, 200}, bytes.Repeat([]byte{6, 0xFF}, 40)...))
	f.Fuzz(func(t *testing.T, sample []byte) {
		for _, fourCC := range []string{"avc1", "hvc1"} {
			r := NewCaptions(&media.Codec{FourCC: fourCC, NALLength: 4})
			r.Read(sample)
			if n := len(r.Found()); n > 10 {
				t.Fatalf("%d kinds of captions", n)
			}
		}
	})
}
