package asset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// printing is the work on a fingerprint, for all who wait for it.
type printing struct {
	done  chan struct{}
	print string
	err   error
}

// failed says whether the work came to nothing.
func (p *printing) failed() bool {
	select {
	case <-p.done:
		return p.err != nil
	default:
		return false
	}
}

// Fingerprint names the bytes of all files, wherever and since whenever they lie
// there, and the places that their tracks have. Files of which no digest is
// remembered are read to the end for it; that goes on when ctx ends.
func (a *Asset) Fingerprint(ctx context.Context) (string, error) {
	p := a.begin()
	select {
	case <-p.done:
		return p.print, p.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// begin returns the work that is done or under way, or begins it.
func (a *Asset) begin() *printing {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.printing == nil || a.printing.failed() {
		p := &printing{done: make(chan struct{})}
		a.printing = p
		go func() {
			defer close(p.done)
			p.print, p.err = a.digest()
		}()
	}
	return a.printing
}

func (a *Asset) digest() (string, error) {
	h := sha256.New()
	for _, f := range a.files {
		sum, err := a.options.Digests.Of(f.File)
		if err != nil {
			return "", &fault.Error{
				Code: fault.Internal, Where: f.name, What: "the file could not be read to its end, which its encryption needs",
				Advice: "See to the file and its disk; cbc and cbcs do not need all of it.", Err: err,
			}
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
