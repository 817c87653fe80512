package asset

import (
	"fmt"
	"slices"
	"strings"

	"manifold/packager/codec"
	"manifold/packager/fault"
	"manifold/packager/media"
)

// How much of a video track is read to find captions in it: the beginnings of
// some pictures, at its start and in its middle. Programmes with captions have
// something of them, be it padding, in every picture.
const (
	captionPictures = 30
	captionHead     = 4 << 10 // bytes: messages stand before the slices
)

// findCaptions notes which closed captions lie in the pictures of a track.
// What cannot be read has none; reading the segments says why.
func findCaptions(t *media.Track) {
	c := codec.NewCaptions(&t.Codec)
	if c == nil {
		return
	}
	n := t.Samples.Count()
	middle := t.Samples.SyncAtOrBefore(n / 2)
	var list []media.Sample
	list = t.Samples.Append(list, 0, min(n, captionPictures))
	list = t.Samples.Append(list, middle, min(n, middle+captionPictures))
	head := make([]byte, captionHead)
	for _, s := range list {
		b := head[:min(s.Size, len(head))]
		if _, err := t.Source.ReadAt(b, s.Position); err != nil {
			return
		}
		c.Read(b)
	}
	t.Captions = c.Found()
}

// examineCaptions tells of renditions that have other captions than the rest.
func examineCaptions(g *media.Group) []fault.Finding {
	var out []fault.Finding
	ref := g.Tracks[0]
	for _, t := range g.Tracks[1:] {
		if !slices.Equal(t.Captions, ref.Captions) {
			out = append(out, fault.Finding{
				Severity: fault.Warning, Code: "captions-differ", Where: t.Where(),
				Message: fmt.Sprintf("the pictures carry %s, those of %s %s", captionWords(t), ref.File, captionWords(ref)),
				Affects: "All players: captions come and go when the quality changes.",
				Advice:  "Encode all renditions with the captions of the source.",
			})
		}
	}
	return out
}

func captionWords(t *media.Track) string {
	if len(t.Captions) == 0 {
		return "no captions"
	}
	return "the captions " + strings.Join(t.Captions, ", ")
}
