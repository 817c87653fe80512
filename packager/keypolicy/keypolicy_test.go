package keypolicy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io/fs"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"manifold/packager/fault"
	"manifold/packager/protect"
)

var (
	now    = time.Unix(1_700_000_000, 0)
	kid    = protect.KID{1, 2, 3}
	other  = protect.KID{9}
	secret = []byte("0123456789abcdef0123456789abcdef")
)

const kinds = "#Microsoft.Media.ContentKeyPolicy"

// written is a policy with one option.
func written(restriction string) string {
	return `{"properties":{"description":"d","options":[
		{"name":"licences","configuration":{"@odata.type":"` + kinds + `WidevineConfiguration","widevineTemplate":"{}"},"restriction":{"@odata.type":"` + kinds + `OpenRestriction"}},
		{"name":"keys","configuration":{"@odata.type":"` + kinds + `ClearKeyConfiguration"},"restriction":` + restriction + `}]}}`
}

func token(kind, key, more string) string {
	return `{"@odata.type":"` + kinds + `TokenRestriction","restrictionTokenType":"` + kind + `","issuer":"urn:us","audience":"urn:you"` + key + more + `}`
}

var symmetric = `,"primaryVerificationKey":{"@odata.type":"` + kinds + `SymmetricTokenKey","keyValue":"` + base64.StdEncoding.EncodeToString(secret) + `"}`

func none(string) ([]byte, error) { return nil, fs.ErrNotExist }

func parse(t *testing.T, document string, files Files) *Policy {
	t.Helper()
	p, err := Parse([]byte(document), "p", files)
	if err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	return p
}

func status(err error) int {
	if err == nil {
		return 200
	}
	return fault.As(err).Code.Status()
}

func TestOpenPolicies(t *testing.T) {
	var without *Policy
	if err := without.Allow(&Request{Token: ""}, kid, now); err != nil {
		t.Error(err)
	}
	if _, err := without.Sign(Grant{}, now); err == nil {
		t.Error("a token for nobody's policy")
	}
	p := parse(t, written(`{"@odata.type":"`+kinds+`OpenRestriction"}`), none)
	if err := p.Allow(&Request{Token: ""}, kid, now); err != nil || !p.Open() {
		t.Error(err)
	}
	if _, err := p.Sign(Grant{}, now); err == nil {
		t.Error("a token for what needs none")
	}
}

// Tokens of every kind are made and let in, until they end.
func TestTokens(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tokens"}}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &ecKey.PublicKey, ecKey)
	if err != nil {
		t.Fatal(err)
	}
	ecPEM, err := x509.MarshalPKCS8PrivateKey(ecKey)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	exponent := encode(big.NewInt(int64(rsaKey.E)).Bytes())
	point, err := ecKey.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	files := func(name string) ([]byte, error) {
		switch name {
		case "openid.json":
			return []byte(`{"issuer":"urn:us","jwks_uri":"keys.json"}`), nil
		case "keys.json":
			return fmt.Appendf(nil, `{"keys":[{"kty":"RSA","n":%q,"e":%q},{"kty":"EC","crv":"P-256","x":%q,"y":%q}]}`, encode(rsaKey.N.Bytes()), exponent, encode(point[1:33]), encode(point[33:])), nil
		}
		return nil, fs.ErrNotExist
	}
	rsaPEM := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(rsaKey)})
	ecPrivate := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: ecPEM})
	for name, c := range map[string]struct {
		restriction string
		private     []byte
	}{
		"HS256":                  {token("Jwt", symmetric, ""), nil},
		"SWT":                    {token("Swt", symmetric, ""), nil},
		"RS256":                  {token("jwt", `,"primaryVerificationKey":{"@odata.type":"`+kinds+`RsaTokenKey","modulus":"`+encode(rsaKey.N.Bytes())+`","exponent":"`+exponent+`"}`, ""), rsaPEM},
		"ES256 by certificate":   {token("Jwt", `,"primaryVerificationKey":{"@odata.type":"`+kinds+`X509CertificateTokenKey","rawBody":"`+base64.StdEncoding.EncodeToString(certificate)+`"}`, ""), ecPrivate},
		"a second key":           {token("Jwt", symmetric, `,"alternateVerificationKeys":[{"@odata.type":"`+kinds+`RsaTokenKey","modulus":"`+encode(rsaKey.N.Bytes())+`","exponent":"`+exponent+`"}]`), rsaPEM},
		"RS256 by OpenID":        {token("Jwt", "", `,"openIdConnectDiscoveryDocument":"openid.json"`), rsaPEM},
		"ES256 by a set of keys": {token("Jwt", "", `,"openIdConnectDiscoveryDocument":"file://keys.json"`), ecPrivate},
	} {
		p := parse(t, written(c.restriction), files)
		text, err := p.Sign(Grant{KID: &kid, Until: now.Add(time.Hour), Private: c.private}, now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := p.Allow(&Request{Token: text}, kid, now); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := status(p.Allow(&Request{Token: text}, other, now)); got != 403 {
			t.Errorf("%s, another key: %d", name, got)
		}
		if got := status(p.Allow(&Request{Token: text}, kid, now.Add(2*time.Hour))); got != 401 {
			t.Errorf("%s, too late: %d", name, got)
		}
		for i := range []byte(text) {
			forged := text[:i] + string(text[i]^1) + text[i+1:]
			if got := status(p.Allow(&Request{Token: forged}, kid, now)); got == 200 {
				t.Errorf("%s: letter %d may be changed", name, i)
			}
		}
		for text, want := range map[string]int{"": 401, "x.y.z": 401, strings.Repeat("a", 20000): 401, text + "x": 401} {
			if got := status(p.Allow(&Request{Token: text}, kid, now)); got != want {
				t.Errorf("%s, %.20q: %d", name, text, got)
			}
		}
	}
	p := parse(t, written(token("Jwt", "", `,"openIdConnectDiscoveryDocument":"keys.json"`)), files)
	if _, err := p.Sign(Grant{Until: now.Add(time.Hour)}, now); err == nil || !strings.Contains(err.Error(), "private") {
		t.Errorf("signed without a private key: %v", err)
	}
	strange, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Sign(Grant{Until: now.Add(time.Hour), Private: pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(strange)})}, now); err == nil {
		t.Error("signed with a key of somebody else")
	}
	// A public key is no secret: what is signed with it is not let in.
	der, err := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, public := range [][]byte{der, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})} {
		text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"iss": "urn:us", "aud": "urn:you", "exp": now.Add(time.Hour).Unix()}).SignedString(public)
		if err != nil {
			t.Fatal(err)
		}
		if got := status(p.Allow(&Request{Token: text}, kid, now)); got != 401 {
			t.Errorf("signed with a public key: %d", got)
		}
	}
}

func TestClaims(t *testing.T) {
	p := parse(t, written(token("Jwt", symmetric, `,"requiredClaims":[{"claimType":"`+KIDClaim+`","claimValue":null},{"claimType":"role","claimValue":"viewer"},{"claimType":"uid","claimValue":"12345678"}]`)), none)
	good := jwt.MapClaims{"uid": 12345678, "iss": "urn:us", "aud": "urn:you", "exp": now.Add(time.Hour).Unix(), "role": "viewer", KIDClaim: kid.String()}
	for name, c := range map[string]struct {
		claim string
		value any // nil to leave it out
		want  int
	}{
		"all":                   {"x", "y", 200},
		"one of several":        {"role", []string{"author", "viewer"}, 200},
		"one of several for us": {"aud", []string{"urn:other", "urn:you"}, 200},
		"a number in words":     {"uid", "12345678", 200},
		"another number":        {"uid", 12345679, 403},
		"a million times":       {UsesClaim, 1_000_000, 200},
		"no issuer":             {"iss", nil, 403},
		"no audience":           {"aud", nil, 403},
		"another issuer":        {"iss", "urn:them", 403},
		"another audience":      {"aud", "urn:them", 403},
		"another role":          {"role", "author", 403},
		"no role":               {"role", nil, 403},
		"no key":                {KIDClaim, nil, 403},
		"another key":           {KIDClaim, other.String(), 403},
		"no key ID":             {KIDClaim, 7, 403},
		"no end":                {"exp", nil, 401},
		"ended":                 {"exp", now.Add(-2 * time.Minute).Unix(), 401},
		"clocks differ":         {"exp", now.Add(-time.Second).Unix(), 200},
		"later":                 {"nbf", now.Add(time.Hour).Unix(), 401},
		"never":                 {UsesClaim, "0", 401},
	} {
		claims := jwt.MapClaims{}
		for k, v := range good {
			claims[k] = v
		}
		claims[c.claim] = c.value
		if c.value == nil {
			delete(claims, c.claim)
		}
		text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(secret)
		if err != nil {
			t.Fatal(err)
		}
		if got := status(p.Allow(&Request{Token: text}, kid, now)); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	for _, method := range []jwt.SigningMethod{jwt.SigningMethodNone, jwt.SigningMethodHS384} {
		var key any = secret
		if method == jwt.SigningMethodNone {
			key = jwt.UnsafeAllowNoneSignatureType
		}
		text, err := jwt.NewWithClaims(method, good).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		if got := status(p.Allow(&Request{Token: text}, kid, now)); got != 401 {
			t.Errorf("%s: %d", method.Alg(), got)
		}
	}
}

// Keys of a set that mean nothing here are ignored, unless there are no others
// (RFC 7517 §5).
func TestSetsOfKeysHaveOthers(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	ec := func(more string) string {
		return fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":%q,"y":%q%s}`, encode(point[1:33]), encode(point[33:]), more)
	}
	const want = "no key to verify tokens with"
	for keys, says := range map[string]string{
		ec(``):                                   "",
		ec(`,"use":"sig","key_ops":["verify"]`):  "",
		`{"kty":"OKP","crv":"Ed25519","x":"AA"}`: `"Ed25519"`,
		`{"kty":"EC","crv":"P-521"}`:             `"P-521"`,
		`{"kty":"EC","crv":"P-256","x":"AA"}`:    "32 bytes",
		`{"kty":"RSA","n":"AQAB","e":"AQAB"}`:    "RSA key",
		`{"kty":7}`:                              "kty",
		ec(`,"use":"enc"`):                       "not for verifying",
		ec(`,"key_ops":["encrypt","wrapKey"]`):   "not for verifying",
		``:                                       "it names none",
	} {
		read := func(set string) (*Policy, error) {
			return Parse([]byte(written(token("Jwt", "", `,"openIdConnectDiscoveryDocument":"set"`))), "p", func(string) ([]byte, error) { return []byte(`{"keys":[` + set + `]}`), nil })
		}
		if _, err := read(keys); says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", keys, err, says)
		}
		if keys == "" {
			continue
		}
		p, err := read(keys + "," + ec(""))
		if err != nil || says != "" && len(p.options[0].restriction.keys) != 1 {
			t.Errorf("%s beside a good one: %v", keys, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	clear := `"configuration":{"@odata.type":"` + kinds + `ClearKeyConfiguration"}`
	for document, want := range map[string]string{
		`{}`:                            "none of its options",
		`{"option":[]}`:                 `"option"`,
		`{"options":[{}]}`:              "no configuration",
		`{"options":[{` + clear + `}]}`: "no restriction",
		`{"options":[{"configuration":{"@odata.type":"Magic"}}]}`:  `"Magic"`,
		written(`{"@odata.type":"Magic"}`):                         `"Magic"`,
		written(token("Jwt", "", "")):                              "no key to verify",
		written(token("Paper", symmetric, "")):                     `"Paper"`,
		written(token("Jwt", symmetric, `,"requiredClaims":[{}]`)): "no claimType",
		written(token("Jwt", `,"primaryVerificationKey":{"@odata.type":"`+kinds+`SymmetricTokenKey","keyValue":"YQ=="}`, "")):                                    "16 bytes",
		written(token("Jwt", `,"primaryVerificationKey":{"@odata.type":"`+kinds+`RsaTokenKey","modulus":"AQAB","exponent":"AQAB"}`, "")):                         "RSA key",
		written(token("Jwt", `,"primaryVerificationKey":{"@odata.type":"`+kinds+`X509CertificateTokenKey","rawBody":"AAAA"}`, "")):                               "no X.509",
		written(token("Swt", `,"primaryVerificationKey":{"@odata.type":"`+kinds+`RsaTokenKey","modulus":"`+strings.Repeat("_", 344)+`","exponent":"AQAB"}`, "")): "symmetric",
		written(token("Jwt", "", `,"openIdConnectDiscoveryDocument":"https://login.example/openid"`)):                                                            "another server",
		written(token("Jwt", "", `,"openIdConnectDiscoveryDocument":"absent.json"`)):                                                                             "does not exist",
	} {
		if _, err := Parse([]byte(document), "p", none); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", document, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(written(token("Jwt", symmetric, ""))))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Parse(b, "p", func(string) ([]byte, error) { return b, nil })
		if err == nil && len(p.options) == 0 {
			t.Errorf("%s lets nobody in", b)
		}
	})
}

func FuzzToken(f *testing.F) {
	for _, kind := range []string{"Jwt", "Swt"} {
		p, err := Parse([]byte(written(token(kind, symmetric, ""))), "p", none)
		if err != nil {
			f.Fatal(err)
		}
		text, err := p.Sign(Grant{Until: now.Add(time.Hour), KID: &kid}, now)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, kind == "Swt")
	}
	f.Fuzz(func(t *testing.T, text string, swt bool) {
		// Whatever is let in was signed with a key that nobody here has.
		r := restriction{swt: swt, keys: []any{[]byte(strings.Repeat("\x00unknown", 4))}}
		if _, err := r.check(text, kid, now); err == nil {
			t.Errorf("%q is let in", text)
		}
	})
}
