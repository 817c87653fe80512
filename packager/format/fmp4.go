package format

import (
	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/mux/cmaf"
	"manifold/packager/protect"
	"manifold/packager/route"
)

// initOf returns the init segments of a flavour.
func initOf(f cmaf.Flavour) Segment {
	return func(p *media.Presentation, r *media.Request, x *protect.Protection) (mux.Body, media.Kind, error) {
		g, t, err := route.Track(p, r)
		if err != nil {
			return nil, 0, err
		}
		return enveloped(mux.Bytes(cmaf.Init(nil, t, f, g.Time(t, g.Fragments())-g.Times[0], x)), t, x), g.Kind, nil
	}
}

// fragmentOf returns the media segments of a flavour: one fragment each.
func fragmentOf(f cmaf.Flavour) Segment {
	return func(p *media.Presentation, r *media.Request, x *protect.Protection) (mux.Body, media.Kind, error) {
		return fmp4(p, r, x, f, false)
	}
}

// keyFrameOf returns the segments of the I-frame playlists of a flavour: the
// first sample of a fragment.
func keyFrameOf(f cmaf.Flavour) Segment {
	return func(p *media.Presentation, r *media.Request, x *protect.Protection) (mux.Body, media.Kind, error) {
		return fmp4(p, r, x, f, true)
	}
}

func fmp4(p *media.Presentation, r *media.Request, x *protect.Protection, f cmaf.Flavour, key bool) (mux.Body, media.Kind, error) {
	g, t, err := route.Track(p, r)
	if err != nil {
		return nil, 0, err
	}
	k, err := route.Fragment(g, r, 1)
	if err != nil {
		return nil, 0, err
	}
	from, to := t.Fragment(k, k+1)
	if key {
		if g.Kind != media.Video {
			return nil, 0, noKeyFrames(g)
		}
		to = from + 1
	}
	start, end := g.Times[k], g.Times[k+1]
	if f != cmaf.Smooth {
		start, end = g.Time(t, k), g.Time(t, k+1)
	}
	segment := cmaf.Segment{Flavour: f, Sequence: uint32(k), Time: start, Duration: end - start, Key: key}
	if x.Applies(t) {
		if segment.Sealer, err = x.NewSealer(t); err != nil {
			return nil, 0, err
		}
	}
	if segment.Stretch, err = mux.Open(t, from, to); err != nil {
		return nil, 0, err
	}
	b, err := cmaf.New(segment)
	if err != nil {
		return nil, 0, err
	}
	return enveloped(b, t, x), g.Kind, nil
}

// enveloped puts a segment of a track into its envelope, if it has one.
func enveloped(b mux.Body, t *media.Track, x *protect.Protection) mux.Body {
	if k, ok := x.Enveloped(t); ok {
		return mux.Envelope(b, k.Value, k.IV(protect.Envelope))
	}
	return b
}

func noKeyFrames(g *media.Group) error {
	return fault.New(fault.TrackNotFound, "KeyFrames("+g.Name+")", "only video has key frame segments", "Ask for a video track.")
}
