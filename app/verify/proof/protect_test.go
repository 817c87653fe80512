package proof

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"manifold/app/verify"
)

// key returns the content key of a family of schemes.
func (a asset) key(t *testing.T, family string) []byte {
	t.Helper()
	for _, k := range a.Locators[0].Keys {
		if k.Scheme == family {
			return k.Value
		}
	}
	t.Fatalf("%s has no key of %s", a.Name, family)
	return nil
}

// joined writes a rendition into one file, its initialization segment first.
func joined(ctx context.Context, path string, r verify.Rendition) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var client verify.Client
	addresses := []string{r.Init}
	for _, s := range r.Segments {
		addresses = append(addresses, s.URL)
	}
	for _, address := range addresses {
		a, err := client.Fetch(ctx, address)
		if err != nil {
			return err
		}
		if a.Status != http.StatusOK {
			return fmt.Errorf("%s: status %d", address, a.Status)
		}
		if _, err := f.Write(a.Body); err != nil {
			return err
		}
	}
	return nil
}

// TestFFmpegDecryptsEveryPacket encrypts sets of several codecs in every way that
// has a box of its own, lets ffmpeg decrypt all renditions, and compares packet
// for packet with what it gets without encryption.
func TestFFmpegDecryptsEveryPacket(t *testing.T) {
	dir := t.TempDir()
	for _, set := range []string{"good/ladder", "good/avc3", "codecs/hevc", "codecs/surround", "codecs/extended"} {
		o := serve(t, "--extended-codecs", filepath.Join(made, filepath.FromSlash(set)))
		a := o.Assets[0]
		for format, schemes := range map[string][]string{"mpd-time-csf": {"cenc"}, "mpd-time-cmaf": {"cenc", "cbcs-aapl"}, "m3u8-cmaf": {"cenc", "cbcs-aapl"}} {
			for _, scheme := range schemes {
				t.Run(set+" "+format+" "+scheme, func(t *testing.T) {
					ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
					defer cancel()
					key := hex.EncodeToString(a.key(t, map[string]string{"cenc": "CommonEncryptionCenc", "cbcs-aapl": "CommonEncryptionCbcs"}[scheme]))
					compareDecrypted(ctx, t, dir, o.ism(t, a.Name)+"/manifest(format="+format+")", o.ism(t, a.Name)+"/manifest(format="+format+",encryption="+scheme+")", key)
				})
			}
		}
	}
}

func compareDecrypted(ctx context.Context, t *testing.T, dir, clear, encrypted, key string) {
	t.Helper()
	var client verify.Client
	p, err := client.Open(ctx, clear)
	if err != nil {
		t.Fatal(err)
	}
	q, err := client.Open(ctx, encrypted)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Renditions) != len(q.Renditions) {
		t.Fatalf("%d renditions, encrypted %d", len(p.Renditions), len(q.Renditions))
	}
	for i := range p.Renditions {
		a, b := filepath.Join(dir, "clear.mp4"), filepath.Join(dir, "encrypted.mp4")
		if err := joined(ctx, a, p.Renditions[i]); err != nil {
			t.Fatal(err)
		}
		if err := joined(ctx, b, q.Renditions[i]); err != nil {
			t.Fatal(err)
		}
		s := stream{Codec: "none"}
		want, err := hashes(ctx, s, nil, a)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := hashes(ctx, s, nil, b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := hashes(ctx, s, []string{"-seekable", "0", "-decryption_key", key}, b)
		if err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("rendition %d: %d packets are decrypted, %d were to be", i, len(got), len(want))
		}
		same := 0
		for k := range min(len(sealed), len(want)) {
			// AV1 has pictures whose tiles are smaller than a block, or that are others
			// shown once more: they have nothing to encrypt
			if size := 0; sealed[k] == want[k] {
				if _, err := fmt.Sscan(want[k], &size); err != nil || size >= 64 {
					same++
				}
			}
		}
		if 10*same > len(want) {
			t.Errorf("rendition %d: %d of %d packets are not encrypted", i, same, len(want))
		}
	}
}

// TestFFmpegPlaysEncryptedHLS lets ffmpeg fetch the keys by itself: whole
// segments in an envelope, and SAMPLE-AES.
func TestFFmpegPlaysEncryptedHLS(t *testing.T) {
	ism := shared.ism(t, "ladder")
	for _, c := range []struct {
		format, scheme string
		limit          int // packets at the end that ffmpeg 5.1 gets wrong
	}{{"m3u8-aapl", "cbc", 0}, {"m3u8-aapl-v3", "cbc", 0}, {"m3u8-cmaf", "cbc", 0}, {"m3u8-aapl", "cbcs-aapl", 3}, {"m3u8-aapl-v3", "cbcs-aapl", 3}} {
		t.Run(c.format+" "+c.scheme, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			clear, encrypted := ism+"/manifest(format="+c.format+")", ism+"/manifest(format="+c.format+",encryption="+c.scheme+")"
			list, err := streams(ctx, hlsOptions, clear)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range list {
				want, err := hashes(ctx, s, hlsOptions, clear)
				if err != nil {
					t.Fatal(err)
				}
				got, err := hashes(ctx, s, hlsOptions, encrypted)
				if err != nil {
					t.Fatal(err)
				}
				if n := len(want) - c.limit; n < 100 || len(got) < n || !slices.Equal(got[:n], want[:n]) {
					t.Errorf("stream %d: %d packets, want %d", s.Index, len(got), len(want))
				}
			}
		})
	}
}

// TestEnvelopesOpenWithTheKeyOfTheManifest opens segments of MPDs and Smooth
// manifests, initialization segments too, with what these say.
func TestEnvelopesOpenWithTheKeyOfTheManifest(t *testing.T) {
	ism := shared.ism(t, "ladder")
	period := regexp.MustCompile(`<sea:CryptoPeriod[^>]*>`)
	attribute := func(element []byte, name string) string {
		m := regexp.MustCompile(name + `="([^"]*)"`).FindSubmatch(element)
		if m == nil {
			t.Fatalf("%s lacks %s", element, name)
		}
		return string(m[1])
	}
	for _, tail := range []string{"/manifest(format=mpd-time-csf", "/manifest(format=mpd-time-cmaf", "/manifest("} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var client verify.Client
		clear, err := client.Open(ctx, ism+strings.TrimSuffix(tail, "(")+map[bool]string{true: ")"}[strings.Contains(tail, "=")])
		if err != nil {
			t.Fatal(err)
		}
		address := ism + tail + map[bool]string{true: ",", false: ""}[strings.Contains(tail, "=")] + "encryption=cbc)"
		sealed, err := client.Open(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		text, err := client.Fetch(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		element := period.Find(text.Body)
		key, err := client.Fetch(ctx, attribute(element, "keyUriTemplate"))
		if err != nil || len(key.Body) != 16 {
			t.Fatalf("the key has %d bytes (%v)", len(key.Body), err)
		}
		iv, err := hex.DecodeString(strings.TrimPrefix(attribute(element, "IV"), "0x"))
		if err != nil {
			t.Fatal(err)
		}
		block, err := aes.NewCipher(key.Body)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range sealed.Renditions {
			pairs := [][2]string{{clear.Renditions[i].Segments[1].URL, r.Segments[1].URL}}
			if r.Init != "" {
				pairs = append(pairs, [2]string{clear.Renditions[i].Init, r.Init})
			}
			for _, pair := range pairs {
				want, err := client.Fetch(ctx, pair[0])
				if err != nil {
					t.Fatal(err)
				}
				got, err := client.Fetch(ctx, pair[1])
				if err != nil || len(got.Body)%16 != 0 || len(got.Body) == 0 {
					t.Fatalf("%s: %d bytes, %v", pair[1], len(got.Body), err)
				}
				cipher.NewCBCDecrypter(block, iv).CryptBlocks(got.Body, got.Body)
				n := len(got.Body) - int(got.Body[len(got.Body)-1])
				if n < 0 || !bytes.Equal(got.Body[:n], want.Body) {
					t.Errorf("%s: opened it is something else", pair[1])
				}
			}
		}
	}
}
