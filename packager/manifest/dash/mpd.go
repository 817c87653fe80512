// Package dash writes MPEG-DASH media presentation descriptions (ISO/IEC
// 23009-1) in the shape that Azure Media Services gave them: one period, one
// adaptation set for each stream, SegmentTimeline with $Time$.
package dash

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"manifold/packager/manifest/text"
	"manifold/packager/media"
	"manifold/packager/protect"
	"manifold/packager/route"
)

// MPD appends the MPD of a presentation. Attributes and elements stand in the
// order of the service; elements also in that of the schema.
func MPD(dst []byte, p *media.Presentation, r *media.Request, s *protect.Protection) ([]byte, error) {
	x := &text.XML{B: dst}
	x.Declaration()
	x.Begin("MPD")
	x.Attr("xmlns", "urn:mpeg:dash:schema:mpd:2011")
	x.Attr("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
	if enhanced(p) {
		x.Attr("xmlns:scte214", "urn:scte:dash:scte214-extensions")
	}
	namespaces(x, s)
	x.Attr("profiles", "urn:mpeg:dash:profile:isoff-live:2011")
	x.Attr("type", "static")
	x.Raw("mediaPresentationDuration", appendDuration(nil, p.Duration))
	x.Raw("minBufferTime", fmt.Appendf(nil, "PT%dS", text.CeilSeconds(longest(p))))
	x.Begin("Period")
	for _, g := range sets(p, s) {
		adaptationSet(x, p, r, s, g)
	}
	x.End()
	x.End()
	return append(x.B, '\n'), nil
}

// enhanced says whether a track has a supplement that players may ignore.
func enhanced(p *media.Presentation) bool {
	for _, g := range p.Groups {
		for _, t := range g.Tracks {
			if t.Codec.Supplemental != "" {
				return true
			}
		}
	}
	return false
}

// longest is the duration of the longest fragment of all.
func longest(p *media.Presentation) int64 {
	var d int64
	for _, g := range p.Groups {
		for k := g.From; k < g.To; k++ {
			d = max(d, g.Times[k+1]-g.Times[k])
		}
	}
	return d
}

// appendDuration appends ticks as PT[nH][nM]n.nnnS, rounded half up.
func appendDuration(dst []byte, ticks int64) []byte {
	ms := media.RescaleRound(ticks, 1000, media.TicksPerSecond)
	dst = append(dst, "PT"...)
	if h := ms / 3_600_000; h > 0 {
		dst = append(strconv.AppendInt(dst, h, 10), 'H')
	}
	if m := ms / 60_000; m > 0 {
		if m %= 60; m > 0 || ms >= 3_600_000 {
			dst = append(strconv.AppendInt(dst, m, 10), 'M')
		}
	}
	dst = text.AppendDecimal(dst, ms%60_000*(media.TicksPerSecond/1000), 3)
	return append(dst, 'S')
}

// adaptationSet writes one stream, or the part of one that has a key of its own:
// all its tracks share codec and segments.
func adaptationSet(x *text.XML, p *media.Presentation, r *media.Request, s *protect.Protection, g set) {
	best := g.Tracks[0]
	x.Begin("AdaptationSet")
	x.Int("id", int64(g.id))
	x.Attr("group", groups[g.Kind])
	x.Attr("profiles", brand(r.Format))
	x.Attr("bitstreamSwitching", "false")
	x.Attr("segmentAlignment", "true")
	x.Attr("contentType", g.Kind.String())
	x.Attr("mimeType", mimeType(g.Kind))
	x.Attr("codecs", upper(best.Codec.String))
	if g.Kind == media.Video {
		w, h := largest(g.Group)
		x.Int("maxWidth", int64(w))
		x.Int("maxHeight", int64(h))
		if g.ClosedGOP {
			x.Attr("startWithSAP", "1")
		}
	} else if lang := shortest(best.Language); lang != "" {
		x.Attr("lang", lang)
	}
	describe(x, r, s, g)
	segmentTemplate(x, p, r, g.Group, g.Times[g.Fragments()])
	for _, t := range g.Tracks {
		x.Begin("Representation")
		x.Raw("id", representationID(g.stream, t))
		x.Int("bandwidth", int64(t.Bitrate))
		if t.Codec.String != best.Codec.String {
			x.Attr("codecs", upper(t.Codec.String))
		}
		if supplement, brand, ok := strings.Cut(t.Codec.Supplemental, "/"); ok { // ANSI/SCTE 214-1 §7.2.2
			x.Attr("scte214:supplementalCodecs", upper(supplement))
			x.Attr("scte214:supplementalProfiles", brand)
		}
		switch g.Kind {
		case media.Video:
			x.Int("width", int64(t.Codec.Width))
			x.Int("height", int64(t.Codec.Height))
			if c := &t.Codec; c.PixelWidth > 0 {
				x.Attr("sar", fmt.Sprintf("%d:%d", c.PixelWidth, c.PixelHeight))
			}
		case media.Audio:
			x.Int("audioSamplingRate", int64(t.Codec.SamplingRate))
		}
		if end := g.Time(t, g.Fragments()); g.To == g.Fragments() && g.Times[g.To]-end >= media.TicksPerSecond/1000 {
			segmentTemplate(x, p, r, g.Group, end) // its last segment is shorter than that of the others
		}
		x.End()
	}
	x.End()
}

// groups are the values of AdaptationSet@group.
var groups = map[media.Kind]string{media.Video: "1", media.Audio: "5", media.Text: "7"}

// mimeType is the media type of the segments of a stream.
func mimeType(k media.Kind) string {
	if k == media.Text {
		return "application/mp4"
	}
	return k.String() + "/mp4"
}

// brand is the brand of the segments, which stands for their profile.
func brand(f media.Format) string {
	if f == media.DASHCSF {
		return "ccff"
	}
	return "cmfc"
}

// upper writes the hexadecimal part of an RFC 6381 codec string in capitals. A
// string of nothing but a sample entry type is in small letters: browsers know
// "opus" and "flac", not "Opus" and "fLaC", and take the others either way.
func upper(codec string) string {
	four, rest, ok := strings.Cut(codec, ".")
	if four == "stpp" { // the service named no profile
		return four
	}
	if ok {
		return four + "." + strings.ToUpper(rest)
	}
	return strings.ToLower(codec)
}

func largest(g *media.Group) (w, h int) {
	for _, t := range g.Tracks {
		w, h = max(w, t.Codec.Width), max(h, t.Codec.Height)
	}
	return w, h
}

// shortest returns the shortest tag of a language ("eng" is "en"), as @lang
// wants it (RFC 5646 §4.5); "" when it is unknown.
func shortest(lang string) string {
	if lang == "" || lang == "und" {
		return ""
	}
	if t, err := language.Parse(lang); err == nil {
		return t.String()
	}
	return lang
}

// describe writes the descriptors of a stream.
func describe(x *text.XML, r *media.Request, s *protect.Protection, g set) {
	t := g.Tracks[0]
	// the service left it out where it says nothing new: stereo AAC
	if g.Kind == media.Audio && (r.Format != media.DASHCSF || t.Codec.Channels != 2 || t.Codec.Family != "aac") {
		descriptor(x, "AudioChannelConfiguration", t.Codec.Layout.Scheme, t.Codec.Layout.Value)
	}
	contentProtection(x, s, g.Group)
	colour(x, &t.Codec)
	if len(g.others) > 0 { // ISO/IEC 23009-1 §5.3.3.5
		var ids []string
		for _, id := range g.others {
			ids = append(ids, strconv.Itoa(id))
		}
		descriptor(x, "SupplementalProperty", "urn:mpeg:dash:adaptation-set-switching:2016", strings.Join(ids, ","))
	}
	if n := t.Codec.Objects; n > 0 { // ETSI TS 103 420 §D.2
		const dolby = "tag:dolby.com,2018:dash:"
		descriptor(x, "SupplementalProperty", dolby+"EC3_ExtensionType:2018", "JOC")
		descriptor(x, "SupplementalProperty", dolby+"EC3_ExtensionComplexityIndex:2018", strconv.Itoa(n))
	}
	if t.Label != "" {
		x.Text("Label", t.Label)
	}
	const roles = "urn:mpeg:dash:role:2011"
	if t.Access != "" {
		descriptor(x, "Accessibility", roles, t.Access)
	}
	captions(x, g.Group)
	if role := t.Role; role != "" || g.Kind == media.Text {
		descriptor(x, "Role", roles, cmp.Or(role, "subtitle"))
	}
}

// captions names the closed captions in the pictures (ANSI/SCTE 214-1), whose
// languages nothing tells.
func captions(x *text.XML, g *media.Group) {
	var cea608, cea708 []string
	for _, t := range g.Tracks {
		for _, id := range t.Captions {
			list, entry := &cea608, id+"=und"
			if n, ok := strings.CutPrefix(id, "SERVICE"); ok {
				list, entry = &cea708, n+"=lang:und"
			}
			if !slices.Contains(*list, entry) {
				*list = append(*list, entry)
			}
		}
	}
	for _, d := range []struct {
		scheme string
		list   []string
	}{{"cea-608", cea608}, {"cea-708", cea708}} {
		if len(d.list) > 0 {
			slices.Sort(d.list)
			descriptor(x, "Accessibility", "urn:scte:dash:cc:"+d.scheme+":2015", strings.Join(d.list, ";"))
		}
	}
}

// colour writes the code points of pictures with a high dynamic range (DASH-IF
// IOP part 7 §6). Who does not know PQ shows a wrong picture, so that is
// essential; HLG was made to be shown as it is.
func colour(x *text.XML, c *media.Codec) {
	if c.Colour.Transfer == 0 || c.Range == "" {
		return
	}
	const cicp = "urn:mpeg:mpegB:cicp:"
	transfer := "SupplementalProperty"
	if c.Range == "PQ" {
		transfer = "EssentialProperty"
	}
	descriptor(x, transfer, cicp+"TransferCharacteristics", strconv.Itoa(c.Colour.Transfer))
	descriptor(x, "SupplementalProperty", cicp+"ColourPrimaries", strconv.Itoa(c.Colour.Primaries))
	descriptor(x, "SupplementalProperty", cicp+"MatrixCoefficients", strconv.Itoa(c.Colour.Matrix))
}

func descriptor(x *text.XML, name, scheme, value string) {
	x.Begin(name)
	x.Attr("schemeIdUri", scheme)
	x.Attr("value", value)
	x.End()
}

// segmentTemplate writes the segments of a stream whose last one ends at a time.
func segmentTemplate(x *text.XML, p *media.Presentation, r *media.Request, g *media.Group, end int64) {
	lasts := func(k int) int64 {
		if k+1 == g.Fragments() {
			return end - g.Times[k]
		}
		return g.Times[k+1] - g.Times[k]
	}
	x.Begin("SegmentTemplate")
	x.Int("timescale", media.TicksPerSecond)
	if p.Start != 0 {
		x.Int("presentationTimeOffset", p.Start)
	}
	segment := *r
	segment.Target, segment.Track = media.Fragment, g.Name
	x.Raw("media", route.AppendTemplate(nil, &segment, "$Bandwidth$", "$Time$"))
	segment.Target = media.Init
	x.Raw("initialization", route.AppendTemplate(nil, &segment, "$Bandwidth$", "i"))
	x.Begin("SegmentTimeline")
	for k, n := g.From, g.To; k < n; {
		d, next := lasts(k), k+1
		for next < n && lasts(next) == d {
			next++
		}
		x.Begin("S")
		if k == g.From && g.Times[k] != 0 {
			x.Int("t", g.Times[k])
		}
		x.Int("d", d)
		if next-k > 1 {
			x.Int("r", int64(next-k-1))
		}
		x.End()
		k = next
	}
	x.End()
	x.End()
}

// representationID is {group}_{V|A}_{stream}_{n}, n from 1 by falling bitrate.
// The name is escaped: an ID must not hold white space.
func representationID(g *media.Group, t *media.Track) []byte {
	id := append([]byte(groups[g.Kind]), '_')
	id = append(id, strings.ToUpper(g.Kind.String()[:1])...)
	id = append(id, '_')
	id = route.AppendEscaped(id, g.Name)
	id = append(id, '_')
	return strconv.AppendInt(id, int64(slices.Index(g.Tracks, t)+1), 10)
}
