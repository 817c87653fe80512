package verify

import "errors"

// Protocol is how a presentation is delivered.
type Protocol string

// The protocols that Open reads.
const (
	HLS    Protocol = "HLS"
	DASH   Protocol = "DASH"
	Smooth Protocol = "Smooth"
)

// Kind is what a rendition or a track holds.
type Kind string

// The kinds. A KeyFrames rendition is an I-frame playlist.
const (
	Video     Kind = "video"
	Audio     Kind = "audio"
	Muxed     Kind = "muxed"
	KeyFrames Kind = "keyframes"
)

// Presentation is what a manifest announces.
type Presentation struct {
	Protocol   Protocol
	URL        string // of the manifest
	Type       string // content type of the manifest
	Text       []byte // the manifest as served
	Duration   int64  // in 100 ns; 0 when the manifest does not say
	Renditions []Rendition

	size int // bytes of the timelines, about
}

// Rendition is one quality of one track, or of several when they are muxed.
type Rendition struct {
	Kind          Kind
	Name          string // the stream's name or label; "" when not given
	Language      string // as written
	Codecs        string // RFC 6381
	Bandwidth     int    // bit/s as announced; in HLS that of the whole variant
	Width, Height int    // pixels; 0 for audio and where not given
	Playlist      []byte // the media playlist as served; HLS only
	Timescale     int64  // ticks per second of the segments' times
	Init          string // URL of the initialization segment; "" when there is none
	Private       []byte // CodecPrivateData; Smooth only
	Segments      []Segment
}

// maxTimelines bounds the written-out timelines of a presentation, in bytes: a few
// digits in a manifest can ask for any number of segments.
const maxTimelines = 64 << 20

// grow takes room for n more segments whose URLs come from a template.
func (p *Presentation) grow(n int, template string) error {
	each := len(template) + 128 // the base URL and the numbers
	if n < 0 || n > (maxTimelines-p.size)/each {
		return errors.New("the timelines are too long")
	}
	p.size += n * each
	return nil
}

// Segment is one entry of a rendition's timeline.
type Segment struct {
	URL             string
	Start, Duration int64 // ticks of the rendition
}

// End returns the end of the last segment in ticks of the rendition.
func (r Rendition) End() int64 {
	if len(r.Segments) == 0 {
		return 0
	}
	last := r.Segments[len(r.Segments)-1]
	return last.Start + last.Duration
}
