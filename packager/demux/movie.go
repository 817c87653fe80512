package demux

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// Movie is what a file holds.
type Movie struct {
	Tracks   []*media.Track // in the order of the file; those that can be served
	Findings []fault.Finding
}

// Open reads the moov of a file of the given size. name is what messages call
// it. Tracks that cannot be served are left out with a finding; the error is
// for a file that holds none.
func Open(r io.ReaderAt, size int64, name string) (*Movie, error) {
	f := &file{r: r, size: size, name: name}
	moov, fragmented, err := f.topLevel()
	if err != nil {
		return nil, err
	}
	list, err := f.children(moov, 0)
	if err != nil {
		return nil, err
	}
	if _, ok := find(list, "mvex"); ok || fragmented {
		return nil, fault.New(fault.InputFormatNotSupported, name, "the file is a fragmented MP4, which is not read as a source", "Write it as a progressive MP4, for example with ffmpeg -c copy.")
	}
	m := &Movie{}
	var movieTimescale uint32
	if b, ok := find(list, "mvhd"); ok {
		if movieTimescale, _, err = f.header(b); err != nil {
			return nil, err
		}
	}
	n, failed := 0, error(nil)
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
			e := fault.As(err)
			failed = errors.Join(failed, err)
			m.Findings = append(m.Findings, fault.Finding{
				Severity: fault.Severe, Code: code(e), Where: e.Where, Message: Sentence(e), Advice: e.Advice,
				Affects: "The track is left out of every format.",
			})
			continue
		}
		if t != nil {
			m.Tracks = append(m.Tracks, t)
		}
	}
	if len(m.Tracks) == 0 {
		if failed != nil {
			return m, fault.As(failed)
		}
		return m, fault.New(fault.MediaTypeNotSupported, name, "the file has neither a video nor an audio track", "Give a file with H.264 video or AAC audio.")
	}
	return m, nil
}

// Duration returns the duration that the movie header states (§8.2.2), in
// units of its timescale, without reading any track.
func Duration(r io.ReaderAt, size int64, name string) (duration int64, timescale uint32, err error) {
	f := &file{r: r, size: size, name: name}
	moov, _, err := f.topLevel()
	if err != nil {
		return 0, 0, err
	}
	list, err := f.children(moov, 0)
	if err != nil {
		return 0, 0, err
	}
	b, ok := find(list, "mvhd")
	if !ok {
		return 0, 0, f.fault("moov", moov.start, "the box holds no mvhd")
	}
	timescale, p, err := f.header(b)
	if err != nil {
		return 0, 0, err
	}
	if p[0] == 1 {
		if len(p) < 32 {
			return 0, 0, f.fault(b.path, b.start, "the box is cut off")
		}
		duration = int64(min(binary.BigEndian.Uint64(p[24:]), math.MaxInt64))
	} else if duration = int64(binary.BigEndian.Uint32(p[16:])); duration == math.MaxUint32 {
		duration = math.MaxInt64 // unknown, in either version
	}
	if duration > media.MaxSeconds*int64(timescale) {
		return 0, 0, f.fault(b.path, b.start, "the box states no possible duration")
	}
	return duration, timescale, nil
}

// code maps an error to the code of its finding.
func code(e *fault.Error) string {
	switch e.Code {
	case fault.VideoEncodingNotSupported, fault.AudioEncodingNotSupported, fault.MediaTypeNotSupported:
		return "unsupported-codec"
	case fault.AlreadyEncrypted:
		return "encrypted-source"
	}
	return "unreadable"
}

// Sentence returns what is wrong with its cause, without the place.
func Sentence(e *fault.Error) string {
	if e.Err != nil {
		return e.What + ": " + e.Err.Error()
	}
	return e.What
}

// topLevel finds moov, wherever it stands, and says whether fragments follow.
func (f *file) topLevel() (moov box, fragmented bool, err error) {
	if f.size == 0 {
		return moov, false, fault.New(fault.InputFormatNotSupported, f.name, "the file is empty", "Copy it again from its source.")
	}
	found, seen := false, ""
	for off, n := int64(0), 0; off < f.size; n++ {
		if n == maxTopLevel {
			return moov, false, f.fault("", off, "more than %d boxes stand beside each other", maxTopLevel)
		}
		b, err := f.next("", off, f.size)
		if err != nil {
			if found { // garbage behind the movie is somebody else's
				break
			}
			return moov, false, f.notMP4(n, fault.As(err))
		}
		switch {
		case b.kind == "moov" && b.end > f.size:
			return moov, false, f.fault("moov", b.start, "the box ends %d bytes behind the end of the file", b.end-f.size)
		case b.kind == "moov" && !found:
			moov, found = b, true
		case b.kind == "moof":
			fragmented = true
		}
		if n == 0 {
			if !known(b.kind) {
				return moov, false, f.notMP4(n, nil)
			}
			f.quickTime = f.isQuickTime(b)
		}
		seen, off = b.kind, b.end
	}
	if !found {
		e := f.fault("", f.size, "the file ends without a moov box, the last box is %q", seen)
		e.Where = f.name
		e.Advice = "The recording or copy was not finished; there is no index to play from. Record it again, or repair it with the tool that wrote it."
		return moov, false, e
	}
	return moov, fragmented, nil
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

// header reads timescale and duration of mvhd or mdhd (§8.2.2, §8.4.2).
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
