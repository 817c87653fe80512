package synth

// File describes a movie file. The zero values are the ordinary ones: ftyp,
// moov, one mdat with one chunk a track, 32-bit chunk offsets.
type File struct {
	Tracks    []Track
	Timescale uint32 // of the movie, for edit durations; 0 is 1000

	MoovLast bool
	Chunks   int   // chunks that every track is cut into, taking turns; 0 is 1
	Gap      int   // bytes of nobody in front of every chunk
	Mdats    int   // that the chunks are spread over; 0 is 1
	Large    bool  // 64-bit sizes of mdat
	OpenEnd  bool  // the last mdat has size 0: to the end of the file
	CO64     bool  // 64-bit chunk offsets; always where the file needs them
	Hole     int64 // zero bytes in front of the media, to make a file as large as that
	Reversed bool  // children of every box in reversed order
	NoFtyp   bool  // as old QuickTime files

	// Extra boxes, whole, in front of moov, and at the end of moov.
	Before, InMoov []byte

	Fragments *Fragments // nil: a progressive file
	Brand     string     // major brand; "" is "isom"
}

// Track describes one track.
type Track struct {
	ID        uint32 // 0: its place, from 1
	Handler   string // "vide", "soun" …
	Entry     []byte // sample entry, see AVC and AAC
	Timescale uint32
	Samples   []Sample
	Edits     []Edit
	Language  string // ISO 639-2; "" is "und"
	Extended  string // BCP 47, in elng; "" has none
	Wide      bool   // version 1 of tkhd, mdhd and elst
	Start     uint64 // decode time of the first sample, in fragments

	SizeBits   int  // of stz2: 4, 8, 16; 0 is stsz
	SizeTable  bool // stsz lists the sizes although they are all equal
	Signed     bool // version 1 of ctts
	EverySync  bool // stss lists every sample; otherwise there is none when all are sync samples
	NALLength  int  // 1, 2 or 4: samples are NAL units; 0: they are not
	InBandSets [][]byte
	Number     int // of the first sample, by which what samples hold is told apart

	// Replace holds payloads (with version and flags) that stand instead of
	// those of the named boxes of the track; nil leaves the box out.
	Replace map[string][]byte
}

// Sample describes one sample in decoding order.
type Sample struct {
	Size     int
	Duration uint32 // track timescale
	Offset   int32  // composition − decode time, track timescale
	Sync     bool
}

// Edit is a segment of the edit list, see Play and Empty.
type Edit struct {
	Duration  int64 // movie timescale
	MediaTime int64 // track timescale
}

// Video returns n frames of equal size and duration with a key frame at every
// gop-th, in the order in which they are shown.
func Video(n, gop, size int, duration uint32) []Sample {
	list := make([]Sample, n)
	for i := range list {
		list[i] = Sample{Size: size, Duration: duration, Sync: i%gop == 0}
	}
	return list
}

// Audio returns n frames of equal size and duration.
func Audio(n, size int, duration uint32) []Sample {
	return Video(n, 1, size, duration)
}

// Reorder gives video the composition offsets of closed GOPs with two
// B-frames between two others (I P B B P B B …). Pictures are shown delay
// frames after they were decoded; below one, offsets are negative.
func Reorder(list []Sample, delay int) {
	for from := 0; from < len(list); {
		to := from + 1
		for to < len(list) && !list[to].Sync {
			to++
		}
		for i := from; i < to; i++ {
			k := i - from // in decoding order: 0, 3 1 2, 6 4 5 …
			shown := k
			if k > 0 {
				last := to - from - 1
				group := (k - 1) / 3 * 3
				switch anchor := min(group+3, last); {
				case (k-1)%3 == 0:
					shown = anchor
				default:
					shown = k - 1
				}
			}
			list[i].Offset = int32(shown-k+delay) * int32(list[i].Duration)
		}
		from = to
	}
}

// Play is the edit that shows so much of the media (movie timescale) from a
// time on (track timescale).
func Play(duration, mediaTime int64) Edit { return Edit{duration, mediaTime} }

// Empty is the edit that shows nothing for so long (movie timescale).
func Empty(duration int64) Edit { return Edit{duration, -1} }
