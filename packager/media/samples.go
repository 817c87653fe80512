package media

import (
	"math"
	"slices"
)

// Sample is one sample of a track as a muxer sees it.
type Sample struct {
	Position    int64 // first byte in the source
	Size        int   // bytes
	Decode      int64 // decode time, track timescale
	Duration    int64 // track timescale
	Composition int64 // composition time (Decode + offset), track timescale
	Sync        bool  // a random access point
}

// Samples is the index of one track: where its samples lie in one source,
// how large they are and when they are decoded and shown. It is the same for
// progressive and fragmented sources. Build it with an IndexBuilder.
type Samples struct {
	size   Column // bytes
	decode Column // Count()+1 values: the last is the end of the track
	offset Column // composition offset; empty when all are 0

	// Stretches of at most maxRun samples that lie one behind the other.
	runFirst    Column // first sample of the run
	runPosition Column // its byte position

	sync []uint32 // sync samples in order; nil: every sample is one

	minOffset int64
	end       int64
	bytes     int64
}

// maxRun bounds the sizes that have to be added up to find one sample.
const maxRun = 64

// Count returns the number of samples.
func (s *Samples) Count() int { return s.size.Len() }

// Bytes returns the sum of all sample sizes.
func (s *Samples) Bytes() int64 { return s.bytes }

// Decode returns the decode time of sample i, or the end of the track for
// i = Count(), in the track's timescale.
func (s *Samples) Decode(i int) int64 { return s.decode.At(i) }

// Composition returns the composition time of sample i in the track's timescale.
func (s *Samples) Composition(i int) int64 {
	t := s.decode.At(i)
	if s.offset.n != 0 {
		t += s.offset.At(i)
	}
	return t
}

// End returns the composition time at which what is shown last ends, in the
// track's timescale.
func (s *Samples) End() int64 { return s.end }

// maxReorder is how many samples from the end what is shown last may lie.
const maxReorder = 64

// shownEnd finds End. How long a picture is shown that is not decoded last no
// table says: as long as the one before it.
func (s *Samples) shownEnd() int64 {
	n := s.Count()
	switch {
	case s.decode.Len() <= n: // an index without times
		return 0
	case s.offset.Len() == 0:
		return s.decode.At(n)
	}
	last, largest, second := 0, int64(math.MinInt64), int64(math.MinInt64)
	for i := max(0, n-maxReorder); i < n; i++ {
		switch c := s.Composition(i); {
		case c > largest:
			last, largest, second = i, c, largest
		case c < largest && c > second:
			second = c
		}
	}
	if last == n-1 || second == math.MinInt64 {
		return largest + s.decode.At(last+1) - s.decode.At(last)
	}
	return largest + largest - second
}

// Leading returns the index behind sync sample i and its leading pictures: those of
// an open GOP, which follow it and are shown before it.
func (s *Samples) Leading(i int) int {
	key := s.Composition(i)
	for i++; i < s.Count() && s.Composition(i) < key; i++ {
	}
	return i
}

// MinOffset returns the smallest composition offset of the track: what a
// decoder that must not show before it decodes has to be ahead by.
func (s *Samples) MinOffset() int64 { return s.minOffset }

// Size returns the size of sample i in bytes.
func (s *Samples) Size(i int) int { return int(s.size.At(i)) }

// Sync returns the indices of the sync samples in order, or nil when every
// sample is one. The caller must not change it.
func (s *Samples) Sync() []uint32 { return s.sync }

// Memory returns the bytes that the index holds.
func (s *Samples) Memory() int {
	return s.size.Bytes() + s.decode.Bytes() + s.offset.Bytes() + s.runFirst.Bytes() + s.runPosition.Bytes() + 4*len(s.sync)
}

// Append appends samples [from, to) to dst.
func (s *Samples) Append(dst []Sample, from, to int) []Sample {
	if from >= to {
		return dst
	}
	run := s.runFirst.Search(int64(from)) - 1
	pos, next := s.runPosition.At(run), to
	for i := int(s.runFirst.At(run)); i < from; i++ {
		pos += s.size.At(i)
	}
	if run+1 < s.runFirst.n {
		next = int(s.runFirst.At(run + 1))
	}
	k := s.syncAt(from)
	t := s.decode.At(from)
	for i := from; i < to; i++ {
		if i == next {
			run++
			pos, next = s.runPosition.At(run), to
			if run+1 < s.runFirst.n {
				next = int(s.runFirst.At(run + 1))
			}
		}
		end := s.decode.At(i + 1)
		x := Sample{Position: pos, Size: int(s.size.At(i)), Decode: t, Duration: end - t, Composition: t, Sync: s.sync == nil}
		if s.offset.n != 0 {
			x.Composition += s.offset.At(i)
		}
		if k < len(s.sync) && int(s.sync[k]) == i {
			x.Sync = true
			k++
		}
		dst = append(dst, x)
		pos += int64(x.Size)
		t = end
	}
	return dst
}

// Equal says whether two indices describe the same samples: sizes, times and
// sync samples. Where they lie does not matter.
func (s *Samples) Equal(o *Samples) bool {
	return s.bytes == o.bytes && s.size.Equal(&o.size) && s.decode.Equal(&o.decode) && s.offset.Equal(&o.offset) && slices.Equal(s.sync, o.sync)
}

// syncAt returns the place in sync of the first sync sample at or after i.
func (s *Samples) syncAt(i int) int {
	lo, hi := 0, len(s.sync)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if int(s.sync[mid]) < i {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// SyncAtOrBefore returns the last sync sample at or before i, or the first
// one when there is none before; 0 when every sample is one.
func (s *Samples) SyncAtOrBefore(i int) int {
	if s.sync == nil {
		return i
	}
	k := s.syncAt(i+1) - 1
	if k < 0 {
		k = 0
	}
	if k >= len(s.sync) {
		return 0
	}
	return int(s.sync[k])
}

// RangeBytes returns the sum of the sizes of samples [from, to).
func (s *Samples) RangeBytes(from, to int) int64 {
	var n int64
	for i := from; i < to; i++ {
		n += s.size.At(i)
	}
	return n
}

// IndexBuilder collects the columns of a Samples. Sizes, decode times,
// offsets and runs are independent: each is appended in its own order.
type IndexBuilder struct {
	size, decode, offset  *Packer
	runFirst, runPosition *Packer
	sync                  []uint32
	bytes, minOffset      int64
}

// NewIndexBuilder returns a builder for about n samples.
func NewIndexBuilder(n int) *IndexBuilder {
	return &IndexBuilder{
		size: NewPacker(1, n), decode: NewPacker(1, n+1), offset: NewPacker(0, n),
		runFirst: NewPacker(1, n/2), runPosition: NewPacker(1, n/2),
	}
}

// Size appends the size of the next sample in bytes.
func (b *IndexBuilder) Size(n int64) { b.size.Append(n); b.bytes += n }

// Decode appends the decode time of the next sample; once more at the end for
// the end of the last one.
func (b *IndexBuilder) Decode(t int64) { b.decode.Append(t) }

// Decodes appends the decode times of n samples that all last equally long.
func (b *IndexBuilder) Decodes(t, duration int64, n int) { b.decode.Line(t, duration, n) }

// Offset appends the composition offset of the next sample: of every sample,
// or of none.
func (b *IndexBuilder) Offset(o int64) {
	if b.offset.Len() == 0 || o < b.minOffset {
		b.minOffset = o
	}
	b.offset.Append(o)
}

// Offsets returns the number of composition offsets appended so far.
func (b *IndexBuilder) Offsets() int { return b.offset.Len() }

// Run says that the samples from first on lie one behind the other from the
// byte position on. Long stretches must be given in runs of at most 64
// samples (RunLength).
func (b *IndexBuilder) Run(first int, position int64) {
	b.runFirst.Append(int64(first))
	b.runPosition.Append(position)
}

// RunLength is the largest number of samples in a run.
const RunLength = maxRun

// Sync gives the indices of the sync samples; without it every sample is one.
func (b *IndexBuilder) Sync(s []uint32) { b.sync = s }

// Samples ends the building.
func (b *IndexBuilder) Samples() *Samples {
	s := &Samples{
		size: b.size.Column(), decode: b.decode.Column(),
		runFirst: b.runFirst.Column(), runPosition: b.runPosition.Column(),
		sync: b.sync, minOffset: b.minOffset, bytes: b.bytes,
	}
	if offset := b.offset.Column(); offset.unit != 0 { // not all are 0
		s.offset = offset
	}
	s.end = s.shownEnd()
	return s
}
