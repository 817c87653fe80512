package format

import (
	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/mux/ts"
	"manifold/packager/protect"
	"manifold/packager/route"
	"manifold/packager/subtitle"
)

// tsSegment is a segment of HLS V4: Group.PerSegment fragments of one track.
func tsSegment(p *media.Presentation, r *media.Request, x *protect.Protection) (mux.Body, media.Kind, error) {
	return tsOf(p, r, x, false)
}

// tsMuxed is a segment of HLS V3: like V4, with the frames of the audio track
// that the URL names.
func tsMuxed(p *media.Presentation, r *media.Request, x *protect.Protection) (mux.Body, media.Kind, error) {
	return tsOf(p, r, x, true)
}

func tsOf(p *media.Presentation, r *media.Request, x *protect.Protection, muxed bool) (mux.Body, media.Kind, error) {
	g, t, err := route.Track(p, r)
	if err != nil {
		return nil, 0, err
	}
	k, err := route.Fragment(g, r, g.PerSegment)
	if err != nil {
		return nil, 0, err
	}
	end := min(k+g.PerSegment, g.Fragments())
	if g.Kind == media.Text {
		return enveloped(mux.Bytes(subtitle.AppendWebVTT(nil, t, g.Times[k], g.Times[end], ts.Zero)), t, x), g.Kind, nil
	}
	from, to := t.Fragment(k, end)
	s, err := mux.Open(t, from, to)
	if err != nil {
		return nil, 0, err
	}
	segment := ts.Segment{Number: k / g.PerSegment, Seal: sampleAES(x)}
	if g.Kind != media.Video {
		segment.Audio = &s
		b, err := tsBody(segment, t, x)
		return b, g.Kind, err
	}
	segment.Video = &s
	if muxed && r.AudioTrack != "" {
		audio, err := companion(p, r.AudioTrack, g, k, end)
		if err != nil {
			s.Close()
			return nil, 0, err
		}
		segment.Audio = &audio
	}
	b, err := tsBody(segment, t, x)
	return b, g.Kind, err
}

// sampleAES returns what encrypts the tracks in MPEG-2 TS; nil when nothing does.
func sampleAES(x *protect.Protection) func(*media.Track) *protect.SampleAES {
	if x == nil || x.Scheme != protect.CBCS {
		return nil
	}
	return func(t *media.Track) *protect.SampleAES {
		if !x.Applies(t) {
			return nil
		}
		return x.NewSampleAES(t)
	}
}

// tsBody plans a segment of a track, in its envelope if it has one.
func tsBody(s ts.Segment, t *media.Track, x *protect.Protection) (mux.Body, error) {
	b, err := ts.New(s)
	if err != nil {
		return nil, err
	}
	return enveloped(b, t, x), nil
}

// companion returns the audio frames that are muxed with fragments [from, to)
// of a video group.
func companion(p *media.Presentation, name string, video *media.Group, from, to int) (mux.Stretch, error) {
	g := p.Group(name)
	if g == nil || g.Kind != media.Audio {
		return mux.Stretch{}, route.NoTrack(p, "audiotrack="+name)
	}
	a, b := ts.Muxed(g.Lowest(), video, from, to)
	return mux.Open(g.Lowest(), a, b)
}

// tsKeyFrame is a segment of an I-frame playlist of HLS V4.
func tsKeyFrame(p *media.Presentation, r *media.Request, x *protect.Protection) (mux.Body, media.Kind, error) {
	g, t, err := route.Track(p, r)
	if err != nil {
		return nil, 0, err
	}
	if g.Kind != media.Video {
		return nil, 0, noKeyFrames(g)
	}
	k, err := route.Fragment(g, r, 1)
	if err != nil {
		return nil, 0, err
	}
	from, _ := t.Fragment(k, k+1)
	s, err := mux.Open(t, from, from+1)
	if err != nil {
		return nil, 0, err
	}
	b, err := tsBody(ts.Segment{Video: &s, Number: k, Key: true, Seal: sampleAES(x)}, t, x)
	return b, g.Kind, err
}
