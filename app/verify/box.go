package verify

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var errShort = errors.New("the data end inside a box")

// box is one ISO BMFF box (ISO/IEC 14496-12 §4.2).
type box struct {
	kind string // four characters; of a uuid box the 16 bytes of its type
	at   int    // offset of its header in the data that it was read from
	body []byte
}

// boxes splits data into boxes.
func boxes(data []byte) ([]box, error) {
	var out []box
	for at := 0; at < len(data); {
		b, size, err := firstBox(data[at:])
		if err != nil {
			return nil, fmt.Errorf("offset %d: %w", at, err)
		}
		b.at = at
		out = append(out, b)
		at += size
	}
	return out, nil
}

func firstBox(data []byte) (box, int, error) {
	if len(data) < 8 {
		return box{}, 0, errShort
	}
	size, head, kind := uint64(binary.BigEndian.Uint32(data)), 8, string(data[4:8])
	if size == 1 {
		if len(data) < 16 {
			return box{}, 0, errShort
		}
		size, head = binary.BigEndian.Uint64(data[8:]), 16
	}
	if kind == "uuid" {
		if len(data) < head+16 {
			return box{}, 0, errShort
		}
		kind, head = string(data[head:head+16]), head+16
	}
	if size < uint64(head) || size > uint64(len(data)) {
		return box{}, 0, fmt.Errorf("box %q of %d bytes, %d left: %w", kind, size, len(data), errShort)
	}
	return box{kind: kind, body: data[head:size]}, int(size), nil
}

// child returns the first box of a kind on a path below data.
func child(data []byte, path ...string) ([]byte, error) {
	for _, kind := range path {
		list, err := boxes(data)
		if err != nil {
			return nil, err
		}
		found := false
		for _, b := range list {
			if b.kind == kind {
				data, found = b.body, true
				break
			}
		}
		if !found {
			return nil, fmt.Errorf("no box %q", kind)
		}
	}
	return data, nil
}

// fields reads numbers from the front of a box's body; after a short read it
// keeps the error and gives zeros.
type fields struct {
	data []byte
	err  error
}

func (f *fields) take(n int) []byte {
	if f.err == nil && len(f.data) >= n {
		b := f.data[:n]
		f.data = f.data[n:]
		return b
	}
	f.err = errShort
	return make([]byte, n)
}

func (f *fields) skip(n int)  { f.take(n) }
func (f *fields) u16() uint16 { return binary.BigEndian.Uint16(f.take(2)) }
func (f *fields) u32() uint32 { return binary.BigEndian.Uint32(f.take(4)) }
func (f *fields) u64() uint64 { return binary.BigEndian.Uint64(f.take(8)) }

// word reads 8 bytes in version 1 of a box and 4 in version 0.
func (f *fields) word(version uint8) int64 {
	if version == 0 {
		return int64(f.u32())
	}
	return int64(f.u64())
}

// full reads version and flags (ISO/IEC 14496-12 §4.2.2).
func (f *fields) full() (version uint8, flags uint32) {
	v := f.u32()
	return uint8(v >> 24), v & 0xFFFFFF
}
