package cpix

import (
	"manifold/packager/fault"
	"manifold/packager/protect"
)

// Document is what a CPIX document says of content keys.
type Document struct {
	Keys    []Key
	Systems []System
	// Signatures are those of a document that was read; none where nobody signed it.
	Signatures []Signature
}

// Key is a content key with what it is for.
type Key struct {
	protect.Key
	Scheme string // commonEncryptionScheme: "cenc", "cbcs" …; "" where none is named
	// Label is what the usage rules say that the key encrypts: "video", "audio",
	// "SD", "HD", "UHD", or a label of the user's; "" for everything.
	Label string
	// OtherIV says that the document has an initialization vector for the key. It
	// is not taken: vectors are derived, so that none is used twice.
	OtherIV bool
}

// System is what one protection system is told of a key.
type System struct {
	KID  protect.KID
	ID   protect.KID // of the system
	PSSH []byte      // the pssh box
	// Smooth is the text of ProtectionHeader in Smooth Streaming manifests; ""
	// where the system has none.
	Smooth string
}

// MaxSize bounds documents that are read, in bytes.
const MaxSize = 1 << 20

// maxKeys bounds the keys of a document.
const maxKeys = 1000

// Algorithms of XML Encryption and XML Signature.
const (
	aes256CBC  = "http://www.w3.org/2001/04/xmlenc#aes256-cbc"
	rsaOAEP    = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"
	hmacSHA512 = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512"
)

func wrong(where, what, advice string) error {
	return fault.New(fault.InputFormatNotSupported, where, what, advice)
}
