package window

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2/theme"

	"manifold/app/workbench"
	"manifold/packager/media"
	"manifold/ui/kit"
)

// facts explains the selection.
func facts(s *workbench.State) (title string, out []kit.Fact) {
	a := s.Chosen()
	if a == nil {
		return L("Selection"), nil
	}
	g, t, ok := s.Selected()
	switch {
	case !ok:
		return L("Asset"), assetFacts(a)
	case s.Selection.Fragment >= 0:
		return L("Fragment"), fragmentFacts(g, t, s.Selection.Fragment)
	}
	return L("Track"), trackFacts(g, t)
}

func assetFacts(a *workbench.Asset) []kit.Fact {
	out := []kit.Fact{
		{Name: L("Name"), Value: a.Name},
		{Name: L("Path"), Value: a.Path},
	}
	if e := a.Err(); e != nil {
		out = append(out, kit.Fact{Name: L("Error"), Value: e.Sentence(), Ink: theme.ColorNameError}, kit.Fact{Name: L("Code"), Value: e.Code.String(), Mono: true})
		if e.Where != "" {
			out = append(out, kit.Fact{Name: L("Where"), Value: e.Where})
		}
		if e.Advice != "" {
			out = append(out, kit.Fact{Name: L("Advice"), Value: e.Advice})
		}
	}
	if a.Stale != "" {
		out = append(out, kit.Fact{Name: L("Stale"), Value: a.Stale, Ink: theme.ColorNameWarning})
	}
	if a.Groups() != nil {
		p := a.Read.Presentation
		out = append(out,
			kit.Fact{Name: L("Duration"), Value: clock(p.Duration), Tip: L("From the start of the presentation to the latest end of a track")},
			kit.Fact{Name: L("Contents"), Value: summary(a)},
			kit.Fact{Name: L("Version"), Value: p.Version, Mono: true, Tip: L("Changes with every byte of the sources; part of every ETag")},
		)
	}
	out = append(out,
		kit.Fact{Name: L("Publication")},
		kit.Fact{Name: L("Locator"), Value: a.Locator.ID, Mono: true, Tip: L("First part of every URL path; stays the same from start to start")},
		kit.Fact{Name: L("Policy"), Value: a.Locator.Policy.Name},
		kit.Fact{Name: L("Manifest"), Value: a.ISM, Mono: true, Tip: L("Server manifest as URLs name it")},
	)
	for _, o := range a.Others {
		out = append(out,
			kit.Fact{Name: fmt.Sprintf(L("Locator %s"), o.Locator.Name)},
			kit.Fact{Name: L("Path"), Value: o.Base(), Mono: true, Tip: L("What its URLs begin with")},
			kit.Fact{Name: L("Policy"), Value: o.Locator.Policy.Name})
	}
	return out
}

func trackFacts(g *media.Group, t *media.Track) []kit.Fact {
	first, last := int(t.First[0]), int(t.First[len(t.First)-1])
	duration := media.Rescale(t.Samples.Decode(last)-t.Samples.Decode(first), media.TicksPerSecond, int64(t.Timescale))
	out := []kit.Fact{
		{Name: L("Track"), Value: title(t)},
		{Name: L("Name"), Value: g.Name, Mono: true, Tip: L("Stream name in URLs and manifests")},
		{Name: L("Codec"), Value: t.Codec.Words},
		{Name: L("RFC 6381"), Value: t.Codec.String, Mono: true, Tip: decoded(t.Codec.String)},
	}
	out = append(out, shapeFacts(t)...)
	if t.Kind != media.Video || t.Language != "" && t.Language != "und" {
		out = append(out, kit.Fact{Name: L("Language"), Value: languageFact(t.Language)})
	}
	if len(t.Captions) > 0 {
		out = append(out, kit.Fact{Name: L("Captions"), Value: strings.Join(t.Captions, ", ")})
	}
	if t.Role != "" {
		out = append(out, kit.Fact{Name: L("Role"), Value: t.Role})
	}
	if t.Access != "" {
		out = append(out, kit.Fact{Name: L("Access"), Value: t.Access})
	}
	declared := L("none; the average stands in URLs")
	if t.Declared {
		declared = bitrate(int64(t.Bitrate))
	}
	out = append(out,
		kit.Fact{Name: L("Bitrate")},
		kit.Fact{Name: L("Declared"), Value: declared, Tip: L("systemBitrate of the server manifest: what QualityLevels( ) says")},
		kit.Fact{Name: L("Average"), Value: bitrate(int64(t.Average)), Tip: L("All samples over the duration")},
		kit.Fact{Name: L("Peak"), Value: bitrate(int64(g.Peak(t, 1))), Tip: L("Largest of the segments\nRFC 8216 §4.3.4.2")},
		kit.Fact{Name: L("Timing")},
		kit.Fact{Name: L("Duration"), Value: clock(duration)},
		kit.Fact{Name: L("Fragments"), Value: fmt.Sprintf("%d · %s", g.Fragments(), count(last-first, "sample", "samples"))},
		kit.Fact{Name: L("First shown"), Value: seconds(t.Ticks(first)), Tip: L("Presentation time of the first sample that is delivered")},
	)
	out = append(out, primingFact(t, first), editFact(t))
	return append(out,
		kit.Fact{Name: L("Timescale"), Value: grouped(int64(t.Timescale)) + " Hz"},
		kit.Fact{Name: L("Source")},
		kit.Fact{Name: L("File"), Value: t.File, Mono: true},
		kit.Fact{Name: L("Track ID"), Value: fmt.Sprint(t.TrackID), Tip: "ISO/IEC 14496-12 §8.3.2"},
		kit.Fact{Name: L("Payload"), Value: bytes(t.Samples.Bytes())},
	)
}

// shapeFacts are the size and rate of pictures, the rate and channels of sound,
// or how many cues there are.
func shapeFacts(t *media.Track) []kit.Fact {
	switch t.Kind {
	case media.Video:
		out := []kit.Fact{{Name: L("Size"), Value: fmt.Sprintf("%d × %d", t.Codec.Width, t.Codec.Height)}}
		if r := t.Codec.FrameRate; r[1] != 0 {
			out = append(out, kit.Fact{Name: L("Frame rate"), Value: fmt.Sprintf("%.5g Hz", float64(r[0])/float64(r[1])), Tip: fmt.Sprintf("%d / %d", r[0], r[1])})
		}
		return out
	case media.Audio:
		return []kit.Fact{
			{Name: L("Rate"), Value: grouped(int64(t.Codec.SamplingRate)) + " Hz"},
			{Name: L("Channels"), Value: fmt.Sprint(t.Codec.Channels)},
		}
	case media.Text:
		return []kit.Fact{{Name: L("Cues"), Value: fmt.Sprint(len(t.Cues))}}
	}
	return nil
}

func languageFact(code string) string {
	if name := language(code); name != code && code != "" {
		return name + " · " + code
	}
	return language(code)
}

// primingFact says what is left out before the first sample that is shown.
func primingFact(t *media.Track, first int) kit.Fact {
	f := kit.Fact{Name: L("Priming"), Value: L("none"), Tip: L("Samples before the start of the presentation that are not delivered")}
	if first > 0 {
		f.Value = count(first, "sample left out", "samples left out")
	}
	return f
}

// editFact says what edit lists and alignment do to the times of the track.
func editFact(t *media.Track) kit.Fact {
	shift := media.Rescale(t.Clock.Shift, media.TicksPerSecond, t.Clock.Rate)
	f := kit.Fact{Name: L("Edits"), Value: L("none"), Tip: L("What edit lists and the common zero add to composition times\nISO/IEC 14496-12 §8.6.6")}
	if shift != 0 {
		f.Value = seconds(shift)
		if shift > 0 {
			f.Value = "+" + f.Value
		}
	}
	return f
}

func fragmentFacts(g *media.Group, t *media.Track, k int) []kit.Fact {
	from, to := t.Fragment(k, k+1)
	duration := g.Times[k+1] - g.Times[k]
	samples := t.Samples.Append(nil, from, to)
	contents := count(to-from, "frame", "frames")
	if t.Kind == media.Text {
		contents = count(to-from, "cue", "cues")
	}
	out := []kit.Fact{
		{Name: L("Fragment"), Value: fmt.Sprintf("%d %s %d", k+1, L("of"), g.Fragments())},
		{Name: L("Track"), Value: g.Name + " · " + title(t)},
		{Name: L("Time"), Value: seconds(g.Times[k]) + " → " + seconds(g.Times[k+1]), Tip: L("Presentation time\n$Time$ = S@t = c@t = tfxd = the time in URLs")},
		{Name: L("Ticks"), Value: grouped(g.Times[k]), Mono: true, Tip: L("Of 100 ns, as in URLs")},
		{Name: L("Duration"), Value: seconds(duration) + " · " + contents},
		{Name: L("Size"), Value: bytes(t.FragmentBytes[k]) + " · " + bitrate(media.Rescale(t.FragmentBytes[k]*8, media.TicksPerSecond, max(1, duration)))},
	}
	if len(samples) == 0 {
		return append(out, kit.Fact{Name: L("Samples"), Value: L("none")})
	}
	start := L("not a sync sample")
	if samples[0].Sync {
		start = L("sync sample")
		if t.Kind == media.Video {
			start = "IDR"
		}
	}
	out = append(out,
		kit.Fact{Name: L("Starts on"), Value: fmt.Sprintf("%s, %s %s", start, L("sample"), grouped(int64(from+1)))},
		kit.Fact{Name: L("Edge offset"), Value: offsetWords(t.Ticks(from) - g.Times[k]), Tip: L("Start of this rendition against the time that all share")},
		kit.Fact{Name: L("Source")},
		kit.Fact{Name: L("File"), Value: t.File, Mono: true},
	)
	out = append(out, runFacts(samples)...)
	if t.Kind == media.Video {
		out = append(out, kit.Fact{Name: L("Sync points"), Value: fmt.Sprint(syncs(samples))})
	}
	return out
}

// offsetWords writes an offset in milliseconds: "0.000 ms to reference".
func offsetWords(ticks int64) string {
	sign := ""
	if ticks < 0 {
		sign, ticks = "−", -ticks
	}
	return fmt.Sprintf("%s%d.%03d ms %s", sign, ticks/10_000, ticks%10_000/10, L("to reference"))
}

// maxRuns is how many runs of bytes are listed.
const maxRuns = 32

// runFacts lists where in the file samples lie, run by run: those of other
// tracks may come between.
func runFacts(samples []media.Sample) []kit.Fact {
	var out []kit.Fact
	n := 0
	for i := 0; i < len(samples); n++ {
		from, end := samples[i].Position, samples[i].Position
		for i < len(samples) && samples[i].Position == end {
			end += int64(samples[i].Size)
			i++
		}
		if n < maxRuns {
			out = append(out, kit.Fact{Name: L("Offset"), Value: grouped(from) + " – " + grouped(end-1), Mono: true, Tip: L("First and last byte of a run of samples in the file")})
		}
	}
	if n > maxRuns {
		out = append(out, kit.Fact{Name: L("More"), Value: count(n-maxRuns, "run of bytes", "runs of bytes")})
	}
	return out
}

func syncs(samples []media.Sample) int {
	n := 0
	for _, s := range samples {
		if s.Sync {
			n++
		}
	}
	return n
}
