package asset

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
)

const (
	printPlaces = 64      // of a file that are looked at
	printBytes  = 4 << 10 // at each of them
)

// Fingerprint names the bytes of all files, wherever and since whenever they lie
// there: from their sizes and from what stands at many places of them. Another
// encoding of the same programme has another. It is read once.
func (a *Asset) Fingerprint() (string, error) {
	a.print.Do(func() {
		h := sha256.New()
		for _, f := range a.files {
			fmt.Fprintf(h, "%s\n", f.name)
			if a.printErr = sampled(h, f, f.Size()); a.printErr != nil {
				return
			}
		}
		a.printed = hex.EncodeToString(h.Sum(nil))
	})
	return a.printed, a.printErr
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
