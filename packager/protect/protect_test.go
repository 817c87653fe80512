package protect

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"manifold/packager/aes128"
	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

var key = Key{ID: mustKID("10000000-1000-1000-1000-100000000001"), Value: [16]byte{0: 0x3A, 5: 0x91, 15: 0x7F}}

func TestKIDs(t *testing.T) {
	const guid = "01020304-0506-0708-090a-0b0c0d0e0f10"
	for _, s := range []string{guid, strings.ToUpper(guid), "{" + guid + "}", strings.ReplaceAll(guid, "-", "")} {
		k, err := ParseKID(s)
		if err != nil || k.String() != guid {
			t.Errorf("%s is %s, %v", s, k, err)
		}
		if g := k.guid(); hex.EncodeToString(g[:]) != "0403020106050807090a0b0c0d0e0f10" {
			t.Errorf("as a little-endian GUID it is %x", g)
		}
	}
	for _, s := range []string{"", "0102", guid + "0", "x" + guid[1:]} {
		if _, err := ParseKID(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

// The header that the service wrote (real-world sample of version 4.0): its key
// is unknown, so the checksum is left out of the comparison.
func TestPlayReadyHeaderOfTheService(t *testing.T) {
	const seen = `<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="4.0.0.0"><DATA><PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>4Rplb+TbNES8tGkNFWTEHA==</KID><CHECKSUM>…</CHECKSUM><LA_URL>https://account.keydelivery.mediaservices.windows.net/PlayReady/</LA_URL><CUSTOMATTRIBUTES><IIS_DRM_VERSION>8.0.1713.13</IIS_DRM_VERSION></CUSTOMATTRIBUTES></DATA></WRMHEADER>`
	k := Key{ID: mustKID("6f651ae1-dbe4-4434-bcb4-690d1564c41c")}
	p := &Protection{Scheme: CENC, Fingerprint: "x", Keys: []Labelled{{Key: k}}, Systems: Systems{PlayReady: &System{
		License: "https://account.keydelivery.mediaservices.windows.net/PlayReady/", Custom: "<IIS_DRM_VERSION>8.0.1713.13</IIS_DRM_VERSION>",
	}}}
	object := p.PlayReadyObject()
	if n := binary.LittleEndian.Uint32(object); int(n) != len(object) || binary.LittleEndian.Uint16(object[4:]) != 1 || binary.LittleEndian.Uint16(object[6:]) != 1 || int(binary.LittleEndian.Uint16(object[8:])) != len(object)-10 {
		t.Errorf("the object begins with % x", object[:10])
	}
	var text []uint16
	for b := object[10:]; len(b) > 0; b = b[2:] {
		text = append(text, binary.LittleEndian.Uint16(b))
	}
	got := string(utf16.Decode(text))
	before, rest, _ := strings.Cut(got, "<CHECKSUM>")
	_, after, _ := strings.Cut(rest, "</CHECKSUM>")
	if before+"<CHECKSUM>…</CHECKSUM>"+after != seen {
		t.Errorf("%s\nwant %s", got, seen)
	}
}

// By hand after the PlayReady Header Specification: the checksum is the first
// eight bytes of the key ID, as the header has it, encrypted with the key.
func TestPlayReadyVersions(t *testing.T) {
	block, err := aes.NewCipher(key.Value[:])
	if err != nil {
		t.Fatal(err)
	}
	id, _ := hex.DecodeString("00000010001000101000100000000001")
	sum := make([]byte, 16)
	block.Encrypt(sum, id)
	checksum, kid := base64.StdEncoding.EncodeToString(sum[:8]), base64.StdEncoding.EncodeToString(id)
	other := Key{ID: mustKID("20000000-0000-0000-0000-000000000002")}
	// the policy wants a version; a higher one is written where that one cannot say it
	wants := func(version string) Systems { return Systems{PlayReady: &System{Version: version}} }
	for want, p := range map[string]*Protection{
		`version="4.0.0.0"><DATA><PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>` + kid + `</KID><CHECKSUM>` + checksum + `</CHECKSUM></DATA>`: {Scheme: CENC, Keys: []Labelled{{Key: key}}},
		`version="4.1.0.0"><DATA><PROTECTINFO><KID ALGID="AESCTR" CHECKSUM="` + checksum + `" VALUE="` + kid + `"></KID></PROTECTINFO></DATA>`:                          {Scheme: CENC, Keys: []Labelled{{Key: key}}, Systems: wants("4.1")},
		`version="4.2.0.0"><DATA><PROTECTINFO><KIDS><KID ALGID="AESCTR" CHECKSUM="` + checksum + `" VALUE="` + kid + `"></KID></KIDS></PROTECTINFO></DATA>`:             {Scheme: CENC, Keys: []Labelled{{Key: key}}, Systems: wants("4.2")},
		`version="4.3.0.0"><DATA><PROTECTINFO><KIDS><KID ALGID="AESCTR" CHECKSUM="` + checksum + `" VALUE="` + kid + `"></KID></KIDS></PROTECTINFO></DATA>`:             {Scheme: PIFF, Keys: []Labelled{{Key: key}}, Systems: wants("4.3")},
		`version="4.2.0.0"><DATA><PROTECTINFO><KIDS><KID ALGID="AESCTR" CHECKSUM="` + checksum + `" VALUE="` + kid + `"></KID><KID ALGID="AESCTR" CHECKSUM="`:           {Scheme: PIFF, Keys: []Labelled{{Key: key}, {Label: "audio", Key: other}}, Systems: wants("4.1")},
		`version="4.3.0.0"><DATA><PROTECTINFO><KIDS><KID ALGID="AESCBC" VALUE="` + kid + `"></KID></KIDS></PROTECTINFO></DATA>`:                                         {Scheme: CBCS, Keys: []Labelled{{Key: key}}, Systems: wants("4.0")},
	} {
		var others []Key
		for _, k := range p.Keys[1:] {
			others = append(others, k.Key)
		}
		if got := p.playReadyHeader(p.Keys[0].Key, others); !strings.Contains(got, want) {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

// The object, byte for byte by hand: lengths and count in little-endian order,
// then UTF-16 without a mark.
func TestPlayReadyObjectByHand(t *testing.T) {
	const begin = `<WRMHEADER xmlns="http://schemas.microsoft.com/DRM/2007/03/PlayReadyHeader" version="`
	for _, c := range []struct {
		p    *Protection
		text string
		want []byte // the beginning: sizes of object and record
	}{
		// 218 characters: 436 bytes in the record, 446 in all
		{&Protection{Scheme: CBCS}, begin + `4.3.0.0"><DATA><PROTECTINFO><KIDS>` +
			`<KID ALGID="AESCBC" VALUE="AAAAEAAQABAQABAAAAAAAQ=="></KID></KIDS></PROTECTINFO></DATA></WRMHEADER>`, []byte{0xBE, 0x01, 0, 0, 1, 0, 1, 0, 0xB4, 0x01}},
		// 229 characters; the checksum is of openssl enc -aes-128-ecb
		{&Protection{Scheme: CENC, Fingerprint: "x", Systems: Systems{PlayReady: &System{Version: "4.1"}}}, begin + `4.1.0.0"><DATA><PROTECTINFO>` +
			`<KID ALGID="AESCTR" CHECKSUM="91dblJO1ybc=" VALUE="AAAAEAAQABAQABAAAAAAAQ=="></KID></PROTECTINFO></DATA></WRMHEADER>`, []byte{0xD4, 0x01, 0, 0, 1, 0, 1, 0, 0xCA, 0x01}},
	} {
		c.p.Keys = []Labelled{{Key: key}}
		want := c.want
		for _, c := range []byte(c.text) {
			want = append(want, c, 0)
		}
		if got := c.p.PlayReadyObject(); !bytes.Equal(got, want) {
			t.Errorf("%d bytes, %d characters\n% x\nwant\n% x", len(got), len(c.text), got, want)
		}
	}
}

// By hand after ISO/IEC 23001-7 §8.1 and Widevine's message.
func TestHeadersByHand(t *testing.T) {
	systems := Systems{Widevine: &System{License: "https://w.example/{ContentKeyId}?m={AlternativeMediaId}", MediaID: "7"}, ClearKey: &System{}}
	for scheme, want := range map[Scheme][]string{
		CENC: {"00000034" + "70737368" + "00000000" + "edef8ba979d64acea3c827dcd51d21ed" + "00000014" + "0801" + "1210" + "10000000100010001000100000000001",
			"00000034" + "70737368" + "01000000" + "1077efecc0b24d02ace33c1e52e2fb4b" + "00000001" + "10000000100010001000100000000001" + "00000000"},
		CBCS: {"00000038" + "70737368" + "00000000" + "edef8ba979d64acea3c827dcd51d21ed" + "00000018" + "1210" + "10000000100010001000100000000001" + "48f3c6899b06",
			"00000034" + "70737368" + "01000000" + "1077efecc0b24d02ace33c1e52e2fb4b" + "00000001" + "10000000100010001000100000000001" + "00000000"},
	} {
		p := &Protection{Scheme: scheme, Fingerprint: "x", Keys: []Labelled{{Key: key}}, Systems: systems}
		for i, h := range p.Headers(key) {
			if got := hex.EncodeToString(h.PSSH); got != want[i] {
				t.Errorf("%s: %s\nwant %s", scheme, got, want[i])
			}
		}
		if u := p.Headers(key)[0].URL; u != "https://w.example/10000000-1000-1000-1000-100000000001?m=7" {
			t.Errorf("licence URL %s", u)
		}
	}
}

// The streams of NIST SP 800-38A F.2.1 (CBC), and of RFC 3686 §6 (CTR).
func TestPublishedVectors(t *testing.T) {
	hexed := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	k := [16]byte(hexed("2b7e151628aed2a6abf7158809cf4f3c"))
	plain := hexed("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
	chained := &Sealer{Scheme: CBCS, cipher: aes128.NewKey(k), iv: [16]byte(hexed("000102030405060708090a0b0c0d0e0f"))}
	got := bytes.Clone(plain)
	if n := encrypt(chained.Seal([]media.Sample{{Size: len(got)}}, 0, nil), got); n != len(got) || hex.EncodeToString(got) !=
		"7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b273bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7" {
		t.Errorf("CBC: %x", got)
	}
	// Vector 1, the one whose nonce and vector leave the lower half of the counter at
	// 1: it is the second block of a sample here.
	counted := &Sealer{Scheme: CENC, cipher: aes128.NewKey([16]byte(hexed("ae6852f8121067cc4bf7a5765577f39e"))), base: 0x00000030_00000000}
	got = append(make([]byte, 16), "Single block msg"...)
	encrypt(counted.Seal([]media.Sample{{Size: len(got)}}, 0, nil), got)
	if hex.EncodeToString(got[16:]) != "e4095d4fb7a7b3792d6175a3261311b8" {
		t.Errorf("CTR: %x", got[16:])
	}
}

// encrypt encrypts all that a cipher is for, in place.
func encrypt(c interface {
	Encrypt(p []byte) int
	Finish()
}, p []byte) int {
	defer c.Finish()
	return c.Encrypt(p)
}

// However the bytes come, they are encrypted the same.
func TestPiecesOfAnySizeGiveTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var samples []media.Sample
		m := &Map{}
		total := 0
		for range rapid.IntRange(1, 6).Draw(t, "samples") {
			size := 0
			for range rapid.IntRange(1, 4).Draw(t, "subsamples") {
				s := Subsample{uint16(rapid.IntRange(0, 70).Draw(t, "clear")), uint32(rapid.IntRange(0, 500).Draw(t, "protected"))}
				m.subsamples = append(m.subsamples, s)
				size += int(s.Clear) + int(s.Protected)
			}
			m.ends = append(m.ends, int32(len(m.subsamples)))
			samples = append(samples, media.Sample{Size: size})
			total += size
		}
		if rapid.Bool().Draw(t, "whole") {
			m = nil
		}
		scheme := rapid.SampledFrom([]Scheme{CENC, CBCS}).Draw(t, "scheme")
		s := &Sealer{Scheme: scheme, cipher: aes128.NewKey(key.Value), base: 7, iv: key.IV(CBCS)}
		plain := rapid.SliceOfN(rapid.Byte(), total, total).Draw(t, "bytes")
		whole := bytes.Clone(plain)
		if n := encrypt(s.Seal(samples, 3, m), whole); n != total {
			t.Fatalf("%d of %d bytes are finished", n, total)
		}
		parts := bytes.Clone(plain)
		x := s.Seal(samples, 3, m)
		for at, end := 0, 0; at < total; {
			end = min(total, max(end, at)+rapid.IntRange(1, 200).Draw(t, "more"))
			at += x.Encrypt(parts[at:end])
			if rapid.Bool().Draw(t, "finish") {
				x.Finish()
			}
		}
		x.Finish()
		if !bytes.Equal(whole, parts) {
			t.Fatalf("in pieces it is something else")
		}
	})
}

// sampleAESOpened undoes SAMPLE-AES of a NAL unit after Apple's document: first
// emulation prevention of the whole unit, then one block of ten.
func sampleAESOpened(t testing.TB, unit []byte) []byte {
	t.Helper()
	out := bytes.ReplaceAll(unit, []byte{0, 0, 3}, []byte{0, 0})
	block, err := aes.NewCipher(key.Value[:])
	if err != nil {
		t.Fatal(err)
	}
	iv := key.IV(CBCS)
	mode := cipher.NewCBCDecrypter(block, iv[:])
	for at := 32; len(out)-at > 16; at += 160 {
		mode.CryptBlocks(out[at:at+16], out[at:at+16])
	}
	return out
}

func TestSampleAESOfNALUnits(t *testing.T) {
	p := &Protection{Scheme: CBCS, Keys: []Labelled{{Key: key}}}
	s := p.NewSampleAES(&media.Track{Codec: media.Codec{FourCC: "avc1"}})
	for header, want := range map[byte]bool{0x41: true, 0x65: true, 0x01: true, 0x06: false, 0x67: false, 0x09: false} {
		if s.Encrypts(header, 49) != want || s.Encrypts(header, 48) {
			t.Errorf("NAL unit header %#x: encrypted %t", header, s.Encrypts(header, 49))
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(49, 1500).Draw(rt, "size")
		plain := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 0, 0, 1, 2, 3, 200}), n, n).Draw(rt, "bytes")
		plain[0], plain[n-1] = 0x65, 0x80
		stored := escaped(plain) // as a NAL unit lies in the file
		var buf []byte
		var samples []media.Sample
		for range 2 { // the second shows that the first ended where it should
			buf = append(binary.BigEndian.AppendUint32(buf, uint32(len(stored))), stored...)
			samples = append(samples, media.Sample{Size: 4 + len(stored)})
		}
		blocks := s.Seal(samples)
		for at, end := 0, 0; at < len(buf); {
			end = min(len(buf), max(end, at)+rapid.IntRange(1, 300).Draw(rt, "more"))
			at += blocks.Encrypt(buf[at:end])
		}
		blocks.Finish()
		for ; len(buf) > 0; buf = buf[4+len(stored):] {
			if n := binary.BigEndian.Uint32(buf); int(n) != len(stored) {
				rt.Fatalf("the length of the NAL unit became %d", n)
			}
			var out []byte
			escape := Escape{}
			for p := buf[4 : 4+len(stored)]; len(p) > 0; {
				m, three := escape.Next(p)
				out = append(out, p[:m]...)
				if three {
					out = append(out, 3)
				}
				p = p[m:]
			}
			for i := 2; i < len(out); i++ {
				if out[i-2] == 0 && out[i-1] == 0 && out[i] < 3 {
					rt.Fatalf("a start code at %d of % x", i, out)
				}
			}
			if got := sampleAESOpened(t, out); !bytes.Equal(got, stored) {
				rt.Fatalf("opened it is % x\nwant % x", got, stored)
			}
		}
	})
}

// escaped puts emulation prevention in, the simple way.
func escaped(b []byte) []byte {
	var out []byte
	zeros := 0
	for _, c := range b {
		if zeros >= 2 && c <= 3 {
			out, zeros = append(out, 3), 0
		}
		if zeros++; c != 0 {
			zeros = 0
		}
		out = append(out, c)
	}
	return out
}

func TestSampleAESOfFrames(t *testing.T) {
	p := &Protection{Scheme: CBCS, Keys: []Labelled{{Key: key}}}
	s := p.NewSampleAES(&media.Track{Kind: media.Audio, Codec: media.Codec{FourCC: "mp4a"}})
	for _, n := range []int{0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 49, 400} {
		plain := bytes.Repeat([]byte{0x5A}, n)
		got := bytes.Clone(plain)
		if done := encrypt(s.Seal([]media.Sample{{Size: n}}), got); done != n {
			t.Fatalf("%d of %d bytes are finished", done, n)
		}
		want := bytes.Clone(plain)
		if whole := (n - 16) / 16 * 16; n > 16 && whole > 0 {
			block, _ := aes.NewCipher(key.Value[:])
			iv := key.IV(CBCS)
			cipher.NewCBCEncrypter(block, iv[:]).CryptBlocks(want[16:16+whole], want[16:16+whole])
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%d bytes: % x\nwant % x", n, got, want)
		}
	}
}

// A picture of very many NAL units has the largest protected, and a description
// that fits.
func TestPicturesOfManyNALUnits(t *testing.T) {
	var b []byte
	unit := func(n int) {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
		b = append(b, 0x41)
		b = append(b, make([]byte, n-1)...)
	}
	for i := range 200 {
		unit(100 + i)
	}
	p := &Protection{Scheme: CENC, Fingerprint: "x", Keys: []Labelled{{Key: key}}}
	s, err := p.NewSealer(&media.Track{Codec: media.Codec{FourCC: "avc1", NALLength: 4}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Scan(bytes.NewReader(b), []media.Sample{{Size: len(b)}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	sum, protected := 0, 0
	for _, x := range m.Of(0) {
		sum += int(x.Clear) + int(x.Protected)
		if x.Protected > 0 {
			protected++
		}
	}
	if sum != len(b) || protected != keptSubsamples || len(m.Of(0)) > maxSubsamples {
		t.Errorf("%d subsamples of %d bytes, %d protected; the picture has %d", len(m.Of(0)), sum, protected, len(b))
	}
}

// "AV1 Codec ISO Media File Format Binding" §4.2, by hand: CBCS has a subsample for
// each tile from its first byte to its last, CENC the whole blocks at the end of it,
// and none for a tile that is smaller than one.
func TestSubsamplesOfTiles(t *testing.T) {
	frame := synth.Hex("1000D6960200000BEF00002F3E0200") // two by two tiles, sizes of two bytes
	for i, n := range []int{100, 5, 16, 41} {
		if i < 3 {
			frame = binary.LittleEndian.AppendUint16(frame, uint16(n-1))
		}
		frame = append(frame, bytes.Repeat([]byte{0x55}, n)...)
	}
	b := append(synth.Hex("0A0B0000002D4CFFB3CFBF9004"), 0x32, 0x80|byte(len(frame)&0x7F), byte(len(frame)>>7))
	b = append(b, frame...)
	const headers = 13 + 3 + 15
	for scheme, want := range map[Scheme][]Subsample{
		CENC: {{headers + 2 + 4, 96}, {2 + 5 + 2, 16}, {9, 32}},
		CBCS: {{headers + 2, 100}, {2, 5}, {2, 16}, {0, 41}},
	} {
		p := &Protection{Scheme: scheme, Fingerprint: "x", Keys: []Labelled{{Key: key}}}
		s, err := p.NewSealer(&media.Track{Codec: media.Codec{FourCC: "av01", Family: "av1"}})
		if err != nil {
			t.Fatal(err)
		}
		samples := []media.Sample{{Size: len(b)}}
		m, err := s.Scan(bytes.NewReader(b), samples, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Of(0); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", scheme, got, want)
		}
		sealed := bytes.Clone(b)
		if n := encrypt(s.Seal(samples, 0, m), sealed); n != len(b) || !bytes.Equal(sealed[:headers+2], b[:headers+2]) || bytes.Equal(sealed, b) {
			t.Errorf("%s: % x", scheme, sealed)
		}
	}
}

// "VP Codec ISO Media File Format Binding", by hand: the uncompressed header of each
// frame and the index of the superframe stay readable, and so many bytes of a frame that
// whole blocks are left. There is CENC alone.
func TestSubsamplesOfVP9(t *testing.T) {
	first := append(synth.Hex("82498342004FF02CF60638241C188C1804F0"), bytes.Repeat([]byte{0x55}, 100)...)
	hidden := append(synth.Hex("86004092F0B1500600A4"), bytes.Repeat([]byte{0x55}, 32)...)
	b := slices.Concat(first, hidden, []byte{0xC9, byte(len(first)), 0, byte(len(hidden)), 0, 0xC9})
	p := &Protection{Scheme: CENC, Fingerprint: "x", Keys: []Labelled{{Key: key}}}
	s, err := p.NewSealer(&media.Track{Codec: media.Codec{FourCC: "vp09", Family: "vp9"}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.Scan(bytes.NewReader(b), []media.Sample{{Size: len(b)}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Of(0), []Subsample{{18 + 4, 96}, {10, 32}, {6, 0}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	p.Scheme = CBCS
	if _, err := p.NewSealer(&media.Track{Codec: media.Codec{FourCC: "vp09", Family: "vp9", Words: "VP9"}}); fault.As(err).Code != fault.EncryptionNotSupported || !strings.Contains(err.Error(), "its MP4 binding knows CENC alone") {
		t.Errorf("CBCS: %v", err)
	}
}

// Whatever the bytes are, a map covers the sample, and no length leads out of it.
func FuzzScan(f *testing.F) {
	f.Add([]byte{0, 0, 0, 2, 0x65, 1, 0, 0, 0, 40, 0x41}, true)
	f.Add([]byte{255, 255, 255, 255, 0x65}, false)
	f.Add([]byte{0, 0, 0}, true)
	f.Add(synth.Hex("0A0B0000002D4CFFB3CFBF9004321C1000D6960200000BEF00002F3E0200030055555555000055000055555555"), false)
	f.Fuzz(func(t *testing.T, b []byte, cbcs bool) {
		if len(b) == 0 {
			return
		}
		p := &Protection{Scheme: CENC, Fingerprint: "x", Keys: []Labelled{{Key: key}}}
		if cbcs {
			p.Scheme = CBCS
		}
		for _, c := range []media.Codec{{FourCC: "avc1", NALLength: 4}, {FourCC: "hvc1", NALLength: 4}, {FourCC: "av01", Family: "av1"}, {FourCC: "vp09", Family: "vp9"}} {
			if Supports(&c, p.Scheme) != nil {
				continue
			}
			s, err := p.NewSealer(&media.Track{Codec: c})
			if err != nil {
				t.Fatal(err)
			}
			samples := []media.Sample{{Size: len(b)}}
			m, err := s.Scan(bytes.NewReader(b), samples, 0)
			if err != nil {
				continue
			}
			sum := 0
			for _, x := range m.Of(0) {
				sum += int(x.Clear) + int(x.Protected)
			}
			if sum != len(b) {
				t.Fatalf("%s: %d of %d bytes are described", c.FourCC, sum, len(b))
			}
			if n := encrypt(s.Seal(samples, 0, m), bytes.Clone(b)); n != len(b) {
				t.Fatalf("%s: %d of %d bytes are finished", c.FourCC, n, len(b))
			}
		}
	})
}

func ExampleKID_String() {
	fmt.Println(key.ID)
	// Output: 10000000-1000-1000-1000-100000000001
}

type remembered[V any] map[Run]V

func (r remembered[V]) Get(k Run) (V, bool)   { v, ok := r[k]; return v, ok }
func (r remembered[V]) Add(k Run, v V, _ int) { r[k] = v }

// The growth of a run is learned once for each key and each version of a file.
func TestGrowthIsLearnedOnce(t *testing.T) {
	p := Protection{Scheme: CBCS, Keys: []Labelled{{}}, Growths: remembered[[]int32]{}}
	other := p
	other.Keys = []Labelled{{Key: Key{Value: [16]byte{1}}}}
	track := &media.Track{Codec: media.Codec{FourCC: "avc1"}, Samples: new(media.Samples)}
	again := *track
	again.Samples = new(media.Samples)
	for i, x := range []struct {
		p            *Protection
		t            *media.Track
		first, count int
		want         int // times learned
	}{
		{&p, track, 0, 2, 1},
		{&p, track, 0, 2, 1},
		{&p, track, 1, 2, 2},
		{&p, track, 1, 1, 3},
		{&other, track, 0, 2, 4},
		{&p, &again, 0, 2, 5},
		{&p, &again, 0, 2, 5},
	} {
		learned := len(p.Growths.(remembered[[]int32]))
		growth, err := x.p.NewSampleAES(x.t).Growth(x.t, x.first, x.count, func() ([]int32, error) {
			learned++
			return make([]int32, x.count), nil
		})
		if err != nil || len(growth) != x.count || learned != x.want || len(p.Growths.(remembered[[]int32])) != x.want {
			t.Errorf("step %d: %v, %v, learned %d times, want %d", i, growth, err, learned, x.want)
		}
	}
	failed := errors.New("cannot be read")
	if _, err := p.NewSampleAES(track).Growth(track, 5, 1, func() ([]int32, error) { return nil, failed }); err != failed || len(p.Growths.(remembered[[]int32])) != 5 {
		t.Errorf("what cannot be read is remembered (%v)", err)
	}
}

// counting is a source that counts how often it is read, and fails with err.
type counting struct {
	*bytes.Reader
	times int
	err   error
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	if c.times++; c.err != nil {
		return 0, c.err
	}
	return c.Reader.ReadAt(p, off)
}

// Which bytes of a run are protected is found once for each scheme and version of a
// file, whatever the key.
func TestMapsAreFoundOnce(t *testing.T) {
	b := append([]byte{0, 0, 0, 100}, bytes.Repeat([]byte{0x41, 0x9A, 0x55, 0xAA}, 25)...)
	source := &counting{Reader: bytes.NewReader(slices.Concat(b, b)), err: errors.New("cannot be read")}
	samples := []media.Sample{{Size: len(b)}, {Position: int64(len(b)), Size: len(b)}}
	track := &media.Track{Codec: media.Codec{FourCC: "avc1", NALLength: 4}, Samples: new(media.Samples)}
	again := *track
	again.Samples = new(media.Samples)
	maps := remembered[*Map]{}
	scan := func(scheme Scheme, k Key, t *media.Track, from, to int) (*Map, error) {
		p := Protection{Scheme: scheme, Fingerprint: "x", Keys: []Labelled{{Key: k}}, Maps: maps}
		s, err := p.NewSealer(t)
		if err != nil {
			return nil, err
		}
		return s.Scan(source, samples[from:to], from)
	}
	if _, err := scan(CENC, key, track, 0, 2); err == nil || len(maps) != 0 {
		t.Errorf("what cannot be read is remembered (%v)", err)
	}
	source.err = nil
	for i, x := range []struct {
		scheme   Scheme
		key      Key
		t        *media.Track
		from, to int
		want     int // maps that are known
	}{
		{CENC, key, track, 0, 2, 1},
		{CENC, key, track, 0, 2, 1},
		{CENC, Key{Value: [16]byte{1}}, track, 0, 2, 1},
		{CBCS, key, track, 0, 2, 2},
		{CENC, key, track, 1, 2, 3},
		{CENC, key, &again, 0, 2, 4},
	} {
		known, times := len(maps), source.times
		m, err := scan(x.scheme, x.key, x.t, x.from, x.to)
		if err != nil || len(maps) != x.want || source.times > times != (x.want > known) {
			t.Errorf("step %d: %v, %d maps are known, the source was read %d times", i, err, len(maps), source.times-times)
			continue
		}
		for k := range x.to - x.from {
			sum := 0
			for _, s := range m.Of(k) {
				sum += int(s.Clear) + int(s.Protected)
			}
			if sum != len(b) {
				t.Errorf("step %d, sample %d: %v", i, k, m.Of(k))
			}
		}
	}
}

// Classes are by pixels, as CPIX has them, whatever the shape of the picture.
func TestClassesOfResolution(t *testing.T) {
	for _, c := range []struct {
		width, height int
		class         string
	}{
		{320, 180, "SD"}, {720, 576, "SD"}, {1024, 576, "SD"}, {1026, 576, "HD"}, {1280, 544, "HD"}, {360, 640, "SD"}, {720, 1280, "HD"},
		{1920, 1080, "HD"}, {1080, 1920, "HD"}, {1920, 1088, "UHD"}, {2048, 1080, "UHD"}, {3840, 2160, "UHD"},
	} {
		track := &media.Track{Kind: media.Video, Codec: media.Codec{Width: c.width, Height: c.height}}
		if got := (Split{Per: ByResolution}).Label(track); got != c.class {
			t.Errorf("%d×%d is %s, not %s", c.width, c.height, got, c.class)
		}
	}
	if got := (Split{Per: ByResolution}).Label(&media.Track{Kind: media.Audio}); got != "audio" {
		t.Errorf("sound is %s", got)
	}
}
