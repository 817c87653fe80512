package protect

import (
	"encoding/binary"
)

// Identifiers of protection systems, as pssh and manifests have them.
var (
	playReadyID = mustKID("9a04f079-9840-4286-ab92-e65be0885f95")
	widevineID  = mustKID("edef8ba9-79d6-4ace-a3c8-27dcd51d21ed")
	commonID    = mustKID("1077efec-c0b2-4d02-ace3-3c1e52e2fb4b") // W3C: key IDs alone
	clearKeyID  = mustKID("e2719d58-a985-b3c9-781a-b030af78d30e") // DASH-IF
)

func mustKID(s string) KID {
	k, err := ParseKID(s)
	if err != nil {
		panic(err) // one of the constants above
	}
	return k
}

// appendPSSH appends a pssh box (ISO/IEC 23001-7 §8.1): version 0 with the
// data of a system, or version 1 with key IDs.
func appendPSSH(dst []byte, system KID, keys []KID, data []byte) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0, 'p', 's', 's', 'h')
	version := byte(0)
	if len(keys) > 0 {
		version = 1
	}
	dst = append(dst, version, 0, 0, 0)
	dst = append(dst, system[:]...)
	if version == 1 {
		dst = binary.BigEndian.AppendUint32(dst, uint32(len(keys)))
		for _, k := range keys {
			dst = append(dst, k[:]...)
		}
	}
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(data)))
	dst = append(dst, data...)
	binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at))
	return dst
}

// Header is what one protection system is told of a key.
type Header struct {
	System KID
	PSSH   []byte // the pssh box
	Data   []byte // what is in it: of PlayReady the PlayReady object
	URL    string // of the licence server, "" when players have to know
}

// Headers returns what the protection systems are told of a key, in the order
// of init segments.
func (p *Protection) Headers(k Key) []Header {
	var out []Header
	add := func(system KID, s *System, data []byte) {
		out = append(out, Header{System: system, PSSH: appendPSSH(nil, system, nil, data), Data: data, URL: s.URL(k)})
	}
	if s := p.Systems.PlayReady; s != nil {
		add(playReadyID, s, p.playReadyObject(k))
	}
	if s := p.Systems.Widevine; s != nil {
		add(widevineID, s, widevineData(p.Scheme, k))
	}
	if p.Systems.ClearKey != nil {
		out = append(out, Header{System: commonID, PSSH: appendPSSH(nil, commonID, []KID{k.ID}, nil)})
	}
	return out
}

// IsPlayReady and the others say whose header it is.
func (h *Header) IsPlayReady() bool { return h.System == playReadyID }

// IsWidevine says whether the header is Widevine's.
func (h *Header) IsWidevine() bool { return h.System == widevineID }

// IsCommon says whether the header is the W3C's, which ClearKey reads.
func (h *Header) IsCommon() bool { return h.System == commonID }

// ClearKeyID is the identifier by which DASH-IF signals ClearKey in MPDs.
func ClearKeyID() string { return clearKeyID.String() }

// widevineData is a WidevinePsshData message of a key: with CENC the algorithm
// and the key ID, with CBCS the key ID and the scheme.
func widevineData(s Scheme, k Key) []byte {
	var b []byte
	if s != CBCS {
		b = append(b, 1<<3, 1) // algorithm: AESCTR
	}
	b = append(b, 2<<3|2, byte(len(k.ID))) // key_id
	b = append(b, k.ID[:]...)
	if s == CBCS {
		b = append(b, 9<<3) // protection_scheme
		b = binary.AppendUvarint(b, uint64(binary.BigEndian.Uint32([]byte("cbcs"))))
	}
	return b
}
