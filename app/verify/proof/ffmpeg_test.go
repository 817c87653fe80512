package proof

import (
	"bufio"
	"bytes"
	"context"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"manifold/app/verify"
)

// Debian's ffmpeg takes HLS segments only from URLs that end in a known
// extension, unless it is told otherwise.
var hlsOptions = []string{"-allowed_extensions", "ALL", "-allowed_segment_extensions", "ALL", "-extension_picky", "0", "-protocol_whitelist", "file,http,tcp,crypto"}

// readable are the formats that ffmpeg reads; it has no Smooth demuxer.
var readable = formats[:5]

func inputOptions(tail string) []string {
	if strings.Contains(tail, "m3u8") {
		return hlsOptions
	}
	return nil
}

// ffmpeg runs the program; whatever it prints at the level of errors fails.
func ffmpeg(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "ffmpeg", append([]string{"-nostdin", "-hide_banner", "-v", "error", "-y"}, args...)...)
	var out bytes.Buffer
	cmd.Stderr = &out
	err := cmd.Run()
	if err == nil && out.Len() > 0 {
		err = fmt.Errorf("it complains")
	}
	if err != nil {
		return fmt.Errorf("%w\n%s\n%s", err, cmd, out.Bytes())
	}
	return nil
}

// stream is one stream that ffprobe finds behind a manifest.
type stream struct {
	Index  int    `json:"index"`
	Type   string `json:"codec_type"`
	Codec  string `json:"codec_name"`
	NAL    string `json:"nal_length_size"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

func streams(ctx context.Context, options []string, address string) ([]stream, error) {
	args := append([]string{"-v", "error", "-of", "json", "-show_streams"}, options...)
	out, err := exec.CommandContext(ctx, "ffprobe", append(args, address)...).Output()
	if err != nil {
		return nil, fmt.Errorf("ffprobe %s: %w", address, err)
	}
	var found struct{ Streams []stream }
	if err := json.Unmarshal(out, &found); err != nil {
		return nil, err
	}
	// A stream belongs to each variant that plays it and is listed once for each.
	slices.SortFunc(found.Streams, func(a, b stream) int { return a.Index - b.Index })
	return slices.CompactFunc(found.Streams, func(a, b stream) bool { return a.Index == b.Index }), nil
}

// together returns the streams that one run of ffmpeg is asked for. Its DASH
// demuxer ends all streams with the first that ends, so each gets its own run.
func together(tail string, list []stream) [][]stream {
	if strings.Contains(tail, "m3u8") {
		return [][]stream{list}
	}
	var out [][]stream
	for i := range list {
		out = append(out, list[i:i+1])
	}
	return out
}

// copies lets ffmpeg copy every stream of a manifest, from a time on, and returns
// the packets that it got.
func copies(ctx context.Context, dir, tail, address string, from int) ([]stream, []*verify.Track, error) {
	list, err := streams(ctx, inputOptions(tail), address)
	if err != nil {
		return nil, nil, err
	}
	for _, run := range together(tail, list) {
		// What its parsers say about a stream that begins in the middle is no
		// verdict on the packets: these are compared.
		args := []string{"-v", "fatal", "-copyts"}
		if from > 0 {
			args = append(args, "-ss", strconv.Itoa(from), "-noaccurate_seek")
		}
		args = append(append(args, inputOptions(tail)...), "-i", address)
		for _, s := range run {
			one := []string{"-map", fmt.Sprintf("0:%d", s.Index), "-c", "copy"}
			if s.Type == "audio" && strings.Contains(tail, "aapl") {
				one = append(one, "-bsf:a", "aac_adtstoasc")
			}
			args = append(args, append(one, "-f", "data", filepath.Join(dir, fmt.Sprintf("%d.data", s.Index)))...)
			args = append(args, append(one, "-f", "framemd5", filepath.Join(dir, fmt.Sprintf("%d.list", s.Index)))...)
		}
		if err := ffmpeg(ctx, args...); err != nil {
			return nil, nil, err
		}
	}
	var tracks []*verify.Track
	for _, s := range list {
		tr, err := readCopy(dir, s)
		if err != nil {
			return nil, nil, err
		}
		tracks = append(tracks, tr)
	}
	return list, tracks, nil
}

// readCopy joins the bytes that ffmpeg wrote for a stream with its list of packets.
func readCopy(dir string, s stream) (*verify.Track, error) {
	tr := &verify.Track{Kind: verify.Kind(s.Type)}
	if s.NAL != "" {
		n, err := strconv.Atoi(s.NAL)
		if err != nil {
			return nil, err
		}
		tr.NALLength = n
	}
	data, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%d.data", s.Index)))
	if err != nil {
		return nil, err
	}
	list, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%d.list", s.Index)))
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(list))
	for lines.Scan() {
		line := lines.Text()
		if base, ok := strings.CutPrefix(line, "#tb 0: 1/"); ok {
			if tr.Timescale, err = strconv.ParseInt(base, 10, 64); err != nil {
				return nil, err
			}
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		column := strings.Split(strings.ReplaceAll(line, " ", ""), ",")
		if len(column) < 6 {
			return nil, fmt.Errorf("framemd5 wrote %q", line)
		}
		pts, err := strconv.ParseInt(column[2], 10, 64)
		if err != nil {
			return nil, err
		}
		size, err := strconv.Atoi(column[4])
		if err != nil || size > len(data) {
			return nil, fmt.Errorf("framemd5 wrote %q, %d bytes left", line, len(data))
		}
		if sum := fmt.Sprintf("%x", md5.Sum(data[:size])); sum != column[5] {
			return nil, fmt.Errorf("the packet with MD5 %s is not where it is expected", column[5])
		}
		tr.Packets = append(tr.Packets, verify.Packet{PTS: pts, Data: data[:size]})
		data = data[size:]
	}
	return tr, lines.Err()
}

// TestFFmpegGetsEveryPacket copies every stream of every manifest with ffmpeg and
// compares the packets with the source's, payloads exactly and times up to a
// constant.
func TestFFmpegGetsEveryPacket(t *testing.T) {
	for name, dir := range good(t) {
		source := sources(t, dir)
		for _, f := range readable {
			t.Run(name+"/"+f.name, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
				defer cancel()
				list, tracks, err := copies(ctx, t.TempDir(), f.tail, shared.ism(t, name)+f.tail, 0)
				if err != nil {
					t.Fatal(err)
				}
				for i, tr := range tracks {
					if err := contained(tr, source, true); err != nil {
						t.Errorf("stream %d (%s %dx%d): %v", list[i].Index, list[i].Type, list[i].Width, list[i].Height, err)
					}
				}
			})
		}
	}
}

// TestFFmpegGetsEveryPacketFromTheMiddle does the same after a seek.
func TestFFmpegGetsEveryPacketFromTheMiddle(t *testing.T) {
	source := sources(t, good(t)["ladder"])
	for _, f := range readable {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			address := shared.ism(t, "ladder") + f.tail
			if strings.Contains(f.tail, "m3u8-cmaf") {
				tailsOfPlaylists(ctx, t, address, source)
				return
			}
			list, tracks, err := copies(ctx, t.TempDir(), f.tail, address, 13)
			if err != nil {
				t.Fatal(err)
			}
			for i, tr := range tracks {
				if err := contained(tr, source, false); err != nil {
					t.Errorf("stream %d (%s %dx%d): %v", list[i].Index, list[i].Type, list[i].Width, list[i].Height, err)
				}
			}
		})
	}
}

// tailsOfPlaylists gives ffmpeg playlists of our segments that begin in the
// middle: it cannot seek in fragmented HLS, not even in what it wrote itself.
func tailsOfPlaylists(ctx context.Context, t *testing.T, address string, source []*track) {
	p, err := verify.Client{}.Open(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range p.Renditions {
		if r.Kind == verify.KeyFrames {
			continue
		}
		dir := t.TempDir()
		list := filepath.Join(dir, "tail.m3u8")
		text := fmt.Sprintf("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:10\n#EXT-X-MAP:URI=%q\n", r.Init)
		for _, s := range r.Segments[len(r.Segments)/2:] {
			text += fmt.Sprintf("#EXTINF:%.6f,\n%s\n", float64(s.Duration)/float64(r.Timescale), s.URL)
		}
		if err := os.WriteFile(list, []byte(text+"#EXT-X-ENDLIST\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, tracks, err := copies(ctx, dir, "m3u8-cmaf", list, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, tr := range tracks {
			if err := contained(tr, source, false); err != nil {
				t.Errorf("rendition %d (%s %dx%d): %v", i, r.Kind, r.Width, r.Height, err)
			}
		}
	}
}

// contained demands that the packets are those of one source track: all that must
// be delivered, or an unbroken run to the end. Times are compared up to a
// constant, to a millisecond: some of ffmpeg's demuxers round that much.
func contained(got *verify.Track, source []*track, whole bool) error {
	var hashes [][md5.Size]byte
	for _, p := range got.Packets {
		data := p.Data
		var err error
		if got.Kind == verify.Video {
			if data, err = verify.Picture(p.Data, got.NALLength); err != nil {
				return err
			}
		}
		hashes = append(hashes, md5.Sum(data))
	}
	if len(hashes) == 0 {
		return fmt.Errorf("no packets")
	}
	for _, s := range source {
		first := len(s.packets) - len(hashes)
		if s.kind != got.Kind || first < s.first || whole && first != s.first || s.packets[first].hash != hashes[0] {
			continue
		}
		n := len(hashes)
		constant := nanoseconds(got.Packets[n-1].PTS, got.Timescale) - s.packets[first+n-1].at
		for i, p := range got.Packets {
			want := s.packets[first+i]
			if hashes[i] != want.hash {
				return fmt.Errorf("%s: packet %d has other bytes", s, first+i)
			}
			if got.Kind == verify.Audio && i < 8 {
				continue
			}
			if off := nanoseconds(p.PTS, got.Timescale) - want.at - constant; off > 1e6 || off < -1e6 {
				return fmt.Errorf("%s: packet %d is %d ns off", s, first+i, off)
			}
		}
		return nil
	}
	return fmt.Errorf("%d packets are the end of no track of the source", len(hashes))
}

// TestFFmpegDecodesEveryManifest decodes every stream; an error line fails, and
// every packet of the source that is delivered gives its frame.
func TestFFmpegDecodesEveryManifest(t *testing.T) {
	for name, dir := range good(t) {
		want := map[int]bool{}
		for _, s := range sources(t, dir) {
			want[len(s.packets)-s.first] = true
		}
		for _, f := range readable {
			t.Run(name+"/"+f.name, func(t *testing.T) {
				t.Parallel()
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
				defer cancel()
				address, dir := shared.ism(t, name)+f.tail, t.TempDir()
				list, err := streams(ctx, inputOptions(f.tail), address)
				if err != nil {
					t.Fatal(err)
				}
				frames := map[int]int{}
				for _, run := range together(f.tail, list) {
					args := append(slices.Clone(inputOptions(f.tail)), "-i", address)
					for _, s := range run {
						args = append(args, "-map", fmt.Sprintf("0:%d", s.Index), "-vsync", "passthrough", "-f", "framecrc", filepath.Join(dir, strconv.Itoa(s.Index)))
					}
					if err := ffmpeg(ctx, args...); err != nil {
						t.Fatal(err)
					}
					for _, s := range run {
						text, err := os.ReadFile(filepath.Join(dir, strconv.Itoa(s.Index)))
						if err != nil {
							t.Fatal(err)
						}
						for line := range strings.Lines(string(text)) {
							if !strings.HasPrefix(line, "#") {
								frames[s.Index]++
							}
						}
					}
				}
				for index, n := range frames {
					if !want[n] {
						t.Errorf("stream %d: %d frames; the tracks of the source have %v", index, n, want)
					}
				}
				if len(frames) == 0 {
					t.Error("no frames")
				}
			})
		}
	}
}
