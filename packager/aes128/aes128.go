// Package aes128 is AES-128 in the two modes of media encryption: chains of blocks
// (CBC, NIST SP 800-38A §6.2), whole or of one block in every so many, and
// counters (CTR, §6.5).
//
// Where the processor has AES, a chain stays in a register, which is half as fast
// again as going block by block through crypto/cipher, and a counter begins without
// an allocation, which crypto/cipher makes for each sample. A block of a chain waits
// for the one before; four chains together take hardly longer than one.
//
//	aes128.go   keys
//	chain.go    CBC, one chain
//	lanes.go    CBC, four chains at once
//	batch.go    ... of one caller
//	shared.go   ... of several
//	counter.go  CTR
package aes128

import (
	"crypto/aes"
	"crypto/cipher"
)

// BlockSize is the size of a block in bytes.
const BlockSize = aes.BlockSize

// Key is a key that is ready for use. It is safe for concurrent use.
type Key struct {
	rounds [11 * BlockSize]byte // FIPS 197 §5.2, where the processor has AES
	wide   bool                 // it has it for four blocks at once
	block  cipher.Block         // of a processor that has none, else nil
}

// NewKey prepares a key.
func NewKey(key [16]byte) *Key {
	k := &Key{wide: wide()}
	if fast() {
		expand(&key, &k.rounds)
		return k
	}
	var err error
	if k.block, err = aes.NewCipher(key[:]); err != nil {
		panic(err) // 16 bytes are a key
	}
	return k
}
