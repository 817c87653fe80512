package codec

import (
	"bytes"

	"manifold/packager/media"
)

// parseText reads the sample entry of timed text. It is not delivered as it is:
// every format has a form of its own. Config of 3GPP timed text is what its
// entry has beyond others: how text looks and where it stands.
func parseText(e entry) (media.Codec, error) {
	return media.Codec{FourCC: e.fourCC, Family: "text", String: e.fourCC, Words: "timed text", Config: bytes.Clone(e.fields[8:])}, nil
}
