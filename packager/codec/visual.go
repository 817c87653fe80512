package codec

import (
	"encoding/binary"
	"fmt"

	"manifold/packager/media"
)

// visual takes from a VisualSampleEntry (ISO/IEC 14496-12 §12.1.3) what all
// video codecs have in common, and writes the entry that init segments carry
// around a configuration box.
func visual(e entry, config string, record func([]byte) []byte) media.Codec {
	c := media.Codec{
		FourCC: e.fourCC,
		Width:  int(binary.BigEndian.Uint16(e.fields[24:])),
		Height: int(binary.BigEndian.Uint16(e.fields[26:])),
		Entry:  visualEntry(e, config, record),
	}
	// ColourInformationBox, §12.1.5
	if p := e.child("colr"); len(p) >= 10 && string(p[:4]) == "nclx" {
		c.Colour = media.Colour{
			Primaries: int(binary.BigEndian.Uint16(p[4:])),
			Transfer:  int(binary.BigEndian.Uint16(p[6:])),
			Matrix:    int(binary.BigEndian.Uint16(p[8:])),
		}
	}
	if p := e.child("pasp"); len(p) >= 8 {
		w, h := binary.BigEndian.Uint32(p), binary.BigEndian.Uint32(p[4:])
		if w != h && w > 0 && h > 0 && max(w, h) <= maxSpacing {
			c.PixelWidth, c.PixelHeight = int(w), int(h)
		}
	}
	c.Range = dynamicRange(c.Colour)
	return c
}

// maxSpacing is the largest side of a pixel that is believed: products of it with
// sizes of pictures must not overflow.
const maxSpacing = 1 << 16

// dynamicRange names the range that a transfer characteristic of ISO/IEC
// 23091-2 §8.2 stands for.
func dynamicRange(c media.Colour) string {
	switch c.Transfer {
	case 16: // SMPTE ST 2084
		return "PQ"
	case 18: // ARIB STD-B67
		return "HLG"
	}
	return ""
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
			switch c.kind {
			case "colr":
				if len(c.box) < 12 || string(c.box[8:12]) != "nclx" {
					continue
				}
			case "pasp", "btrt", "mdcv", "clli", "dvcC", "dvvC":
			default:
				continue
			}
			dst = append(dst, c.box...)
		}
		return dst
	})
}

// level writes a level that is counted in tenths: 31 is 3.1, 40 is 4.
func level(tenths int) string {
	if tenths%10 == 0 {
		return fmt.Sprint(tenths / 10)
	}
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}
