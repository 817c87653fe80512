package codec

import (
	"bytes"

	"manifold/packager/media"
)

// parseText reads the sample entry of timed text. It is not delivered as it is:
// every format has a form of its own. Config is what an entry says of how text
// looks and where it stands: of 3GPP timed text its fields, of WebVTT what stands
// in front of the cues.
func parseText(e entry) (media.Codec, error) {
	config := e.fields[8:]
	if e.fourCC == "wvtt" {
		config = e.child("vttC")
	}
	return media.Codec{FourCC: e.fourCC, Family: "text", String: e.fourCC, Words: "timed text", Config: bytes.Clone(config)}, nil
}
