package codec

import (
	"encoding/hex"
	"fmt"

	"github.com/Eyevinn/mp4ff/avc"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// h264NAL is after ISO/IEC 14496-10 table 7-1; the delimiter after §7.3.2.4.
var h264NAL = &NAL{
	AUD:  []byte{0, 0, 0, 1, h264AUD, 0xF0},
	mask: 0x1F, aud: h264AUD, sei: h264SEI, sets: []byte{h264SPS, h264PPS}, header: 1, slices: newH264Slices,
	isSlice:  func(kind byte) bool { return kind >= 1 && kind <= h264IDR || kind >= 19 && kind <= 21 },
	describe: describeH264,
}

const (
	h264SEI = 6
	h264SPS = 7
	h264PPS = 8
	h264AUD = 9
)

// h264 reads avc1 and avc3 with their AVCDecoderConfigurationRecord
// (ISO/IEC 14496-15 §5.3.3.1).
func h264(e entry) (media.Codec, error) {
	r := e.child("avcC")
	if len(r) < 7 || r[0] != 1 {
		return media.Codec{}, fault.Newf(fault.VideoEncodingNotSupported, "stsd/"+e.fourCC+"/avcC", "the decoder configuration is missing or damaged")
	}
	if r[4]&3 == 2 {
		return media.Codec{}, fault.Newf(fault.InvalidNALSize, "stsd/"+e.fourCC+"/avcC", "NAL unit lengths of 3 bytes are not allowed")
	}
	var units [][]byte
	sets, rest := r[5:], true
	for _, mask := range []byte{0x1f, 0xff} { // SPS, then PPS
		if len(sets) == 0 {
			rest = false
			break
		}
		n := int(sets[0] & mask)
		sets = sets[1:]
		for ; n > 0; n-- {
			if len(sets) < 2 {
				rest = false
				break
			}
			l := int(sets[0])<<8 | int(sets[1])
			if len(sets) < 2+l {
				rest = false
				break
			}
			units = append(units, sets[2:2+l])
			sets = sets[2+l:]
		}
	}
	if !rest {
		return media.Codec{}, fault.Newf(fault.VideoEncodingNotSupported, "stsd/"+e.fourCC+"/avcC", "the parameter sets are cut off")
	}
	c := visual(e, "avcC", func(dst []byte) []byte {
		at := len(dst)
		dst = append(dst, r...)
		dst[at+4] |= 3 // every output has NAL unit lengths of four bytes
		return dst
	})
	c.Family, c.NALLength = "h264", int(r[4]&3)+1
	c.String = e.fourCC + "." + hex.EncodeToString(r[1:4])
	c.Words = h264Words(r[1:4])
	c.ParameterSets = h264NAL.inOrder(units, h264NAL.sets...)
	sizeH264(h264NAL, &c)
	return c, nil
}

// describeH264 takes from the first SPS what the avcC of avc3 need not know.
func describeH264(n *NAL, c *media.Codec) {
	if s := n.first(c, h264SPS); len(s) >= 4 {
		c.String = c.FourCC + "." + hex.EncodeToString(s[1:4])
		c.Words = h264Words(s[1:4])
	}
	sizeH264(n, c)
}

// sizeH264 takes the picture size from the first SPS, which is right where the
// sample entry is not.
func sizeH264(n *NAL, c *media.Codec) {
	s := n.first(c, h264SPS)
	if s == nil {
		return
	}
	if sps, err := avc.ParseSPSNALUnit(s, false); err == nil && sps.Width > 0 && sps.Height > 0 {
		c.Width, c.Height = int(sps.Width), int(sps.Height)
	}
}

// h264Words names profile_idc, constraint flags and level_idc (ISO/IEC
// 14496-10 annex A) for people.
func h264Words(b []byte) string {
	return "H.264 " + h264Profile(b[0], b[1]) + " " + h264Level(b[0], b[1], b[2])
}

func h264Profile(profile, constraints byte) string {
	switch profile {
	case 66:
		if constraints&0x40 != 0 {
			return "Constrained Baseline"
		}
		return "Baseline"
	case 77:
		return "Main"
	case 88:
		return "Extended"
	case 100:
		return "High"
	case 110:
		return "High 10"
	case 122:
		return "High 4:2:2"
	case 244:
		return "High 4:4:4"
	}
	return fmt.Sprintf("profile %d", profile)
}

func h264Level(profile, constraints, tenths byte) string {
	// constraint_set3_flag says 1b in these profiles, intra only in higher ones
	if tenths == 9 || tenths == 11 && constraints&0x10 != 0 && (profile == 66 || profile == 77 || profile == 88) {
		return "1b"
	}
	return level(int(tenths))
}
