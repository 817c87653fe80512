package codec

import (
	"fmt"

	"manifold/packager/media"
)

// dolbyVision reads the DOVIDecoderConfigurationRecord of dvcC or dvvC ("Dolby
// Vision Streams Within the ISO Base Media File Format" §3.2). Where the layer
// below is a codec of its own, Dolby Vision is a supplement to it; where it is
// not, as in profile 5, it is the codec itself.
func dolbyVision(e entry, c *media.Codec) {
	r := e.child("dvcC")
	if r == nil {
		r = e.child("dvvC")
	}
	if len(r) < 5 {
		return
	}
	profile, level, compatible := int(r[2]>>1), int(r[2]&1)<<5|int(r[3]>>3), r[4]>>4
	said := fmt.Sprintf("%s.%02d.%02d", dolbyVisionEntries[e.fourCC], profile, level)
	if dolbyVisionEntries[e.fourCC] == e.fourCC {
		c.String, c.Range = said, "PQ"
		c.Words = fmt.Sprintf("Dolby Vision %d.%d", profile, level)
		return
	}
	if brand := dolbyVisionBrands[compatible]; brand != "" {
		c.Supplemental = said + "/" + brand
		c.Words += fmt.Sprintf(", Dolby Vision %d.%d", profile, compatible)
	}
}

// dolbyVisionEntries has the sample entry type that names Dolby Vision over a
// codec in RFC 6381 strings.
var dolbyVisionEntries = map[string]string{
	"hvc1": "dvh1", "hev1": "dvhe", "av01": "dav1",
	"dvh1": "dvh1", "dvhe": "dvhe", "dav1": "dav1",
}

// dolbyVisionBrands are the brands of what players without Dolby Vision show,
// by dv_bl_signal_compatibility_id: HDR10, SDR, HLG.
var dolbyVisionBrands = map[byte]string{1: "db1p", 2: "db2g", 4: "db4h"}
