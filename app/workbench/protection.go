package workbench

import (
	"bytes"
	"context"
	"errors"

	"manifold/app/xray"
	"manifold/packager"
	"manifold/packager/media"
	"manifold/packager/protect"
	"manifold/packager/route"
)

// Protection is what the answers to players say of encryption, for the focused
// pane and one track.
type Protection struct {
	Path   string       // of the fragment that was asked for; "" before anything was
	Report *xray.Report // nil in the clear, or when the format cannot be encrypted so
	Track  TrackKey
	Clear  bool // nothing is encrypted: no encryption is chosen, or the format refuses it
}

// Explained says what came of looking into the answers.
type Explained struct{ Protection Protection }

func (a Explained) apply(s State) State {
	s.Protection = a.Protection
	return s
}

// explained returns what is looked into: the requests for the answers of the
// focused pane, for the selected track and fragment, or the first.
func (s *State) explained() (r *media.Request, ok bool) {
	groups := s.Chosen().Groups()
	if len(groups) == 0 {
		return nil, false
	}
	g, t, selected := s.Selected()
	if !selected {
		g, t = groups[0], groups[0].Tracks[0]
	}
	r = s.request(s.Focus)
	r.Target, r.Track, r.Bitrate, r.KeyFrames = media.Fragment, g.Name, t.Bitrate, false
	r.AudioOnly, r.Filters = nil, nil
	r.AudioTrack = ""
	r.Time = g.Times[max(0, min(s.Selection.Fragment, g.Fragments()-1))]
	return r, true
}

// explain looks into the answers, unless it did or does. w.mu is held.
func (w *Workbench) explain() {
	a := w.state.Chosen()
	if a == nil || a.Read == nil {
		return
	}
	r, ok := w.state.explained()
	if !ok {
		return
	}
	path := a.Base() + string(route.Append(nil, r))
	p := &w.xray
	if version := a.revision(); p.path == path && p.version == version && p.cancel != nil {
		return
	}
	if p.cancel != nil {
		p.cancel()
	}
	ctx, cancel := context.WithCancel(w.ctx)
	*p = paneWork{path, a.revision(), cancel}
	w.goDo(func() {
		out := Protection{Path: path, Track: TrackKey{r.Track, r.Bitrate}, Clear: true}
		if r.Encryption != "" {
			if answers, err := look(ctx, w.service.engine(), r); err == nil {
				out.Report, out.Clear = xray.Read(*answers), false
			}
		}
		w.deliver(ctx, Explained{out})
	})
}

// look asks for everything that tells of the protection of a fragment.
func look(ctx context.Context, engine *packager.Engine, r *media.Request) (*xray.Answers, error) {
	var out xray.Answers
	ask := func(to *[]byte, target media.Target) error {
		one := *r
		one.Target = target
		a, err := engine.Do(ctx, &one, nil)
		if err != nil {
			return err
		}
		defer a.Close()
		if a.Text != nil {
			*to = a.Text.Plain()
			return nil
		}
		if a.Body.Size() > maxLook {
			return errors.New("the segment is too large to look into")
		}
		var b bytes.Buffer
		err = a.Body.WriteTo(ctx, &b)
		*to = b.Bytes()
		return err
	}
	if err := ask(&out.Manifest, media.Manifest); err != nil {
		return nil, err
	}
	hls := isHLS(r.Format)
	if hls {
		if err := ask(&out.Playlist, media.Level); err != nil {
			return nil, err
		}
	}
	if protect.Scheme(r.Encryption) == protect.Envelope || hls && r.Format != media.HLSCMAF {
		return &out, nil // there is no map of what is encrypted as a whole, or is no fMP4
	}
	if r.Format != media.Smooth && r.Format != media.Smooth20 {
		if err := ask(&out.Init, media.Init); err != nil {
			return nil, err
		}
	}
	return &out, ask(&out.Fragment, media.Fragment)
}

// maxLook is the largest segment that is looked into, in bytes.
const maxLook = 64 << 20
