package codec

import (
	"manifold/packager/fault"
	"manifold/packager/media"
)

// ADTSHeaderSize is the size in bytes of an ADTS header without a CRC.
const ADTSHeaderSize = 7

// maxADTSFrame is the largest frame that the 13 bits of aac_frame_length hold.
const maxADTSFrame = 1<<13 - 1

// ADTS is the fixed part of the headers that MPEG-2 TS puts in front of AAC
// frames (ISO/IEC 14496-3 §1.A.2.2).
type ADTS [ADTSHeaderSize]byte

// NewADTS makes the header for an AudioSpecificConfig. ADTS can say less than
// that: the error is AudioEncodingNotSupported for what it cannot.
func NewADTS(config []byte) (ADTS, error) {
	a, err := ParseAudioSpecificConfig(config)
	if err != nil {
		return ADTS{}, &fault.Error{Code: fault.AudioEncodingNotSupported, Where: "AudioSpecificConfig", What: "the configuration is damaged", Err: err}
	}
	const advice = "Ask for HLS CMAF, DASH or Smooth Streaming, which carry the configuration as it is."
	switch {
	case a.ObjectType < 1 || a.ObjectType > 4: // SBR and PS go along unsaid
		return ADTS{}, fault.New(fault.AudioEncodingNotSupported, "AudioSpecificConfig", "MPEG-2 TS (ADTS) cannot carry this kind of AAC", advice)
	case a.FrequencyIndex == 15:
		return ADTS{}, fault.New(fault.AudioEncodingNotSupported, "AudioSpecificConfig", "MPEG-2 TS (ADTS) cannot carry a sampling rate outside its table", advice)
	case a.ChannelConfig == 0 || a.ChannelConfig > 7: // three bits
		return ADTS{}, fault.New(fault.AudioEncodingNotSupported, "AudioSpecificConfig", "MPEG-2 TS (ADTS) cannot carry this arrangement of channels", advice)
	}
	return ADTS{
		0xFF, 0xF1, // syncword, MPEG-4, layer 0, no CRC
		byte(a.ObjectType-1)<<6 | byte(a.FrequencyIndex)<<2 | byte(a.ChannelConfig>>2),
		byte(a.ChannelConfig&3) << 6, 0, 0x1F, // buffer fullness 0x7FF: variable rate
		0xFC,
	}, nil
}

// Append appends the header of a frame of the given size in bytes.
func (h *ADTS) Append(dst []byte, size int) []byte {
	n := size + ADTSHeaderSize
	return append(dst, h[0], h[1], h[2], h[3]|byte(n>>11), byte(n>>3), byte(n<<5)|h[5], h[6])
}

// Fits says whether a frame of the given size has room in an ADTS frame.
func (h *ADTS) Fits(size int) bool { return size+ADTSHeaderSize <= maxADTSFrame }

// aacTransport is how MPEG-2 TS carries AAC (ISO/IEC 13818-1 §2.11.2.2).
func aacTransport(c *media.Codec) (Transport, error) {
	h, err := NewADTS(c.Config)
	if err != nil {
		return Transport{}, err
	}
	return Transport{StreamType: 0x0F, StreamID: streamAudio, ADTS: &h}, nil
}
