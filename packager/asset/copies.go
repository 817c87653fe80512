package asset

import (
	"bytes"
	"crypto/sha256"
	"io"
	"slices"

	"manifold/packager/media"
	"manifold/packager/timeline"
)

// withoutCopies drops audio tracks that are muxed into several files: the same
// frames at the same times. Copies in one file, or with names or quality levels of
// their own in the server manifest, are wanted.
func withoutCopies(list []listed) []listed {
	out := list[:0:0]
	for _, t := range list {
		copied := t.Kind == media.Audio && slices.ContainsFunc(out, func(o listed) bool {
			return o.Kind == media.Audio && (o.File != t.File || o.TrackID == t.TrackID) && o.Name == t.Name && o.Language == t.Language && (t.Name == "" || o.Bitrate == t.Bitrate || !o.Declared || !t.Declared) &&
				bytes.Equal(o.Codec.Config, t.Codec.Config) && lag(o.Track, t.Track) <= near && presentAlike(o.Track, t.Track) && presented(o.Track) == presented(t.Track)
		})
		if !copied {
			out = append(out, t)
		}
	}
	return out
}

// near is how far apart the times of one frame may lie in two timescales, in ticks.
const near = media.TicksPerSecond / 1000

// lag is how far from each other two audio tracks begin to be heard, in ticks.
// What begins before movie time 0 is moved there.
func lag(a, b *media.Track) int64 {
	d := max(a.Ticks(timeline.FirstFrame(a)), 0) - max(b.Ticks(timeline.FirstFrame(b)), 0)
	return max(d, -d)
}

// presentAlike says whether two audio tracks present frames of the same sizes with
// the same times between them. Priming, which their edit lists keep from being
// heard, may differ.
func presentAlike(a, b *media.Track) bool {
	i, j := timeline.FirstFrame(a), timeline.FirstFrame(b)
	x, y := a.Samples, b.Samples
	n := x.Count() - i
	if n != y.Count()-j || x.Bytes()-x.RangeBytes(0, i) != y.Bytes()-y.RangeBytes(0, j) {
		return false
	}
	if i == j && a.Timescale == b.Timescale && x.Equal(y) { // as nearly all are
		return true
	}
	begin, other := a.Ticks(i), b.Ticks(j)
	for k := range n {
		if d := a.Ticks(i+k) - begin - (b.Ticks(j+k) - other); x.Size(i+k) != y.Size(j+k) || max(d, -d) > near {
			return false
		}
	}
	return true
}

// sound is what the frames of an audio track sound like, told by some of them.
type sound [sha256.Size]byte

// presented is the sound of what is heard of a track.
func presented(t *media.Track) sound { return soundFrom(t, timeline.FirstFrame(t)) }

// soundFrom hashes frame i, the last one, and the one between: of coders with a
// constant bitrate the sizes alone say nothing.
func soundFrom(t *media.Track, i int) sound {
	h := sha256.New()
	last := t.Samples.Count() - 1
	for _, i := range []int{i, i + (last-i)/2, last} {
		s := t.Samples.Append(nil, i, i+1)[0]
		io.Copy(h, io.NewSectionReader(t.Source, s.Position, min(int64(s.Size), maxFrame))) // what cannot be read is equal to nothing that matters
	}
	return sound(h.Sum(nil))
}

// maxFrame bounds what is read of a frame, in bytes.
const maxFrame = 64 << 10
