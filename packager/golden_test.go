package packager_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"manifold/packager"
	"manifold/packager/internal/synth"
	"manifold/packager/route"
)

var update = flag.Bool("update", false, "write the golden files anew")

// open returns an engine with the assets at a path, its data in a folder of
// the test.
func open(t *testing.T, c packager.Config, path string) *packager.Engine {
	t.Helper()
	if c.Data == "" {
		c.Data = t.TempDir()
	}
	e, err := packager.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	if _, err := e.Add(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	return e
}

// golden writes the golden set and returns an engine that has it.
func golden(t *testing.T, c packager.Config) *packager.Engine {
	t.Helper()
	path, err := synth.Golden().Write(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return open(t, c, path)
}

// ask gets what the engine answers for a tail of its first asset.
func ask(e *packager.Engine, tail string) ([]byte, *packager.Answer, error) {
	r, err := route.Parse(e.Entries()[0].Base() + tail)
	if err != nil {
		return nil, nil, err
	}
	a, err := e.Do(context.Background(), r, nil)
	if err != nil {
		return nil, nil, err
	}
	defer a.Close()
	switch {
	case a.Text != nil:
		return a.Text.Plain(), a, nil
	case a.Body != nil:
		var b bytes.Buffer
		err := a.Body.WriteTo(context.Background(), &b)
		return b.Bytes(), a, err
	}
	return nil, a, nil
}

func mustAsk(t *testing.T, e *packager.Engine, tail string) []byte {
	t.Helper()
	b, _, err := ask(e, tail)
	if err != nil {
		t.Fatalf("%s: %v", tail, err)
	}
	return b
}

// The three manifests that the documentation of Azure Media Services shows are
// reproduced from a set of the same shape.
func TestDocumentedManifests(t *testing.T) {
	e := golden(t, packager.Config{})
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata", "golden", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	t.Run("HLS, byte for byte", func(t *testing.T) {
		same(t, mustAsk(t, e, "manifest(format=m3u8-aapl)"), read("documented.m3u8"))
	})
	t.Run("DASH, as XML", func(t *testing.T) {
		// the document has the namespace of XML Schema with another scheme
		want := bytes.Replace(read("documented.mpd"), []byte("https://www.w3.org/2001"), []byte("http://www.w3.org/2001"), 1)
		same(t, canonical(t, mustAsk(t, e, "manifest(format=mpd-time-csf)")), canonical(t, want))
	})
	t.Run("Smooth Streaming, as XML", func(t *testing.T) {
		same(t, canonical(t, mustAsk(t, e, "manifest")), canonical(t, read("documented.xml")))
	})
}

func same(t *testing.T, got, want []byte) {
	t.Helper()
	if bytes.Equal(got, want) {
		return
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		line := func(l []string) string {
			if i < len(l) {
				return l[i]
			}
			return "(nothing)"
		}
		if line(g) != line(w) {
			t.Fatalf("line %d is\n%s\nnot\n%s", i+1, line(g), line(w))
		}
	}
}

// canonical writes a document with an element a line, attributes in order of
// their names and no white space between elements (as C14N does).
func canonical(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	d := xml.NewDecoder(bytes.NewReader(b))
	for {
		tok, err := d.RawToken()
		if err == io.EOF {
			return out.Bytes()
		}
		if err != nil {
			t.Fatal(err)
		}
		switch x := tok.(type) {
		case xml.StartElement:
			var attrs []string
			for _, a := range x.Attr {
				attrs = append(attrs, a.Name.Space+":"+a.Name.Local+"="+a.Value)
			}
			slices.Sort(attrs)
			out.WriteString("<" + x.Name.Local + " " + strings.Join(attrs, " ") + ">\n")
		case xml.EndElement:
			out.WriteString("</" + x.Name.Local + ">\n")
		case xml.CharData:
			if s := strings.TrimSpace(string(x)); s != "" {
				out.WriteString(s + "\n")
			}
		}
	}
}

// Every other kind of manifest of the same set, to be read by people; run with
// -update after a wanted change.
func TestGoldenManifests(t *testing.T) {
	e := golden(t, packager.Config{})
	for name, tail := range map[string]string{
		"v3-master.m3u8":            "manifest(format=m3u8-aapl-v3)",
		"v3-master-no-audio.m3u8":   "manifest(format=m3u8-aapl-v3,audio-only=false)",
		"v3-level.m3u8":             "QualityLevels(1154816)/Manifest(video,format=m3u8-aapl-v3,audiotrack=aac_eng_2_128041_2_1)",
		"v4-master-no-audio.m3u8":   "manifest(format=m3u8-aapl,audio-only=false)",
		"v4-level.m3u8":             "QualityLevels(1154816)/Manifest(video,format=m3u8-aapl)",
		"v4-level-audio.m3u8":       "QualityLevels(128041)/Manifest(aac_eng_2_128041_2_1,format=m3u8-aapl)",
		"v4-level-keyframes.m3u8":   "QualityLevels(1154816)/Manifest(video,format=m3u8-aapl,type=keyframes)",
		"cmaf-master.m3u8":          "manifest(format=m3u8-cmaf)",
		"cmaf-master-audio.m3u8":    "manifest(format=m3u8-cmaf,audio-only=true)",
		"cmaf-level.m3u8":           "QualityLevels(1154816)/Manifest(video,format=m3u8-cmaf)",
		"cmaf-level-audio.m3u8":     "QualityLevels(128041)/Manifest(aac_eng_2_128041_2_1,format=m3u8-cmaf)",
		"cmaf-level-keyframes.m3u8": "QualityLevels(1154816)/Manifest(video,format=m3u8-cmaf,type=keyframes)",
		"cmaf.mpd":                  "manifest(format=mpd-time-cmaf)",
		"smooth-v20.xml":            "manifest(format=fmp4-v20)",
	} {
		t.Run(name, func(t *testing.T) {
			matches(t, mustAsk(t, e, tail), name)
		})
	}
}

// matches compares an answer with a golden file, or with -update makes it one.
func matches(t *testing.T, got []byte, name string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
}
