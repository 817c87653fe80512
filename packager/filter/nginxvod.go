package filter

import (
	"fmt"
	"slices"
	"strings"

	"manifold/packager/media"
)

// nginxVOD writes what a filter leaves of an asset for nginx-vod-module:
// clipFrom and clipTo in milliseconds as parts of the path, and in the name of
// the manifest the files (f), and of each the video and audio tracks (v, a), by
// their numbers.
func nginxVOD(f *Filter, p *media.Presentation) Translation {
	t := Translation{Origin: "nginx-vod-module"}
	const millisecond = media.TicksPerSecond / 1000
	var path string
	for _, at := range []struct {
		name, property string
		ticks          int64
	}{{"clipFrom", "startTimestamp", f.Start}, {"clipTo", "endTimestamp", f.End}} {
		if at.ticks > 0 {
			ms := rounded(at.ticks, millisecond, at.name == "clipTo")
			path += fmt.Sprintf("%s/%d/", at.name, ms)
			if ms*millisecond != at.ticks {
				t.note(at.property, fmt.Sprintf("rounded to %d ms", ms))
			}
		}
	}
	files := filesOf(f, p)
	suffix, ok := trackParameters(files)
	switch {
	case !slices.ContainsFunc(files, (*fileTracks).any):
		t.note("tracks", "nothing of this asset is left, and no URL says that")
	case !ok:
		t.note("tracks", "of several files, one choice of tracks has to do for all that are named")
	}
	if path+suffix != "" {
		t.Text = path + "master" + suffix + ".m3u8"
	}
	if strings.HasPrefix(suffix, "-f") {
		var names []string
		for _, file := range files {
			names = append(names, file.name)
		}
		t.note("f", "counts the files of the .urlset in this order: "+strings.Join(names, ", "))
	}
	t.noteHints(f)
	t.noteLive(f)
	return t
}

// fileTracks are the tracks of one source file in their order.
type fileTracks struct {
	name  string
	masks [3]mask // by kind, video and audio being numbered apart
}

// mask says of the tracks of a kind which are kept.
type mask []bool

func (m mask) all() bool { return !slices.Contains(m, false) }

func (f *fileTracks) any() bool {
	return slices.ContainsFunc(f.masks[:], func(m mask) bool { return slices.Contains(m, true) })
}

func (f *fileTracks) all() bool {
	return !slices.ContainsFunc(f.masks[:], func(m mask) bool { return !m.all() })
}

// filesOf sorts the tracks of an asset by their files.
func filesOf(f *Filter, p *media.Presentation) []*fileTracks {
	type entry struct {
		g *media.Group
		t *media.Track
	}
	var tracks []entry
	for _, g := range p.Groups {
		for _, t := range g.Tracks {
			tracks = append(tracks, entry{g, t})
		}
	}
	slices.SortStableFunc(tracks, func(a, b entry) int { return a.t.Ordinal - b.t.Ordinal })
	var files []*fileTracks
	for _, e := range tracks {
		if len(files) == 0 || files[len(files)-1].name != e.t.File {
			files = append(files, &fileTracks{name: e.t.File})
		}
		m := &files[len(files)-1].masks[e.t.Kind]
		*m = append(*m, f.keeps(e.g, e.t))
	}
	return files
}

// trackParameters writes which files, and which tracks of them, are kept; ""
// where all are, false where that cannot be said.
func trackParameters(files []*fileTracks) (suffix string, ok bool) {
	var named []*fileTracks
	for i, f := range files {
		if f.any() {
			named = append(named, f)
			suffix += fmt.Sprintf("-f%d", i+1)
		}
	}
	if len(named) == len(files) {
		suffix = ""
	}
	if !slices.ContainsFunc(named, func(f *fileTracks) bool { return !f.all() }) {
		return suffix, true
	}
	var chosen [media.Text]mask // the parameters mean the same tracks of every file
	for _, f := range named {
		if !f.masks[media.Text].all() {
			return "", false // which they do not name
		}
		for kind := range chosen {
			for i, kept := range f.masks[kind] {
				if i == len(chosen[kind]) {
					chosen[kind] = append(chosen[kind], kept)
				}
				if chosen[kind][i] != kept {
					return "", false
				}
			}
		}
	}
	for kind, letter := range []string{media.Video: "v", media.Audio: "a"} {
		for i, kept := range chosen[kind] {
			if kept {
				suffix += fmt.Sprintf("-%s%d", letter, i+1)
			}
		}
	}
	return suffix, true
}
