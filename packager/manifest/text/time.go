package text

import (
	"strconv"

	"manifold/packager/media"
)

// AppendDecimal appends ticks as seconds with the given number of decimals
// (1 to 7), rounded half up.
func AppendDecimal(dst []byte, ticks int64, decimals int) []byte {
	unit := int64(1)
	for range decimals {
		unit *= 10
	}
	v := media.RescaleRound(ticks, unit, media.TicksPerSecond)
	dst = strconv.AppendInt(dst, v/unit, 10)
	dst = append(dst, '.')
	return appendPadded(dst, v%unit, decimals)
}

func appendPadded(dst []byte, v int64, width int) []byte {
	at := len(dst)
	for range width {
		dst = append(dst, '0')
	}
	for i := at + width - 1; v > 0 && i >= at; i-- {
		dst[i] = byte('0' + v%10)
		v /= 10
	}
	return dst
}

// CeilSeconds returns the whole seconds that ticks fit in.
func CeilSeconds(ticks int64) int64 {
	return (ticks + media.TicksPerSecond - 1) / media.TicksPerSecond
}
