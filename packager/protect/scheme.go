package protect

import "manifold/packager/media"

// Scheme is an encryption as URLs name it, "" for none.
type Scheme string

// The schemes.
const (
	Envelope Scheme = "cbc"       // AES-128 over whole segments
	CENC     Scheme = "cenc"      // AES-CTR over samples (ISO/IEC 23001-7 §10.1)
	CBCS     Scheme = "cbcs-aapl" // AES-CBC over a pattern of blocks (§10.4); SAMPLE-AES in MPEG-2 TS
	PIFF     Scheme = "piff"      // CENC in the boxes of PIFF 1.1
)

// Schemes lists all of them in the order in which they are listed to people.
var Schemes = []Scheme{Envelope, CENC, CBCS, PIFF}

// Of returns the scheme that a URL names; "" is none, and is one, too.
func Of(name string) (Scheme, bool) {
	if name == "cbcs" { // for us the same word
		return CBCS, true
	}
	for _, s := range Schemes {
		if string(s) == name {
			return s, true
		}
	}
	return "", name == ""
}

// Words returns the name of the scheme for people.
func (s Scheme) Words() string {
	switch s {
	case Envelope:
		return "AES-128"
	case CENC:
		return "CENC"
	case CBCS:
		return "CBCS"
	case PIFF:
		return "PIFF"
	}
	return "no encryption"
}

// covers says whether the scheme is for a track: text is encrypted as whole
// segments only.
func (s Scheme) covers(t *media.Track) bool { return s == Envelope || t.Kind != media.Text }

// Counts says whether the scheme is AES-CTR: a counter block that covers two
// plaintexts gives both away.
func (s Scheme) Counts() bool { return s == CENC || s == PIFF }

// Family is the scheme as listings of streaming paths and keys name it: one
// key serves all schemes of a family.
func (s Scheme) Family() string {
	switch s {
	case Envelope:
		return "EnvelopeEncryption"
	case CENC, PIFF:
		return "CommonEncryptionCenc"
	case CBCS:
		return "CommonEncryptionCbcs"
	}
	return "NoEncryption"
}

// FourCC is the scheme_type of schm (ISO/IEC 14496-12 §8.12.6).
func (s Scheme) FourCC() string {
	if s == CBCS {
		return "cbcs"
	}
	return string(s)
}
