package synth

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// Rendition is one quality level of the golden set.
type Rendition struct {
	Width, Height int
	Bitrate       int // systemBitrate, bit/s
	SPS, PPS      []byte
}

// Renditions are those of the documented manifests, by falling bitrate.
var Renditions = []Rendition{
	rendition(1280, 720, 3579827, "67640020ACD9405005BB011000003E90000EA600F1831960"),
	rendition(960, 540, 2217354, "6764001FACD940F0117EF01100000303E90000EA600F183196"),
	rendition(640, 360, 1154816, "6764001EACD940A02FF9701100000303E90000EA600F162D96"),
	rendition(480, 270, 721495, "67640015ACD941E08FEB011000003E90000EA600F162D960"),
	rendition(320, 180, 381048, "6764000DACD941419F9F011000003E90000EA600F1429960"),
}

func rendition(width, height, bitrate int, sps string) Rendition {
	return Rendition{width, height, bitrate, Hex(sps), Hex("68EBECB22C")}
}

// Hex returns the bytes of a hexadecimal constant.
func Hex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// What else is known of the golden set.
const (
	GoldenName     = "ignite"
	GoldenBitrate  = 128041 // of the audio track, bit/s
	GoldenLanguage = "eng"
	GoldenAudio    = "aac_eng_2_128041_2_1"
)

// StereoASC is the AudioSpecificConfig of AAC-LC, 48 kHz, stereo.
var StereoASC = Hex("1190")

// GoldenVideo returns the description of the video track of a rendition: 11
// GOPs of 180 frames and one of 127 at 30000/1001 frames a second. Its bytes
// are a tenth below the declared bitrate, so that it stands in BANDWIDTH.
func GoldenVideo(r Rendition) Track {
	return Track{
		Handler: "vide", Timescale: 30000, NALLength: 4,
		Entry:   AVC("avc1", r.Width, r.Height, 4, [][]byte{r.SPS}, [][]byte{r.PPS}),
		Samples: Video(11*180+127, 180, r.Bitrate*9/10*1001/(8*30000), 1001),
	}
}

// GoldenSound returns the description of the audio track: 3296 frames.
func GoldenSound() Track {
	return Track{
		Handler: "soun", Timescale: 48000, Language: GoldenLanguage,
		Entry:   AAC(2, 48000, StereoASC),
		Samples: Audio(3296, GoldenBitrate*9/10*1024/(8*48000), 1024),
	}
}

// Set is an asset: movies and a server manifest.
type Set struct {
	Movies map[string]*Movie // by file name
	Server string            // file name of the server manifest
	ISM    []byte
}

// Golden returns the set that the documented manifests were made from, as far
// as they tell: the audio is in every file, as track 2; the server manifest
// names it first and once.
func Golden() Set {
	s := Set{Movies: make(map[string]*Movie), Server: GoldenName + ".ism"}
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<smil xmlns="http://www.w3.org/2001/SMIL20/Language">
  <head>
    <meta name="clientManifestRelativePath" content="` + GoldenName + `.ismc" />
    <meta name="formats" content="mp4-v3" />
  </head>
  <body>
    <switch>
`)
	for i, r := range Renditions {
		name := fmt.Sprintf("%s_%dx%d_%d.mp4", GoldenName, r.Width, r.Height, r.Bitrate/1000)
		s.Movies[name] = File{Tracks: []Track{GoldenVideo(r), GoldenSound()}, Chunks: 71}.Build()
		if i == 0 {
			element(&b, "audio", name, GoldenBitrate, 2, GoldenAudio, GoldenLanguage)
		}
		element(&b, "video", name, r.Bitrate, 1, "video", "")
	}
	b.WriteString("    </switch>\n  </body>\n</smil>\n")
	s.ISM = b.Bytes()
	return s
}

func element(b *bytes.Buffer, kind, src string, bitrate, trackID int, name, language string) {
	fmt.Fprintf(b, `      <%s src="%s" systemBitrate="%d"`, kind, src, bitrate)
	if language != "" {
		fmt.Fprintf(b, ` systemLanguage="%s"`, language)
	}
	b.WriteString(">\n")
	param := func(name string, value any) {
		fmt.Fprintf(b, `        <param name="%s" value="%v" valuetype="data" />`+"\n", name, value)
	}
	param("systemBitrate", bitrate)
	param("trackID", trackID)
	param("trackName", name)
	if language != "" {
		param("systemLanguage", language)
	}
	fmt.Fprintf(b, "      </%s>\n", kind)
}

// Write writes the files of the set into a folder and returns the path of the
// server manifest.
func (s Set) Write(dir string) (string, error) {
	for name, m := range s.Movies {
		if err := write(filepath.Join(dir, name), m); err != nil {
			return "", err
		}
	}
	path := filepath.Join(dir, s.Server)
	return path, os.WriteFile(path, s.ISM, 0o644)
}

func write(path string, m *Movie) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = m.WriteTo(f)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}
