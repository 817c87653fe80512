package codec

import (
	"bytes"
	"encoding/binary"
	"fmt"

	mp4bits "github.com/Eyevinn/mp4ff/bits"
	"github.com/Eyevinn/mp4ff/mp4"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// aac reads mp4a with its esds, also where QuickTime nests it in wave.
func aac(e entry) (media.Codec, error) {
	esds := e.child("esds")
	if esds == nil {
		for _, c := range children(e.child("wave")) {
			if c.kind == "esds" {
				esds = c.payload()
			}
		}
	}
	const where = "stsd/mp4a/esds"
	if len(esds) < 4 {
		return media.Codec{}, fault.Newf(fault.AudioEncodingNotSupported, where, "the decoder configuration is missing")
	}
	header := mp4.BoxHeader{Name: "esds", Size: uint64(len(esds) + 8), Hdrlen: 8}
	box, err := mp4.DecodeEsdsSR(header, 0, mp4bits.NewFixedSliceReader(esds))
	if err != nil {
		return media.Codec{}, &fault.Error{Code: fault.AudioEncodingNotSupported, Where: where, What: "the decoder configuration is damaged", Err: err}
	}
	d := box.(*mp4.EsdsBox).DecConfigDescriptor
	if d == nil {
		return media.Codec{}, fault.Newf(fault.AudioEncodingNotSupported, where, "the decoder configuration is missing")
	}
	if d.ObjectType != mp4.ObjectTypeAAC || d.DecSpecificInfo == nil {
		return media.Codec{}, fault.New(fault.AudioEncodingNotSupported, where, fmt.Sprintf("MPEG-4 audio of object type 0x%02x is not a codec that can be packaged", d.ObjectType), "Encode audio as AAC-LC.")
	}
	config := bytes.Clone(d.DecSpecificInfo.DecConfig)
	asc, err := ParseAudioSpecificConfig(config)
	if err != nil {
		return media.Codec{}, &fault.Error{Code: fault.AudioEncodingNotSupported, Where: where, What: "the AudioSpecificConfig is damaged", Err: err}
	}
	if asc.ObjectType != objectAACLC {
		return media.Codec{}, fault.New(fault.AudioEncodingNotSupported, where, fmt.Sprintf("AAC of object type %d is not a codec that can be packaged", asc.ObjectType), "Encode audio as AAC-LC.")
	}
	c := media.Codec{
		FourCC: "mp4a", Family: "aac", String: fmt.Sprintf("mp4a.40.%d", asc.ObjectType), Config: config,
		SamplingRate: asc.SamplingRate, Channels: asc.Channels, FrameSamples: asc.FrameSamples,
		Words: "AAC-LC " + layout(asc.Channels),
	}
	c.Entry = audioEntry("mp4a", c, func(dst []byte) []byte {
		b := mp4.CreateEsdsBox(config)
		b.DecConfigDescriptor.MaxBitrate, b.DecConfigDescriptor.AvgBitrate = d.MaxBitrate, d.AvgBitrate
		w := bytes.NewBuffer(dst)
		b.Encode(w) // a bytes.Buffer does not fail
		return w.Bytes()
	})
	return c, nil
}

// aacLevel is how Smooth Streaming describes AAC.
func aacLevel(c *media.Codec) (QualityLevel, error) {
	return QualityLevel{FourCC: "AACL", PrivateData: c.Config, AudioTag: 0xFF, PacketSize: 2 * c.Channels}, nil
}

func layout(channels int) string {
	switch channels {
	case 1:
		return "mono"
	case 2:
		return "stereo"
	case 6:
		return "5.1"
	case 8:
		return "7.1"
	}
	return fmt.Sprintf("%d channels", channels)
}

// audioEntry writes an AudioSampleEntry (ISO/IEC 14496-12 §12.2.3) around a
// configuration box; QuickTime's longer forms do not leave the source.
func audioEntry(fourCC string, c media.Codec, config func([]byte) []byte) []byte {
	return appendBox(nil, fourCC, func(dst []byte) []byte {
		f := make([]byte, 28)
		f[7] = 1 // data_reference_index
		binary.BigEndian.PutUint16(f[16:], uint16(c.Channels))
		binary.BigEndian.PutUint16(f[18:], 16)
		if c.SamplingRate < 1<<16 {
			binary.BigEndian.PutUint32(f[24:], uint32(c.SamplingRate)<<16)
		}
		return config(append(dst, f...))
	})
}

// Audio object types (ISO/IEC 14496-3 table 1.17).
const objectAACLC = 2

// AudioSpecificConfig is what ISO/IEC 14496-3 §1.6.2.1 says of a stream.
type AudioSpecificConfig struct {
	ObjectType     int // 2 for AAC-LC, 5 and 29 where SBR and PS are signalled in front
	FrequencyIndex int // 15 when the rate is written out
	SamplingRate   int // Hz
	ChannelConfig  int // 0 when a program config element says
	Channels       int
	FrameSamples   int // audio samples at SamplingRate in one frame
}

var samplingRates = [...]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

// channels by channelConfiguration (ISO/IEC 14496-3 table 1.19); 0 is reserved.
var channels = [16]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8, 13: 24, 14: 8}

// ParseAudioSpecificConfig reads the beginning of an AudioSpecificConfig.
func ParseAudioSpecificConfig(b []byte) (AudioSpecificConfig, error) {
	r := bitReader{b: b}
	var a AudioSpecificConfig
	a.ObjectType = r.objectType()
	a.FrequencyIndex, a.SamplingRate = r.frequency()
	a.ChannelConfig = r.take(4)
	if r.short || a.SamplingRate == 0 {
		return a, fmt.Errorf("%d bytes (% x) say no sampling rate", len(b), b)
	}
	a.FrameSamples = 1024
	a.Channels = channels[a.ChannelConfig]
	if a.ObjectType == objectAACLC { // GASpecificConfig (§4.4.1)
		if r.take(1) == 1 { // frameLengthFlag
			a.FrameSamples = 960
		}
		if r.take(1) == 1 { // dependsOnCoreCoder
			r.take(14)
		}
		r.take(1) // extensionFlag
		if a.ChannelConfig == 0 {
			a.Channels = r.programConfig()
		}
	}
	if r.short || a.Channels == 0 {
		return a, fmt.Errorf("%d bytes (% x) say no channels", len(b), b)
	}
	return a, nil
}

type bitReader struct {
	b     []byte
	at    int
	short bool
}

func (r *bitReader) take(n int) int {
	v := 0
	for ; n > 0; n-- {
		if r.at>>3 >= len(r.b) {
			r.short = true
			return 0
		}
		v = v<<1 | int(r.b[r.at>>3]>>(7-r.at&7))&1
		r.at++
	}
	return v
}

func (r *bitReader) objectType() int {
	if t := r.take(5); t != 31 {
		return t
	}
	return 32 + r.take(6)
}

func (r *bitReader) frequency() (index, rate int) {
	index = r.take(4)
	if index == 15 {
		return index, r.take(24)
	}
	if index < len(samplingRates) {
		rate = samplingRates[index]
	}
	return index, rate
}

// programConfig returns the number of channels of a program_config_element
// (§4.4.1.1).
func (r *bitReader) programConfig() int {
	r.take(4 + 2 + 4)                             // element_instance_tag, object_type, sampling_frequency_index
	elements := r.take(4) + r.take(4) + r.take(4) // front, side, back
	lfe := r.take(2)
	r.take(3 + 4)                         // associated data, coupling
	for _, bits := range []int{4, 4, 3} { // mono, stereo, matrix mixdown
		if r.take(1) == 1 {
			r.take(bits)
		}
	}
	n := lfe
	for range elements {
		n += 1 + r.take(1) // a pair has two
		r.take(4)
	}
	return n
}
