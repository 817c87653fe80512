package synth

import (
	"encoding/binary"
	"slices"
)

// AVC returns a visual sample entry ("avc1", "avc3") with its avcC. Sets of
// an avc3 may be empty: they are in the samples then.
func AVC(fourCC string, width, height, nalLength int, sps, pps [][]byte) []byte {
	return VisualEntry(fourCC, width, height, Box("avcC", AVCConfig(nalLength, sps, pps)))
}

// AVCConfig returns an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1).
func AVCConfig(nalLength int, sps, pps [][]byte) []byte {
	b := []byte{1, 100, 0, 31, 0xFC | byte(nalLength-1), 0xE0 | byte(len(sps))}
	if len(sps) > 0 {
		copy(b[1:4], sps[0][1:4])
	}
	set := func(s []byte) {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
	}
	for _, s := range sps {
		set(s)
	}
	b = append(b, byte(len(pps)))
	for _, s := range pps {
		set(s)
	}
	return b
}

// HEVC returns a visual sample entry ("hvc1", "hev1") with its hvcC, and other
// child boxes behind that. Sets of a hev1 may be empty: they are in the samples
// then.
func HEVC(fourCC string, width, height, nalLength int, sets [][]byte, others ...[]byte) []byte {
	config := Box("hvcC", HEVCConfig(HEVCProfile, nalLength, sets))
	return VisualEntry(fourCC, width, height, append([][]byte{config}, others...)...)
}

// HEVCProfile is what an SPS says of profile, tier and level: Main, level 2.
var HEVCProfile = Hex("01600000009000000000003C")

// HEVCSets are VPS, SPS and PPS of 320×180 pixels, as x265 writes them.
var HEVCSets = [][]byte{
	Hex("40010C01FFFF01600000030090000003000003003C959009"),
	Hex("42010101600000030090000003000003003CA00A080C1F3E595912930BC05A020000030002000003003210"),
	Hex("4401C073C189"),
}

// HEVCMain10Sets are those of 192×108 pixels with ten bits, BT.2020 and PQ.
var HEVCMain10Sets = [][]byte{
	Hex("40010C01FFFF02200000030090000003000003001E959009"),
	Hex("42010102200000030090000003000003001EA0182071F6D965644A4C2F016A12201208000003000800000300C840"),
	Hex("4401C073C189"),
}

// HEVCConfig returns an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15
// §8.3.3.1) for twelve bytes of profile, tier and level, with an array for each
// parameter set.
func HEVCConfig(profile []byte, nalLength int, sets [][]byte) []byte {
	b := append([]byte{1}, profile...)
	b = append(b, 0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 0x0C|byte(nalLength-1), byte(len(sets)))
	for _, s := range sets {
		b = append(b, 0x80|s[0]>>1, 0, 1)
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(s))), s...)
	}
	return b
}

// VisualEntry returns a VisualSampleEntry (ISO/IEC 14496-12 §12.1.3) with
// child boxes.
func VisualEntry(fourCC string, width, height int, children ...[]byte) []byte {
	f := make([]byte, 78)
	f[7] = 1
	binary.BigEndian.PutUint16(f[24:], uint16(width))
	binary.BigEndian.PutUint16(f[26:], uint16(height))
	copy(f[28:], U32(0x480000, 0x480000, 0))
	f[41] = 1
	copy(f[74:], []byte{0, 0x18, 0xFF, 0xFF})
	return Box(fourCC, f, slices.Concat(children...))
}

// AAC returns an mp4a sample entry with an esds around an AudioSpecificConfig.
func AAC(channels, rate int, asc []byte) []byte {
	return AudioEntry("mp4a", 0, channels, rate, Box("esds", ESDS(0x40, asc)))
}

// ESDS returns the payload of an esds box (ISO/IEC 14496-14 §5.6) for an object
// type and a decoder specific info.
func ESDS(objectType byte, specific []byte) []byte {
	descriptor := func(tag byte, body ...[]byte) []byte {
		p := slices.Concat(body...)
		n := len(p)
		return append([]byte{tag, 0x80 | byte(n>>21), 0x80 | byte(n>>14), 0x80 | byte(n>>7), byte(n & 0x7F)}, p...)
	}
	config := descriptor(4, []byte{objectType, 0x15, 0, 0x18, 0}, U32(128000, 128000), descriptor(5, specific))
	return append(U32(0), descriptor(3, []byte{0, 1, 0}, config, descriptor(6, []byte{2}))...)
}

// AudioEntry returns an AudioSampleEntry (ISO/IEC 14496-12 §12.2.3), or
// QuickTime's sound sample description of version 1 or 2, with child boxes.
func AudioEntry(fourCC string, version, channels, rate int, children ...[]byte) []byte {
	f := make([]byte, 28)
	f[7] = 1
	binary.BigEndian.PutUint16(f[8:], uint16(version))
	binary.BigEndian.PutUint16(f[16:], uint16(channels))
	binary.BigEndian.PutUint16(f[18:], 16)
	if rate < 1<<16 {
		binary.BigEndian.PutUint32(f[24:], uint32(rate)<<16)
	}
	f = append(f, zeros([]int{0, 16, 36}[version])...)
	return Box(fourCC, f, slices.Concat(children...))
}
