package cpix

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha512"
	"errors"
)

// secrets are what the keys of a document are sealed with: AES-256 in CBC mode,
// and an HMAC of what comes out.
type secrets struct {
	key []byte // 32 bytes
	mac []byte
}

func newSecrets() *secrets {
	s := &secrets{key: make([]byte, 32), mac: make([]byte, sha512.Size)}
	rand.Read(s.key)
	rand.Read(s.mac)
	return s
}

// wrap encrypts a secret for a recipient (XML Encryption §5.5.2: SHA-1 there is
// no signature).
func wrap(to *rsa.PublicKey, secret []byte) ([]byte, error) {
	return rsa.EncryptOAEP(sha1.New(), rand.Reader, to, secret, nil)
}

func unwrap(of *rsa.PrivateKey, sealed []byte) ([]byte, error) {
	return rsa.DecryptOAEP(sha1.New(), nil, of, sealed, nil)
}

// seal encrypts a value (XML Encryption §5.2.2): an initialization vector, then
// blocks, of which the last byte says how many at the end are padding. All of those
// say so, as others want to see it (PKCS #7).
func (s *secrets) seal(value []byte) (sealed, mac []byte, err error) {
	block, err := aes.NewCipher(s.key)
	if err != nil {
		return nil, nil, err
	}
	pad := aes.BlockSize - len(value)%aes.BlockSize
	sealed = make([]byte, aes.BlockSize+len(value)+pad)
	rand.Read(sealed[:aes.BlockSize])
	copy(sealed[aes.BlockSize:], value)
	for i := len(sealed) - pad; i < len(sealed); i++ {
		sealed[i] = byte(pad)
	}
	cipher.NewCBCEncrypter(block, sealed[:aes.BlockSize]).CryptBlocks(sealed[aes.BlockSize:], sealed[aes.BlockSize:])
	return sealed, s.sum(sealed), nil
}

// open decrypts a value, after it has been checked by its HMAC (RFC 6030 §6.2).
func (s *secrets) open(sealed, mac []byte) ([]byte, error) {
	if !hmac.Equal(mac, s.sum(sealed)) {
		return nil, errors.New("its ValueMAC does not fit")
	}
	if len(sealed) < 2*aes.BlockSize || len(sealed)%aes.BlockSize != 0 {
		return nil, errors.New("it is no whole number of blocks")
	}
	block, err := aes.NewCipher(s.key)
	if err != nil {
		return nil, err
	}
	value := make([]byte, len(sealed)-aes.BlockSize)
	cipher.NewCBCDecrypter(block, sealed[:aes.BlockSize]).CryptBlocks(value, sealed[aes.BlockSize:])
	pad := int(value[len(value)-1])
	if pad == 0 || pad > aes.BlockSize {
		return nil, errors.New("its padding is wrong")
	}
	return value[:len(value)-pad], nil
}

func (s *secrets) sum(sealed []byte) []byte {
	h := hmac.New(sha512.New, s.mac)
	h.Write(sealed)
	return h.Sum(nil)
}
