package cmaf

import "manifold/packager/media"

// Flavour is a kind of fragmented MP4.
type Flavour uint8

// The flavours.
const (
	CSF    Flavour = iota // common streaming format: brand ccff, as Azure Media Services wrote it
	CMAF                  // ISO/IEC 23000-19: brand cmfc
	Smooth                // Smooth Streaming: no init segment, tfxd instead of tfdt
)

// TrackID is the track_ID in every segment: each holds one track.
const TrackID = 1

// Sample flags (ISO/IEC 14496-12 §8.8.3.1).
const (
	flagsKey   = 0x02000000 // depends on no other sample
	flagsInner = 0x01010000 // depends on others, is no sync sample
)

// defaultFlags are the sample flags that tfhd gives to a track's samples.
func (f Flavour) defaultFlags(kind media.Kind) uint32 {
	switch {
	case kind != media.Video:
		return flagsKey
	case f == CMAF:
		return flagsInner
	}
	return 0x00010000
}

// firstFlags are the flags of a key frame at the beginning.
func (f Flavour) firstFlags() uint32 {
	if f == CMAF {
		return flagsKey
	}
	return 0
}
