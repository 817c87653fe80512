package ts

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"

	"manifold/packager/media"
)

const (
	packetSize = 188
	pidPMT     = 0x0100
	pidVideo   = 0x0101
	pidAudio   = 0x0102
)

// appendTables appends the packets of PAT and PMT (§2.4.4) with the continuity
// counter of the segment's number.
func appendTables(dst []byte, streams []*stream, number int) []byte {
	dst = appendSection(dst, 0, 0x00, number, func(b []byte) []byte {
		return append(b, 0, 1, 0xE0|pidPMT>>8, pidPMT&0xFF) // program 1
	})
	return appendSection(dst, pidPMT, 0x02, number, func(b []byte) []byte {
		pcr := streams[0].pid
		b = append(b, 0xE0|byte(pcr>>8), byte(pcr), 0xF0, 0)
		for _, s := range streams {
			b = append(b, s.carriage.StreamType, 0xE0|byte(s.pid>>8), byte(s.pid))
			d := languageDescriptor(s.Track)
			b = append(b, 0xF0, byte(len(d)+len(s.carriage.Descriptors)))
			b = append(b, d...)
			b = append(b, s.carriage.Descriptors...)
		}
		return b
	})
}

// languageDescriptor is the ISO_639_language_descriptor (§2.6.18) of audio
// with a known three-letter code.
func languageDescriptor(t *media.Track) []byte {
	if t.Kind != media.Audio || len(t.Language) != 3 || t.Language == "und" {
		return nil
	}
	return append([]byte{0x0A, 4}, t.Language[0], t.Language[1], t.Language[2], 0)
}

// appendSection appends a packet with one section.
func appendSection(dst []byte, pid uint16, table byte, counter int, body func([]byte) []byte) []byte {
	at := len(dst)
	dst = append(dst, 0x47, 0x40|byte(pid>>8), byte(pid), 0x10|byte(counter&15), 0) // pointer field
	section := len(dst)
	dst = append(dst, table, 0xB0, 0, 0, 1, 0xC1, 0, 0) // id 1, version 0, current, section 0 of 0
	dst = body(dst)
	binary.BigEndian.PutUint16(dst[section+1:], 0xB000|uint16(len(dst)-section-3+4))
	dst = binary.BigEndian.AppendUint32(dst, checksum(dst[section:]))
	for len(dst)-at < packetSize {
		dst = append(dst, 0xFF)
	}
	return dst
}

// checksum is the CRC_32 of annex A: the polynomial of IEEE 802.3, most
// significant bit first. hash/crc32 works the other way round, so bytes and
// result are mirrored.
func checksum(b []byte) uint32 {
	mirrored := make([]byte, len(b))
	for i, c := range b {
		mirrored[i] = bits.Reverse8(c)
	}
	return bits.Reverse32(^crc32.ChecksumIEEE(mirrored))
}
