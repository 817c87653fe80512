package filter

import (
	"sort"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// MaxFilters is how many filters one request may combine.
const MaxFilters = 10

// Combine says whether a request may combine so many filters.
func Combine(n int) error {
	if n > MaxFilters {
		return fault.Newf(fault.FilterCount, "", "%d filters are combined, more than %d", n, MaxFilters)
	}
	return nil
}

// Apply returns the presentation that all filters leave: tracks that every one
// keeps, from the latest start to the earliest end. A fragment that reaches
// over an end is listed whole, unless it is a fragment of audio that reaches over
// by less than a frame: fragments of audio end on frames and so never quite
// where those of video do. The error says which filters leave nothing.
func Apply(p *media.Presentation, filters []*Filter) (*media.Presentation, error) {
	if len(filters) == 0 {
		return p, nil
	}
	if err := Combine(len(filters)); err != nil {
		return nil, err
	}
	out := *p
	out.Groups = nil
	start, end := int64(0), int64(0)
	for _, f := range filters {
		start = max(start, f.Start)
		if f.End > 0 && (end == 0 || f.End < end) {
			end = f.End
		}
		if f.First > 0 {
			if out.First > 0 {
				return nil, fault.New(fault.FilterFirstQualities, "firstQuality of "+f.Name, "another filter of the request has a first quality, too", "Leave firstQuality to one of them.")
			}
			out.First = f.First
		}
	}
	for _, g := range p.Groups {
		kept := *g
		kept.Tracks = nil
		for _, t := range g.Tracks {
			if all(filters, g, t) {
				kept.Tracks = append(kept.Tracks, t)
			}
		}
		if len(kept.Tracks) > 0 {
			out.Groups = append(out.Groups, &kept)
		}
	}
	if len(out.Groups) == 0 {
		return nil, nothing(filters, "no track")
	}
	if !cut(&out, start, end) {
		return nil, nothing(filters, "nothing of the time")
	}
	return &out, nil
}

func all(filters []*Filter, g *media.Group, t *media.Track) bool {
	for _, f := range filters {
		if !f.keeps(g, t) {
			return false
		}
	}
	return true
}

func nothing(filters []*Filter, what string) error {
	var names []string
	for _, f := range filters {
		names = append(names, f.Name)
	}
	return fault.New(fault.FilterRemovedAll, "filter="+strings.Join(names, ";"), "the filters leave "+what+" of this asset", "Widen a condition, or leave a filter out.")
}

// cut lists the fragments that lie in [start, end), end 0 being the end of the
// asset: those of video first, then those of the other streams that are heard
// or read while they are shown, or in [start, end) where there is no picture.
func cut(p *media.Presentation, start, end int64) bool {
	open := end == 0
	if open {
		end = 1<<63 - 1
	}
	begin, stop, first := start, end, true
	for _, g := range p.Of(media.Video) {
		if g.From, g.To = within(g, start, end); g.From == g.To || !first {
			continue
		}
		first = false
		if begin = g.Times[g.From]; start == 0 {
			begin = 0
		}
		if stop = g.Times[g.To]; g.To == g.Fragments() { // what is heard behind the last picture is left, too
			stop = max(stop, end)
		}
	}
	kept := p.Groups[:0:0]
	var last int64
	for _, g := range p.Groups {
		if g.Kind != media.Video {
			less := min(frame(g), max(0, (stop-begin-1)/2)) // something is left of the shortest time
			g.From, g.To = within(g, begin+less, stop-less)
		}
		if g.From == g.To {
			continue // it is over before, or begins after
		}
		kept, last = append(kept, g), max(last, g.Times[g.To])
	}
	if len(kept) == 0 {
		return false
	}
	p.Groups = kept
	p.Start = begin
	if len(p.Of(media.Video)) == 0 {
		p.Start = kept[0].Times[kept[0].From]
	}
	if start == 0 { // nothing is cut off: the presentation begins where it did
		p.Start = 0
	}
	p.Duration = last - p.Start
	return true
}

// frame returns the longest overlap in ticks that is less than a frame of audio;
// 0 for other streams.
func frame(g *media.Group) int64 {
	first := g.Tracks[0].First
	if g.Kind != media.Audio || first[1] == first[0] {
		return 0
	}
	return (g.Times[1]-g.Times[0])/int64(first[1]-first[0]) - 1
}

// within returns the fragments [from, to) that overlap [start, end).
func within(g *media.Group, start, end int64) (from, to int) {
	n := g.Fragments()
	from = sort.Search(n, func(k int) bool { return g.Times[k+1] > start })
	to = sort.Search(n, func(k int) bool { return g.Times[k] >= end })
	return from, max(from, to)
}
