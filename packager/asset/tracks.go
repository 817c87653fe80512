package asset

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"manifold/packager/codec"
	"manifold/packager/demux"
	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/packager/source"
	"manifold/packager/subtitle"
)

// listed is a track with what the server manifest says of it.
type listed struct {
	*media.Track
	element *Element // nil without a server manifest
}

// read opens the files of the set and returns their tracks in order.
func (a *Asset) read(ctx context.Context) ([]listed, error) {
	if a.Fault != nil {
		return nil, a.Fault
	}
	if a.Server != "" {
		return a.readListed(ctx)
	}
	var out []listed
	var failed error
	for _, name := range a.Files {
		m, err := a.open(ctx, name)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		for _, t := range m.Tracks {
			out = append(out, listed{Track: t})
		}
	}
	if err := nothing(out, failed, "the asset has no track that can be served"); err != nil {
		return nil, err
	}
	texts, err := a.readTexts(ctx)
	return append(out, texts...), err
}

// nothing is the error of an asset without tracks, nil when there are some.
func nothing(list []listed, failed error, what string) error {
	switch {
	case len(list) > 0:
		return nil
	case failed != nil:
		return fault.As(failed)
	}
	return fault.New(fault.MediaTypeNotSupported, "", what, "Give files with H.264 or HEVC video, or AAC, E-AC-3 or DTS audio.")
}

// open reads one media file; what is wrong with it becomes a finding.
func (a *Asset) open(ctx context.Context, name string) (*demux.Movie, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path := filepath.Join(a.Root, filepath.FromSlash(name))
	f, err := source.Open(path, a.options.Maps)
	if err != nil {
		a.unopened[path] = stampOf(path)
		return nil, a.reject(openFault(name, err))
	}
	m, err := demux.Open(f, f.Size(), name)
	a.files = append(a.files, opened{name, f})
	if m != nil {
		a.Findings = append(a.Findings, m.Findings...)
	}
	if err == nil {
		err = a.withoutExtended(m)
	}
	if err != nil {
		return nil, a.reject(err)
	}
	return m, nil
}

// withoutExtended leaves out the tracks of extended codecs unless they are
// wanted. The error is that of the first of them when nothing else is there.
func (a *Asset) withoutExtended(m *demux.Movie) error {
	if a.options.ExtendedCodecs {
		return nil
	}
	var failed error
	kept := m.Tracks[:0:0]
	for _, t := range m.Tracks {
		if !t.Codec.Extended {
			kept = append(kept, t)
			continue
		}
		code := fault.AudioEncodingNotSupported
		if t.Kind == media.Video {
			code = fault.VideoEncodingNotSupported
		}
		e := fault.New(code, t.Where(), codec.Words(t.Codec.FourCC)+" is not a codec that Azure Media Services took",
			"Allow extended codecs (--extended-codecs), or encode video as H.264 or HEVC and audio as AAC or E-AC-3.")
		if failed == nil {
			failed = e
		}
		a.tell(e.Finding("The track is left out of every format."))
	}
	if m.Tracks = kept; len(kept) > 0 {
		return nil
	}
	return failed
}

func openFault(name string, err error) error {
	e := &fault.Error{Code: fault.InputFormatNotSupported, Where: name, What: "the file cannot be read", Advice: "Check the file.", Err: err}
	var p *fs.PathError
	if errors.As(err, &p) { // its text holds the path on this machine
		e.Err = p.Err
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.MediaEntryNotFound, name, "the file is not there", "Put the file beside the server manifest, or take its entry out.")
	case errors.Is(err, fs.ErrPermission):
		e.What, e.Advice, e.Err = "reading the file is not permitted", "Check its permissions.", nil
	}
	return e
}

// reject notes why a file is left out and hands the error on.
func (a *Asset) reject(err error) error {
	a.tell(fault.As(err).Finding("The file is left out of every format."))
	return err
}

// badEntry notes what is wrong with an element of the server manifest.
func (a *Asset) badEntry(e *Element, what, advice string) error {
	err := fault.New(fault.MediaEntryNotFound, fmt.Sprintf("%s line %d", a.Server, e.Line), what, advice)
	f := err.Finding("What the element names is left out of every format.")
	f.Code = "bad-entry"
	a.tell(f)
	return err
}

// tellUnfollowed tells which parameters of an element are not followed.
func (a *Asset) tellUnfollowed(e *Element) {
	where := fmt.Sprintf("%s line %d", a.Server, e.Line)
	for _, what := range e.Unclear {
		a.tell(fault.Finding{
			Severity: fault.Warning, Code: "bad-entry", Where: where, Message: what,
			Affects: "The element is read as if the parameter were not there, in every format.", Advice: "Correct the server manifest.",
		})
	}
	if e.Inline {
		a.tell(fault.Finding{
			Severity: fault.Info, Code: "not-inline", Where: where,
			Message: "manifestOutput wants what the track says in the Smooth Streaming manifest itself; it is in fragments, as in all formats",
			Affects: "Smooth Streaming players that read sparse streams from the manifest alone.", Advice: "There is nothing to do for players that fetch fragments.",
		})
	}
}

// readListed opens what the server manifest names, each file once.
func (a *Asset) readListed(ctx context.Context) ([]listed, error) {
	m, err := readServerManifest(a.list())
	if err != nil {
		return nil, err
	}
	a.server = m.hash
	for _, line := range m.Unread {
		a.tell(fault.Finding{
			Severity: fault.Info, Code: "track-ignored", Where: fmt.Sprintf("%s line %d", a.Server, line),
			Message: "an element of this kind is not read", Affects: "What it names is left out of every format.",
			Advice: "Name media in <video>, <audio> and <textstream> elements.",
		})
	}
	var out []listed
	var failed error
	open := make(map[string]*demux.Movie)
	taken := make(map[*media.Track]bool)
	for i := range m.Elements {
		e := &m.Elements[i]
		a.tellUnfollowed(e)
		if e.Kind == media.Text {
			if name, err := a.sourceOf(e); err == nil && subtitle.Reads(name) {
				if t, err := a.textFile(ctx, name, e); err == nil {
					out = append(out, t)
				} else if ctx.Err() != nil {
					return nil, err
				}
				continue
			}
		}
		t, err := a.element(ctx, e, open, taken)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		taken[t] = true
		if contradicts(t.Language, e.Language) {
			a.tell(fault.Finding{
				Severity: fault.Info, Code: "language-contradicts", Where: fmt.Sprintf("%s line %d", a.Server, e.Line),
				Message: fmt.Sprintf("systemLanguage is %q, and %s says %q", e.Language, t.Where(), t.Language),
				Affects: "Nobody: the server manifest is believed.", Advice: "Correct the one or the other.",
			})
		}
		out = append(out, listed{t, e})
	}
	return out, nothing(out, failed, "the server manifest names no track that can be served")
}

// element finds the track that an element means: by track ID, else the next
// of its kind in the file.
func (a *Asset) element(ctx context.Context, e *Element, open map[string]*demux.Movie, taken map[*media.Track]bool) (*media.Track, error) {
	name, err := a.sourceOf(e)
	if err != nil {
		return nil, err
	}
	m, ok := open[name]
	if !ok {
		if m, err = a.open(ctx, name); err != nil {
			m = nil
		}
		open[name] = m
	}
	if m == nil {
		if err == nil { // told with the element before
			err = fault.New(fault.MediaEntryNotFound, name, "the file cannot be served", "")
		}
		return nil, err
	}
	var copied *media.Track
	for _, t := range m.Tracks {
		switch {
		case e.TrackID != 0 && t.TrackID != e.TrackID, e.TrackID == 0 && t.Kind != e.Kind:
		case t.Kind != e.Kind:
			return nil, a.badEntry(e, fmt.Sprintf("track %d of %s is %s, not %s", t.TrackID, name, t.Kind, e.Kind), "Correct trackID or the element.")
		case taken[t]:
			copied = t
		default:
			return t, nil
		}
	}
	if copied != nil { // named twice: a track of its own under another name
		t := *copied
		return &t, nil
	}
	what := fmt.Sprintf("%s has no %s track that can be served", name, e.Kind)
	if e.TrackID != 0 {
		what = fmt.Sprintf("%s has no %s track %d that can be served", name, e.Kind, e.TrackID)
	}
	return nil, a.badEntry(e, what, "Correct the server manifest.")
}

// sourceOf returns the file that an element names: as written, or with its
// percent-escapes undone. Files outside the folder of the asset are refused.
func (a *Asset) sourceOf(e *Element) (string, error) {
	if e.Source == "" {
		return "", a.badEntry(e, "the element has no src", "Name the file in src.")
	}
	names := e.candidates()
	for _, name := range names {
		if !local(name) {
			return "", a.badEntry(e, fmt.Sprintf("src %q lies outside the folder of the asset", e.Source), "Put all files of an asset into one folder.")
		}
	}
	for _, name := range names {
		i, err := os.Stat(filepath.Join(a.Root, filepath.FromSlash(name)))
		switch {
		case err != nil:
		case i.IsDir():
			return "", a.badEntry(e, fmt.Sprintf("src %q is a folder, as archives of live events have one for each track, with a file for each fragment; these are not read", e.Source),
				"Join the file called header and those of the fragments, in order of their times, to one .ismv or .isma file and name that.")
		default:
			return name, nil
		}
	}
	return names[0], nil
}
