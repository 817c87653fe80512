package synth

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/Eyevinn/mp4ff/mp4"
)

func two() []Track {
	r := Renditions[4]
	video := Video(50, 10, 300, 1001)
	Reorder(video, 1)
	return []Track{
		{Handler: "vide", Timescale: 30000, Samples: video, NALLength: 4, Entry: AVC("avc1", r.Width, r.Height, 4, [][]byte{r.SPS}, [][]byte{r.PPS})},
		{Handler: "soun", Timescale: 48000, Samples: Audio(80, 90, 1024), Entry: AAC(2, 48000, StereoASC)},
	}
}

// A reader that was written by others finds the samples where Movie says.
func TestFilesAreReadByOthers(t *testing.T) {
	for name, f := range map[string]File{
		"moov first":   {Chunks: 7, Gap: 3},
		"moov last":    {Chunks: 7, MoovLast: true},
		"co64, large":  {Chunks: 80, CO64: true, Large: true},
		"one chunk":    {},
		"more in moov": {InMoov: Box("udta", Box("free"))},
	} {
		t.Run(name, func(t *testing.T) {
			f.Tracks = two()
			m := f.Build()
			parsed, err := mp4.DecodeFile(bytes.NewReader(m.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			for k, trak := range parsed.Moov.Traks {
				samples, err := trak.GetSampleData(1, uint32(len(f.Tracks[k].Samples)))
				if err != nil {
					t.Fatal(err)
				}
				marked := trak.Mdia.Minf.Stbl.Stss != nil
				for i, s := range samples {
					want := f.Tracks[k].Samples[i]
					if int(s.Size) != want.Size || s.Dur != want.Duration || s.CompositionTimeOffset != want.Offset || marked && s.IsSync() != want.Sync {
						t.Fatalf("track %d sample %d: %+v, want %+v", k, i, s, want)
					}
				}
				ranges, err := trak.GetRangesForSampleInterval(1, uint32(len(samples)))
				if err != nil {
					t.Fatal(err)
				}
				var got []byte
				for _, r := range ranges {
					got = append(got, m.Bytes()[r.Offset:r.Offset+r.Size]...)
				}
				if !bytes.Equal(got, m.Samples(k, 0, len(samples))) {
					t.Errorf("track %d has other bytes", k)
				}
			}
		})
	}
}

func TestMovieReadsAsOneFile(t *testing.T) {
	m := File{Tracks: two(), Chunks: 9, Gap: 5, Mdats: 2, Hole: 1000}.Build()
	if err := iotest.TestReader(io.NewSectionReader(m, 0, m.Size()), m.Bytes()); err != nil {
		t.Error(err)
	}
}

func TestSamplesAreNALUnitsThatTellWhoTheyAre(t *testing.T) {
	for _, length := range []int{1, 2, 4} {
		track := Track{ID: 7, NALLength: length, Samples: Video(400, 3, 1500, 1), InBandSets: [][]byte{Renditions[0].SPS, Renditions[0].PPS}}
		seen := make(map[string]bool)
		for i := range track.Samples {
			b := track.payload(nil, i)
			if len(b) != 1500 || seen[string(b)] {
				t.Fatalf("sample %d: %d bytes, seen before: %v", i, len(b), seen[string(b)])
			}
			seen[string(b)] = true
			for len(b) > 0 {
				n := 0
				for _, x := range b[:length] {
					n = n<<8 | int(x)
				}
				if n == 0 || n > len(b)-length {
					t.Fatalf("sample %d holds a NAL unit of %d bytes where %d are left", i, n, len(b)-length)
				}
				b = b[length+n:]
			}
		}
	}
}

func TestReorderedPicturesAreShownOnceEach(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 30, 31, 32} {
		list := Video(2*n, n, 1, 10)
		Reorder(list, 1)
		shown := make(map[int]bool)
		for i, s := range list {
			at := i*10 + int(s.Offset)
			if shown[at] || at < 10 || at > 2*n*10 || s.Sync && s.Offset != 10 {
				t.Errorf("GOP of %d: sample %d is shown at %d", n, i, at)
			}
			shown[at] = true
		}
	}
}

func TestGoldenSetIsWritten(t *testing.T) {
	dir, s := t.TempDir(), Golden()
	path, err := s.Write(dir)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, s.ISM) {
		t.Error(err)
	}
	for name, m := range s.Movies {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Size() != m.Size() {
			t.Error(name, err)
		}
	}
}

func TestHugeFilesCostNothing(t *testing.T) {
	m := File{Tracks: two(), Hole: 5 << 30, MoovLast: true}.Build()
	if m.Size() < 5<<30 {
		t.Fatal(m.Size())
	}
	at, want := m.Sample(1, 79)
	got := make([]byte, len(want))
	if _, err := m.ReadAt(got, at); err != nil || !bytes.Equal(got, want) || at < 5<<30 {
		t.Error(at, err)
	}
}
