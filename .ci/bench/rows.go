package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"sync"
	"time"
)

// row is one line of the table: segments of one format from one source, or a
// manifest again and again.
type row struct {
	name       string
	goal, peer string // ratios: what is aimed at, what nginx-vod-module reached
	asset      string
	format     string // of format=, "" is Smooth Streaming
	encryption string // of encryption=, "" is none
	manifest   bool
}

var rows = []row{
	{"CMAF 1080p, muxed source", "1.15", "1.0", "muxed-1080", "m3u8-cmaf", "", false},
	{"CMAF 1080p, video alone", "1.15", "1.0", "video-1080", "m3u8-cmaf", "", false},
	{"CMAF 360p, muxed source", "0.80", "0.24", "muxed-360", "m3u8-cmaf", "", false},
	{"CMAF 360p, video alone", "1.00", "1.2", "video-360", "m3u8-cmaf", "", false},
	{"DASH CSF 1080p, muxed source", "1.15", "1.0", "muxed-1080", "mpd-time-csf", "", false},
	{"DASH CSF 360p, muxed source", "0.80", "0.24", "muxed-360", "mpd-time-csf", "", false},
	{"Smooth 1080p, muxed source", "1.15", "1.0", "muxed-1080", "", "", false},
	{"Smooth 360p, muxed source", "0.80", "0.33", "muxed-360", "", "", false},
	{"HLS V4 TS 1080p, muxed source", "0.90", "0.70", "muxed-1080", "m3u8-aapl", "", false},
	{"HLS V4 TS 1080p, video alone", "0.90", "0.70", "video-1080", "m3u8-aapl", "", false},
	{"HLS V4 TS 360p, muxed source", "0.80", "0.60", "muxed-360", "m3u8-aapl", "", false},
	{"HLS V4 TS 360p, video alone", "0.80", "0.60", "video-360", "m3u8-aapl", "", false},
	{"HLS V3 TS 1080p, audio muxed", "0.90", "0.70", "muxed-1080", "m3u8-aapl-v3", "", false},
	{"HLS V3 TS 360p, audio muxed", "0.80", "0.60", "muxed-360", "m3u8-aapl-v3", "", false},
	{"DASH CENC 1080p, muxed source", "0.75", "0.47", "muxed-1080", "mpd-time-csf", "cenc", false},
	{"DASH CENC 1080p, video alone", "0.75", "0.63", "video-1080", "mpd-time-csf", "cenc", false},
	{"DASH CENC 360p, muxed source", "0.65", "0.44", "muxed-360", "mpd-time-csf", "cenc", false},
	{"CMAF cbcs 1080p, muxed source", "0.80", "0.50", "muxed-1080", "m3u8-cmaf", "cbcs-aapl", false},
	{"CMAF cbcs 360p, muxed source", "0.65", "0.24", "muxed-360", "m3u8-cmaf", "cbcs-aapl", false},
	{"HLS V4 AES-128 1080p, muxed source", "0.30", "0.30", "muxed-1080", "m3u8-aapl", "cbc", false},
	{"HLS V4 AES-128 360p, muxed source", "0.30", "0.24", "muxed-360", "m3u8-aapl", "cbc", false},
	{"HLS V4 SAMPLE-AES 1080p, muxed source", "0.60", "0.31", "muxed-1080", "m3u8-aapl", "cbcs-aapl", false},
	{"HLS V4 SAMPLE-AES 360p, muxed source", "0.60", "0.27", "muxed-360", "m3u8-aapl", "cbcs-aapl", false},
	{"master playlist, again", "0.60", "1.2", "set", "m3u8-aapl", "", true},
	{"MPD, again", "0.60", "0.8", "set", "mpd-time-csf", "", true},
}

// segments is how many different ones a row asks for.
const segments = 30

func (r row) measure(ours *manifold, dir string, pairs int, each time.Duration) (measured, error) {
	urls, err := r.urls(ours)
	if err != nil {
		return measured{}, err
	}
	return compare(&ours.server, urls, dir, pairs, each)
}

var (
	videoRate = regexp.MustCompile(`Bitrate="(\d+)" FourCC="H264"`)
	audioName = regexp.MustCompile(`Type="audio"[^>]* Name="([^"]+)"`)
	chunk     = regexp.MustCompile(`Type="video"(?s:.*?)<c t="0" d="(\d+)"`)
)

// urls returns what a row asks for.
func (r row) urls(ours *manifold) ([]string, error) {
	base, ok := ours.assets[r.asset]
	if !ok {
		return nil, fmt.Errorf("there is no asset %s", r.asset)
	}
	if r.manifest {
		return []string{base + "manifest(format=" + r.format + ")"}, nil
	}
	a, err := http.Get(base + "manifest")
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		return nil, err
	}
	rate, length := videoRate.FindSubmatch(b), chunk.FindSubmatch(b)
	if rate == nil || length == nil || string(length[1]) != "60000000" {
		return nil, fmt.Errorf("the fragments of %s are not of 6 s", r.asset)
	}
	tail := ""
	if r.format != "" {
		tail = ",format=" + r.format
	}
	if r.encryption != "" {
		tail += ",encryption=" + r.encryption
	}
	if name := audioName.FindSubmatch(b); r.format == "m3u8-aapl-v3" && name != nil {
		tail += ",audiotrack=" + string(name[1])
	}
	var out []string
	for k := range segments {
		out = append(out, fmt.Sprintf("%sQualityLevels(%s)/Fragments(video=%d%s)", base, rate[1], k*60_000_000, tail))
	}
	return out, nil
}

// whole measures what is no ratio of segments: fresh processes, long assets,
// memory.
func whole(program, dir string, ours *manifold) error {
	fmt.Println()
	for _, f := range []struct{ name, asset, format string }{
		{"first MPD of a fresh process, 5 × 10 min", "set", "mpd-time-csf"},
		{"first MPD of a fresh process, 2 × 4 h", "long", "mpd-time-csf"},
	} {
		ms, err := cold(program, dir, func(m *manifold) (string, error) {
			return m.assets[f.asset] + "manifest(format=" + f.format + ")", nil
		})
		if err != nil {
			return err
		}
		fmt.Printf("%-44s %8.1f ms\n", f.name, ms)
	}
	ms, err := cold(program, dir, func(m *manifold) (string, error) {
		u, err := row{asset: "long", format: "m3u8-cmaf"}.urls(m)
		if err != nil {
			return "", err
		}
		return u[len(u)-1], nil
	})
	if err != nil {
		return err
	}
	fmt.Printf("%-44s %8.1f ms\n", "first segment of a 4 h file, fresh process", ms)
	return inFlight(ours)
}

// cold is the median time in ms of the first answer of five processes that
// have opened their assets.
func cold(program, dir string, url func(*manifold) (string, error)) (float64, error) {
	var all []float64
	for range 5 {
		m, err := startManifold(program, dir)
		if err != nil {
			return 0, err
		}
		u, err := url(m)
		t := time.Now()
		if err == nil {
			err = fetch(u, os.DevNull)
		}
		all = append(all, float64(time.Since(t).Microseconds())/1000)
		m.stop()
		if err != nil {
			return 0, err
		}
	}
	return median(all), nil
}

// inFlight prints the memory that our server holds with many readers of large
// TS segments, fast and slow ones.
func inFlight(ours *manifold) error {
	urls, err := row{asset: "muxed-1080", format: "m3u8-aapl"}.urls(ours)
	if err != nil {
		return err
	}
	before, err := resident(ours.pid)
	if err != nil {
		return err
	}
	if _, _, err := load(urls, 64, 5*time.Second); err != nil {
		return err
	}
	fast, err := resident(ours.pid)
	if err != nil {
		return err
	}
	slow, err := slowly(ours, urls)
	if err != nil {
		return err
	}
	fmt.Printf("%-44s %v; %.2f MB a connection\n", "64 readers of 1080p TS", fast, float64(fast.own-before.own)/(64<<20))
	fmt.Printf("%-44s %v\n", "64 slow readers (100 kB/s) of the same", slow)
	n, bytes, err := load(urls, 200, time.Minute)
	if err != nil {
		return fmt.Errorf("200 players: %w", err)
	}
	after, err := resident(ours.pid)
	fmt.Printf("%-44s %v; %d answers, %.1f GB, no error\n", "200 players for 60 s", after, n, float64(bytes)/1e9)
	return err
}

// slowly lets 64 readers take 100 kB a second each for ten seconds, and returns
// the largest resident memory meanwhile.
func slowly(ours *manifold, urls []string) (most memory, err error) {
	end := time.Now().Add(10 * time.Second)
	var wait sync.WaitGroup
	for i := range 64 {
		wait.Go(func() {
			a, err := http.Get(urls[i%len(urls)])
			if err != nil {
				return
			}
			defer a.Body.Close()
			for time.Now().Before(end) {
				if _, err := io.CopyN(io.Discard, a.Body, 10_000); err != nil {
					return
				}
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
	for time.Now().Before(end) {
		n, err := resident(ours.pid)
		if err != nil {
			return most, err
		}
		if n.own > most.own {
			most = n
		}
		time.Sleep(100 * time.Millisecond)
	}
	wait.Wait()
	return most, nil
}
