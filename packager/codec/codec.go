package codec

import (
	"encoding/binary"
	"fmt"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// row is what is known of a sample entry type.
type row struct {
	kind  media.Kind
	words string
	parse func(e entry) (media.Codec, error) // nil: known, not carried

	// extended codecs are those that Azure Media Services refused.
	extended bool

	nal    *NAL                                     // nil: not made of NAL units
	ts     func(*media.Codec) (Transport, error)    // nil: not in MPEG-2 TS
	sealed func(*media.Codec) (Transport, error)    // the same with SAMPLE-AES; nil: not encrypted there
	smooth func(*media.Codec) (QualityLevel, error) // nil: not in Smooth Streaming
}

// table holds every sample entry type that is carried or known by name.
var table = map[string]row{
	"avc1": {kind: media.Video, words: "H.264", parse: h264, nal: h264NAL, ts: nalTransport(0x1B, h264NAL), sealed: sealedH264, smooth: nalLevel("H264", h264NAL)},
	"avc3": {kind: media.Video, words: "H.264", parse: h264, nal: h264NAL, ts: nalTransport(0x1B, h264NAL), sealed: sealedH264, smooth: nalLevel("H264", h264NAL)},
	"hvc1": {kind: media.Video, words: "HEVC", parse: parseHEVC, nal: hevcNAL, ts: nalTransport(0x24, hevcNAL), smooth: nalLevel("HVC1", hevcNAL)},
	"hev1": {kind: media.Video, words: "HEVC", parse: parseHEVC, nal: hevcNAL, ts: nalTransport(0x24, hevcNAL), smooth: nalLevel("HEV1", hevcNAL)},
	"dvh1": {kind: media.Video, words: "Dolby Vision", parse: parseHEVC, nal: hevcNAL},
	"dvhe": {kind: media.Video, words: "Dolby Vision", parse: parseHEVC, nal: hevcNAL},
	"mp4a": {kind: media.Audio, words: "MPEG-4 audio", parse: aac, ts: aacTransport, sealed: sealedAAC, smooth: aacLevel},
	"dtsc": {kind: media.Audio, words: dtsWords["dtsc"], parse: parseDTS, ts: dtsTransport},
	"dtsh": {kind: media.Audio, words: dtsWords["dtsh"], parse: parseDTS, ts: dtsTransport},
	"dtse": {kind: media.Audio, words: dtsWords["dtse"], parse: parseDTS, ts: dtsTransport},
	"dtsl": {kind: media.Audio, words: dtsWords["dtsl"], parse: parseDTS, ts: dtsTransport},
	"ec-3": {kind: media.Audio, words: "Dolby Digital Plus (E-AC-3)", parse: parseEAC3, ts: eac3Transport, sealed: sealedEAC3, smooth: eac3Level},

	"av01": {kind: media.Video, words: "AV1", parse: parseAV1, extended: true},
	"dav1": {kind: media.Video, words: "Dolby Vision over AV1", parse: parseAV1, extended: true},
	"vp09": {kind: media.Video, words: "VP9", parse: parseVP9, extended: true},
	"ac-3": {kind: media.Audio, words: "Dolby Digital (AC-3)", parse: parseAC3, extended: true},
	"ac-4": {kind: media.Audio, words: "Dolby AC-4", parse: parseAC4, extended: true},
	"Opus": {kind: media.Audio, words: "Opus", parse: parseOpus, extended: true},
	"fLaC": {kind: media.Audio, words: "FLAC", parse: parseFLAC, extended: true},

	"wvtt": {kind: media.Text, words: "WebVTT", parse: parseText},
	"stpp": {kind: media.Text, words: "TTML", parse: parseText},
	"dfxp": {kind: media.Text, words: "TTML", parse: parseText},
	"tx3g": {kind: media.Text, words: "3GPP timed text", parse: parseText},

	"mp4v": {kind: media.Video, words: "MPEG-4 Visual"},
	"jpeg": {kind: media.Video, words: "Motion JPEG"},
	"apcn": {kind: media.Video, words: "ProRes 422"},
	"apch": {kind: media.Video, words: "ProRes 422 HQ"},
	"alac": {kind: media.Audio, words: "Apple Lossless"},
	".mp3": {kind: media.Audio, words: "MP3"},
	"sowt": {kind: media.Audio, words: "PCM"},
	"twos": {kind: media.Audio, words: "PCM"},
	"lpcm": {kind: media.Audio, words: "PCM"},
	"encv": {kind: media.Video, words: "encrypted video"},
	"enca": {kind: media.Audio, words: "encrypted audio"},
}

// Words returns the name of a sample entry type for people.
func Words(fourCC string) string {
	if r, ok := table[fourCC]; ok {
		return r.words
	}
	return fmt.Sprintf("%q", fourCC)
}

// Parse reads a sample entry box of a track. The error says
// what is damaged, or that the codec is not carried.
func Parse(kind media.Kind, box []byte) (media.Codec, error) {
	e, err := newEntry(kind, box)
	if err != nil {
		return media.Codec{}, err
	}
	r, known := table[e.fourCC]
	if !known || r.kind != kind || r.parse == nil {
		code := fault.VideoEncodingNotSupported
		if kind == media.Audio {
			code = fault.AudioEncodingNotSupported
		}
		if e.fourCC == "encv" || e.fourCC == "enca" {
			return media.Codec{}, fault.New(fault.AlreadyEncrypted, e.fourCC, "the track is already encrypted", "Give the file as it was before encryption: protection is added on request.")
		}
		return media.Codec{}, fault.New(code, e.fourCC, Words(e.fourCC)+" is not a codec that can be packaged", "Encode video as H.264 or HEVC and audio as AAC.")
	}
	c, err := r.parse(e)
	c.Extended = r.extended
	return c, err
}

// entry is a sample entry box taken apart (ISO/IEC 14496-12 §8.5.2).
type entry struct {
	fourCC   string
	fields   []byte // what stands before the child boxes, without the box header
	children []child
}

type child struct {
	kind string
	box  []byte // with its header
}

func (c child) payload() []byte { return c.box[8:] }

func (e entry) child(kind string) []byte {
	for _, c := range e.children {
		if c.kind == kind {
			return c.payload()
		}
	}
	return nil
}

// timedText is the size of what TextSampleEntry adds to SampleEntry, in front of
// its boxes (3GPP TS 26.245 §5.16).
const timedText = 30

func newEntry(kind media.Kind, box []byte) (entry, error) {
	if len(box) < 16 {
		return entry{}, fault.Newf(fault.InputFormatNotSupported, "stsd", "a sample entry of %d bytes is too short", len(box))
	}
	e := entry{fourCC: string(box[4:8])}
	n := 78 // VisualSampleEntry
	switch kind {
	case media.Text:
		n = 8 // SampleEntry
		if string(box[4:8]) == "tx3g" && len(box) >= 8+8+timedText {
			n += timedText
		}
	case media.Audio:
		n = 28 // AudioSampleEntry
		if len(box) >= 18 {
			switch binary.BigEndian.Uint16(box[16:]) { // QuickTime sound sample description versions
			case 1:
				n += 16
			case 2:
				n += 36
			}
		}
	}
	if len(box) < 8+n {
		return entry{}, fault.Newf(fault.InputFormatNotSupported, "stsd/"+e.fourCC, "a sample entry of %d bytes is too short", len(box))
	}
	e.fields = box[8 : 8+n]
	e.children = children(box[8+n:])
	return e, nil
}

// children splits boxes as far as they are whole; QuickTime ends some lists
// with four zero bytes.
func children(b []byte) []child {
	var out []child
	for len(b) >= 8 {
		n := int(binary.BigEndian.Uint32(b))
		if n < 8 || n > len(b) {
			break
		}
		out = append(out, child{string(b[4:8]), b[:n]})
		b = b[n:]
	}
	return out
}

// configuration returns the payload of the box that configures a decoder of
// audio, wherever it lies.
func (e entry) configuration(kind string) []byte { return nested(e.children, kind, maxWaves) }

// maxWaves bounds how deep boxes lie in each other.
const maxWaves = 4

// nested returns the payload of the first box of a kind: beside the others or,
// as QuickTime has it, in a wave box or in what stands in there for the sample
// entry (QuickTime File Format, "siDecompressionParam").
func nested(list []child, kind string, depth int) []byte {
	for _, c := range list {
		if c.kind == kind {
			return c.payload()
		}
	}
	for _, c := range list {
		if depth > 0 && (c.kind == "wave" || c.kind == "mp4a") {
			if p := nested(children(c.payload()), kind, depth-1); p != nil {
				return p
			}
		}
	}
	return nil
}

// appendBox appends a box around what body appends.
func appendBox(dst []byte, kind string, body func([]byte) []byte) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	dst = append(dst, kind...)
	dst = body(dst)
	binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at))
	return dst
}
