package verify

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/Eyevinn/dash-mpd/mpd"
)

// openDASH reads a static MPD of one period whose segments are named by
// SegmentTemplate and SegmentTimeline (ISO/IEC 23009-1 §5.3.9.6).
func openDASH(base *url.URL, p *Presentation) error {
	p.Protocol = DASH
	if err := checkOrder(p.Text); err != nil {
		return err
	}
	doc, err := mpd.MPDFromBytes(p.Text)
	if err != nil {
		return err
	}
	if len(doc.Periods) != 1 {
		return fmt.Errorf("%d periods", len(doc.Periods))
	}
	if doc.MediaPresentationDuration == nil {
		return fmt.Errorf("no mediaPresentationDuration")
	}
	p.Duration = int64(*doc.MediaPresentationDuration) / 100
	ids := map[string]bool{}
	for _, set := range doc.Periods[0].AdaptationSets {
		for _, rep := range set.Representations {
			if ids[rep.Id] || strings.ContainsAny(rep.Id, " \t\r\n") {
				return fmt.Errorf("Representation@id %q is not unique or holds white space", rep.Id)
			}
			ids[rep.Id] = true
			r, err := p.readRepresentation(base, set, rep)
			if err != nil {
				return fmt.Errorf("Representation %s: %w", rep.Id, err)
			}
			p.Renditions = append(p.Renditions, r)
		}
	}
	return nil
}

func (p *Presentation) readRepresentation(base *url.URL, set *mpd.AdaptationSetType, rep *mpd.RepresentationType) (Rendition, error) {
	r := Rendition{
		Kind: Kind(set.ContentType), Language: set.Lang, Bandwidth: int(rep.Bandwidth),
		Width: int(rep.Width), Height: int(rep.Height), Codecs: rep.Codecs, Timescale: 1,
	}
	if r.Codecs == "" {
		r.Codecs = set.Codecs
	}
	if len(set.Labels) > 0 {
		r.Name = set.Labels[0].Value
	}
	t := rep.SegmentTemplate
	if t == nil {
		t = set.SegmentTemplate
	}
	if t == nil || t.SegmentTimeline == nil {
		return r, fmt.Errorf("no SegmentTemplate with a SegmentTimeline")
	}
	if t.Timescale != nil {
		r.Timescale = int64(*t.Timescale)
	}
	var offset int64
	if t.PresentationTimeOffset != nil {
		offset = int64(*t.PresentationTimeOffset)
	}
	var err error
	if r.Init, err = expand(base, t.Initialization, rep, 0); err != nil {
		return r, err
	}
	var at int64
	for i, s := range t.SegmentTimeline.S {
		if s.T != nil {
			if at > int64(*s.T) && i > 0 {
				return r, fmt.Errorf("S %d begins at %d, before its predecessor's end at %d", i, *s.T, at)
			}
			at = int64(*s.T)
		}
		if s.R < 0 || s.D == 0 {
			return r, fmt.Errorf("S %d: d=%d r=%d", i, s.D, s.R)
		}
		if err := p.grow(s.R+1, t.Media); err != nil {
			return r, err
		}
		for range s.R + 1 {
			address, err := expand(base, t.Media, rep, at)
			if err != nil {
				return r, err
			}
			r.Segments = append(r.Segments, Segment{URL: address, Start: at - offset, Duration: int64(s.D)})
			at += int64(s.D)
		}
	}
	if len(r.Segments) == 0 {
		return r, fmt.Errorf("an empty SegmentTimeline")
	}
	return r, nil
}

// expand fills the identifiers of a template in (ISO/IEC 23009-1 §5.3.9.4.4).
func expand(base *url.URL, template string, rep *mpd.RepresentationType, at int64) (string, error) {
	parts := strings.Split(template, "$")
	if len(parts)%2 == 0 {
		return "", fmt.Errorf("an odd number of $ in %q", template)
	}
	var b strings.Builder
	for i, part := range parts {
		if i%2 == 0 {
			b.WriteString(part)
			continue
		}
		switch part {
		case "":
			b.WriteByte('$')
		case "Bandwidth":
			b.WriteString(strconv.Itoa(int(rep.Bandwidth)))
		case "RepresentationID":
			b.WriteString(rep.Id)
		case "Time":
			b.WriteString(strconv.FormatInt(at, 10))
		default:
			return "", fmt.Errorf("$%s$ in %q", part, template)
		}
	}
	return resolve(base, b.String())
}
