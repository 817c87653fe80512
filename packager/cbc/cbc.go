// Package cbc is AES-128 in cipher block chaining (NIST SP 800-38A §6.2), of whole
// runs of bytes or of one block in every so many. A block waits for the one
// before, so that all that counts is what passes between them: where the
// processor has AES, the chain stays in a register, which is half as fast again
// as going block by block through crypto/cipher.
package cbc

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
)

// BlockSize is the size of a block in bytes.
const BlockSize = aes.BlockSize

// Key is a key that is ready for use. It is safe for concurrent use.
type Key struct {
	rounds [11 * BlockSize]byte // FIPS 197 §5.2, where the processor has AES
	block  cipher.Block         // nil there
}

// NewKey prepares a key.
func NewKey(key [16]byte) *Key {
	k := &Key{}
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

// Chain is the last encrypted block of a chain; before the first one, its
// initialization vector.
type Chain [BlockSize]byte

// Encrypt encrypts n blocks from src to dst, which may be src, and appends them
// to a chain. From the beginning of one block to that of the next are step
// bytes, at least BlockSize; what lies between is left alone.
func (k *Key) Encrypt(c *Chain, dst, src []byte, n, step int) {
	if n <= 0 {
		return
	}
	if step < BlockSize {
		panic("cbc: blocks overlap")
	}
	end := (n-1)*step + BlockSize
	dst, src = dst[:end], src[:end] // before anything is written
	if k.block == nil {
		encrypt(&k.rounds, c, &dst[0], &src[0], n, step)
		return
	}
	for at := 0; at < end; at += step {
		subtle.XORBytes(c[:], c[:], src[at:at+BlockSize])
		k.block.Encrypt(c[:], c[:])
		copy(dst[at:], c[:])
	}
}
