package verify

import (
	"bytes"
	"context"
	"fmt"
	"strings"
)

// Packet is one access unit as a container holds it. Times are ticks of the
// track; DTS and PTS are absolute.
type Packet struct {
	PTS, DTS int64
	Key      bool
	Data     []byte
}

// Track is the packets of one elementary stream in a segment.
type Track struct {
	Kind      Kind
	Timescale int64
	NALLength int // bytes of the length before each NAL unit; 0 for Annex B and for audio
	Packets   []Packet
}

// Content is what one segment holds.
type Content struct {
	Size   int // bytes
	Tracks []Track
	// Start and Duration are what the segment says of itself in ticks of its
	// first track: tfdt (for Smooth tfxd) and the sum of the sample durations.
	// A transport stream says neither.
	Start, Duration int64
	HasTimes        bool
}

// Reader reads the segments of one rendition in order: a transport stream's
// continuity runs over all of them, and a fragment needs what the
// initialization segment said.
type Reader struct {
	client    Client
	rendition Rendition
	header    header
	counters  continuity
}

// NewReader fetches the initialization segment where there is one.
func (c Client) NewReader(ctx context.Context, r Rendition) (*Reader, error) {
	reader := &Reader{client: c, rendition: r, header: header{kind: r.Kind, timescale: r.Timescale}, counters: continuity{}}
	if r.Kind == Video || r.Kind == KeyFrames {
		reader.header.nalLength = 4 // [MS-SSTR] §2.2.2.5: NALUnitLengthField when not given
	}
	if r.Init == "" {
		return reader, nil
	}
	a, err := c.ok(ctx, r.Init)
	if err != nil {
		return nil, err
	}
	if reader.header, err = readHeader(a.Body); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Init, err)
	}
	return reader, nil
}

// Read fetches one segment and takes it apart.
func (r *Reader) Read(ctx context.Context, s Segment) (Content, error) {
	a, err := r.client.ok(ctx, s.URL)
	if err != nil {
		return Content{}, err
	}
	if r.rendition.Kind == KeyFrames {
		r.counters = continuity{} // key frames are taken out of a stream one by one
	}
	var c Content
	if bytes.HasPrefix(a.Body, []byte{syncByte}) {
		c, err = readTS(a.Body, r.counters)
	} else {
		c, err = readFragment(a.Body, r.header)
	}
	if err == nil && !strings.HasPrefix(a.Type(), "video/") && !strings.HasPrefix(a.Type(), "audio/") {
		err = fmt.Errorf("Content-Type %q", a.Type())
	}
	if err != nil {
		return Content{}, fmt.Errorf("%s: %w", s.URL, err)
	}
	c.Size = len(a.Body)
	return c, nil
}
