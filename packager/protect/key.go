package protect

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// KID identifies a content key, in the order of its digits.
type KID [16]byte

// ParseKID reads a GUID, with or without dashes and braces.
func ParseKID(s string) (KID, error) {
	var k KID
	plain := strings.NewReplacer("-", "", "{", "", "}", "").Replace(s)
	b, err := hex.DecodeString(plain)
	if err != nil || len(b) != len(k) {
		return k, fmt.Errorf("%q is no GUID", s)
	}
	copy(k[:], b)
	return k, nil
}

// String returns the GUID in lower case, with dashes.
func (k KID) String() string {
	h := hex.EncodeToString(k[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// guid returns the bytes as PlayReady has them: the first three fields are
// little-endian.
func (k KID) guid() [16]byte {
	k[0], k[1], k[2], k[3] = k[3], k[2], k[1], k[0]
	k[4], k[5], k[6], k[7] = k[5], k[4], k[7], k[6]
	return k
}

// Key is a content key.
type Key struct {
	ID    KID
	Value [16]byte
}

// IV returns the initialization vector that is the same for everything under
// the key: of envelopes and of CBCS. CBC with one key and one vector shows no
// more than equal beginnings.
func (k Key) IV(s Scheme) [16]byte {
	return [16]byte(k.derive(string(s))[:16])
}

// derive makes bytes of the key that say nothing of it.
func (k Key) derive(label string, more ...[]byte) []byte {
	h := hmac.New(sha256.New, k.Value[:])
	h.Write([]byte(label))
	h.Write(k.ID[:])
	for _, m := range more {
		h.Write(m)
	}
	return h.Sum(nil)
}
