package keypolicy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strings"
)

// verificationKey is a key of a restriction in JSON.
type verificationKey struct {
	Kind     string `json:"@odata.type"`
	Value    string `json:"keyValue"` // symmetric
	Exponent string `json:"exponent"` // RSA
	Modulus  string `json:"modulus"`
	Body     string `json:"rawBody"` // X.509, DER
}

// Bounds of keys. Smaller ones can be guessed, larger ones keep us busy.
const (
	minSymmetric = 16 // bytes
	minModulus   = 1024
	maxModulus   = 16384 // bits
)

func (k *verificationKey) read() (any, error) {
	switch kind := kindOf(k.Kind); kind {
	case "SymmetricTokenKey":
		b, err := decode(k.Value)
		if err != nil || len(b) < minSymmetric {
			return nil, fmt.Errorf("keyValue of the symmetric key is not %d bytes or more in base64", minSymmetric)
		}
		return b, nil
	case "RsaTokenKey":
		return rsaKey(k.Modulus, k.Exponent)
	case "X509CertificateTokenKey":
		return certificate(k.Body)
	}
	return nil, fmt.Errorf("a verification key is of the unknown type %q", k.Kind)
}

// decode reads base64 in either alphabet, padded or not.
func decode(s string) ([]byte, error) {
	s = strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(s), "=")
	return base64.RawURLEncoding.DecodeString(s)
}

func rsaKey(modulus, exponent string) (any, error) {
	n, err := decode(modulus)
	e, err2 := decode(exponent)
	k := &rsa.PublicKey{N: new(big.Int).SetBytes(n)}
	if bits := k.N.BitLen(); err != nil || err2 != nil || bits < minModulus || bits > maxModulus || len(e) == 0 || len(e) > 4 {
		return nil, fmt.Errorf("modulus and exponent of the RSA key are no numbers of %d to %d bits in base64", minModulus, maxModulus)
	}
	k.E = int(new(big.Int).SetBytes(e).Int64())
	return k, nil
}

func certificate(body string) (any, error) {
	b, err := decode(body)
	if err != nil {
		return nil, errors.New("rawBody of the certificate is no base64")
	}
	c, err := x509.ParseCertificate(b)
	if err != nil {
		return nil, fmt.Errorf("rawBody is no X.509 certificate: %w", err)
	}
	switch c.PublicKey.(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey:
		return c.PublicKey, nil
	}
	return nil, errors.New("the certificate is neither for RSA nor for ECDSA")
}

// keySet is an OpenID discovery document, or the set of keys (RFC 7517 §5) that
// its jwks_uri names, or both.
type keySet struct {
	Elsewhere string            `json:"jwks_uri"`
	Keys      []json.RawMessage `json:"keys"`
}

// readSet reads the set of keys that a discovery document in a file has or names,
// again in a file. read are the files, as far as it got.
func readSet(files Files, name string) (set keySet, read []string, err error) {
	for range 2 {
		if u, err := url.Parse(name); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
			return set, read, fmt.Errorf("%s is on another server; keep the document in a file and name that", name)
		}
		name = strings.TrimPrefix(name, "file://")
		read = append(read, name)
		b, err := files(name)
		if err != nil {
			return set, read, fmt.Errorf("openIdConnectDiscoveryDocument: %w", err)
		}
		if err := json.Unmarshal(b, &set); err != nil {
			return set, read, fmt.Errorf("%s: %w", name, err)
		}
		if set.Keys != nil || set.Elsewhere == "" {
			break
		}
		name = set.Elsewhere
	}
	return set, read, nil
}

// discovered returns the keys for signatures of an OpenID discovery document. A
// set may have others that mean nothing here, and they are ignored (RFC 7517 §5).
func discovered(files Files, name string) ([]any, error) {
	set, read, err := readSet(files, name)
	if err != nil {
		return nil, err
	}
	var out []any
	why := errors.New("it names none")
	for i, b := range set.Keys {
		k, err := readJWK(b)
		if err != nil {
			why = fmt.Errorf("key %d: %w", i, err)
			continue
		}
		out = append(out, k)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s has no key to verify tokens with: %w", read[len(read)-1], why)
	}
	return out, nil
}

// jwk is a public key as JSON Web Keys have it.
type jwk struct {
	Type         string   `json:"kty"`
	Use          string   `json:"use"`
	Operations   []string `json:"key_ops"`
	Modulus      string   `json:"n"`
	Exponent     string   `json:"e"`
	Curve        string   `json:"crv"`
	X            string   `json:"x"`
	Y            string   `json:"y"`
	Certificates []string `json:"x5c"`
}

// readJWK reads a key with which signatures are verified (RFC 7517 §4.2, §4.3).
func readJWK(b []byte) (any, error) {
	var k jwk
	if err := json.Unmarshal(b, &k); err != nil {
		return nil, err
	}
	switch {
	case k.Use != "" && k.Use != "sig", k.Operations != nil && !slices.Contains(k.Operations, "verify"):
		return nil, errors.New("it is not for verifying signatures")
	case k.Type == "RSA" && k.Modulus != "":
		return rsaKey(k.Modulus, k.Exponent)
	case k.Type == "EC" && k.Curve == "P-256":
		x, err := decode(k.X)
		y, err2 := decode(k.Y)
		if err != nil || err2 != nil || len(x) != 32 || len(y) != 32 {
			return nil, errors.New("x and y are no numbers of 32 bytes")
		}
		return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	case len(k.Certificates) > 0:
		return certificate(k.Certificates[0])
	}
	return nil, fmt.Errorf("keys of type %q and curve %q are not used here", k.Type, k.Curve)
}
