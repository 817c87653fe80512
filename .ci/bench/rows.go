package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// row is one line of the table.
type row struct {
	name       string
	goal, peer string // ratios: what is aimed at, what nginx-vod-module reached
	asset      string
	format     string // of format=, "" is Smooth Streaming
	encryption string // of encryption=, "" is none
	asks       asks
}

// asks is what a row asks for again and again.
type asks int

const (
	segments     asks = iota // the first ones
	lastSegments             // those at the end
	manifest                 // one, whose text is kept
	manifestAnew             // one, written anew each time
)

var rows = []row{
	{"HLS CMAF 1080p, muxed source", "1.15", "1.0", "muxed-1080", "m3u8-cmaf", "", segments},
	{"HLS CMAF 1080p, video alone", "1.15", "1.0", "video-1080", "m3u8-cmaf", "", segments},
	{"HLS CMAF 360p, muxed source", "0.80", "0.24", "muxed-360", "m3u8-cmaf", "", segments},
	{"HLS CMAF 360p, video alone", "1.00", "1.2", "video-360", "m3u8-cmaf", "", segments},
	{"DASH CMAF 1080p, muxed source", "1.15", "1.0", "muxed-1080", "mpd-time-cmaf", "", segments},
	{"DASH CMAF 1080p, video alone", "1.15", "1.0", "video-1080", "mpd-time-cmaf", "", segments},
	{"DASH CMAF 360p, muxed source", "0.80", "0.24", "muxed-360", "mpd-time-cmaf", "", segments},
	{"DASH CMAF 360p, video alone", "1.00", "1.2", "video-360", "mpd-time-cmaf", "", segments},
	{"DASH CSF 1080p, muxed source", "1.15", "1.0", "muxed-1080", "mpd-time-csf", "", segments},
	{"DASH CSF 1080p, video alone", "1.15", "1.0", "video-1080", "mpd-time-csf", "", segments},
	{"DASH CSF 360p, muxed source", "0.80", "0.24", "muxed-360", "mpd-time-csf", "", segments},
	{"DASH CSF 360p, video alone", "1.00", "1.2", "video-360", "mpd-time-csf", "", segments},
	{"Smooth 1080p, muxed source", "1.15", "1.0", "muxed-1080", "", "", segments},
	{"Smooth 1080p, video alone", "1.15", "1.0", "video-1080", "", "", segments},
	{"Smooth 360p, muxed source", "0.80", "0.33", "muxed-360", "", "", segments},
	{"Smooth 360p, video alone", "1.00", "1.2", "video-360", "", "", segments},
	{"HLS V4 TS 1080p, muxed source", "0.90", "0.70", "muxed-1080", "m3u8-aapl", "", segments},
	{"HLS V4 TS 1080p, video alone", "0.90", "0.70", "video-1080", "m3u8-aapl", "", segments},
	{"HLS V4 TS 360p, muxed source", "0.80", "0.60", "muxed-360", "m3u8-aapl", "", segments},
	{"HLS V4 TS 360p, video alone", "0.80", "0.60", "video-360", "m3u8-aapl", "", segments},
	{"HLS V3 TS 1080p, audio muxed", "0.90", "0.70", "muxed-1080", "m3u8-aapl-v3", "", segments},
	{"HLS V3 TS 1080p, video alone", "0.90", "0.70", "video-1080", "m3u8-aapl-v3", "", segments},
	{"HLS V3 TS 360p, audio muxed", "0.80", "0.60", "muxed-360", "m3u8-aapl-v3", "", segments},
	{"HLS V3 TS 360p, video alone", "0.80", "0.60", "video-360", "m3u8-aapl-v3", "", segments},
	{"4 h, HLS CMAF 360p, first segments", "0.80", "0.24", "long", "m3u8-cmaf", "", segments},
	{"4 h, HLS CMAF 360p, last segments", "0.80", "0.24", "long", "m3u8-cmaf", "", lastSegments},
	{"CENC DASH 1080p, muxed source", "0.75", "0.47", "muxed-1080", "mpd-time-csf", "cenc", segments},
	{"CENC DASH 1080p, video alone", "0.75", "0.63", "video-1080", "mpd-time-csf", "cenc", segments},
	{"CENC DASH 360p, muxed source", "0.65", "0.44", "muxed-360", "mpd-time-csf", "cenc", segments},
	{"cbcs HLS CMAF 1080p, muxed source", "0.80", "0.50", "muxed-1080", "m3u8-cmaf", "cbcs-aapl", segments},
	{"cbcs HLS CMAF 360p, muxed source", "0.65", "0.24", "muxed-360", "m3u8-cmaf", "cbcs-aapl", segments},
	{"AES-128 HLS V4 1080p, muxed source", "0.30", "0.30", "muxed-1080", "m3u8-aapl", "cbc", segments},
	{"AES-128 HLS V4 360p, muxed source", "0.30", "0.24", "muxed-360", "m3u8-aapl", "cbc", segments},
	{"SAMPLE-AES HLS V4 1080p, muxed source", "0.60", "0.31", "muxed-1080", "m3u8-aapl", "cbcs-aapl", segments},
	{"SAMPLE-AES HLS V4 360p, muxed source", "0.60", "0.27", "muxed-360", "m3u8-aapl", "cbcs-aapl", segments},
	{"manifest, master playlist, again", "0.60", "1.2", "set", "m3u8-aapl", "", manifest},
	{"manifest, MPD, again", "0.60", "0.8", "set", "mpd-time-csf", "", manifest},
	{"manifest, MPD of 10 min, written anew", "0.20", "0.02", "set", "mpd-time-csf", "", manifestAnew},
	{"manifest, MPD of 4 h, written anew", "0.20", "0.0007", "long", "mpd-time-csf", "", manifestAnew},
}

// spread is how many different segments a row asks for.
const spread = 30

func (r row) measure(ours *manifold, dir string, pairs int, each time.Duration) (measured, error) {
	if r.asks == manifestAnew {
		var err error
		if ours, err = startManifold(ours.program, dir, folders, "--manifest-cache", "0"); err != nil {
			return measured{}, err
		}
		defer ours.stop()
	}
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
	chunks    = regexp.MustCompile(`Chunks="(\d+)" Type="video"`)
)

// urls returns what a row asks for.
func (r row) urls(ours *manifold) ([]string, error) {
	base, ok := ours.assets[r.asset]
	if !ok {
		return nil, fmt.Errorf("there is no asset %s", r.asset)
	}
	if r.asks == manifest || r.asks == manifestAnew {
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
	rate := 0 // of the largest picture
	for _, m := range videoRate.FindAllSubmatch(b, -1) {
		n, _ := strconv.Atoi(string(m[1]))
		rate = max(rate, n)
	}
	length, count, first := chunk.FindSubmatch(b), chunks.FindSubmatch(b), 0
	if rate == 0 || length == nil || count == nil || string(length[1]) != "60000000" {
		return nil, fmt.Errorf("the fragments of %s are not of 6 s", r.asset)
	}
	if r.asks == lastSegments {
		n, _ := strconv.Atoi(string(count[1]))
		first = n - spread
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
	for k := range spread {
		out = append(out, fmt.Sprintf("%sQualityLevels(%d)/Fragments(video=%d%s)", base, rate, (first+k)*60_000_000, tail))
	}
	return out, nil
}

// whole measures what is no ratio of segments: fresh processes, long assets,
// memory.
func whole(dir string, ours *manifold) error {
	fmt.Println()
	aManifest := func(m *manifold, asset string) (string, error) {
		return m.assets[asset] + "manifest(format=mpd-time-csf)", nil
	}
	aSegment := func(m *manifold, asset string) (string, error) {
		u, err := row{asset: asset, format: "m3u8-cmaf"}.urls(m)
		if err != nil {
			return "", err
		}
		return u[len(u)-1], nil
	}
	for _, f := range []struct {
		name, asset string
		url         func(m *manifold, asset string) (string, error)
	}{
		{"MPD of 5 × 10 min, fresh process", "set", aManifest},
		{"MPD of 2 × 4 h, fresh process", "long", aManifest},
		{"segment of 10 min, fresh process", "muxed-360", aSegment},
		{"segment of 4 h, fresh process", "long", aSegment},
	} {
		start, answer, err := cold(ours.program, dir, f.asset, f.url)
		if err != nil {
			return err
		}
		fmt.Printf("%-44s %6.1f ms, after %.0f ms for the process to start and read the index\n", f.name, answer, start)
	}
	if err := perHour(ours.program, dir); err != nil {
		return err
	}
	return inFlight(ours)
}

// cold is the median time in ms of five processes until they have opened an asset,
// and then of the first answer.
func cold(program, dir, asset string, url func(m *manifold, asset string) (string, error)) (start, answer float64, err error) {
	var starts, answers []float64
	since := func(t time.Time) float64 { return float64(time.Since(t).Microseconds()) / 1000 }
	for range 5 {
		t := time.Now()
		m, err := startManifold(program, dir, []string{asset})
		if err != nil {
			return 0, 0, err
		}
		starts = append(starts, since(t))
		u, err := url(m, asset)
		t = time.Now()
		if err == nil {
			err = fetch(u, os.DevNull)
		}
		answers = append(answers, since(t))
		m.stop()
		if err != nil {
			return 0, 0, err
		}
	}
	return median(starts), median(answers), nil
}

// perHour prints the memory that a file of audio and video takes for an hour of
// it: the difference of a process that has read the two files of 4 hours and one
// that has read two of 10 minutes, by eight hours less two sixths.
func perHour(program, dir string) error {
	var own [2]int64
	for i, assets := range [][]string{{"muxed-180", "muxed-360"}, {"long"}} {
		m, err := startManifold(program, dir, assets)
		if err != nil {
			return err
		}
		for _, a := range assets {
			if err := fetch(m.assets[a]+"manifest(format=mpd-time-csf)", os.DevNull); err != nil {
				m.stop()
				return err
			}
		}
		time.Sleep(time.Second)
		r, err := resident(m.pid)
		m.stop()
		if err != nil {
			return err
		}
		own[i] = r.own
	}
	fmt.Printf("%-44s %6.2f MB\n", "memory for an hour of a file", float64(own[1]-own[0])/(1<<20)/(8-2.0/6))
	return nil
}

// inFlight prints the memory that our server holds with many readers of large
// TS segments, fast and slow ones.
func inFlight(ours *manifold) error {
	before, err := resident(ours.pid)
	if err != nil {
		return err
	}
	var urls []string
	for _, x := range []struct{ name, encryption string }{{"AES-128", "cbc"}, {"SAMPLE-AES", "cbcs-aapl"}, {"in the clear", ""}} {
		if urls, err = (row{asset: "muxed-1080", format: "m3u8-aapl", encryption: x.encryption}).urls(ours); err != nil {
			return err
		}
		// long enough for the garbage of the collector to gather
		if _, _, err := load(urls, 64, 30*time.Second); err != nil {
			return err
		}
		fast, err := resident(ours.pid)
		if err != nil {
			return err
		}
		fmt.Printf("%-44s %v; %.2f MB a connection\n", "64 readers of 1080p TS, "+x.name, fast, float64(fast.own-before.own)/(64<<20))
	}
	slow, err := slowly(ours, urls)
	if err != nil {
		return err
	}
	fmt.Printf("%-44s %v\n", "64 slow readers (100 kB/s) of the last", slow)
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
