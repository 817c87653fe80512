package asset

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"io"
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
	looked   bool
	sizes    []image.Point
	tried    bool
	read     []*media.Track
	sounds   map[*media.Track][2]sound // of the audio tracks, as they are stored and as they are presented
}

// cluster decides which files of a folder are renditions of one programme:
// their durations agree and either their names or their audio do. The error is
// that of a cancelled context.
func cluster(ctx context.Context, dir string, names []string) ([]Set, error) {
	var groups [][]*candidate
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c := &candidate{name: name, stem: programme(name), duration: duration(dir, name)}
		at := slices.IndexFunc(groups, func(g []*candidate) bool {
			return sameProgramme(dir, g[0], c) && !slices.ContainsFunc(g, func(o *candidate) bool { return rivals(dir, o, c) })
		})
		if at < 0 {
			groups = append(groups, []*candidate{c})
			continue
		}
		groups[at] = append(groups[at], c)
	}
	slices.SortStableFunc(groups, func(a, b []*candidate) int { // the folder's own asset is the largest that can be read
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(min(b[0].duration, 1), min(a[0].duration, 1)))
	})
	var sets []Set
	for i, g := range groups {
		s := Set{Name: filepath.Base(dir), Path: dir, From: dir, Root: dir}
		for _, c := range g {
			s.Files = append(s.Files, c.name)
		}
		if i > 0 {
			s.Name, s.Path = stem(g[0].name), filepath.Join(dir, g[0].name)
			if len(g) > 1 { // that file alone is another asset
				s.Path = filepath.Join(dir, s.Name)
			}
			s.Noticed = []fault.Finding{{
				Severity: fault.Info, Code: "not-same-programme", Where: strings.Join(s.Files, ", "),
				Message: g[0].apart(groups[0][0]) + ", so this is an asset of its own",
				Affects: "Nobody: both assets are served.",
				Advice:  "List the files in a server manifest (.ism) if they belong together.",
			}}
		}
		sets = append(sets, s)
	}
	return sets, nil
}

// giveTexts gives text files to the sets whose media have their name; those
// with another to the first.
func giveTexts(sets []Set, texts []string) {
	for _, name := range texts {
		at := slices.IndexFunc(sets, func(s Set) bool {
			return slices.ContainsFunc(s.Files, func(file string) bool { return programme(file) == programme(name) })
		})
		s := &sets[max(at, 0)]
		s.Texts = append(s.Texts, name)
	}
}

// apart says why a file is not of the programme of another.
func (c *candidate) apart(o *candidate) string {
	switch {
	case c.duration == 0:
		return "the file cannot be read"
	case o.duration > 0 && !sameDuration(c.duration, o.duration):
		return fmt.Sprintf("the file lasts %s s and %s %s s", media.Seconds(c.duration), o.name, media.Seconds(o.duration))
	}
	if c.stem == o.stem {
		return "its pictures are as large as those of " + o.name + " and show something else"
	}
	return "neither its name nor its sound is that of " + o.name
}

// sameProgramme compares two files.
func sameProgramme(dir string, a, b *candidate) bool {
	if a.duration == 0 || b.duration == 0 { // cannot be read: the name alone decides
		return a.stem == b.stem
	}
	if !sameDuration(a.duration, b.duration) {
		return false
	}
	return a.stem == b.stem || sameAudio(dir, a, b)
}

// sameDuration allows max(1 s, 2 %).
func sameDuration(a, b int64) bool {
	return max(a-b, b-a) <= max(media.TicksPerSecond, max(a, b)/50)
}

func sameAudio(dir string, a, b *candidate) bool {
	return both(a.tracks(dir), b.tracks(dir), media.Audio, func(x, y *media.Track) bool {
		stored, heard := 0, 1
		return x.Samples.Equal(y.Samples) && a.sounds[x][stored] == b.sounds[y][stored] ||
			presentAlike(x, y) && a.sounds[x][heard] == b.sounds[y][heard]
	})
}

// rivals says whether two files cannot be renditions of one programme though
// their names and durations would do: two episodes, say. Their pictures are of
// one size, and their sound differs, or without sound in both the number of
// pictures.
func rivals(dir string, a, b *candidate) bool {
	if a.duration == 0 || b.duration == 0 {
		return false
	}
	sizes := b.pictures(dir)
	if !slices.ContainsFunc(a.pictures(dir), func(p image.Point) bool { return slices.Contains(sizes, p) }) {
		return false // before the samples of either are read, which takes long
	}
	x, y := a.tracks(dir), b.tracks(dir)
	sound := both(x, y, media.Audio, func(_, _ *media.Track) bool { return true })
	if sound && sameAudio(dir, a, b) {
		return false
	}
	return both(x, y, media.Video, func(x, y *media.Track) bool {
		return x.Codec.Width == y.Codec.Width && x.Codec.Height == y.Codec.Height && (sound || x.Samples.Count() != y.Samples.Count())
	})
}

// both says whether a track of a and one of b, of one kind, are alike.
func both(a, b []*media.Track, kind media.Kind, alike func(x, y *media.Track) bool) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Kind == kind && y.Kind == kind && alike(x, y) {
				return true
			}
		}
	}
	return false
}

// tracks returns the tracks of the file, read when first needed.
func (c *candidate) tracks(dir string) []*media.Track {
	if c.tried {
		return c.read
	}
	c.tried = true
	c.read, _ = look(dir, c.name, func(r io.ReaderAt, size int64, name string) ([]*media.Track, error) {
		m, err := demux.Open(r, size, name)
		if err != nil {
			return nil, err
		}
		c.sounds = make(map[*media.Track][2]sound)
		for _, t := range m.Tracks {
			if t.Kind == media.Audio {
				c.sounds[t] = [2]sound{soundFrom(t, 0), presented(t)}
			}
		}
		return m.Tracks, nil
	})
	return c.read
}

// pictures returns the sizes of the pictures of the file, read when first needed.
func (c *candidate) pictures(dir string) []image.Point {
	if c.looked {
		return c.sizes
	}
	c.looked = true
	c.sizes, _ = look(dir, c.name, demux.Pictures) // what is wrong is found when it is opened
	return c.sizes
}

// duration reads the duration of a movie in ticks, 0 when it has none. Of a
// fragmented movie that does not say, it is that of the longest track.
func duration(dir, name string) int64 {
	d, err := look(dir, name, demux.Duration)
	if err != nil || d > 0 {
		return d
	}
	m, err := look(dir, name, demux.Open)
	if err != nil {
		return 0
	}
	for _, t := range m.Tracks {
		d = max(d, length(t))
	}
	return d
}

// look opens a file for as long as it is read.
func look[T any](dir, name string, read func(r io.ReaderAt, size int64, name string) (T, error)) (found T, err error) {
	f, err := source.Open(filepath.Join(dir, name), nil)
	if err != nil {
		return found, err
	}
	defer f.Close()
	return read(f, f.Size(), name)
}

// Words of file names that tell renditions of one programme apart, anywhere …
var rendition = regexp.MustCompile(`^(\d+|\d+x\d+|\d+p\d*|\d+(d\d+)?[km](b|bit|bps|bits)?|h26[45]|x26[45]|avc\d?|hevc|aac\w*|heaac|eac3|\d+ch|ch\d+|v|a|vid|aud|video|audio|track|stream)$`)

// … and behind the first word, or when nothing else is left: of quality, of
// countries, and of languages, by code and by name.
const (
	quality   = `he|lc|hd|sd|uhd|fhd|hq|lq|sq|4k|2k|low|lower|mid|med|medium|high|higher|hi|lo|best|worst|small|large|mobile|main|baseline|stereo|mono|surround`
	countries = `us|gb|br|mx|ca|au|at|ch|be`
	tags      = `und|ara?|de|deu|ger|dan?|el|ell|en|eng|es|spa|fin?|fr|fra|fre|heb|hin|hun?|it|ita|ja|jpn|ko|kor|nl|nld|dut|no|nor|pl|pol|pt|por|ru|rus|sv|swe|tr|tur|uk|ukr|zh|zho|chi`
	languages = `arabic|danish|dutch|english|finnish|french|german|greek|hebrew|hindi|hungarian|italian|japanese|korean|norwegian|polish|portuguese|russian|spanish|swedish|turkish|ukrainian|chinese|` +
		`deutsch|français|francais|español|espanol|italiano|português|portugues`
)

var (
	variant      = regexp.MustCompile(`^(` + quality + `|` + countries + `|` + tags + `|` + languages + `)$`)
	languageCode = regexp.MustCompile(`^(` + tags + `)$`)
)

var decimalPoint = regexp.MustCompile(`(\d)\.(\d)`)

// programme returns the part of a file name that all renditions of a
// programme share: its words without sizes, bitrates, codecs and languages.
func programme(name string) string {
	var out []string
	text := decimalPoint.ReplaceAllString(strings.ToLower(stem(name)), "${1}d${2}")
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("_-. ()[]", r) })
	for i, w := range words {
		if rendition.MatchString(w) || i > 0 && variant.MatchString(w) {
			continue
		}
		if w = strings.TrimRight(w, "0123456789"); w != "" && !rendition.MatchString(w) {
			out = append(out, w)
		}
	}
	if len(out) == 1 && variant.MatchString(out[0]) {
		return ""
	}
	return strings.Join(out, " ")
}
