package verify

import (
	"bytes"
	"fmt"
)

// NAL unit types (ISO/IEC 14496-10 Table 7-1).
const (
	nalIDR       = 5
	nalSPS       = 7
	nalPPS       = 8
	nalDelimiter = 9
)

// Units splits an access unit into NAL units: behind lengths of the given number
// of bytes, or behind start codes when it is 0 (ISO/IEC 14496-10 Annex B).
func Units(data []byte, length int) ([][]byte, error) {
	if length == 0 {
		return annexB(data), nil
	}
	var out [][]byte
	for len(data) > 0 {
		if len(data) < length {
			return nil, fmt.Errorf("%d bytes where a NAL unit's length is expected", len(data))
		}
		n := uint64(0)
		for _, b := range data[:length] {
			n = n<<8 | uint64(b)
		}
		if data = data[length:]; n > uint64(len(data)) {
			return nil, fmt.Errorf("a NAL unit of %d bytes, %d left", n, len(data))
		}
		if n > 0 {
			out = append(out, data[:n])
		}
		data = data[n:]
	}
	return out, nil
}

func annexB(data []byte) [][]byte {
	code := []byte{0, 0, 1}
	var out [][]byte
	begin := bytes.Index(data, code)
	for begin >= 0 {
		data = data[begin+len(code):]
		next := bytes.Index(data, code)
		unit := data
		if next >= 0 {
			unit = data[:next]
		}
		if unit = bytes.TrimRight(unit, "\x00"); len(unit) > 0 {
			out = append(out, unit)
		}
		begin = next
	}
	return out
}

// Picture returns an access unit in one form whatever carried it: its NAL units
// behind start codes, without parameter sets and delimiters, which containers add
// and drop.
func Picture(data []byte, length int) ([]byte, error) {
	units, err := Units(data, length)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(data)+16)
	for _, u := range units {
		switch unitType(u) {
		case nalSPS, nalPPS, nalDelimiter:
			continue
		}
		out = append(out, 0, 0, 1)
		out = append(out, bytes.TrimRight(u, "\x00")...)
	}
	return out, nil
}

func unitType(u []byte) int { return int(u[0] & 0x1F) }
