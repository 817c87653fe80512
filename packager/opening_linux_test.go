package packager_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"manifold/packager"
	"manifold/packager/internal/synth"
)

// What is opened is described: of the media there is read what tells of captions
// alone, whether there are 50 GiB in a file or 200 assets in a folder.
func TestOpeningReadsHardlyAnyMedia(t *testing.T) {
	dir := t.TempDir()
	r := synth.Renditions[4]
	film := func(hole int64) *synth.Movie {
		return synth.File{Chunks: 10, Hole: hole, MoovLast: true, Tracks: []synth.Track{
			{Handler: "vide", Timescale: 25, NALLength: 4, Samples: synth.Video(25*30, 50, 20_000, 1), Entry: synth.AVC("avc1", r.Width, r.Height, 4, [][]byte{r.SPS}, [][]byte{r.PPS})},
			{Handler: "soun", Timescale: 48000, Language: "eng", Samples: synth.Audio(30*48000/1024, 300, 1024), Entry: synth.AAC(2, 48000, synth.StereoASC)},
		}}.Build()
	}
	const hole = 50 << 30
	write := func(name string, m *synth.Movie, from int64) string {
		path := filepath.Join(dir, name, "film.mp4")
		if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for _, part := range []*io.SectionReader{io.NewSectionReader(m, 0, min(4096, m.Size())), io.NewSectionReader(m, from, m.Size()-from)} {
			_, at, _ := part.Outer()
			if _, err := io.Copy(io.NewOffsetWriter(f, at), part); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	write("large", film(hole), hole)
	small := write("small", film(0), 0)
	const others = 199
	for i := range others {
		folder := filepath.Join(dir, fmt.Sprint("other ", i))
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Link(small, filepath.Join(folder, "film.mp4")); err != nil {
			t.Fatal(err)
		}
	}
	before := bytesRead(t)
	e := open(t, packager.Config{}, dir)
	list := e.Entries()
	if len(list) != others+2 {
		t.Fatalf("there are %d assets", len(list))
	}
	for _, x := range list {
		a, err := e.Asset(context.Background(), x.Locator.ID)
		if err == nil {
			err = a.Err
		}
		if err != nil {
			t.Fatalf("%s: %v", x.Name, err)
		}
	}
	const each = 400 << 10 // index, and the beginnings of 60 pictures
	if n := bytesRead(t) - before; n > each*int64(len(list)) || n < 10_000*int64(len(list)) {
		t.Errorf("%d bytes are read for %d assets", n, len(list))
	}
}

// bytesRead is how many bytes the process has read by system calls.
func bytesRead(t *testing.T) (n int64) {
	t.Helper()
	f, err := os.Open("/proc/self/io")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fscanf(f, "rchar: %d", &n); err != nil {
		t.Fatal(err)
	}
	return n
}
