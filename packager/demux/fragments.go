package demux

import (
	"encoding/binary"
	"fmt"
	"io"

	"manifold/packager/fault"
	"manifold/packager/media"
)

const (
	maxFragmentHeader = 64 << 20 // bytes of a moof
	maxFragmentBoxes  = 1 << 24  // behind moov
)

// maxTime is the latest time on the clock of a track that is believed, in any
// timescale: recordings may count from 1970 in ticks, and the difference of
// two times must fit.
const maxTime = 1 << 61

// defaults of samples, by trex (§8.8.3) and tfhd (§8.8.7).
type defaults struct {
	description, duration, size, flags uint32
}

// fragmented is what an index remembers from fragment to fragment.
type fragmented struct {
	base     int64 // decode time of the first sample, as the file states it
	pictures bool  // tfxd holds composition times
	run      int   // first sample of the run
	behind   int64 // byte position behind the last sample
	usual    int64 // duration of the last sample that states one
	gaps     irregular
	overlaps irregular
	cut      *fault.Finding // the file ends inside a fragment
	failed   error          // a fragment of the track is damaged
}

// fragments reads the movie fragments of a file (§8.8), one header behind the
// other: moof itself says where the next box lies, so that neither sidx nor
// mfra, which may be missing or wrong, would save a read.
type fragments struct {
	f      *file
	trex   map[uint32]defaults
	tracks map[uint32]*index // those that are served, by track_ID
	moofs  int
	buf    []byte // the moof that is being read
}

// extends reads the trex boxes of mvex.
func (w *fragments) extends(moov []box) error {
	mvex, ok := find(moov, "mvex")
	if !ok {
		return nil
	}
	list, err := w.f.children(mvex, 0)
	if err != nil {
		return err
	}
	for _, b := range list {
		if b.kind != "trex" || len(w.trex) == maxTracks {
			continue
		}
		p, err := w.f.whole(b)
		if err != nil {
			return err
		}
		if len(p) < 24 {
			return w.f.fault(b.path, b.start, "the box is cut off")
		}
		u := binary.BigEndian.Uint32
		w.trex[u(p[4:])] = defaults{u(p[8:]), u(p[12:]), u(p[16:]), u(p[20:])}
	}
	return nil
}

// walk adds the samples of all fragments from a place in the file on. What
// follows damage is left out, with a finding; the error is for a file that
// cannot be read.
func (w *fragments) walk(off int64) (*fault.Finding, error) {
	for n := 0; off < w.f.size; n++ {
		if n == maxFragmentBoxes {
			return nil, w.f.fault("", off, "more than %d boxes stand behind the movie", maxFragmentBoxes)
		}
		b, err := w.f.next("", off, w.f.size)
		if e := fault.As(err); err != nil && e.Err != nil {
			return nil, err
		} else if err != nil { // garbage behind the movie is somebody else's
			return nil, nil
		}
		if b.kind == "moof" {
			w.moofs++
			b.path = fmt.Sprintf("moof[%d]", w.moofs)
			if err := w.moof(b); err != nil {
				e := fault.As(err)
				if e.Err != nil {
					return nil, err
				}
				return &fault.Finding{
					Severity: fault.Severe, Code: "truncated", Where: e.Where, Message: e.Sentence() + "; fragments from here on are missing",
					Affects: "All tracks of the file end earlier than they should, in every format.", Advice: e.Advice,
				}, nil
			}
		}
		off = b.end
	}
	return nil, nil
}

// body returns the payload of a moof; it is valid until the next.
func (w *fragments) body(b box) ([]byte, error) {
	n := b.size()
	if b.end > w.f.size {
		return nil, w.f.fault(b.path, b.start, "the box ends %d bytes behind the end of the file", b.end-w.f.size)
	}
	if n > maxFragmentHeader {
		return nil, w.f.fault(b.path, b.start, "the box claims %d bytes, more than such a box can need", n)
	}
	if int64(cap(w.buf)) < n {
		w.buf = make([]byte, max(n, int64(len(w.f.buf))))
	}
	p := w.buf[:n]
	if n <= int64(len(w.f.buf)) { // most lie in the read-ahead buffer already
		q, err := w.f.bytes(b.payload, int(n))
		if err != nil {
			return nil, w.f.read(b.path, b.payload, err)
		}
		copy(p, q)
	} else if got, err := w.f.r.ReadAt(p, b.payload); got < len(p) {
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, w.f.read(b.path, b.payload, err)
	}
	return p, nil
}

// part is a box inside a moof that is in memory; path is that of its parent.
type part struct {
	box
	payload []byte
}

// parts calls f for the boxes in b, whose payload is p.
func (w *fragments) parts(b box, p []byte, f func(part) error) error {
	for at := 0; len(p)-at >= 8; {
		n, head := int64(binary.BigEndian.Uint32(p[at:])), 8
		if n == 1 && len(p)-at >= 16 {
			n, head = int64(min(binary.BigEndian.Uint64(p[at+8:]), 1<<62)), 16
		} else if n == 0 {
			n = int64(len(p) - at)
		}
		c := part{box: box{kind: string(p[at+4 : at+8]), start: b.payload + int64(at), path: b.path}}
		if n < int64(head) || n > int64(len(p)-at) {
			return w.fault(c, "the box claims %d of %d bytes", n, len(p)-at)
		}
		c.box.payload, c.end, c.payload = c.start+int64(head), c.start+n, p[at+head:at+int(n)]
		if err := f(c); err != nil {
			return err
		}
		at += int(n)
	}
	return nil
}

// fault is an error in a part.
func (w *fragments) fault(b part, format string, args ...any) error {
	return w.f.fault(join(b.path, b.kind), b.start, format, args...)
}

// moof reads one fragment. Damage in the boxes of one track is noted with it;
// nobody misses a part of no track.
func (w *fragments) moof(b box) error {
	p, err := w.body(b)
	if err != nil {
		return err
	}
	behind := int64(-1) // the data of the track before
	return w.parts(b, p, func(c part) error {
		if c.kind != "traf" {
			return nil
		}
		t := traf{fragments: w, moof: b, behind: behind}
		err := t.read(c)
		behind = t.behind
		if err != nil && t.index != nil && t.index.failed == nil {
			t.index.failed = err
		}
		return nil
	})
}

// traf is the part of a track in a fragment (§8.8.6).
type traf struct {
	*fragments
	moof  box
	index *index // nil when the track is not served, or no longer
	defaults
	base   int64 // byte position that runs count from
	given  bool  // it stands in the file
	behind int64 // byte position behind the last run; −1 before the first of the moof
	time   int64 // decode time of the first sample …
	timed  bool  // … where the file has it
	shown  bool  // it is the composition time
	runs   []part
}

// Flags of tfhd (§8.8.7.1) and trun (§8.8.8.1).
const (
	tfhdBase        = 0x1
	tfhdDescription = 0x2
	tfhdDuration    = 0x8
	tfhdSize        = 0x10
	tfhdFlags       = 0x20
	tfhdMoofIsBase  = 0x20000

	trunOffset      = 0x1
	trunFirstFlags  = 0x4
	trunDuration    = 0x100
	trunSize        = 0x200
	trunFlags       = 0x400
	trunComposition = 0x800
)

// tfxd is the extended type of the box that holds the time of a fragment in
// Smooth Streaming ([MS-SSTR] §2.2.4.4).
const tfxd = "\x6D\x1D\x9B\x05\x42\xD5\x44\xE6\x80\xE2\x14\x1D\xAF\xF7\x57\xB2"

// read adds the samples of a traf to its track.
func (t *traf) read(b part) error {
	b.path = join(b.path, b.kind)
	err := t.parts(b.box, b.payload, func(c part) error {
		switch c.kind {
		case "tfhd":
			return t.tfhd(c)
		case "tfdt":
			return t.tfdt(c)
		case "trun":
			t.runs = append(t.runs, c)
		case "uuid":
			if len(c.payload) >= 16 && string(c.payload[:16]) == tfxd {
				return t.tfxd(c)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, c := range t.runs {
		if err := t.trun(c, i == 0); err != nil {
			return err
		}
	}
	return nil
}

// tfhd reads whose fragment it is and what its samples have in common.
func (t *traf) tfhd(b part) error {
	r := fields{b.payload, false}
	flags, id := r.u32()&0xFFFFFF, r.u32()
	t.defaults = t.trex[id]
	t.base = t.moof.start
	if flags&tfhdBase != 0 {
		t.base, t.given = int64(min(r.u64(), 1<<62)), true
	} else if t.given = flags&tfhdMoofIsBase != 0; !t.given && t.behind >= 0 {
		t.base = t.behind // the data follow those of the track before
	}
	for _, o := range []struct {
		flag uint32
		to   *uint32
	}{{tfhdDescription, &t.description}, {tfhdDuration, &t.duration}, {tfhdSize, &t.size}, {tfhdFlags, &t.flags}} {
		if flags&o.flag != 0 {
			*o.to = r.u32()
		}
	}
	if x := t.tracks[id]; x != nil && x.failed == nil && x.cut == nil {
		t.index = x
	}
	if r.short {
		return t.fault(b, "the box is cut off")
	}
	if t.index != nil && t.description > 1 {
		return t.fault(b, "the fragment uses sample description %d, there is one", t.description)
	}
	return nil
}

// tfdt is the decode time of the first sample (§8.8.12).
func (t *traf) tfdt(b part) error {
	return t.starts(b, fields{b.payload, false}, false)
}

// tfxd stands in for a missing tfdt.
func (t *traf) tfxd(b part) error {
	if t.timed {
		return nil
	}
	return t.starts(b, fields{b.payload[16:], false}, true)
}

// starts reads a time of 32 bits, or with version 1 of 64. It is unsigned by
// the standard, but priming before 0 is written as if it were not.
func (t *traf) starts(b part, r fields, shown bool) error {
	if r.u32()>>24 == 1 {
		t.time = int64(r.u64())
	} else {
		t.time = int64(r.u32())
	}
	if r.short {
		return t.fault(b, "the box is cut off")
	}
	if t.time > maxTime || t.time < -maxTime {
		return t.fault(b, "the fragment begins at %d units of the timescale, which is not possible", t.time)
	}
	t.timed, t.shown = true, shown
	return nil
}

// run is a trun that is being read (§8.8.8).
type run struct {
	fields
	flags uint32
	count int64
	each  int64  // bytes of a sample in the table
	at    int64  // byte position of the next sample
	lead  uint32 // flags of the first sample
}

// trun reads a run of samples.
func (t *traf) trun(b part, first bool) error {
	r := t.run(b, first)
	switch {
	case r.short || r.count*r.each > int64(len(r.b)):
		return t.fault(b, "the run claims %d samples of %d bytes in a box of %d", r.count, r.each, b.end-b.start)
	case r.each == 0 && t.size == 0 && r.count > 1:
		return t.fault(b, "the run claims %d samples without bytes", r.count)
	case r.flags&trunSize == 0 && t.size > 0 && r.count > t.f.size/int64(t.size):
		return t.fault(b, "%d samples of %d bytes do not fit into a file of %d", r.count, t.size, t.f.size)
	}
	if r.each == 0 && t.index == nil { // nobody asks for them one by one
		t.behind = r.at + r.count*int64(t.size)
		return nil
	}
	for i := range r.count {
		s, offset := t.next(&r, i == 0)
		if t.index == nil {
			continue
		}
		if err := t.sample(b, s, offset); err != nil {
			return err
		}
	}
	t.behind = r.at
	return nil
}

// run reads the header of a trun.
func (t *traf) run(b part, first bool) run {
	r := run{fields: fields{b.payload, false}, at: t.behind, lead: t.flags}
	r.flags, r.count = r.u32()&0xFFFFFF, int64(r.u32())
	if first {
		r.at = t.base
	}
	if r.flags&trunOffset != 0 {
		r.at = t.base + int64(int32(r.u32()))
	} else if first && !t.given && t.base == t.moof.start {
		r.at = t.media() // nobody means the fragment's own header
	}
	if r.flags&trunFirstFlags != 0 {
		r.lead = r.u32()
	}
	for _, f := range []uint32{trunDuration, trunSize, trunFlags, trunComposition} {
		if r.flags&f != 0 {
			r.each += 4
		}
	}
	return r
}

// next reads a sample, without its times, and its composition offset.
func (t *traf) next(r *run, first bool) (s media.Sample, offset int64) {
	s = media.Sample{Position: r.at, Size: int(t.size), Duration: int64(t.duration)}
	if r.flags&trunDuration != 0 {
		s.Duration = int64(r.u32())
	}
	if s.Duration > maxDuration {
		s.Duration = 0
	}
	if r.flags&trunSize != 0 {
		s.Size = int(r.u32())
	}
	flags := t.flags
	if r.flags&trunFlags != 0 {
		flags = r.u32()
	}
	if first && r.flags&trunFirstFlags != 0 {
		flags = r.lead
	}
	s.Sync = isSync(flags)
	if r.flags&trunComposition != 0 { // signed in either version, as in ctts
		offset = int64(int32(r.u32()))
	}
	r.at += int64(s.Size)
	return s, offset
}

// isSync reads sample flags (§8.8.3.1): a sample that depends on others is no
// place to begin, whatever else is said.
func isSync(flags uint32) bool { return flags&0x10000 == 0 && flags>>24&3 != 1 }

// media returns the byte position of the media in the box behind the fragment's
// header.
func (t *traf) media() int64 {
	b, err := t.f.next("", t.moof.end, t.f.size)
	if err != nil || b.kind != "mdat" {
		return t.f.size
	}
	return b.payload
}

// sample adds one sample to the track.
func (t *traf) sample(b part, s media.Sample, offset int64) error {
	x := t.index
	if s.Position < 0 || s.Position+int64(s.Size) > t.f.size {
		x.cut = &fault.Finding{
			Severity: fault.Severe, Code: "truncated", Where: fmt.Sprintf("%s sample %d", x.where, x.count+1),
			Message: fmt.Sprintf("the sample should lie at bytes %d–%d, the file has %d: what follows in the track is missing", s.Position, s.Position+int64(s.Size)-1, t.f.size),
			Affects: "The track ends earlier than it should in every format.",
			Advice:  "Copy the file again from its source, or record it again.",
		}
		t.index = nil
		return nil
	}
	if t.timed {
		if err := t.begin(b, offset); err != nil {
			return err
		}
		t.timed = false
	}
	if s.Duration == 0 { // recorders that do not know yet when the next one comes
		s.Duration = x.usual
	}
	x.usual = s.Duration
	s.Decode, s.Composition = x.end, x.end+offset
	if err := x.add(s); err != nil {
		return err
	}
	if x.end > x.longest() {
		return t.fault(b, "the track lasts %d units of its timescale, which is not possible", x.end)
	}
	return nil
}

// begin puts the next sample, which has a composition offset, at the time that
// its fragment states, unless that is not behind the last sample. Rounding
// leaves small differences, which only change the duration of the last sample;
// larger ones are told.
func (t *traf) begin(b part, offset int64) error {
	x, at := t.index, t.time
	if x.count == 0 {
		// [MS-SSTR] does not say whether tfxd is the time of decoding or of the
		// picture, and writers differ. Where it is just the first offset, the
		// picture that is decoded at 0 is meant.
		x.pictures = t.shown && at != 0 && at == offset
	}
	if t.shown && x.pictures {
		at -= offset
	}
	if x.count == 0 {
		x.base = at
		return nil
	}
	at -= x.base
	if at > x.longest() || at < -x.longest() {
		return t.fault(b, "the fragment begins %d units of the timescale behind the first one, which is not possible", at)
	}
	late, half := at-x.end, (x.end-x.last)/2
	switch {
	case at <= x.last:
		x.overlaps.note(x.end, -late)
		return nil
	case late > half:
		x.gaps.note(x.end, late)
	case late < -half:
		x.overlaps.note(x.end, -late)
	}
	x.end = at
	return nil
}

// fields reads numbers from the beginning of a box.
type fields struct {
	b     []byte
	short bool
}

func (r *fields) u32() uint32 {
	if len(r.b) < 4 {
		r.short, r.b = true, nil
		return 0
	}
	v := binary.BigEndian.Uint32(r.b)
	r.b = r.b[4:]
	return v
}

func (r *fields) u64() uint64 { return uint64(r.u32())<<32 | uint64(r.u32()) }
