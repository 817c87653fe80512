package codec

import (
	"strings"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// NewSealedTransport returns how MPEG-2 TS carries a codec that is encrypted
// with SAMPLE-AES (MPEG-2 Stream Encryption Format for HTTP Live Streaming). The
// error says why it cannot, with what can.
func NewSealedTransport(c *media.Codec) (Transport, error) {
	t, err := NewTransport(c)
	if err != nil {
		return t, err
	}
	sealed := table[c.FourCC].sealed
	if sealed == nil {
		return t, fault.New(fault.EncryptionNotSupported, c.FourCC, "SAMPLE-AES in MPEG-2 TS is not defined for "+c.Words, "Ask for AES-128 (encryption=cbc), or for HLS CMAF.")
	}
	s, err := sealed(c)
	s.StreamID, s.NAL, s.ADTS = t.StreamID, t.NAL, t.ADTS
	return s, err
}

func sealedH264(*media.Codec) (Transport, error) {
	return Transport{StreamType: 0xDB, Descriptors: privateData("zavc")}, nil
}

func sealedAAC(c *media.Codec) (Transport, error) {
	kind := "zaac"
	switch {
	case strings.HasSuffix(c.String, ".5"):
		kind = "zach"
	case strings.HasSuffix(c.String, ".29"):
		kind = "zacp"
	}
	return Transport{StreamType: 0xCF, Descriptors: append(privateData("aacd"), audioSetup(kind, c.Config)...)}, nil
}

func sealedEAC3(c *media.Codec) (Transport, error) {
	return Transport{StreamType: 0xC2, Descriptors: append(privateData("ec3d"), audioSetup("zec3", c.Config)...)}, nil
}

// privateData is a private_data_indicator_descriptor (ISO/IEC 13818-1 §2.6.28).
func privateData(indicator string) []byte { return append([]byte{0x0F, 4}, indicator...) }

// audioSetup is the registration_descriptor that decoders of encrypted audio are
// set up by: priming of unknown length, and the configuration of the decoder.
func audioSetup(kind string, config []byte) []byte {
	info := append([]byte("apad"+kind), 0, 0, 1, byte(len(config)))
	info = append(info, config...)
	return append([]byte{0x05, byte(len(info))}, info...)
}
