package demux

import (
	"encoding/binary"
	"fmt"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// tables reads the sample tables of a track into its index.
type tables struct {
	*index
	list []box // children of stbl
}

// column is a table of fixed-size entries that is read through a buffer.
type column struct {
	f     *file
	b     box
	at    int64 // file offset of what follows buf
	left  int64 // entries not yet returned
	each  int   // bytes of an entry
	buf   []byte
	spare []byte
}

// open returns the entries of a table whose count stands skip bytes behind
// version and flags.
func (t *tables) open(kind string, skip, each int) (*column, bool, error) {
	b, ok := find(t.list, kind)
	if !ok {
		return nil, false, nil
	}
	b.path = t.trak.path + "/…/" + kind
	head := int64(4 + skip + 4)
	if b.size() < head {
		return nil, true, t.f.fault(b.path, b.start, "the box is cut off")
	}
	h, err := t.f.bytes(b.payload+4+int64(skip), 4)
	if err != nil {
		return nil, true, t.f.read(b.path, b.start, err)
	}
	n := int64(binary.BigEndian.Uint32(h))
	if n*int64(each) > b.size()-head {
		return nil, true, t.f.fault(b.path, b.start, "the table claims %d entries of %d bytes in a box of %d", n, each, b.end-b.start)
	}
	return &column{f: t.f, b: b, at: b.payload + head, left: n, each: each, spare: make([]byte, 48<<10/each*each)}, true, nil
}

// entry returns the next entry, or nil behind the last one.
func (c *column) entry() ([]byte, error) {
	if len(c.buf) == 0 {
		if err := c.fill(); err != nil || len(c.buf) == 0 {
			return nil, err
		}
	}
	e := c.buf[:c.each]
	c.buf = c.buf[c.each:]
	return e, nil
}

// fill reads the entries that follow, as many as there is room for.
func (c *column) fill() error {
	n := min(c.left*int64(c.each), int64(len(c.spare)))
	if got, err := c.f.r.ReadAt(c.spare[:n], c.at); int64(got) < n {
		return c.f.read(c.b.path, c.at, err)
	}
	c.buf, c.at, c.left = c.spare[:n], c.at+n, c.left-n/int64(c.each)
	return nil
}

// read adds the samples that the tables describe; a fragmented file has none
// there, or those of its beginning.
func (t *tables) read() error {
	sizes, err := t.sizes()
	if err != nil {
		return err
	}
	if sizes.count == 0 {
		return nil
	}
	if sizes.count > maxSamples {
		return t.f.fault(t.trak.path, t.trak.start, "the track claims %d samples, more than %d", sizes.count, maxSamples)
	}
	t.builder = media.NewIndexBuilder(int(sizes.count))
	if err := t.positions(sizes); err != nil {
		return err
	}
	if err := t.decodeTimes(sizes.count); err != nil {
		return err
	}
	if err := t.offsets(sizes.count); err != nil {
		return err
	}
	t.count = sizes.count
	return t.syncSamples()
}

// sizeTable yields the sizes of stsz or stz2 (§8.7.3).
type sizeTable struct {
	count   int64
	uniform int64
	table   *column // nil when all are uniform
	bits    int     // of an entry
	ready   []int64
	at      int // of ready: what comes next
	spare   [512]int64
	failed  error // of reading; sizes are 0 from there on
}

func (t *tables) sizes() (*sizeTable, error) {
	if b, ok := find(t.list, "stsz"); ok {
		b.path = t.trak.path + "/…/stsz"
		h, err := t.f.bytes(b.payload, 12)
		if err != nil || b.size() < 12 {
			return nil, t.f.fault(b.path, b.start, "the box is cut off")
		}
		if u := int64(binary.BigEndian.Uint32(h[4:])); u != 0 {
			n := int64(binary.BigEndian.Uint32(h[8:]))
			if n > t.f.size/u {
				return nil, t.f.fault(b.path, b.start, "%d samples of %d bytes do not fit into a file of %d", n, u, t.f.size)
			}
			return &sizeTable{count: n, uniform: u}, nil
		}
		c, _, err := t.open("stsz", 4, 4)
		if err != nil {
			return nil, err
		}
		return &sizeTable{count: c.left, table: c, bits: 32}, nil
	}
	b, ok := find(t.list, "stz2")
	if !ok {
		return nil, t.f.fault(t.trak.path, t.trak.start, "the track has no stsz or stz2 box")
	}
	h, err := t.f.bytes(b.payload, 8)
	if err != nil || b.size() < 12 {
		return nil, t.f.fault(b.path, b.start, "the box is cut off")
	}
	bits := int(h[7])
	if bits != 4 && bits != 8 && bits != 16 {
		return nil, t.f.fault(b.path, b.start, "sizes of %d bits are not possible", bits)
	}
	if bits == 4 { // two a byte: opened as bytes, the count is of nibbles
		n, err := t.f.bytes(b.payload+8, 4)
		if err != nil {
			return nil, t.f.read(b.path, b.start, err)
		}
		count := int64(binary.BigEndian.Uint32(n))
		if (count+1)/2 > b.size()-12 {
			return nil, t.f.fault(b.path, b.start, "the table claims %d entries in a box of %d bytes", count, b.end-b.start)
		}
		c := &column{f: t.f, b: b, at: b.payload + 12, left: (count + 1) / 2, each: 1, spare: make([]byte, 4<<10)}
		return &sizeTable{count: count, table: c, bits: 4}, nil
	}
	c, _, err := t.open("stz2", 4, bits/8)
	if err != nil {
		return nil, err
	}
	return &sizeTable{count: c.left, table: c, bits: bits}, nil
}

// next returns the next size. There are count.
func (s *sizeTable) next() int64 {
	if s.at == len(s.ready) {
		s.fill()
	}
	s.at++
	return s.ready[s.at-1]
}

// fill makes sizes ready, at least one.
func (s *sizeTable) fill() {
	s.ready, s.at = s.spare[:], 0
	for i := 0; i < len(s.ready); i++ {
		if s.table == nil {
			s.ready[i] = s.uniform
			continue
		}
		e, err := s.table.entry()
		switch {
		case e == nil:
			s.failed = err
			s.ready = append(s.ready[:i], 0)
			return
		case s.bits == 4: // two of them
			s.ready[i], s.ready[i+1] = int64(e[0]>>4), int64(e[0]&15)
			i++
		case s.bits == 8:
			s.ready[i] = int64(e[0])
		case s.bits == 16:
			s.ready[i] = int64(binary.BigEndian.Uint16(e))
		default:
			s.ready[i] = int64(binary.BigEndian.Uint32(e))
		}
	}
}

// positions walks the chunks (stsc §8.7.4, stco and co64 §8.7.5) together
// with the sizes.
func (t *tables) positions(sizes *sizeTable) error {
	chunks, ok, err := t.open("stco", 0, 4)
	if err == nil && !ok {
		chunks, ok, err = t.open("co64", 0, 8)
	}
	if err != nil {
		return err
	}
	if !ok {
		return t.f.fault(t.trak.path, t.trak.start, "the track has no stco or co64 box")
	}
	runs, ok, err := t.open("stsc", 0, 12)
	if err != nil {
		return err
	}
	if !ok {
		return t.f.fault(t.trak.path, t.trak.start, "the track has no stsc box")
	}
	entry, err := runs.entry()
	if err != nil {
		return err
	}
	if entry == nil {
		return t.f.fault(runs.b.path, runs.b.start, "the table is empty")
	}
	first, per, description := stsc(entry)
	next, nextPer, nextDescription := int64(1)<<62, int64(0), uint32(0)
	if first != 1 {
		return t.f.fault(runs.b.path, runs.b.start, "the first entry is for chunk %d, not 1", first)
	}
	advance := func() error {
		e, err := runs.entry()
		if err != nil {
			return err
		}
		if e == nil {
			next = 1 << 62
			return nil
		}
		last := first
		if next != 1<<62 {
			last = next
		}
		if next, nextPer, nextDescription = stsc(e); next <= last {
			return t.f.fault(runs.b.path, runs.b.start, "chunk %d follows chunk %d", next, last)
		}
		return nil
	}
	if err := advance(); err != nil {
		return err
	}
	i := int64(0)
	for chunk := int64(1); i < sizes.count; chunk++ {
		e, err := chunks.entry()
		if err != nil {
			return err
		}
		if e == nil {
			return t.f.fault(chunks.b.path, chunks.b.start, "%d chunks hold %d of %d samples", chunk-1, i, sizes.count)
		}
		if chunk == next {
			first, per, description = next, nextPer, nextDescription
			if err := advance(); err != nil {
				return err
			}
		}
		if description != 1 {
			return t.f.fault(runs.b.path, runs.b.start, "chunk %d uses sample description %d, there is one", chunk, description)
		}
		var at int64
		if len(e) == 8 {
			u := binary.BigEndian.Uint64(e)
			if u > 1<<62 {
				return t.f.fault(chunks.b.path, chunks.b.start, "chunk %d lies at byte %d", chunk, u)
			}
			at = int64(u)
		} else {
			at = int64(binary.BigEndian.Uint32(e))
		}
		for k := int64(0); k < per && i < sizes.count; k++ {
			if k%media.RunLength == 0 {
				t.builder.Run(int(i), at)
			}
			n := sizes.next()
			if at+n > t.f.size {
				return &fault.Error{
					Code:   fault.InputFormatNotSupported,
					Where:  fmt.Sprintf("%s sample %d", t.where, i+1),
					What:   fmt.Sprintf("the sample should lie at bytes %d–%d, the file has %d: it is truncated", at, at+n-1, t.f.size),
					Advice: "Copy the file again from its source.",
				}
			}
			t.builder.Size(n)
			at += n
			i++
			if t.bytes += n; t.bytes > t.f.size {
				return t.overlapping()
			}
		}
		if sizes.failed != nil {
			return sizes.failed
		}
	}
	return nil
}

func stsc(e []byte) (first, per int64, description uint32) {
	return int64(binary.BigEndian.Uint32(e)), int64(binary.BigEndian.Uint32(e[4:])), binary.BigEndian.Uint32(e[8:])
}

// decodeTimes expands stts (§8.6.1.2).
func (t *tables) decodeTimes(count int64) error {
	c, ok, err := t.open("stts", 0, 8)
	if err != nil {
		return err
	}
	if !ok {
		return t.f.fault(t.trak.path, t.trak.start, "the track has no stts box")
	}
	var i int64
	for i < count {
		e, err := c.entry()
		if err != nil {
			return err
		}
		if e == nil {
			return t.f.fault(c.b.path, c.b.start, "durations for %d of %d samples", i, count)
		}
		n, d := min(int64(binary.BigEndian.Uint32(e)), count-i), int64(binary.BigEndian.Uint32(e[4:]))
		if d > maxDuration { // some writers store −1 and the like
			d = 0
		}
		t.builder.Decodes(t.end, d, int(n))
		if i += n; n > 0 {
			t.end += n * d
			t.last = t.end - d
		}
	}
	return nil
}

// ctts returns the composition offset of an entry: version 0 is unsigned by
// the standard (§8.6.1.3), but nobody means offsets of 2^31 and more.
func ctts(e []byte) (count, offset int64) {
	return int64(binary.BigEndian.Uint32(e)), int64(int32(binary.BigEndian.Uint32(e[4:])))
}

func (t *tables) offsets(count int64) error {
	c, ok, err := t.open("ctts", 0, 8)
	if err != nil || !ok {
		return err
	}
	var i int64
	for i < count {
		e, err := c.entry()
		if err != nil {
			return err
		}
		if e == nil {
			return t.f.fault(c.b.path, c.b.start, "composition offsets for %d of %d samples", i, count)
		}
		n, o := ctts(e)
		if o > t.longest() || -o > t.longest() {
			return t.f.fault(c.b.path, c.b.start, "a composition offset of %d units of the timescale is not possible", o)
		}
		n = min(n, count-i)
		for range n {
			t.builder.Offset(o)
		}
		i += n
	}
	return nil
}

// syncSamples reads stss (§8.6.2); without it every sample is a sync sample.
func (t *tables) syncSamples() error {
	c, ok, err := t.open("stss", 0, 4)
	if err != nil {
		return err
	}
	if t.some = ok; !ok {
		return nil
	}
	t.sync = make([]uint32, 0, min(c.left, 1<<16))
	for last := uint32(0); ; {
		e, err := c.entry()
		if e == nil || err != nil {
			return err
		}
		n := binary.BigEndian.Uint32(e)
		if n <= last || int64(n) > t.count {
			return t.f.fault(c.b.path, c.b.start, "sync sample %d follows %d in a track of %d samples", n, last, t.count)
		}
		t.sync, last = append(t.sync, n-1), n
	}
}
