package verify

import "fmt"

// adtsFrame is one frame of an ADTS stream (ISO/IEC 14496-3 §1.A.3.2).
type adtsFrame struct {
	rate int    // samples per second
	data []byte // the raw data block
}

var adtsRates = [...]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

// aacSamples is what a frame of AAC-LC lasts, in samples.
const aacSamples = 1024

// adtsFrames splits an ADTS stream.
func adtsFrames(data []byte) ([]adtsFrame, error) {
	var out []adtsFrame
	for len(data) > 0 {
		if len(data) < 7 || data[0] != 0xFF || data[1]&0xF6 != 0xF0 {
			return nil, fmt.Errorf("no ADTS header before the last %d bytes", len(data))
		}
		head := 7
		if data[1]&1 == 0 {
			head = 9 // with a CRC
		}
		index := int(data[2] >> 2 & 15)
		size := int(data[3]&3)<<11 | int(data[4])<<3 | int(data[5]>>5)
		if index >= len(adtsRates) || size < head || size > len(data) || data[6]&3 != 0 {
			return nil, fmt.Errorf("ADTS frame of %d bytes, rate index %d, %d bytes left", size, index, len(data))
		}
		out = append(out, adtsFrame{rate: adtsRates[index], data: data[head:size]})
		data = data[size:]
	}
	return out, nil
}
