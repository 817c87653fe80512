package codec

import (
	"encoding/binary"
	"fmt"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// parseAC4 reads ac-4 with its dac4, an ac4_dsi_v1 (ETSI TS 103 190-2 §E.6):
//
//	ac4_dsi_version (3) bitstream_version (7) fs_index (1) frame_rate_index (4)
//	n_presentations (9)
//	b_program_id (1) [short_program_id (16) b_uuid (1) [program_uuid (128)]]
//	bit_rate_mode (2) bit_rate (32) bit_rate_precision (32), filled to a byte
//	for each presentation: presentation_version (8) pres_bytes (8) …
//
// and of a presentation of version 1 or 2 presentation_config (5) mdcompat (3).
func parseAC4(e entry) (media.Codec, error) {
	record := e.configuration("dac4")
	r := bitReader{b: record}
	dsi, bitstream := r.take(3), r.take(7)
	rate := [2]int{44100, 48000}[r.take(1)]
	r.take(4)
	presentations := r.take(9)
	if bitstream > 1 && r.take(1) == 1 {
		if r.take(16); r.take(1) == 1 {
			r.at += 128
		}
	}
	r.at += 2 + 32 + 32
	r.at = (r.at + 7) &^ 7
	version, size := r.take(8), r.take(8)
	if size == 255 {
		r.take(16)
	}
	config, compatible := r.take(5), 0
	if config != 6 { // of nothing but extensions
		compatible = r.take(3)
	}
	n := int(binary.BigEndian.Uint16(e.fields[16:]))
	if r.short || dsi != 1 || presentations == 0 || n == 0 || n > maxChannels {
		return media.Codec{}, fault.Newf(fault.AudioEncodingNotSupported, "stsd/ac-4/dac4", "the decoder configuration is missing, damaged or of another version")
	}
	return wrap(media.Codec{
		FourCC: "ac-4", Family: "ac-4", String: fmt.Sprintf("ac-4.%02x.%02x.%02x", bitstream, version, compatible), // §E.13
		Words: "Dolby AC-4 " + loudspeakers(n), SamplingRate: rate, Channels: n, Layout: cicpUsual(n),
	}, "dac4", record), nil
}
