package format

import (
	"slices"
	"strings"

	"manifold/packager/codec"
	"manifold/packager/fault"
	"manifold/packager/manifest/hls"
	"manifold/packager/media"
	"manifold/packager/protect"
)

// inTransportStream says why MPEG-2 TS cannot carry a codec.
func inTransportStream(c *media.Codec) error {
	_, err := codec.NewTransport(c)
	return err
}

// inSmooth says why Smooth Streaming cannot carry a codec.
func inSmooth(c *media.Codec) error {
	_, err := codec.NewQualityLevel(c)
	return err
}

// sealedInTransportStream says why SAMPLE-AES cannot encrypt a codec.
func sealedInTransportStream(c *media.Codec, s protect.Scheme) error {
	if s != protect.CBCS {
		return nil
	}
	_, err := codec.NewSealedTransport(c)
	return err
}

// Sealing is an encryption, before there are keys for it. The zero value is none.
type Sealing struct {
	Scheme protect.Scheme
	Split  protect.Split
}

// carries says why the format cannot carry a track in an encryption, nil when it
// can.
func (row *Row) carries(t *media.Track, s Sealing) error {
	if t.Kind == media.Text { // every format has a form of it, which is not encrypted
		return nil
	}
	var err error
	if row.Carries != nil {
		err = row.Carries(&t.Codec)
	}
	if err == nil && s.Scheme != "" && s.Split.Label(t) != protect.Clear {
		err = row.Sealed(&t.Codec, s.Scheme)
	}
	if err == nil {
		return nil
	}
	e := *fault.As(err)
	e.Where = t.Where() + " " + e.Where
	return &e
}

// Carried returns what a format can carry of a presentation in an encryption:
// all but the tracks that it has no place for. The error says why when nothing
// is left, when the encryption leaves no picture, or no sound, of those that the
// format has a place for, or when the request asks for a track that is left out.
func (row *Row) Carried(p *media.Presentation, r *media.Request, s Sealing) (*media.Presentation, error) {
	if err := row.muxes(p, s); err != nil {
		return nil, err
	}
	var failed error
	out := *p
	out.Groups, out.Duration = nil, 0
	for _, g := range p.Groups {
		tracks, err := row.tracks(g, s)
		if err != nil && failed == nil {
			failed = err
		}
		if len(tracks) == 0 {
			if named(g, p, r) {
				return nil, err
			}
			continue
		}
		if len(tracks) < len(g.Tracks) {
			rest := *g
			rest.Tracks = tracks
			g = &rest
		}
		out.Groups = append(out.Groups, g)
		out.Duration = max(out.Duration, g.Times[g.Fragments()]-p.Start)
	}
	switch {
	case failed == nil:
		return p, nil
	case len(out.Groups) == 0:
		return nil, failed
	}
	if err := row.loses(p, &out, s); err != nil {
		return nil, err
	}
	if _, t, ok := p.Track(r.Track, r.Bitrate); ok {
		if err := row.carries(t, s); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// loses says why an encryption leaves no track of a kind that the format has a
// place for: nobody takes sound without picture for the programme.
func (row *Row) loses(p, left *media.Presentation, s Sealing) error {
	for _, g := range p.Groups {
		if len(left.Of(g.Kind)) > 0 {
			continue
		}
		for _, t := range g.Tracks {
			if err := row.carries(t, s); row.carries(t, Sealing{}) == nil && err != nil {
				return err
			}
		}
	}
	return nil
}

// muxes says why the format cannot have sound and picture in one segment under the
// keys that they have. A playlist names the key of the picture: sound with another
// could not be played, or would be given away with the key of the picture.
func (row *Row) muxes(p *media.Presentation, s Sealing) error {
	if !row.Muxed || s.Scheme == "" {
		return nil
	}
	for _, video := range p.Groups {
		for _, v := range video.Tracks {
			for _, audio := range p.Groups {
				if video.Kind != media.Video || audio.Kind != media.Audio {
					continue
				}
				picture, sound := s.Split.Label(v), s.Split.Label(audio.Lowest())
				if sound != picture && sound != protect.Clear {
					return fault.New(fault.EncryptionNotSupported, "", row.Words+" has sound and picture in one segment, and the streaming policy does not give them one key", "Ask for HLS V4 or HLS CMAF.")
				}
			}
		}
	}
	return nil
}

// tracks returns the tracks of a group that the format can carry, and why it
// cannot carry the first of the others.
func (row *Row) tracks(g *media.Group, s Sealing) (carried []*media.Track, failed error) {
	all := true
	for i, t := range g.Tracks {
		switch err := row.carries(t, s); {
		case err != nil && all:
			carried, failed, all = slices.Clone(g.Tracks[:i]), err, false
		case err == nil && !all:
			carried = append(carried, t)
		}
	}
	if all {
		return g.Tracks, nil
	}
	return carried, failed
}

// named says whether a request asks for a group.
func named(g *media.Group, p *media.Presentation, r *media.Request) bool {
	return r.Track != "" && p.Group(r.Track) == g || r.AudioTrack != "" && p.Group(r.AudioTrack) == g
}

// Findings tells what formats make of a presentation: which tracks some of
// them cannot carry, and which bitrates they understate.
func Findings(p *media.Presentation) []fault.Finding {
	var out []fault.Finding
	if p.FormulaBandwidth {
		out = hls.Understated(p)
	}
	for _, g := range p.Groups {
		for _, t := range g.Tracks {
			out = append(out, leftOut(t)...)
		}
	}
	return out
}

// leftOut returns a finding for each reason that keeps a track out of formats.
func leftOut(t *media.Track) []fault.Finding {
	var reasons []*fault.Error
	formats := make(map[string][]string) // by reason
	for i := range Table {
		row := &Table[i]
		err := row.carries(t, Sealing{})
		if err == nil {
			continue
		}
		e := fault.As(err)
		if !slices.ContainsFunc(reasons, func(o *fault.Error) bool { return o.What == e.What }) {
			reasons = append(reasons, e)
		}
		formats[e.What] = append(formats[e.What], row.Words)
	}
	var out []fault.Finding
	for _, e := range reasons {
		out = append(out, fault.Finding{
			Severity: fault.Warning, Code: "codec-not-carried", Where: e.Where, Message: e.Sentence(),
			Affects: strings.Join(formats[e.What], ", ") + ": the track is left out.",
			Advice:  e.Advice,
		})
	}
	return out
}
