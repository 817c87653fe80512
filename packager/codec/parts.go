package codec

import "manifold/packager/media"

// Part is a run of bytes in a sample that encryption covers: the coded data of a tile or
// of a frame.
type Part struct{ From, To int }

// Parts finds the parts in samples of codecs that are not made of NAL units.
type Parts interface {
	// Append appends the parts of the next sample, in order. The error says why its
	// headers cannot be read.
	Append(dst []Part, sample []byte) ([]Part, error)
}

// NewParts returns what finds the parts of a track; nil for other codecs.
func NewParts(c *media.Codec) Parts {
	switch c.Family {
	case "av1":
		return newTiles(c.Config)
	case "vp9":
		return &vp9Frames{}
	}
	return nil
}
