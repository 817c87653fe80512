package media

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Kind is what a track carries.
type Kind uint8

// The kinds of tracks that are delivered.
const (
	Video Kind = iota
	Audio
	Text
)

// String returns the kind as manifests write it.
func (k Kind) String() string { return [...]string{"video", "audio", "text"}[k] }

// Codec describes how a track is coded, read from its sample entry.
type Codec struct {
	FourCC string // sample entry type as delivered: "avc1", "hvc1", "mp4a"
	Family string // what players decode or do not, whatever the profile: "h264", "hevc", "aac", "ec-3"
	String string // RFC 6381, lower-case hex: "avc1.64001f", "mp4a.40.2"
	Words  string // for people: "H.264 High 3.1", "AAC-LC stereo"
	// Extended codecs are those that Azure Media Services refused; they are
	// served when the user wants them.
	Extended bool

	// Entry is the sample entry box that init segments carry.
	Entry []byte
	// Config is the decoder configuration apart from its box: the
	// AudioSpecificConfig of AAC, the payload of dec3, ddts or av1C; nil for codecs
	// of NAL units (see ParameterSets).
	Config []byte
	// ParameterSets are the VPS, SPS and PPS NAL units in this order, and SEI
	// messages that the sample entry has for the whole stream; without start
	// codes or lengths.
	ParameterSets [][]byte
	// NALLength is the size in bytes (1, 2, 4) of the length in front of every
	// NAL unit in the source, 0 for codecs without NAL units. Outputs always
	// have 4.
	NALLength int

	Width, Height int // pixels, as coded and cropped
	// PixelWidth and PixelHeight are the shape of a pixel, 64 and 45; 0 is square
	// (PixelAspectRatioBox, ISO/IEC 14496-12 §12.1.4).
	PixelWidth, PixelHeight int
	// FrameRate is frames per second as a fraction; 0/0 when it varies or is unknown.
	FrameRate [2]int
	Colour    Colour
	Range     string // dynamic range as HLS names it: "PQ", "HLG"; "" is SDR or unknown
	// Supplemental is the RFC 6381 string of an enhancement that players may
	// ignore, and behind a slash the brand of what is left then:
	// "dvh1.08.07/db1p"; "" when there is none.
	Supplemental string

	SamplingRate int // Hz, of the output
	Channels     int
	FrameSamples int    // audio samples at SamplingRate in one frame (AAC-LC: 1024); 0 when that varies
	Dependent    bool   // audio frames that are no sync samples need those before them (xHE-AAC)
	Layout       Layout // of the channels
	Objects      int    // audio objects that are coded into the channels (Dolby Atmos); 0 when there are none
}

// Colour is what ISO/IEC 23091-2 says of the samples of a picture: code points,
// 0 for what is unknown.
type Colour struct {
	Primaries, Transfer, Matrix int
}

// Layout is an arrangement of loudspeakers: a value, and the URI of the scheme
// that explains it.
type Layout struct {
	Scheme, Value string
}

// Track is one coded track of an asset: one quality level of its group.
// Manifests and URLs address it by Name and Bitrate.
type Track struct {
	Name     string // stream name of its group, from the server manifest, a title or made up
	Label    string // display name; "" when nobody gave one
	Kind     Kind
	Language string // as the source writes it ("eng", "en-US"); "" or "und" when unknown
	Codec    Codec

	Cues []Cue // what a text track says, by time: its samples are made of them
	// CueHead is what stands in front of the cues in WebVTT: STYLE and REGION
	// blocks with a blank line before each; "" when there are none.
	CueHead string
	// Captions are the closed captions in the pictures, as INSTREAM-ID of HLS
	// names them: channels of CEA-608 ("CC1") and services of CEA-708 ("SERVICE1").
	Captions  []string
	Timescale uint32 // of Samples
	Samples   *Samples
	Clock     Clock
	Epoch     int64       // whole seconds that presentation times would be larger, were the clock not set back by them
	EditStart int64       // composition time where the edit list begins to play, 0 without one
	Source    io.ReaderAt // the bytes that Samples points into; reads of a changed file fail

	Bitrate  int  // bit/s in URLs and manifests: declared, else measured
	Declared bool // Bitrate was declared by the server manifest
	Average  int  // bit/s measured over the track
	// PeakTS is the peak bitrate of its MPEG-2 TS segments in bit/s, with all
	// that is in them. It is counted when first asked for.
	PeakTS func(p TSPeak) int

	File    string // name of the source file relative to the asset
	TrackID uint32 // in that file
	Ordinal int    // place by (file, track_ID) in the whole asset
	Role    string // "alternate" … ("" = main)
	Access  string // accessibility: "description" … ("" = none)
	Hidden  bool   // answers its URLs, but no manifest lists it

	// First holds the index of the first sample of every fragment of the
	// group and, last, the end of the last: len(Group.Times) values.
	First []uint32
	// FragmentBytes holds the payload bytes of every fragment.
	FragmentBytes []int64
}

// TSPeak says what is beside a track in MPEG-2 TS.
type TSPeak struct {
	Audio  *Track // that is muxed with it; nil for none
	Sealed bool   // with SAMPLE-AES, which needs more packets
}

// Where says where the track lies, for people: "a.mp4 track 1".
func (t *Track) Where() string { return fmt.Sprintf("%s track %d", t.File, t.TrackID) }

// Fragment returns the samples [from, to) of fragments [a, b).
func (t *Track) Fragment(a, b int) (from, to int) { return int(t.First[a]), int(t.First[b]) }

// Ticks returns the presentation time of sample i in ticks.
func (t *Track) Ticks(i int) int64 { return t.Clock.Ticks(t.Samples.Composition(i)) }

// Begins returns when a fragment that starts with sync sample i begins, in ticks:
// when its first picture is shown. With an open GOP that is a leading picture, and
// what is decoded before it takes a tick each: so decode times rise, none lies
// behind its picture, and tfdt is the time of the fragment.
func (t *Track) Begins(i int) int64 {
	first := t.Ticks(i)
	for j, to := i+1, t.Samples.Leading(i); j < to; j++ {
		first = min(first, t.Ticks(j)-int64(j-i))
	}
	return first
}

// End returns the presentation time in ticks at which the track ends.
func (t *Track) End() int64 { return t.Clock.Ticks(t.Samples.End()) }

// Group is a switching set: tracks of one name that a player may switch
// between at every fragment, in order of falling bitrate. Its fragments are
// the same in every format.
type Group struct {
	Name   string
	Kind   Kind
	Tracks []*Track

	// Times are the start times of the fragments in ticks, the earliest of all tracks,
	// and, last, the latest end of one. Times[k] is $Time$, S@t, c@t, tfxd, tfdt and
	// the time in URLs.
	Times []int64
	// PerSegment is the number of fragments in an MPEG-2 TS segment (1 to 3).
	PerSegment int
	// From and To are the fragments that manifests list: all, or those that a
	// filter leaves. All can be asked for.
	From, To int
	// ClosedGOP says that every fragment can be decoded alone from its start
	// (SAP type 1 or 2).
	ClosedGOP bool
}

// Time returns Times[k] for one of the tracks: sound, which has no composition
// offsets to move it by, has the times of its own frames, and the last fragment
// ends with its track, as not all need end at once.
func (g *Group) Time(t *Track, k int) int64 {
	switch {
	case t.Kind == Text:
		return g.Times[k]
	case k == g.Fragments():
		return max(t.End(), g.Times[k-1]+1)
	case t.Kind == Audio && t != g.Tracks[0]:
		return t.Ticks(int(t.First[k]))
	}
	return g.Times[k]
}

// Lowest returns the track of the lowest bitrate: what a URL means that names
// the stream alone.
func (g *Group) Lowest() *Track { return g.Tracks[len(g.Tracks)-1] }

// Fragments returns the number of fragments.
func (g *Group) Fragments() int { return len(g.Times) - 1 }

// Listed returns the segments [from, to) of per fragments each that hold what
// manifests list.
func (g *Group) Listed(per int) (from, to int) { return g.From / per, (g.To + per - 1) / per }

// Segments returns the number of segments of per fragments each.
func (g *Group) Segments(per int) int { return (g.Fragments() + per - 1) / per }

// Find returns the fragment that starts at exactly the given time.
func (g *Group) Find(ticks int64) (fragment int, ok bool) {
	lo, hi := 0, g.Fragments()
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if g.Times[mid] < ticks {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < g.Fragments() && g.Times[lo] == ticks
}

// Peak returns the peak bitrate of a track of the group in bit/s, of its
// payload alone, in segments of per fragments.
func (g *Group) Peak(t *Track, per int) int {
	at := func(i int) int { return min(i*per, g.Fragments()) }
	bytes := make([]int64, g.Segments(per))
	for i := range bytes {
		for _, n := range t.FragmentBytes[at(i):at(i+1)] {
			bytes[i] += n
		}
	}
	return Peak(bytes, func(i int) int64 { return g.Time(t, at(i)) })
}

// Peak returns the peak bitrate of consecutive segments in bit/s: the largest
// of any run of segments whose duration is between half and one and a half
// times that of the longest (RFC 8216 §4.3.4.2). start(i) is where segment i
// begins, in ticks; start(len(bytes)) is the end.
func Peak(bytes []int64, start func(i int) int64) int {
	var target int64
	for i := range bytes {
		target = max(target, start(i+1)-start(i))
	}
	var peak int64
	for i := range bytes {
		var sum int64
		for j := i; j < len(bytes); j++ {
			sum += bytes[j]
			d := start(j+1) - start(i)
			if 2*d > 3*target {
				break
			}
			if 2*d >= target && d > 0 {
				peak = max(peak, -Rescale(-sum*8, TicksPerSecond, d)) // rounded up: it is an upper bound
			}
		}
	}
	return int(peak)
}

// Presentation is an immutable snapshot of what may be played: the groups of
// an asset in the order of its server manifest.
type Presentation struct {
	Version string // changes with the bytes of any source file
	Groups  []*Group
	// Start is where the presentation begins, in ticks: 0, or where the first
	// fragment of video begins that a filter leaves.
	Start int64
	// Duration is the latest end over all tracks minus Start, in ticks.
	Duration int64
	// FormulaBandwidth writes the BANDWIDTH of HLS as Azure Media Services
	// counted it, from the declared bitrates, even where segments have more.
	FormulaBandwidth bool
	// First is the bitrate of the video that players begin with, in bit/s, as a
	// filter asks for; 0 when none does.
	First int
}

// Listed returns the presentation without the tracks that are hidden, itself where
// none is.
func (p *Presentation) Listed() *Presentation {
	hidden := func(t *Track) bool { return t.Hidden }
	if !slices.ContainsFunc(p.Groups, func(g *Group) bool { return slices.ContainsFunc(g.Tracks, hidden) }) {
		return p
	}
	out := *p
	out.Groups = nil
	for _, g := range p.Groups {
		seen := slices.DeleteFunc(slices.Clone(g.Tracks), hidden)
		if len(seen) == len(g.Tracks) {
			out.Groups = append(out.Groups, g)
		} else if len(seen) > 0 {
			rest := *g
			rest.Tracks = seen
			out.Groups = append(out.Groups, &rest)
		}
	}
	return &out
}

// Of returns the groups of one kind in order.
func (p *Presentation) Of(kind Kind) []*Group {
	var out []*Group
	for _, g := range p.Groups {
		if g.Kind == kind {
			out = append(out, g)
		}
	}
	return out
}

// Muxed returns the audio track that is muxed with video when nobody chose
// one, and its group: of the codec and the language that come first, without a
// description of the picture if there is a choice, the one of the lowest
// bitrate; nil without audio.
func (p *Presentation) Muxed() (*Group, *Track) {
	var group *Group
	var best *Track
	for _, g := range p.Of(Audio) {
		for _, t := range g.Tracks {
			switch {
			case t.Hidden:
				continue
			case best == nil:
			case t.Codec.Family != best.Codec.Family, t.Language != best.Language:
				continue
			case t.Access == "" && best.Access != "":
			case t.Access != "" && best.Access == "", t.Bitrate > best.Bitrate:
				continue
			}
			group, best = g, t
		}
	}
	return group, best
}

// Track returns the track that a URL addresses by name and bitrate, and its
// group. A name in other letter case is found when no stream has it as it is.
func (p *Presentation) Track(name string, bitrate int) (*Group, *Track, bool) {
	g := p.Group(name)
	if g == nil {
		return nil, nil, false
	}
	for _, t := range g.Tracks {
		if t.Bitrate == bitrate {
			return g, t, true
		}
	}
	return nil, nil, false
}

// Group returns the group of a name as Track finds it, nil when there is none.
func (p *Presentation) Group(name string) *Group {
	var found *Group
	for _, g := range p.Groups {
		if g.Name == name {
			return g
		}
		if found == nil && strings.EqualFold(g.Name, name) {
			found = g
		}
	}
	return found
}
