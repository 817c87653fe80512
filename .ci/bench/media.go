package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// size is a rendition of the test set: a lively clip of 60 s, looped.
type size struct {
	name          string
	width, height int
	kbps          int
}

var sizes = []size{{"180", 320, 180, 400}, {"360", 640, 360, 1000}, {"540", 960, 540, 2200}, {"720", 1280, 720, 3500}, {"1080", 1920, 1080, 6000}}

// folders are the assets of the test set.
var folders = func() []string {
	out := []string{"set", "long"}
	for _, s := range sizes {
		out = append(out, "muxed-"+s.name, "video-"+s.name)
	}
	return out
}()

// makeMedia makes the test set, as far as it is not there: 25 frames a second,
// closed GOPs of 2 s with B-frames, 10 minutes of each size with audio in the
// file (muxed-N) and without (video-N), all sizes together (set), and two of
// them over 4 hours (long).
func makeMedia(dir string) error {
	done := filepath.Join(dir, "made")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	log.Print("making the test set, once: some minutes and 6 GB of ", dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	ffmpeg := func(args string, more ...string) error {
		c := exec.Command("ffmpeg", append(append([]string{"-nostdin", "-v", "error", "-y"}, strings.Fields(args)...), more...)...)
		c.Dir, c.Stderr = dir, os.Stderr
		return c.Run()
	}
	for _, s := range sizes {
		if err := ffmpeg(fmt.Sprintf("-f lavfi -i testsrc2=size=%dx%d:rate=25:duration=60,noise=alls=24:allf=t -c:v libx264 -preset veryfast "+
			"-b:v %dk -maxrate %dk -bufsize %dk -g 50 -keyint_min 50 -sc_threshold 0 -flags +cgop -pix_fmt yuv420p clip-%s.mp4",
			s.width, s.height, s.kbps, s.kbps*11/10, s.kbps*3/2, s.name)); err != nil {
			return err
		}
	}
	if err := ffmpeg("-f lavfi -i anoisesrc=d=14400:c=pink:r=48000:a=0.3 -ac 2 -c:a aac -b:a 128k sound.m4a"); err != nil {
		return err
	}
	for _, s := range sizes {
		for _, m := range []struct {
			folder, maps string
			seconds      int
		}{{"muxed-" + s.name, "-map 0:v -map 1:a", 600}, {"video-" + s.name, "-map 0:v", 600}, {"long", "-map 0:v -map 1:a", 14400}} {
			if m.folder == "long" && s.name != "360" && s.name != "180" {
				continue
			}
			if err := os.MkdirAll(filepath.Join(dir, m.folder), 0o755); err != nil {
				return err
			}
			if err := ffmpeg(fmt.Sprintf("-stream_loop -1 -i clip-%s.mp4 -i sound.m4a %s -c copy -movflags +faststart -t %d %s/film_%s.mp4",
				s.name, m.maps, m.seconds, m.folder, s.name)); err != nil {
				return err
			}
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "set"), 0o755); err != nil {
		return err
	}
	for _, s := range sizes {
		if err := os.Link(filepath.Join(dir, "muxed-"+s.name, "film_"+s.name+".mp4"), filepath.Join(dir, "set", "film_"+s.name+".mp4")); err != nil && !os.IsExist(err) {
			return err
		}
	}
	return os.WriteFile(done, nil, 0o644)
}
