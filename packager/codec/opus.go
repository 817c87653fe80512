package codec

import (
	"manifold/packager/fault"
	"manifold/packager/media"
)

// parseOpus reads Opus with its dOps ("Encapsulation of Opus in ISO Base Media
// File Format" §4.3.2):
//
//	Version (8) OutputChannelCount (8) PreSkip (16) InputSampleRate (32)
//	OutputGain (16) ChannelMappingFamily (8) …
func parseOpus(e entry) (media.Codec, error) {
	r := e.configuration("dOps")
	if len(r) < 11 || r[0] != 0 || r[1] == 0 {
		return media.Codec{}, fault.Newf(fault.AudioEncodingNotSupported, "stsd/Opus/dOps", "the decoder configuration is missing or damaged")
	}
	n := int(r[1])
	return wrap(media.Codec{
		FourCC: "Opus", Family: "opus", String: "Opus", Words: "Opus " + loudspeakers(n),
		SamplingRate: 48000, Channels: n, Layout: cicpUsual(n), // it is always decoded to 48 kHz
	}, "dOps", r), nil
}
