package proof

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"manifold/app/verify"
)

// track is one track of a source file as ffprobe sees it, on the timeline that
// the file's edit list makes.
type track struct {
	file     string
	index    int
	kind     verify.Kind
	language string
	step     int64 // most frequent packet duration, ns
	packets  []packet
	first    int // index of the first packet that must be delivered
}

type packet struct {
	at   int64 // presentation time, ns
	key  bool
	hash [md5.Size]byte // of the normal form
}

type probe struct {
	Streams []struct {
		Index    int
		Type     string            `json:"codec_type"`
		Base     string            `json:"time_base"`
		NAL      string            `json:"nal_length_size"`
		Tags     map[string]string `json:"tags"`
		Duration string            `json:"duration"`
	}
	Packets []struct {
		Stream int    `json:"stream_index"`
		PTS    int64  `json:"pts"`
		DTS    int64  `json:"dts"`
		Pos    string `json:"pos"`
		Size   string `json:"size"`
		Flags  string `json:"flags"`
		Length int64  `json:"duration"`
	}
}

// readSource reads every audio and video track of a file.
func readSource(t testing.TB, file string) []*track {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-ignore_editlist", "1", "-of", "json", "-show_streams",
		"-show_entries", "packet=stream_index,pts,dts,pos,size,flags,duration", "-show_packets", file).Output()
	if err != nil {
		t.Fatalf("ffprobe %s: %v", file, err)
	}
	var p probe
	if err := json.Unmarshal(out, &p); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var tracks []*track
	for _, s := range p.Streams {
		tr := &track{file: file, index: s.Index, kind: verify.Kind(s.Type), language: s.Tags["language"]}
		scale, err := strconv.ParseInt(strings.TrimPrefix(s.Base, "1/"), 10, 64)
		if err != nil {
			t.Fatalf("%s: time base %s", file, s.Base)
		}
		nal, _ := strconv.Atoi(s.NAL)
		shift := editShift(t, data, s.Index, scale)
		durations := map[int64]int{}
		for _, q := range p.Packets {
			if q.Stream != s.Index {
				continue
			}
			pos, err := strconv.Atoi(q.Pos)
			size, err2 := strconv.Atoi(q.Size)
			if err != nil || err2 != nil {
				t.Fatalf("%s: packet at %q of %q bytes", file, q.Pos, q.Size)
			}
			durations[q.Length]++
			tr.packets = append(tr.packets, packet{
				at:   q.PTS*1e9/scale + shift,
				key:  strings.HasPrefix(q.Flags, "K"),
				hash: normal(t, data[pos:pos+size], nal),
			})
		}
		tr.step = mode(durations) * 1e9 / scale
		tr.first = firstDelivered(tr)
		tracks = append(tracks, tr)
	}
	return tracks
}

// normal hashes a payload in the form that is the same in every container; nal
// is the length of a NAL unit's length, 0 for audio.
func normal(t testing.TB, data []byte, nal int) [md5.Size]byte {
	t.Helper()
	if nal == 0 {
		return md5.Sum(data)
	}
	picture, err := verify.Picture(data, nal)
	if err != nil {
		t.Fatal(err)
	}
	return md5.Sum(picture)
}

func mode(counts map[int64]int) int64 {
	var best int64
	for d, n := range counts {
		if n > counts[best] {
			best = d
		}
	}
	return best
}

// firstDelivered returns the first packet that an origin has to serve: of audio
// the first that does not begin more than half a frame before 0, of video the
// sync sample at or before 0, from which decoding begins.
func firstDelivered(tr *track) int {
	if tr.kind == verify.Audio {
		return slices.IndexFunc(tr.packets, func(p packet) bool { return p.at >= -tr.step/2 })
	}
	first := 0
	for i, p := range tr.packets {
		if p.key && p.at <= 0 {
			first = i
		}
	}
	return first
}

// editShift returns what the edit list adds to composition times, in ns: the
// length of its empty edits less the media time of its first real one.
func editShift(t testing.TB, file []byte, index int, scale int64) int64 {
	t.Helper()
	moov := find(file, "moov")
	movie := int64(timescale(find(moov, "mvhd")))
	traks := findAll(moov, "trak")
	if index >= len(traks) {
		t.Fatalf("track %d of %d", index, len(traks))
	}
	elst := find(find(traks[index], "edts"), "elst")
	if elst == nil {
		return 0
	}
	var empty int64
	entry := elst[8:]
	for range binary.BigEndian.Uint32(elst[4:]) {
		var duration, media int64
		if elst[0] == 1 {
			duration, media = int64(binary.BigEndian.Uint64(entry)), int64(binary.BigEndian.Uint64(entry[8:]))
			entry = entry[20:]
		} else {
			duration, media = int64(binary.BigEndian.Uint32(entry)), int64(int32(binary.BigEndian.Uint32(entry[4:])))
			entry = entry[12:]
		}
		if media >= 0 {
			return empty*1e9/movie - media*1e9/scale
		}
		empty += duration
	}
	return 0
}

func timescale(header []byte) uint32 {
	if header[0] == 1 {
		return binary.BigEndian.Uint32(header[20:])
	}
	return binary.BigEndian.Uint32(header[12:])
}

func find(data []byte, kind string) []byte {
	if all := findAll(data, kind); len(all) > 0 {
		return all[0]
	}
	return nil
}

// findAll returns the bodies of the boxes of a kind; the files are our own, so
// their sizes are trusted.
func findAll(data []byte, kind string) [][]byte {
	var out [][]byte
	for len(data) >= 8 {
		size := int(binary.BigEndian.Uint32(data))
		if size < 8 || size > len(data) {
			break
		}
		if string(data[4:8]) == kind {
			out = append(out, data[8:size])
		}
		data = data[size:]
	}
	return out
}

// sources reads all media files of a folder. What begins later than its first
// second is delivered from there on: whole seconds are taken off.
func sources(t testing.TB, dir string) []*track {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []*track
	for _, e := range list {
		if slices.Contains([]string{".mp4", ".m4a", ".mov", ".ismv"}, filepath.Ext(e.Name())) {
			out = append(out, readSource(t, filepath.Join(dir, e.Name()))...)
		}
	}
	const second = 1e9
	begin := int64(math.MaxInt64)
	for _, tr := range out {
		begin = min(begin, tr.packets[tr.first].at)
	}
	if late := begin / second * second; late > 0 {
		for _, tr := range out {
			for i := range tr.packets {
				tr.packets[i].at -= late
			}
		}
	}
	return out
}

func (tr *track) String() string {
	return fmt.Sprintf("%s track %d", filepath.Base(tr.file), tr.index)
}
