package media

import (
	"math/bits"
	"slices"
	"sync"
)

// A Column is an immutable sequence of integers packed for random access: in
// blocks of 256 values, each block a straight line plus residuals of as few
// bits as its largest needs. Constant and evenly rising sequences (frame
// durations, decode times at a constant rate) take no bits at all, sample
// sizes and offsets two to three bytes: an hour of video and audio stays
// under a megabyte. The zero Column is empty.
type Column struct {
	n      int
	unit   int64 // every value is a multiple of unit
	blocks []block
	words  [][]uint64 // residuals, bit-packed, least significant bit first; all but the last chunkSize long
}

const (
	blockBits = 8
	blockSize = 1 << blockBits

	chunkBits = 12
	chunkSize = 1 << chunkBits
)

type block struct {
	base  int64 // in units
	slope int64 // in units per value
	bit   uint32
	width uint32
}

// Len returns the number of values.
func (c *Column) Len() int { return c.n }

// At returns value i, 0 ≤ i < Len.
func (c *Column) At(i int) int64 {
	b := &c.blocks[i>>blockBits]
	j := uint64(i & (blockSize - 1))
	v := b.base + b.slope*int64(j)
	if b.width != 0 {
		bit := uint64(b.bit) + j*uint64(b.width)
		w, s := bit>>6, bit&63
		r := c.words[w>>chunkBits][w%chunkSize] >> s
		if s+uint64(b.width) > 64 {
			w++
			r |= c.words[w>>chunkBits][w%chunkSize] << (64 - s)
		}
		v += int64(r & (1<<b.width - 1))
	}
	return v * c.unit
}

// Search returns the smallest i in [0, Len) with At(i) > v, or Len: the
// values must not fall.
func (c *Column) Search(v int64) int {
	lo, hi := 0, c.n
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if c.At(mid) > v {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

// Bytes returns the memory that the column holds.
func (c *Column) Bytes() int {
	n := len(c.blocks)*24 + len(c.words)*24
	for _, w := range c.words {
		n += len(w) * 8
	}
	return n
}

// A Packer builds a Column from values appended in order.
type Packer struct {
	col  Column
	find bool // the unit is still sought; 0 while all values are
	buf  [blockSize]int64
	fill int
	bit  uint64

	full []*chunk // words that are complete
	n    int      // of the last chunk
	last uint64   // the word under way
}

// chunk is some words of a column: what grows in one piece is copied again and
// again, to fresh memory each time.
type chunk [chunkSize]uint64

var chunks = sync.Pool{New: func() any { return new(chunk) }}

// NewPacker returns a packer for values that are all multiples of unit, with room
// for about n of them. Unit 0 stands for their greatest common divisor: offsets are
// multiples of a frame, and take a bit or two then.
func NewPacker(unit int64, n int) *Packer {
	n = min(n, 1<<20)
	return &Packer{col: Column{unit: unit, blocks: make([]block, 0, n>>blockBits+1)}, find: unit == 0}
}

// Append adds one value.
func (p *Packer) Append(v int64) {
	p.buf[p.fill] = v
	if p.fill++; p.fill == blockSize {
		p.flush()
	}
}

// Line adds n values, each by step larger than the one before it.
func (p *Packer) Line(v, step int64, n int) {
	for ; n > 0; n-- {
		if p.fill == 0 && n >= blockSize && step >= 0 && p.col.unit == 1 && !p.find {
			p.col.blocks = append(p.col.blocks, block{base: v, slope: step, bit: uint32(p.bit)})
			p.col.n += blockSize
			v, n = v+step*blockSize, n-blockSize+1
			continue
		}
		p.Append(v)
		v += step
	}
}

// Len returns the number of values appended so far.
func (p *Packer) Len() int { return p.col.n + p.fill }

// Column ends the building and returns the column.
func (p *Packer) Column() Column {
	p.flush()
	return p.packed()
}

// packed ends the building with what is packed so far.
func (p *Packer) packed() Column {
	if p.bit%64 > 0 {
		p.word(p.last)
	}
	// no more than it takes: a column lives as long as its asset
	c := p.col
	c.blocks = append(make([]block, 0, len(c.blocks)), c.blocks...)
	c.words = make([][]uint64, len(p.full))
	for i, x := range p.full {
		c.words[i] = x[:]
	}
	if k := len(p.full) - 1; k >= 0 && p.n < chunkSize {
		c.words[k] = append(make([]uint64, 0, p.n), p.full[k][:p.n]...)
		chunks.Put(p.full[k])
	}
	p.full = nil
	return c
}

// settle finds the unit anew with the values that wait, and packs those before
// them again where it is no longer theirs.
func (p *Packer) settle() {
	unit := p.col.unit
	for _, v := range p.buf[:p.fill] {
		if unit == 1 {
			break
		}
		unit = gcd(max(v, -v), unit)
	}
	if unit < 0 { // of −2^63, which has no opposite
		unit = 1
	}
	if old := p.col.unit; old == 0 || old == unit {
		p.col.unit = unit // zeros are multiples of all
		return
	}
	before := p.packed()
	q := NewPacker(unit, before.n)
	for i := range before.n {
		q.Append(before.At(i))
	}
	q.find, q.buf, q.fill = true, p.buf, p.fill
	*p = *q
}

func (p *Packer) flush() {
	if p.fill == 0 {
		return
	}
	if p.find && p.col.unit != 1 {
		p.settle()
	}
	v := p.buf[:p.fill]
	if p.col.unit > 1 {
		for i := range v {
			v[i] /= p.col.unit
		}
	}
	b := block{bit: uint32(p.bit)}
	rising := true
	for i := 1; i < len(v); i++ {
		if v[i] < v[i-1] {
			rising = false
			break
		}
	}
	if rising && len(v) > 1 {
		b.slope = (v[len(v)-1] - v[0]) / int64(len(v)-1)
	}
	lo, hi := v[0], v[0]
	for i := range v {
		v[i] -= b.slope * int64(i)
		lo, hi = min(lo, v[i]), max(hi, v[i])
	}
	b.base, b.width = lo, uint32(bits.Len64(uint64(hi-lo)))
	if b.width != 0 {
		p.pack(v, lo, uint64(b.width))
	}
	p.col.blocks = append(p.col.blocks, b)
	p.col.n += len(v)
	p.fill = 0
}

// pack appends how far values lie above lo, width bits each.
func (p *Packer) pack(v []int64, lo int64, width uint64) {
	last, used := p.last, p.bit%64
	for _, x := range v {
		r := uint64(x - lo)
		last |= r << used
		if used += width; used >= 64 {
			p.word(last)
			used -= 64
			last = r >> (width - used)
		}
	}
	p.last, p.bit = last, p.bit+uint64(len(v))*width
}

// word appends a word that is complete.
func (p *Packer) word(w uint64) {
	if len(p.full) == 0 || p.n == chunkSize {
		p.full, p.n = append(p.full, chunks.Get().(*chunk)), 0
	}
	p.full[len(p.full)-1][p.n] = w
	p.n++
}

// Equal says whether two columns hold the same values, both packed with the
// same unit.
func (c *Column) Equal(o *Column) bool {
	return c.n == o.n && c.unit == o.unit && slices.Equal(c.blocks, o.blocks) && slices.EqualFunc(c.words, o.words, slices.Equal)
}
