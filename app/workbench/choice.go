package workbench

import (
	"slices"

	"manifold/packager/media"
	"manifold/packager/route"
)

// MaxPanes is the largest number of manifests side by side.
const MaxPanes = 6

// Choice is what the user chose to look at: what a URL says, for every pane,
// and what Undo takes back.
type Choice struct {
	Locator    string // of the asset
	Panes      []Pane // one to MaxPanes
	Focus      int    // the pane that the URL bar, FORMAT and Play belong to
	Parameters Parameters
	Draft      *Draft // the filter that is edited, nil for none; it never changes in place
}

// Pane is one manifest: a format, and a level of it.
type Pane struct {
	Format media.Format
	Level  Level // zero for the master playlist, MPD or client manifest
}

// Level is the media playlist of a track.
type Level struct {
	TrackKey
	KeyFrames bool // the I-frame playlist
}

// Parameters are what all panes have in common.
type Parameters struct {
	Encryption string // "" for none
	Filters    []string
	AudioTrack string // what HLS V3 muxes; "" for the default
	AudioOnly  *bool  // nil for what the format does by itself
}

// request returns what pane i asks the engine; nil without an asset.
func (s *State) request(i int) *media.Request {
	a := s.Chosen()
	if a == nil {
		return nil
	}
	p := s.Panes[i]
	r := &media.Request{
		Base: s.base(), Locator: s.Locator, File: a.ISM, Target: media.Manifest, Format: p.Format,
		Encryption: s.Parameters.Encryption, Filters: s.Parameters.Filters,
	}
	if isHLS(p.Format) {
		r.AudioOnly = s.Parameters.AudioOnly
	}
	if p.Format == media.HLSV3 {
		r.AudioTrack = s.Parameters.AudioTrack
	}
	if p.Level.Name != "" {
		r.Target, r.Track, r.Bitrate, r.KeyFrames = media.Level, p.Level.Name, p.Level.Bitrate, p.Level.KeyFrames
		r.AudioOnly = nil
		if p.Format == media.HLSV3 {
			r.AudioTrack = muxed(a, p.Level.Name, r.AudioTrack)
		}
	}
	return r
}

// muxed returns the audio that a level of HLS V3 names, as the master playlist
// links it: what was chosen, else the default; none beside audio.
func muxed(a *Asset, level, chosen string) string {
	if a.Read == nil || a.Read.Presentation == nil {
		return chosen
	}
	p := a.Read.Presentation
	if g := p.Group(level); g == nil || g.Kind != media.Video {
		return ""
	}
	if g, _ := p.Muxed(); g != nil && chosen == "" {
		return g.Name
	}
	return chosen
}

func isHLS(f media.Format) bool {
	return f == media.HLSV3 || f == media.HLSV4 || f == media.HLSCMAF
}

// Path returns the path of what pane i shows on the server, "" without an asset.
func (s *State) Path(i int) string {
	r := s.request(i)
	if r == nil {
		return ""
	}
	return s.Chosen().Base() + string(route.Append(nil, r))
}

// URL returns the address of what pane i shows, "" without an asset.
func (s *State) URL(i int) string {
	if p := s.Path(i); p != "" {
		return s.base() + p
	}
	return ""
}

// base is the address of the server in URLs: before it ever ran, that of the
// settings.
func (s *State) base() string {
	if s.Server.Base == "" {
		return "http://" + s.Settings.Address
	}
	return s.Server.Base
}

// Levels returns the media playlists that a format has of the chosen asset.
func (s *State) Levels(f media.Format) []Level {
	if !isHLS(f) || s.Chosen() == nil {
		return nil
	}
	var out []Level
	var only *media.Track // the audio that V3 has a playlist of its own for
	if a := s.Chosen(); a.Read != nil && a.Read.Presentation != nil {
		_, only = a.Read.Presentation.Muxed()
	}
	for _, g := range s.Chosen().Groups() {
		for _, t := range g.Tracks {
			if f == media.HLSV3 && (g.Kind == media.Audio && t != only || g.Kind == media.Text) {
				continue // muxed into the video, or not there
			}
			out = append(out, Level{TrackKey: TrackKey{g.Name, t.Bitrate}})
		}
	}
	if f == media.HLSV3 {
		return out
	}
	for _, g := range s.Chosen().Groups() {
		for _, t := range g.Tracks {
			if g.Kind == media.Video {
				out = append(out, Level{TrackKey{g.Name, t.Bitrate}, true})
			}
		}
	}
	return out
}

// clone returns a choice that shares nothing that is changed in place.
func (c Choice) clone() Choice {
	c.Panes = slices.Clone(c.Panes)
	return c
}

func (c Choice) equal(o Choice) bool {
	return c.Locator == o.Locator && c.Focus == o.Focus && slices.Equal(c.Panes, o.Panes) && c.Parameters.Equal(o.Parameters) && c.Draft.equal(o.Draft)
}

// Equal says whether URLs with one or the other are the same.
func (p Parameters) Equal(o Parameters) bool {
	same := func(a, b *bool) bool { return a == b || a != nil && b != nil && *a == *b }
	return p.Encryption == o.Encryption && p.AudioTrack == o.AudioTrack && slices.Equal(p.Filters, o.Filters) && same(p.AudioOnly, o.AudioOnly)
}
