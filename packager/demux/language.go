package demux

import (
	"encoding/binary"
	"regexp"
	"strings"
)

// languageTag is the outer form of a BCP 47 tag: anything else in elng would
// end up in manifests.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

// language returns the BCP 47 tag of elng (§8.4.6), else the ISO 639-2 code
// packed into mdhd (§8.4.2) or what QuickTime's number there stands for; ""
// when there is none.
func (f *file) language(mdia []box, mdhd []byte) string {
	if b, ok := find(mdia, "elng"); ok {
		if p, err := f.whole(b); err == nil && len(p) > 5 {
			if s := strings.TrimRight(string(p[4:]), "\x00"); languageTag.MatchString(s) {
				return s
			}
		}
	}
	at := 20
	if mdhd[0] == 1 {
		at = 32
	}
	if len(mdhd) < at+2 {
		return ""
	}
	v := binary.BigEndian.Uint16(mdhd[at:])
	if v < macintoshCodes {
		// in MP4 a number there is an empty field, in QuickTime 0 is English
		if f.quickTime && int(v) < len(macintosh) {
			return macintosh[v]
		}
		return ""
	}
	var s [3]byte
	for i := range s {
		s[i] = byte(v>>(10-5*i)&31) + 0x60
		if s[i] < 'a' || s[i] > 'z' {
			return ""
		}
	}
	return string(s[:])
}

// macintoshCodes is where packed ISO codes begin.
const macintoshCodes = 0x400

// macintosh are the language codes of old QuickTime files in ISO 639-2
// (QuickTime File Format, "Macintosh language codes"), "" where there is none.
var macintosh = [...]string{
	"eng", "fra", "deu", "ita", "nld", "swe", "spa", "dan", "por", "nor", "heb", "jpn", "ara", "fin", "ell", "isl",
	"mlt", "tur", "hrv", "zho", "urd", "hin", "tha", "kor", "lit", "pol", "hun", "est", "lav", "sme", "fao", "fas",
	"rus", "zho", "nld", "gle", "sqi", "ron", "ces", "slk", "slv", "yid", "srp", "mkd", "bul", "ukr", "bel", "uzb",
	"kaz", "aze", "aze", "hye", "kat", "ron", "kir", "tgk", "tuk", "mon", "mon", "pus", "kur", "kas", "snd", "bod",
}
