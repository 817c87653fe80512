package workbench

import (
	"testing"

	"manifold/packager/media"
)

func TestAddressesOfEveryShapeAreRead(t *testing.T) {
	s := after()
	for _, c := range []struct {
		address string
		locator string
		format  media.Format
		ok      bool
	}{
		{"http://127.0.0.1:8080/b/b.ism/manifest(format=m3u8-cmaf)", "b", media.HLSCMAF, true},
		{" /a/a.ism/manifest ", "a", media.Smooth, true},
		{"manifest(format=mpd-time-csf, encryption=cenc)", "a", media.DASHCSF, true},
		{"QualityLevels(1000)/Manifest(video,format=m3u8-aapl)", "a", media.HLSV4, true},
		{"https://account.streaming.media.azure.net/0f0e0d0c-0000-4000-8000-000000000000/other.ism/manifest(format=m3u8-aapl).m3u8?sv=1", "a", media.HLSV4, true},
		{"https://example.com", "", "", false},
		{"/a/movie.mp4", "", "", false},
		{"manifest(format=no-such)", "", "", false},
		{"", "", "", false},
	} {
		r, err := s.parse(c.address)
		if (err == nil) != c.ok {
			t.Errorf("%q: %v", c.address, err)
			continue
		}
		if c.ok && (r.Locator != c.locator || r.Format != c.format) {
			t.Errorf("%q asks for %s of %s", c.address, r.Format, r.Locator)
		}
	}
	if _, err := (&State{}).parse("manifest"); err == nil {
		t.Error("a URL without an asset is taken")
	}
}

func TestLinesOfPlaylistsAreFollowed(t *testing.T) {
	s := after()
	for line, level := range map[string]bool{
		"QualityLevels(1000)/Manifest(video,format=m3u8-cmaf)":                                                      true,
		`#EXT-X-MEDIA:TYPE=AUDIO,NAME="eng",URI="QualityLevels(128)/Manifest(eng,format=m3u8-cmaf)",LANGUAGE="eng"`: true,
		"QualityLevels(1000)/Fragments(video=0,format=m3u8-cmaf)":                                                   false,
		"#EXTM3U": false,
		"":        false,
	} {
		if _, ok := s.Follow(0, URIOf(line)); ok != level {
			t.Errorf("%q is followed: %v", line, ok)
		}
	}
}
