package proof

import (
	"context"
	"encoding/json"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"manifold/app/verify"
)

// played is what gstplay.py prints.
type played struct {
	Ended        bool
	Errors       []string
	Video, Audio sink
}

type sink struct{ Frames int }

// play lets GStreamer play a manifest, from a time in seconds on.
func play(t *testing.T, d verify.Protocol, address string, from int) played {
	t.Helper()
	// The newer element has the better demuxers for HLS and DASH, and none for Smooth.
	element := "playbin3"
	if d == verify.Smooth {
		element = "playbin"
	}
	args := []string{element, address}
	if from > 0 {
		args = append(args, strconv.Itoa(from))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "testdata/gstplay.py", args...).Output()
	if err != nil {
		t.Fatalf("gstplay.py %q: %v", args, err)
	}
	var p played
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !p.Ended || len(p.Errors) > 0 {
		t.Errorf("%s: ended %v, errors %q", address, p.Ended, p.Errors)
	}
	return p
}

// TestGStreamerPlaysToTheEnd plays a set in every format, wholly and after a seek,
// and counts the decoded frames. The set lasts a minute: the demuxers of playbin3
// fail now and then when a stream has ended before its pads are linked.
func TestGStreamerPlaysToTheEnd(t *testing.T) {
	const set, seek = "minute", 33
	var video, audio *track
	for _, s := range sources(t, good(t)[set]) {
		if s.kind == verify.Video {
			video = s
		} else {
			audio = s
		}
	}
	rest := 0
	for _, p := range audio.packets {
		if p.at >= seek*1e9 {
			rest++
		}
	}
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			d := deliver(t, set, f.tail)
			whole := play(t, d.Protocol, d.URL, 0)
			frames(t, "all of video", whole.Video, video, video.first)
			frames(t, "all of audio", whole.Audio, audio, audio.first)
			after := play(t, d.Protocol, d.URL, seek)
			frames(t, "video from the middle", after.Video, video, keyBefore(video, d.start(seek)))
			if n := after.Audio.Frames; n < rest || n > whole.Audio.Frames {
				t.Errorf("audio from the middle: %d frames, %d follow", n, rest)
			}
		})
	}
}

// start returns when the segment begins that holds a time, in ns.
func (d *delivery) start(seconds int) int64 {
	at := int64(0)
	for _, r := range d.Renditions {
		if r.Kind != verify.Video && r.Kind != verify.Muxed {
			continue
		}
		for _, s := range r.Segments {
			if begin := nanoseconds(s.Start, r.Timescale); begin <= int64(seconds)*1e9 {
				at = max(at, begin)
			}
		}
	}
	return at
}

// keyBefore returns the index of the key frame at a time, or the last before it.
func keyBefore(tr *track, at int64) int {
	first := 0
	for i, p := range tr.packets {
		if p.key && p.at <= at+tr.step/2 {
			first = i
		}
	}
	return first
}

func frames(t *testing.T, what string, got sink, source *track, first int) {
	t.Helper()
	if want := len(source.packets) - first; got.Frames != want {
		t.Errorf("%s: %d frames, the source has %d", what, got.Frames, want)
	}
}
