package protect

import (
	"encoding/binary"

	"manifold/packager/aes128"
	"manifold/packager/codec"
	"manifold/packager/fault"
	"manifold/packager/media"
)

const blockSize = aes128.BlockSize

// Pattern of protected and clear blocks (ISO/IEC 23001-7 §10.4): video of CBCS.
const (
	CryptBlocks = 1
	SkipBlocks  = 9
)

// Sealer encrypts the samples of one track, for one request.
type Sealer struct {
	Scheme Scheme
	Key    Key
	// OneOf says that the presentation has other keys, too.
	OneOf bool

	cipher *aes128.Key
	track  *media.Track
	inPart bool // samples are protected in part: some NAL units, or what is in frames
	maps   Memory[*Map]
	base   uint64 // CTR: XORed with the place of a sample
	iv     [blockSize]byte
}

// NewSealer returns what encrypts the samples of a track.
func (p *Protection) NewSealer(t *media.Track) (*Sealer, error) {
	k := p.Key(t)
	if err := Supports(&t.Codec, p.Scheme); err != nil {
		return nil, err
	}
	if p.Scheme.Counts() && p.Fingerprint == "" {
		return nil, fault.New(fault.Internal, "", "the vectors of samples cannot be made without the version of the asset", "Please report this.")
	}
	s := &Sealer{Scheme: p.Scheme, Key: k, OneOf: len(p.Keys) > 1, cipher: aes128.NewKey(k.Value), track: t, maps: p.Maps}
	s.inPart = codec.NALOf(&t.Codec) != nil || codec.NewParts(&t.Codec) != nil
	if p.Scheme.Counts() {
		s.base = binary.BigEndian.Uint64(k.derive("cenc1", []byte(p.Fingerprint))) ^ uint64(t.Ordinal)<<40
	} else {
		s.iv = k.IV(CBCS)
	}
	return s, nil
}

// IVSize is the size of the initialization vector of every sample, in bytes.
func (s *Sealer) IVSize() int {
	if s.Scheme == CBCS {
		return 0
	}
	return 8
}

// AppendIV appends the initialization vector of a sample of the track, nothing
// when it is constant. The place of the sample in its source is in it, and
// nothing that a URL can change: neither fragment nor filter nor format.
func (s *Sealer) AppendIV(dst []byte, sample int) []byte {
	if s.Scheme == CBCS {
		return dst
	}
	return binary.BigEndian.AppendUint64(dst, s.base^uint64(sample))
}

// Seal returns what encrypts a run of samples, from sample first of the track
// on, as they pass by.
func (s *Sealer) Seal(samples []media.Sample, first int, m *Map) *Stream {
	x := &Stream{sealer: s, samples: samples, first: first, m: m, sample: -1}
	x.step = blockSize * CryptBlocks
	if s.inPart {
		x.step += blockSize * SkipBlocks
	}
	if s.Scheme == CBCS {
		x.chains = s.cipher.Batch(x.step)
	}
	return x
}

// Stream encrypts a run of samples.
type Stream struct {
	sealer  *Sealer
	samples []media.Sample
	first   int
	m       *Map
	step    int           // CBCS: from one protected block to the next, bytes
	chains  *aes128.Batch // CBCS, else nil

	sample int         // the sample under way
	rest   []Subsample // its subsamples that were not begun
	whole  [1]Subsample
	clear  int // bytes of the subsample that are still to pass
	left   int // bytes behind them that are protected
	within int // CBCS: bytes since the last protected block began

	counter aes128.Counter // CTR: of the sample
	chain   aes128.Chain   // CBC: of the subsample
}

// Encrypt implements mux.Cipher.
func (x *Stream) Encrypt(p []byte) int {
	done := 0
	for done < len(p) {
		if x.clear == 0 && x.left == 0 && !x.next() {
			return len(p)
		}
		n := min(len(p)-done, x.clear)
		x.clear, done = x.clear-n, done+n
		if n = min(len(p)-done, x.left); n == 0 {
			continue
		}
		if x.chains != nil {
			n = x.pattern(p[done : done+n])
		} else {
			x.counter.XOR(p[done:], p[done:done+n])
		}
		if n == 0 {
			return done
		}
		x.left, done = x.left-n, done+n
	}
	return done
}

// Finish implements mux.Cipher.
func (x *Stream) Finish() {
	if x.chains != nil {
		x.chains.Encrypt()
	}
}

// Counts implements mux.Cipher.
func (x *Stream) Counts() bool { return x.sealer.Scheme.Counts() }

// next begins the next subsample.
func (x *Stream) next() bool {
	for len(x.rest) == 0 {
		x.sample++
		if x.sample >= len(x.samples) {
			return false
		}
		if x.m == nil {
			x.whole[0].Protected = uint32(x.samples[x.sample].Size)
			x.rest = x.whole[:]
		} else {
			x.rest = x.m.Of(x.sample)
		}
		if x.sealer.Scheme != CBCS {
			x.counter = x.sealer.cipher.Counter(x.sealer.base ^ uint64(x.first+x.sample))
		}
	}
	x.clear, x.left = int(x.rest[0].Clear), int(x.rest[0].Protected)
	x.rest = x.rest[1:]
	x.within, x.chain = 0, aes128.Chain(x.sealer.iv)
	return x.clear+x.left > 0 || x.next()
}

// pattern encrypts one block of each step, as a chain, and returns how many bytes
// it took. Less than a block at the end of a subsample stays as it is.
func (x *Stream) pattern(p []byte) int {
	n := len(p)
	first := (x.step - x.within) % x.step
	if last := first + (n-1-first)/x.step*x.step; first < n && n-last < blockSize && x.left-last >= blockSize {
		n = last // the block goes on behind the end of p
	}
	if n >= first+blockSize {
		p, blocks := p[first:], (n-first-blockSize)/x.step+1
		if n == x.left {
			x.chains.Add(x.chain, p, blocks)
		} else { // the chain goes on
			x.sealer.cipher.Encrypt(&x.chain, p, p, blocks, x.step)
		}
	}
	x.within = (x.within + n) % x.step
	return n
}
