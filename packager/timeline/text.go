package timeline

import (
	"slices"

	"manifold/packager/media"
)

// cutText gives text the fragments of the first video, or else of the first
// sound; the last lasts as long as the presentation.
func cutText(p *media.Presentation) {
	reference := slices.Concat(p.Of(media.Video), p.Of(media.Audio))
	for _, g := range p.Of(media.Text) {
		if len(reference) == 0 {
			continue
		}
		r := reference[0]
		g.Times = slices.Clone(r.Times)
		g.Times[r.Fragments()] = max(p.Duration, g.Times[r.Fragments()])
		g.PerSegment, g.To, g.ClosedGOP = r.PerSegment, r.Fragments(), true
	}
}
