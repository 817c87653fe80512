package ts

import (
	"encoding/binary"

	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/protect"
)

// reader returns a reader over what the stream carries, encrypted where it is to
// be.
func (s *stream) reader() *mux.Reader {
	if s.seal == nil {
		return mux.NewReader(s.Stretch)
	}
	// packets have a buffer of their own
	return mux.NewSealing(s.Stretch, s.seal.Seal(s.Samples), mux.SmallSize)
}

// sealWith has the stream encrypted. By how many bytes pictures grow is known
// before: what start codes would be needs emulation prevention.
func (s *stream) sealWith(seal *protect.SampleAES) (err error) {
	if s.seal = seal; s.Track.Kind == media.Video {
		s.growth, err = seal.Growth(s.Track, s.First, len(s.Samples), s.learn)
	}
	return err
}

// learn encrypts all pictures once to find by how many bytes each grows.
func (s *stream) learn() (growth []int32, err error) {
	r := s.reader()
	defer r.Close()
	growth = make([]int32, len(s.Samples))
	for i := range s.Samples {
		if growth[i], err = s.grows(r, s.Samples[i].Size); err != nil {
			return nil, err
		}
	}
	return growth, nil
}

// grows reads an encrypted picture of a size and returns by how many bytes it
// grows.
func (s *stream) grows(r *mux.Reader, size int) (growth int32, err error) {
	for left := size; left > 0; {
		h, err := r.Peek(5)
		if err != nil {
			return 0, err
		}
		if left < 4 || len(h) < 4 {
			return growth, r.Skip(left)
		}
		n := min(int(binary.BigEndian.Uint32(h)), left-4)
		left -= 4 + n
		r.Discard(4)
		if n == 0 || !s.seal.Encrypts(h[4], n) {
			err = r.Skip(n)
		} else {
			err = prevent(r, n, func([]byte) {}, func() { growth++ })
		}
		if err != nil {
			return 0, err
		}
	}
	return growth, nil
}

var prevention = []byte{3}

// preventTo writes an encrypted NAL unit of n bytes with emulation prevention.
func preventTo(w *writer, r *mux.Reader, n int) error {
	if err := prevent(r, n, w.write, func() { w.write(prevention) }); err != nil {
		return err
	}
	return w.err
}

// prevent hands on n bytes, and says where emulation prevention is needed.
func prevent(r *mux.Reader, n int, out func([]byte), three func()) error {
	for escape := (protect.Escape{}); n > 0; {
		p, err := r.Peek(1)
		if err != nil {
			return err
		}
		k, here := escape.Next(p[:min(n, len(p))])
		out(p[:k])
		if here {
			three()
		}
		r.Discard(k)
		n -= k
	}
	return nil
}
