package asset

import (
	"fmt"
	"math"

	"golang.org/x/text/language"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// Limits of what is worth a word.
const (
	longGOP      = 10 * media.TicksPerSecond
	uneven       = media.TicksPerSecond / 2 // between the durations of tracks, or of GOPs
	otherShape   = 50                       // aspect ratios differ by one in so many
	farFromMeant = 2                        // times the peak
	tolerance    = 20                       // a bitrate may be under the average by one in so many
)

// examine tells what players will make of the presentation, though it can be
// served.
func examine(p *media.Presentation) []fault.Finding {
	var out []fault.Finding
	video := p.Of(media.Video)
	for _, g := range video {
		out = append(out, examineGOPs(g)...)
		out = append(out, examineShapes(g)...)
		out = append(out, examineCaptions(g)...)
	}
	audio := p.Of(media.Audio)
	if len(audio) > 1 {
		out = append(out, withoutLanguage(audio)...)
	}
	for _, g := range p.Groups {
		if g.Kind != media.Text {
			out = append(out, duplicates(g)...)
		}
	}
	out = append(out, hidden(p)...)
	out = append(out, unequal(p)...)
	out = append(out, mixed(audio, video)...)
	for _, g := range p.Groups {
		if g.Kind != media.Text {
			out = append(out, misdeclared(g)...)
		}
	}
	return out
}

// examineGOPs tells of fragments that are long or of many lengths; the last may
// be as short as it likes.
func examineGOPs(g *media.Group) []fault.Finding {
	longest, shortest, at := int64(0), int64(0), 0
	for k := range g.Fragments() {
		d := g.Times[k+1] - g.Times[k]
		if d > longest {
			longest, at = d, k
		}
		if k+1 < g.Fragments() && (shortest == 0 || d < shortest) {
			shortest = d
		}
	}
	where := g.Tracks[0].Where()
	switch {
	case longest > longGOP && apart(g) <= longGOP:
		return []fault.Finding{{
			Severity: fault.Warning, Code: "gop-long", Where: where,
			Message: fmt.Sprintf("%s s lie between the key frames that all %d renditions share at %s s and the next such; each by itself has one every %s s or more often", media.Seconds(longest), len(g.Tracks), media.Seconds(g.Times[at]), media.Seconds(apart(g))),
			Affects: "All players: they start, seek and switch quality in steps as long as that.",
			Advice:  "Encode all renditions with key frames at the same times.",
		}}
	case longest > longGOP:
		return []fault.Finding{{
			Severity: fault.Warning, Code: "gop-long", Where: where,
			Message: fmt.Sprintf("%s s lie between the key frames at %s s and the next", media.Seconds(longest), media.Seconds(g.Times[at])),
			Affects: "All players: they start, seek and switch quality in steps as long as that.",
			Advice:  "Encode with a key frame every 2 seconds.",
		}}
	case g.Fragments() > 2 && longest-shortest > uneven && longest > shortest*3/2:
		return []fault.Finding{{
			Severity: fault.Info, Code: "gop-irregular", Where: where,
			Message: fmt.Sprintf("the distance between key frames goes from %s s to %s s", media.Seconds(shortest), media.Seconds(longest)),
			Affects: "Players estimate bandwidth and buffers less well; nothing is lost.",
			Advice:  "Encode with a fixed distance of key frames, without those at changes of scene.",
		}}
	}
	return nil
}

// apart is the longest time between two key frames of one rendition, in ticks.
func apart(g *media.Group) int64 {
	var longest int64
	for _, t := range g.Tracks {
		at := t.Ticks(int(t.First[0]))
		for _, i := range t.Samples.Sync() { // nil: all are
			if next := t.Ticks(int(i)); next > at {
				longest, at = max(longest, next-at), next
			}
		}
		longest = max(longest, t.End()-at)
	}
	return longest
}

// examineShapes tells of renditions whose pictures have another shape.
func examineShapes(g *media.Group) []fault.Finding {
	var out []fault.Finding
	shape := func(c *media.Codec) float64 {
		return float64(c.Width*max(c.PixelWidth, 1)) / float64(max(c.Height, 1)*max(c.PixelHeight, 1))
	}
	ref := &g.Tracks[0].Codec
	for _, t := range g.Tracks[1:] {
		a, b := shape(&t.Codec), shape(ref)
		if math.Abs(a-b)*otherShape > max(a, b) {
			out = append(out, fault.Finding{
				Severity: fault.Warning, Code: "aspect-ratio", Where: t.Where(),
				Message: fmt.Sprintf("the picture of %s has another shape than that of %s, %s", dimensions(&t.Codec), g.Tracks[0].File, dimensions(ref)),
				Affects: "All players: the picture jumps when the quality changes.",
				Advice:  "Scale all renditions from one picture.",
			})
		}
	}
	return out
}

// dimensions writes the size of a picture, and the shape of its pixels unless they
// are square.
func dimensions(c *media.Codec) string {
	size := fmt.Sprintf("%d×%d", c.Width, c.Height)
	if c.PixelWidth > 0 {
		size += fmt.Sprintf(" with pixels of %d:%d", c.PixelWidth, c.PixelHeight)
	}
	return size
}

// duplicates tells of tracks that are another one once more.
func duplicates(g *media.Group) []fault.Finding {
	var out []fault.Finding
	for i, t := range g.Tracks {
		for _, o := range g.Tracks[:i] {
			if t.Codec.String == o.Codec.String && (t.Samples.Equal(o.Samples) || t.Kind == media.Audio && lag(t, o) <= near && presentAlike(t, o)) {
				out = append(out, fault.Finding{
					Severity: fault.Warning, Code: "duplicate-track", Where: t.Where(),
					Message: fmt.Sprintf("its samples have the sizes and times of those of %s: it is the same once more", o.Where()),
					Affects: "Players have a choice between two things that are one.",
					Advice:  "Take one of them out of the folder or the server manifest.",
				})
				break
			}
		}
	}
	return out
}

// hidden tells of tracks that the server manifest does not want to be listed.
func hidden(p *media.Presentation) []fault.Finding {
	var out []fault.Finding
	for _, g := range p.Groups {
		for _, t := range g.Tracks {
			if t.Hidden {
				out = append(out, fault.Finding{
					Severity: fault.Info, Code: "track-hidden", Where: t.Where(),
					Message: fmt.Sprintf("the server manifest hides this track of %q (outputFlag)", g.Name),
					Affects: "All players: no manifest lists it. URLs that name it are answered.",
					Advice:  "Take outputFlag out of the server manifest to offer it.",
				})
			}
		}
	}
	return out
}

// withoutLanguage tells of sound that nobody can choose by its language.
func withoutLanguage(groups []*media.Group) []fault.Finding {
	var out []fault.Finding
	for _, g := range groups {
		if t := g.Tracks[0]; t.Language == "" || t.Language == "und" {
			out = append(out, fault.Finding{
				Severity: fault.Warning, Code: "no-language", Where: t.Where(),
				Message: fmt.Sprintf("the audio %q has no language, and there is other audio to choose from", g.Name),
				Affects: "Players cannot choose it for anybody, and show no name for it.",
				Advice:  "Give it a systemLanguage in the server manifest, or write the language into the file.",
			})
		}
	}
	return out
}

// unequal tells of tracks that end well before or behind the first video.
func unequal(p *media.Presentation) []fault.Finding {
	var out []fault.Finding
	var ref *media.Track
	for _, g := range append(p.Of(media.Video), p.Of(media.Audio)...) {
		for _, t := range g.Tracks {
			if ref == nil {
				ref = t
				continue
			}
			d := t.End() - ref.End()
			if max(d, -d) <= uneven {
				continue
			}
			out = append(out, fault.Finding{
				Severity: fault.Info, Code: "duration-differs", Where: t.Where(),
				Message: fmt.Sprintf("the %s ends at %s s, %s of %s at %s s", t.Kind, media.Seconds(t.End()), ref.Kind, ref.File, media.Seconds(ref.End())),
				Affects: "Players stop, or go on with picture or sound alone, for the difference at the end.",
				Advice:  "Encode all tracks from the same source, to the same end.",
			})
		}
	}
	return out
}

// mixed tells of files with picture and sound where the sound of one is not that
// of the other.
func mixed(audio, video []*media.Group) []fault.Finding {
	pictures := make(map[string]bool)
	for _, g := range video {
		for _, t := range g.Tracks {
			pictures[t.File] = true
		}
	}
	var out []fault.Finding
	var seen []*media.Track
	for _, g := range audio {
		for _, t := range g.Tracks {
			if !pictures[t.File] {
				continue
			}
			for _, o := range seen {
				if o.File != t.File && o.Language == t.Language && o.Codec.Family == t.Codec.Family && o.Codec.Channels == t.Codec.Channels {
					out = append(out, fault.Finding{
						Severity: fault.Info, Code: "audio-copies-differ", Where: t.Where(),
						Message: fmt.Sprintf("the sound beside this picture is not that of %s, in the same language and coding", o.File),
						Affects: "Players are offered both, one as good as the other.",
						Advice:  "Mux one sound into all renditions, or into a file of its own.",
					})
					break
				}
			}
			seen = append(seen, t)
		}
	}
	return out
}

// misdeclared tells of bitrates that the server manifest gives and the media has
// not.
func misdeclared(g *media.Group) []fault.Finding {
	var out []fault.Finding
	for _, t := range g.Tracks {
		if !t.Declared {
			continue
		}
		f := fault.Finding{Severity: fault.Info, Code: "bitrate-off", Where: t.Where(), Affects: "Players choose by the bitrate in the manifest.", Advice: "Correct systemBitrate in the server manifest, or leave it out."}
		switch peak := g.Peak(t, 1); {
		case t.Bitrate < t.Average-t.Average/tolerance:
			f.Severity = fault.Warning
			f.Message = fmt.Sprintf("systemBitrate says %d bit/s, and the track has %d on average", t.Bitrate, t.Average)
			f.Affects = "Players on thin lines choose a quality that stalls, in DASH and Smooth Streaming."
		case t.Bitrate > farFromMeant*peak:
			f.Message = fmt.Sprintf("systemBitrate says %d bit/s, and the largest fragment needs %d", t.Bitrate, peak)
			f.Affects = "Players choose a lower quality than they could have."
		default:
			continue
		}
		out = append(out, f)
	}
	return out
}

// contradicts says whether two language tags mean two languages.
func contradicts(a, b string) bool {
	base := func(tag string) (language.Base, bool) {
		t, err := language.Parse(tag)
		base, confidence := t.Base()
		return base, err == nil && confidence != language.No && base.String() != "und"
	}
	x, ok := base(a)
	y, ok2 := base(b)
	return ok && ok2 && x != y
}
