package codec

import (
	"slices"

	"manifold/packager/media"
)

// NAL is how a codec that is made of NAL units tells them apart.
type NAL struct {
	// AUD is an access unit delimiter that allows every slice type, in a byte
	// stream.
	AUD []byte

	shift, mask byte   // of nal_unit_type in the first byte of a NAL unit
	aud         byte   // nal_unit_type of delimiters
	sei         byte   // nal_unit_type of messages that stand before the slices
	sets        []byte // nal_unit_type of the parameter sets, in the order of their use
	header      int    // bytes of the NAL unit header

	isSlice func(kind byte) bool // whether a nal_unit_type holds slice data
	slices  func() sliceHeader   // reads their headers

	// describe completes what the sample entry left to the parameter sets.
	describe func(n *NAL, c *media.Codec)
}

// NALOf returns how the NAL units of a codec are told apart; nil for codecs
// that are not made of them.
func NALOf(c *media.Codec) *NAL { return table[c.FourCC].nal }

func (n *NAL) kind(header byte) byte { return header >> n.shift & n.mask }

// IsAUD says whether a NAL unit that begins with a byte is an access unit
// delimiter.
func (n *NAL) IsAUD(header byte) bool { return n.kind(header) == n.aud }

// inOrder returns the NAL units of some types, in the order of the types.
func (n *NAL) inOrder(units [][]byte, kinds ...byte) [][]byte {
	var out [][]byte
	for _, kind := range kinds {
		for _, u := range units {
			if len(u) > 0 && n.kind(u[0]) == kind {
				out = append(out, slices.Clone(u))
			}
		}
	}
	return out
}

// first returns the first parameter set of a type, nil when there is none.
func (n *NAL) first(c *media.Codec, kind byte) []byte {
	for _, s := range c.ParameterSets {
		if n.kind(s[0]) == kind {
			return s
		}
	}
	return nil
}

// complete takes the parameter sets from a sync sample, and with them the
// picture size.
func (n *NAL) complete(c *media.Codec, sample []byte) {
	var units [][]byte
	for len(sample) >= c.NALLength {
		size := 0
		for _, b := range sample[:c.NALLength] {
			size = size<<8 | int(b)
		}
		sample = sample[c.NALLength:]
		if size > len(sample) {
			break
		}
		units = append(units, sample[:size])
		sample = sample[size:]
	}
	c.ParameterSets = n.inOrder(units, n.sets...)
	n.describe(n, c)
}

// nalTransport is how MPEG-2 TS carries a codec of NAL units: as a byte stream
// (ISO/IEC 13818-1 §2.14 and §2.17).
func nalTransport(streamType byte, n *NAL) func(*media.Codec) (Transport, error) {
	return func(*media.Codec) (Transport, error) {
		return Transport{StreamType: streamType, StreamID: streamVideo, NAL: n}, nil
	}
}

// nalLevel is how Smooth Streaming describes a codec of NAL units: all its
// parameter sets in a byte stream. HEVC has its VPS there, too, which the
// amendment of [MS-SSTR] leaves out: clients make an hvcC from it, and no
// decoder starts without one. Its FourCC is the sample entry type in capitals,
// which tells them whether further parameter sets lie in the samples.
func nalLevel(fourCC string, n *NAL) func(*media.Codec) (QualityLevel, error) {
	return func(c *media.Codec) (QualityLevel, error) {
		return QualityLevel{FourCC: fourCC, PrivateData: annexB(n.inOrder(c.ParameterSets, n.sets...))}, nil
	}
}

// IsPicture says whether a NAL unit that begins with a byte is a slice of the
// picture itself: what SAMPLE-AES encrypts of H.264.
func (n *NAL) IsPicture(header byte) bool {
	k := n.kind(header)
	return k == 1 || k == h264IDR
}
