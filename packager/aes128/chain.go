package aes128

import "crypto/subtle"

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
		panic("aes128: blocks overlap")
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
