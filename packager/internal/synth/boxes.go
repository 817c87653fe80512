package synth

import (
	"encoding/binary"
	"slices"
)

// Box returns a box around the given pieces of payload.
func Box(kind string, payload ...[]byte) []byte {
	b := append(make([]byte, 4), kind...)
	for _, p := range payload {
		b = append(b, p...)
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b
}

// U32 returns values as big-endian 32-bit numbers.
func U32(values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

// U64 returns values as big-endian 64-bit numbers.
func U64(values ...uint64) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint64(b, v)
	}
	return b
}

func zeros(n int) []byte { return make([]byte, n) }

var matrix = U32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)

// moov writes the movie box with the chunk positions of every track.
func (f *File) moov(chunks [][]chunk, wide bool) []byte {
	scale := f.Timescale
	children := [][]byte{Box("mvhd", U32(0, 0, 0, scale, uint32(f.duration())), U32(0x10000), zeros(12), matrix, zeros(24), U32(uint32(len(f.Tracks)+1)))}
	for i := range f.Tracks {
		children = append(children, f.trak(&f.Tracks[i], chunks[i], wide))
	}
	return f.container("moov", append(children, f.InMoov)...)
}

func (f *File) container(kind string, children ...[]byte) []byte {
	if f.Reversed {
		slices.Reverse(children)
	}
	return Box(kind, children...)
}

// duration is that of the longest track in the movie timescale.
func (f *File) duration() uint64 {
	longest := uint64(0)
	for i := range f.Tracks {
		t := &f.Tracks[i]
		longest = max(longest, t.duration()*uint64(f.Timescale)/uint64(max(t.Timescale, 1)))
	}
	return longest
}

func (t *Track) duration() uint64 {
	d := uint64(0)
	for _, s := range t.Samples {
		d += uint64(s.Duration)
	}
	return d
}

// box is Box, or what Replace has for it.
func (t *Track) box(kind string, payload ...[]byte) []byte {
	if p, ok := t.Replace[kind]; ok {
		if p == nil {
			return nil
		}
		return Box(kind, p)
	}
	return Box(kind, payload...)
}

func (f *File) trak(t *Track, chunks []chunk, wide bool) []byte {
	var tkhd, mdhd []byte
	length := t.duration()
	if t.Wide {
		tkhd = slices.Concat(U32(1<<24|7), U64(0, 0), U32(t.ID, 0), U64(f.duration()))
		mdhd = slices.Concat(U32(1<<24), U64(0, 0), U32(t.Timescale), U64(length))
	} else {
		tkhd = U32(7, 0, 0, t.ID, 0, uint32(f.duration()))
		mdhd = U32(0, 0, 0, t.Timescale, uint32(length))
	}
	packed := uint16(0)
	for _, c := range []byte((t.Language + "und")[:3]) {
		packed = packed<<5 | uint16(c-0x60)
	}
	mdia := [][]byte{
		t.box("mdhd", mdhd, binary.BigEndian.AppendUint16(nil, packed), zeros(2)),
		t.box("hdlr", U32(0, 0), []byte(t.Handler), zeros(13)),
	}
	if t.Extended != "" {
		mdia = append(mdia, t.box("elng", U32(0), []byte(t.Extended), zeros(1)))
	}
	header := Box("vmhd", U32(1, 0, 0))
	if t.Handler == "soun" {
		header = Box("smhd", U32(0, 0))
	}
	dinf := f.container("dinf", Box("dref", U32(0, 1), Box("url ", U32(1))))
	minf := f.container("minf", header, dinf, f.container("stbl", t.tables(chunks, wide)...))
	children := [][]byte{t.box("tkhd", tkhd, zeros(16), matrix, zeros(8))}
	if len(t.Edits) > 0 || t.Replace["elst"] != nil {
		children = append(children, f.container("edts", t.elst()))
	}
	children = append(children, f.container("mdia", append(mdia, minf)...))
	return f.container("trak", children...)
}

func (t *Track) elst() []byte {
	version := uint32(0)
	var b []byte
	for _, e := range t.Edits {
		if t.Wide {
			version = 1
			b = append(b, U64(uint64(e.Duration), uint64(e.MediaTime))...)
		} else {
			b = append(b, U32(uint32(e.Duration), uint32(e.MediaTime))...)
		}
		b = append(b, U32(0x10000)...)
	}
	return t.box("elst", U32(version<<24, uint32(len(t.Edits))), b)
}

// tables writes the children of stbl.
func (t *Track) tables(chunks []chunk, wide bool) [][]byte {
	boxes := [][]byte{t.box("stsd", U32(0, 1), t.Entry), t.stts()}
	if b := t.ctts(); b != nil {
		boxes = append(boxes, b)
	}
	if b := t.stss(); b != nil {
		boxes = append(boxes, b)
	}
	return append(boxes, t.stsc(chunks), t.sizes(), t.offsets(chunks, wide))
}

// runs counts equal neighbours of a column.
func (t *Track) runs(value func(Sample) uint32) (table []byte, entries uint32) {
	for i := 0; i < len(t.Samples); {
		j, v := i, value(t.Samples[i])
		for j < len(t.Samples) && value(t.Samples[j]) == v {
			j++
		}
		table = append(table, U32(uint32(j-i), v)...)
		entries++
		i = j
	}
	return table, entries
}

func (t *Track) stts() []byte {
	table, n := t.runs(func(s Sample) uint32 { return s.Duration })
	return t.box("stts", U32(0, n), table)
}

func (t *Track) ctts() []byte {
	if _, replaced := t.Replace["ctts"]; !replaced && !slices.ContainsFunc(t.Samples, func(s Sample) bool { return s.Offset != 0 }) {
		return nil
	}
	table, n := t.runs(func(s Sample) uint32 { return uint32(s.Offset) })
	version := uint32(0)
	if t.Signed {
		version = 1 << 24
	}
	return t.box("ctts", U32(version, n), table)
}

func (t *Track) stss() []byte {
	var list []uint32
	for i, s := range t.Samples {
		if s.Sync {
			list = append(list, uint32(i+1))
		}
	}
	if _, replaced := t.Replace["stss"]; !replaced && len(list) == len(t.Samples) && !t.EverySync {
		return nil
	}
	return t.box("stss", U32(0, uint32(len(list))), U32(list...))
}

func (t *Track) stsc(chunks []chunk) []byte {
	var table []byte
	entries, last := uint32(0), -1
	for i, c := range chunks {
		if c.count != last {
			table = append(table, U32(uint32(i+1), uint32(c.count), 1)...)
			entries, last = entries+1, c.count
		}
	}
	return t.box("stsc", U32(0, entries), table)
}

func (t *Track) sizes() []byte {
	n := uint32(len(t.Samples))
	switch t.SizeBits {
	case 4:
		table := make([]byte, (len(t.Samples)+1)/2)
		for i, s := range t.Samples {
			table[i/2] |= byte(s.Size&15) << (4 - 4*(i%2))
		}
		return t.box("stz2", U32(0, 4, n), table)
	case 8:
		var table []byte
		for _, s := range t.Samples {
			table = append(table, byte(s.Size))
		}
		return t.box("stz2", U32(0, 8, n), table)
	case 16:
		var table []byte
		for _, s := range t.Samples {
			table = binary.BigEndian.AppendUint16(table, uint16(s.Size))
		}
		return t.box("stz2", U32(0, 16, n), table)
	}
	if n > 0 && !t.SizeTable && t.Samples[0].Size != 0 && !slices.ContainsFunc(t.Samples, func(s Sample) bool { return s.Size != t.Samples[0].Size }) {
		return t.box("stsz", U32(0, uint32(t.Samples[0].Size), n))
	}
	var table []byte
	for _, s := range t.Samples {
		table = append(table, U32(uint32(s.Size))...)
	}
	return t.box("stsz", U32(0, 0, n), table)
}

func (t *Track) offsets(chunks []chunk, wide bool) []byte {
	var table []byte
	for _, c := range chunks {
		if wide {
			table = append(table, U64(uint64(c.position))...)
		} else {
			table = append(table, U32(uint32(c.position))...)
		}
	}
	if wide {
		return t.box("co64", U32(0, uint32(len(chunks))), table)
	}
	return t.box("stco", U32(0, uint32(len(chunks))), table)
}
