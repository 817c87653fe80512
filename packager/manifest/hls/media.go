package hls

import (
	"strconv"
	"time"

	"manifold/packager/fault"
	"manifold/packager/manifest/text"
	"manifold/packager/media"
	"manifold/packager/protect"
	"manifold/packager/route"
)

// Media appends the media playlist of one rendition (RFC 8216 §4.3.3), or
// with type=keyframes its I-frame playlist (§4.3.3.6).
func Media(dst []byte, p *media.Presentation, r *media.Request, x *protect.Protection) ([]byte, error) {
	g, t, err := route.Track(p, r)
	if err != nil {
		return nil, err
	}
	per := perSegment(g, r.Format)
	segment := *r
	segment.Target, segment.Track, segment.AudioTrack = media.Fragment, g.Name, ""
	if r.Format == media.HLSV3 && r.AudioTrack != "" { // as it is called, not as it was asked for
		audio := p.Group(r.AudioTrack)
		if audio == nil || audio.Kind != media.Audio {
			return nil, route.NoTrack(p, "audiotrack="+r.AudioTrack)
		}
		segment.AudioTrack = audio.Name
	}
	if r.KeyFrames {
		if g.Kind != media.Video || r.Format == media.HLSV3 {
			return nil, fault.New(fault.TrackNotFound, "type=keyframes", "there is no I-frame playlist of this track", "Ask for a video track in HLS V4 or CMAF.")
		}
		per, segment.Target, segment.KeyFrames = 1, media.KeyFrame, false
	}
	from, to := g.Listed(per)
	if r.KeyFrames && r.Format != media.HLSCMAF { // of the segments that are listed
		from, to = g.Listed(g.PerSegment)
		from, to = from*g.PerSegment, min(to*g.PerSegment, g.Fragments())
	}
	end := g.Fragments()
	at := func(i int) int64 { return g.Time(t, min(i*per, end)) }
	lasts := func(i int) int64 { return at(i+1) - at(i) }
	if r.KeyFrames { // up to the next key frame, which an open GOP does not show first
		shown := func(i int) int64 {
			if i == end {
				return at(i)
			}
			return t.Ticks(int(t.First[i]))
		}
		lasts = func(i int) int64 { return shown(i+1) - shown(i) }
	}
	var longest int64
	for i := from; i < to; i++ {
		longest = max(longest, lasts(i))
	}

	b := append(dst, "#EXTM3U\n"...)
	b = append(b, mediaVersion(r.Format, x)...)
	b = append(b, "\n#EXT-X-PLAYLIST-TYPE:VOD\n"...)
	if r.Format != media.HLSCMAF {
		b = append(b, "#EXT-X-ALLOW-CACHE:NO\n"...)
	} else if g.ClosedGOP {
		b = append(b, "#EXT-X-INDEPENDENT-SEGMENTS\n"...)
	}
	b = append(b, "#EXT-X-MEDIA-SEQUENCE:"...)
	b = strconv.AppendInt(b, int64(from), 10)
	b = append(b, "\n#EXT-X-TARGETDURATION:"...)
	b = strconv.AppendInt(b, text.CeilSeconds(longest), 10)
	b = append(b, '\n')
	if r.KeyFrames {
		b = append(b, "#EXT-X-I-FRAMES-ONLY\n"...)
	}
	b = appendKeys(b, x, r.Format, t)
	if r.Format == media.HLSCMAF {
		b = append(b, `#EXT-X-MAP:URI="`...)
		init := segment
		init.Target = media.Init
		b = route.AppendMedia(b, &init)
		b = append(b, "\"\n"...)
	}
	b = append(b, "#EXT-X-PROGRAM-DATE-TIME:"...)
	b = appendDate(b, at(from))
	for i := from; i < to; i++ {
		b = append(b, "\n#EXTINF:"...)
		b = text.AppendDecimal(b, lasts(i), 6)
		b = append(b, ",no-desc\n"...)
		segment.Time = at(i)
		b = route.AppendMedia(b, &segment)
	}
	return append(b, "\n#EXT-X-ENDLIST\n"...), nil
}

// mediaVersion is the version of a media playlist: KEYFORMAT needs 5.
func mediaVersion(f media.Format, x *protect.Protection) string {
	if f != media.HLSCMAF && x != nil && x.Scheme == protect.CBCS {
		return "#EXT-X-VERSION:5"
	}
	return version(f)
}

// appendDate appends the epoch plus a presentation time, with milliseconds
// only when there are some.
func appendDate(dst []byte, ticks int64) []byte {
	layout := "2006-01-02T15:04:05Z"
	ms := media.RescaleRound(ticks, 1000, media.TicksPerSecond)
	if ms%1000 != 0 {
		layout = "2006-01-02T15:04:05.000Z"
	}
	return time.UnixMilli(ms).UTC().AppendFormat(dst, layout)
}
