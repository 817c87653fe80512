package codec

import (
	"bytes"
	"fmt"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// parseAV1 reads av01, and dav1 of Dolby Vision, with their av1C ("AV1 Codec
// ISO Media File Format Binding" §2.3.3):
//
//	marker (1) version (7)
//	seq_profile (3) seq_level_idx_0 (5)
//	seq_tier_0 (1) high_bitdepth (1) twelve_bit (1) monochrome (1)
//	chroma_subsampling_x (1) chroma_subsampling_y (1) chroma_sample_position (2)
//	– (3) initial_presentation_delay (5) configOBUs
func parseAV1(e entry) (media.Codec, error) {
	r := e.child("av1C")
	if len(r) < 4 || r[0] != 0x81 {
		return media.Codec{}, fault.Newf(fault.VideoEncodingNotSupported, "stsd/"+e.fourCC+"/av1C", "the decoder configuration is missing or damaged")
	}
	c := visual(e, "av1C", func(dst []byte) []byte { return append(dst, r...) })
	profile, index, tier, depth := r[1]>>5, r[1]&0x1F, 'M', 8
	if r[2]&0x80 != 0 {
		tier = 'H'
	}
	switch {
	case r[2]&0x60 == 0x60:
		depth = 12
	case r[2]&0x40 != 0:
		depth = 10
	}
	c.Family, c.Config = "av1", bytes.Clone(r)
	c.String = fmt.Sprintf("%s.%d.%02d%c.%02d", e.fourCC, profile, index, tier, depth)
	// §5: the rest is left out where it says what is usual, BT.709 and 4:2:0
	if k := c.Colour; k != (media.Colour{}) && k != (media.Colour{Primaries: 1, Transfer: 1, Matrix: 1}) {
		c.String += fmt.Sprintf(".%d.%d%d%d.%02d.%02d.%02d.0", r[2]>>4&1, r[2]>>3&1, r[2]>>2&1, r[2]&3, k.Primaries, k.Transfer, k.Matrix)
	}
	c.Words = fmt.Sprintf("AV1 %s %d.%d", av1Profile(profile), 2+index>>2, index&3)
	dolbyVision(e, &c)
	return c, nil
}

func av1Profile(n byte) string {
	switch n {
	case 0:
		return "Main"
	case 1:
		return "High"
	case 2:
		return "Professional"
	}
	return fmt.Sprintf("profile %d", n)
}
