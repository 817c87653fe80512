package codec

import (
	"bytes"
	"errors"

	"github.com/Eyevinn/mp4ff/av1"
)

// tiles finds the tiles in samples of AV1: what encryption covers ("AV1 Codec ISO
// Media File Format Binding" §4.2). Frames inherit from those before them, so that
// samples come in decoding order, from a key frame on.
type tiles struct {
	header []byte // the sequence header that frames are read by
	frames av1Frames
	frame  av1Header // the frame whose tiles come; its tiles are 0 behind the last
}

// newTiles returns what finds the tiles of a track with an av1C. Without a good
// sequence header there, the samples have it.
func newTiles(config []byte) *tiles {
	t := &tiles{}
	for rest := config[min(4, len(config)):]; len(rest) > 0; {
		o, err := nextOBU(rest)
		if err != nil || o.kind == av1.OBUSequenceHeader && t.learn(o.payload) != nil {
			break
		}
		rest = rest[o.end:]
	}
	return t
}

// learn takes a sequence header. One in a sample goes before that of the
// configuration: encoders write the one before they know the other.
func (t *tiles) learn(header []byte) error {
	if t.frames.sequence != nil && bytes.Equal(header, t.header) {
		return nil
	}
	sequence, err := parseAV1Sequence(header)
	if err != nil {
		return err
	}
	t.header, t.frames.sequence = bytes.Clone(header), sequence
	return nil
}

var (
	errNoSequence = errors.New("there is no sequence header")
	errTileList   = errors.New("tile lists are not carried in MP4")
	errNoFrame    = errors.New("tiles come without a frame header")
	errTileGroup  = errors.New("tiles do not fill their OBU")
	errOBU        = errors.New("an OBU is larger than its sample")
)

// obu is an open bitstream unit (AV1 Bitstream & Decoding Process Specification §5.3).
type obu struct {
	kind              av1.OBUType
	temporal, spatial uint32 // layer
	payload           []byte
	end               int // where the next one begins
}

// nextOBU reads the first of some OBUs: the last may be without a size.
func nextOBU(b []byte) (obu, error) {
	r := rbsp{unit: b, plain: true}
	r.skip(1) // obu_forbidden_bit
	o := obu{kind: av1.OBUType(r.take(4))}
	extension, sized := r.flag(), r.flag()
	r.skip(1)
	if extension {
		o.temporal, o.spatial = r.take(3), r.take(2)
		r.skip(3)
	}
	size := uint64(len(b) - r.at)
	if sized {
		size = 0
		for i := 0; i < 8; i++ { // leb128 (§4.10.5)
			v := r.take(8)
			size |= uint64(v&0x7F) << (7 * i)
			if v&0x80 == 0 {
				break
			}
		}
	}
	if r.short || size > uint64(len(b)-r.at) {
		return o, errOBU
	}
	o.end = r.at + int(size)
	o.payload = b[r.at:o.end]
	return o, nil
}

// Append appends the tiles of the next sample.
func (t *tiles) Append(dst []Part, sample []byte) ([]Part, error) {
	t.frame.tiles = 0
	for at := 0; at < len(sample); {
		o, err := nextOBU(sample[at:])
		if err != nil {
			return dst, err
		}
		at += o.end
		switch o.kind {
		case av1.OBUSequenceHeader:
			err = t.learn(o.payload)
		case av1.OBUTileList:
			err = errTileList
		case av1.OBUFrameHeader, av1.OBURedundantFrameHeader:
			if t.frame.tiles == 0 { // else a copy of the one before
				err = t.read(o)
			}
		case av1.OBUFrame:
			if err = t.read(o); err == nil && !t.frame.shown {
				dst, err = t.group(dst, o.payload[t.frame.bytes:], at)
			}
		case av1.OBUTileGroup:
			dst, err = t.group(dst, o.payload, at)
		}
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// read reads the frame header at the beginning of an OBU.
func (t *tiles) read(o obu) (err error) {
	if t.frames.sequence == nil {
		return errNoSequence
	}
	t.frame, err = t.frames.read(o.payload, o.temporal, o.spatial)
	return err
}

// group appends the tiles of a tile group (§5.11.1) that ends at a place of the sample.
func (t *tiles) group(dst []Part, b []byte, end int) ([]Part, error) {
	h := &t.frame
	if h.tiles == 0 {
		return dst, errNoFrame
	}
	r := rbsp{unit: b, plain: true}
	first, last := 0, h.tiles-1
	if h.tiles > 1 && r.flag() { // tile_start_and_end_present_flag
		first, last = int(r.take(h.tileBits)), int(r.take(h.tileBits))
	}
	if r.short || first > last || last >= h.tiles {
		return dst, errTileGroup
	}
	b = b[r.at:]
	for n := first; n <= last; n++ {
		size := len(b)
		if n < last {
			if len(b) < h.tileSizeBytes {
				return dst, errTileGroup
			}
			size = 1 // little-endian, less one
			for i, v := range b[:h.tileSizeBytes] {
				size += int(v) << (8 * i)
			}
			if b = b[h.tileSizeBytes:]; size > len(b) {
				return dst, errTileGroup
			}
		}
		dst = append(dst, Part{end - len(b), end - len(b) + size})
		b = b[size:]
	}
	if last == h.tiles-1 {
		h.tiles = 0
	}
	return dst, nil
}
