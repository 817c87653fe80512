package proof

import (
	"context"
	"crypto/md5"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"manifold/app/verify"
)

// filtered is a manifest tail with an inline filter.
func filtered(tail, filter string) string {
	if strings.HasSuffix(tail, ")") {
		return strings.TrimSuffix(tail, ")") + ",filter=" + filter + ")"
	}
	return tail + "(filter=" + filter + ")"
}

// part finds the unbroken run of packets of a source track that was delivered.
func part(got *verify.Track, source []*track) (s *track, first int, err error) {
	var hashes [][md5.Size]byte
	for i, p := range got.Packets {
		data := p.Data
		if got.Kind == verify.Video {
			if data, err = verify.Picture(p.Data, got.NALLength); err != nil {
				return nil, 0, fmt.Errorf("packet %d: %w", i, err)
			}
		}
		hashes = append(hashes, md5.Sum(data))
	}
	if len(hashes) == 0 {
		return nil, 0, fmt.Errorf("no packets")
	}
	for _, s := range source {
		first := slices.IndexFunc(s.packets, func(p packet) bool { return p.hash == hashes[0] })
		if s.kind != got.Kind || first < 0 || first+len(hashes) > len(s.packets) {
			continue
		}
		for i, h := range hashes {
			if s.packets[first+i].hash != h {
				return nil, 0, fmt.Errorf("%s: packet %d has other bytes", s, first+i)
			}
		}
		return s, first, nil
	}
	return nil, 0, fmt.Errorf("%d packets are no part of any track of the source", len(hashes))
}

// cuts demands of delivered packets that they are the part of the source from
// one second to another, at fragments of about two seconds: pictures begin with
// the key frame before, and nothing is more than a segment longer.
func cuts(got *verify.Track, source []*track, from, to, slack int64) error {
	s, first, err := part(got, source)
	if err != nil {
		return err
	}
	begin, end := s.packets[first].at, s.packets[first+len(got.Packets)-1].at+s.step
	if s.kind == verify.Video && !s.packets[first].key {
		return fmt.Errorf("%s: it begins with a picture that is no key frame", s)
	}
	// Frames of audio need not end where pictures do.
	if begin > from+s.step || begin < from-slack || end < to-s.step || end > to+slack {
		return fmt.Errorf("%s: from %.3f s to %.3f s", s, float64(begin)/1e9, float64(end)/1e9)
	}
	return nil
}

// The stretch of time that is asked for.
const (
	cut     = "@time:20-40"
	cutFrom = 20e9
	cutTo   = 40e9
)

// slack is how much longer whole segments may make it: three fragments of two
// seconds in transport streams, else one, of audio a little more.
func slack(tail string) int64 {
	if strings.Contains(tail, "aapl") {
		return 6.1e9
	}
	return 2.1e9
}

func TestFilteredStreamsArePartsOfTheSource(t *testing.T) {
	source := sources(t, good(t)["minute"])
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			d := deliver(t, "minute", filtered(f.tail, cut))
			for i, r := range d.Renditions {
				if r.Kind == verify.KeyFrames {
					continue
				}
				tracks, err := d.tracks(i)
				if err != nil {
					t.Fatal(err)
				}
				for kind, tr := range tracks {
					if err := cuts(tr, source, cutFrom, cutTo, slack(f.tail)); err != nil {
						t.Errorf("rendition %d (%s %dx%d) %s: %v", i, r.Kind, r.Width, r.Height, kind, err)
					}
				}
			}
			if len(d.Renditions) == 0 {
				t.Error("no renditions")
			}
		})
	}
}

// ffmpeg gets the same packets, and decodes them without a complaint.
func TestFFmpegPlaysFilteredStreams(t *testing.T) {
	source := sources(t, good(t)["minute"])
	for _, f := range readable {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			address, dir := shared.ism(t, "minute")+filtered(f.tail, cut), t.TempDir()
			list, tracks, err := copies(ctx, dir, f.tail, address, 0)
			if err != nil {
				t.Fatal(err)
			}
			for i, tr := range tracks {
				if err := cuts(tr, source, cutFrom, cutTo, slack(f.tail)); err != nil {
					t.Errorf("stream %d (%s): %v", list[i].Index, list[i].Type, err)
				}
			}
			for _, run := range together(f.tail, list) {
				args := append(slices.Clone(inputOptions(f.tail)), "-i", address)
				for _, s := range run {
					args = append(args, "-map", fmt.Sprintf("0:%d", s.Index), "-f", "framecrc", filepath.Join(dir, strconv.Itoa(s.Index)))
				}
				if err := ffmpeg(ctx, args...); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// GStreamer plays filtered Smooth Streaming, which ffmpeg does not read.
func TestGStreamerPlaysFilteredSmoothStreaming(t *testing.T) {
	d := deliver(t, "minute", filtered("/manifest", cut+"@type:audio+bitrate:0-120000"))
	want := map[verify.Kind]int{}
	for i := range d.Renditions {
		tracks, err := d.tracks(i)
		if err != nil {
			t.Fatal(err)
		}
		for kind, tr := range tracks {
			want[kind] = len(tr.Packets)
		}
	}
	p := play(t, d.Protocol, d.URL, 0)
	if p.Video.Frames != want[verify.Video] || p.Audio.Frames != want[verify.Audio] {
		t.Errorf("%+v, the segments have %v", p, want)
	}
}

// Whatever filter is drawn: manifests parse and all that they name is there, or
// every format says that nothing is left.
func TestAnyFilterGivesManifestsWhoseURLsAnswer(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	condition := func() string {
		is := pick(":", "!")
		switch random.IntN(5) {
		case 0:
			return "type" + is + pick("audio", "video", "text")
		case 1:
			return "language" + is + pick("eng", "fra", "und")
		case 2:
			return "name" + is + pick("video", "aac_eng_2", "aac_fra_2")
		case 3:
			return "fourCC" + is + pick("avc1", "mp4a")
		}
		low := random.IntN(600_000)
		return fmt.Sprintf("bitrate%s%d-%d", is, low, low+random.IntN(1_200_000))
	}
	draw := func() string {
		var selections, sections []string
		for range random.IntN(4) {
			conditions := []string{condition()}
			for range random.IntN(2) {
				conditions = append(conditions, condition())
			}
			selections = append(selections, strings.Join(conditions, "&"))
		}
		if len(selections) > 0 {
			sections = append(sections, strings.Join(selections, "+"))
		}
		if random.IntN(2) > 0 {
			start := random.IntN(30_000)
			sections = append(sections, fmt.Sprintf("time:%.3f-%.3f", float64(start)/1000, float64(start+1+random.IntN(30_000))/1000))
		}
		if random.IntN(3) == 0 {
			sections = append(sections, fmt.Sprintf("first:%d", 1+random.IntN(2_000_000)))
		}
		return "@" + strings.Join(sections, "@")
	}
	var client verify.Client
	answered, refused := 0, 0
	for range 40 {
		filter := draw()
		gone := 0
		for _, f := range formats {
			address := shared.ism(t, "ladder") + filtered(f.tail, filter)
			a, err := client.Fetch(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			if a.Status == http.StatusUnsupportedMediaType && strings.Contains(string(a.Body), "MPE_FILTER_REMOVED_ALL_STREAMS") {
				gone++
				continue
			}
			p, err := client.Open(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			urls := map[string]bool{}
			for _, r := range p.Renditions {
				if r.Init != "" {
					urls[r.Init] = true
				}
				for _, s := range r.Segments {
					urls[s.URL] = true
				}
			}
			if len(urls) == 0 {
				t.Errorf("%s names no segments", address)
			}
			for u := range urls {
				request, err := http.NewRequestWithContext(t.Context(), http.MethodHead, u, nil)
				if err != nil {
					t.Fatal(err)
				}
				if a, err := client.Do(request); err != nil || a.Status != http.StatusOK {
					t.Errorf("%s names %s: %d, %v", address, u, a.Status, err)
				}
				answered++
			}
		}
		refused += gone
		if gone > 0 && gone < len(formats) {
			t.Errorf("%s leaves nothing in %d of %d formats", filter, gone, len(formats))
		}
	}
	if answered == 0 || refused == 0 {
		t.Errorf("%d URLs, %d refusals: one of both was not tried", answered, refused)
	}
	t.Logf("%d URLs answered, %d refusals", answered, refused)
}
