package aes128

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"math/rand/v2"
	"sync"
	"testing"
)

// NIST SP 800-38A §F.2.1, CBC-AES128.Encrypt.
func TestPublishedVectors(t *testing.T) {
	bin := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	key := [16]byte(bin("2b7e151628aed2a6abf7158809cf4f3c"))
	text := bin("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710")
	want := bin("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b273bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7")
	for _, k := range keys(key) {
		c := Chain(bin("000102030405060708090a0b0c0d0e0f"))
		got := make([]byte, len(text))
		k.Encrypt(&c, got, text, 1, BlockSize)
		k.Encrypt(&c, got[16:], text[16:], 3, BlockSize)
		if !bytes.Equal(got, want) || !bytes.Equal(c[:], want[48:]) {
			t.Errorf("%x, chain %x", got, c)
		}
	}
}

// keys returns a key as this processor uses it, as one with AES for one block at a
// time does, and as any does.
func keys(key [16]byte) []*Key {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err)
	}
	narrow := NewKey(key)
	narrow.wide = false
	return []*Key{NewKey(key), narrow, {block: block}}
}

// noise returns n random bytes.
func noise(random *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

// Both ways agree with the standard library, in place and not, whatever lies
// between the blocks; nothing else is touched.
func TestBlocksInSteps(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		key, iv := [16]byte(noise(random, 16)), Chain(noise(random, 16))
		step, n := BlockSize+random.IntN(170), 1+random.IntN(40)
		size := (n-1)*step + BlockSize + random.IntN(40)
		src := noise(random, size)
		var picked []byte
		for i := range n {
			picked = append(picked, src[i*step:i*step+BlockSize]...)
		}
		block, _ := aes.NewCipher(key[:])
		cipher.NewCBCEncrypter(block, iv[:]).CryptBlocks(picked, picked)
		for _, k := range keys(key) {
			apart, inPlace := bytes.Repeat([]byte{7}, size), bytes.Clone(src)
			a, b := iv, iv
			k.Encrypt(&a, apart, src, n, step)
			k.Encrypt(&b, inPlace, inPlace, n, step)
			for i := range size {
				at := i % step
				want, between := src[i], byte(7)
				if i/step < n && at < BlockSize {
					want = picked[i/step*BlockSize+at]
					between = want
				}
				if inPlace[i] != want || apart[i] != between {
					t.Fatalf("step %d, %d blocks: byte %d is %x and %x, want %x and %x", step, n, i, inPlace[i], apart[i], want, between)
				}
			}
			if a != b || !bytes.Equal(a[:], picked[len(picked)-BlockSize:]) {
				t.Fatalf("the chains are %x and %x", a, b)
			}
		}
	}
}

// What does not fit is a mistake of the caller, and nothing is written.
func TestNothingIsWrittenBeyond(t *testing.T) {
	for _, k := range keys([16]byte{1}) {
		for _, c := range []struct{ size, n, step int }{{31, 2, 16}, {160 + 15, 2, 160}, {64, 2, 15}} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%+v went well", c)
					}
				}()
				var chain Chain
				k.Encrypt(&chain, make([]byte, c.size, c.size), make([]byte, 400), c.n, c.step)
			}()
		}
		var chain Chain
		k.Encrypt(&chain, nil, nil, 0, BlockSize)
	}
}

// Many chains at once, of any length and under any key, are each as if alone, in a
// batch and from many goroutines.
func TestChainsTogether(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		key, step := [16]byte(noise(random, 16)), BlockSize+random.IntN(3)*random.IntN(80)
		for _, k := range keys(key) {
			batch := k.Batch(step)
			src := noise(random, random.IntN(4)*60_000+3_000)
			got, want := bytes.Clone(src), bytes.Clone(src)
			for at := 0; at < len(src); {
				n := random.IntN(1 + random.IntN(300))
				end := at + (n-1)*step + BlockSize
				if n == 0 || end > len(src) {
					at += 1 + random.IntN(600)
					continue
				}
				iv := Chain(noise(random, 16))
				batch.Add(iv, got[at:], n)
				k.Encrypt(&iv, want[at:], want[at:], n, step)
				at = end + random.IntN(40)
			}
			batch.Encrypt()
			if !bytes.Equal(got, want) {
				t.Fatalf("step %d: a batch differs", step)
			}
		}
	}
	var all sync.WaitGroup
	for range 9 {
		key, iv := [16]byte(noise(random, 16)), Chain(noise(random, 16))
		src := noise(random, 16*random.IntN(3*quantum))
		for _, k := range keys(key) {
			all.Go(func() {
				for range 20 {
					a, b := iv, iv
					got, want := make([]byte, len(src)), make([]byte, len(src))
					k.EncryptShared(&a, got, src, len(src)/BlockSize)
					k.Encrypt(&b, want, src, len(src)/BlockSize, BlockSize)
					if !bytes.Equal(got, want) || a != b {
						t.Error("a shared run differs")
					}
				}
			})
		}
	}
	all.Wait()
}

// What is encrypted together, in bytes of one chain a second.
func BenchmarkTogether(b *testing.B) {
	k := NewKey([16]byte{1})
	p := make([]byte, 1<<20)
	batch := k.Batch(BlockSize)
	b.SetBytes(int64(len(p)))
	b.ReportAllocs()
	for b.Loop() {
		for i := range 64 {
			batch.Add(Chain{}, p[i<<14:(i+1)<<14], 1<<14/BlockSize)
		}
		batch.Encrypt()
	}
}

func BenchmarkEncrypt(b *testing.B) {
	k := NewKey([16]byte{1})
	p := make([]byte, 1<<20)
	var c Chain
	b.SetBytes(int64(len(p)))
	b.ReportAllocs()
	for b.Loop() {
		k.Encrypt(&c, p, p, len(p)/BlockSize, BlockSize)
	}
}
