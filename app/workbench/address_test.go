package workbench

import (
	"strings"
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
		r, _, err := s.parse(c.address)
		if (err == nil) != c.ok {
			t.Errorf("%q: %v", c.address, err)
			continue
		}
		if c.ok && (r.Locator != c.locator || r.Format != c.format) {
			t.Errorf("%q asks for %s of %s", c.address, r.Format, r.Locator)
		}
	}
	if _, _, err := (&State{}).parse("manifest"); err == nil {
		t.Error("a URL without an asset is taken")
	}
}

func TestAddressesOfOtherServersAreToldApart(t *testing.T) {
	const guid = "0f0e0d0c-0000-4000-8000-000000000000"
	b := start(t, t.TempDir())
	b.Open(sample(t))
	s := b.rendered()
	for _, before := range []string{"https://account.streaming.media.azure.net/", "127.0.0.1:8080/", "", "/", "https://cdn.example/prefix/"} {
		r, foreign, err := s.parse(before + guid + "/other.ism/manifest(format=m3u8-aapl)")
		if err != nil || foreign != guid || r.Locator != s.Locator || r.Format != media.HLSV4 {
			t.Errorf("%q: %+v, foreign %q, %v", before, r, foreign, err)
		}
	}
	if r, foreign, err := s.parse(s.URL(0)); err != nil || foreign != "" || r.Locator != s.Locator {
		t.Errorf("our own: %+v, foreign %q, %v", r, foreign, err)
	}
	_, _, err := s.parse("https://a.example/" + guid + "/x.ism/QualityLevels(1)/Manifest(video,format=m3u8-aapl)")
	if err == nil || !strings.Contains(err.Error(), "no open asset has this locator") {
		t.Errorf("a track that the asset does not have: %v", err)
	}
	if err := b.Go("https://a.example/" + guid + "/x.ism/manifest(format=mpd-time-csf)"); err != nil {
		t.Fatal(err)
	}
	if s := b.State(); !strings.Contains(s.Notice.String(), guid) || s.Panes[s.Focus].Format != media.DASHCSF {
		t.Errorf("says %q and shows %s", s.Notice.String(), s.Panes[s.Focus].Format)
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
