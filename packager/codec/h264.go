package codec

import (
	"encoding/hex"
	"fmt"

	"github.com/Eyevinn/mp4ff/avc"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// NAL unit types (ISO/IEC 14496-10 table 7-1).
const (
	nalIDR = 5
	nalSPS = 7
	nalPPS = 8
	nalAUD = 9
)

// h264 reads avc1 and avc3 with their AVCDecoderConfigurationRecord
// (ISO/IEC 14496-15 §5.3.3.1).
func h264(e entry) (media.Codec, error) {
	r := e.child("avcC")
	if len(r) < 7 || r[0] != 1 {
		return media.Codec{}, fault.Newf(fault.VideoEncodingNotSupported, "stsd/"+e.fourCC+"/avcC", "the decoder configuration is missing or damaged")
	}
	c := media.Codec{FourCC: e.fourCC, NALLength: int(r[4]&3) + 1}
	if c.NALLength == 3 {
		return media.Codec{}, fault.Newf(fault.InvalidNALSize, "stsd/"+e.fourCC+"/avcC", "NAL unit lengths of 3 bytes are not allowed")
	}
	c.String = e.fourCC + "." + hex.EncodeToString(r[1:4])
	c.Words = h264Words(r[1:4])
	c.Width = int(e.fields[24])<<8 | int(e.fields[25])
	c.Height = int(e.fields[26])<<8 | int(e.fields[27])

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
			if l > 0 {
				c.ParameterSets = append(c.ParameterSets, append([]byte(nil), sets[2:2+l]...))
			}
			sets = sets[2+l:]
		}
	}
	if !rest {
		return media.Codec{}, fault.Newf(fault.VideoEncodingNotSupported, "stsd/"+e.fourCC+"/avcC", "the parameter sets are cut off")
	}
	finishH264(&c)
	c.Entry = visualEntry(e, "avcC", func(dst []byte) []byte {
		at := len(dst)
		dst = append(dst, r...)
		dst[at+4] |= 3 // every output has NAL unit lengths of four bytes
		return dst
	})
	return c, nil
}

// finishH264 takes the picture size from the first SPS, which is right where
// the sample entry is not.
func finishH264(c *media.Codec) {
	for _, s := range c.ParameterSets {
		if len(s) > 0 && s[0]&0x1f == nalSPS {
			if sps, err := avc.ParseSPSNALUnit(s, false); err == nil && sps.Width > 0 && sps.Height > 0 {
				c.Width, c.Height = int(sps.Width), int(sps.Height)
			}
			return
		}
	}
}

// TakeParameterSets fills what avc3 keeps out of the sample entry from a sync
// sample: the parameter sets, and with them the picture size.
func TakeParameterSets(c *media.Codec, sample []byte) {
	var sps, pps [][]byte
	for len(sample) >= c.NALLength {
		n := 0
		for _, b := range sample[:c.NALLength] {
			n = n<<8 | int(b)
		}
		sample = sample[c.NALLength:]
		if n > len(sample) {
			break
		}
		if n > 0 {
			switch u := append([]byte(nil), sample[:n]...); u[0] & 0x1f {
			case nalSPS:
				sps = append(sps, u)
			case nalPPS:
				pps = append(pps, u)
			}
		}
		sample = sample[n:]
	}
	c.ParameterSets = append(sps, pps...)
	if len(sps) > 0 && len(sps[0]) >= 4 {
		c.String = c.FourCC + "." + hex.EncodeToString(sps[0][1:4])
		c.Words = h264Words(sps[0][1:4])
	}
	finishH264(c)
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

func h264Level(profile, constraints, level byte) string {
	// constraint_set3_flag says 1b in these profiles, intra only in higher ones
	if level == 9 || level == 11 && constraints&0x10 != 0 && (profile == 66 || profile == 77 || profile == 88) {
		return "1b"
	}
	if level%10 == 0 {
		return fmt.Sprint(level / 10)
	}
	return fmt.Sprintf("%d.%d", level/10, level%10)
}

// visualEntry writes the sample entry that init segments carry: the fields of
// the source, its decoder configuration and the boxes that describe the
// picture; what else editing tools put there stays behind.
func visualEntry(e entry, config string, record func([]byte) []byte) []byte {
	return appendBox(nil, e.fourCC, func(dst []byte) []byte {
		at := len(dst)
		dst = append(dst, e.fields...)
		dst[at+6], dst[at+7] = 0, 1 // data_reference_index
		clear(dst[at+8 : at+24])    // QuickTime's version, vendor and quality
		dst = appendBox(dst, config, record)
		for _, c := range e.children {
			switch {
			case c.kind == "pasp", c.kind == "btrt",
				c.kind == "colr" && len(c.box) >= 12 && string(c.box[8:12]) == "nclx":
				dst = append(dst, c.box...)
			}
		}
		return dst
	})
}

// IsAUD says whether a NAL unit header begins an access unit delimiter.
func IsAUD(header byte) bool { return header&0x1f == nalAUD }

// AUD is an access unit delimiter that allows every slice type, in a byte
// stream (ISO/IEC 14496-10 §7.3.2.4 and annex B).
var AUD = []byte{0, 0, 0, 1, nalAUD, 0xF0}
