package route

import (
	"fmt"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// Track returns what a URL addresses by name and bitrate, and its group.
func Track(p *media.Presentation, r *media.Request) (*media.Group, *media.Track, error) {
	if g, t, ok := p.Track(r.Track, r.Bitrate); ok {
		return g, t, nil
	}
	return nil, nil, NoTrack(p, fmt.Sprintf("QualityLevels(%d) %s", r.Bitrate, r.Track))
}

// NoTrack is the error of a track that is not there; it says which tracks are.
func NoTrack(p *media.Presentation, where string) error {
	var have []string
	for _, g := range p.Groups {
		var rates []string
		for _, t := range g.Tracks {
			rates = append(rates, fmt.Sprint(t.Bitrate))
		}
		have = append(have, fmt.Sprintf("%s at %s", g.Name, strings.Join(rates, ", ")))
	}
	return fault.New(fault.TrackNotFound, where, "the asset has no such track", "Tracks are "+strings.Join(have, "; ")+".")
}

// Fragment returns the place of the fragment that starts at the time of the
// URL; the place must be a multiple of per, the fragments in a segment.
func Fragment(g *media.Group, r *media.Request, per int) (int, error) {
	k, ok := g.Find(r.Time)
	if ok && k%per == 0 {
		return k, nil
	}
	n := g.Fragments()
	before := min(k, n-1)
	if before > 0 && g.Times[before] > r.Time {
		before--
	}
	before -= before % per
	advice := fmt.Sprintf("The nearest before it starts at %d.", g.Times[before])
	if r.Time >= g.Times[n] {
		advice = fmt.Sprintf("The last one starts at %d; the stream ends at %d.", g.Times[before], g.Times[n])
	}
	return 0, fault.New(fault.TimestampNotFound, fmt.Sprintf("%s(%s=%d)", word(r.Target), r.Track, r.Time), "no segment starts at this time", advice)
}
