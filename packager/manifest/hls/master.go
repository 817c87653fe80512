// Package hls writes HLS playlists (RFC 8216) as Azure Media Services did:
// master playlists V3, V4 and CMAF, media playlists and I-frame playlists.
package hls

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/packager/protect"
	"manifold/packager/route"
)

// Master appends a master playlist (RFC 8216 §4.3.4): variants in order of
// rising bitrate, in V4 and CMAF with audio renditions and I-frame playlists
// beside them, and at the end an audio-only variant.
func Master(dst []byte, p *media.Presentation, r *media.Request, x *protect.Protection) ([]byte, error) {
	m := &master{b: dst, p: p, r: r, video: variants(p), texts: p.Of(media.Text), sealed: x != nil && x.Scheme == protect.CBCS && r.Format != media.HLSCMAF}
	var err error
	if m.sets, err = m.audio(); err != nil {
		return nil, err
	}
	m.line("#EXTM3U")
	m.line(version(r.Format))
	if r.Format != media.HLSV3 {
		m.renditions()
		m.captions()
	}
	m.variants()
	m.audioOnly()
	return m.b, nil
}

type master struct {
	b     []byte
	p     *media.Presentation
	r     *media.Request
	video []variant
	sets  []set
	texts []*media.Group

	sealed bool // SAMPLE-AES in MPEG-2 TS
}

// variant is a video track with its group.
type variant struct {
	g *media.Group
	t *media.Track
}

// set is the audio that one variant may be heard with: a rendition group of
// V4 and CMAF, the one muxed track of V3.
type set struct {
	id     string
	family string    // of the codec
	tracks []variant // in the order of EXT-X-MEDIA
}

func version(f media.Format) string {
	switch f {
	case media.HLSV3:
		return "#EXT-X-VERSION:3"
	case media.HLSV4:
		return "#EXT-X-VERSION:4"
	}
	return "#EXT-X-VERSION:7" // EXT-X-MAP in a playlist that is not of I-frames needs 6
}

// variants are the video tracks in order of rising bitrate; the one that
// players shall begin with stands first.
func variants(p *media.Presentation) []variant {
	var out []variant
	for _, g := range p.Of(media.Video) {
		for _, t := range g.Tracks {
			out = append(out, variant{g, t})
		}
	}
	slices.SortStableFunc(out, func(a, b variant) int { return a.t.Bitrate - b.t.Bitrate })
	if p.First > 0 && len(out) > 0 {
		off := func(v variant) int { return max(v.t.Bitrate-p.First, p.First-v.t.Bitrate) }
		first := slices.MinFunc(out, func(a, b variant) int { return off(a) - off(b) })
		at := slices.Index(out, first)
		out = slices.Insert(slices.Delete(out, at, at+1), 0, first)
	}
	return out
}

// audio divides the audio tracks into sets: by codec in V4 and CMAF; the one
// track that is muxed in V3.
func (m *master) audio() ([]set, error) {
	if m.r.AudioTrack != "" {
		return m.named(m.r.AudioTrack)
	}
	var sets []set
	for _, g := range m.p.Of(media.Audio) {
		if id := setID(sets, g); !slices.ContainsFunc(sets, func(s set) bool { return s.id == id }) {
			sets = append(sets, set{id: id, family: g.Tracks[0].Codec.Family})
		}
	}
	for _, v := range byLanguage(m.p) {
		at := slices.IndexFunc(sets, func(s set) bool { return s.family == v.t.Codec.Family })
		sets[at].tracks = append(sets[at].tracks, v)
	}
	if m.r.Format == media.HLSV3 && len(sets) > 0 {
		g, t := m.p.Muxed()
		return []set{{tracks: []variant{{g, t}}}}, nil
	}
	return sets, nil
}

// setID is the name of the rendition group of a stream: the codec that comes
// first needs no name.
func setID(sets []set, g *media.Group) string {
	family := g.Tracks[0].Codec.Family
	if len(sets) == 0 || sets[0].family == family {
		return "audio"
	}
	return "audio-" + family
}

// named is the set of the one stream that audioTrack= asks for.
func (m *master) named(name string) ([]set, error) {
	g := m.p.Group(name)
	if g == nil || g.Kind != media.Audio {
		return nil, route.NoTrack(m.p, "audioTrack="+name)
	}
	s := set{id: "audio"}
	for _, t := range g.Tracks {
		s.tracks = append(s.tracks, variant{g, t})
	}
	if m.r.Format == media.HLSV3 {
		s.tracks = []variant{{g, g.Lowest()}}
	}
	return []set{s}, nil
}

// byLanguage lists audio tracks: languages as they first appear, within each
// by falling bitrate.
func byLanguage(p *media.Presentation) []variant {
	var out []variant
	var languages []string
	for _, g := range p.Of(media.Audio) {
		for _, t := range g.Tracks {
			if !slices.Contains(languages, t.Language) {
				languages = append(languages, t.Language)
			}
			out = append(out, variant{g, t})
		}
	}
	slices.SortStableFunc(out, func(a, b variant) int {
		if a.t.Language != b.t.Language {
			return slices.Index(languages, a.t.Language) - slices.Index(languages, b.t.Language)
		}
		return b.t.Bitrate - a.t.Bitrate
	})
	return out
}

// byDefault is the track that plays when nobody chose one: of the first
// language, without a description of the picture if there is a choice, the
// one of the lowest bitrate.
func byDefault(tracks []variant) variant {
	best := tracks[0]
	for _, v := range tracks[1:] {
		if v.t.Language != best.t.Language {
			break
		}
		if v.t.Access == "" || best.t.Access != "" {
			best = v
		}
	}
	return best
}

func known(language string) bool { return language != "" && language != "und" }

// renditions appends the EXT-X-MEDIA tags (RFC 8216 §4.3.4.1).
func (m *master) renditions() {
	taken := make(map[string]bool)
	for _, s := range m.sets {
		standard := byDefault(s.tracks)
		for k, v := range s.tracks {
			m.text(`#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="`, s.id, `",NAME="`, m.name(s, v, taken), `"`)
			switch {
			case known(v.t.Language):
				m.text(`,LANGUAGE="`, quotable(v.t.Language), `"`)
			case m.r.Format == media.HLSCMAF:
				m.text(`,LANGUAGE="und"`)
			}
			if v == standard {
				m.text(",DEFAULT=YES")
			}
			described := v.t.Access == "description"
			if described || known(v.t.Language) && lastOf(s.tracks, k) {
				m.text(",AUTOSELECT=YES")
			}
			if described {
				m.text(`,CHARACTERISTICS="public.accessibility.describes-video"`)
			}
			if m.r.Format == media.HLSCMAF {
				m.text(`,CHANNELS="`, channels(&v.t.Codec), `"`)
			}
			m.text(`,URI="`)
			m.level(v, false)
			m.line(`"`)
		}
	}
	m.subtitles(taken)
}

// texts is the rendition group of all text.
const texts = "text"

// subtitles appends the EXT-X-MEDIA tags of text. What is on by itself is text
// that everybody needs: of what is spoken in another language (forced).
func (m *master) subtitles(taken map[string]bool) {
	for _, g := range m.texts {
		v := variant{g, g.Tracks[0]}
		m.text(`#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="`, texts, `",NAME="`, m.name(set{id: texts}, v, taken), `"`)
		if known(v.t.Language) {
			m.text(`,LANGUAGE="`, quotable(v.t.Language), `"`)
		}
		if v.t.Role == "main" {
			m.text(",DEFAULT=YES")
		}
		if known(v.t.Language) {
			m.text(",AUTOSELECT=YES")
		}
		if strings.HasPrefix(v.t.Role, "forced") {
			m.text(",FORCED=YES")
		}
		if v.t.Role == "caption" || v.t.Access != "" {
			m.text(`,CHARACTERISTICS="public.accessibility.transcribes-spoken-dialog,public.accessibility.describes-music-and-sound"`)
		}
		m.text(`,URI="`)
		m.level(v, false)
		m.line(`"`)
	}
}

// captionGroup is the rendition group of all closed captions.
const captionGroup = "cc"

// carried says whether the playlist can name captions: services of CEA-708 need
// version 7 (RFC 8216 §7).
func (m *master) carried(id string) bool {
	return m.r.Format == media.HLSCMAF || !strings.HasPrefix(id, "SERVICE")
}

// captions appends the EXT-X-MEDIA tags of closed captions in the pictures,
// which have no playlist of their own (RFC 8216 §4.3.4.1). The first is on by
// itself, as the service had it.
func (m *master) captions() {
	var ids []string
	for _, v := range m.video {
		for _, id := range v.t.Captions {
			if m.carried(id) && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids) // CC before SERVICE
	for i, id := range ids {
		name := "CEA608_CC"
		if strings.HasPrefix(id, "SERVICE") {
			name = "CEA708_CC"
		}
		if i > 0 && id[len(id)-1] != '1' {
			name += " " + id
		}
		m.text(`#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="`, captionGroup, `",NAME="`, name, `"`)
		if i == 0 {
			m.text(",DEFAULT=YES,AUTOSELECT=YES")
		}
		m.text(`,INSTREAM-ID="`, id)
		m.line(`"`)
	}
}

// channels is the value of CHANNELS: of audio objects, their number and coding.
func channels(c *media.Codec) string {
	if c.Objects > 0 {
		return strconv.Itoa(c.Objects) + "/JOC"
	}
	return strconv.Itoa(c.Channels)
}

// lastOf says whether a track is the one of its language that players may
// choose by themselves: the one with the lowest bitrate.
func lastOf(tracks []variant, k int) bool {
	for _, v := range tracks[k+1:] {
		if v.t.Language == tracks[k].t.Language && v.t.Access == "" {
			return false
		}
	}
	return true
}

// name is the display name of a rendition, unique in its group.
func (m *master) name(s set, v variant, taken map[string]bool) string {
	name := v.t.Label
	if name == "" {
		name = v.g.Name
	}
	name = quotable(name)
	if taken[s.id+"/"+name] {
		name += " " + strconv.Itoa(v.t.Bitrate)
	}
	unique := name
	for n := 2; taken[s.id+"/"+unique]; n++ {
		unique = name + " " + strconv.Itoa(n)
	}
	taken[s.id+"/"+unique] = true
	return unique
}

// quotable makes a text fit for a quoted string (RFC 8216 §4.2).
func quotable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r < 0x20:
			return ' '
		}
		return r
	}, s)
}

// variants appends the EXT-X-STREAM-INF tags with their I-frame playlists.
func (m *master) variants() {
	sets := m.sets
	if len(sets) == 0 {
		sets = []set{{}}
	}
	for _, s := range sets {
		audio, codecs := m.bandwidth(s), s.codecs()
		for _, v := range m.video {
			n := m.stream(v) + audio
			if m.r.Format == media.HLSV3 && len(s.tracks) > 0 && !m.p.FormulaBandwidth {
				n = max(n, v.t.PeakTS(media.TSPeak{Audio: s.tracks[0].t, Sealed: m.sealed}))
			}
			m.text("#EXT-X-STREAM-INF:BANDWIDTH=", strconv.Itoa(n))
			m.resolution(v.t)
			m.text(`,CODECS="`, v.t.Codec.String, codecs, m.textCodec(), `"`)
			m.picture(v.t)
			m.group(s)
			if m.r.Format != media.HLSV3 && slices.ContainsFunc(v.t.Captions, m.carried) {
				m.text(`,CLOSED-CAPTIONS="`, captionGroup, `"`)
			}
			m.line("")
			m.level(v, false)
			m.line("")
			if m.r.Format == media.HLSV3 || s.id != sets[0].id {
				continue // one I-frame playlist for a track is enough
			}
			m.text("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=", strconv.Itoa(n))
			m.resolution(v.t)
			m.text(`,CODECS="`, v.t.Codec.String, `"`)
			m.picture(v.t)
			m.text(`,URI="`)
			m.level(v, true)
			m.line(`"`)
		}
	}
}

// audioOnly appends the variant without video: for players on the thinnest of
// lines, and for assets that are audio.
func (m *master) audioOnly() {
	wanted := m.r.Format != media.HLSCMAF
	if m.r.AudioOnly != nil {
		wanted = *m.r.AudioOnly
	}
	if len(m.sets) == 0 || !wanted && len(m.video) > 0 {
		return
	}
	s := m.sets[0]
	v := byDefault(s.tracks)
	m.text("#EXT-X-STREAM-INF:BANDWIDTH=", strconv.Itoa(m.stream(v)), `,CODECS="`, v.t.Codec.String, m.textCodec(), `"`)
	m.group(s)
	m.line("")
	track := *m.r
	track.AudioTrack = ""
	m.levelOf(track, v, false)
	m.line("")
}

func (m *master) resolution(t *media.Track) {
	if t.Codec.Width > 0 {
		m.text(",RESOLUTION=", strconv.Itoa(t.Codec.Width), "x", strconv.Itoa(t.Codec.Height))
	}
}

// picture appends what stands of the video beside CODECS
// (draft-pantos-hls-rfc8216bis §4.4.6.2): ordinary pictures have none of it.
func (m *master) picture(t *media.Track) {
	if t.Codec.Supplemental != "" {
		m.text(`,SUPPLEMENTAL-CODECS="`, t.Codec.Supplemental, `"`)
	}
	if t.Codec.Range != "" {
		m.text(",VIDEO-RANGE=", t.Codec.Range)
	}
}

func (m *master) group(s set) {
	if m.r.Format == media.HLSV3 {
		return
	}
	if s.id != "" {
		m.text(`,AUDIO="`, s.id, `"`)
	}
	if len(m.texts) > 0 {
		m.text(`,SUBTITLES="`, texts, `"`)
	}
}

// textCodec is what stands of text in CODECS, with a comma before it: WebVTT
// has no name there.
func (m *master) textCodec() string {
	if m.r.Format == media.HLSCMAF && len(m.texts) > 0 {
		return "," + m.texts[0].Tracks[0].Codec.String
	}
	return ""
}

// level appends the URL of a media playlist. In V3 it names the muxed audio.
func (m *master) level(v variant, keyFrames bool) {
	r := *m.r
	r.AudioTrack = ""
	if r.Format == media.HLSV3 && v.g.Kind == media.Video && len(m.sets) > 0 {
		r.AudioTrack = m.sets[0].tracks[0].g.Name
	}
	m.levelOf(r, v, keyFrames)
}

func (m *master) levelOf(r media.Request, v variant, keyFrames bool) {
	r.Target, r.Track, r.Bitrate, r.KeyFrames = media.Level, v.g.Name, v.t.Bitrate, keyFrames
	m.b = route.Append(m.b, &r)
}

func (m *master) text(parts ...string) {
	for _, s := range parts {
		m.b = append(m.b, s...)
	}
}

func (m *master) line(s string) {
	m.b = append(m.b, s...)
	m.b = append(m.b, '\n')
}

// stream is the BANDWIDTH of one track: the declared or the peak bitrate with
// what Azure Media Services added for the container, or the peak of the
// segments as they are sent where MPEG-2 TS adds more.
func (m *master) stream(v variant) int {
	if m.p.FormulaBandwidth {
		return formula(v.t.Bitrate)
	}
	n := formula(max(v.t.Bitrate, v.g.Peak(v.t, perSegment(v.g, m.r.Format))))
	if m.r.Format != media.HLSCMAF {
		n = max(n, v.t.PeakTS(media.TSPeak{Sealed: m.sealed}))
	}
	return n
}

// formula is what Azure Media Services made of a bitrate.
func formula(bitrate int) int { return int(int64(bitrate)*1022/1000) + 8160 }

func (m *master) bandwidth(s set) int {
	n := 0
	for _, v := range s.tracks {
		n = max(n, m.stream(v))
	}
	return n
}

// Understated returns a finding for each track whose BANDWIDTH is under what
// its segments need, which Presentation.FormulaBandwidth allows.
func Understated(p *media.Presentation) []fault.Finding {
	var out []fault.Finding
	for _, g := range p.Groups {
		for _, t := range g.Tracks {
			said, peak := formula(t.Bitrate), g.Peak(t, 1)
			if said >= peak {
				continue
			}
			out = append(out, fault.Finding{
				Severity: fault.Warning, Code: "bandwidth-under-peak", Where: t.Where(),
				Message: fmt.Sprintf("the BANDWIDTH of this track is %d bit/s and its largest segment needs %d", said, peak),
				Affects: "HLS players on thin lines: they choose a quality that stalls.",
				Advice:  "Write peaks (leave the bandwidth setting), or declare the peak as systemBitrate.",
			})
		}
	}
	return out
}

// codecs returns the codec strings of a set, each with a comma before it.
func (s set) codecs() string {
	var out []string
	for _, v := range s.tracks {
		if c := "," + v.t.Codec.String; !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return strings.Join(out, "")
}

// perSegment is the number of fragments in a segment of a format.
func perSegment(g *media.Group, f media.Format) int {
	if f == media.HLSCMAF {
		return 1
	}
	return g.PerSegment
}
