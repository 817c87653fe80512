package verify

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// transportStream builds a small stream: PAT, PMT, one picture, one sound.
func transportStream() []byte {
	pat := psi(0, []byte{0, 1, 0xC1, 0, 0, 0, 1, 0xE0 | 0x10, 0x00})
	pmt := psi(2, []byte{0, 1, 0xC1, 0, 0, 0xE1, 0x00, 0xF0, 0, typeH264, 0xE1, 0x00, 0xF0, 0, typeAAC, 0xE1, 0x01, 0xF0, 0})
	picture := join(start, []byte{0x09, 0xF0}, sps, pps, slice)
	sound := []byte{0xFF, 0xF1, 0x4C, 0x80, 0x01, 0x3F, 0xFC, 0x21, 0x22} // two bytes in a frame of 48 kHz
	var out []byte
	out = append(out, section188(0, pat)...)
	out = append(out, section188(0x1000, pmt)...)
	out = append(out, pes188(0x100, 0xE0, 900_000, 899_000, picture)...)
	return append(out, pes188(0x101, 0xC0, 900_000, -1, sound)...)
}

// psi is a section with its CRC; body begins with the table's id.
func psi(table byte, body []byte) []byte {
	s := append([]byte{table, 0xB0, byte(len(body) + 4)}, body...)
	return binary.BigEndian.AppendUint32(s, crc32MPEG(s))
}

func section188(pid int, s []byte) []byte {
	p := append([]byte{syncByte, 0x40 | byte(pid>>8), byte(pid), 0x10, 0}, s...)
	return append(p, bytes.Repeat([]byte{0xFF}, packetSize-len(p))...)
}

// pes188 is one PES packet in one packet, with a PCR where pcr is not negative.
func pes188(pid int, stream byte, pts, pcr int64, payload []byte) []byte {
	head := []byte{0, 0, 1, stream, 0, 0, 0x80, 0x80, 5}
	head = append(head, 0x21|byte(pts>>29)&0x0E, byte(pts>>22), byte(pts>>14)|1, byte(pts>>7), byte(pts<<1)|1)
	content := append(head, payload...)
	field := []byte{0x40} // random access
	if pcr >= 0 {
		field = []byte{0x50, byte(pcr >> 25), byte(pcr >> 17), byte(pcr >> 9), byte(pcr >> 1), byte(pcr<<7) | 0x7E, 0}
	}
	field = append(field, bytes.Repeat([]byte{0xFF}, packetSize-5-len(field)-len(content))...)
	p := []byte{syncByte, 0x40 | byte(pid>>8), byte(pid), 0x30, byte(len(field))}
	return append(append(p, field...), content...)
}

func TestATransportStreamIsRead(t *testing.T) {
	c, err := readTS(transportStream(), continuity{})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Tracks) != 2 || c.Tracks[0].Packets[0].PTS != 900_000 || !c.Tracks[0].Packets[0].Key {
		t.Errorf("%+v", c.Tracks)
	}
	if got := c.Tracks[1].Packets[0].Data; !bytes.Equal(got, []byte{0x21, 0x22}) {
		t.Errorf("the sound is %x", got)
	}
}

// TestBrokenTransportStreamsAreErrors breaks the stream in every way that the
// reader promises to notice.
func TestBrokenTransportStreamsAreErrors(t *testing.T) {
	const pat, pmt, video, audio = 0, packetSize, 2 * packetSize, 3 * packetSize
	for name, c := range map[string]struct {
		breakIt func(b []byte) []byte
		says    string
	}{
		"half a packet":             {func(b []byte) []byte { return b[:100] }, "whole number"},
		"no sync byte":              {func(b []byte) []byte { b[video] = 0; return b }, "sync byte"},
		"no PAT":                    {func(b []byte) []byte { return b[pmt:] }, "PAT and PMT"},
		"no PMT":                    {func(b []byte) []byte { return append(b[:pmt:pmt], b[video:]...) }, "PAT and PMT"},
		"a wrong CRC":               {func(b []byte) []byte { b[pat+12] ^= 1; return b }, "CRC"},
		"a counter that jumps":      {func(b []byte) []byte { return append(b, b[audio:]...) }, "counter"},
		"a PID that nobody named":   {func(b []byte) []byte { b[audio+2] = 9; return b }, "not in the PMT"},
		"a clock on the wrong PID":  {func(b []byte) []byte { b[audio+5] = 0x50; return b }, "PCR on PID"},
		"no clock":                  {func(b []byte) []byte { b[video+5] = 0x40; return b }, "no PCR"},
		"no PES start code":         {func(b []byte) []byte { b[video+5+int(b[video+4])+2] = 7; return b }, "start code"},
		"no random access":          {func(b []byte) []byte { b[video+5] = 0x10; return b }, "random access"},
		"no delimiter":              {func(b []byte) []byte { return bytes.Replace(b, []byte{0, 0, 0, 1, 9}, []byte{0, 0, 0, 1, 6}, 1) }, "delimiter"},
		"no sequence parameter set": {func(b []byte) []byte { return bytes.Replace(b, []byte{0, 0, 0, 1, 0x67}, []byte{0, 0, 0, 1, 0x66}, 1) }, "parameter sets"},
		"audio without ADTS":        {func(b []byte) []byte { return bytes.Replace(b, []byte{0xFF, 0xF1}, []byte{0xFF, 0x01}, 1) }, "ADTS"},
	} {
		if _, err := readTS(c.breakIt(transportStream()), continuity{}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	again := continuity{}
	if _, err := readTS(transportStream(), again); err != nil {
		t.Fatal(err)
	}
	if _, err := readTS(transportStream(), again); err == nil {
		t.Error("a second segment that begins its counters anew: no error")
	}
}

// fragmented lets ffmpeg write a fragmented file of one track: the initialization
// segment and its first fragment.
func fragmented(t testing.TB) (initialization, fragment []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.mp4")
	out, err := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1", "-c:v", "libx264", "-bf", "0",
		"-movflags", "+frag_keyframe+empty_moov+default_base_moof", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	list, err := boxes(data)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range list {
		if b.kind == "moof" {
			end := len(data)
			if i+2 < len(list) {
				end = list[i+2].at
			}
			return data[:b.at], data[b.at:end]
		}
	}
	t.Fatal("no moof")
	return nil, nil
}

func TestAFragmentIsRead(t *testing.T) {
	initialization, fragment := fragmented(t)
	h, err := readHeader(initialization)
	if err != nil {
		t.Fatal(err)
	}
	c, err := readFragment(fragment, h)
	if err != nil {
		t.Fatal(err)
	}
	if h.nalLength != 4 || h.kind != Video || len(c.Tracks[0].Packets) != 25 || !c.Tracks[0].Packets[0].Key || c.Tracks[0].Packets[1].Key || c.Duration != h.timescale {
		t.Errorf("header %+v, %d packets of %d ticks", h, len(c.Tracks[0].Packets), c.Duration)
	}
}

// TestBrokenFragmentsAreErrors changes one box at a time.
func TestBrokenFragmentsAreErrors(t *testing.T) {
	initialization, fragment := fragmented(t)
	h, err := readHeader(initialization)
	if err != nil {
		t.Fatal(err)
	}
	rename := func(data []byte, kind string) []byte {
		return bytes.Replace(data, []byte(kind), []byte("xxxx"), 1)
	}
	for name, data := range map[string][]byte{
		"no moof":         rename(fragment, "moof"),
		"no mdat":         rename(fragment, "mdat"),
		"no time":         rename(fragment, "tfdt"),
		"no samples":      rename(fragment, "trun"),
		"two fragments":   append(bytes.Clone(fragment), fragment...),
		"samples outside": fragment[:len(fragment)-10],
		"a box too long":  append(bytes.Clone(fragment), 0, 0, 0, 99, 'f', 'r', 'e', 'e'),
	} {
		if _, err := readFragment(data, h); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, kind := range []string{"ftyp", "moov", "mdhd", "hdlr", "avcC", "trex"} {
		if _, err := readHeader(rename(initialization, kind)); err == nil {
			t.Errorf("no %s: no error", kind)
		}
	}
}

// FuzzSegment reads arbitrary bytes as every kind of segment. Only a panic, a
// hang or much memory is wrong.
func FuzzSegment(f *testing.F) {
	f.Add(transportStream())
	f.Add([]byte("\x00\x00\x00\x10moof\x00\x00\x00\x08traf\x00\x00\x00\x08mdat"))
	f.Add([]byte("\x00\x00\x00\x08ftyp\x00\x00\x00\x08moov"))
	f.Fuzz(func(t *testing.T, data []byte) {
		readTS(data, continuity{})
		readHeader(data)
		readFragment(data, header{kind: Video, timescale: 1, nalLength: 4})
		adtsFrames(data)
		Picture(data, 4)
		Picture(data, 0)
	})
}

// FuzzManifest reads arbitrary text as an MPD and as a client manifest.
func FuzzManifest(f *testing.F) {
	f.Add(document)
	f.Add(client)
	f.Add(">")
	f.Add(strings.Replace(document, `r="1"`, `r="9223372036854775807"`, 1))
	f.Add(strings.Replace(client, `r="2"`, `r="9223372036854775807"`, 1))
	f.Fuzz(func(t *testing.T, text string) {
		openText(text)
		openClient(text)
	})
}
