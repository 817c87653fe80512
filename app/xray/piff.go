package xray

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
)

// piffBox begins the box in which PIFF 1.1 describes encrypted samples (§5.3.2.1).
const piffBox = "uuid\xA2\x39\x4F\x52\x5A\x9B\x4F\x14\xA2\x44\x6C\x42\x7C\x64\x8D\xF4"

// ownKey takes the key out of the PIFF box of a fragment that names one of its own, and
// returns the fragment without it: with sizes that fit again.
func ownKey(data []byte) (rest []byte, kid string) {
	const named = 4 + 16 // algorithm, size of vectors, key
	box := bytes.Index(data, []byte(piffBox))
	if box < 4 || len(data)-box < len(piffBox)+4+named || data[box+len(piffBox)+3]&1 == 0 {
		return data, ""
	}
	flags := box + len(piffBox) + 3
	out := append(bytes.Clone(data[:flags+1]), data[flags+1+named:]...)
	out[flags] &^= 1
	shrink := func(at int) { binary.BigEndian.PutUint32(out[at:], binary.BigEndian.Uint32(out[at:])-named) }
	shrink(box - 4)
	for _, around := range []string{"traf", "moof"} {
		if at := bytes.Index(out[:box], []byte(around)); at >= 4 {
			shrink(at - 4)
		}
	}
	return out, uuid(hex.EncodeToString(data[flags+5 : flags+1+named]))
}
