package synth

import (
	"encoding/binary"
	"slices"
)

// Fragments describes how a file is cut into movie fragments (ISO/IEC 14496-12
// §8.8). The first track is cut at its key frames, or every 50 samples where
// all are, the others at the same times. The zero values are what CMAF asks
// for: default-base-is-moof, tfdt of version 1, every value in trun.
type Fragments struct {
	InMoov   int  // so many fragments are in the tables of moov instead
	Separate bool // one moof for each track
	Base     Base
	Runs     int    // trun boxes of a track in a fragment; 0 is 1
	Defaults string // box ("tfhd", "trex") of values that all samples share
	Time     Time
	Length   bool // mehd says how long the movie is

	Before []byte // boxes in front of every moof
	After  []byte // boxes at the end of the file

	// Trafs, if not nil, may change the boxes in a traf: k is the fragment.
	Trafs func(k, track int, boxes [][]byte) [][]byte
}

// Base is what the data offsets of a fragment count from.
type Base int

// The bases: the beginning of moof, a place in the file, or the rule for files
// that say nothing: the first track counts from moof, the others follow it.
const (
	MoofBase Base = iota
	AbsoluteBase
	ImplicitBase
)

// Time is how fragments state their time.
type Time int

// tfdt with 64 or 32 bits, Smooth Streaming's box, or nothing.
const (
	Tfdt64 Time = iota
	Tfdt32
	Tfxd
	Untimed
)

// TfxdType is the extended type of the box of Smooth Streaming.
var TfxdType = Hex("6D1D9B0542D544E680E2141DAFF757B2")

// fragmented lays the file out and returns where the samples are.
func (m *Movie) fragmented(f *File) [][]chunk {
	x, cuts := f.Fragments, f.cuts()
	head := *f
	head.Tracks = slices.Clone(f.Tracks)
	chunks := make([][]chunk, len(f.Tracks))
	for i := range head.Tracks {
		t := &head.Tracks[i]
		if t.Samples = t.Samples[:cuts[x.InMoov][i]]; len(t.Samples) > 0 {
			chunks[i] = head.chunks(t)
		}
	}
	head.InMoov = slices.Concat(f.InMoov, f.mvex())
	m.lay(&head, chunks, f.CO64)
	if x.InMoov == 0 { // nothing but the header of an empty mdat
		m.pieces = m.pieces[:len(m.pieces)-1]
		m.size -= 8
	}
	sequence := uint32(0)
	for k := x.InMoov; k < len(cuts)-1; k++ {
		for _, group := range f.groups() {
			sequence++
			m.fragment(f, sequence, k, group, cuts, chunks)
		}
	}
	m.add(x.After)
	return chunks
}

// groups are the tracks of every moof.
func (f *File) groups() (list [][]int) {
	for i := range f.Tracks {
		if i == 0 || f.Fragments.Separate {
			list = append(list, nil)
		}
		list[len(list)-1] = append(list[len(list)-1], i)
	}
	return list
}

// cuts returns the first sample of every fragment in every track and, last,
// the numbers of samples.
func (f *File) cuts() [][]int {
	lead := &f.Tracks[0]
	every := !slices.ContainsFunc(lead.Samples, func(s Sample) bool { return !s.Sync })
	var list [][]int
	next := make([]int, len(f.Tracks))
	at := make([]uint64, len(f.Tracks)) // decode time of sample next
	time := uint64(0)
	for i, s := range lead.Samples {
		if i == 0 || !every && s.Sync || every && i%50 == 0 {
			row := make([]int, len(f.Tracks))
			for j := range f.Tracks {
				t := &f.Tracks[j]
				for next[j] < len(t.Samples) && at[j]*uint64(lead.Timescale) < time*uint64(t.Timescale) {
					at[j] += uint64(t.Samples[next[j]].Duration)
					next[j]++
				}
				row[j] = next[j]
			}
			list = append(list, row)
		}
		time += uint64(s.Duration)
	}
	end := make([]int, len(f.Tracks))
	for j := range f.Tracks {
		end[j] = len(f.Tracks[j].Samples)
	}
	return append(list, end)
}

func (f *File) mvex() []byte {
	var boxes [][]byte
	if f.Fragments.Length {
		boxes = append(boxes, Box("mehd", U32(0, uint32(f.duration()))))
	}
	for i := range f.Tracks {
		t := &f.Tracks[i]
		d := U32(0, 0, 0)
		if f.Fragments.Defaults == "trex" {
			c := t.common(0, len(t.Samples))
			d = U32(c.duration, c.size, c.flags)
		}
		boxes = append(boxes, t.box("trex", U32(0, t.ID, 1), d))
	}
	return Box("mvex", boxes...)
}

// common are the values that all samples of a stretch share, 0 where they
// differ; the flags are those of all but the first.
type common struct {
	duration, size, flags uint32
	same                  [3]bool // which of them hold
	offsets               bool    // there are composition offsets
}

func (t *Track) common(from, to int) common {
	c := common{same: [3]bool{true, true, true}}
	for i := from; i < to; i++ {
		s, first := t.Samples[i], t.Samples[from]
		c.same[0] = c.same[0] && s.Duration == first.Duration
		c.same[1] = c.same[1] && s.Size == first.Size && s.Size > 0
		c.same[2] = c.same[2] && (i <= from+1 || s.Sync == t.Samples[from+1].Sync)
		c.offsets = c.offsets || s.Offset != 0
	}
	if from < to {
		if c.same[0] {
			c.duration = t.Samples[from].Duration
		}
		if c.same[1] {
			c.size = uint32(t.Samples[from].Size)
		}
		if c.same[2] {
			c.flags = t.Samples[min(from+1, to-1)].flags()
		}
	}
	return c
}

func (s Sample) flags() uint32 {
	if s.Sync {
		return 0x2000000
	}
	return 0x1010000
}

// fragment appends a moof and its mdat.
func (m *Movie) fragment(f *File, sequence uint32, k int, group []int, cuts [][]int, chunks [][]chunk) {
	m.add(f.Fragments.Before)
	runs := max(f.Fragments.Runs, 1)
	var all [][]chunk // of every track of the group
	for _, i := range group {
		from, to := cuts[k][i], cuts[k+1][i]
		var list []chunk
		for r := range runs {
			list = append(list, f.Tracks[i].chunk(from+(to-from)*r/runs, from+(to-from)*(r+1)/runs))
		}
		all = append(all, list)
	}
	head := len(f.moof(sequence, k, group, all, m.size))
	at := m.size
	m.add(make([]byte, head))
	where := len(m.pieces) - 1
	size := int64(8)
	for _, list := range all {
		for _, c := range list {
			size += c.size
		}
	}
	m.add(append(U32(uint32(size)), "mdat"...))
	if f.Fragments.Base == ImplicitBase {
		for j, i := range group {
			for r := range all[j] {
				m.put(i, &all[j][r])
			}
		}
	} else { // the tracks take turns
		for r := range runs {
			for j, i := range group {
				m.put(i, &all[j][r])
			}
		}
	}
	m.pieces[where].bytes = f.moof(sequence, k, group, all, at)
	for j, i := range group {
		chunks[i] = append(chunks[i], all[j]...)
	}
}

// moof writes the header of a fragment that stands at a place.
func (f *File) moof(sequence uint32, k int, group []int, all [][]chunk, at int64) []byte {
	boxes := [][]byte{Box("mfhd", U32(0, sequence))}
	for j, i := range group {
		boxes = append(boxes, f.traf(k, i, all[j], at, j == 0))
	}
	return Box("moof", boxes...)
}

func (f *File) traf(k, track int, runs []chunk, at int64, first bool) []byte {
	x, t := f.Fragments, &f.Tracks[track]
	last := runs[len(runs)-1]
	from, to := runs[0].first, last.first+last.count
	c := t.common(from, to)
	if x.Defaults == "trex" {
		c = t.common(0, len(t.Samples))
	}
	flags, base := uint32(0), []byte(nil)
	switch x.Base {
	case MoofBase:
		flags |= 0x20000
	case AbsoluteBase:
		flags |= 0x1
		base = U64(uint64(at + 3)) // anything will do
	}
	var values []byte
	if x.Defaults == "tfhd" {
		for n, v := range []uint32{c.duration, c.size, c.flags} {
			if c.same[n] {
				flags |= 8 << n
				values = append(values, U32(v)...)
			}
		}
	}
	boxes := [][]byte{Box("tfhd", U32(flags, t.ID), base, values)}
	start := t.Start
	for _, s := range t.Samples[:from] {
		start += uint64(s.Duration)
	}
	length := uint64(0)
	for _, s := range t.Samples[from:to] {
		length += uint64(s.Duration)
	}
	switch x.Time {
	case Tfdt64:
		boxes = append(boxes, Box("tfdt", U32(1<<24), U64(start)))
	case Tfdt32:
		boxes = append(boxes, Box("tfdt", U32(0, uint32(start))))
	case Tfxd:
		boxes = append(boxes, Box("uuid", TfxdType, U32(1<<24), U64(start, length)))
	}
	for r, run := range runs {
		offset := int32(run.position - at)
		if x.Base == AbsoluteBase {
			offset -= 3
		}
		boxes = append(boxes, t.trun(run, c, x.Defaults != "", x.Base != ImplicitBase || first && r == 0, offset))
	}
	if x.Trafs != nil {
		boxes = x.Trafs(k, track, boxes)
	}
	return Box("traf", boxes...)
}

// trun writes a run of samples; what all share is left out with defaults.
func (t *Track) trun(run chunk, c common, defaults, placed bool, offset int32) []byte {
	flags := uint32(0)
	var head []byte
	if placed {
		flags |= 0x1
		head = U32(uint32(offset))
	}
	for n := range 3 {
		if !defaults || !c.same[n] {
			flags |= 0x100 << n
		}
	}
	if run.count > 0 && flags&0x400 == 0 && t.Samples[run.first].flags() != c.flags {
		flags |= 0x4
		head = append(head, U32(t.Samples[run.first].flags())...)
	}
	if c.offsets {
		flags |= 0x800
	}
	version := uint32(0)
	if t.Signed {
		version = 1 << 24
	}
	b := slices.Concat(U32(version|flags, uint32(run.count)), head)
	for _, s := range t.Samples[run.first : run.first+run.count] {
		for n, v := range []uint32{s.Duration, uint32(s.Size), s.flags(), uint32(s.Offset)} {
			if flags&(0x100<<n) != 0 {
				b = binary.BigEndian.AppendUint32(b, v)
			}
		}
	}
	return t.box("trun", b)
}
