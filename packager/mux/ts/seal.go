package ts

import (
	"encoding/binary"
	"io"

	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/protect"
)

// sealWith has the stream encrypted. Pictures are encrypted once in advance, to
// learn by how many bytes they grow: what start codes would be needs emulation
// prevention.
func (s *stream) sealWith(seal *protect.SampleAES) (err error) {
	if s.seal = seal; s.Track.Kind != media.Video {
		return nil
	}
	r := mux.NewScratch(s.Stretch)
	defer r.Close()
	s.growth = make([]int32, len(s.Samples))
	for i := range s.Samples {
		if s.growth[i], err = s.grows(r, s.Samples[i].Size); err != nil {
			return err
		}
	}
	return nil
}

// grows reads a picture of a size and returns by how many bytes it grows.
func (s *stream) grows(r *mux.Reader, size int) (int32, error) {
	var c counter
	for left := size; left > 0; {
		h, err := r.Peek(5)
		if err != nil {
			return 0, err
		}
		if left < 4 || len(h) < 4 {
			return int32(c.extra), r.Skip(left)
		}
		n := min(int(binary.BigEndian.Uint32(h)), left-4)
		left -= 4 + n
		r.Discard(4)
		if n == 0 || !s.seal.Encrypts(h[4], n) {
			err = r.Skip(n)
		} else {
			err = s.encrypted(r, n, c.write)
		}
		if err != nil {
			return 0, err
		}
	}
	return int32(c.extra), nil
}

// counter counts emulation prevention.
type counter struct{ extra int }

func (c *counter) write(_ []byte, three bool) error {
	if three {
		c.extra++
	}
	return nil
}

// nalUnit writes a NAL unit of n bytes of a sample.
func (s *stream) nalUnit(w *writer, r *mux.Reader, sample, n int) error {
	if s.seal != nil && n > 0 {
		h, err := r.Peek(1)
		if err != nil {
			return err
		}
		if s.seal.Encrypts(h[0], n) && s.growth[sample] == 0 { // there is nothing to prevent
			blocks := s.seal.Unit(n)
			return each(r, n, &blocks, func(p []byte) error { w.write(p); return w.err })
		}
		if s.seal.Encrypts(h[0], n) {
			return s.encrypted(r, n, func(p []byte, three bool) error {
				w.write(p)
				if three {
					w.write(prevention)
				}
				return w.err
			})
		}
	}
	return copyTo(w, r, n)
}

var prevention = []byte{3}

// encrypted reads a NAL unit of n bytes and hands it on encrypted; three says
// that an emulation prevention byte follows.
func (s *stream) encrypted(r *mux.Reader, n int, out func(p []byte, three bool) error) error {
	blocks, escape := s.seal.Unit(n), protect.Escape{}
	return each(r, n, &blocks, func(p []byte) error {
		for len(p) > 0 {
			k, three := escape.Next(p)
			if err := out(p[:k], three); err != nil {
				return err
			}
			p = p[k:]
		}
		return nil
	})
}

// frame writes an audio frame of n bytes.
func (s *stream) frame(w *writer, r *mux.Reader, n int) error {
	if s.seal == nil {
		return copyTo(w, r, n)
	}
	for n > 0 {
		size, err := s.syncFrame(r, n)
		if err != nil {
			return err
		}
		blocks := s.seal.Frame(size)
		if err := each(r, size, &blocks, func(p []byte) error { w.write(p); return w.err }); err != nil {
			return err
		}
		n -= size
	}
	return nil
}

// syncFrame returns the size of the frame that is encrypted by itself: of E-AC-3
// each of those that make up an access unit (ETSI TS 102 366 §E.1.2.2).
func (s *stream) syncFrame(r *mux.Reader, left int) (int, error) {
	if s.Track.Codec.FourCC != "ec-3" {
		return left, nil
	}
	h, err := r.Peek(4)
	if err != nil || len(h) < 4 {
		return left, err
	}
	return min(2*(int(h[2]&7)<<8|int(h[3]))+2, left), nil
}

// each reads n bytes, encrypts them and hands them on.
func each(r *mux.Reader, n int, blocks *protect.Blocks, out func([]byte) error) error {
	for least := 1; n > 0; {
		p, err := r.Peek(min(least, n))
		if err != nil {
			return err
		}
		p = p[:min(n, len(p))]
		k := blocks.Encrypt(p)
		if err := out(p[:k]); err != nil {
			return err
		}
		r.Discard(k)
		if k == 0 && len(p) < min(least, n) {
			return io.ErrUnexpectedEOF // the stretch is shorter than its samples
		}
		n, least = n-k, len(p)-k+1
	}
	return nil
}
