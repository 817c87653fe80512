package codec

import (
	"fmt"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// parseVP9 reads vp09 with its vpcC ("VP Codec ISO Media File Format Binding"
// §2.2), behind version and flags:
//
//	profile (8) level (8)
//	bitDepth (4) chromaSubsampling (3) videoFullRangeFlag (1)
//	colourPrimaries (8) transferCharacteristics (8) matrixCoefficients (8)
//	codecInitializationDataSize (16)
func parseVP9(e entry) (media.Codec, error) {
	r := e.child("vpcC")
	if len(r) < 12 || r[0] != 1 {
		return media.Codec{}, fault.Newf(fault.VideoEncodingNotSupported, "stsd/vp09/vpcC", "the decoder configuration is missing or damaged")
	}
	c := visual(e, "vpcC", func(dst []byte) []byte { return append(dst, r...) })
	p := r[4:]
	if c.Colour == (media.Colour{}) {
		c.Colour = media.Colour{Primaries: int(p[3]), Transfer: int(p[4]), Matrix: int(p[5])}
		c.Range = dynamicRange(c.Colour)
	}
	c.Family = "vp9"
	c.String = fmt.Sprintf("vp09.%02d.%02d.%02d.%02d.%02d.%02d.%02d.%02d", p[0], p[1], p[2]>>4, p[2]>>1&7, p[3], p[4], p[5], p[2]&1)
	c.Words = fmt.Sprintf("VP9 profile %d %s", p[0], level(int(p[1])))
	return c, nil
}
