package protect

import (
	"bytes"

	"manifold/packager/aes128"
	"manifold/packager/codec"
	"manifold/packager/media"
)

// SampleAES encrypts what MPEG-2 TS carries (MPEG-2 Stream Encryption Format
// for HTTP Live Streaming): of NAL units with slices and of audio frames some
// blocks, each beginning its chain anew.
type SampleAES struct {
	Key Key

	chains *aes128.Key
	iv     [blockSize]byte
	nal    *codec.NAL
}

// NewSampleAES returns what encrypts a track in MPEG-2 TS.
func (p *Protection) NewSampleAES(t *media.Track) *SampleAES {
	k := p.Key(t)
	return &SampleAES{Key: k, chains: aes128.NewKey(k.Value), iv: k.IV(CBCS), nal: codec.NALOf(&t.Codec)}
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

// Unit returns what encrypts the bytes of a NAL unit as they pass by.
func (s *SampleAES) Unit(size int) Blocks { return s.blocks(size, nalLeader, nalStep, blockSize+1) }

// Frame returns what encrypts the bytes of an audio frame as they pass by.
func (s *SampleAES) Frame(size int) Blocks { return s.blocks(size, frameLeader, blockSize, blockSize) }

func (s *SampleAES) blocks(size, leader, step, least int) Blocks {
	return Blocks{s: s, chain: aes128.Chain(s.iv), left: size, skip: min(leader, size), step: step, least: least}
}

// Blocks encrypts every so many bytes of a run of bytes one block.
type Blocks struct {
	s     *SampleAES
	chain aes128.Chain
	left  int // bytes of the run
	skip  int // of them, until the next block
	step  int // from one block to the next
	least int // bytes that have to be left for one to be encrypted
}

// Encrypt encrypts the next bytes in place and returns how many are finished:
// all, but for less than a block at the end.
func (b *Blocks) Encrypt(p []byte) int {
	done := 0
	for done < len(p) && b.left > 0 {
		if b.skip == 0 {
			if b.left < b.least {
				b.skip = b.left // nothing is encrypted any more
				continue
			}
			if len(p)-done < blockSize {
				return done
			}
			n := min((len(p)-done-blockSize)/b.step, (b.left-b.least)/b.step) + 1
			b.s.chains.Encrypt(&b.chain, p[done:], p[done:], n, b.step)
			n = (n-1)*b.step + blockSize
			done, b.left, b.skip = done+n, b.left-n, b.step-blockSize
			continue
		}
		n := min(b.skip, len(p)-done, b.left)
		done, b.left, b.skip = done+n, b.left-n, b.skip-n
	}
	return done
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
