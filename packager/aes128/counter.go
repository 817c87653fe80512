package aes128

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"math/bits"
)

// Counter is the key stream of an initialization vector of eight bytes: the upper
// half of the counter block, whose lower half counts from 0.
type Counter struct {
	key    *Key
	iv     uint64 // as it lies in memory
	next   uint64 // block
	rest   [BlockSize]byte
	left   int           // bytes at the end of rest that are not used yet
	stream cipher.Stream // where the processor has no AES
}

// Counter returns the key stream of an initialization vector.
func (k *Key) Counter(iv uint64) Counter {
	c := Counter{key: k, iv: bits.ReverseBytes64(iv)}
	if k.block != nil {
		var first [BlockSize]byte
		binary.BigEndian.PutUint64(first[:], iv)
		c.stream = cipher.NewCTR(k.block, first[:])
	}
	return c
}

// XOR encrypts the next bytes from src to dst, which has room for them and may be
// src.
func (c *Counter) XOR(dst, src []byte) {
	dst = dst[:len(src)] // before anything is written
	if c.stream != nil {
		c.stream.XORKeyStream(dst, src)
		return
	}
	if c.left > 0 {
		n := subtle.XORBytes(dst, src, c.rest[BlockSize-c.left:])
		c.left -= n
		dst, src = dst[n:], src[n:]
	}
	if n := len(src) / BlockSize &^ 15; n > 0 && c.key.wide {
		countWide(&c.key.rounds, c.iv, c.next, &dst[0], &src[0], n)
		c.next += uint64(n)
		dst, src = dst[n*BlockSize:], src[n*BlockSize:]
	}
	if n := len(src) / BlockSize; n > 0 {
		count(&c.key.rounds, c.iv, c.next, &dst[0], &src[0], n)
		c.next += uint64(n)
		dst, src = dst[n*BlockSize:], src[n*BlockSize:]
	}
	if len(src) > 0 {
		c.rest = [BlockSize]byte{}
		count(&c.key.rounds, c.iv, c.next, &c.rest[0], &c.rest[0], 1)
		c.next++
		c.left = BlockSize - subtle.XORBytes(dst, src, c.rest[:])
	}
}
