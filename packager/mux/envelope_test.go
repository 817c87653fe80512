package mux

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"io"
	"math/rand/v2"
	"testing"
)

// inSteps is a Body that is written in pieces of any size, some of them handed over.
type inSteps struct {
	Bytes
	random *rand.Rand
	most   int // size of a piece
	over   int // of ten pieces so many are handed over
}

func (b inSteps) WriteTo(_ context.Context, w io.Writer) error {
	for p := b.Bytes; len(p) > 0; {
		n := min(1+b.random.IntN(b.most), len(p))
		piece, keep := bytes.Clone(p[:n]), bytes.Clone(p[:n])
		p = p[n:]
		if b.random.IntN(10) < b.over {
			if err := HandOver(w, piece); err != nil {
				return err
			}
			continue
		}
		if _, err := w.Write(piece); err != nil {
			return err
		}
		if !bytes.Equal(piece, keep) {
			panic("bytes that were not handed over were changed")
		}
	}
	return nil
}

func TestEnvelopeIsCBCWithPadding(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	key, iv := [16]byte{1, 2, 3}, [16]byte{4, 5, 6}
	block, err := aes.NewCipher(key[:])
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 1, 15, 16, 17, firstSize - 1, firstSize, firstSize + 1, BufferSize, BufferSize + firstSize, 3*BufferSize + 5, 188 * 5000} {
		for _, most := range []int{40, 5000, firstSize, 2 * BufferSize} {
			for _, over := range []int{0, 5, 10} {
				plain := make([]byte, size)
				for i := range plain {
					plain[i] = byte(random.Uint32())
				}
				pad := 16 - size%16
				want := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...)
				cipher.NewCBCEncrypter(block, iv[:]).CryptBlocks(want, want)

				b := Envelope(inSteps{plain, random, most, over}, key, iv)
				var got bytes.Buffer
				if err := b.WriteTo(t.Context(), &got); err != nil {
					t.Fatal(err)
				}
				b.Close()
				if b.Size() != int64(len(want)) || !bytes.Equal(got.Bytes(), want) {
					t.Fatalf("%d bytes in pieces of up to %d, %d of 10 handed over: %d bytes of %d are wrong", size, most, over, got.Len(), len(want))
				}
			}
		}
	}
}

func TestMoreBuffersThanAreKept(t *testing.T) {
	s := stack{size: SmallSize, most: 2}
	for range 3 {
		var taken [5][]byte
		for i := range taken {
			taken[i] = s.get()
			taken[i][0], taken[i][SmallSize-1] = byte(i), byte(i)
		}
		for i, b := range taken {
			if len(b) != SmallSize || b[0] != byte(i) || b[SmallSize-1] != byte(i) {
				t.Fatalf("buffer %d is not its own", i)
			}
			s.put(b[:1])
		}
		if len(s.free) != s.most {
			t.Fatalf("%d are kept", len(s.free))
		}
	}
}
