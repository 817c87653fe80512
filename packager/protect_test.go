package packager_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"manifold/packager"
	"manifold/packager/fault"
	"manifold/packager/keypolicy"
	"manifold/packager/protect"
	"manifold/packager/route"
)

// Every manifest that is listed answers, in every encryption, and so does all
// that it leads to; another process with the same keys gives the same bytes.
func TestEncryptedURLsAnswer(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	movie(t, filepath.Join(dir, "film_500.mp4"), 6, 500)
	movie(t, filepath.Join(dir, "film_700.mp4"), 6, 700)
	e, other := open(t, packager.Config{Data: data}, dir), open(t, packager.Config{Data: data}, dir)
	seen := map[protect.Scheme]int{}
	for _, p := range e.Entries()[0].Paths() {
		r, err := route.Parse(p.URL)
		if err != nil {
			t.Fatal(err)
		}
		tail := p.URL[strings.Index(p.URL, ".ism/")+5:]
		text := mustAsk(t, e, tail)
		if !bytes.Equal(text, mustAsk(t, other, tail)) {
			t.Errorf("%s differs from process to process", tail)
		}
		if p.Scheme != "" && !strings.Contains(string(text), "encryption="+r.Encryption) {
			t.Errorf("%s: the URLs in it lose the encryption\n%s", tail, text)
		}
		seen[p.Scheme]++
	}
	for s, want := range map[protect.Scheme]int{"": 7, protect.Envelope: 7, protect.CENC: 5, protect.CBCS: 4, protect.PIFF: 2} {
		if seen[s] != want {
			t.Errorf("%d manifests with %q, want %d", seen[s], s, want)
		}
	}
}

// keyOf returns the key of a family.
func keyOf(t *testing.T, e *packager.Engine, family string) protect.Key {
	t.Helper()
	entry := e.Entries()[0]
	a, err := e.Asset(t.Context(), entry.Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := e.Keys(entry, a)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.Scheme == family {
			id, err := protect.ParseKID(k.ID)
			if err != nil {
				t.Fatal(err)
			}
			return protect.Key{ID: id, Value: [16]byte(k.Value)}
		}
	}
	t.Fatalf("no key of %s", family)
	return protect.Key{}
}

// What manifests say of the key is what init segments say.
func TestManifestsAndInitSegmentsNameOneKey(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 6, 500)
	e := open(t, packager.Config{}, dir)
	for _, c := range []struct{ family, format, scheme string }{
		{"CommonEncryptionCenc", "mpd-time-csf", "cenc"}, {"CommonEncryptionCenc", "mpd-time-cmaf", "cenc"}, {"CommonEncryptionCbcs", "mpd-time-cmaf", "cbcs-aapl"},
	} {
		k := keyOf(t, e, c.family)
		mpd := string(mustAsk(t, e, "manifest(format="+c.format+",encryption="+c.scheme+")"))
		if n := strings.Count(mpd, `cenc:default_KID="`+k.ID.String()+`"`); n != 2 {
			t.Errorf("%s: %d sets name the key\n%s", c.scheme, n, mpd)
		}
		init := mustAsk(t, e, "QualityLevels("+bitrate(t, e)+")/Fragments(video=i,format="+c.format+",encryption="+c.scheme+")")
		for _, m := range regexp.MustCompile(`<cenc:pssh>([^<]+)</cenc:pssh>`).FindAllStringSubmatch(mpd, -1) {
			pssh, err := base64.StdEncoding.DecodeString(m[1])
			if err != nil || !bytes.Contains(init, pssh) {
				t.Errorf("%s: the init segment lacks %s (%v)", c.scheme, m[1], err)
			}
		}
		if !bytes.Contains(init, append([]byte("tenc"), 0)) && !bytes.Contains(init, append([]byte("tenc"), 1)) || !bytes.Contains(init, k.ID[:]) {
			t.Errorf("%s: the init segment does not name the key", c.scheme)
		}
	}
}

// The policies of the service are as strict as they were.
func TestStrictPolicies(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 6, 500)
	for _, c := range []struct {
		policy, tail string
		code         fault.Code // "" for an answer
		has          string
	}{
		{"Predefined_ClearKey", "manifest(format=m3u8-aapl,encryption=cbc)", "", "encryption=cbc"},
		{"Predefined_ClearKey", "manifest(format=mpd-time-csf)", "", "urn:mpeg:dash:sea:2012"},
		{"Predefined_ClearKey", "manifest(format=mpd-time-cmaf)", fault.EncryptionNotSpecified, ""},
		{"Predefined_ClearKey", "manifest(encryption=cenc)", fault.EncryptionNotInPolicy, ""},
		{"Predefined_MultiDrmCencStreaming", "manifest(format=mpd-time-csf)", fault.EncryptionNotSpecified, ""},
		{"Predefined_MultiDrmCencStreaming", "manifest(format=mpd-time-csf,encryption=cenc)", "", "mspr:pro"},
		{"Predefined_MultiDrmStreaming", "manifest(format=m3u8-cmaf,encryption=cbcs-aapl)", "", "encryption=cbcs-aapl"},
		{"Predefined_MultiDrmStreaming", "manifest(format=mpd-time-cmaf,encryption=cbcs-aapl)", fault.EncryptionNotInPolicy, ""},
		{"Predefined_ClearStreamingOnly", "manifest(encryption=piff)", fault.EncryptionNotInPolicy, ""},
		{"Predefined_DownloadOnly", "manifest(format=m3u8-aapl,encryption=cbc)", fault.OutputFormatBlocked, ""},
	} {
		e := open(t, packager.Config{Policy: c.policy}, dir)
		got, _, err := ask(e, c.tail)
		switch {
		case c.code == "" && (err != nil || !strings.Contains(string(got), c.has)):
			t.Errorf("%s %s: %v\n%s", c.policy, c.tail, err, got)
		case c.code != "" && code(err) != c.code:
			t.Errorf("%s %s: %v, want %s", c.policy, c.tail, err, c.code)
		}
	}
	// keys of licence servers are not delivered
	e := open(t, packager.Config{Policy: "Predefined_MultiDrmStreaming"}, dir)
	for family, delivered := range map[string]bool{"EnvelopeEncryption": true, "CommonEncryptionCenc": false, "CommonEncryptionCbcs": false} {
		if _, err := e.DeliverKey(keyOf(t, e, family).ID, new(keypolicy.Request)); (err == nil) != delivered {
			t.Errorf("the key of %s: %v", family, err)
		}
	}
}

// A policy of the user's names licence servers of the user's, and keys that
// are theirs are not delivered here.
func TestAPolicyOfTheUser(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 6, 500)
	if err := os.Mkdir(filepath.Join(data, "policies"), 0o700); err != nil {
		t.Fatal(err)
	}
	policy := `{"envelopeEncryption":{"enabledProtocols":{"hls":true},"customKeyAcquisitionUrlTemplate":"https://keys.example/{ContentKeyId}"},
		"commonEncryptionCenc":{"enabledProtocols":{"dash":true},"contentKeys":{"per":"trackType"},"clearKeyEncryptionConfiguration":{},
			"drm":{"widevine":{"customLicenseAcquisitionUrlTemplate":"https://wv.example/{ContentKeyId}"},"playReady":{"customLicenseAcquisitionUrlTemplate":"https://pr.example/"}}}}`
	if err := os.WriteFile(filepath.Join(data, "policies", "mine.json"), []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	e := open(t, packager.Config{Policy: "mine", Data: data}, dir)
	entry := e.Entries()[0]
	a, err := e.Asset(t.Context(), entry.Locator.ID)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := e.Keys(entry, a)
	if err != nil || len(keys) != 3 || keys[1].Label != "video" && keys[2].Label != "video" || keys[1].ID == keys[2].ID {
		t.Fatalf("%+v, %v", keys, err)
	}
	envelope := keyOf(t, e, "EnvelopeEncryption").ID
	level := string(mustAsk(t, e, "QualityLevels("+bitrate(t, e)+")/Manifest(video,format=m3u8-aapl,encryption=cbc)"))
	if !strings.Contains(level, `URI="https://keys.example/`+envelope.String()+`"`) {
		t.Errorf("the playlist is\n%s", level)
	}
	if _, err := e.DeliverKey(envelope, new(keypolicy.Request)); code(err) != fault.EncryptionNotInPolicy {
		t.Errorf("the key of another server is delivered: %v", err)
	}
	mpd := string(mustAsk(t, e, "manifest(format=mpd-time-csf,encryption=cenc)"))
	for _, k := range keys[1:] {
		for _, want := range []string{`cenc:default_KID="` + k.ID, "https://wv.example/" + k.ID, "/keydelivery/ClearKey/?kid=" + k.ID} {
			if !strings.Contains(mpd, want) {
				t.Errorf("the MPD lacks %s\n%s", want, mpd)
			}
		}
	}
	if !strings.Contains(mpd, `licenseUrl="https://pr.example/"`) {
		t.Errorf("the MPD is\n%s", mpd)
	}
	if _, err := e.DeliverKey(keyOf(t, e, "CommonEncryptionCenc").ID, new(keypolicy.Request)); err != nil {
		t.Errorf("the key of ClearKey: %v", err)
	}
	if mpd := string(mustAsk(t, e, "manifest(format=mpd-time-csf)")); !strings.Contains(mpd, "cenc:default_KID") {
		t.Errorf("the only encryption is not implied\n%s", mpd)
	}
}

// The manifest that the service wrote with its envelope, but for hosts and keys.
func TestEnvelopeAsTheServiceWroteIt(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 6, 500)
	e := open(t, packager.Config{}, dir)
	k := keyOf(t, e, "EnvelopeEncryption")
	r, err := route.Parse(e.Entries()[0].Base() + "manifest(format=mpd-time-csf,encryption=cbc)")
	if err != nil {
		t.Fatal(err)
	}
	r.Base = "https://media.example"
	a, err := e.Do(t.Context(), r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	want := regexp.MustCompile(`(?s)<ContentProtection schemeIdUri="urn:mpeg:dash:sea:2012">\s*<sea:SegmentEncryption schemeIdUri="urn:mpeg:dash:sea:aes128-cbc:2013"/>\s*` +
		`<sea:KeySystem keySystemUri="urn:mpeg:dash:sea:keysys:http:2013"/>\s*<sea:CryptoPeriod keyUriTemplate="https://media\.example/keydelivery/\?kid=` + k.ID.String() + `" IV="0x[0-9A-F]{32}"/>\s*</ContentProtection>`)
	if !want.Match(a.Text.Plain()) {
		t.Errorf("%s", a.Text.Plain())
	}
	level := string(mustAsk(t, e, "QualityLevels("+bitrate(t, e)+")/Manifest(video,format=m3u8-aapl,encryption=cbc)"))
	key := regexp.MustCompile(`(?m)^#EXT-X-TARGETDURATION:\d+\n#EXT-X-KEY:METHOD=AES-128,URI="\.\./\.\./\.\./keydelivery/\?kid=` + k.ID.String() + `",IV=0X[0-9A-F]{32}\n#EXT-X-PROGRAM-DATE-TIME`)
	if !key.MatchString(level) {
		t.Errorf("%s", level)
	}
}

// fingerprint is that of the first asset of an engine.
func fingerprint(t *testing.T, e *packager.Engine) string {
	t.Helper()
	a, err := e.Asset(t.Context(), e.Entries()[0].Locator.ID)
	if err != nil || a.Err != nil {
		t.Fatal(err, a.Err)
	}
	p, err := a.Fingerprint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A file that changes has other vectors: no key and counter covers two plaintexts.
// That one byte is another has to be enough, when the file is altered in place and
// its time put back, too.
func TestOtherBytesHaveOtherVectors(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "film.mp4")
	movie(t, path, 120, 500)
	e := open(t, packager.Config{}, dir)
	before := fingerprint(t, e)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{len(b) / 3, len(b) / 2, len(b) - 1} {
		b[at] ^= 1
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, info.ModTime(), info.ModTime()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(150 * time.Millisecond) // until it is looked at again
		after := fingerprint(t, e)
		if after == before {
			t.Errorf("with another byte at %d the fingerprint is the same", at)
		}
		before = after
	}
	copied := t.TempDir()
	if err := os.WriteFile(filepath.Join(copied, "film.mp4"), b, 0o644); err != nil {
		t.Fatal(err)
	}
	if fingerprint(t, open(t, packager.Config{}, copied)) != before {
		t.Error("a copy elsewhere has another fingerprint")
	}
}

// Media is read to its end for what needs vectors alone.
func TestOnlySegmentsOfCTRNeedTheFingerprint(t *testing.T) {
	dir, data := t.TempDir(), t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 6, 500)
	e := open(t, packager.Config{Data: data}, dir)
	rendition := "QualityLevels(" + bitrate(t, e) + ")/Fragments(video="
	wasRead := func() bool {
		_, err := os.Stat(filepath.Join(data, "digests"))
		return err == nil
	}
	for _, tail := range []string{"manifest(format=mpd-time-cmaf,encryption=cenc)", rendition + "i,format=mpd-time-cmaf,encryption=cenc)", rendition + "0,format=mpd-time-cmaf,encryption=cbcs)"} {
		if mustAsk(t, e, tail); wasRead() {
			t.Fatalf("all media is read for %s", tail)
		}
	}
	if mustAsk(t, e, rendition+"0,format=mpd-time-cmaf,encryption=cenc)"); !wasRead() {
		t.Error("no media is read for a segment with vectors")
	}
}

// Places of tracks are in their vectors: where others are listed, those of one must
// not become those of another.
func TestOtherTracksHaveOtherVectors(t *testing.T) {
	dir := t.TempDir()
	movie(t, filepath.Join(dir, "film.mp4"), 6, 500)
	list := func(elements string) string {
		text := `<smil xmlns="http://www.w3.org/2001/SMIL20/Language"><body><switch>` + elements + `</switch></body></smil>`
		if err := os.WriteFile(filepath.Join(dir, "film.ism"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return fingerprint(t, open(t, packager.Config{}, dir))
	}
	sound := `<audio src="film.mp4" systemBitrate="100000"><param name="trackID" value="2"/></audio>`
	if alone, both := list(sound), list(sound+`<video src="film.mp4" systemBitrate="100000"/>`); alone == both {
		t.Error("with other tracks the fingerprint is the same")
	}
}
