package ts

import (
	"manifold/packager/codec"
	"manifold/packager/mux"
	"manifold/packager/protect"
)

// Zero is the time stamp of presentation time 0, at 90 kHz.
const Zero = 10 * clockRate

const (
	clockRate = 90_000
	timeBase  = Zero
	pcrLead   = clockRate / 2  // the PCR runs so far ahead of the DTS
	maxPCR    = clockRate / 10 // longest time between two PCRs (§2.7.2)
	maxBare   = 6000           // bare PCRs in a segment: ten minutes; a gap can be as long as a time can be
	audioPES  = 90             // longest PES packet of audio frames, in ms
	maxPES    = 6 + 1<<16 - 1  // its largest, in bytes
)

// unit is one PES packet: a picture or some audio frames.
type unit struct {
	stream   *stream
	first, n int // samples of the stretch
	pts, dts int64
	size     int // PES packet with its header
	pcr, key bool
	clock    int64 // PCR, if there is one
}

// stream is an elementary stream of the segment.
type stream struct {
	*mux.Stretch
	carriage  codec.Transport
	pid       uint16
	video     bool
	pcr       bool  // carries the PCR
	delimited bool  // the source has access unit delimiters
	frames    int   // audio frames in a PES packet, at most
	header    int   // bytes in front of every audio frame
	shortest  int64 // what an audio frame lasts, track timescale, give or take a millisecond
	longest   int64
	ahead     int64
	seal      *protect.SampleAES // nil where nothing is encrypted
	growth    []int32            // bytes that encryption adds to each picture; nil for none
	next      int                // sample that the next unit begins with

	packets int // of the whole segment
	units   int
}

// head returns the bytes that stand before the samples of the stream's next
// unit: delimiter and parameter sets of a picture.
func (s *stream) head(i int) int {
	n := 0
	if !s.delimited {
		n += len(s.carriage.NAL.AUD)
	}
	if s.Samples[i].Sync {
		for _, p := range s.Track.Codec.ParameterSets {
			n += 4 + len(p)
		}
	}
	return n
}

// times returns PTS and DTS of a sample.
func (s *stream) times(i int) (pts, dts int64) {
	x, c := &s.Samples[i], s.Track.Clock
	pts = c.At(x.Composition, clockRate) + timeBase
	if !s.video {
		return pts, pts
	}
	return pts, c.At(x.Decode+s.ahead, clockRate) + timeBase
}

// unit returns the next PES packet of the stream, without taking it; one of no
// samples behind the last.
func (s *stream) unit() unit {
	if s.next >= len(s.Samples) {
		return unit{}
	}
	u := unit{stream: s, first: s.next, n: 1, pcr: s.pcr}
	u.pts, u.dts = s.times(s.next)
	if s.video {
		u.key = s.Samples[s.next].Sync
		u.size = pesHeader(&u) + s.head(s.next) + s.Samples[s.next].Size
		if s.growth != nil {
			u.size += int(s.growth[s.next])
		}
		return u
	}
	u.n, u.size = 0, pesHeader(&u)
	for i := s.next; i < min(s.next+s.frames, len(s.Samples)); i++ {
		size := s.header + s.Samples[i].Size
		if i > s.next && (u.size+size > maxPES || s.apart(i)) {
			break
		}
		u.n, u.size = u.n+1, u.size+size
	}
	return u
}

// apart says whether an audio frame begins elsewhere than the one before it
// ends: it needs a PTS, and so a PES packet, of its own.
func (s *stream) apart(i int) bool {
	d := s.Samples[i-1].Duration
	return d < s.shortest || d > s.longest
}

// plan yields the units of a segment in the order of their decoding times, the
// first picture before all audio.
type plan struct {
	streams []*stream
	heads   [2]unit // the next of each stream, of no samples behind the last
	begun   bool
	lastPCR int64
	bare    int // PCRs that nothing else carried
}

// append appends all units.
func (p plan) append(dst []unit) []unit {
	for i, s := range p.streams {
		p.heads[i] = s.unit()
	}
	for u, ok := p.next(); ok; u, ok = p.next() {
		dst = append(dst, u)
	}
	return dst
}

// next returns the next unit. A unit without samples is a bare PCR, where
// nothing else would carry one for too long.
func (p *plan) next() (unit, bool) {
	best := -1
	for i := range p.streams {
		if h := &p.heads[i]; h.n > 0 && (best < 0 || h.dts < p.heads[best].dts) {
			best = i
		}
		if best >= 0 && !p.begun {
			break // the first stream begins
		}
	}
	if best < 0 {
		return unit{}, false
	}
	u := p.heads[best]
	if p.begun && u.dts-pcrLead-p.lastPCR > maxPCR && p.bare < maxBare {
		p.lastPCR, p.bare = p.lastPCR+maxPCR, p.bare+1
		return unit{stream: p.streams[0], clock: p.lastPCR, pcr: true}, true
	}
	if u.pcr {
		p.lastPCR = u.dts - pcrLead
		if !p.begun { // what follows may be decoded before
			for i := range p.heads {
				if h := &p.heads[i]; h.n > 0 {
					p.lastPCR = min(p.lastPCR, h.dts-pcrLead)
				}
			}
		}
		u.clock = p.lastPCR
	}
	p.begun = true
	u.stream.next += u.n
	p.heads[best] = u.stream.unit()
	return u, true
}
