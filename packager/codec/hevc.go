package codec

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"

	"github.com/Eyevinn/mp4ff/hevc"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// hevcNAL is after ISO/IEC 23008-2 table 7-1; the delimiter after §7.3.2.5.
var hevcNAL = &NAL{
	AUD:   []byte{0, 0, 0, 1, hevcAUD << 1, 1, 0x50},
	shift: 1, mask: 0x3F, aud: hevcAUD, sei: hevcSEI, sets: []byte{hevcVPS, hevcSPS, hevcPPS}, header: 2, slices: newHEVCSlices,
	isSlice:  func(kind byte) bool { return kind < hevcVPS },
	describe: describeHEVC,
}

const (
	hevcVPS = 32
	hevcSPS = 33
	hevcPPS = 34
	hevcAUD = 35
	hevcSEI = 39 // in front of the picture
)

// hevcRecord is the size of an HEVCDecoderConfigurationRecord without its
// parameter sets (ISO/IEC 14496-15 §8.3.3.1).
const hevcRecord = 23

// parseHEVC reads hvc1 and hev1 with their hvcC, and dvh1 and dvhe, which have
// that, too.
func parseHEVC(e entry) (media.Codec, error) {
	where := "stsd/" + e.fourCC + "/hvcC"
	r := e.child("hvcC")
	if len(r) < hevcRecord || r[0] != 1 {
		return media.Codec{}, fault.Newf(fault.VideoEncodingNotSupported, where, "the decoder configuration is missing or damaged")
	}
	const lengths = 21 // … lengthSizeMinusOne
	if r[lengths]&3 == 2 {
		return media.Codec{}, fault.Newf(fault.InvalidNALSize, where, "NAL unit lengths of 3 bytes are not allowed")
	}
	var units [][]byte
	rest := r[hevcRecord:]
	for arrays := r[hevcRecord-1]; arrays > 0; arrays-- {
		if len(rest) < 3 {
			return media.Codec{}, fault.Newf(fault.VideoEncodingNotSupported, where, "the parameter sets are cut off")
		}
		n := binary.BigEndian.Uint16(rest[1:])
		for rest = rest[3:]; n > 0; n-- {
			if len(rest) < 2 || len(rest)-2 < int(binary.BigEndian.Uint16(rest)) {
				return media.Codec{}, fault.Newf(fault.VideoEncodingNotSupported, where, "the parameter sets are cut off")
			}
			end := 2 + int(binary.BigEndian.Uint16(rest))
			units = append(units, rest[2:end])
			rest = rest[end:]
		}
	}
	c := visual(e, "hvcC", func(dst []byte) []byte {
		at := len(dst)
		dst = append(dst, r...)
		dst[at+lengths] |= 3 // every output has NAL unit lengths of four bytes
		return dst
	})
	c.Family, c.NALLength = "hevc", int(r[lengths]&3)+1
	c.String = hevcString(e.fourCC, r[1:13])
	c.Words = hevcWords(r[1:13])
	// SEI messages that hold for the whole stream, as those of HDR10 do
	c.ParameterSets = hevcNAL.inOrder(units, hevcVPS, hevcSPS, hevcPPS, hevcSEI)
	describeHEVC(hevcNAL, &c)
	dolbyVision(e, &c)
	return c, nil
}

// describeHEVC takes the picture size from the first SPS, which is right where
// the sample entry is not, and the colour where that says nothing of it.
func describeHEVC(n *NAL, c *media.Codec) {
	sps, err := hevc.ParseSPSNALUnit(n.first(c, hevcSPS))
	if err != nil {
		return
	}
	if w, h := sps.ImageSize(); w > 0 && h > 0 && w < 1<<16 && h < 1<<16 {
		c.Width, c.Height = int(w), int(h)
	}
	if v := sps.VUI; v != nil && v.ColourDescriptionFlag && c.Colour == (media.Colour{}) {
		c.Colour = media.Colour{Primaries: int(v.ColourPrimaries), Transfer: int(v.TransferCharacteristics), Matrix: int(v.MatrixCoefficients)}
		c.Range = dynamicRange(c.Colour)
	}
}

// hevcString is the codecs parameter of ISO/IEC 14496-15 annex E.3 for a
// sample entry type and the twelve bytes of profile, tier and level:
//
//	profile_space (2) tier_flag (1) profile_idc (5)
//	profile_compatibility_flags (32) constraint_indicator_flags (48) level_idc (8)
func hevcString(fourCC string, p []byte) string {
	var b strings.Builder
	b.WriteString(fourCC + ".")
	if space := p[0] >> 6; space > 0 {
		b.WriteByte('A' + space - 1)
	}
	compatible := bits.Reverse32(binary.BigEndian.Uint32(p[1:]))
	tier := 'L'
	if p[0]&0x20 != 0 {
		tier = 'H'
	}
	fmt.Fprintf(&b, "%d.%x.%c%d", p[0]&0x1F, compatible, tier, p[11])
	constraints := p[5:11]
	for len(constraints) > 0 && constraints[len(constraints)-1] == 0 {
		constraints = constraints[:len(constraints)-1]
	}
	for _, c := range constraints {
		fmt.Fprintf(&b, ".%x", c)
	}
	return b.String()
}

// hevcWords names profile, tier and level (ISO/IEC 23008-2 annex A) for people.
func hevcWords(p []byte) string {
	profile := fmt.Sprintf("profile %d", p[0]&0x1F)
	if n := int(p[0] & 0x1F); n < len(hevcProfiles) && hevcProfiles[n] != "" {
		profile = hevcProfiles[n]
	}
	s := "HEVC " + profile + " " + level(int(p[11])/3)
	if p[0]&0x20 != 0 {
		s += " high tier"
	}
	return s
}

var hevcProfiles = [...]string{1: "Main", "Main 10", "Main Still Picture", "Range Extensions", "High Throughput", 9: "Screen Content"}
