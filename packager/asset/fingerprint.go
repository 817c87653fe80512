package asset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"iter"

	"manifold/packager/media"
)

const (
	printPlaces = 64      // of a file that are looked at
	printBytes  = 4 << 10 // at each of them
)

// Fingerprint names the bytes of all files, wherever and since whenever they lie
// there, and the places that their tracks have: from the sizes of the files, from
// what stands at many places of them, and from their samples. Another encoding of
// the same programme has another, and so have the same files with other tracks
// listed. It is read once.
func (a *Asset) Fingerprint() (string, error) {
	a.print.Do(func() {
		h := sha256.New()
		for _, f := range a.files {
			fmt.Fprintf(h, "%s\n", f.name)
			if a.printErr = sampled(h, f, f.Size()); a.printErr != nil {
				return
			}
		}
		for _, t := range a.Tracks {
			if t.Kind == media.Text {
				continue
			}
			fmt.Fprintf(h, "%s %d %d\n", t.File, t.TrackID, t.Ordinal)
			if a.printErr = coded(h, t, a.File(t.File).Size()); a.printErr != nil {
				return
			}
		}
		a.printed = hex.EncodeToString(h.Sum(nil))
	})
	return a.printed, a.printErr
}

// coded writes the sizes of all samples: a moment that was encoded again has others.
// Of a constant bitrate, with one size or two, they tell nothing; then it is the
// samples themselves, unless they lie over each other and are more than the file of
// size bytes.
func coded(h hash.Hash, t *media.Track, size int64) error {
	var sizes [2]int // that there are, 0 for none
	constant := true
	var text []byte
	for s := range each(t.Samples) {
		if s.Size > 0 && s.Size != sizes[0] && s.Size != sizes[1] {
			constant = constant && sizes[1] == 0
			sizes[1], sizes[0] = sizes[0], s.Size
		}
		if text = binary.BigEndian.AppendUint32(text, uint32(s.Size)); len(text) == printBytes {
			h.Write(text)
			text = text[:0]
		}
	}
	h.Write(text)
	if !constant || t.Samples.Bytes() > size {
		return nil
	}
	buf := make([]byte, 8*printBytes)
	for s := range each(t.Samples) {
		if _, err := io.CopyBuffer(h, io.NewSectionReader(t.Source, s.Position, int64(s.Size)), buf); err != nil {
			return err
		}
	}
	return nil
}

// each yields all samples.
func each(s *media.Samples) iter.Seq[*media.Sample] {
	return func(yield func(*media.Sample) bool) {
		var chunk []media.Sample
		for from, n := 0, s.Count(); from < n; from += 1024 {
			chunk = s.Append(chunk[:0], from, min(from+1024, n))
			for i := range chunk {
				if !yield(&chunk[i]) {
					return
				}
			}
		}
	}
}

// sampled writes the size of a file and the bytes at some places of it: all of
// a small file, of others first and last ones and some between.
func sampled(w io.Writer, r io.ReaderAt, size int64) error {
	w.Write(binary.BigEndian.AppendUint64(nil, uint64(size)))
	step := max(printBytes, (size-printBytes)/(printPlaces-1))
	for at := int64(0); at < size; at += step {
		if _, err := io.Copy(w, io.NewSectionReader(r, at, min(printBytes, size-at))); err != nil {
			return err
		}
	}
	_, err := io.Copy(w, io.NewSectionReader(r, max(0, size-printBytes), min(printBytes, size)))
	return err
}
