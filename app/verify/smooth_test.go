package verify

import (
	"net/url"
	"strings"
	"testing"
)

const client = `<SmoothStreamingMedia MajorVersion="2" MinorVersion="2" Duration="60000000">
<StreamIndex Type="audio" Name="a" Chunks="3" QualityLevels="1" Url="QualityLevels({bitrate})/Fragments(a={start time})">
<QualityLevel Bitrate="64000" FourCC="AACL" CodecPrivateData="1190"/><c t="5" d="20" r="2"/><c d="10"/></StreamIndex></SmoothStreamingMedia>`

func openClient(text string) (*Presentation, error) {
	base, err := url.Parse("http://127.0.0.1/x/movie.ism/manifest")
	if err != nil {
		return nil, err
	}
	p := &Presentation{Text: []byte(text)}
	return p, openSmooth(base, p)
}

func TestRepeatsCountTheFirstChunkToo(t *testing.T) {
	p, err := openClient(client)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Renditions[0]
	if len(r.Segments) != 3 || r.Segments[2].Start != 45 || r.Segments[1].URL != "http://127.0.0.1/x/movie.ism/QualityLevels(64000)/Fragments(a=25)" {
		t.Errorf("%+v", r.Segments)
	}
}

func TestClientManifestsThatContradictThemselvesAreErrors(t *testing.T) {
	for name, change := range map[string][2]string{
		"another number of chunks":    {`Chunks="3"`, `Chunks="4"`},
		"another number of qualities": {`QualityLevels="1"`, `QualityLevels="2"`},
		"repeats in version 2.0":      {`MinorVersion="2"`, `MinorVersion="0"`},
		"a chunk without duration":    {`<c d="10"/>`, `<c/>`},
		"private data that are none":  {"1190", "119"},
	} {
		if _, err := openClient(strings.Replace(client, change[0], change[1], 1)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
