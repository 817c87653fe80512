package verify

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"

	"github.com/Eyevinn/hls-m3u8/m3u8"
)

// microseconds is the timescale of HLS times: EXTINF has six decimals.
const microseconds = 1_000_000

// openHLS reads a master playlist and every media playlist that it names, each
// once.
func (c Client) openHLS(ctx context.Context, base *url.URL, p *Presentation) error {
	p.Protocol = HLS
	list, kind, err := m3u8.DecodeFrom(bytes.NewReader(p.Text), true)
	if err != nil {
		return err
	}
	if kind != m3u8.MASTER {
		return fmt.Errorf("a media playlist where a master playlist is expected")
	}
	master := list.(*m3u8.MasterPlaylist)
	seen := map[string]bool{}
	add := func(uri string, r Rendition) error {
		if uri == "" || seen[uri] {
			return nil
		}
		seen[uri] = true
		if err := c.readPlaylist(ctx, base, uri, &r); err != nil {
			return err
		}
		p.Renditions = append(p.Renditions, r)
		p.Duration = max(p.Duration, (r.End()-r.Segments[0].Start)*10)
		return nil
	}
	for _, a := range master.GetAllAlternatives() {
		if a.Type != "AUDIO" {
			continue
		}
		if err := add(a.URI, Rendition{Kind: Audio, Name: a.Name, Language: a.Language}); err != nil {
			return err
		}
	}
	for _, v := range master.Variants {
		r := Rendition{Kind: variantKind(v), Codecs: v.Codecs, Bandwidth: int(v.Bandwidth)}
		if v.Resolution != "" {
			if r.Width, r.Height, err = resolution(v.Resolution); err != nil {
				return err
			}
		}
		if err := add(v.URI, r); err != nil {
			return err
		}
	}
	return nil
}

// variantKind tells what a variant's own playlist holds: video alone where an
// audio group goes with it, or everything.
func variantKind(v *m3u8.Variant) Kind {
	video, audio := strings.Contains(v.Codecs, "avc"), strings.Contains(v.Codecs, "mp4a")
	switch {
	case v.Iframe:
		return KeyFrames
	case !video:
		return Audio
	case audio && v.Audio == "":
		return Muxed
	default:
		return Video
	}
}

func resolution(s string) (width, height int, err error) {
	w, h, ok := strings.Cut(s, "x")
	if width, err = strconv.Atoi(w); err == nil && ok {
		height, err = strconv.Atoi(h)
	}
	if err != nil || !ok {
		return 0, 0, fmt.Errorf("RESOLUTION=%s", s)
	}
	return width, height, nil
}

// readPlaylist reads a media playlist into r. The timeline begins at the first
// EXT-X-PROGRAM-DATE-TIME, counted from the epoch, else at 0.
func (c Client) readPlaylist(ctx context.Context, base *url.URL, uri string, r *Rendition) error {
	address, err := resolve(base, uri)
	if err != nil {
		return err
	}
	a, err := c.ok(ctx, address)
	if err != nil {
		return err
	}
	own, err := url.Parse(address)
	if err != nil {
		return err
	}
	list, kind, err := m3u8.DecodeFrom(bytes.NewReader(a.Body), true)
	if err != nil {
		return fmt.Errorf("%s: %w", address, err)
	}
	if kind != m3u8.MEDIA {
		return fmt.Errorf("%s: a master playlist where a media playlist is expected", address)
	}
	media := list.(*m3u8.MediaPlaylist)
	r.Playlist, r.Timescale = a.Body, microseconds
	if media.Iframe != (r.Kind == KeyFrames) {
		return fmt.Errorf("%s: EXT-X-I-FRAMES-ONLY is %v", address, media.Iframe)
	}
	if media.Map != nil {
		if r.Init, err = resolve(own, media.Map.URI); err != nil {
			return err
		}
	}
	at := int64(0)
	for _, s := range media.Segments {
		if s == nil {
			break // the list is longer than what was read into it
		}
		if !s.ProgramDateTime.IsZero() {
			at = s.ProgramDateTime.UnixMicro()
		}
		target, err := resolve(own, s.URI)
		if err != nil {
			return err
		}
		d := int64(math.Round(s.Duration * microseconds))
		if d <= 0 || math.Ceil(s.Duration) > float64(media.TargetDuration) {
			return fmt.Errorf("%s: EXTINF %f with a target duration of %d s", address, s.Duration, media.TargetDuration)
		}
		r.Segments = append(r.Segments, Segment{URL: target, Start: at, Duration: d})
		at += d
	}
	if len(r.Segments) == 0 {
		return fmt.Errorf("%s: no segments", address)
	}
	if !media.Closed {
		return fmt.Errorf("%s: no EXT-X-ENDLIST", address)
	}
	return nil
}
