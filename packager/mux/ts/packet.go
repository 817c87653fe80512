package ts

import (
	"context"
	"encoding/binary"
	"io"

	"manifold/packager/mux"
)

// pesHeader returns the size of the header of a PES packet (§2.4.3.6).
func pesHeader(u *unit) int {
	if u.pts != u.dts {
		return 19
	}
	return 14
}

// pcrField is the size of an adaptation field with nothing but flags and PCR.
const pcrField = 8

// packets returns how many transport packets a unit needs.
func packets(u *unit) int {
	first := packetSize - 4
	if u.pcr || u.key {
		first -= pcrField
	}
	if u.size <= first {
		return 1
	}
	return 1 + (u.size-first+packetSize-5)/(packetSize-4)
}

// writer cuts PES packets into transport packets, and hands them on in pieces.
type writer struct {
	ctx context.Context
	w   io.Writer
	buf []byte
	n   int // bytes of buf that are filled
	err error

	unit  *unit
	left  int  // bytes of the unit that are in no packet yet
	rem   int  // packets that the unit still gets
	room  int  // bytes free in the packet under way
	start bool // the next packet begins the unit
	count [2]byte
}

// begin starts a unit that is cut into n packets: as many as it needs, or more.
func (w *writer) begin(u *unit, n int) {
	w.unit, w.left, w.rem, w.start = u, u.size, n, true
	var h [19]byte
	w.write(appendPES(h[:0], u))
}

// appendPES appends the header of a PES packet.
func appendPES(dst []byte, u *unit) []byte {
	length := 0 // pictures may be of any length
	if !u.stream.video {
		length = u.size - 6
	}
	dst = append(dst, 0, 0, 1, u.stream.carriage.StreamID, byte(length>>8), byte(length), 0x84) // data_alignment_indicator
	if u.pts == u.dts {
		return appendTime(append(dst, 0x80, 5), 2, u.pts)
	}
	dst = appendTime(append(dst, 0xC0, 10), 3, u.pts)
	return appendTime(dst, 1, u.dts)
}

func appendTime(dst []byte, prefix byte, t int64) []byte {
	return append(dst, prefix<<4|byte(t>>29)&0x0E|1, byte(t>>22), byte(t>>14)|1, byte(t>>7), byte(t<<1)|1)
}

// write appends bytes of the unit.
func (w *writer) write(p []byte) {
	for len(p) > 0 && w.err == nil {
		if w.room == 0 {
			if p = w.middle(p); len(p) == 0 {
				return
			}
			w.packet()
		}
		k := copy(w.buf[w.n:w.n+w.room], p)
		w.n, w.room, p = w.n+k, w.room-k, p[k:]
	}
}

// payload is what a packet carries that has no adaptation field.
const payload = packetSize - 4

// middle writes as many packets as p fills that have no adaptation field and
// returns what is left of p.
func (w *writer) middle(p []byte) []byte {
	// after each of them every packet that follows must have a byte to carry
	n := min(len(p)/payload, (w.left-w.rem+1-payload)/(payload-1)+1)
	if w.start || w.left-w.rem+1 < payload {
		return p
	}
	s := w.unit.stream
	header := 0x47000010 | uint32(s.pid)<<8
	count := &w.count[s.pid-pidVideo]
	for n > 0 && w.err == nil {
		w.reserve()
		k := min(n, (len(w.buf)-w.n)/packetSize)
		pack(w.buf[w.n:w.n+k*packetSize], p[:k*payload], header, uint32(*count))
		*count += byte(k)
		p = p[k*payload:]
		w.n, w.left, w.rem, n = w.n+k*packetSize, w.left-k*payload, w.rem-k, n-k
	}
	return p
}

// packet begins the next transport packet of the unit (§2.4.3.2): header,
// adaptation field, and room for what is left of payload.
func (w *writer) packet() {
	w.reserve()
	b := w.buf[w.n : w.n+packetSize]
	s := w.unit.stream
	field := 0 // bytes of the adaptation field, its length byte included
	if w.start && (w.unit.pcr || w.unit.key) {
		field = pcrField
	}
	// every packet that follows must have a byte to carry
	carry := min(packetSize-4-field, w.left-(w.rem-1))
	b[0], b[1], b[2], b[3] = 0x47, byte(s.pid>>8), byte(s.pid), 0x10|w.counter(s)
	if w.start {
		b[1] |= 0x40 // payload_unit_start_indicator
	}
	w.adaptation(b, packetSize-4-carry)
	w.n += packetSize - carry
	w.room = carry
	w.left -= carry
	w.rem--
	w.start = false
}

// adaptation fills an adaptation field of size bytes: PCR and random access
// indicator at the start of a unit, then stuffing (§2.4.3.4).
func (w *writer) adaptation(b []byte, size int) {
	if size == 0 {
		return
	}
	b[3] |= 0x20
	b[4] = byte(size - 1)
	if size == 1 {
		return
	}
	flags, at := byte(0), 6
	if w.start && w.unit.key {
		flags |= 0x40
	}
	if w.start && w.unit.pcr {
		flags |= 0x10
		pcr := w.unit.clock
		b[6], b[7], b[8], b[9], b[10], b[11] = byte(pcr>>25), byte(pcr>>17), byte(pcr>>9), byte(pcr>>1), byte(pcr<<7)|0x7E, 0
		at = 12
	}
	b[5] = flags
	field := b[at : 4+size]
	for ; len(field) >= 8; field = field[8:] {
		binary.NativeEndian.PutUint64(field, ^uint64(0))
	}
	for i := range field {
		field[i] = 0xFF
	}
}

// clock writes a packet that has nothing but a PCR. It does not count: only
// packets with payload do.
func (w *writer) clock(u *unit) {
	w.reserve()
	if w.err != nil {
		return
	}
	w.unit, w.start = u, true
	b := w.buf[w.n : w.n+packetSize]
	s := u.stream
	b[0], b[1], b[2], b[3] = 0x47, byte(s.pid>>8), byte(s.pid), (w.count[s.pid-pidVideo]-1)&15
	w.adaptation(b, packetSize-4)
	w.n += packetSize
}

func (w *writer) counter(s *stream) byte {
	c := &w.count[s.pid-pidVideo]
	v := *c & 15
	*c++
	return v
}

// reserve makes room for one packet.
func (w *writer) reserve() {
	if w.n+packetSize > len(w.buf) {
		w.flush()
	}
}

func (w *writer) flush() {
	if w.err == nil {
		w.err = w.ctx.Err()
	}
	if w.err == nil && w.n > 0 {
		w.err = mux.HandOver(w.w, w.buf[:w.n])
	}
	w.n = 0
}
