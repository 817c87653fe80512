package codec

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strconv"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// ddts is the payload of a DTSSpecificBox (ETSI TS 102 114 §E.2.2.3.2):
//
//	DTSSamplingFrequency (32) maxBitrate (32) avgBitrate (32) pcmSampleDepth (8)
//	FrameDuration (2) StreamConstruction (5) CoreLFEPresent (1) CoreLayout (6)
//	CoreSize (14) StereoDownmix (1) RepresentationType (3) ChannelLayout (16)
//	MultiAssetFlag (1) LBRDurationMod (1) ReservedBoxPresent (1) – (5)
type ddts struct {
	rate, maxBitrate, bitrate int // Hz, bit/s
	depth                     int // bits
	frame                     int // samples
	construction              int // of substreams and extensions, table E-6
	coreLFE, coreLayout       int
	coreSize                  int // bytes of a core frame
	layout                    uint16
}

// lastCore is the last StreamConstruction with a core in it; those up to
// lastInCore have all their extensions inside its substream.
const (
	lastInCore = 4
	lastCore   = 16
)

func readDTS(record []byte) (d ddts, ok bool) {
	r := bitReader{b: record}
	d.rate, d.maxBitrate, d.bitrate, d.depth = r.take(32), r.take(32), r.take(32), r.take(8)
	d.frame, d.construction = 512<<r.take(2), r.take(5)
	d.coreLFE, d.coreLayout, d.coreSize = r.take(1), r.take(6), r.take(14)
	r.take(1 + 3)
	d.layout = uint16(r.take(16))
	r.take(8)
	return d, !r.short && d.rate > 0 && d.rate <= 384000 && d.channels() > 0
}

// dtsPairs are the bits of ChannelLayout that stand for two loudspeakers (table
// E-5): L/R, Ls/Rs, Lh/Rh, Lsr/Rsr, Lc/Rc, Lw/Rw, Lss/Rss, Lhs/Rhs, Lhr/Rhr.
const dtsPairs = 1<<1 | 1<<2 | 1<<5 | 1<<6 | 1<<9 | 1<<10 | 1<<11 | 1<<13 | 1<<15

// dtsModes has the channels of the core's AMODE (table 5-4).
var dtsModes = [...]int{1, 2, 2, 2, 2, 3, 3, 4, 4, 5, 6, 6, 6, 7, 8, 8}

func (d *ddts) channels() int {
	if d.layout == 0 {
		return d.coreChannels()
	}
	return bits.OnesCount16(d.layout) + bits.OnesCount16(d.layout&dtsPairs)
}

func (d *ddts) coreChannels() int {
	if d.coreLayout >= len(dtsModes) {
		return 0
	}
	return dtsModes[d.coreLayout] + d.coreLFE
}

// parseDTS reads dtsc, dtsh, dtse and dtsl with their ddts.
func parseDTS(e entry) (media.Codec, error) {
	record := e.configuration("ddts")
	d, ok := readDTS(record)
	if !ok {
		return media.Codec{}, fault.Newf(fault.AudioEncodingNotSupported, "stsd/"+e.fourCC+"/ddts", "the decoder configuration is missing or damaged")
	}
	n := d.channels()
	return wrap(media.Codec{
		FourCC: e.fourCC, Family: e.fourCC, String: e.fourCC, Words: dtsWords[e.fourCC] + " " + loudspeakers(n),
		SamplingRate: d.rate, Channels: n, FrameSamples: d.frame,
		Layout: media.Layout{Scheme: "tag:dts.com,2014:dash:audio_channel_configuration:2012", Value: strconv.Itoa(n)},
	}, "ddts", record), nil
}

var dtsWords = map[string]string{"dtsc": "DTS", "dtsh": "DTS-HD", "dtse": "DTS Express", "dtsl": "DTS-HD Lossless"}

// dtsTransport is how MPEG-2 TS carries DTS where DVB made the rules (ETSI TS
// 101 154 §6.3, EN 300 468 annex G): as private data, with a registration that
// tells the length of a frame and a descriptor of what is in it.
func dtsTransport(c *media.Codec) (Transport, error) {
	d, ok := readDTS(c.Config)
	at := slices.Index([]int{512, 1024, 2048}, d.frame)
	if !ok || at < 0 {
		return Transport{}, notCarried(c, "MPEG-2 TS", "Ask for HLS CMAF or DASH.")
	}
	descriptors := registration("DTS" + strconv.Itoa(at+1))
	if c.FourCC == "dtsc" {
		descriptors = append(descriptors, d.coreDescriptor()...)
	} else {
		descriptors = append(descriptors, d.descriptor()...)
	}
	return Transport{StreamType: 0x06, StreamID: streamPrivate, Descriptors: descriptors}, nil
}

// coreDescriptor is the DTS_audio_stream_descriptor (EN 300 468 §G.2.1):
//
//	sample_rate_code (4) bit_rate_code (6) nblks (7) fsize (14)
//	surround_mode (6) lfe_flag (1) extended_surround_flag (2)
func (d *ddts) coreDescriptor() []byte {
	size := d.coreSize
	if size == 0 {
		size = d.bitrate / 8 * d.frame / d.rate
	}
	v := uint64(max(slices.Index(dtsCoreRates[:], d.rate), 0))
	v = v<<6 | uint64(dtsBitrateCode(d.bitrate))
	v = v<<7 | uint64(min(d.frame/32-1, 0x7F))
	v = v<<14 | uint64(min(max(size-1, 0), 0x3FFF))
	v = v<<6 | uint64(d.coreLayout)
	v = v<<1 | uint64(d.coreLFE)
	v <<= 2
	return append([]byte{0x7B, 5}, binary.BigEndian.AppendUint64(nil, v)[3:]...)
}

// dtsCoreRates are by SFREQ of a core frame (ETSI TS 102 114 table 5-5).
var dtsCoreRates = [16]int{1: 8000, 2: 16000, 3: 32000, 6: 11025, 7: 22050, 8: 44100, 11: 12000, 12: 24000, 13: 48000}

// dtsBitrates are in kbit/s, by RATE (table 5-7).
var dtsBitrates = [...]int{
	32, 56, 64, 96, 112, 128, 192, 224, 256, 320, 384, 448, 512, 576, 640, 768,
	960, 1024, 1152, 1280, 1344, 1408, 1411, 1472, 1536,
}

// dtsBitrateCode is the RATE of the lowest bitrate that is enough; 29 is open.
func dtsBitrateCode(bitrate int) int {
	for i, k := range dtsBitrates {
		if bitrate/1000 <= k {
			return i
		}
	}
	return 29
}

// descriptor is the DTS-HD_audio_stream_descriptor, an extension descriptor
// (EN 300 468 §G.3.1): which substreams there are, with one asset each.
func (d *ddts) descriptor() []byte {
	b := []byte{0x7F, 0, 0x0E, 0x07}
	if d.construction <= lastCore {
		b[3] |= 0x80 // substream_core_flag
		b = d.appendSubstream(b, d.coreChannels(), d.coreLFE)
	}
	if d.construction > lastInCore {
		b[3] |= 0x40 // substream_0_flag
		b = d.appendSubstream(b, d.channels(), int(d.layout>>3&1))
	}
	b[1] = byte(len(b) - 2)
	return b
}

// appendSubstream appends a substream_info:
//
//	substream_length (8) num_assets (3) channel_count (5)
//	LFE_flag (1) sampling_frequency (4) sample_resolution (1) – (2)
//	asset_construction (5) vbr_flag (1) post_encode_br_scaling_flag (1)
//	component_type_flag (1) language_code_flag (1) bit_rate (13) – (2)
func (d *ddts) appendSubstream(b []byte, channels, lfe int) []byte {
	rate := max(slices.Index(dtsRates[:], d.rate), 0)
	resolution, variable := 0, 0
	if d.depth > 16 {
		resolution = 1
	}
	if d.maxBitrate != d.bitrate {
		variable = 1
	}
	kbits := min(d.bitrate/1000, 1<<13-1)
	return append(b, 5, byte(channels&0x1F), byte(lfe<<7|rate<<3|resolution<<2|3),
		byte(d.construction<<3|variable<<2), byte(kbits>>6), byte(kbits<<2|3))
}

// dtsRates are by sampling_frequency of the descriptor.
var dtsRates = [...]int{
	8000, 16000, 32000, 64000, 128000, 22050, 44100, 88200, 176400, 352800,
	12000, 24000, 48000, 96000, 192000, 384000,
}
