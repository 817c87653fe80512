package codec

import (
	"bytes"
	"testing"

	adts "github.com/Eyevinn/mp4ff/aac"

	"manifold/packager/fault"
	"manifold/packager/internal/synth"
)

func TestADTSHeadersAreReadByOthers(t *testing.T) {
	for hex, want := range map[string]adts.ADTSHeader{
		"1190": {ObjectType: 2, SamplingFrequencyIndex: 3, ChannelConfig: 2},
		"1208": {ObjectType: 2, SamplingFrequencyIndex: 4, ChannelConfig: 1},
		"1638": {ObjectType: 2, SamplingFrequencyIndex: 12, ChannelConfig: 7},
	} {
		h, err := NewADTS(synth.Hex(hex))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, size := range []int{1, 341, 8184} {
			b := h.Append([]byte("x"), size)
			got, _, err := adts.DecodeADTSHeader(bytes.NewReader(b[1:]))
			if err != nil || got.ObjectType != want.ObjectType || got.SamplingFrequencyIndex != want.SamplingFrequencyIndex || got.ChannelConfig != want.ChannelConfig ||
				int(got.HeaderLength) != ADTSHeaderSize || int(got.PayloadLength) != size {
				t.Errorf("%s, %d bytes: %+v (%v)", hex, size, got, err)
			}
		}
	}
}

func TestWhatADTSCannotSayIsRefused(t *testing.T) {
	for name, hex := range map[string]string{
		"an object type above 4": "F9464362", "a rate written out": "178061A810", "a program config element": "118004C4010020000D4C61766335392E33372E31303056E500",
		"7.1 top, configuration 14": "11F0", "nothing": "",
	} {
		if _, err := NewADTS(synth.Hex(hex)); err == nil || fault.As(err).Code != fault.AudioEncodingNotSupported {
			t.Errorf("%s: %v", name, err)
		}
	}
}
