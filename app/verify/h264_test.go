package verify

import (
	"bytes"
	"testing"
)

// The same picture as three containers carry it.
var (
	sps   = []byte{0x67, 0x64, 0x00, 0x1F}
	pps   = []byte{0x68, 0xEE, 0x3C}
	sei   = []byte{0x06, 0x05, 0x01, 0xAA, 0x80}
	slice = []byte{0x65, 0x88, 0x84, 0x00, 0x00, 0x03, 0x01, 0x80}
)

func join(code func(unit []byte) []byte, units ...[]byte) []byte {
	var out []byte
	for _, u := range units {
		out = append(append(out, code(u)...), u...)
	}
	return out
}

func length(bytes int) func(u []byte) []byte {
	return func(u []byte) []byte { return append(make([]byte, bytes-1), byte(len(u))) }
}

func start(u []byte) []byte { return []byte{0, 0, 0, 1} }

func TestAPictureIsTheSameInEveryContainer(t *testing.T) {
	want := join(func([]byte) []byte { return []byte{0, 0, 1} }, sei, slice)
	for name, c := range map[string]struct {
		data   []byte
		length int
	}{
		"lengths of four bytes":           {join(length(4), sei, slice), 4},
		"lengths of two bytes":            {join(length(2), sei, slice), 2},
		"one byte":                        {join(length(1), sei, slice), 1},
		"with parameter sets":             {join(length(4), []byte{0x09, 0xF0}, sps, pps, sei, slice), 4},
		"an empty unit":                   {append([]byte{0, 0, 0, 0}, join(length(4), sei, slice)...), 4},
		"start codes":                     {join(start, []byte{0x09, 0xF0}, sps, pps, sei, slice), 0},
		"start codes and zeros behind":    {append(join(start, sei, slice), 0, 0, 0), 0},
		"start codes of three bytes only": {want, 0},
	} {
		got, err := Picture(c.data, c.length)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
}

func TestLengthsThatLieAreErrors(t *testing.T) {
	for name, data := range map[string][]byte{
		"a unit longer than the sample": {0, 0, 0, 9, 0x65},
		"a length that is cut off":      {0, 0, 0, 1, 0x65, 0, 0},
		"the largest length":            {0xFF, 0xFF, 0xFF, 0xFF, 0x65},
	} {
		if _, err := Picture(data, 4); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
