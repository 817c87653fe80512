package asset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/packager/mux/ts"
	"manifold/packager/source"
	"manifold/packager/timeline"
)

// Asset is one version of a set of files, read and ready to be packaged.
type Asset struct {
	Set
	Presentation *media.Presentation // nil when Err is not
	Tracks       []*media.Track      // all that can be served, in the order of the groups
	Findings     []fault.Finding
	Err          error // why nothing can be served

	options  Options
	files    []opened
	listed   stamp             // of the server manifest, or of the folder that lists the files
	server   [sha256.Size]byte // hash of the server manifest; zeros without one
	unopened map[string]stamp  // paths that could not be opened

	mu       sync.Mutex
	printing *printing // of Fingerprint, nil before the first
}

// opened is a media file under its name in the asset.
type opened struct {
	name string
	*source.File
}

// Version names the sources as they lie on disk, by size and time of the last
// change, and what else decides the fragments; it is empty when nothing can be
// served.
func (a *Asset) Version() string {
	if a.Presentation == nil {
		return ""
	}
	return a.Presentation.Version
}

// Memory returns about how many bytes the asset holds.
func (a *Asset) Memory() int {
	n := 4 << 10
	for _, t := range a.Tracks {
		if t.Kind == media.Text {
			n += int(t.Samples.Bytes()) + 128*len(t.Cues) + len(t.CueHead)
		}
		n += 2<<10 + t.Samples.Memory() + 4*len(t.First) + 8*len(t.FragmentBytes)
	}
	if a.Presentation != nil {
		for _, g := range a.Presentation.Groups {
			n += 8 * len(g.Times)
		}
	}
	return n
}

// Stale says whether a file of the set, or the list of them, is not what it
// was when the asset was opened.
func (a *Asset) Stale() bool {
	if a.listed != stampOf(a.list()) {
		return true
	}
	for _, f := range a.files {
		if f.Stale() {
			return true
		}
	}
	for path, was := range a.unopened {
		if stampOf(path) != was {
			return true
		}
	}
	// permissions may have been mended
	return a.Err != nil && len(a.files) == 0
}

// list returns the path of what says which files there are: the server
// manifest, the folder, or the one file.
func (a *Asset) list() string {
	if a.Server != "" {
		return filepath.Join(a.Root, a.Server)
	}
	return a.From
}

// File returns the media file of a name in the asset, nil when there is none. A
// name in other letter case is found when no file has it as it is.
func (a *Asset) File(name string) *source.File {
	var found *source.File
	for _, f := range a.files {
		if f.name == name {
			return f.File
		}
		if found == nil && strings.EqualFold(f.name, name) {
			found = f.File
		}
	}
	return found
}

// FileNames returns the names of the media files that were opened, relative
// to the asset, with slashes.
func (a *Asset) FileNames() []string {
	var out []string
	for _, f := range a.files {
		out = append(out, f.name)
	}
	return out
}

// Options are what a user may choose about assets.
type Options struct {
	Timeline timeline.Options
	// ExtendedCodecs lets in what Azure Media Services refused: AV1, VP9, Opus,
	// FLAC, AC-3, AC-4.
	ExtendedCodecs bool
	// FormulaBandwidth is media.Presentation's.
	FormulaBandwidth bool
	// Maps is where files with media are mapped; nil: they are read.
	Maps *source.Maps
	// Digests are of files with media: Fingerprint needs them.
	Digests *source.Digests
}

// Open reads the tables of all files of a set and plans its timeline. What
// goes wrong is in the findings; when nothing is left to serve it is in Err.
func Open(ctx context.Context, s Set, o Options) *Asset {
	a := &Asset{Set: s, options: o, unopened: make(map[string]stamp)}
	a.Findings = append(a.Findings, s.Noticed...)
	a.listed = stampOf(a.list())
	list, err := a.read(ctx)
	if err == nil {
		err = a.assemble(list, o)
	}
	if err != nil {
		a.Err, a.Presentation = err, nil
		a.tell(fault.As(err).Finding("All formats: the asset is not served."))
	}
	return a
}

// tell adds a finding, unless one at the same place says the same already.
func (a *Asset) tell(f fault.Finding) {
	for _, o := range a.Findings {
		if o.Where == f.Where && o.Message == f.Message {
			return
		}
	}
	a.Findings = append(a.Findings, f)
}

// maxLevels is the largest number of quality levels of a stream.
const maxLevels = 64

// assemble makes the presentation from the tracks that were read.
func (a *Asset) assemble(list []listed, o Options) error {
	list, texts := a.texts(list)
	if len(list) == 0 {
		return fault.New(fault.MediaTypeNotSupported, "", "the asset has text and neither video nor audio", "Put the text beside the media that it belongs to.")
	}
	list, findings := together(list)
	a.Findings = append(a.Findings, findings...)
	groups, findings := groupsOf(list)
	a.Findings = append(a.Findings, findings...)
	audiovisual := groups
	for i, t := range texts { // behind the others, whose places must not depend on text
		t.Ordinal = len(list) + i
	}
	groups = append(groups, textGroups(texts, func(name string) bool {
		return slices.ContainsFunc(audiovisual, func(g *media.Group) bool { return g.Name == name })
	})...)
	for _, g := range groups {
		a.Tracks = append(a.Tracks, g.Tracks...)
	}
	for _, g := range groups {
		if n := len(g.Tracks); n > maxLevels {
			return fault.New(fault.FormatNotSupported, "", fmt.Sprintf("%q has %d quality levels, more than %d", g.Name, n, maxLevels), "Leave some out of the server manifest.")
		}
	}
	p := &media.Presentation{Groups: groups, Version: a.version(o), FormulaBandwidth: o.FormulaBandwidth}
	findings, err := timeline.Plan(p, o.Timeline)
	a.Findings = append(a.Findings, findings...)
	if err != nil {
		return err
	}
	for _, g := range p.Of(media.Video) {
		for _, t := range g.Tracks {
			findCaptions(t)
		}
	}
	a.fragmentTexts(p)
	a.Findings = append(a.Findings, examine(p)...)
	for _, g := range audiovisual {
		for _, t := range g.Tracks {
			t.PeakTS = remember(func(p media.TSPeak) int { return ts.Peak(g, t, p) })
		}
	}
	a.Presentation = p
	return nil
}

// remember makes a function that is asked the same few things again and again
// answer the second time at once.
func remember(f func(media.TSPeak) int) func(media.TSPeak) int {
	var known sync.Map
	return func(t media.TSPeak) int {
		if v, ok := known.Load(t); ok {
			return v.(int)
		}
		v := f(t)
		known.Store(t, v)
		return v
	}
}

// version names the bytes of all files and what else decides the fragments.
func (a *Asset) version(o Options) string {
	h := sha256.New()
	for _, f := range a.files {
		fmt.Fprintf(h, "%s %s\n", f.name, f.Version())
	}
	h.Write(a.server[:])
	fmt.Fprintf(h, "%d %t %t\n", o.Timeline.FragmentSeconds, o.ExtendedCodecs, o.FormulaBandwidth)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// stamp tells versions of a file or folder apart.
type stamp struct {
	size    int64
	changed time.Time
}

func stampOf(path string) stamp {
	i, err := os.Stat(path)
	if err != nil {
		return stamp{size: -1}
	}
	return stamp{i.Size(), i.ModTime().UTC()}
}

// local says whether a name stays inside its folder.
func local(name string) bool { return name != "" && fs.ValidPath(name) && filepath.IsLocal(name) }
