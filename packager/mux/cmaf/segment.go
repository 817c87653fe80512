package cmaf

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/protect"
)

// Segment is what one media segment holds.
type Segment struct {
	Flavour  Flavour
	Stretch  mux.Stretch
	Sequence uint32          // index of the fragment, from 0
	Time     int64           // of the fragment, ticks: tfdt, tfxd of Smooth
	Duration int64           // of the fragment, ticks: of its samples, tfxd of Smooth
	Key      bool            // the stretch is the key frame of the fragment alone
	Sealer   *protect.Sealer // encrypts the samples; nil leaves them
}

// What a header takes, about: more is made room for.
const (
	headerSize       = 1 << 10
	sampleHeaderSize = 32
)

// maxPayload keeps mdat a box with a 32-bit size.
const maxPayload = 1 << 31

// New plans a segment. It owns the stretch from then on.
func New(s Segment) (mux.Body, error) {
	b := &body{Segment: s}
	media := s.Stretch.Bytes()
	if media > maxPayload {
		b.Stretch.Close()
		return nil, fault.Newf(fault.FormatNotSupported, s.Stretch.Track.File, "a fragment of %d bytes is too large for one segment", media)
	}
	if s.Sealer != nil {
		var err error
		if b.protected, err = s.Sealer.Scan(s.Stretch.Source, s.Stretch.Samples, s.Stretch.First); err != nil {
			b.Stretch.Close()
			return nil, scanFault(&s.Stretch, err)
		}
	}
	b.pooled = mux.GetBuffer(headerSize + sampleHeaderSize*int64(len(s.Stretch.Samples)))
	b.header = b.moof(b.pooled[:0], media)
	b.size = int64(len(b.header)) + media
	return b, nil
}

// scanFault is the error of a stretch whose NAL units could not be looked at.
func scanFault(s *mux.Stretch, err error) error {
	var e *fault.Error
	if errors.As(err, &e) {
		e.Where = strings.TrimSpace(s.Where(0) + " " + e.Where)
		return e
	}
	return mux.ReadFault(s, s.Samples[0].Position, s.Bytes(), err)
}

type body struct {
	Segment
	protected *protect.Map // which bytes are, nil for all when there is a Sealer
	header    []byte       // moof and the header of mdat
	pooled    []byte       // what header was written to at first
	size      int64
}

func (b *body) Size() int64 { return b.size }

func (b *body) Close() {
	b.Stretch.Close()
	if b.pooled != nil {
		mux.PutBuffer(b.pooled)
		b.pooled, b.header = nil, nil
	}
}

func (b *body) WriteTo(ctx context.Context, w io.Writer) error {
	var c mux.Cipher
	if b.Sealer != nil {
		c = b.Sealer.Seal(b.Stretch.Samples, b.Stretch.First, b.protected)
	}
	return mux.Send(ctx, w, b.header, &b.Stretch, c)
}

const uuidTfxd = "\x6D\x1D\x9B\x05\x42\xD5\x44\xE6\x80\xE2\x14\x1D\xAF\xF7\x57\xB2"

// moof appends the movie fragment and the header of its mdat (§8.8.4).
func (b *body) moof(dst []byte, payload int64) []byte {
	var open [4]int // no more boxes than that are inside each other
	w := boxes{b: dst, open: open[:0]}
	kind := b.Stretch.Track.Kind
	w.begin("moof")
	w.full("mfhd", 0, 0)
	w.u32(b.Sequence)
	w.end()
	w.begin("traf")
	flags := uint32(0x020020) // default-base-is-moof, default sample flags
	if b.Flavour == Smooth {
		flags = 0x000020
	}
	w.full("tfhd", 0, flags)
	w.u32(TrackID)
	w.u32(b.Flavour.defaultFlags(kind))
	w.end()
	d := b.decoding()
	defer d.close()
	if b.Flavour != Smooth {
		w.full("tfdt", 1, 0)
		w.u64(uint64(d.at[0]))
		w.end()
	}
	at := b.trun(&w, d.at)
	if b.Sealer != nil {
		b.sampleEncryption(&w, len(dst))
	}
	if b.Flavour == Smooth {
		w.begin("uuid")
		w.text(uuidTfxd)
		w.u32(0x01000000)
		w.u64(uint64(b.Time))
		w.u64(uint64(b.Duration))
		w.end()
	}
	w.end()
	w.end()
	binary.BigEndian.PutUint32(w.b[at:], uint32(len(w.b)-len(dst)+8))
	w.u32(uint32(8 + payload))
	w.text("mdat")
	return w.b
}

const uuidPIFF = "\xA2\x39\x4F\x52\x5A\x9B\x4F\x14\xA2\x44\x6C\x42\x7C\x64\x8D\xF4"

// sampleEncryption appends what says how each sample is encrypted (ISO/IEC
// 23001-7 §7.2): senc and where it lies, or the box of PIFF 1.1 §5.3.2.1. Samples
// that are protected whole with a constant vector need none. moof is where the
// movie fragment begins.
func (b *body) sampleEncryption(w *boxes, moof int) {
	ivSize, list := b.Sealer.IVSize(), b.Stretch.Samples
	if ivSize == 0 && b.protected == nil {
		return
	}
	flags := uint32(0)
	if b.protected != nil {
		flags = 2 // with subsamples
	}
	named := b.Flavour == Smooth && b.Sealer.OneOf // for want of an init segment
	switch {
	case b.Sealer.Scheme != protect.PIFF:
		if named {
			b.keyOfSamples(w)
		}
		w.full("senc", 0, flags)
	case named:
		w.begin("uuid")
		w.text(uuidPIFF)
		w.u32(flags | 1)             // with what follows in place of the track's
		w.u32(1<<8 | uint32(ivSize)) // AlgorithmID: AES-CTR
		w.bytes(b.Sealer.Key.ID[:])
	default:
		w.begin("uuid")
		w.text(uuidPIFF)
		w.u32(flags)
	}
	w.u32(uint32(len(list)))
	at := len(w.b)
	for i := range list {
		w.b = b.Sealer.AppendIV(w.b, b.Stretch.First+i)
		if b.protected == nil {
			continue
		}
		of := b.protected.Of(i)
		w.u16(uint16(len(of)))
		for _, s := range of {
			w.u16(s.Clear)
			w.u32(s.Protected)
		}
	}
	w.end()
	if b.Sealer.Scheme == protect.PIFF {
		return
	}
	w.full("saiz", 0, 0) // ISO/IEC 14496-12 §8.7.8
	if b.protected == nil {
		w.bytes([]byte{byte(ivSize)})
		w.u32(uint32(len(list)))
	} else {
		w.bytes([]byte{0})
		w.u32(uint32(len(list)))
		for i := range list {
			w.bytes([]byte{byte(ivSize + 2 + 6*len(b.protected.Of(i)))})
		}
	}
	w.end()
	w.full("saio", 0, 0) // §8.7.9
	w.u32(1)
	w.u32(uint32(at - moof))
	w.end()
}

// keyOfSamples appends the key of all samples as a group (ISO/IEC 23001-7 §6, ISO/IEC
// 14496-12 §8.9): "seig", the first of the groups that the fragment itself describes.
func (b *body) keyOfSamples(w *boxes) {
	w.full("sbgp", 0, 0)
	w.text("seig")
	w.u32(1)
	w.u32(uint32(len(b.Stretch.Samples)))
	w.u32(0x10001)
	w.end()
	w.full("sgpd", 1, 0)
	w.text("seig")
	w.u32(4 + 16) // size of a description
	w.u32(1)
	w.u32(1<<8 | uint32(b.Sealer.IVSize())) // no pattern; protected
	w.bytes(b.Sealer.Key.ID[:])
	w.end()
}

// Flags of trun (§8.8.8).
const (
	trunDataOffset  = 0x001
	trunFirstFlags  = 0x004
	trunDuration    = 0x100
	trunSize        = 0x200
	trunFlags       = 0x400
	trunComposition = 0x800
)

// decoding returns the decode times of the segment: from the start of its
// fragment to the end, but a key frame alone lasts as long as it does.
func (b *body) decoding() decoding {
	end := b.Time + b.Duration
	if b.Key {
		clock, key := b.Stretch.Track.Clock, &b.Stretch.Samples[0]
		end = b.Time + clock.Ticks(key.Decode+key.Duration) - clock.Ticks(key.Decode)
	}
	return newDecoding(&b.Stretch, b.Time, end)
}

// trun appends the sample table. It returns where the data offset stands.
func (b *body) trun(w *boxes, decode []int64) (dataOffset int) {
	list, clock := b.Stretch.Samples, b.Stretch.Track.Clock
	flags := uint32(trunDataOffset | trunDuration | trunSize)
	video := b.Stretch.Track.Kind == media.Video
	if video {
		flags |= trunComposition | trunFirstFlags
		if mixed(list) {
			flags = flags&^trunFirstFlags | trunFlags
		}
	} else if b.Stretch.Track.Codec.Dependent {
		flags |= trunFlags
	}
	w.full("trun", b.trunVersion(decode), flags)
	w.u32(uint32(len(list)))
	dataOffset = len(w.b)
	w.u32(0)
	if flags&trunFirstFlags != 0 {
		w.u32(b.Flavour.firstFlags())
	}
	for i := range list {
		w.u32(uint32(decode[i+1] - decode[i]))
		w.u32(uint32(list[i].Size))
		if flags&trunFlags != 0 {
			f := b.Flavour.defaultFlags(media.Video)
			if list[i].Sync {
				f = b.Flavour.firstFlags()
			}
			w.u32(f)
		}
		if video {
			w.u32(uint32(int32(clock.Ticks(list[i].Composition) - decode[i])))
		}
	}
	w.end()
	return dataOffset
}

// trunVersion is 1, where composition offsets are signed. Smooth Streaming has
// version 0 only; there signed ones are written in the one case that needs them.
func (b *body) trunVersion(decode []int64) byte {
	if b.Flavour != Smooth {
		return 1
	}
	for i := range b.Stretch.Samples {
		if b.Stretch.Track.Clock.Ticks(b.Stretch.Samples[i].Composition) < decode[i] {
			return 1
		}
	}
	return 0
}

// mixed says whether first-sample-flags cannot tell which samples are sync
// samples: only the first is in a fragment of one GOP.
func mixed(list []media.Sample) bool {
	for i := range list {
		if list[i].Sync != (i == 0) {
			return true
		}
	}
	return false
}
