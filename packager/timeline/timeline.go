package timeline

import (
	"manifold/packager/fault"
	"manifold/packager/media"
)

// Options are what a user may choose about fragments.
type Options struct {
	// FragmentSeconds merges whole GOPs up to about so many seconds; 0 leaves
	// every GOP a fragment of its own.
	FragmentSeconds int
}

// Plan sets the clocks of all tracks, and the times and first samples of all
// fragments; of text, which has no samples yet, the times alone. It is called
// once, while the presentation is being built. The
// findings say what a user should know about the cuts; the error is
// KeyFrameIntervalTooLarge when common key frames are too far apart, and
// leaves the groups without fragments.
func Plan(p *media.Presentation, o Options) ([]fault.Finding, error) {
	findings := alignClocks(p.Groups)
	nominal := defaultDuration(o)
	var failed error
	for i, g := range p.Of(media.Video) {
		found, d, err := cutVideo(g, o)
		findings = append(findings, found...)
		if err != nil && failed == nil {
			failed = err
		}
		if i == 0 && err == nil {
			nominal = d
		}
	}
	if failed != nil {
		return findings, failed
	}
	per := perSegment(nominal)
	for _, g := range p.Groups {
		if g.Kind == media.Text {
			continue
		}
		if g.Kind == media.Audio {
			cutAudio(g, nominal)
		}
		g.PerSegment, g.To = per, g.Fragments()
		weigh(g)
		p.Duration = max(p.Duration, g.Times[len(g.Times)-1])
	}
	cutText(p)
	return findings, nil
}

// span is a duration of units/rate seconds, exact where ticks would round.
type span struct{ units, rate int64 }

// defaultDuration is the nominal fragment duration of assets without video.
func defaultDuration(o Options) span {
	if o.FragmentSeconds > 0 {
		return span{int64(o.FragmentSeconds), 1}
	}
	return span{2, 1}
}

// perSegment is the number of fragments in a TS segment: short fragments are
// put together so that segments last about six seconds.
func perSegment(d span) int {
	switch {
	case d.units <= 3*d.rate:
		return 3
	case d.units <= 5*d.rate:
		return 2
	}
	return 1
}

// weigh adds up the payload of every fragment.
func weigh(g *media.Group) {
	for _, t := range g.Tracks {
		t.FragmentBytes = make([]int64, g.Fragments())
		for k := range t.FragmentBytes {
			t.FragmentBytes[k] = t.Samples.RangeBytes(t.Fragment(k, k+1))
		}
	}
}
