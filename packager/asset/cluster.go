package asset

import (
	"cmp"
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"manifold/packager/demux"
	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/packager/source"
)

// candidate is a media file of a folder without a server manifest.
type candidate struct {
	name     string
	stem     string
	duration int64 // ticks; 0 when the file cannot be read
	tried    bool
	audio    []*media.Track
}

// cluster decides which files of a folder are renditions of one programme:
// their durations agree and either their names or their audio do. The error is
// that of a cancelled context.
func cluster(ctx context.Context, dir string, names []string) ([]Set, error) {
	var groups [][]*candidate
	for _, name := range sorted(names) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c := &candidate{name: name, stem: programme(name), duration: duration(dir, name)}
		at := slices.IndexFunc(groups, func(g []*candidate) bool { return sameProgramme(dir, g[0], c) })
		if at < 0 {
			groups = append(groups, []*candidate{c})
			continue
		}
		c.audio = nil // the first of the group speaks for it
		groups[at] = append(groups[at], c)
	}
	slices.SortStableFunc(groups, func(a, b []*candidate) int { return cmp.Compare(len(b), len(a)) })
	var sets []Set
	for i, g := range groups {
		s := Set{Name: filepath.Base(dir), Path: dir, Root: dir}
		for _, c := range g {
			s.Files = append(s.Files, c.name)
		}
		if i > 0 {
			s.Name, s.Path = stem(g[0].name), filepath.Join(dir, g[0].name)
			s.Noticed = []fault.Finding{{
				Severity: fault.Info, Code: "not-same-programme", Where: strings.Join(s.Files, ", "),
				Message: "duration and name differ from the other files in the folder, so this is an asset of its own",
				Advice:  "List the files in a server manifest (.ism) if they belong together.",
			}}
		}
		sets = append(sets, s)
	}
	return sets, nil
}

// sameProgramme compares two files.
func sameProgramme(dir string, a, b *candidate) bool {
	if a.duration == 0 || b.duration == 0 { // cannot be read: the name alone decides
		return a.stem == b.stem
	}
	if !sameDuration(a.duration, b.duration) {
		return false
	}
	return a.stem == b.stem || sameAudio(a.tracks(dir), b.tracks(dir))
}

// sameDuration allows max(1 s, 2 %).
func sameDuration(a, b int64) bool {
	return max(a-b, b-a) <= max(media.TicksPerSecond, max(a, b)/50)
}

func sameAudio(a, b []*media.Track) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Samples.Equal(y.Samples) {
				return true
			}
		}
	}
	return false
}

// tracks returns the audio tracks, read when first needed.
func (c *candidate) tracks(dir string) []*media.Track {
	if c.tried {
		return c.audio
	}
	c.tried = true
	f, err := source.Open(filepath.Join(dir, c.name))
	if err != nil {
		return nil
	}
	defer f.Close()
	m, err := demux.Open(f, f.Size(), c.name)
	if err != nil {
		return nil
	}
	for _, t := range m.Tracks {
		if t.Kind == media.Audio {
			c.audio = append(c.audio, t)
		}
	}
	return c.audio
}

// duration reads the duration of a movie in ticks, 0 when it has none.
func duration(dir, name string) int64 {
	f, err := source.Open(filepath.Join(dir, name))
	if err != nil {
		return 0
	}
	defer f.Close()
	d, scale, err := demux.Duration(f, f.Size(), name)
	if err != nil || scale == 0 {
		return 0
	}
	return media.Rescale(d, media.TicksPerSecond, int64(scale))
}

// Words of file names that tell renditions of one programme apart, anywhere …
var rendition = regexp.MustCompile(`^(\d+|\d+x\d+|\d+p\d*|\d+k|\d+kbps|\d+mbps|h26[45]|x26[45]|avc\d?|aac\w*|heaac|\d+ch|ch\d+|v|a|vid|aud|video|audio|track|stream)$`)

// … and behind the first word.
var variant = regexp.MustCompile(`^(he|lc|hd|sd|uhd|fhd|4k|2k|low|mid|med|medium|high|hi|lo|main|baseline|stereo|mono|surround|` +
	`und|ara?|de|deu|ger|dan?|el|ell|en|eng|es|spa|fin?|fr|fra|fre|heb|hin?|hun?|it|ita|ja|jpn|ko|kor|nl|nld|dut|no|nor|pl|pol|pt|por|ru|rus|sv|swe|tr|tur|uk|ukr|zh|zho|chi)$`)

// programme returns the part of a file name that all renditions of a
// programme share: its words without sizes, bitrates, codecs and languages.
func programme(name string) string {
	var out []string
	words := strings.FieldsFunc(strings.ToLower(stem(name)), func(r rune) bool { return strings.ContainsRune("_-. ()[]", r) })
	for i, w := range words {
		if rendition.MatchString(w) || i > 0 && variant.MatchString(w) {
			continue
		}
		if w = strings.TrimRight(w, "0123456789"); w != "" && !rendition.MatchString(w) {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}
