package asset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"manifold/packager/media"
)

// printing is the work on a fingerprint, for all who wait for it.
type printing struct {
	done  chan struct{}
	print string
	err   error
}

// StartFingerprint begins the work of Fingerprint in the background.
func (a *Asset) StartFingerprint() { a.fingerprint() }

// Fingerprint names the bytes of all files, wherever and since whenever they lie
// there, and the places that their tracks have. Files of which no digest is
// remembered are read to the end for it; that goes on when ctx ends.
func (a *Asset) Fingerprint(ctx context.Context) (string, error) {
	p := a.fingerprint()
	select {
	case <-p.done:
		return p.print, p.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (a *Asset) fingerprint() *printing {
	a.printing.Do(func() {
		a.printed.done = make(chan struct{})
		go func() {
			defer close(a.printed.done)
			a.printed.print, a.printed.err = a.digest()
		}()
	})
	return &a.printed
}

func (a *Asset) digest() (string, error) {
	h := sha256.New()
	for _, f := range a.files {
		sum, err := a.options.Digests.Of(f.File)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s\n%x\n", f.name, sum)
	}
	for _, t := range a.Tracks {
		if t.Kind != media.Text {
			fmt.Fprintf(h, "%s %d %d\n", t.File, t.TrackID, t.Ordinal)
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
