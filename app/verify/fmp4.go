package verify

import (
	"errors"
	"fmt"
)

// tfxd is the type of the box that holds a Smooth fragment's time
// ([MS-SSTR] §2.2.4.4).
const tfxd = "\x6D\x1D\x9B\x05\x42\xD5\x44\xE6\x80\xE2\x14\x1D\xAF\xF7\x57\xB2"

// header is what the initialization segment says of its one track.
type header struct {
	kind      Kind
	timescale int64
	nalLength int // video: bytes of a NAL unit's length
	defaults  sampleDefaults
}

// sampleDefaults are trex and tfhd (ISO/IEC 14496-12 §8.8.3, §8.8.7).
type sampleDefaults struct{ duration, size, flags uint32 }

// readHeader reads an initialization segment of one track. An edit list in it is
// an error: no output carries one.
func readHeader(data []byte) (header, error) {
	var h header
	if _, err := child(data, "ftyp"); err != nil {
		return h, err
	}
	if _, err := child(data, "moov", "trak", "edts"); err == nil {
		return h, errors.New("the initialization segment holds an edit list")
	}
	media, err := child(data, "moov", "trak", "mdia")
	if err != nil {
		return h, err
	}
	mdhd, err := child(media, "mdhd")
	if err != nil {
		return h, err
	}
	f := fields{data: mdhd}
	version, _ := f.full()
	f.word(version)
	f.word(version)
	h.timescale = int64(f.u32())
	hdlr, err := child(media, "hdlr")
	if err != nil {
		return h, err
	}
	g := fields{data: hdlr}
	g.skip(8)
	h.kind = map[string]Kind{"vide": Video, "soun": Audio}[string(g.take(4))]
	if h.kind == Video {
		if h.nalLength, err = nalLength(media); err != nil {
			return h, err
		}
	}
	trex, err := child(data, "moov", "mvex", "trex")
	if err != nil {
		return h, err
	}
	t := fields{data: trex}
	t.skip(12)
	h.defaults = sampleDefaults{duration: t.u32(), size: t.u32(), flags: t.u32()}
	return h, errors.Join(f.err, g.err, t.err)
}

// nalLength reads lengthSizeMinusOne of avcC (ISO/IEC 14496-15 §5.3.3.1).
func nalLength(media []byte) (int, error) {
	stsd, err := child(media, "minf", "stbl", "stsd")
	if err != nil {
		return 0, err
	}
	if len(stsd) < 8 {
		return 0, errShort
	}
	entry, _, err := firstBox(stsd[8:])
	if err != nil {
		return 0, err
	}
	const visual = 78 // bytes of VisualSampleEntry before its boxes
	if len(entry.body) < visual {
		return 0, errShort
	}
	avcC, err := child(entry.body[visual:], "avcC")
	if err != nil {
		return 0, err
	}
	if len(avcC) < 5 {
		return 0, errShort
	}
	return int(avcC[4]&3) + 1, nil
}

// readFragment reads one media segment: styp or not, then one moof with one
// traf, then its mdat.
func readFragment(data []byte, h header) (Content, error) {
	list, err := boxes(data)
	if err != nil {
		return Content{}, err
	}
	var moof *box
	mdat := 0
	for i, b := range list {
		switch b.kind {
		case "moof":
			if moof != nil {
				return Content{}, errors.New("two moof in a segment")
			}
			moof = &list[i]
		case "mdat":
			mdat++
		}
	}
	if moof == nil || mdat != 1 {
		return Content{}, fmt.Errorf("a segment without moof or with %d mdat", mdat)
	}
	traf, err := child(moof.body, "traf")
	if err != nil {
		return Content{}, err
	}
	return readTraf(data, moof.at, traf, h)
}

func readTraf(data []byte, moofAt int, traf []byte, h header) (Content, error) {
	list, err := boxes(traf)
	if err != nil {
		return Content{}, err
	}
	c := Content{Tracks: []Track{{Kind: h.kind, Timescale: h.timescale, NALLength: h.nalLength}}}
	said := int64(-1) // tfxd's duration
	defaults := h.defaults
	for _, b := range list {
		f := fields{data: b.body}
		version, flags := f.full()
		switch b.kind {
		case "tfhd":
			f.skip(4)
			if flags&0x1 != 0 {
				return c, errors.New("tfhd with a base data offset")
			}
			if flags&0x2 != 0 {
				f.skip(4)
			}
			if flags&0x8 != 0 {
				defaults.duration = f.u32()
			}
			if flags&0x10 != 0 {
				defaults.size = f.u32()
			}
			if flags&0x20 != 0 {
				defaults.flags = f.u32()
			}
		case "tfdt":
			c.Start, c.HasTimes = f.word(version), true
		case tfxd:
			c.Start, said, c.HasTimes = f.word(version), f.word(version), true
		}
		if f.err != nil {
			return c, f.err
		}
	}
	// The time may stand behind the samples that count from it.
	at := c.Start
	for _, b := range list {
		if b.kind != "trun" {
			continue
		}
		if at, err = readTrun(data, moofAt, b.body, defaults, at, &c.Tracks[0]); err != nil {
			return c, err
		}
	}
	if !c.HasTimes || len(c.Tracks[0].Packets) == 0 {
		return c, errors.New("a fragment without time or without samples")
	}
	c.Duration = at - c.Start
	if said >= 0 && said != c.Duration {
		return c, fmt.Errorf("tfxd says %d ticks, the samples last %d", said, c.Duration)
	}
	return c, nil
}

// readTrun appends the samples of a run and returns the decode time behind the
// last (ISO/IEC 14496-12 §8.8.8).
func readTrun(data []byte, moofAt int, trun []byte, d sampleDefaults, at int64, t *Track) (int64, error) {
	f := fields{data: trun}
	version, flags := f.full()
	n := int(f.u32())
	if flags&0x1 == 0 {
		return at, errors.New("trun without data offset")
	}
	if n > len(data) {
		return at, fmt.Errorf("%d samples in %d bytes", n, len(data))
	}
	pos := moofAt + int(int32(f.u32()))
	first := d.flags
	if flags&0x4 != 0 {
		first = f.u32()
	}
	for i := range n {
		duration, size, sample := d.duration, d.size, d.flags
		if i == 0 {
			sample = first
		}
		if flags&0x100 != 0 {
			duration = f.u32()
		}
		if flags&0x200 != 0 {
			size = f.u32()
		}
		if flags&0x400 != 0 {
			sample = f.u32()
		}
		var offset int64
		if flags&0x800 != 0 {
			if v := f.u32(); version == 0 {
				offset = int64(v)
			} else {
				offset = int64(int32(v))
			}
		}
		if f.err != nil {
			return at, f.err
		}
		if pos < 0 || uint64(pos)+uint64(size) > uint64(len(data)) {
			return at, fmt.Errorf("sample %d lies outside the segment", i)
		}
		const nonSync = 0x10000
		t.Packets = append(t.Packets, Packet{PTS: at + offset, DTS: at, Key: sample&nonSync == 0, Data: data[pos : pos+int(size)]})
		pos += int(size)
		at += int64(duration)
	}
	return at, nil
}
