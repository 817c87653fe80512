package cmaf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/Eyevinn/mp4ff/mp4"

	"manifold/packager/internal/synth"
	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/protect"
	"manifold/packager/timeline"
)

func protection(s protect.Scheme) *protect.Protection {
	key := func(n byte) protect.Key {
		return protect.Key{ID: protect.KID{n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, Value: [16]byte{n, 0xEE, 2: 7}}
	}
	return &protect.Protection{
		Scheme: s, Split: protect.Split{Per: protect.ByType}, Keys: []protect.Labelled{{Label: "video", Key: key(1)}, {Label: "audio", Key: key(2)}}, Fingerprint: "x",
		Systems: protect.Systems{PlayReady: &protect.System{}, Widevine: &protect.System{}, ClearKey: &protect.System{}},
	}
}

// sealed plans samples [from, to) of a track as a fragment.
func sealed(t testing.TB, f Flavour, x *protect.Protection, track *media.Track, from, to int) mux.Body {
	t.Helper()
	s, err := mux.Open(track, from, to)
	if err != nil {
		t.Fatal(err)
	}
	seal, err := x.NewSealer(track)
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(Segment{Flavour: f, Stretch: s, Time: 0, Duration: 20_000_000, Sealer: seal, Key: to == from+1})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tracks are video with NAL units of every length field, and audio.
func tracks(t testing.TB) map[string]*media.Track {
	t.Helper()
	out := make(map[string]*media.Track)
	for _, n := range []int{1, 2, 4} {
		v := video(30000, 1001)
		v.NALLength = n
		r := synth.Renditions[2]
		v.Entry = synth.AVC("avc1", r.Width, r.Height, n, [][]byte{r.SPS}, [][]byte{r.PPS})
		_, p := asset(t, synth.File{Tracks: []synth.Track{v, sound()}, Chunks: 3}, timeline.Options{})
		out[fmt.Sprintf("video with lengths of %d bytes", n)] = p.Groups[0].Tracks[0]
		out["audio"] = p.Groups[1].Tracks[0]
	}
	return out
}

// What is encrypted is decrypted by others to what the source holds.
func TestOthersDecryptSegments(t *testing.T) {
	for _, scheme := range []protect.Scheme{protect.CENC, protect.CBCS} {
		x := protection(scheme)
		for name, track := range tracks(t) {
			clear := mux.Open
			s, err := clear(track, 0, 60)
			if err != nil {
				t.Fatal(err)
			}
			plain, err := New(Segment{Flavour: CMAF, Stretch: s, Duration: 20_000_000})
			if err != nil {
				t.Fatal(err)
			}
			want := decode(t, write(t, plain)).Mdat.Data
			init := Init(nil, track, CMAF, 20_000_000, x)
			b := write(t, sealed(t, CMAF, x, track, 0, 60))
			if again := write(t, sealed(t, CMAF, x, track, 0, 60)); !bytes.Equal(b, again) {
				t.Errorf("%s, %s: not the same bytes again", scheme, name)
			}
			f, err := mp4.DecodeFile(bytes.NewReader(append(init, b...)))
			if err != nil {
				t.Fatalf("%s, %s: %v", scheme, name, err)
			}
			if bytes.Equal(f.Segments[0].Fragments[0].Mdat.Data, want) {
				t.Errorf("%s, %s: nothing is encrypted", scheme, name)
			}
			info, err := mp4.DecryptInit(f.Init)
			if err != nil {
				t.Fatalf("%s, %s: %v", scheme, name, err)
			}
			key := x.Key(track)
			if err := mp4.DecryptSegment(f.Segments[0], info, key.Value[:]); err != nil {
				t.Fatalf("%s, %s: %v", scheme, name, err)
			}
			if !bytes.Equal(f.Segments[0].Fragments[0].Mdat.Data, want) {
				t.Errorf("%s, %s: decrypted it is something else", scheme, name)
			}
		}
	}
}

// Smooth fragments and key frames have the bytes that CMAF has, and PIFF the
// same in its own box.
func TestSamplesAreEncryptedTheSameEverywhere(t *testing.T) {
	for name, track := range tracks(t) {
		x, other := protection(protect.CENC), protection(protect.PIFF)
		for _, x := range []*protect.Protection{x, other} { // mp4ff reads no names of keys in the box
			x.Split, x.Keys = protect.Split{}, x.Keys[:1]
		}
		whole := decode(t, write(t, sealed(t, CMAF, x, track, 0, 30))).Mdat.Data
		for f, flavour := range flavours {
			if got := decode(t, write(t, sealed(t, flavour, x, track, 0, 30))).Mdat.Data; !bytes.Equal(got, whole) {
				t.Errorf("%s, %s: other bytes than in CMAF", name, f)
			}
		}
		piff := write(t, sealed(t, Smooth, other, track, 0, 30))
		if got := decode(t, piff).Mdat.Data; !bytes.Equal(got, whole) || !bytes.Contains(piff, []byte(uuidPIFF)) || bytes.Contains(piff, []byte("senc")) {
			t.Errorf("%s: PIFF has other bytes or boxes", name)
		}
		first := decode(t, write(t, sealed(t, CMAF, x, track, 0, 1))).Mdat.Data
		if !bytes.Equal(first, whole[:len(first)]) {
			t.Errorf("%s: a key frame has other bytes", name)
		}
	}
}

// auxiliary reads where saiz and saio say that the descriptions lie.
func TestSampleEncryptionIsWhereItIsSaidToBe(t *testing.T) {
	for _, flavour := range flavours {
		for name, track := range tracks(t) {
			x := protection(protect.CENC)
			b := write(t, sealed(t, flavour, x, track, 0, 30))
			traf := decode(t, b).Moof.Traf
			at := int(traf.Saio.Offset[0])
			seal, err := x.NewSealer(track)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 30 {
				size := int(traf.Saiz.DefaultSampleInfoSize)
				if size == 0 {
					size = int(traf.Saiz.SampleInfo[i])
				}
				if want := seal.AppendIV(nil, i); !bytes.Equal(b[at:at+8], want) {
					t.Fatalf("%s: the vector of sample %d is % x, want % x", name, i, b[at:at+8], want)
				}
				if n := (size - 10) / 6; size > 8 && int(binary.BigEndian.Uint16(b[at+8:])) != n {
					t.Fatalf("%s: sample %d has %d subsamples, its size says %d", name, i, binary.BigEndian.Uint16(b[at+8:]), n)
				}
				at += size
			}
		}
	}
}

// A fragment of Smooth Streaming says which of several keys it has, as nothing else
// does: by hand after ISO/IEC 23001-7 §6 and PIFF 1.1 §5.3.2.1. With one key it does not.
func TestFragmentsNameTheirKey(t *testing.T) {
	kid := "01" + "0102030405060708090a0b0c0d0e0f"
	want := map[protect.Scheme][]byte{
		protect.CENC: synth.Hex("0000001C" + "73626770" + "00000000" + "73656967" + "00000001" + "0000001E" + "00010001" +
			"0000002C" + "73677064" + "01000000" + "73656967" + "00000014" + "00000001" + "00000108" + kid),
		protect.PIFF: append([]byte(uuidPIFF), synth.Hex("00000003"+"00000108"+kid+"0000001E")...),
	}
	for name, track := range tracks(t) {
		if track.Kind != media.Video {
			continue
		}
		for scheme, box := range want {
			x := protection(scheme)
			if b := write(t, sealed(t, Smooth, x, track, 0, 30)); !bytes.Contains(b, box) {
				t.Errorf("%s, %s: % x is not in % x", name, scheme, box, b[:200])
			}
			if b := write(t, sealed(t, CMAF, x, track, 0, 30)); bytes.Contains(b, box[:32]) {
				t.Errorf("%s, %s: CMAF has it, too", name, scheme)
			}
			x.Split, x.Keys = protect.Split{}, x.Keys[:1]
			if b := write(t, sealed(t, Smooth, x, track, 0, 30)); bytes.Contains(b, box[:32]) {
				t.Errorf("%s, %s: with one key", name, scheme)
			}
		}
	}
}

// No key and counter block covers two plaintexts: over all samples of all tracks
// and formats.
func TestNoCounterBlockIsUsedTwice(t *testing.T) {
	_, p := asset(t, synth.File{Tracks: []synth.Track{video(30000, 1001), video(25, 1), sound()}, Chunks: 3}, timeline.Options{})
	x := protection(protect.CENC)
	x.Split, x.Keys = protect.Split{}, x.Keys[:1]
	used := make(map[[8]byte]string)
	ordinal := 0
	for _, g := range p.Groups {
		for _, track := range g.Tracks {
			track.Ordinal = ordinal
			ordinal++
			seal, err := x.NewSealer(track)
			if err != nil {
				t.Fatal(err)
			}
			for i := range track.Samples.Count() {
				iv := [8]byte(seal.AppendIV(nil, i)) // the upper half of the counter: blocks count in the lower
				if at := used[iv]; at != "" {
					t.Fatalf("sample %d of track %d has the vector of %s", i, track.Ordinal, at)
				}
				used[iv] = fmt.Sprintf("sample %d of track %d", i, track.Ordinal)
			}
		}
	}
	x.Fingerprint = "y" // the files were encoded again
	seal, err := x.NewSealer(p.Groups[0].Tracks[0])
	if err != nil {
		t.Fatal(err)
	}
	if at := used[[8]byte(seal.AppendIV(nil, 0))]; at != "" {
		t.Errorf("other bytes have the vector of %s", at)
	}
}

func BenchmarkSealedSegment(b *testing.B) {
	v := video(25, 1)
	for i := range v.Samples {
		v.Samples[i].Size = 8000
	}
	_, p := asset(b, synth.File{Tracks: []synth.Track{v}}, timeline.Options{})
	track := p.Groups[0].Tracks[0]
	for _, scheme := range []protect.Scheme{protect.CENC, protect.CBCS} {
		b.Run(string(scheme), func(b *testing.B) {
			x := protection(scheme)
			body := sealed(b, CMAF, x, track, 0, 50)
			b.SetBytes(body.Size())
			body.Close()
			b.ReportAllocs()
			for b.Loop() {
				body := sealed(b, CMAF, x, track, 0, 50)
				if err := body.WriteTo(b.Context(), discard{}); err != nil {
					b.Fatal(err)
				}
				body.Close()
			}
		})
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
