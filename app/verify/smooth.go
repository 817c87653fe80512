package verify

import (
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// clientManifest is the Smooth Streaming manifest ([MS-SSTR] §2.2.2).
type clientManifest struct {
	XMLName   xml.Name `xml:"SmoothStreamingMedia"`
	Major     int      `xml:"MajorVersion,attr"`
	Minor     int      `xml:"MinorVersion,attr"`
	Duration  int64    `xml:"Duration,attr"`
	TimeScale int64    `xml:"TimeScale,attr"`
	Streams   []struct {
		Type      string `xml:"Type,attr"`
		Name      string `xml:"Name,attr"`
		Language  string `xml:"Language,attr"`
		URL       string `xml:"Url,attr"`
		Chunks    int    `xml:"Chunks,attr"`
		Levels    int    `xml:"QualityLevels,attr"`
		Qualities []struct {
			Bitrate int    `xml:"Bitrate,attr"`
			FourCC  string `xml:"FourCC,attr"`
			Width   int    `xml:"MaxWidth,attr"`
			Height  int    `xml:"MaxHeight,attr"`
			Private string `xml:"CodecPrivateData,attr"`
		} `xml:"QualityLevel"`
		Fragments []struct {
			Time     *int64 `xml:"t,attr"`
			Duration int64  `xml:"d,attr"`
			Repeat   *int   `xml:"r,attr"`
		} `xml:"c"`
	} `xml:"StreamIndex"`
}

// smoothTicks is the timescale of a manifest that names none.
const smoothTicks = 10_000_000

func openSmooth(base *url.URL, p *Presentation) error {
	p.Protocol = Smooth
	var m clientManifest
	if err := xml.Unmarshal(p.Text, &m); err != nil {
		return err
	}
	if m.TimeScale == 0 {
		m.TimeScale = smoothTicks
	}
	p.Duration = m.Duration * smoothTicks / m.TimeScale
	for _, s := range m.Streams {
		if s.Levels != len(s.Qualities) {
			return fmt.Errorf("StreamIndex %s: QualityLevels=%d, %d written", s.Type, s.Levels, len(s.Qualities))
		}
		var timeline []Segment
		var at int64
		for _, c := range s.Fragments {
			if c.Time != nil {
				at = *c.Time
			}
			n := 1 // r counts the first one too, [MS-SSTR] §2.2.2.6
			if c.Repeat != nil {
				if n = *c.Repeat; m.Minor < 2 || n < 1 {
					return fmt.Errorf("StreamIndex %s: r=%d in version %d.%d", s.Type, n, m.Major, m.Minor)
				}
			}
			if c.Duration <= 0 {
				return fmt.Errorf("StreamIndex %s: d=%d at %d", s.Type, c.Duration, at)
			}
			if err := p.grow(n, ""); err != nil {
				return err
			}
			for range n {
				timeline = append(timeline, Segment{Start: at, Duration: c.Duration})
				at += c.Duration
			}
		}
		if s.Chunks != len(timeline) || s.Chunks == 0 {
			return fmt.Errorf("StreamIndex %s: Chunks=%d, %d listed", s.Type, s.Chunks, len(timeline))
		}
		for _, q := range s.Qualities {
			r := Rendition{
				Kind: Kind(s.Type), Name: s.Name, Language: s.Language, Codecs: q.FourCC, Bandwidth: q.Bitrate,
				Width: q.Width, Height: q.Height, Timescale: m.TimeScale,
			}
			var err error
			if r.Private, err = hex.DecodeString(q.Private); err != nil {
				return fmt.Errorf("CodecPrivateData: %w", err)
			}
			if err := p.grow(len(timeline), s.URL); err != nil {
				return err
			}
			for _, seg := range timeline {
				fill := strings.NewReplacer("{bitrate}", strconv.Itoa(q.Bitrate), "{start time}", strconv.FormatInt(seg.Start, 10))
				if seg.URL, err = resolve(base, fill.Replace(s.URL)); err != nil {
					return err
				}
				r.Segments = append(r.Segments, seg)
			}
			p.Renditions = append(p.Renditions, r)
		}
	}
	return nil
}
