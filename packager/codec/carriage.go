package codec

import (
	"manifold/packager/fault"
	"manifold/packager/media"
)

// Transport is how MPEG-2 TS carries a codec (ISO/IEC 13818-1).
type Transport struct {
	StreamType  byte   // table 2-34
	StreamID    byte   // of PES packets, table 2-22
	Descriptors []byte // of the elementary stream in the PMT
	NAL         *NAL   // of codecs that are made of NAL units
	ADTS        *ADTS  // the header in front of every frame; nil when frames stand by themselves
}

// Values of stream_id.
const (
	streamVideo   = 0xE0
	streamAudio   = 0xC0
	streamPrivate = 0xBD // private_stream_1
)

// NewTransport returns how MPEG-2 TS carries a codec. The error says why it
// cannot, with the formats that can.
func NewTransport(c *media.Codec) (Transport, error) {
	if ts := table[c.FourCC].ts; ts != nil {
		return ts(c)
	}
	return Transport{}, notCarried(c, "MPEG-2 TS", "Ask for HLS CMAF or DASH.")
}

// QualityLevel is what a Smooth Streaming manifest says of a codec ([MS-SSTR]
// §2.2.2.5).
type QualityLevel struct {
	FourCC      string
	PrivateData []byte
	AudioTag    int // wFormatTag of WAVEFORMATEX
	PacketSize  int // nBlockAlign of it, bytes
}

// NewQualityLevel returns how Smooth Streaming describes a codec. The error
// says why it cannot, with the formats that can.
func NewQualityLevel(c *media.Codec) (QualityLevel, error) {
	if smooth := table[c.FourCC].smooth; smooth != nil {
		return smooth(c)
	}
	return QualityLevel{}, notCarried(c, "Smooth Streaming", "Ask for HLS CMAF or DASH.")
}

// notCarried is the error of a codec in a format that has no place for it.
func notCarried(c *media.Codec, format, advice string) error {
	code := fault.AudioEncodingNotSupported
	if c.SamplingRate == 0 {
		code = fault.VideoEncodingNotSupported
	}
	return fault.New(code, c.FourCC, format+" does not carry "+c.Words, advice)
}

// annexB returns NAL units as a byte stream.
func annexB(units [][]byte) []byte {
	var b []byte
	for _, u := range units {
		b = append(append(b, 0, 0, 0, 1), u...)
	}
	return b
}
