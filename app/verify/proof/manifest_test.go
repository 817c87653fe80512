package proof

import (
	"crypto/md5"
	"fmt"
	"slices"
	"testing"

	"manifold/app/verify"
)

// each runs a test for every good set in every format.
func each(t *testing.T, test func(t *testing.T, d *delivery)) {
	for name := range good(t) {
		for _, f := range formats {
			t.Run(name+"/"+f.name, func(t *testing.T) { test(t, deliver(t, name, f.tail)) })
		}
	}
}

// TestManifestsAgreeWithSegments compares every time in a manifest with the
// samples of the segment: $Time$ and S@d, c@t and c@d, EXTINF and
// EXT-X-PROGRAM-DATE-TIME.
func TestManifestsAgreeWithSegments(t *testing.T) {
	each(t, func(t *testing.T, d *delivery) {
		for i, r := range d.Renditions {
			if r.Kind == verify.KeyFrames {
				continue
			}
			for n, s := range r.Segments {
				if err := agree(d, i, n); err != nil {
					t.Errorf("%s %s segment %d (%s): %v", r.Kind, r.Name, n, s.URL, err)
					break
				}
			}
		}
	})
}

func agree(d *delivery, rendition, n int) error {
	r, c := d.Renditions[rendition], d.contents[rendition][n]
	s := r.Segments[n]
	start := nanoseconds(s.Start, r.Timescale)
	length := nanoseconds(s.Duration, r.Timescale)
	// HLS dates the first segment in milliseconds and its durations in microseconds.
	near := int64(0)
	if d.Protocol == verify.HLS {
		near = 1e6 + int64(n)*1e3
	}
	first := c.Tracks[0]
	at := nanoseconds(first.Packets[0].PTS, first.Timescale)
	if !c.HasTimes {
		at -= tsOffset
		near += 2e9 / first.Timescale
	}
	if off := at - start; off > near || off < -near {
		return fmt.Errorf("listed at %d ns, its first sample is presented at %d ns", start, at)
	}
	if c.HasTimes {
		if d.Protocol != verify.HLS && (c.Start != s.Start || c.Duration != s.Duration) {
			return fmt.Errorf("listed %d+%d, says itself %d+%d", s.Start, s.Duration, c.Start, c.Duration)
		}
		if off := nanoseconds(c.Duration, first.Timescale) - length; off > 1000 || off < -1000 {
			return fmt.Errorf("EXTINF of %d ns, its samples last %d ns", length, nanoseconds(c.Duration, first.Timescale))
		}
		return nil
	}
	if n+1 == len(r.Segments) {
		return lasts(first, length)
	}
	next := d.contents[rendition][n+1].Tracks[0]
	end := nanoseconds(next.Packets[0].PTS, next.Timescale) - tsOffset
	if off := end - at - length; off > 25_000 || off < -25_000 {
		return fmt.Errorf("EXTINF of %d ns, the next one follows after %d ns", length, end-at)
	}
	return nil
}

// lasts compares the EXTINF of a last segment with its packets. The last packet
// may be shorter than the others; a transport stream does not say.
func lasts(tr verify.Track, length int64) error {
	var times []int64
	for _, p := range tr.Packets {
		times = append(times, p.PTS)
	}
	slices.Sort(times)
	n := len(times)
	step := int64(0)
	if n > 1 {
		step = nanoseconds(times[n-1]-times[n-2], tr.Timescale)
	}
	begun := nanoseconds(times[n-1]-times[0], tr.Timescale)
	if length <= begun || n > 1 && length > begun+step+25_000 {
		return fmt.Errorf("EXTINF of %d ns, the last of its packets begins after %d ns and lasts %d ns", length, begun, step)
	}
	return nil
}

// TestSegmentsTileTheTimeline demands that no segment overlaps its neighbour or
// leaves a gap, and that the renditions of a switching set are cut at the same
// times.
func TestSegmentsTileTheTimeline(t *testing.T) {
	each(t, func(t *testing.T, d *delivery) {
		var cuts []int64
		for _, r := range d.Renditions {
			if r.Kind == verify.KeyFrames {
				continue
			}
			for n := 1; n < len(r.Segments); n++ {
				if before := r.Segments[n-1]; before.Start+before.Duration != r.Segments[n].Start {
					t.Errorf("%s segment %d begins at %d, its predecessor ends at %d", r.Kind, n, r.Segments[n].Start, before.Start+before.Duration)
				}
			}
			if r.Kind == verify.Audio {
				continue
			}
			var own []int64
			for _, s := range r.Segments {
				own = append(own, s.Start)
			}
			if cuts == nil {
				cuts = own
			}
			if !slices.Equal(cuts, own) {
				t.Errorf("%dx%d is cut at %d, another rendition at %d", r.Width, r.Height, own, cuts)
			}
		}
	})
}

// TestDurationsAreThoseOfTheMedia compares the duration that a manifest announces
// with the end of its longest rendition.
func TestDurationsAreThoseOfTheMedia(t *testing.T) {
	each(t, func(t *testing.T, d *delivery) {
		var end int64
		for _, r := range d.Renditions {
			end = max(end, nanoseconds(r.End(), r.Timescale))
		}
		if d.Protocol == verify.HLS {
			return // a playlist announces no duration
		}
		if off := d.Duration*100 - end; off > 1e6 || off < -1e6 {
			t.Errorf("announced are %d ns, the longest rendition ends at %d ns", d.Duration*100, end)
		}
	})
}

// TestBandwidthIsNotBelowThePeak measures every segment of HLS variants, audio
// included (RFC 8216 §4.3.4.2): the peak over segments of half to one and a half
// target durations.
func TestBandwidthIsNotBelowThePeak(t *testing.T) {
	each(t, func(t *testing.T, d *delivery) {
		if d.Protocol != verify.HLS {
			return
		}
		audio := 0
		for i, r := range d.Renditions {
			if r.Kind == verify.Audio && r.Bandwidth == 0 {
				audio = max(audio, peak(d, i))
			}
		}
		for i, r := range d.Renditions {
			if r.Bandwidth == 0 || r.Kind == verify.KeyFrames {
				continue
			}
			measured := peak(d, i)
			if r.Kind == verify.Video {
				measured += audio
			}
			if measured > r.Bandwidth {
				t.Errorf("%s %dx%d: BANDWIDTH=%d, measured %d", r.Kind, r.Width, r.Height, r.Bandwidth, measured)
			}
		}
	})
}

// peak returns the highest bitrate of a rendition's segments in bit/s.
func peak(d *delivery, rendition int) int {
	r := d.Renditions[rendition]
	longest := int64(0)
	for _, s := range r.Segments {
		longest = max(longest, s.Duration)
	}
	most := 0
	for n, s := range r.Segments {
		if s.Duration*2 >= longest {
			most = max(most, int(int64(d.contents[rendition][n].Size)*8*r.Timescale/s.Duration))
		}
	}
	return most
}

// TestKeyFramePlaylistsHoldTheKeyFrames reads the I-frame playlists of HLS V4 and
// CMAF: each entry is one key frame of the source, in order, and lasts to the next.
func TestKeyFramePlaylistsHoldTheKeyFrames(t *testing.T) {
	for name, dir := range good(t) {
		source := sources(t, dir)
		for _, f := range formats[1:3] {
			t.Run(name+"/"+f.name, func(t *testing.T) {
				d := deliver(t, name, f.tail)
				playlists := 0
				for i, r := range d.Renditions {
					if r.Kind != verify.KeyFrames {
						continue
					}
					playlists++
					if err := keyFrames(d, i, source); err != nil {
						t.Errorf("%dx%d: %v", r.Width, r.Height, err)
					}
				}
				videos := 0
				for _, s := range source {
					if s.kind == verify.Video {
						videos++
					}
				}
				if playlists != videos {
					t.Errorf("%d I-frame playlists for %d video tracks", playlists, videos)
				}
			})
		}
	}
}

func keyFrames(d *delivery, rendition int, source []*track) error {
	known := map[[md5.Size]byte]int64{}
	for _, s := range source {
		for _, p := range s.packets {
			if p.key && s.kind == verify.Video {
				known[p.hash] = p.at
			}
		}
	}
	r := d.Renditions[rendition]
	for n, c := range d.contents[rendition] {
		tr := c.Tracks[0]
		if len(c.Tracks) != 1 || len(tr.Packets) != 1 || !tr.Packets[0].Key {
			return fmt.Errorf("entry %d holds %d tracks and %d packets", n, len(c.Tracks), len(tr.Packets))
		}
		picture, err := verify.Picture(tr.Packets[0].Data, tr.NALLength)
		if err != nil {
			return err
		}
		at, ok := known[md5.Sum(picture)]
		if !ok {
			return fmt.Errorf("entry %d is no key frame of the source", n)
		}
		// 1 ms for the date of the playlist, 1 µs for each EXTINF before.
		if off := nanoseconds(r.Segments[n].Start, r.Timescale) - at; off > 1e6+int64(n)*1e3 || off < -1e6-int64(n)*1e3 {
			return fmt.Errorf("entry %d is listed at %d µs, the source has it at %d ns", n, r.Segments[n].Start, at)
		}
	}
	return nil
}

// TestTypesAndLabels checks what manifests say of themselves.
func TestTypesAndLabels(t *testing.T) {
	types := map[verify.Protocol][]string{
		verify.HLS: {"application/vnd.apple.mpegurl"}, verify.DASH: {"application/dash+xml"},
		verify.Smooth: {"text/xml", "application/vnd.ms-sstr+xml"},
	}
	each(t, func(t *testing.T, d *delivery) {
		if !slices.Contains(types[d.Protocol], d.Type) {
			t.Errorf("content type %q", d.Type)
		}
		for _, r := range d.Renditions {
			if r.Kind != verify.Audio && (r.Width == 0 || r.Height == 0) {
				t.Errorf("%s without size", r.Kind)
			}
			if r.Codecs == "" && !(d.Protocol == verify.HLS && r.Kind == verify.Audio) {
				t.Errorf("%s without codecs", r.Kind)
			}
		}
	})
}
