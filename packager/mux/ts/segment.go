package ts

import (
	"cmp"
	"context"
	"encoding/binary"
	"io"
	"sync"

	"manifold/packager/codec"
	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/protect"
)

// Segment is what one TS segment holds: a stretch of video, of audio, or both.
type Segment struct {
	Video, Audio *mux.Stretch // nil when there is none
	Number       int          // of the segment, from 0
	Key          bool         // a single key frame: nothing continues behind it

	// Seal returns what encrypts the samples of a track, nil for one that stays
	// as it is; nil leaves all of them.
	Seal func(t *media.Track) *protect.SampleAES
}

// New plans a segment. It owns the stretches from then on.
func New(s Segment) (mux.Body, error) {
	b := &body{number: s.Number, key: s.Key}
	for _, x := range []*mux.Stretch{s.Video, s.Audio} {
		if x != nil {
			b.streams = append(b.streams, &stream{Stretch: x})
		}
	}
	for _, x := range b.streams {
		err := x.detect()
		if err == nil && s.Seal != nil {
			if seal := s.Seal(x.Track); seal != nil {
				err = x.sealWith(seal)
			}
		}
		if err != nil {
			b.Close()
			return nil, err
		}
	}
	if err := b.prepare(); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

type body struct {
	streams []*stream
	units   *[]unit // pooled
	number  int
	key     bool // nothing continues behind it
	size    int64
	damage  error
}

// prepare sets up the streams and counts the packets of the segment.
func (b *body) prepare() error {
	for i, s := range b.streams {
		s.video, s.pcr, s.pid = s.Track.Kind == media.Video, i == 0, pidAudio
		var err error
		carry := codec.NewTransport
		if s.seal != nil {
			carry = codec.NewSealedTransport
		}
		if s.carriage, err = carry(&s.Track.Codec); err != nil {
			e := *fault.As(err)
			e.Where = s.Track.Where() + " " + e.Where
			return &e
		}
		if s.video {
			s.pid, s.ahead = pidVideo, s.Track.Samples.MinOffset()
		} else if err := s.audio(); err != nil {
			return err
		}
	}
	b.units = unitLists.Get().(*[]unit)
	*b.units = plan{streams: b.streams}.append((*b.units)[:0])
	bare := 0
	for i := range *b.units {
		u := &(*b.units)[i]
		if u.n == 0 {
			bare++
			continue
		}
		u.stream.packets += packets(u)
		u.stream.units++
	}
	n := 2 + bare
	for _, s := range b.streams {
		n += s.packets + b.extra(s)
	}
	b.size = int64(n) * packetSize
	return nil
}

// extra is how many packets more than needed a stream gets, so that the
// counters of the next segment continue its own.
func (b *body) extra(s *stream) int {
	if b.key {
		return 0
	}
	return -s.packets & 15
}

// audio sets up a stream of audio: how many frames go into a PES packet, and
// that each has room in one.
func (s *stream) audio() error {
	c, adts := &s.Track.Codec, s.carriage.ADTS
	if adts != nil {
		s.header = codec.ADTSHeaderSize
	}
	s.frames = max(audioPES*c.SamplingRate/(1000*c.FrameSamples), 1)
	if s.seal != nil {
		s.frames = 1 // some readers decrypt one for each PES packet
	}
	frame, slack := int64(c.FrameSamples)*int64(s.Track.Timescale)/int64(c.SamplingRate), int64(s.Track.Timescale)/1000+1
	s.shortest, s.longest = frame-slack, frame+slack
	for i := range s.Samples {
		if n := s.Samples[i].Size; adts != nil && !adts.Fits(n) || pesHeader(&unit{})+n > maxPES {
			return fault.Newf(fault.AudioEncodingNotSupported, s.Where(i), "an audio frame of %d bytes is too large for MPEG-2 TS", n)
		}
	}
	return nil
}

// detect looks whether the first access unit brings a delimiter of its own,
// as then all do.
func (s *stream) detect() error {
	nal := codec.NALOf(&s.Track.Codec)
	if nal == nil || s.Samples[0].Size < 5 {
		return nil
	}
	b, err := s.At(s.Samples[0].Position, make([]byte, 5))
	if err == nil {
		s.delimited = nal.IsAUD(b[4])
	}
	return err
}

func (b *body) Size() int64 { return b.size }

func (b *body) Close() {
	for _, s := range b.streams {
		s.Stretch.Close()
	}
	if b.units != nil {
		clear(*b.units)
		unitLists.Put(b.units)
		b.units = nil
	}
}

var unitLists = sync.Pool{New: func() any { return new([]unit) }}

func (b *body) WriteTo(ctx context.Context, out io.Writer) error {
	w := &writer{ctx: ctx, w: out, buf: mux.GetBuffer(b.size)}
	defer mux.PutBuffer(w.buf)
	w.n = len(appendTables(w.buf[:0], b.streams, b.number))
	var readers [2]*mux.Reader
	for i, s := range b.streams {
		readers[i] = s.reader()
		defer readers[i].Close()
	}
	for i := range *b.units {
		u := &(*b.units)[i]
		if u.n == 0 {
			w.clock(u)
			continue
		}
		n := packets(u)
		if u.stream.units--; u.stream.units == 0 {
			n += b.extra(u.stream)
		}
		w.begin(u, n)
		r := readers[0]
		if u.stream != b.streams[0] {
			r = readers[1]
		}
		var err error
		if u.stream.video {
			err = b.picture(w, r, u)
		} else {
			err = frames(w, r, u)
		}
		if err != nil || w.err != nil {
			return cmp.Or(err, w.err)
		}
	}
	w.flush()
	return w.err
}

// frames writes audio frames, with ADTS headers where they have none.
func frames(w *writer, r *mux.Reader, u *unit) error {
	for i := u.first; i < u.first+u.n; i++ {
		size := u.stream.Samples[i].Size
		if adts := u.stream.carriage.ADTS; adts != nil {
			var h [codec.ADTSHeaderSize]byte
			w.write(adts.Append(h[:0], size))
		}
		if err := copyTo(w, r, size); err != nil {
			return err
		}
	}
	return nil
}

func copyTo(w *writer, r *mux.Reader, n int) error {
	for n > 0 && w.err == nil {
		p, err := r.Peek(1)
		if err != nil {
			return err
		}
		k := min(n, len(p))
		w.write(p[:k])
		r.Discard(k)
		n -= k
	}
	return w.err
}

var startCode = []byte{0, 0, 0, 1}

// picture writes an access unit as a byte stream: a delimiter, before a key
// frame the parameter sets, and the NAL units with start codes in place of
// their lengths. A length that reaches over the end of the sample is taken for
// the rest of it: decoders get over one damaged picture, not over a segment
// that breaks off.
func (b *body) picture(w *writer, r *mux.Reader, u *unit) error {
	s := u.stream
	if !s.delimited {
		w.write(s.carriage.NAL.AUD)
	}
	left, dropped := s.Samples[u.first].Size, 0
	sets := s.Samples[u.first].Sync
	for first := true; left > 0; first = false {
		h, err := r.Peek(5)
		if err != nil {
			return err
		}
		if left < 4 || len(h) < 4 {
			b.damaged(s, u.first, left, left)
			if err := r.Skip(left); err != nil {
				return err
			}
			dropped += left
			break
		}
		n := int(binary.BigEndian.Uint32(h))
		if n > left-4 {
			b.damaged(s, u.first, left, n)
			n = left - 4
		}
		left -= 4 + n
		r.Discard(4)
		delimiter := n > 0 && s.carriage.NAL.IsAUD(h[4])
		if delimiter && !s.delimited {
			// there is one already: zeros at the end keep the size
			dropped += 4 + n
			if err := r.Skip(n); err != nil {
				return err
			}
			continue
		}
		if sets && !(first && delimiter) {
			parameterSets(w, s.Track)
			sets = false
		}
		w.write(startCode)
		body := copyTo
		if s.growth != nil && s.growth[u.first] > 0 && n > 0 && s.seal.Encrypts(h[4], n) {
			body = preventTo
		}
		if err := body(w, r, n); err != nil {
			return err
		}
	}
	if sets {
		parameterSets(w, s.Track)
	}
	for ; dropped > 0; dropped-- {
		w.write(zero[:])
	}
	return w.err
}

// damaged remembers the first damage.
func (b *body) damaged(s *stream, sample, left, n int) {
	if b.damage == nil {
		b.damage = mux.BadNAL(s.Stretch, sample, left, n)
	}
}

// Damage returns what was wrong with the media that was written, nil when
// nothing was.
func (b *body) Damage() error { return b.damage }

var zero [1]byte

func parameterSets(w *writer, t *media.Track) {
	for _, p := range t.Codec.ParameterSets {
		w.write(startCode)
		w.write(p)
	}
}
