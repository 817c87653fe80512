package mux

import (
	"context"
	"io"

	"manifold/packager/aes128"
)

// Envelope encrypts a whole segment with AES-128 in CBC mode and PKCS #7
// padding (RFC 8216 §4.3.2.4): segments under one key and vector can be
// decrypted without what is before them.
func Envelope(b Body, key, iv [16]byte) Body {
	return &enveloped{Body: b, key: aes128.NewKey(key), chain: aes128.Chain(iv)}
}

type enveloped struct {
	Body
	key   *aes128.Key
	chain aes128.Chain
}

// Size implements Body: there is always padding.
func (e *enveloped) Size() int64 {
	return e.Body.Size() + aes128.BlockSize - e.Body.Size()%aes128.BlockSize
}

// WriteTo implements Body.
func (e *enveloped) WriteTo(ctx context.Context, w io.Writer) error {
	s := &sealing{w: w, key: e.key, chain: e.chain, buf: GetBuffer(firstSize)}
	defer func() { PutBuffer(s.buf) }()
	if err := e.Body.WriteTo(ctx, s); err != nil {
		return err
	}
	return s.end()
}

// Damage returns what was wrong with the media that was written.
func (e *enveloped) Damage() error {
	if d, ok := e.Body.(interface{ Damage() error }); ok {
		return d.Damage()
	}
	return nil
}

// sealing encrypts what is written to it, on the way into buf or where it lies.
// What is less than a block stands at the end of buf until the rest of it comes.
type sealing struct {
	w     io.Writer
	key   *aes128.Key
	chain aes128.Chain
	buf   []byte // of firstSize until that was written
	n     int    // bytes of buf that are filled
	begun bool   // something was written
}

// Overwrite implements Overwriter.
func (s *sealing) Overwrite(p []byte) error {
	for s.n == 0 && len(p) >= aes128.BlockSize {
		n := len(p)
		if !s.begun {
			n = min(n, firstSize)
		}
		n -= n % aes128.BlockSize
		s.key.EncryptShared(&s.chain, p, p, n/aes128.BlockSize)
		if err := s.send(p[:n]); err != nil {
			return err
		}
		p = p[n:]
	}
	_, err := s.Write(p)
	return err
}

// Write implements io.Writer.
func (s *sealing) Write(p []byte) (int, error) {
	for done := 0; done < len(p); {
		if begun := s.n % aes128.BlockSize; begun > 0 || len(p)-done < aes128.BlockSize {
			k := copy(s.buf[s.n:s.n-begun+aes128.BlockSize], p[done:])
			s.n, done = s.n+k, done+k
			if s.n%aes128.BlockSize == 0 {
				last := s.buf[s.n-aes128.BlockSize:]
				s.key.Encrypt(&s.chain, last, last, 1, aes128.BlockSize)
			}
		} else {
			blocks := min(len(p)-done, len(s.buf)-s.n) / aes128.BlockSize
			s.key.EncryptShared(&s.chain, s.buf[s.n:], p[done:], blocks)
			s.n, done = s.n+blocks*aes128.BlockSize, done+blocks*aes128.BlockSize
		}
		if s.n == len(s.buf) {
			if err := s.flush(); err != nil {
				return done, err
			}
		}
	}
	return len(p), nil
}

func (s *sealing) flush() error {
	err := s.send(s.buf[:s.n])
	s.n = 0
	if len(s.buf) < BufferSize {
		PutBuffer(s.buf)
		s.buf = GetBuffer(BufferSize)
	}
	return err
}

func (s *sealing) send(p []byte) error {
	s.begun = true
	_, err := s.w.Write(p)
	return err
}

// end writes what is left, with its padding.
func (s *sealing) end() error {
	pad := aes128.BlockSize - s.n%aes128.BlockSize
	for range pad { // a full buffer was flushed
		s.buf[s.n] = byte(pad)
		s.n++
	}
	last := s.buf[s.n-aes128.BlockSize:]
	s.key.Encrypt(&s.chain, last, last, 1, aes128.BlockSize)
	return s.send(s.buf[:s.n])
}
