package codec

import (
	"manifold/packager/fault"
	"manifold/packager/media"
)

// parseFLAC reads fLaC with its dfLa ("Encapsulation of FLAC in ISO Base Media
// File Format" §3.3.2): version and flags, then metadata blocks, of which the
// first is STREAMINFO (RFC 9639 §8.2):
//
//	block type (8) length (24)
//	block sizes (32) frame sizes (48) rate (20) channels − 1 (3) bits − 1 (5) …
func parseFLAC(e entry) (media.Codec, error) {
	record := e.configuration("dfLa")
	r := bitReader{b: record}
	r.take(32)
	kind, size := r.take(8)&0x7F, r.take(24)
	r.take(32 + 24)
	r.take(24)
	rate, n := r.take(20), r.take(3)+1
	if r.short || kind != 0 || size < 34 || rate == 0 {
		return media.Codec{}, fault.Newf(fault.AudioEncodingNotSupported, "stsd/fLaC/dfLa", "the decoder configuration is missing or damaged")
	}
	return wrap(media.Codec{
		FourCC: "fLaC", Family: "flac", String: "fLaC", Words: "FLAC " + loudspeakers(n),
		SamplingRate: rate, Channels: n, Layout: cicpUsual(n),
	}, "dfLa", record), nil
}
