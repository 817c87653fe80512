package protect

import (
	"bytes"
	"encoding/binary"
	"weak"

	"manifold/packager/aes128"
	"manifold/packager/codec"
	"manifold/packager/media"
)

// SampleAES encrypts what MPEG-2 TS carries (MPEG-2 Stream Encryption Format
// for HTTP Live Streaming): of NAL units with slices and of audio frames some
// blocks, each beginning its chain anew.
type SampleAES struct {
	Key Key

	chains   *aes128.Key
	iv       [blockSize]byte
	nal      *codec.NAL // of pictures, else nil
	enhanced bool       // E-AC-3, whose samples may be several frames
	growths  Memory[[]int32]
}

// Growth returns by how many bytes each of the samples [first, first+count) of a
// track grows, which is learned once.
func (s *SampleAES) Growth(t *media.Track, first, count int, learn func() ([]int32, error)) ([]int32, error) {
	return recall(s.growths, Run{weak.Make(t.Samples), first, count, CBCS, s.Key}, func() ([]int32, int, error) {
		growth, err := learn()
		return growth, 4 * count, err
	})
}

// NewSampleAES returns what encrypts a track in MPEG-2 TS.
func (p *Protection) NewSampleAES(t *media.Track) *SampleAES {
	k := p.Key(t)
	return &SampleAES{Key: k, chains: aes128.NewKey(k.Value), iv: k.IV(CBCS), nal: codec.NALOf(&t.Codec), enhanced: t.Codec.FourCC == "ec-3", growths: p.Growths}
}

// Of H.264: slices and IDR slices of more than 48 bytes; 32 bytes stay as they
// are, then one block of ten is encrypted where more than a block is left.
const (
	nalLeader  = 32
	nalMinimum = 48
	nalStep    = 10 * blockSize
)

// Frames stay as they are for 16 bytes; then every whole block is encrypted.
const frameLeader = 16

// Encrypts says whether a NAL unit of a size that begins with a byte is
// encrypted.
func (s *SampleAES) Encrypts(header byte, size int) bool {
	return size > nalMinimum && s.nal.IsPicture(header)
}

// Seal returns what encrypts a run of samples as they pass by.
func (s *SampleAES) Seal(samples []media.Sample) *Blocks {
	x := &Blocks{s: s, samples: samples, step: blockSize, least: blockSize}
	if s.nal != nil {
		x.step, x.least = nalStep, blockSize+1
	}
	x.batch = s.chains.Batch(x.step)
	return x
}

// Blocks encrypts a run of samples: of what they are made of, NAL units or
// frames, one block every so many bytes.
type Blocks struct {
	s       *SampleAES
	samples []media.Sample // those that were not begun
	batch   *aes128.Batch
	step    int // from one block to the next
	least   int // bytes that have to be left for one to be encrypted

	sample int          // bytes of the sample behind the unit
	left   int          // bytes of the unit, or frame
	skip   int          // of them, until the next block
	chain  aes128.Chain // of the unit
}

// Encrypt implements mux.Cipher.
func (b *Blocks) Encrypt(p []byte) int {
	done := 0
	for done < len(p) {
		if b.left == 0 && !b.begin(p[done:]) {
			break
		}
		if b.skip == 0 && b.left < b.least {
			b.skip = b.left // nothing is encrypted any more
		}
		n := min(b.skip, len(p)-done)
		if b.skip > 0 {
			b.skip -= n
		} else if n = b.blocks(p[done:]); n == 0 {
			break
		}
		done, b.left = done+n, b.left-n
	}
	return done
}

// Finish implements mux.Cipher.
func (b *Blocks) Finish() { b.batch.Encrypt() }

// Counts implements mux.Cipher.
func (b *Blocks) Counts() bool { return false }

// blocks encrypts the next blocks of the unit and returns where the last of them
// ends; 0 when none is there yet.
func (b *Blocks) blocks(p []byte) int {
	if len(p) < blockSize {
		return 0
	}
	all := (b.left-b.least)/b.step + 1
	n := min((len(p)-blockSize)/b.step+1, all)
	if n == all {
		b.batch.Add(b.chain, p, n)
	} else { // the chain goes on
		b.s.chains.Encrypt(&b.chain, p, p, n, b.step)
	}
	end := (n-1)*b.step + blockSize
	b.skip = min(b.step-blockSize, b.left-end)
	return end
}

// begin begins the next unit, with the bytes that come next. It returns false
// when it has to know more of them.
func (b *Blocks) begin(p []byte) bool {
	for b.sample == 0 && len(b.samples) > 0 {
		b.sample, b.samples = b.samples[0].Size, b.samples[1:]
	}
	switch {
	case b.sample == 0:
		return false // the samples were fewer bytes
	case b.s.nal != nil:
		return b.beginUnit(p)
	case b.s.enhanced:
		// each frame of those that make up an access unit (ETSI TS 102 366 §E.1.2.2)
		if n := min(b.sample, 4); len(p) < n {
			return false
		} else if n == 4 {
			b.left = min(2*(int(p[2]&7)<<8|int(p[3]))+2, b.sample)
		} else {
			b.left = n
		}
	default:
		b.left = b.sample
	}
	b.skip, b.chain = min(frameLeader, b.left), aes128.Chain(b.s.iv)
	b.sample -= b.left
	return true
}

// beginUnit begins a NAL unit, at its length.
func (b *Blocks) beginUnit(p []byte) bool {
	if len(p) < min(b.sample, 5) {
		return false
	}
	b.left = b.sample
	if b.sample >= 4 {
		b.left = min(int(binary.BigEndian.Uint32(p)), b.sample-4) + 4
	}
	b.skip = b.left
	if b.left > 4 && b.s.Encrypts(p[4], b.left-4) {
		b.skip = 4 + nalLeader
	}
	b.chain = aes128.Chain(b.s.iv)
	b.sample -= b.left
	return true
}

// Escape puts emulation prevention bytes into a NAL unit that comes in pieces
// (ISO/IEC 14496-10 §7.4.1): encryption makes start codes anywhere, and what
// was prevented before is prevented once more.
type Escape struct{ zeros int }

// Next returns how much of p can be written as it is, and whether a byte 3
// follows then.
func (e *Escape) Next(p []byte) (n int, three bool) {
	for n < len(p) {
		if e.zeros < 2 {
			// the next place where two zeros can come to stand together
			if e.zeros == 0 {
				z := bytes.IndexByte(p[n:], 0)
				if z < 0 {
					return len(p), false
				}
				n, e.zeros = n+z+1, 1
				continue
			}
			if p[n] == 0 {
				e.zeros = 2
			} else {
				e.zeros = 0
			}
			n++
			continue
		}
		if p[n] <= 3 {
			e.zeros = 0
			return n, true
		}
		e.zeros = 0
		n++
	}
	return n, false
}
