package subtitle

import (
	"bytes"
	"encoding/binary"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// entry is the sample entry of IMSC1 (ISO/IEC 14496-12 §12.6.3).
func entry() []byte {
	const fields = "\x00\x00\x00\x00\x00\x00\x00\x01" + "http://www.w3.org/ns/ttml\x00" + "\x00" + "\x00" // namespace, schema, types of what belongs to it
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(fields)))
	return append(append(b, "stpp"...), fields...)
}

// Codec is that of all text in fragmented MP4.
func Codec() media.Codec {
	return media.Codec{FourCC: "stpp", Family: "ttml", String: "stpp.ttml.im1t", Words: "IMSC1 text", Entry: entry()}
}

// maxSamples bounds the documents of a track, in bytes: a cue is in all that it is
// seen in.
const maxSamples = 64 << 20

// Fragment makes the samples of a text track from its cues: an IMSC1 document
// for each fragment that begins and ends at the given times, in memory. Where
// nothing is seen all have the same document. The error is for cues that would
// need far more bytes than the source has.
func Fragment(t *media.Track, times []int64) error {
	n := len(times) - 1
	index := media.NewIndexBuilder(n)
	t.Timescale, t.Clock = media.TicksPerSecond, media.Clock{Scale: 1, Rate: media.TicksPerSecond}
	t.First, t.FragmentBytes = make([]uint32, 0, n+1), make([]int64, 0, n)
	document := imsc{language: t.Language, look: newSheet(t.CueHead)}
	source := document.append(nil, nil, 0, 0)
	empty := len(source)
	cues := t.Cues // those that are not over
	for k := range n {
		at, size := 0, empty
		for len(cues) > 0 && cues[0].End <= times[k] {
			cues = cues[1:]
		}
		if list := within(cues, times[k], times[k+1]); len(list) > 0 {
			at = len(source)
			source = document.append(source, list, times[k], times[k+1])
			if size = len(source) - at; len(source) > maxSamples {
				return fault.Newf(fault.MediaTypeNotSupported, t.Where(), "cues lie over each other for so long that the text needs more than %d bytes", maxSamples)
			}
		}
		index.Run(k, int64(at))
		index.Size(int64(size))
		index.Decode(times[k])
		t.First, t.FragmentBytes = append(t.First, uint32(k)), append(t.FragmentBytes, int64(size))
	}
	index.Decode(times[n])
	t.First = append(t.First, uint32(n))
	t.Samples, t.Source = index.Samples(), bytes.NewReader(source)
	if d := times[n] - times[0]; d > 0 {
		t.Average = int(media.Rescale(t.Samples.Bytes()*8, media.TicksPerSecond, d))
	}
	return nil
}
