package packager_test

import (
	"bytes"
	"crypto/aes"
	"encoding/binary"
	"path/filepath"
	"strings"
	"testing"

	"manifold/packager"
	"manifold/packager/timeline"
)

// No counter block of a key covers two plaintexts: all samples of all renditions
// are walked, in every format, as key frames, and in fragments of another length.
// What the source holds comes from the same URL without encryption.
func TestNoCounterBlockCoversTwoPlaintexts(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	movie(t, filepath.Join(dir, "film_500.mp4"), 6, 500)
	movie(t, filepath.Join(dir, "film_700.mp4"), 6, 700)
	type counter struct {
		iv    [8]byte
		block int
	}
	type use struct{ plain, where string }
	used := make(map[counter]use)
	walked := make(map[string]int) // fragments of a format
	for _, o := range []timeline.Options{{}, {FragmentSeconds: 4}} {
		e := open(t, packager.Config{Data: data, Timeline: o}, dir)
		key := keyOf(t, e, "CommonEncryptionCenc")
		block, err := aes.NewCipher(key.Value[:])
		if err != nil {
			t.Fatal(err)
		}
		for _, tail := range tails(t, e) {
			format := formatOf(tail)
			if format == "" || strings.Contains(tail, "=i,") {
				continue
			}
			schemes := []string{"cenc"}
			if format == "smooth" {
				schemes = []string{"cenc", "piff"}
			}
			clear := mustAsk(t, e, tail)
			for _, scheme := range schemes {
				where := strings.TrimSuffix(tail, ")") + ",encryption=" + scheme + ")"
				blocks := 0
				eachBlock(t, mustAsk(t, e, where), clear, func(iv [8]byte, n int, plain, sealed []byte) {
					c := counter{iv, n}
					stream := make([]byte, aes.BlockSize)
					copy(stream, iv[:])
					binary.BigEndian.PutUint64(stream[8:], uint64(n))
					block.Encrypt(stream, stream)
					for i := range plain {
						if sealed[i] != plain[i]^stream[i] {
							t.Fatalf("%s: block %d of %x is not encrypted with its counter", where, n, iv)
						}
					}
					if first, again := used[c]; again && first.plain != string(plain) {
						t.Fatalf("block %d of %x covers other bytes in\n%s than in\n%s", n, iv, where, first.where)
					}
					used[c] = use{string(plain), where}
					blocks++
				})
				if blocks == 0 {
					t.Errorf("%s: nothing is encrypted", where)
				}
				walked[format+" "+scheme]++
			}
		}
	}
	for _, want := range []string{"mpd-time-csf cenc", "mpd-time-cmaf cenc", "m3u8-cmaf cenc", "keyframes cenc", "smooth cenc", "smooth piff"} {
		if walked[want] == 0 {
			t.Errorf("no fragment is walked of %s: %v", want, walked)
		}
	}
}

// formatOf returns what kind of fragment a URL names, "" for everything that is
// no fragment of MP4.
func formatOf(tail string) string {
	for _, f := range []string{"mpd-time-csf", "mpd-time-cmaf", "m3u8-cmaf"} {
		switch {
		case !strings.Contains(tail, "format="+f):
		case strings.Contains(tail, "/KeyFrames("):
			return "keyframes"
		case strings.Contains(tail, "/Fragments("):
			return f
		}
	}
	if strings.Contains(tail, "/Fragments(") && !strings.Contains(tail, "format=") {
		return "smooth"
	}
	return ""
}

// eachBlock calls f for every counter block of an encrypted fragment (ISO/IEC
// 23001-7 §9): blocks count through the protected bytes of a sample, over all its
// subsamples.
func eachBlock(t *testing.T, sealed, clear []byte, f func(iv [8]byte, n int, plain, sealed []byte)) {
	t.Helper()
	traf := child(child(sealed, "moof"), "traf")
	sizes := sampleSizes(t, traf)
	senc := child(traf, "senc")
	if senc == nil { // PIFF 1.1 §5.3.2
		senc = child(traf, "uuid", 0xA2, 0x39, 0x4F, 0x52, 0x5A, 0x9B, 0x4F, 0x14, 0xA2, 0x44, 0x6C, 0x42, 0x7C, 0x64, 0x8D, 0xF4)
	}
	if len(senc) < 8 || int(binary.BigEndian.Uint32(senc[4:])) != len(sizes) {
		t.Fatalf("%d bytes describe %d samples", len(senc), len(sizes))
	}
	subsamples := senc[3]&2 != 0
	b, cipher, plain := senc[8:], child(sealed, "mdat"), child(clear, "mdat")
	if len(cipher) != len(plain) {
		t.Fatalf("%d bytes of media, encrypted %d", len(plain), len(cipher))
	}
	for _, size := range sizes {
		iv := [8]byte(b)
		b = b[8:]
		runs := [][2]int{{0, size}}
		if subsamples {
			runs = nil
			n := int(binary.BigEndian.Uint16(b))
			for b = b[2:]; n > 0; n-- {
				runs = append(runs, [2]int{int(binary.BigEndian.Uint16(b)), int(binary.BigEndian.Uint32(b[2:]))})
				b = b[6:]
			}
		}
		n, at := 0, 0
		for _, r := range runs {
			if !bytes.Equal(cipher[at:at+r[0]], plain[at:at+r[0]]) {
				t.Fatal("bytes that are said to be clear are not")
			}
			at += r[0]
			for left := r[1]; left > 0; n++ {
				k := min(left, aes.BlockSize)
				f(iv, n, plain[at:at+k], cipher[at:at+k])
				at, left = at+k, left-k
			}
		}
		if at != size {
			t.Fatalf("%d of the %d bytes of a sample are described", at, size)
		}
		cipher, plain = cipher[size:], plain[size:]
	}
}

// child returns what is in the first box of a type, behind the bytes that it has
// to begin with.
func child(b []byte, name string, begin ...byte) []byte {
	for len(b) >= 8 {
		size := int(binary.BigEndian.Uint32(b))
		if string(b[4:8]) == name && bytes.HasPrefix(b[8:size], begin) {
			return b[8+len(begin) : size]
		}
		b = b[size:]
	}
	return nil
}

// sampleSizes reads the sizes of the samples of a traf with one run (ISO/IEC
// 14496-12 §8.8.7, §8.8.8).
func sampleSizes(t *testing.T, traf []byte) []int {
	t.Helper()
	tfhd, trun := child(traf, "tfhd"), child(traf, "trun")
	standard, at := 0, 8
	for _, o := range []struct{ flag, size uint32 }{{1, 8}, {2, 4}, {8, 4}, {0x10, 4}} {
		if binary.BigEndian.Uint32(tfhd)&o.flag != 0 {
			if o.flag == 0x10 {
				standard = int(binary.BigEndian.Uint32(tfhd[at:]))
			}
			at += int(o.size)
		}
	}
	flags, n := binary.BigEndian.Uint32(trun), int(binary.BigEndian.Uint32(trun[4:]))
	at = 8
	for _, flag := range []uint32{1, 4} {
		if flags&flag != 0 {
			at += 4
		}
	}
	var out []int
	for range n {
		size := standard
		for _, flag := range []uint32{0x100, 0x200, 0x400, 0x800} {
			if flags&flag != 0 {
				if flag == 0x200 {
					size = int(binary.BigEndian.Uint32(trun[at:]))
				}
				at += 4
			}
		}
		out = append(out, size)
	}
	return out
}
