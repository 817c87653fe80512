package asset

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/packager/source"
	"manifold/packager/subtitle"
)

// isText says whether a file of a folder is timed text.
func isText(name string) bool {
	return subtitle.Reads(name) && !strings.EqualFold(filepath.Ext(name), ".xml")
}

// textFile reads a text file of the asset; what is wrong with it becomes a
// finding. element is what the server manifest says of it, nil without one.
func (a *Asset) textFile(ctx context.Context, name string, element *Element) (listed, error) {
	if err := ctx.Err(); err != nil {
		return listed{}, err
	}
	path := filepath.Join(a.Root, filepath.FromSlash(name))
	f, err := source.Open(path, nil)
	if err != nil {
		a.unopened[path] = stampOf(path)
		return listed{}, a.reject(openFault(name, err))
	}
	a.files = append(a.files, opened{name, f})
	if f.Size() > subtitle.MaxSize {
		return listed{}, a.reject(fault.Newf(fault.MediaTypeNotSupported, name, "the file has %d bytes; text of more than %d is not read", f.Size(), subtitle.MaxSize))
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		return listed{}, a.reject(openFault(name, err))
	}
	d, err := subtitle.Read(b, name)
	if err != nil {
		return listed{}, a.reject(err)
	}
	t := &media.Track{Kind: media.Text, File: name, TrackID: 1, Language: d.Language}
	if t.Language == "" {
		t.Language = languageOf(name)
	}
	return listed{a.text(t, d), element}, nil
}

// texts takes the text tracks of MP4 files out of a list, as cues.
func (a *Asset) texts(list []listed) (others, texts []listed) {
	for _, t := range list {
		switch {
		case t.Kind != media.Text:
			others = append(others, t)
		case t.Samples == nil: // a file of its own
			texts = append(texts, t)
		default:
			d, err := subtitle.Samples(t.Track)
			if err != nil {
				a.tell(fault.As(err).Finding("The track is left out of every format."))
				continue
			}
			own := *t.Track
			texts = append(texts, listed{a.text(&own, d), t.element})
		}
	}
	return others, a.withoutCues(texts)
}

// text makes a track of a document, and tells what is wrong with it.
func (a *Asset) text(t *media.Track, d *subtitle.Document) *media.Track {
	t.Cues, t.CueHead, t.Samples, t.Epoch = d.Cues, d.Head, nil, 0
	t.Clock = media.Clock{Scale: 1, Rate: media.TicksPerSecond}
	t.Codec = subtitle.Codec()
	if n := len(d.Skipped); n > 0 {
		what := "1 cue is left out: "
		if n > 1 {
			what = fmt.Sprintf("%d cues are left out, the first: ", n)
		}
		a.tell(fault.Finding{
			Severity: fault.Warning, Code: "bad-cue", Where: whereLine(t, d.Skipped[0].Line),
			Message: what + d.Skipped[0].Why, Affects: "The text that is left out is missing in every format.", Advice: "Correct the file.",
		})
	}
	a.tellLost(t, d)
	return t
}

// tellLost tells of looks that not all formats keep.
func (a *Asset) tellLost(t *media.Track, d *subtitle.Document) {
	if len(d.Lost) == 0 || len(d.Cues) == 0 {
		return
	}
	var what []string
	for _, l := range d.Lost[:min(len(d.Lost), maxNamed)] {
		what = append(what, l.Why)
	}
	message := "looks that are not kept: " + strings.Join(what, ", ")
	if more := len(d.Lost) - len(what); more > 0 {
		message += fmt.Sprintf(" and %d more", more)
	}
	affects := "All formats: the text is seen without them."
	if d.WebVTT {
		affects = "HLS CMAF, DASH and Smooth Streaming, whose text is IMSC1: it is seen without them. HLS V4 has the WebVTT as it is."
	}
	a.tell(fault.Finding{
		Severity: fault.Info, Code: "style-lost", Where: whereLine(t, d.Lost[0].Line), Message: message, Affects: affects,
		Advice: "Say what matters with colours, bold, italics, underline and places.",
	})
}

// maxNamed is how many looks a finding names.
const maxNamed = 5

// whereLine names a line of a text file; 0 is none, in a track of MP4.
func whereLine(t *media.Track, line int) string {
	if line == 0 {
		return t.Where()
	}
	return fmt.Sprintf("%s line %d", t.File, line)
}

// withoutCues leaves out text that says nothing.
func (a *Asset) withoutCues(list []listed) []listed {
	return slices.DeleteFunc(list, func(t listed) bool {
		if len(t.Cues) > 0 {
			return false
		}
		a.tell(fault.Finding{
			Severity: fault.Warning, Code: "no-cues", Where: t.Where(), Message: "there is no cue in the text",
			Affects: "The text is left out of every format: nothing would ever be seen of it.", Advice: "Check the file, or take it away.",
		})
		return true
	})
}

// languageOf returns the language that a file name ends with ("film.en.srt",
// "film_fra.vtt", "pt-BR.vtt", "film.EN.srt"); "" when it does not.
func languageOf(name string) string {
	words := strings.FieldsFunc(stem(filepath.Base(name)), func(r rune) bool { return strings.ContainsRune("_. ()[]", r) })
	for i := len(words) - 1; i >= 0 && i >= len(words)-2; i-- {
		primary, region, more := strings.Cut(words[i], "-")
		if primary = strings.ToLower(primary); languageCode.MatchString(primary) {
			if more {
				return primary + "-" + region
			}
			return primary
		}
	}
	return ""
}

// readTexts reads the text files of a folder.
func (a *Asset) readTexts(ctx context.Context) ([]listed, error) {
	var out []listed
	for _, name := range a.Texts {
		t, err := a.textFile(ctx, name, nil)
		if err == nil {
			out = append(out, t)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return out, nil
}

// textGroups makes a stream of each text track: nobody switches from one to the
// other by bitrate.
func textGroups(list []listed, taken func(name string) bool) []*media.Group {
	var groups []*media.Group
	used := func(name string) bool {
		for _, g := range groups {
			if g.Name == name {
				return true
			}
		}
		return taken(name)
	}
	for _, t := range list {
		if e := t.element; e != nil {
			t.Bitrate, t.Declared = e.Bitrate, e.Bitrate > 0
			if e.Language != "" {
				t.Language = e.Language
			}
			t.Name = e.Name
			e.describe(t.Track)
		}
		if t.Name == "" {
			language := t.Language
			if language == "" {
				language = "und"
			}
			t.Name = "textstream_" + language
		}
		t.Name = Unused(t.Name, used)
		groups = append(groups, &media.Group{Name: t.Name, Kind: media.Text, Tracks: []*media.Track{t.Track}})
	}
	return groups
}

// fragmentTexts makes the samples of text, once the fragments are known, and
// tells of cues that nobody sees. Text that has none is left out.
func (a *Asset) fragmentTexts(p *media.Presentation) {
	for _, g := range p.Of(media.Text) {
		for _, t := range g.Tracks {
			for i := range t.Cues {
				c := &t.Cues[i]
				c.Start, c.End = t.Clock.Ticks(c.Start), t.Clock.Ticks(c.End)
			}
			outside := 0
			for _, c := range t.Cues {
				if c.End > p.Duration+media.TicksPerSecond/10 {
					outside++
				}
			}
			if outside > 0 {
				a.tell(fault.Finding{
					Severity: fault.Warning, Code: "cue-outside", Where: t.File,
					Message: fmt.Sprintf("%d of %d cues end behind the end of the programme, at %s s; the last at %s s", outside, len(t.Cues), media.Seconds(p.Duration), media.Seconds(t.Cues[len(t.Cues)-1].End)),
					Affects: "What is behind the end is not shown in any format.", Advice: "Check that the text belongs to these files.",
				})
			}
			if err := subtitle.Fragment(t, g.Times); err != nil {
				a.tell(fault.As(err).Finding("The text is left out of every format."))
				p.Groups = slices.DeleteFunc(p.Groups, func(o *media.Group) bool { return o == g })
				a.Tracks = slices.DeleteFunc(a.Tracks, func(o *media.Track) bool { return o == t })
				continue
			}
			if !t.Declared {
				t.Bitrate = max(t.Average, 1)
			}
		}
	}
}
