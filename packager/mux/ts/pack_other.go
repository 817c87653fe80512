//go:build !amd64 || purego

package ts

import "encoding/binary"

// pack fills dst with packets of payload alone, at least one: a header, in whose last
// four bits the counter counts on from count, and the next bytes of src.
func pack(dst, src []byte, header, count uint32) {
	for ; len(dst) > 0; count++ {
		binary.BigEndian.PutUint32(dst, header|count&15)
		copy(dst[4:packetSize], src)
		dst, src = dst[packetSize:], src[payload:]
	}
}
