package demux

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"slices"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// Movie is what a file holds.
type Movie struct {
	Tracks   []*media.Track // in the order of the file; those that can be served
	Findings []fault.Finding
}

// Open reads the moov of a file of the given size, and the moof boxes behind
// it. name is what messages call it. Tracks that cannot be served are left out
// with a finding; the error is for a file that holds none.
func Open(r io.ReaderAt, size int64, name string) (*Movie, error) {
	f, _, list, err := begin(r, size, name)
	if err != nil {
		return nil, err
	}
	m := &Movie{}
	var movieTimescale uint32
	if b, ok := find(list, "mvhd"); ok {
		if movieTimescale, _, err = f.header(b); err != nil {
			return nil, err
		}
	}
	w := fragments{f: f, trex: make(map[uint32]defaults), tracks: make(map[uint32]*index)}
	if err := w.extends(list); err != nil {
		return nil, err
	}
	var tracks []*track
	n, failed := 0, error(nil)
	leave := func(err error) {
		failed = errors.Join(failed, err)
		m.Findings = append(m.Findings, fault.As(err).Finding("The track is left out of every format."))
	}
	for _, b := range list {
		if b.kind != "trak" {
			continue
		}
		if n++; n > maxTracks {
			return nil, f.fault(b.path, b.start, "the file has more than %d tracks", maxTracks)
		}
		b.path = fmt.Sprintf("moov/trak[%d]", n)
		t, findings, err := f.track(b, movieTimescale)
		m.Findings = append(m.Findings, findings...)
		if err != nil {
			leave(err)
		} else if t != nil {
			tracks = append(tracks, t)
			w.tracks[t.TrackID] = &t.index
		}
	}
	if len(tracks) > 0 {
		cut, err := w.walk(f.fragments)
		if err != nil {
			return nil, err
		}
		if cut != nil {
			m.Findings = append(m.Findings, *cut)
		} else if len(w.trex) > 0 && w.moofs == 0 && !slices.ContainsFunc(tracks, func(t *track) bool { return t.count > 0 }) {
			return nil, fault.New(fault.InputFormatNotSupported, name, "this is an initialization segment: it says how media are coded and holds none",
				"Put its media segments behind it in one file, or give the file that they were cut from.")
		}
	}
	for _, t := range tracks {
		findings, err := t.finish(movieTimescale)
		m.Findings = append(m.Findings, findings...)
		if err != nil {
			leave(err)
			continue
		}
		m.Tracks = append(m.Tracks, t.Track)
	}
	if len(m.Tracks) == 0 {
		if failed != nil {
			return m, fault.As(failed)
		}
		return m, fault.New(fault.MediaTypeNotSupported, name, "the file has neither a video nor an audio track", "Give a file with H.264 video or AAC audio.")
	}
	return m, nil
}

// Duration returns the duration that the movie header states (§8.2.2, with
// fragments mehd, §8.8.2) in ticks of media.TicksPerSecond, without reading any
// track. It is 0 where a fragmented file does not say.
func Duration(r io.ReaderAt, size int64, name string) (ticks int64, err error) {
	f, moov, list, err := begin(r, size, name)
	if err != nil {
		return 0, err
	}
	b, ok := find(list, "mvhd")
	if !ok {
		return 0, f.fault("moov", moov.start, "the box holds no mvhd")
	}
	timescale, p, err := f.header(b)
	if err != nil {
		return 0, err
	}
	at, wide := 16, p[0] == 1
	if wide {
		at = 24
	}
	if mvex, ok := find(list, "mvex"); ok {
		// the movie header is then about the samples in moov alone
		if b, p, err = f.extended(mvex); err != nil || p == nil {
			return 0, err
		}
		at, wide = 4, p[0] == 1
	}
	duration := int64(0)
	switch {
	case len(p) < at+4 || wide && len(p) < at+8:
		return 0, f.fault(b.path, b.start, "the box is cut off")
	case wide:
		duration = int64(min(binary.BigEndian.Uint64(p[at:]), math.MaxInt64))
	default:
		if duration = int64(binary.BigEndian.Uint32(p[at:])); duration == math.MaxUint32 {
			duration = math.MaxInt64 // unknown, in either version
		}
	}
	if duration > media.MaxSeconds*int64(timescale) {
		return 0, f.fault(b.path, b.start, "the box states no possible duration")
	}
	if duration == 0 {
		return 0, nil
	}
	return media.Rescale(duration, media.TicksPerSecond, int64(timescale)), nil
}

// Pictures returns the sizes of the pictures of all video tracks that can be served,
// without reading their samples.
func Pictures(r io.ReaderAt, size int64, name string) ([]image.Point, error) {
	f, _, list, err := begin(r, size, name)
	if err != nil {
		return nil, err
	}
	var out []image.Point
	for _, b := range list {
		if b.kind != "trak" || len(out) == maxTracks {
			continue
		}
		boxes, err := f.children(b, 0)
		if err != nil {
			continue
		}
		if t, _, err := f.described(b, boxes); err == nil && t != nil && t.Kind == media.Video {
			out = append(out, image.Pt(t.Codec.Width, t.Codec.Height))
		}
	}
	return out, nil
}

// extended returns mehd, nil when there is none.
func (f *file) extended(mvex box) (box, []byte, error) {
	list, err := f.children(mvex, 0)
	if err != nil {
		return box{}, nil, err
	}
	b, ok := find(list, "mehd")
	if !ok {
		return b, nil, nil
	}
	p, err := f.whole(b)
	if err == nil && len(p) == 0 {
		err = f.fault(b.path, b.start, "the box is empty")
	}
	return b, p, err
}

// begin finds moov, wherever it stands, and the boxes in it.
func begin(r io.ReaderAt, size int64, name string) (f *file, moov box, list []box, err error) {
	f = &file{r: r, size: size, name: name}
	if moov, err = f.topLevel(); err == nil {
		list, err = f.children(moov, 0)
	}
	return f, moov, list, err
}

// topLevel finds moov, and where the first fragment may stand.
func (f *file) topLevel() (moov box, err error) {
	if f.size == 0 {
		return moov, fault.New(fault.InputFormatNotSupported, f.name, "the file is empty", "Copy it again from its source.")
	}
	seen := ""
	for off, n := int64(0), 0; off < f.size; n++ {
		if n == maxTopLevel {
			return moov, f.fault("", off, "more than %d boxes stand beside each other", maxTopLevel)
		}
		b, err := f.next("", off, f.size)
		if err != nil {
			return moov, f.notMP4(n, fault.As(err))
		}
		if n == 0 {
			if !known(b.kind) {
				return moov, f.notMP4(n, nil)
			}
			f.quickTime = f.isQuickTime(b)
		}
		switch {
		case b.kind == "moov" && b.end > f.size:
			return moov, f.fault("moov", b.start, "the box ends %d bytes behind the end of the file", b.end-f.size)
		case b.kind == "moov":
			if f.fragments == 0 {
				f.fragments = b.end
			}
			return b, nil
		case b.kind == "moof" && f.fragments == 0:
			f.fragments = off
		}
		seen, off = b.kind, b.end
	}
	e := f.fault("", f.size, "the file ends without a moov box, the last box is %q", seen)
	e.Where = f.name
	e.Advice = "The recording or copy was not finished; there is no index to play from. Record it again, or repair it with the tool that wrote it."
	if f.fragments > 0 || seen == "styp" {
		e.Advice = "These are media segments without their header; put the initialization segment in front of them."
	}
	return moov, e
}

// isQuickTime says whether a file that begins with a box is of the older kind:
// its brand says so, or it has none.
func (f *file) isQuickTime(first box) bool {
	if first.kind != "ftyp" {
		return true
	}
	brand, err := f.bytes(first.payload, 4)
	return err == nil && string(brand) == "qt  "
}

// known says whether an MP4 or QuickTime file may begin with a box.
func known(kind string) bool {
	switch kind {
	case "ftyp", "moov", "mdat", "free", "skip", "wide", "pnot", "uuid", "styp", "sidx", "moof", "emsg", "prft", "meta":
		return true
	}
	return false
}

// notMP4 is the error of a file whose n-th box has no right header: when it is
// the first and could be read, it is another kind of file.
func (f *file) notMP4(n int, cause *fault.Error) error {
	if cause != nil && (n > 0 || cause.Err != nil) {
		return cause
	}
	return fault.New(fault.InputFormatNotSupported, f.name, "this is not an MP4 or QuickTime file", "Give MP4, M4A or MOV files.")
}

// header reads the timescale of mvhd or mdhd (§8.2.2, §8.4.2), and returns the
// payload of the box.
func (f *file) header(b box) (timescale uint32, p []byte, err error) {
	if p, err = f.whole(b); err != nil {
		return 0, nil, err
	}
	at := 12
	if len(p) > 0 && p[0] == 1 {
		at = 20
	}
	if len(p) < at+8 {
		return 0, nil, f.fault(b.path, b.start, "the box is cut off")
	}
	return binary.BigEndian.Uint32(p[at:]), p, nil
}
