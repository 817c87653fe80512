package xray

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Answers are what an origin gave for one track of one presentation. Those that
// a format does not have are nil.
type Answers struct {
	Manifest []byte // MPD, HLS master playlist, or client manifest
	Playlist []byte // HLS media playlist
	Init     []byte // initialization segment
	Fragment []byte // media segment in fMP4
}

// Report is what the answers say of their protection.
type Report struct {
	Mentions []Mention
	Samples  []Sample // of the fragment, in decoding order; none where it is clear or no fMP4
	// Crypt and Skip are the pattern of blocks of 16 bytes inside the protected
	// bytes (ISO/IEC 23001-7 §9.6); 0 and 0: all are encrypted.
	Crypt, Skip int
}

// Mention is a place that tells of protection.
type Mention struct {
	In   string   // "manifest", "playlist", "initialization segment", "fragment"
	What string   // "tenc", "Widevine pssh"
	KIDs []string // as UUIDs, in lower case, each once; none where the place names no key
	Says string   // what else it says: scheme, address of a licence server
}

// Sample is one sample of a fragment: which bytes of it can be read.
type Sample struct {
	Size   int
	IV     []byte // of its own, or the constant one of the track
	Ranges []Range
}

// Range is a stretch of clear bytes and the protected ones behind it
// (ISO/IEC 23001-7 §7.2).
type Range struct{ Clear, Protected int }

// Protected returns how many bytes of the sample are protected.
func (s *Sample) Protected() int {
	n := 0
	for _, r := range s.Ranges {
		n += r.Protected
	}
	return n
}

// Read explains answers. What cannot be read is a mention that says so.
func Read(a Answers) *Report {
	r := &Report{}
	r.manifest("manifest", a.Manifest)
	r.manifest("playlist", a.Playlist)
	t := r.init(a.Init)
	r.fragment(a.Fragment, t)
	return r
}

// KIDs returns the keys that are named, each once, in the order of the mentions.
func (r *Report) KIDs() []string {
	var out []string
	seen := make(map[string]bool)
	for _, m := range r.Mentions {
		for _, k := range m.KIDs {
			if !seen[k] {
				seen[k] = true
				out = append(out, k)
			}
		}
	}
	return out
}

// Agree says whether all places that tell of the track itself, which are its
// playlist and its initialization segment, name one key, and the manifest names
// it, too. Other tracks may have others.
func (r *Report) Agree() bool {
	var own, listed []string
	for _, m := range r.Mentions {
		if m.In == "manifest" {
			listed = append(listed, m.KIDs...)
		} else {
			own = append(own, m.KIDs...)
		}
	}
	if len(own) == 0 { // a format in which the manifest tells it all
		own = listed
	}
	for _, k := range own {
		if k != own[0] {
			return false
		}
	}
	return len(own) > 0 && (len(listed) == 0 || slices.Contains(listed, own[0]))
}

func (r *Report) add(in, what, says string, kids ...string) {
	m := Mention{In: in, What: what, Says: says}
	for _, k := range kids {
		if !slices.Contains(m.KIDs, k) {
			m.KIDs = append(m.KIDs, k)
		}
	}
	r.Mentions = append(r.Mentions, m)
}

// uuid writes 16 bytes, or 32 hexadecimal digits in any form, as a UUID; what is
// neither stays as it is.
func uuid(s string) string {
	digits := strings.ToLower(strings.NewReplacer("-", "", "{", "", "}", "", "0x", "", "0X", "").Replace(s))
	if len(digits) != 32 {
		return s
	}
	if _, err := hex.DecodeString(digits); err != nil {
		return s
	}
	return fmt.Sprintf("%s-%s-%s-%s-%s", digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
}
