package codec

import (
	"bytes"
	"errors"

	"github.com/Eyevinn/mp4ff/av1"

	"manifold/packager/media"
)

// Tiles finds the tiles in samples of AV1: what encryption covers ("AV1 Codec ISO
// Media File Format Binding" §4.2). Frames inherit from those before them, so that
// samples come in decoding order, from a key frame on.
type Tiles struct {
	sequence []byte // the sequence header that frames is for
	frames   *av1.FrameHeaderDecoder
}

// Tile is the coded data of a tile in a sample, in bytes.
type Tile struct{ From, To int }

// NewTiles returns what finds the tiles of a track; nil for other codecs.
func NewTiles(c *media.Codec) *Tiles {
	if c.Family != "av1" {
		return nil
	}
	t := &Tiles{}
	if r, err := av1.DecodeAV1CodecConfRec(c.Config); err == nil {
		t.learn(r.ConfigOBUs) // without a good one there, the samples have it
	}
	return t
}

// learn takes the sequence header out of some OBUs. One in a sample goes before
// that of the configuration: encoders write the one before they know the other.
func (t *Tiles) learn(obus []byte) error {
	list, err := av1.SplitOBUs(obus)
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.Header.Type == av1.OBUTileList {
			return errTileList
		}
		if o.Header.Type != av1.OBUSequenceHeader || bytes.Equal(o.Payload, t.sequence) {
			continue
		}
		sequence, err := av1.ParseSequenceHeader(o.Payload)
		if err != nil {
			return err
		}
		if t.frames, err = av1.NewFrameHeaderDecoder(sequence); err != nil {
			return err
		}
		t.sequence = bytes.Clone(o.Payload)
	}
	return nil
}

var (
	errNoSequence = errors.New("there is no sequence header")
	errTileList   = errors.New("tile lists are not carried in MP4")
)

// Append appends the tiles of the next sample, in order. The error says why its
// headers cannot be read.
func (t *Tiles) Append(dst []Tile, sample []byte) ([]Tile, error) {
	if err := t.learn(sample); err != nil {
		return dst, err
	}
	if t.frames == nil {
		return dst, errNoSequence
	}
	ranges, err := t.frames.GetTileRanges(sample)
	if err != nil {
		return dst, err
	}
	at := 0
	for _, r := range ranges {
		if r.Offset < at || r.Length < 0 || r.Length > len(sample)-r.Offset {
			return dst, errors.New("tiles lie in each other, or outside the sample")
		}
		at = r.Offset + r.Length
		dst = append(dst, Tile{r.Offset, at})
	}
	return dst, nil
}
