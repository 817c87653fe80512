package workbench

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"manifold/packager/media"
)

// Whatever is chosen, the answers name one key, the one that the server has,
// and the map of a fragment covers its samples.
func TestAnswersAreLookedInto(t *testing.T) {
	b := start(t, t.TempDir())
	b.Open(sample(t))
	b.until("the sample is read", func(s State) bool { return s.Chosen() != nil && s.Chosen().Read != nil && len(s.Jobs) == 0 })
	b.until("nothing is encrypted", func(s State) bool { return s.Protection.Path != "" && s.Protection.Clear })
	for _, c := range []struct {
		format     media.Format
		encryption string
		mentions   []string // some of them
		mapped     bool
	}{
		{media.DASHCSF, "cenc", []string{"manifest: video mp4protection", "manifest: audio PlayReady object", "manifest: video Widevine pssh", "initialization segment: tenc", "initialization segment: W3C common pssh", "fragment: senc"}, true},
		{media.DASHCMAF, "cbcs-aapl", []string{"manifest: video mp4protection", "initialization segment: tenc", "fragment: senc"}, true},
		{media.HLSCMAF, "cbcs-aapl", []string{"playlist: FairPlay key", "initialization segment: tenc"}, true},
		{media.HLSCMAF, "cenc", []string{"playlist: Widevine key", "playlist: PlayReady key", "fragment: senc"}, true},
		{media.HLSV4, "cbcs-aapl", []string{"playlist: FairPlay key"}, false},
		{media.HLSV4, "cbc", []string{"playlist: AES-128 key"}, false},
		{media.DASHCMAF, "cbc", []string{"manifest: video CryptoPeriod"}, false},
		{media.Smooth, "cenc", []string{"manifest: PlayReady header", "fragment: senc"}, true},
		{media.Smooth, "piff", []string{"manifest: PlayReady header", "fragment: PIFF senc"}, true},
	} {
		name := fmt.Sprintf("%s %s", c.format, c.encryption)
		b.Dispatch(SetFormat{c.format})
		b.Dispatch(SetParameters{Parameters{Encryption: c.encryption}})
		s := b.until(name+" is looked into", func(s State) bool {
			p := s.Protection
			return p.Report != nil && strings.Contains(p.Path, "encryption="+c.encryption) && (strings.Contains(p.Path, "format="+string(c.format)) || c.format == media.Smooth)
		})
		r := s.Protection.Report
		var got []string
		for _, m := range r.Mentions {
			got = append(got, m.In+": "+m.What)
			if strings.Contains(m.Says, "cannot") {
				t.Errorf("%s: %+v", name, m)
			}
		}
		for _, m := range c.mentions {
			if !slices.Contains(got, m) {
				t.Errorf("%s: no %q in %q", name, m, got)
			}
		}
		keys, err := b.service.engine().Keys(s.Chosen().Entry, s.Chosen().Read)
		if err != nil {
			t.Fatal(err)
		}
		if ids := r.KIDs(); len(ids) != 1 || !strings.Contains(fmt.Sprint(keys), ids[0]) {
			t.Errorf("%s: keys %q are named, the server has %v", name, ids, keys)
		}
		if (len(r.Samples) > 0) != c.mapped {
			t.Errorf("%s: %d samples are mapped", name, len(r.Samples))
		}
		for i, x := range r.Samples {
			sum := 0
			for _, g := range x.Ranges {
				sum += g.Clear + g.Protected
			}
			if sum != x.Size || x.Protected() == 0 || len(x.IV) == 0 {
				t.Errorf("%s: sample %d of %d bytes has %d, %d of them protected, IV %x", name, i, x.Size, sum, x.Protected(), x.IV)
			}
		}
	}
	b.Dispatch(SetFormat{media.HLSV4})
	b.Dispatch(SetParameters{Parameters{Encryption: "cenc"}})
	b.until("what a format refuses is not encrypted", func(s State) bool {
		return s.Protection.Clear && strings.Contains(s.Protection.Path, "format=m3u8-aapl")
	})
}
