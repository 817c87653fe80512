package verify

import (
	"errors"
	"fmt"
)

// Sizes and numbers of a transport stream (ISO/IEC 13818-1 §2.4).
const (
	syncByte   = 0x47
	packetSize = 188
	nullPID    = 0x1FFF
	typeAAC    = 0x0F
	typeH264   = 0x1B
	clock      = 90_000
)

// continuity is the last counter of every PID, kept from segment to segment.
type continuity map[int]int

// transport is a transport stream while it is being read.
type transport struct {
	counters continuity
	pmt      int         // PID
	pcr      int         // PID
	types    map[int]int // stream type of each PID
	order    []int       // elementary PIDs as the PMT lists them
	units    map[int][]pes
	clocks   int
	lastPCR  int64 // 90 kHz
}

// pes is one PES packet's payload.
type pes struct {
	pts, dts int64
	random   bool // random_access_indicator of its first packet
	data     []byte
}

// readTS reads one segment. It must begin with PAT and PMT, continue the counters
// of the segment before, carry its clock on the PID that the PMT names, put
// parameter sets before each IDR picture, a delimiter before each picture, and
// frame its audio as ADTS (RFC 8216 §3.2).
func readTS(data []byte, counters continuity) (Content, error) {
	if len(data)%packetSize != 0 {
		return Content{}, fmt.Errorf("%d bytes are no whole number of packets", len(data))
	}
	t := &transport{counters: counters, types: map[int]int{}, units: map[int][]pes{}, lastPCR: -1}
	for at := 0; at < len(data); at += packetSize {
		if err := t.packet(data[at:at+packetSize], at/packetSize); err != nil {
			return Content{}, fmt.Errorf("packet %d: %w", at/packetSize, err)
		}
	}
	if t.clocks == 0 {
		return Content{}, errors.New("no PCR")
	}
	var c Content
	for _, pid := range t.order {
		track, err := t.track(pid)
		if err != nil {
			return Content{}, fmt.Errorf("PID %d: %w", pid, err)
		}
		if len(track.Packets) > 0 {
			c.Tracks = append(c.Tracks, track)
		}
	}
	if len(c.Tracks) == 0 {
		return Content{}, errors.New("no elementary streams")
	}
	return c, nil
}

func (t *transport) packet(p []byte, number int) error {
	if p[0] != syncByte {
		return errors.New("no sync byte")
	}
	pid := int(p[1]&0x1F)<<8 | int(p[2])
	start := p[1]&0x40 != 0
	if number == 0 && pid != 0 || number == 1 && (t.pmt == 0 || pid != t.pmt) {
		return fmt.Errorf("PID %d where PAT and PMT are expected", pid)
	}
	if pid == nullPID {
		return nil
	}
	payload := p[4:]
	random := false
	if p[3]&0x20 != 0 {
		n := int(payload[0])
		if n > len(payload)-1 {
			return fmt.Errorf("an adaptation field of %d bytes", n)
		}
		if n > 0 {
			random = payload[1]&0x40 != 0
			if payload[1]&0x10 != 0 {
				if err := t.clock(pid, payload[2:]); err != nil {
					return err
				}
			}
		}
		payload = payload[1+n:]
	}
	if p[3]&0x10 == 0 {
		return nil
	}
	counter := int(p[3] & 15)
	if last, seen := t.counters[pid]; seen && counter != (last+1)&15 {
		return fmt.Errorf("the counter of PID %d goes from %d to %d", pid, last, counter)
	}
	t.counters[pid] = counter
	switch {
	case pid == 0:
		return t.readPAT(payload)
	case pid == t.pmt:
		return t.readPMT(payload)
	}
	return t.elementary(pid, start, random, payload)
}

// clock reads a PCR; they may not be more than 100 ms apart (§2.7.2).
func (t *transport) clock(pid int, b []byte) error {
	if len(b) < 6 {
		return errShort
	}
	base := int64(b[0])<<25 | int64(b[1])<<17 | int64(b[2])<<9 | int64(b[3])<<1 | int64(b[4])>>7
	if pid != t.pcr {
		return fmt.Errorf("PCR on PID %d, the PMT names %d", pid, t.pcr)
	}
	if t.lastPCR >= 0 && (base < t.lastPCR || base-t.lastPCR > clock/10) {
		return fmt.Errorf("PCR goes from %d to %d", t.lastPCR, base)
	}
	t.lastPCR = base
	t.clocks++
	return nil
}

// section returns a PSI section without its CRC, which is checked.
func section(payload []byte) ([]byte, error) {
	if len(payload) < 1 || len(payload) < 1+int(payload[0])+3 {
		return nil, errShort
	}
	s := payload[1+int(payload[0]):]
	n := 3 + (int(s[1]&15)<<8 | int(s[2]))
	if n > len(s) || n < 12 {
		return nil, errShort
	}
	if crc32MPEG(s[:n]) != 0 {
		return nil, errors.New("a PSI section with a wrong CRC")
	}
	return s[:n-4], nil
}

// crc32MPEG is the CRC of ISO/IEC 13818-1 Annex A, which is not the reflected
// one of hash/crc32.
func crc32MPEG(data []byte) uint32 {
	crc := ^uint32(0)
	for _, b := range data {
		crc ^= uint32(b) << 24
		for range 8 {
			if crc&(1<<31) != 0 {
				crc = crc<<1 ^ 0x04C11DB7
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}

func (t *transport) readPAT(payload []byte) error {
	s, err := section(payload)
	if err != nil {
		return err
	}
	for s = s[8:]; len(s) >= 4; s = s[4:] {
		if s[0]|s[1] != 0 {
			t.pmt = int(s[2]&0x1F)<<8 | int(s[3])
		}
	}
	return nil
}

func (t *transport) readPMT(payload []byte) error {
	s, err := section(payload)
	if err != nil {
		return err
	}
	t.pcr = int(s[8]&0x1F)<<8 | int(s[9])
	info := int(s[10]&15)<<8 | int(s[11])
	if len(s) < 12+info {
		return errShort
	}
	t.order = t.order[:0]
	for s = s[12+info:]; len(s) >= 5; {
		pid := int(s[1]&0x1F)<<8 | int(s[2])
		t.types[pid] = int(s[0])
		t.order = append(t.order, pid)
		skip := 5 + (int(s[3]&15)<<8 | int(s[4]))
		if skip > len(s) {
			return errShort
		}
		s = s[skip:]
	}
	return nil
}

// elementary collects PES packets (§2.4.3.6).
func (t *transport) elementary(pid int, start, random bool, payload []byte) error {
	if _, known := t.types[pid]; !known {
		return fmt.Errorf("PID %d is not in the PMT", pid)
	}
	list := t.units[pid]
	if !start {
		if len(list) == 0 {
			return fmt.Errorf("PID %d begins inside a PES packet", pid)
		}
		list[len(list)-1].data = append(list[len(list)-1].data, payload...)
		return nil
	}
	if len(payload) < 14 || payload[0] != 0 || payload[1] != 0 || payload[2] != 1 {
		return errors.New("no PES start code")
	}
	head := 9 + int(payload[8])
	if len(payload) < head || payload[7]&0x80 == 0 {
		return errors.New("a PES packet without PTS")
	}
	unit := pes{pts: stamp(payload[9:]), random: random}
	unit.dts = unit.pts
	if payload[7]&0x40 != 0 {
		if len(payload) < 19 {
			return errShort
		}
		unit.dts = stamp(payload[14:])
	}
	if unit.pts < unit.dts {
		return fmt.Errorf("PTS %d is before DTS %d", unit.pts, unit.dts)
	}
	if t.lastPCR >= 0 && unit.dts < t.lastPCR {
		return fmt.Errorf("DTS %d is before the clock, %d", unit.dts, t.lastPCR)
	}
	if len(list) > 0 && unit.dts <= list[len(list)-1].dts {
		return fmt.Errorf("DTS goes from %d to %d", list[len(list)-1].dts, unit.dts)
	}
	unit.data = append(unit.data, payload[head:]...)
	t.units[pid] = append(list, unit)
	return nil
}

func stamp(b []byte) int64 {
	return int64(b[0]>>1&7)<<30 | int64(b[1])<<22 | int64(b[2]>>1)<<15 | int64(b[3])<<7 | int64(b[4]>>1)
}

func (t *transport) track(pid int) (Track, error) {
	switch t.types[pid] {
	case typeH264:
		return pictures(t.units[pid])
	case typeAAC:
		return sounds(t.units[pid])
	}
	return Track{}, fmt.Errorf("stream type %#x", t.types[pid])
}

func pictures(units []pes) (Track, error) {
	track := Track{Kind: Video, Timescale: clock}
	for i, u := range units {
		list := annexB(u.data)
		if len(list) == 0 || unitType(list[0]) != nalDelimiter {
			return track, fmt.Errorf("picture %d does not begin with a delimiter", i)
		}
		sets, key := 0, false
		for _, n := range list {
			switch unitType(n) {
			case nalSPS, nalPPS:
				sets |= 1 << (unitType(n) - nalSPS)
			case nalIDR:
				if key = true; sets != 3 {
					return track, fmt.Errorf("picture %d is an IDR picture without parameter sets", i)
				}
			}
		}
		if i == 0 && !(key && u.random) {
			return track, errors.New("the first picture is no random access point")
		}
		track.Packets = append(track.Packets, Packet{PTS: u.pts, DTS: u.dts, Key: key, Data: u.data})
	}
	return track, nil
}

func sounds(units []pes) (Track, error) {
	track := Track{Kind: Audio, Timescale: clock}
	for _, u := range units {
		list, err := adtsFrames(u.data)
		if err != nil {
			return track, err
		}
		for i, f := range list {
			at := u.pts + int64(i)*aacSamples*clock/int64(f.rate)
			track.Packets = append(track.Packets, Packet{PTS: at, DTS: at, Key: true, Data: f.data})
		}
	}
	return track, nil
}
