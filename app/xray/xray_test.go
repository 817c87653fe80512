package xray

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// The data of the boxes below was put together by hand from the specifications.
const (
	kid    = "00112233-4455-6677-8899-aabbccddeeff"
	digits = "00112233445566778899aabbccddeeff"
)

func pssh(version byte, system string, keys string, data []byte) []byte {
	b, _ := hex.DecodeString("00000000" + hex.EncodeToString([]byte("pssh")) + hex.EncodeToString([]byte{version}) + "000000" + strings.ReplaceAll(system, "-", ""))
	if version > 0 {
		k, _ := hex.DecodeString(keys)
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(k)/16)), k...)
	}
	b = append(binary.BigEndian.AppendUint32(b, uint32(len(data))), data...)
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b
}

// widevineData has a key ID (field 2), a provider (3) and the scheme cbcs (9).
func widevineData() []byte {
	b, _ := hex.DecodeString("1210" + digits + "1a03" + hex.EncodeToString([]byte("abc")) + "48" + "f3c6899b06")
	return b
}

func playReadyObject(xml string) []byte {
	var text []byte
	for _, c := range utf16.Encode([]rune(xml)) {
		text = binary.LittleEndian.AppendUint16(text, c)
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(10+len(text)))
	b = append(b, 1, 0, 1, 0)
	return append(binary.LittleEndian.AppendUint16(b, uint16(len(text))), text...)
}

func TestWhatSystemsAreTold(t *testing.T) {
	guid := base64.StdEncoding.EncodeToString([]byte{0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff})
	for _, c := range []struct {
		name, system string
		data         []byte
		kids         []string
		says         string
	}{
		{"Widevine", "Widevine", widevineData(), []string{kid}, `provider "abc", cbcs`},
		{"Widevine, cut off", "Widevine", widevineData()[:9], nil, "the message cannot be read"},
		{"PlayReady 4.0", "PlayReady", playReadyObject(`<WRMHEADER version="4.0.0.0"><DATA><PROTECTINFO><KEYLEN>16</KEYLEN><ALGID>AESCTR</ALGID></PROTECTINFO><KID>` + guid + `</KID><LA_URL>https://a/</LA_URL></DATA></WRMHEADER>`), []string{kid}, "header 4.0.0.0, AESCTR, licences from https://a/"},
		{"PlayReady 4.1", "PlayReady", playReadyObject(`<WRMHEADER version="4.1.0.0"><DATA><PROTECTINFO><KID ALGID="AESCTR" CHECKSUM="AAAAAAAAAAA=" VALUE="` + guid + `"></KID></PROTECTINFO></DATA></WRMHEADER>`), []string{kid}, "header 4.1.0.0, AESCTR"},
		{"PlayReady 4.3", "PlayReady", playReadyObject(`<WRMHEADER version="4.3.0.0"><DATA><PROTECTINFO><KIDS><KID ALGID="AESCBC" VALUE="` + guid + `"></KID></KIDS></PROTECTINFO></DATA></WRMHEADER>`), []string{kid}, "header 4.3.0.0, AESCBC"},
		{"PlayReady of another length", "PlayReady", playReadyObject("<WRMHEADER/>")[:20], nil, "the object cannot be read"},
		{"PlayReady without a record", "PlayReady", []byte{6, 0, 0, 0, 0, 0}, nil, "the object has no header"},
		{"another system", "FairPlay", []byte{1, 2, 3}, nil, "3 bytes"},
	} {
		if kids, says := told(c.system, c.data); !slices.Equal(kids, c.kids) || says != c.says {
			t.Errorf("%s: %q %q", c.name, kids, says)
		}
	}
}

func TestWhereKeysAreNamed(t *testing.T) {
	box := base64.StdEncoding.EncodeToString(pssh(0, "edef8ba9-79d6-4ace-a3c8-27dcd51d21ed", "", widevineData()))
	common := base64.StdEncoding.EncodeToString(pssh(1, "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b", digits, nil))
	for _, c := range []struct {
		name  string
		text  string
		want  []string // what, key, what it says
		agree bool
	}{
		{"an MPD", `<MPD><AdaptationSet contentType="video"><ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc" cenc:default_KID="` + strings.ToUpper(kid) + `"/>
			<ContentProtection schemeIdUri="urn:uuid:x"><cenc:pssh>` + box + `</cenc:pssh></ContentProtection></AdaptationSet></MPD>`,
			[]string{"video mp4protection " + kid + " cenc", "video Widevine pssh " + kid + ` version 0, provider "abc", cbcs`}, true},
		{"licences in an MPD", `<MPD><AdaptationSet contentType="audio"><ContentProtection><dashif:Laurl>https://a/</dashif:Laurl><ms:laurl licenseUrl="https://b/"/></ContentProtection></AdaptationSet></MPD>`,
			[]string{"audio licence server  https://a/", "audio licence server  https://b/"}, false},
		{"an MPD whose places do not agree", `<MPD><AdaptationSet contentType="audio"><ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011" value="cenc" cenc:default_KID="10112233-4455-6677-8899-aabbccddeeff"/>
			<ContentProtection><cenc:pssh>` + common + `</cenc:pssh></ContentProtection></AdaptationSet></MPD>`,
			[]string{"audio mp4protection 10112233-4455-6677-8899-aabbccddeeff cenc", "audio W3C common pssh " + kid + " version 1"}, false},
		{"a box that is none", `<MPD><pssh>AAAA</pssh></MPD>`, []string{"pssh  the box cannot be read"}, false},
		{"a playlist", "#EXTM3U\n#EXT-X-KEY:METHOD=NONE\n" +
			`#EXT-X-KEY:METHOD=SAMPLE-AES,URI="data:text/plain;base64,` + box + `",KEYFORMAT="urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed",KEYID=0x` + digits + "\n" +
			`#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://` + kid + `",KEYFORMAT="com.apple.streamingkeydelivery"` + "\n" +
			`#EXT-X-KEY:METHOD=AES-128,URI="https://k/?kid=` + kid + `",IV=0x01` + "\n",
			[]string{"Widevine key " + kid + ` SAMPLE-AES, version 0, provider "abc", cbcs`, "FairPlay key " + kid + " SAMPLE-AES, key from skd://" + kid, "AES-128 key " + kid + " AES-128, IV 0x01, key from https://k/?kid=" + kid}, true},
		{"nothing", "", nil, false},
	} {
		r := Read(Answers{Manifest: []byte(c.text)})
		var got []string
		for _, m := range r.Mentions {
			got = append(got, m.What+" "+strings.Join(m.KIDs, " ")+" "+m.Says)
		}
		if !slices.Equal(got, c.want) || r.Agree() != c.agree {
			t.Errorf("%s: agree %v\n%s\nwant\n%s", c.name, r.Agree(), strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// Fragments of Smooth Streaming that name one of several keys: in the box of PIFF, or as
// a group of samples.
func TestFragmentsThatNameTheirKey(t *testing.T) {
	const (
		header = "00000010" + "6d666864" + "00000000" + "00000001" // mfhd
		track  = "00000010" + "74666864" + "00000000" + "00000001" + "00000014" + "7472756e" + "00000200" + "00000001" + "00000020"
		data   = "00000028" + "6d646174" + "0000000000000000000000000000000000000000000000000000000000000000"
		other  = `<SmoothStreamingMedia><Protection><ProtectionHeader SystemID="9A04F079-9840-4286-AB92-E65BE0885F95">`
	)
	object := base64.StdEncoding.EncodeToString(playReadyObject(`<WRMHEADER version="4.2.0.0"><DATA><PROTECTINFO><KIDS><KID ALGID="AESCTR" VALUE="AAAAAAAAAAAAAAAAAAAAAQ=="></KID><KID ALGID="AESCTR" VALUE="MyIRAFVEd2aImaq7zN3u/w=="></KID></KIDS></PROTECTINFO></DATA></WRMHEADER>`))
	for name, traf := range map[string]string{
		"PIFF senc": track + "0000003c" + "75756964" + "a2394f525a9b4f14a2446c427c648df4" + "00000001" + "00000108" + digits + "00000001" + "0102030405060708",
		"seig": track + "0000001c" + "73626770" + "00000000" + "73656967" + "00000001" + "00000001" + "00010001" +
			"0000002c" + "73677064" + "01000000" + "73656967" + "00000014" + "00000001" + "00000108" + digits +
			"00000018" + "73656e63" + "00000000" + "00000001" + "0102030405060708",
	} {
		inner, _ := hex.DecodeString(traf)
		outer, _ := hex.DecodeString(header)
		box := func(name string, b []byte) []byte {
			return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(b))), name...), b...)
		}
		moof := box("moof", append(outer, box("traf", inner)...))
		rest, _ := hex.DecodeString(data)
		r := Read(Answers{Manifest: []byte(other + object + "</ProtectionHeader></Protection></SmoothStreamingMedia>"), Fragment: append(moof, rest...)})
		named := slices.ContainsFunc(r.Mentions, func(m Mention) bool {
			return m.In == "fragment" && m.What == name && slices.Equal(m.KIDs, []string{kid})
		})
		if !named || !r.Agree() || len(r.Samples) != 1 || hex.EncodeToString(r.Samples[0].IV) != "0102030405060708" {
			t.Errorf("%s: %+v, agree %v", name, r, r.Agree())
		}
	}
}

// Whatever an origin answers, looking into it ends, and well.
func FuzzRead(f *testing.F) {
	f.Add([]byte("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"a\"\n"), []byte{}, []byte{})
	f.Add([]byte("<MPD><AdaptationSet><ContentProtection/></AdaptationSet></MPD>"), pssh(1, "1077efec-c0b2-4d02-ace3-3c1e52e2fb4b", digits, nil), []byte("\x00\x00\x00\x08moof"))
	f.Fuzz(func(t *testing.T, manifest, init, fragment []byte) {
		Read(Answers{Manifest: manifest, Playlist: init, Init: init, Fragment: fragment}).Agree()
	})
}
