// Package smooth writes Smooth Streaming client manifests ([MS-SSTR] §2.2.2)
// as Azure Media Services did: version 2.2 with repeated chunks, and 2.0,
// where every chunk has an element of its own.
package smooth

import (
	"encoding/hex"
	"strings"

	"manifold/packager/codec"
	"manifold/packager/manifest/text"
	"manifold/packager/media"
	"manifold/packager/protect"
	"manifold/packager/route"
)

// Manifest appends the client manifest of a presentation.
func Manifest(dst []byte, p *media.Presentation, r *media.Request, s *protect.Protection) ([]byte, error) {
	x := &text.XML{B: dst}
	x.Declaration()
	x.Begin("SmoothStreamingMedia")
	x.Int("MajorVersion", 2)
	if r.Format == media.Smooth20 {
		x.Int("MinorVersion", 0)
	} else {
		x.Int("MinorVersion", 2)
	}
	x.Int("Duration", p.Duration)
	x.Int("TimeScale", media.TicksPerSecond)
	for _, g := range p.Groups {
		if err := streamIndex(x, r, g); err != nil {
			return nil, err
		}
	}
	protection(x, s)
	x.End()
	return append(x.B, '\n'), nil
}

// streamIndex writes one stream with its quality levels and chunks (§2.2.2.3).
func streamIndex(x *text.XML, r *media.Request, g *media.Group) error {
	x.Begin("StreamIndex")
	x.Int("Chunks", int64(g.To-g.From))
	x.Attr("Type", g.Kind.String())
	if g.Kind == media.Text {
		x.Attr("Subtype", "SUBT")
	}
	segment := *r
	segment.Target, segment.Track = media.Fragment, g.Name
	x.Raw("Url", route.AppendTemplate(nil, &segment, "{bitrate}", "{start time}"))
	x.Int("QualityLevels", int64(len(g.Tracks)))
	t := g.Tracks[0]
	if t.Language != "" && g.Kind != media.Video {
		x.Attr("Language", t.Language)
	}
	if g.Name != "video" {
		x.Attr("Name", g.Name)
	}
	if t.Label != "" && t.Label != g.Name { // an extension, as §2.2.2.3 allows: Name is for URLs
		x.Attr("DisplayName", t.Label)
	}
	if t.Role != "" {
		x.Attr("Role", t.Role)
	}
	if t.Access != "" {
		x.Attr("Accessibility", t.Access)
	}
	for i, t := range g.Tracks {
		if err := qualityLevel(x, t, i); err != nil {
			return err
		}
	}
	chunks(x, g, r.Format != media.Smooth20)
	x.End()
	return nil
}

// qualityLevel writes one track (§2.2.2.5).
func qualityLevel(x *text.XML, t *media.Track, index int) error {
	if t.Kind == media.Text {
		x.Begin("QualityLevel")
		x.Int("Index", int64(index))
		x.Int("Bitrate", int64(t.Bitrate))
		x.Attr("FourCC", "TTML")
		x.Attr("CodecPrivateData", "")
		x.End()
		return nil
	}
	c := &t.Codec
	q, err := codec.NewQualityLevel(c)
	if err != nil {
		return err
	}
	private := strings.ToUpper(hex.EncodeToString(q.PrivateData))
	x.Begin("QualityLevel")
	if t.Kind == media.Video {
		x.Int("Index", int64(index))
		x.Int("Bitrate", int64(t.Bitrate))
		x.Attr("FourCC", q.FourCC)
		x.Int("MaxWidth", int64(c.Width))
		x.Int("MaxHeight", int64(c.Height))
		x.Attr("CodecPrivateData", private)
	} else {
		x.Int("AudioTag", int64(q.AudioTag))
		x.Int("Index", int64(index))
		x.Int("BitsPerSample", 16)
		x.Int("Bitrate", int64(t.Bitrate))
		x.Attr("FourCC", q.FourCC)
		x.Attr("CodecPrivateData", private)
		x.Int("Channels", int64(c.Channels))
		x.Int("PacketSize", int64(q.PacketSize))
		x.Int("SamplingRate", int64(c.SamplingRate))
	}
	x.End()
	return nil
}

// chunks writes the fragments (§2.2.2.6). r counts all of a run, the first
// included; t stands on the first chunk only.
func chunks(x *text.XML, g *media.Group, repeat bool) {
	for k, n := g.From, g.To; k < n; {
		d, next := g.Times[k+1]-g.Times[k], k+1
		for repeat && next < n && g.Times[next+1]-g.Times[next] == d {
			next++
		}
		x.Begin("c")
		if k == g.From {
			x.Int("t", g.Times[k])
		}
		x.Int("d", d)
		if next-k > 1 {
			x.Int("r", int64(next-k))
		}
		x.End()
		k = next
	}
}
