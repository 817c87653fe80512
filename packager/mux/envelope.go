package mux

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"io"
)

// Envelope encrypts a whole segment with AES-128 in CBC mode and PKCS #7
// padding (RFC 8216 §4.3.2.4): segments under one key and vector can be
// decrypted without what is before them.
func Envelope(b Body, key, iv [16]byte) (Body, error) {
	c, err := aes.NewCipher(key[:])
	if err != nil {
		b.Close()
		return nil, err
	}
	return &enveloped{Body: b, mode: cipher.NewCBCEncrypter(c, iv[:])}, nil
}

type enveloped struct {
	Body
	mode cipher.BlockMode
}

// Size implements Body: there is always padding.
func (e *enveloped) Size() int64 { return e.Body.Size() + aes.BlockSize - e.Body.Size()%aes.BlockSize }

// WriteTo implements Body.
func (e *enveloped) WriteTo(ctx context.Context, w io.Writer) error {
	s := &sealing{w: w, mode: e.mode, buf: GetBuffer(BufferSize)}
	defer PutBuffer(s.buf)
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

// sealing encrypts what is written to it.
type sealing struct {
	w    io.Writer
	mode cipher.BlockMode
	buf  []byte
	n    int // bytes of buf that are filled
}

// Write implements io.Writer.
func (s *sealing) Write(p []byte) (int, error) {
	for done := 0; done < len(p); {
		k := copy(s.buf[s.n:], p[done:])
		s.n, done = s.n+k, done+k
		if s.n == len(s.buf) {
			if err := s.flush(); err != nil {
				return done, err
			}
		}
	}
	return len(p), nil
}

func (s *sealing) flush() error {
	s.mode.CryptBlocks(s.buf[:s.n], s.buf[:s.n])
	_, err := s.w.Write(s.buf[:s.n])
	s.n = 0
	return err
}

// end writes what is left, with its padding.
func (s *sealing) end() error {
	pad := aes.BlockSize - s.n%aes.BlockSize
	for range pad { // a full buffer was flushed
		s.buf[s.n] = byte(pad)
		s.n++
	}
	return s.flush()
}
