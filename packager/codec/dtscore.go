package codec

import (
	"encoding/binary"

	"manifold/packager/media"
)

// dtsInMPEG4 is DTS in mp4a, as some programs write it: everything that is known
// of it stands in its frames.
var dtsInMPEG4 = media.Codec{FourCC: "dtsc", Family: "dtsc", String: "dtsc", Words: dtsWords["dtsc"]}

// completeDTS describes DTS after the header of its first frame (ETSI TS 102 114
// §5.3 and §5.4), and gives it the sample entry that it should have had:
//
//	SYNC (32) FTYPE (1) SHORT (5) CPF (1) NBLKS (7) FSIZE (14) AMODE (6)
//	SFREQ (4) RATE (5) – (5) EXT_AUDIO_ID (3) EXT_AUDIO (1) ASPF (1) LFF (2)
//	HFLAG (1) [HCRC (16)] FILTS (1) VERNUM (4) CHIST (2) PCMR (3)
//
// Only a core alone is taken: extensions say more than its header.
func completeDTS(c *media.Codec, frame []byte) {
	r := bitReader{b: frame}
	sync := r.take(32)
	r.take(1 + 5)
	checked := r.take(1) == 1
	d := ddts{frame: (r.take(7) + 1) * 32, construction: 1}
	d.coreSize = r.take(14) + 1
	d.coreLayout, d.rate = r.take(6), dtsCoreRates[r.take(4)]
	rate := r.take(5)
	r.take(5 + 3)
	extended := r.take(1) == 1
	r.take(1)
	if r.take(2) != 0 {
		d.coreLFE = 1
	}
	r.take(1)
	if checked {
		r.take(16)
	}
	r.take(1 + 4 + 2)
	d.depth = [8]int{16, 16, 20, 20, 0, 24, 24, 0}[r.take(3)]
	if r.short || sync != 0x7FFE8001 || extended || d.coreSize != len(frame) || d.rate == 0 {
		return
	}
	d.bitrate = d.coreSize * 8 * d.rate / d.frame
	if rate < len(dtsBitrates) {
		d.bitrate = dtsBitrates[rate] * 1000
	}
	d.maxBitrate = d.bitrate
	if d.coreLayout < len(dtsLayouts) {
		if d.layout = dtsLayouts[d.coreLayout]; d.layout != 0 {
			d.layout |= uint16(d.coreLFE) << 3
		}
	}
	record := d.record()
	if x, err := parseDTS(entry{fourCC: "dtsc", children: []child{{"ddts", append(make([]byte, 8), record...)}}}); err == nil && x.FrameSamples == d.frame {
		*c = x
	}
}

// dtsLayouts has the ChannelLayout of AMODE; 0 where it has no name for it.
var dtsLayouts = [...]uint16{0: 0x01, 2: 0x02, 3: 0x02, 4: 0x02, 5: 0x03, 6: 0x12, 7: 0x13, 8: 0x06, 9: 0x07}

// record writes the payload of a ddts.
func (d *ddts) record() []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(d.rate))
	b = binary.BigEndian.AppendUint32(b, uint32(d.maxBitrate))
	b = binary.BigEndian.AppendUint32(b, uint32(d.bitrate))
	b = append(b, byte(d.depth))
	duration := 0
	for 512<<duration < d.frame && duration < 3 {
		duration++
	}
	v := uint64(duration)<<5 | uint64(d.construction)
	v = v<<1 | uint64(d.coreLFE)
	v = v<<6 | uint64(d.coreLayout)
	v = v<<14 | uint64(d.coreSize&(1<<14-1))
	v <<= 1 + 3 // no stereo downmix; a presentation of loudspeakers
	v = v<<16 | uint64(d.layout)
	v <<= 8
	return append(b, binary.BigEndian.AppendUint64(nil, v)[1:]...)
}
