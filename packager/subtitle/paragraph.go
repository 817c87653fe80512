package subtitle

import (
	"slices"
	"strings"

	"manifold/packager/media"
)

// cue is a paragraph of TTML.
type cue struct {
	line   int
	depth  int
	pieces []timed
}

// timed is a piece with the time in which it is shown, in ticks.
type timed struct {
	piece
	begin, end int64
}

func (p *timed) blank() bool { return strings.TrimSpace(p.text) == "" }

// maxChanged bounds what the cues of a paragraph hold together, in bytes.
const maxChanged = 4 << 20

// paragraph adds a cue for each time in which the same pieces of a paragraph are
// shown: spans have times, too (TTML2 §12.2).
func (d *Document) paragraph(c *cue, settings string) error {
	edges, bytes, endlessly := []int64(nil), 0, false
	var backwards *timed
	for i := range c.pieces {
		switch p := &c.pieces[i]; {
		case p.blank():
		case p.end >= endless:
			endlessly = true
		case p.end <= p.begin:
			backwards = p
		default:
			edges = append(edges, p.begin, p.end)
			bytes += len(p.text)
		}
	}
	if endlessly {
		d.skip(c.line, "a paragraph without an end")
	}
	if backwards != nil {
		d.skip(c.line, "a cue that ends at %s and begins at %s", media.Seconds(backwards.end), media.Seconds(backwards.begin))
	}
	slices.Sort(edges)
	edges = slices.Compact(edges)
	if len(edges) > 2 && len(edges)*(bytes+len(c.pieces)) > maxChanged {
		d.skip(c.line, "a paragraph that changes %d times", len(edges)-1)
		return nil
	}
	for i := 1; i < len(edges); i++ {
		var shown []piece
		for _, p := range c.pieces {
			if p.begin <= edges[i-1] && p.end >= edges[i] && (p.end < endless || p.blank()) {
				shown = append(shown, p.piece)
			}
		}
		if err := d.add(c.line, media.Cue{Start: edges[i-1], End: edges[i], Settings: settings, Text: cueText(trimmed(shown))}); err != nil {
			return err
		}
	}
	return nil
}
