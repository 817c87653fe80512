package aes128

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"testing"
)

// RFC 3686 §6, vector 1: the one whose lower half of the counter is small enough to
// be reached by counting. It is block 1 there.
func TestPublishedCounter(t *testing.T) {
	key, err := hex.DecodeString("ae6852f8121067cc4bf7a5765577f39e")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys([16]byte(key)) {
		got := append(make([]byte, BlockSize), "Single block msg"...)
		c := k.Counter(0x00000030_00000000)
		c.XOR(got, got)
		if hex.EncodeToString(got[BlockSize:]) != "e4095d4fb7a7b3792d6175a3261311b8" {
			t.Errorf("%x", got[BlockSize:])
		}
	}
}

// Both ways agree with the standard library, in place and not, in pieces of any
// size; nothing behind them is touched.
func TestCountersInPieces(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		key, iv, size := [16]byte(noise(random, 16)), random.Uint64(), random.IntN(3000)
		src := noise(random, size)
		block, _ := aes.NewCipher(key[:])
		first := make([]byte, BlockSize)
		binary.BigEndian.PutUint64(first, iv)
		want := make([]byte, size)
		cipher.NewCTR(block, first).XORKeyStream(want, src)
		for _, k := range keys(key) {
			apart, inPlace := bytes.Repeat([]byte{7}, size+20), append(bytes.Clone(src), bytes.Repeat([]byte{7}, 20)...)
			a, b := k.Counter(iv), k.Counter(iv)
			for at := 0; at < size; {
				n := min(size-at, random.IntN(900))
				a.XOR(apart[at:], src[at:at+n])
				b.XOR(inPlace[at:at+n], inPlace[at:at+n])
				at += n
			}
			for _, got := range [][]byte{apart, inPlace} {
				if !bytes.Equal(got[:size], want) || !bytes.Equal(got[size:], bytes.Repeat([]byte{7}, 20)) {
					t.Fatalf("%d bytes: % x\nwant % x", size, got, want)
				}
			}
		}
	}
}

// The counter goes on where its lower half has more than 32 bits.
func TestCountersAreWide(t *testing.T) {
	key := [16]byte{1, 2, 3}
	block, _ := aes.NewCipher(key[:])
	for _, next := range []uint64{1<<32 - 3, 1<<40 - 1} {
		for _, k := range keys(key) {
			c := k.Counter(9)
			if c.stream != nil {
				continue // the standard library's
			}
			c.next = next
			got := make([]byte, 43*BlockSize)
			c.XOR(got, got)
			first := make([]byte, BlockSize)
			binary.BigEndian.PutUint64(first, 9)
			binary.BigEndian.PutUint64(first[8:], next)
			want := make([]byte, len(got))
			cipher.NewCTR(block, first).XORKeyStream(want, want)
			if !bytes.Equal(got, want) {
				t.Errorf("from block %d: % x\nwant % x", next, got, want)
			}
		}
	}
}

// What does not fit is a mistake of the caller, and nothing is written.
func TestNoCounterWritesBeyond(t *testing.T) {
	for _, k := range keys([16]byte{1}) {
		dst := make([]byte, 31)
		func() {
			defer func() {
				if recover() == nil {
					t.Error("it went well")
				}
			}()
			c := k.Counter(1)
			c.XOR(dst[:31:31], make([]byte, 32))
		}()
		if !bytes.Equal(dst, make([]byte, 31)) {
			t.Errorf("% x is written", dst)
		}
		c := k.Counter(1)
		c.XOR(nil, nil)
	}
}

// A sample costs no memory and no key schedule where the processor has AES.
func TestCountersCostNoMemory(t *testing.T) {
	for _, k := range keys([16]byte{1}) {
		if k.block != nil {
			continue // the standard library's
		}
		p := make([]byte, 300)
		if n := testing.AllocsPerRun(100, func() {
			c := k.Counter(7)
			c.XOR(p, p)
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	}
}

// Samples of many sizes, each with a counter of its own.
func BenchmarkCounter(b *testing.B) {
	for _, size := range []int{300, 8000, 1 << 20} {
		b.Run(fmt.Sprintf("%d bytes", size), func(b *testing.B) {
			k, p := NewKey([16]byte{1}), make([]byte, size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				c := k.Counter(7)
				c.XOR(p, p)
			}
		})
	}
}
