package codec

import "manifold/packager/media"

// parseText reads the sample entry of timed text. It is not delivered as it is:
// every format has a form of its own.
func parseText(e entry) (media.Codec, error) {
	return media.Codec{FourCC: e.fourCC, Family: "text", String: e.fourCC, Words: "timed text"}, nil
}
