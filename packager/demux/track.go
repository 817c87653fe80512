package demux

import (
	"encoding/binary"
	"fmt"
	"strings"

	"manifold/packager/codec"
	"manifold/packager/fault"
	"manifold/packager/media"
)

// track is a trak whose samples are still being collected.
type track struct {
	*media.Track
	index
	stbl   []box // its tables
	edit   edit
	turned string // how the picture is to be shown otherwise than it is coded, "" when it is not
}

// track reads one trak as far as moov tells. It returns nil without an error
// for tracks that are none of video, audio and text.
func (f *file) track(trak box, movieTimescale uint32) (*track, []fault.Finding, error) {
	list, err := f.children(trak, 0)
	if err != nil {
		return nil, nil, err
	}
	t, findings, err := f.described(trak, list)
	if t == nil || err != nil {
		return nil, findings, err
	}
	if err := (&tables{&t.index, t.stbl}).read(); err != nil {
		return nil, nil, err
	}
	if t.edit, err = f.edits(list, movieTimescale); err != nil {
		return nil, nil, err
	}
	return t, nil, nil
}

// described is a track without its samples and edits, like track.
func (f *file) described(trak box, list []box) (*track, []fault.Finding, error) {
	t := &media.Track{File: f.name, Source: f.r}
	turned := ""
	if b, ok := find(list, "tkhd"); ok {
		p, err := f.whole(b)
		if err != nil {
			return nil, nil, err
		}
		at, matrix := 12, 40 // §8.3.2
		if len(p) > 0 && p[0] == 1 {
			at, matrix = 20, 52
		}
		if len(p) < at+4 {
			return nil, nil, f.fault(b.path, b.start, "the box is cut off")
		}
		t.TrackID = binary.BigEndian.Uint32(p[at:])
		if len(p) >= matrix+36 {
			turned = turn(p[matrix:])
		}
	}
	where := fmt.Sprintf("%s track %d", f.name, t.TrackID)
	mdia, err := f.descend(trak, list, "mdia")
	if err != nil {
		return nil, nil, err
	}
	mdhd, err := f.need(trak, mdia, "mdhd")
	if err != nil {
		return nil, nil, err
	}
	hdlr, err := f.need(trak, mdia, "hdlr")
	if err != nil {
		return nil, nil, err
	}
	h, err := f.whole(hdlr)
	if err != nil {
		return nil, nil, err
	}
	if len(h) < 12 {
		return nil, nil, f.fault(hdlr.path, hdlr.start, "the box is cut off")
	}
	switch kind := string(h[8:12]); kind {
	case "vide":
		t.Kind = media.Video
	case "soun":
		t.Kind = media.Audio
	case "text", "sbtl", "subt":
		t.Kind = media.Text
	default:
		return nil, []fault.Finding{{
			Severity: fault.Info, Code: "track-ignored", Where: where,
			Message: fmt.Sprintf("a track of type %q is not packaged", strings.TrimSpace(kind)),
			Affects: "Nothing that is played: no format has a place for it.",
			Advice:  "Leave it as it is, or take it out of the file.",
		}}, nil
	}
	scale, p, err := f.header(mdhd)
	if err != nil {
		return nil, nil, err
	}
	if scale == 0 {
		return nil, nil, f.fault(mdhd.path, mdhd.start, "the timescale is 0")
	}
	t.Timescale = scale
	t.Language = f.language(mdia, p)
	minf, err := f.descend(trak, mdia, "minf")
	if err != nil {
		return nil, nil, err
	}
	stbl, err := f.descend(trak, minf, "stbl")
	if err != nil {
		return nil, nil, err
	}
	if err := f.describe(t, trak, stbl); err != nil && t.Kind == media.Text { // chapters are such tracks, too
		e := fault.As(err)
		return nil, []fault.Finding{{
			Severity: fault.Info, Code: "track-ignored", Where: where, Message: "a text track is not packaged: " + e.Sentence(),
			Affects: "The text is left out of every format.", Advice: "Give WebVTT, TTML or 3GPP timed text, if it is more than chapters.",
		}}, nil
	} else if err != nil {
		return nil, nil, err
	}
	return &track{Track: t, turned: turned, stbl: stbl, index: index{f: f, trak: trak, where: where, scale: int64(scale)}}, nil, nil
}

// turn says how a transformation matrix (§8.3.2) changes a picture beside its size
// and place; "" when it does not.
func turn(matrix []byte) string {
	at := func(i int) int32 { return int32(binary.BigEndian.Uint32(matrix[4*i:])) }
	switch a, b, c, d := at(0), at(1), at(3), at(4); {
	case a > 0 && b == 0 && c == 0 && d > 0, a == 0 && b == 0 && c == 0 && d == 0:
		return ""
	case a == 0 && b > 0 && c < 0 && d == 0:
		return "turned by 90° clockwise"
	case a < 0 && b == 0 && c == 0 && d < 0:
		return "turned by 180°"
	case a == 0 && b < 0 && c > 0 && d == 0:
		return "turned by 270° clockwise"
	}
	return "turned or mirrored"
}

// finish makes the track when all its samples are known.
func (t *track) finish(movieTimescale uint32) (findings []fault.Finding, err error) {
	if t.Samples, findings, err = t.samples(); err != nil {
		return findings, err
	}
	if err := t.f.complete(t.Track); err != nil {
		return findings, err
	}
	if t.turned != "" && t.Kind == media.Video {
		findings = append(findings, fault.Finding{
			Severity: fault.Warning, Code: "picture-turned", Where: t.where,
			Message: "the track header wants the picture " + t.turned + " when it is shown, which streams do not say",
			Affects: "All players: they show it as it is coded.",
			Advice:  "Encode the picture upright.",
		})
	}
	edit := t.edit
	edit.mediaTime -= t.base
	if end := t.Samples.Decode(t.Samples.Count()) + t.Samples.Composition(0); edit.mediaTime >= end {
		findings = append(findings, fault.Finding{
			Severity: fault.Warning, Code: "edit-list", Where: t.where,
			Message: "the edit list begins behind the end of the track; it is not followed",
			Affects: "The track may not be in time with the others.",
			Advice:  "Write the file again without the edit list, or with a right one.",
		})
		edit.mediaTime = -t.base
	}
	if edit.more {
		findings = append(findings, fault.Finding{
			Severity: fault.Warning, Code: "edit-list", Where: t.where,
			Message: "the edit list has more than one segment; what follows the first is played as it is stored",
			Affects: "Players show samples that the edit list leaves out or repeats.",
			Advice:  "Write the file again with the edits applied.",
		})
	}
	t.Epoch = max(-edit.mediaTime, 0) / int64(t.Timescale)
	edit.mediaTime += t.Epoch * int64(t.Timescale)
	if t.Kind == media.Audio && t.Codec.FrameSamples == 0 {
		t.Codec.FrameSamples = frameSamples(t.Track)
	}
	scale := t.Timescale
	t.unround()
	t.Clock, t.EditStart = t.clock(edit, scale, movieTimescale)
	if t.Kind == media.Video {
		t.Codec.FrameRate = frameRate(t.Track)
	}
	return findings, nil
}

func (f *file) need(trak box, list []box, kind string) (box, error) {
	b, ok := find(list, kind)
	if !ok {
		return b, f.fault(trak.path, trak.start, "the track has no %s box", kind)
	}
	b.path = trak.path + "/…/" + kind
	return b, nil
}

func (f *file) descend(trak box, list []box, kind string) ([]box, error) {
	b, err := f.need(trak, list, kind)
	if err != nil {
		return nil, err
	}
	return f.children(b, 0)
}

// describe reads the sample description.
func (f *file) describe(t *media.Track, trak box, stbl []box) error {
	b, err := f.need(trak, stbl, "stsd")
	if err != nil {
		return err
	}
	p, err := f.whole(b)
	if err != nil {
		return err
	}
	if len(p) < 16 {
		return f.fault(b.path, b.start, "the sample description is empty")
	}
	n := binary.BigEndian.Uint32(p[4:])
	size := binary.BigEndian.Uint32(p[8:])
	if n == 0 || size < 8 || int64(size) > int64(len(p)-8) {
		return f.fault(b.path, b.start, "%d sample entries, the first claims %d of %d bytes", n, size, len(p)-8)
	}
	c, err := codec.Parse(t.Kind, p[8:8+size])
	if err != nil {
		e := *fault.As(err)
		e.Where = fmt.Sprintf("%s track %d %s", f.name, t.TrackID, e.Where)
		return &e
	}
	if n > 1 {
		return fault.New(fault.FormatNotSupported, fmt.Sprintf("%s track %d stsd", f.name, t.TrackID),
			fmt.Sprintf("the track changes between %d sample descriptions", n), "Encode the track with one set of parameters.")
	}
	t.Codec = c
	return nil
}

// complete reads from the first sync sample what the sample entry leaves to the
// samples: the parameter sets of avc3 and hev1, DTS that is declared as MPEG-4
// audio.
func (f *file) complete(t *media.Track) error {
	if t.Kind == media.Text || !codec.Incomplete(&t.Codec) {
		return nil
	}
	i := t.Samples.SyncAtOrBefore(0)
	s := t.Samples.Append(nil, i, i+1)[0]
	b := make([]byte, min(s.Size, maxSmallBox)) // it stands at the beginning
	if _, err := f.r.ReadAt(b, s.Position); err != nil {
		return f.read(fmt.Sprintf("track %d sample %d", t.TrackID, i+1), s.Position, err)
	}
	if codec.Complete(&t.Codec, b); !codec.Incomplete(&t.Codec) {
		return nil
	}
	where := fmt.Sprintf("%s track %d", f.name, t.TrackID)
	if t.Kind == media.Audio {
		return fault.New(fault.AudioEncodingNotSupported, where, "neither the sample entry nor the first frame tells how the audio is coded",
			"Write the file again with a program that gives "+t.Codec.Words+" the sample entry "+t.Codec.FourCC+".")
	}
	return fault.Newf(fault.VideoEncodingNotSupported, where, "neither the sample entry nor the first sync sample holds parameter sets")
}

type edit struct {
	empty     int64 // length of the empty edits at the beginning, movie timescale
	mediaTime int64 // where the first real edit starts, track timescale
	more      bool  // further edits follow
}

// edits reads the edit list (§8.6.6). Ends of edits are ignored: a track is
// played to its end.
func (f *file) edits(trak []box, movieTimescale uint32) (edit, error) {
	var e edit
	edts, ok := find(trak, "edts")
	if !ok {
		return e, nil
	}
	list, err := f.children(edts, 0)
	if err != nil {
		return e, err
	}
	b, ok := find(list, "elst")
	if !ok {
		return e, nil
	}
	p, err := f.whole(b)
	if err != nil {
		return e, err
	}
	if len(p) < 8 {
		return e, f.fault(b.path, b.start, "the edit list is cut off")
	}
	n, each := int64(binary.BigEndian.Uint32(p[4:])), int64(12)
	if p[0] == 1 {
		each = 20
	}
	if n*each > int64(len(p)-8) {
		return e, f.fault(b.path, b.start, "the edit list claims %d entries in %d bytes", n, len(p))
	}
	far := media.MaxSeconds * int64(movieTimescale)
	real := 0
	for p = p[8:]; n > 0; n, p = n-1, p[each:] {
		var d, t int64
		if each == 20 {
			d, t = int64(binary.BigEndian.Uint64(p)), int64(binary.BigEndian.Uint64(p[8:]))
		} else {
			d, t = int64(binary.BigEndian.Uint32(p)), int64(int32(binary.BigEndian.Uint32(p[4:])))
		}
		switch {
		case t >= 0:
			if real++; real == 1 {
				e.mediaTime = min(t, maxTime)
			}
		case real > 0:
		case d < 0 || d > far-e.empty:
			return e, f.fault(b.path, b.start, "an empty edit of %d units of the movie timescale is not possible", d)
		default:
			e.empty += d
		}
	}
	e.more = real > 1
	return e, nil
}

// frameSamples returns how many audio samples a frame has, for codecs
// whose configuration does not tell.
func frameSamples(t *media.Track) int {
	i := t.Samples.Count() / 2 // the first may be stretched, the last cut short
	d := t.Samples.Decode(i+1) - t.Samples.Decode(i)
	return int((media.Rescale(2*d, int64(t.Codec.SamplingRate), int64(t.Timescale)) + 1) / 2) // times may be rounded
}

// frameRate returns the rate as a fraction when all frames last equally long,
// 0/0 otherwise.
func frameRate(t *media.Track) [2]int {
	s := t.Samples
	n := s.Count()
	if n < 2 {
		return [2]int{}
	}
	d := s.Decode(1) - s.Decode(0)
	if d <= 0 || s.Decode(n-1)-s.Decode(0) != d*int64(n-1) {
		return [2]int{}
	}
	num, den := int(t.Timescale), int(d)
	for a, b := num, den; ; a, b = b, a%b {
		if b == 0 {
			return [2]int{num / a, den / a}
		}
	}
}
