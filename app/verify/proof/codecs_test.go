package proof

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// codecSets are the sets of other codecs, with the formats that ffmpeg reads and
// that carry all of each.
var codecSets = map[string]struct {
	flags   []string
	formats []string
}{
	"hevc":     {nil, []string{"m3u8-aapl", "m3u8-cmaf", "mpd-time-csf", "mpd-time-cmaf"}},
	"surround": {nil, []string{"m3u8-aapl", "m3u8-cmaf", "mpd-time-csf", "mpd-time-cmaf"}},
	"extended": {[]string{"--extended-codecs"}, []string{"m3u8-cmaf", "mpd-time-csf", "mpd-time-cmaf"}},
}

// normalizers bring packets into a form that is the same in every container:
// byte streams without parameter sets and delimiters, AAC without ADTS.
var normalizers = map[string]string{
	"h264": "h264_mp4toannexb,filter_units=remove_types=7-9",
	"hevc": "hevc_mp4toannexb,filter_units=remove_types=32-35",
	"aac":  "aac_adtstoasc",
}

// hashes lets ffmpeg copy a stream and returns the hash of every packet.
func hashes(ctx context.Context, s stream, options []string, address string) ([]string, error) {
	args := append([]string{"-nostdin", "-v", "fatal", "-copyts"}, options...)
	args = append(args, "-i", address, "-map", fmt.Sprintf("0:%d", s.Index), "-c", "copy")
	if filter := normalizers[s.Codec]; filter != "" {
		args = append(args, "-bsf", filter)
	}
	out, err := exec.CommandContext(ctx, "ffmpeg", append(args, "-f", "framemd5", "-")...).Output()
	if err != nil {
		return nil, fmt.Errorf("ffmpeg %q: %w", args, err)
	}
	var list []string
	for _, line := range strings.Split(string(out), "\n") {
		if column := strings.Split(line, ","); !strings.HasPrefix(line, "#") && len(column) >= 6 {
			list = append(list, strings.TrimSpace(column[4])+" "+strings.TrimSpace(column[5]))
		}
	}
	return list, nil
}

// TestFFmpegGetsEveryPacketOfOtherCodecs copies every track of the sets of other
// codecs out of every format and compares the packets with the source's. Audio
// may lack what the edit list leaves out at its beginning.
func TestFFmpegGetsEveryPacketOfOtherCodecs(t *testing.T) {
	for name, set := range codecSets {
		dir := filepath.Join(made, "codecs", name)
		o := serve(t, append(set.flags, dir)...)
		files, err := filepath.Glob(filepath.Join(dir, "*.mp4"))
		if err != nil || len(files) == 0 {
			t.Fatal("no files in ", dir)
		}
		for _, f := range set.formats {
			t.Run(name+"/"+f, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
				defer cancel()
				address := o.ism(t, name) + "/manifest(format=" + f + ")"
				options := inputOptions(address)
				delivered, err := streams(ctx, options, address)
				if err != nil {
					t.Fatal(err)
				}
				for _, file := range files {
					compareFile(ctx, t, file, delivered, options, address)
				}
			})
		}
	}
}

// compareFile finds the stream of each track of a file by codec and width, and
// compares them.
func compareFile(ctx context.Context, t *testing.T, file string, delivered []stream, options []string, address string) {
	t.Helper()
	source, err := streams(ctx, nil, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range source {
		at := slices.IndexFunc(delivered, func(d stream) bool { return d.Codec == s.Codec && d.Width == s.Width })
		if at < 0 {
			t.Errorf("no stream is the %s of %s", s.Codec, filepath.Base(file))
			continue
		}
		want, err := hashes(ctx, s, []string{"-ignore_editlist", "1"}, file)
		if err != nil {
			t.Fatal(err)
		}
		got, err := hashes(ctx, delivered[at], options, address)
		if err != nil {
			t.Fatal(err)
		}
		missing := len(want) - len(got)
		if len(got) == 0 || missing < 0 || missing > 1 || s.Type == "video" && missing > 0 || !slices.Equal(got, want[missing:]) {
			t.Errorf("%s of %s: %d packets, the source has %d, or others", s.Codec, filepath.Base(file), len(got), len(want))
		}
	}
}

// What a codec keeps out of a format is said in the findings, and answered where
// nothing is left.
func TestCodecsWithoutAPlaceAreNamed(t *testing.T) {
	dir := filepath.Join(made, "codecs", "extended")
	refused, allowed := serve(t, dir), serve(t, "--extended-codecs", dir)
	for _, c := range []struct {
		o          *origin
		code, says string
		tail       string
		status     int
	}{
		{refused, "unsupported-codec", "Opus", "/manifest(format=mpd-time-cmaf)", http.StatusUnsupportedMediaType},
		{allowed, "codec-not-carried", "MPEG-2 TS does not carry AV1", "/manifest(format=m3u8-aapl)", http.StatusUnsupportedMediaType},
		{allowed, "codec-not-carried", "Smooth Streaming does not carry FLAC", "/manifest(format=mpd-time-cmaf)", http.StatusOK},
	} {
		if !slices.ContainsFunc(c.o.Assets[0].Findings, func(f finding) bool { return f.Code == c.code && strings.Contains(f.Message, c.says) && f.Advice != "" }) {
			t.Errorf("no finding %s says %q: %+v", c.code, c.says, c.o.Assets[0].Findings)
		}
		answer, err := http.Get(c.o.ism(t, c.o.Assets[0].Name) + c.tail)
		if err != nil {
			t.Fatal(err)
		}
		if answer.Body.Close(); answer.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", c.tail, answer.StatusCode, c.status)
		}
	}
}
