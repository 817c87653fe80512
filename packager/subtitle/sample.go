package subtitle

import (
	"fmt"
	"io"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// sampleReader adds to a document the cues of a sample that lasts from start to
// end, in ticks.
type sampleReader func(b []byte, start, end int64, d *Document) error

// Samples reads a text track of an MP4 file: wvtt, stpp, dfxp and tx3g. What goes
// on from one sample to the next is one cue.
func Samples(t *media.Track) (*Document, error) {
	read, ok := map[string]sampleReader{"wvtt": wvttSample, "stpp": ttmlSample, "dfxp": ttmlSample, "tx3g": tx3g(t.Codec.Config)}[t.Codec.FourCC]
	if !ok {
		return nil, fault.New(fault.MediaTypeNotSupported, t.Where(), fmt.Sprintf("text of type %q is not read", t.Codec.FourCC), "Give WebVTT, TTML or 3GPP timed text.")
	}
	if n := t.Samples.Bytes(); n > MaxSize {
		return nil, fault.Newf(fault.MediaTypeNotSupported, t.Where(), "the text track has %d bytes, more than %d", n, MaxSize)
	}
	d := &Document{Language: t.Language}
	if t.Codec.FourCC == "wvtt" {
		d.header(characters(t.Codec.Config))
	}
	for i, s := range t.Samples.Append(nil, 0, t.Samples.Count()) {
		b := make([]byte, s.Size)
		if n, err := t.Source.ReadAt(b, s.Position); n < len(b) {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, &fault.Error{Code: fault.StorageConflict, Where: fmt.Sprintf("%s sample %d byte %d", t.Where(), i+1, s.Position), What: "the sample cannot be read", Err: err}
		}
		// documents have times of the track, which the clock moves like its samples
		shift := t.Clock.Ticks(s.Composition) - media.Rescale(s.Composition, media.TicksPerSecond, int64(t.Timescale))
		start := media.Rescale(s.Composition, media.TicksPerSecond, int64(t.Timescale))
		end := media.Rescale(s.Composition+s.Duration, media.TicksPerSecond, int64(t.Timescale))
		from := len(d.Cues)
		if err := read(b, start, end, d); err != nil {
			d.skip(0, "sample %d: %s", i+1, fault.As(err).Sentence())
			d.Cues = d.Cues[:from]
			continue
		}
		for k := from; k < len(d.Cues); k++ {
			d.Cues[k].Start, d.Cues[k].End = max(d.Cues[k].Start+shift, 0), d.Cues[k].End+shift
		}
	}
	d.finish()
	d.join()
	return d, nil
}

// join makes one cue of those that go on with the same text.
func (d *Document) join() {
	out := d.Cues[:0]
	last := make(map[media.Cue]int) // settings and text to its last cue in out
	const near = media.TicksPerSecond / 1000
	for _, c := range d.Cues {
		if c.End <= 0 {
			continue
		}
		same := media.Cue{ID: c.ID, Settings: c.Settings, Text: c.Text}
		if i, ok := last[same]; ok && c.Start <= out[i].End+near {
			out[i].End = max(out[i].End, c.End)
			continue
		}
		last[same] = len(out)
		out = append(out, c)
	}
	d.Cues = out
}
