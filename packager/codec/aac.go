package codec

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	mp4bits "github.com/Eyevinn/mp4ff/bits"
	"github.com/Eyevinn/mp4ff/mp4"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// aac reads mp4a with its esds, wherever QuickTime nests it.
func aac(e entry) (media.Codec, error) {
	esds := e.configuration("esds")
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
	if d.ObjectType == objectTypeDTS {
		return dtsInMPEG4, nil
	}
	if d.ObjectType != mp4.ObjectTypeAAC || d.DecSpecificInfo == nil {
		return media.Codec{}, otherObject(where, d.ObjectType)
	}
	config := bytes.Clone(d.DecSpecificInfo.DecConfig)
	asc, err := ParseAudioSpecificConfig(config)
	if err != nil {
		return media.Codec{}, &fault.Error{Code: fault.AudioEncodingNotSupported, Where: where, What: "the AudioSpecificConfig is damaged", Err: err}
	}
	asc.implicit(int(binary.BigEndian.Uint16(e.fields[24:])))
	k := asc.kind()
	if k == nil {
		return media.Codec{}, fault.New(fault.AudioEncodingNotSupported, where, fmt.Sprintf("AAC of object type %d is not a codec that can be packaged", asc.ObjectType), "Encode audio as AAC-LC.")
	}
	c := media.Codec{
		FourCC: "mp4a", Family: k.family, String: fmt.Sprintf("mp4a.40.%d", k.signalled), Config: config,
		SamplingRate: asc.SamplingRate, Channels: asc.Channels, FrameSamples: asc.FrameSamples,
		Dependent: asc.ObjectType == objectUSAC, Layout: asc.layout(), Words: k.words + " " + loudspeakers(asc.Channels),
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

// otherObject is the error of MPEG-4 audio that is not AAC. Codecs with a sample
// entry of their own have there what nobody else writes of them.
func otherObject(where string, kind byte) error {
	what, advice := fmt.Sprintf("MPEG-4 audio of object type 0x%02x is not a codec that can be packaged", kind), "Encode audio as AAC."
	if c, ok := otherObjects[kind]; ok {
		what = fmt.Sprintf("%s that is declared as MPEG-4 audio (object type 0x%02x) cannot be packaged", c.words, kind)
		if c.fourCC != "" {
			advice = "Write the file again with a program that gives it the sample entry " + c.fourCC + "."
		}
	}
	return fault.New(fault.AudioEncodingNotSupported, where, what, advice)
}

// objectTypeDTS is that of a DTS core, as the MP4 registration authority has it.
const objectTypeDTS = 0xA9

// otherObjects are the other object types that are met in mp4a, with the sample entry types of the same codecs.
var otherObjects = map[byte]struct{ words, fourCC string }{
	0x69: {"MP3", ""}, 0x6B: {"MP3", ""},
	0xA5: {"Dolby Digital (AC-3)", "ac-3"}, 0xA6: {"Dolby Digital Plus (E-AC-3)", "ec-3"},
	0xAA: {"DTS-HD", "dtsh"}, 0xAB: {"DTS-HD Lossless", "dtsl"}, 0xAC: {"DTS Express", "dtse"},
	0xAD: {"Opus", "Opus"}, 0xDD: {"Vorbis", ""},
}

// aacKind is what players tell apart of MPEG-4 audio.
type aacKind struct {
	family    string
	words     string
	signalled int    // the object type in RFC 6381 strings
	fourCC    string // of Smooth Streaming; "" when it has none
}

// kind returns what a configuration stands for, nil for what is not carried.
func (a *AudioSpecificConfig) kind() *aacKind {
	switch {
	case a.ObjectType == objectUSAC:
		return &aacKind{"xhe-aac", "xHE-AAC", objectUSAC, ""}
	case a.ObjectType != objectAACLC:
		return nil
	case a.PS:
		return &aacKind{"aac", "HE-AAC v2", objectPS, "AACH"}
	case a.SBR:
		return &aacKind{"aac", "HE-AAC", objectSBR, "AACH"}
	}
	return &aacKind{"aac", "AAC-LC", objectAACLC, "AACL"}
}

// aacLevel is how Smooth Streaming describes AAC. Its clients know of SBR what
// CodecPrivateData says; where the source leaves it to be found in the frames,
// the configuration is written anew.
func aacLevel(c *media.Codec) (QualityLevel, error) {
	asc, err := ParseAudioSpecificConfig(c.Config)
	if err != nil {
		return QualityLevel{}, err
	}
	private := c.Config
	if asc.SamplingRate != c.SamplingRate {
		asc.implicit(c.SamplingRate)
		private = asc.explicit()
	}
	k := asc.kind()
	if k == nil || k.fourCC == "" {
		return QualityLevel{}, notCarried(c, "Smooth Streaming", "Ask for HLS CMAF or DASH.")
	}
	return QualityLevel{FourCC: k.fourCC, PrivateData: private, AudioTag: 0xFF, PacketSize: 2 * c.Channels}, nil // of 16-bit PCM
}

func loudspeakers(channels int) string {
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

// cicpLayout is a ChannelConfiguration of ISO/IEC 23091-3, which ISO/IEC
// 23003-3 numbers alike.
func cicpLayout(n int) media.Layout {
	return media.Layout{Scheme: "urn:mpeg:dash:23003:3:audio_channel_configuration:2011", Value: strconv.Itoa(n)}
}

// cicpUsual is the ChannelConfiguration of a number of channels in their usual
// arrangement.
func cicpUsual(channels int) media.Layout {
	switch channels {
	case 7:
		return cicpLayout(11)
	case 8:
		return cicpLayout(7)
	}
	return cicpLayout(channels)
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
const (
	objectAACLC = 2
	objectSBR   = 5
	objectPS    = 29
	objectUSAC  = 42
)

// AudioSpecificConfig is what ISO/IEC 14496-3 §1.6.2.1 says of a stream.
type AudioSpecificConfig struct {
	ObjectType     int // of the core: 2 for AAC-LC and all of HE-AAC, 42 for xHE-AAC
	FrequencyIndex int // of the core; 15 when the rate is written out
	CoreRate       int // Hz, that the core is coded with
	ChannelConfig  int // of the core; 0 when a program config element says
	SBR, PS        bool

	SamplingRate int // Hz, of the output
	Channels     int // of the output
	FrameSamples int // audio samples at SamplingRate in one frame
}

var samplingRates = [...]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

// usacRates are by usacSamplingFrequencyIndex (ISO/IEC 23003-3 table 67).
var usacRates = [31]int{
	96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
	15: 57600, 51200, 40000, 38400, 34150, 28800, 25600, 20000, 19200, 17075, 14400, 12800, 9600,
}

// channels by channelConfiguration (ISO/IEC 14496-3 table 1.19); 0 is reserved.
var channels = [16]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 8, 11: 7, 12: 8, 13: 24, 14: 8}

// ParseAudioSpecificConfig reads an AudioSpecificConfig as far as it tells what
// is decoded. SBR and PS are signalled in front, as object types of their own,
// or behind, where decoders of AAC-LC do not look (§1.6.5).
func ParseAudioSpecificConfig(b []byte) (AudioSpecificConfig, error) {
	r := bitReader{b: b}
	var a AudioSpecificConfig
	a.ObjectType = r.objectType()
	a.FrequencyIndex, a.CoreRate = r.frequency()
	a.ChannelConfig = r.take(4)
	a.SamplingRate = a.CoreRate
	if a.ObjectType == objectSBR || a.ObjectType == objectPS {
		a.SBR, a.PS = true, a.ObjectType == objectPS
		_, a.SamplingRate = r.frequency()
		a.ObjectType = r.objectType()
	}
	if r.short || a.CoreRate == 0 || a.SamplingRate == 0 {
		return a, fmt.Errorf("%d bytes (% x) say no sampling rate", len(b), b)
	}
	a.FrameSamples = 1024
	a.Channels = channels[a.ChannelConfig]
	switch a.ObjectType {
	case objectAACLC:
		a.general(&r)
		if !a.SBR && !r.short {
			a.extension(&r)
		}
		a.FrameSamples = a.FrameSamples * a.SamplingRate / a.CoreRate
		if a.PS && a.Channels == 1 {
			a.Channels = 2
		}
	case objectUSAC:
		a.usac(&r)
	}
	if r.short || a.Channels == 0 || a.FrameSamples == 0 || a.SamplingRate == 0 {
		return a, fmt.Errorf("%d bytes (% x) say no channels", len(b), b)
	}
	return a, nil
}

// general reads a GASpecificConfig (§4.4.1).
func (a *AudioSpecificConfig) general(r *bitReader) {
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

// Values of syncExtensionType.
const (
	syncSBR = 0x2B7
	syncPS  = 0x548
)

// extension reads the signalling behind a configuration that decoders of
// AAC-LC understand. What is cut off there was never said.
func (a *AudioSpecificConfig) extension(r *bitReader) {
	x := *r
	if x.take(11) != syncSBR || x.objectType() != objectSBR || x.take(1) == 0 {
		return
	}
	_, rate := x.frequency()
	if x.short || rate == 0 {
		return
	}
	a.SBR, a.SamplingRate = true, rate
	a.PS = x.take(11) == syncPS && x.take(1) == 1
}

// usac reads a UsacConfig (ISO/IEC 23003-3 §5.2), which says what is put out.
func (a *AudioSpecificConfig) usac(r *bitReader) {
	if i := r.take(5); i == 31 {
		a.SamplingRate = r.take(24)
	} else {
		a.SamplingRate = usacRates[i]
	}
	switch r.take(3) { // coreSbrFrameLengthIndex, table 70
	case 0:
		a.FrameSamples = 768
	case 1:
		a.FrameSamples = 1024
	case 2, 3:
		a.FrameSamples, a.SBR = 2048, true
	case 4:
		a.FrameSamples, a.SBR = 4096, true
	default:
		a.FrameSamples = 0
	}
	switch i := r.take(5); i { // channelConfigurationIndex
	case 0:
		a.ChannelConfig, a.Channels = 0, r.escaped(5, 8, 16)
	default:
		a.ChannelConfig, a.Channels = i, 0
		if i < len(channels) {
			a.Channels = channels[i]
		}
	}
	if a.Channels > maxChannels {
		a.Channels = 0
	}
}

// maxChannels is more than any layout has.
const maxChannels = 64

// implicit takes HE-AAC that its configuration does not signal for what it is:
// decoders find SBR in the frames. Encoders that write such files give the
// sample entry the rate of the output, twice that of the core, and nothing else
// tells before the first frame. The core is never faster than 24 kHz. A
// parametric stereo in it is left to be found, and so is SBR at rates or with
// channels that have no number.
func (a *AudioSpecificConfig) implicit(entryRate int) {
	if a.ObjectType == objectAACLC && !a.SBR && a.ChannelConfig != 0 && a.CoreRate <= 24000 && entryRate == 2*a.CoreRate &&
		a.FrequencyIndex != 15 && slices.Contains(samplingRates[:], entryRate) {
		a.SBR, a.SamplingRate, a.FrameSamples = true, entryRate, 2*a.FrameSamples
	}
}

// explicit writes a configuration with SBR signalled in front (§1.6.5.3),
// for what implicit takes.
func (a *AudioSpecificConfig) explicit() []byte {
	index := slices.Index(samplingRates[:], a.SamplingRate)
	frameLength := 0
	if a.FrameSamples == 2*960 {
		frameLength = 1
	}
	v := uint32(objectSBR)<<27 | uint32(a.FrequencyIndex)<<23 | uint32(a.ChannelConfig)<<19 |
		uint32(index)<<15 | objectAACLC<<10 | uint32(frameLength)<<9
	return binary.BigEndian.AppendUint32(nil, v)
}

// layout is the arrangement of the loudspeakers.
func (a *AudioSpecificConfig) layout() media.Layout {
	if a.ChannelConfig == 0 || a.PS {
		return cicpUsual(a.Channels)
	}
	return cicpLayout(a.ChannelConfig)
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

// escaped reads an escapedValue (ISO/IEC 23003-3 §5.2).
func (r *bitReader) escaped(bits ...int) int {
	v := 0
	for _, n := range bits {
		x := r.take(n)
		if v += x; x != 1<<n-1 {
			break
		}
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
