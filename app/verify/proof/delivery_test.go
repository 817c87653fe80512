package proof

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"manifold/app/verify"
)

// formats are the values of format= with the tail that asks for each.
var formats = []struct{ name, tail string }{
	{"HLS V3", "/manifest(format=m3u8-aapl-v3)"},
	{"HLS V4", "/manifest(format=m3u8-aapl)"},
	{"HLS CMAF", "/manifest(format=m3u8-cmaf)"},
	{"DASH CSF", "/manifest(format=mpd-time-csf)"},
	{"DASH CMAF", "/manifest(format=mpd-time-cmaf)"},
	{"Smooth", "/manifest"},
	{"Smooth 2.0", "/manifest(format=fmp4-v20)"},
}

// delivery is everything that one manifest of the shared server leads to.
type delivery struct {
	*verify.Presentation
	contents [][]verify.Content // of each rendition, one a segment
}

var deliveries = struct {
	sync.Mutex
	known map[string]*delivery
}{known: map[string]*delivery{}}

// deliver fetches a presentation with all its segments, once.
func deliver(t *testing.T, name, tail string) *delivery {
	t.Helper()
	address := shared.ism(t, name) + tail
	deliveries.Lock()
	defer deliveries.Unlock()
	if d := deliveries.known[address]; d != nil {
		return d
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	d, err := fetchAll(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	deliveries.known[address] = d
	return d
}

func fetchAll(ctx context.Context, address string) (*delivery, error) {
	var client verify.Client
	p, err := client.Open(ctx, address)
	if err != nil {
		return nil, err
	}
	d := &delivery{Presentation: p}
	for _, r := range p.Renditions {
		reader, err := client.NewReader(ctx, r)
		if err != nil {
			return nil, err
		}
		var list []verify.Content
		for _, s := range r.Segments {
			c, err := reader.Read(ctx, s)
			if err != nil {
				return nil, err
			}
			list = append(list, c)
		}
		d.contents = append(d.contents, list)
	}
	return d, nil
}

// tracks joins the segments of a rendition to its tracks, one of each kind.
func (d *delivery) tracks(rendition int) (map[verify.Kind]*verify.Track, error) {
	out := map[verify.Kind]*verify.Track{}
	for i, c := range d.contents[rendition] {
		for _, tr := range c.Tracks {
			have := out[tr.Kind]
			if have == nil {
				copied := tr
				copied.Packets = nil
				have = &copied
				out[tr.Kind] = have
			}
			if have.Timescale != tr.Timescale {
				return nil, fmt.Errorf("segment %d: timescale %d, before %d", i, tr.Timescale, have.Timescale)
			}
			have.Packets = append(have.Packets, tr.Packets...)
		}
	}
	return out, nil
}
