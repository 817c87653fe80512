package asset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"manifold/packager/fault"
	"manifold/packager/internal/synth"
	"manifold/packager/media"
)

const full = `<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<smil xmlns="http://www.w3.org/2001/SMIL20/Language">
  <head>
    <meta name="clientManifestRelativePath" content="show.ismc" />
    <meta name="formats" content="mp4-v3" />
  </head>
  <body>
    <switch>
      <audio src="show_720p.mp4" systemBitrate="128041" systemLanguage="eng">
        <param name="systemBitrate" value="128041" valuetype="data" />
        <param name="trackID" value="2" valuetype="data" />
        <param name="trackName" value="aac_eng_2_128041_2_1" valuetype="data" />
        <param name="systemLanguage" value="eng" valuetype="data" />
        <param name="trackIndex" value="show_1.mpi" valuetype="data" />
      </audio>
      <audio src="show_ad.mp4" title="Director &amp; crew">
        <param name="accessibility" value="description" />
        <param name="role" value="alternate" />
        <param name="SYSTEMBITRATE" value=" 64000 " />
      </audio>
      <video src="show_720p.mp4" systemBitrate="3579827"><param name="trackID" value="1"/></video>
      <textstream src="en.vtt" systemLanguage="en" systemBitrate="1000">
        <param name="trackName" value="sub" /><param name="textDisplayName" value="English" />
      </textstream>
    </switch>
  </body>
</smil>`

func TestServerManifestInFullForm(t *testing.T) {
	m, err := ParseServerManifest([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	want := []Element{
		{Kind: media.Audio, Source: "show_720p.mp4", Bitrate: 128041, TrackID: 2, Name: "aac_eng_2_128041_2_1", Language: "eng", Line: 9},
		{Kind: media.Audio, Source: "show_ad.mp4", Bitrate: 64000, Name: "Director & crew", Label: "Director & crew", Role: "alternate", Access: "description", Line: 16},
		{Kind: media.Video, Source: "show_720p.mp4", Bitrate: 3579827, TrackID: 1, Line: 21},
		{Kind: media.Text, Source: "en.vtt", Bitrate: 1000, Name: "sub", Label: "English", Language: "en", Line: 22},
	}
	if !reflect.DeepEqual(m.Elements, want) {
		t.Errorf("%+v\nwant %+v", m.Elements, want)
	}
}

// utf16Of encodes a document with a byte order mark.
func utf16Of(s string, order binary.AppendByteOrder) []byte {
	b := order.AppendUint16(nil, 0xFEFF)
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

func TestServerManifestInOtherEncodings(t *testing.T) {
	doc := strings.Replace(full, "crew", "Crew 𝄞 é", 1)
	declared := strings.Replace(doc, "utf-8", "utf-16", 1)
	for name, b := range map[string][]byte{
		"a byte order mark":      append([]byte("\xEF\xBB\xBF"), doc...),
		"UTF-16 little-endian":   utf16Of(declared, binary.LittleEndian),
		"UTF-16 big-endian":      utf16Of(declared, binary.BigEndian),
		"UTF-16 declared as not": utf16Of(doc, binary.LittleEndian),
	} {
		m, err := ParseServerManifest(b)
		if err != nil || len(m.Elements) != 4 || m.Elements[1].Name != "Director & Crew 𝄞 é" {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

func TestWhatComesFirstInAServerManifestStays(t *testing.T) {
	m, err := ParseServerManifest(ism(`<audio src="a" systemBitrate="1" title="T"><param name="systemBitrate" value="2"/><param name="title" value="U"/><param name="trackName" value="N"/><param name="trackName" value=""/><param name="src" value="b"/></audio>`))
	if err != nil {
		t.Fatal(err)
	}
	if e := m.Elements[0]; e.Source != "a" || e.Bitrate != 1 || e.Name != "N" || e.Label != "T" {
		t.Errorf("%+v", e)
	}
}

func TestServerManifestsThatAreNone(t *testing.T) {
	for _, c := range []struct{ name, doc, where, says string }{
		{"nothing", "", "", "is empty"},
		{"a comment", "<!-- -->", "", "is empty"},
		{"HTML", "\n<html/>", "line 2", "<html>, not <smil>"},
		{"cut off", full[:300], "line ", "not well-formed"},
		{"a wrong end", "<smil>\n<body></switch></smil>", "line 2", "not well-formed"},
		{"an ampersand", "<smil>\n\n<video src='a&b'/></smil>", "line 3", "not well-formed"},
		{"Latin-1", "<smil><video src='\xE9'/></smil>", "line 1", "not well-formed"},
		{"UTF-16 cut off", "\xFF\xFE<\x00s\x00", "line ", "not well-formed"},
		{"an odd byte", "\xFF\xFE<", "", "middle of a character"},
		{"too many tracks", "<smil>" + strings.Repeat("<video src='a'/>", 1025) + "</smil>", "line 1", "more than 1024 tracks"},
	} {
		_, err := ParseServerManifest([]byte(c.doc))
		var e *fault.Error
		if !errors.As(err, &e) || e.Code.Status() != 415 || !strings.HasPrefix(e.Where, c.where) || !strings.Contains(e.What, c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestPermissionIsTheReasonGiven(t *testing.T) {
	denied := &fs.PathError{Op: "open", Path: "/private/place/a.mp4", Err: fs.ErrPermission}
	for _, err := range []error{openFault("a.mp4", denied), unreadable("show", denied)} {
		e := fault.As(err)
		if !strings.Contains(e.What, "not permitted") || !strings.Contains(e.Advice, "permissions") || strings.Contains(err.Error(), "/private/place") {
			t.Errorf("%v, %s", err, e.Advice)
		}
	}
	other := openFault("a.mp4", &fs.PathError{Op: "open", Path: "/private/place/a.mp4", Err: errors.New("input/output error")})
	if s := other.Error(); s != "a.mp4: the file cannot be read: input/output error" {
		t.Error(s)
	}
}

func FuzzParseServerManifest(f *testing.F) {
	f.Add([]byte(full))
	f.Add(synth.Golden().ISM)
	f.Add(utf16Of(full, binary.LittleEndian))
	f.Add(ism(`<video src="%2e%2e/a.mp4"/><video src="a//b/./c.mp4"/>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseServerManifest(b)
		if err != nil {
			var e *fault.Error
			if !errors.As(err, &e) || e.What == "" {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		a := &Asset{Set: Set{Root: t.TempDir(), Server: "x.ism"}}
		for i := range m.Elements {
			e := &m.Elements[i]
			if e.Bitrate < 0 || e.Line < 1 {
				t.Fatalf("%+v", e)
			}
			if name, err := a.sourceOf(e); err == nil && !local(name) {
				t.Fatalf("src %q leads to %q", e.Source, name)
			}
		}
		if bytes.Contains(b, []byte("<smil")) && len(m.Elements) > maxElements {
			t.Fatal(len(m.Elements))
		}
	})
}
