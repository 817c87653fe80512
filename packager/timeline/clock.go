package timeline

import (
	"fmt"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// alignClocks decides the first sample of every track (left in First[0]) and
// moves the clocks so that nothing begins before 0.
//
// Video begins at the sync sample at or before the start of its edit list, or
// with the pictures that are shown before it. Where that is P before movie time 0,
// all tracks move later by the largest P, so that they stay together.
// Audio frames that begin more than half a frame before movie time 0 are
// priming and dropped.
func alignClocks(groups []*media.Group) []fault.Finding {
	var findings []fault.Finding
	var lead media.Clock // of the track that begins earliest …
	var ahead int64      // … so many units of its rate before 0
	for _, g := range groups {
		for _, t := range g.Tracks {
			switch g.Kind {
			case media.Text:
				continue
			case media.Audio:
				trimPriming(t)
				continue
			}
			i := firstPicture(t)
			t.First = []uint32{uint32(i)}
			before := -clocked(t, shownFirst(t.Samples, i))
			if before > 0 && (ahead == 0 || later(before, t.Clock.Rate, ahead, lead.Rate)) {
				lead, ahead = t.Clock, before
			}
			if before > 0 {
				findings = append(findings, fault.Finding{
					Severity: fault.Info, Code: "starts-before-edit", Where: t.Where(),
					Message: fmt.Sprintf("the edit list begins %d ms behind the first picture that it needs; the asset is played from that picture", media.Rescale(before, 1000, t.Clock.Rate)),
					Affects: "Every format begins earlier than the edit list says, with picture and without sound.",
					Advice:  "Cut the file at a key frame if the start must be exact.",
				})
			}
		}
	}
	if ahead > 0 {
		for _, g := range groups {
			for _, t := range g.Tracks {
				t.Clock = t.Clock.Add(ahead, lead.Rate)
			}
		}
	}
	return findings
}

// later says whether a/ra > b/rb.
func later(a, ra, b, rb int64) bool {
	return media.Rescale(a, media.TicksPerSecond, ra) > media.Rescale(b, media.TicksPerSecond, rb)
}

// firstPicture returns the last sync sample that is shown at or before the
// start of the edit list, else the first one.
func firstPicture(t *media.Track) int {
	first := t.Samples.SyncAtOrBefore(0)
	each(t.Samples, func(i int) bool {
		if t.Samples.Composition(i) > t.EditStart {
			return false
		}
		first = i
		return true
	})
	return first
}

// shownFirst returns the composition time of the picture shown first of sync
// sample i and its leading pictures.
func shownFirst(s *media.Samples, i int) int64 {
	first := s.Composition(i)
	for j, to := i+1, s.Leading(i); j < to; j++ {
		first = min(first, s.Composition(j))
	}
	return first
}

// each calls f for every sync sample until it returns false.
func each(s *media.Samples, f func(i int) bool) {
	sync := s.Sync()
	if sync == nil {
		for i := range s.Count() {
			if !f(i) {
				return
			}
		}
	}
	for _, i := range sync {
		if !f(int(i)) {
			return
		}
	}
}

// trimPriming leaves priming out; when the first frame still begins before 0 the
// track moves to 0, which is at most half a frame.
func trimPriming(t *media.Track) {
	i := FirstFrame(t)
	if at := clocked(t, t.Samples.Composition(i)); at < 0 {
		t.Clock.Shift -= at
	}
	t.First = []uint32{uint32(i)}
}

// FirstFrame returns the first frame of an audio track that is heard: those that
// begin more than half a frame before movie time 0 are priming. It may be asked
// before the track is planned and after.
func FirstFrame(t *media.Track) int {
	if len(t.First) > 0 {
		return int(t.First[0])
	}
	half := int64(0)
	if t.Codec.SamplingRate > 0 {
		half = media.Rescale(int64(t.Codec.FrameSamples), t.Clock.Rate, 2*int64(t.Codec.SamplingRate))
	}
	i := 0
	for i < t.Samples.Count()-1 && clocked(t, t.Samples.Composition(i)) < -half {
		i++
	}
	return i
}

// clocked is a composition time of a track on its clock, in units of the clock's rate.
func clocked(t *media.Track, composition int64) int64 {
	return composition*t.Clock.Scale + t.Clock.Shift
}
