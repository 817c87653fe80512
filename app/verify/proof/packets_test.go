package proof

import (
	"crypto/md5"
	"fmt"
	"testing"

	"manifold/app/verify"
)

// tsOffset is where movie time 0 lies in transport streams: 10 s.
const tsOffset = 10e9

// TestEveryPacketOfTheSourceArrives compares every rendition of every format with
// the source files: the payloads are the same bytes, and the times lie where the
// source's edit lists put them.
func TestEveryPacketOfTheSourceArrives(t *testing.T) {
	for name, dir := range good(t) {
		source := sources(t, dir)
		for _, f := range formats {
			t.Run(name+"/"+f.name, func(t *testing.T) {
				d := deliver(t, name, f.tail)
				for i, r := range d.Renditions {
					if r.Kind == verify.KeyFrames {
						continue
					}
					tracks, err := d.tracks(i)
					if err != nil {
						t.Fatal(err)
					}
					for kind, tr := range tracks {
						if err := compare(tr, source); err != nil {
							t.Errorf("rendition %d (%s %s %dx%d) %s: %v", i, r.Kind, r.Name, r.Width, r.Height, kind, err)
						}
					}
				}
				if err := complete(d, source); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// compare finds the source track that was delivered and compares every packet.
func compare(got *verify.Track, source []*track) error {
	if len(got.Packets) == 0 {
		return fmt.Errorf("no packets")
	}
	list := make([]packet, len(got.Packets))
	for i, p := range got.Packets {
		data := p.Data
		var err error
		if got.Kind == verify.Video {
			if data, err = verify.Picture(p.Data, got.NALLength); err != nil {
				return fmt.Errorf("packet %d: %w", i, err)
			}
		}
		list[i] = packet{at: nanoseconds(p.PTS, got.Timescale), key: p.Key, hash: md5.Sum(data)}
	}
	var nearest error
	for _, s := range source {
		if s.kind != got.Kind || s.packets[s.first].hash != list[0].hash {
			continue
		}
		if nearest = same(list, s, got.Timescale); nearest == nil {
			return nil
		}
	}
	if nearest == nil {
		nearest = fmt.Errorf("the first packet is no first packet of the source")
	}
	return nearest
}

// same compares delivered packets with those of one source track. Audio that
// begins before 0 by less than half a frame is moved to 0 as a whole.
func same(got []packet, s *track, scale int64) error {
	want := s.packets[s.first:]
	if len(got) != len(want) {
		return fmt.Errorf("%s: %d packets, the source has %d", s, len(got), len(want))
	}
	expected := int64(0)
	if scale == 90000 {
		expected = tsOffset
	}
	if s.kind == verify.Audio && want[0].at < 0 {
		expected -= want[0].at
	}
	tolerance := 1e9/scale + 1000
	if s.kind == verify.Audio {
		tolerance *= 2 // a PES packet holds several frames, timed from the first
	}
	for i := range got {
		if got[i].hash != want[i].hash {
			return fmt.Errorf("%s: packet %d of %d has other bytes", s, i, len(got))
		}
		if s.kind == verify.Video && got[i].key != want[i].key {
			return fmt.Errorf("%s: packet %d: key frame %v, in the source %v", s, i, got[i].key, want[i].key)
		}
		if off := got[i].at - want[i].at - expected; off > tolerance || off < -tolerance {
			return fmt.Errorf("%s: packet %d is presented at %d ns, in the source at %d ns", s, i, got[i].at, want[i].at+expected)
		}
	}
	return nil
}

// complete demands that every video track of the source is a rendition, and every
// audio language one that can be chosen where audio has renditions of its own.
func complete(d *delivery, source []*track) error {
	videos, audios := 0, map[string]bool{}
	for _, s := range source {
		if s.kind == verify.Video {
			videos++
		} else {
			audios[s.language] = true
		}
	}
	got := map[verify.Kind]int{}
	for _, r := range d.Renditions {
		got[r.Kind]++
	}
	if n := got[verify.Video] + got[verify.Muxed]; n != videos {
		return fmt.Errorf("%d video renditions, the source has %d", n, videos)
	}
	if got[verify.Muxed] == 0 && got[verify.Audio] != len(audios) {
		return fmt.Errorf("%d audio renditions, the source has %d languages", got[verify.Audio], len(audios))
	}
	return nil
}

func nanoseconds(ticks, scale int64) int64 { return ticks/scale*1e9 + ticks%scale*1e9/scale }
