package keypolicy

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"
)

func signed(t *testing.T, p *Policy, g Grant, at time.Time) string {
	t.Helper()
	text, err := p.Sign(g, at)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestATokenMayBeUsedSoOften(t *testing.T) {
	p := parse(t, written(token("Jwt", symmetric, "")), none)
	text := signed(t, p, Grant{Until: now.Add(time.Hour), Uses: 2}, now)
	for i, want := range []int{200, 200, 403, 403} {
		if got := status(p.Allow(&Request{Token: text}, kid, now)); got != want {
			t.Errorf("use %d: %d, want %d", i+1, got, want)
		}
	}
}

// All keys of a request are one use; a request that gets no keys is none, and is
// answered as the one that would get them.
func TestARequestIsOneUse(t *testing.T) {
	p := parse(t, written(token("Jwt", symmetric, "")), none)
	text := signed(t, p, Grant{Until: now.Add(time.Hour), Uses: 1}, now)
	ask := func(r *Request, want int) {
		t.Helper()
		for range 3 {
			if got := status(p.Allow(r, kid, now)); got != want {
				t.Errorf("%+v: %d, want %d", r, got, want)
			}
		}
	}
	ask(&Request{Token: text, Head: true}, 200)
	ask(&Request{Token: text}, 200)
	ask(&Request{Token: text, Head: true}, 403)
	ask(&Request{Token: text}, 403)
}

// A token is the same however it is spelled: bits of base64 that mean nothing, line
// breaks, escapes, and the other s of an ECDSA signature.
func TestSpellingsOfATokenAreOne(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	set := func(string) ([]byte, error) {
		return fmt.Appendf(nil, `{"keys":[{"kty":"EC","crv":"P-256","x":%q,"y":%q}]}`, encode(point[1:33]), encode(point[33:])), nil
	}
	// spare is a text in base64 whose last letter has bits that mean nothing set.
	spare := func(text string) string {
		const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
		last := len(text) - 1
		return text[:last] + string(letters[strings.IndexByte(letters, text[last])+1])
	}
	otherS := func(text string) string {
		at := strings.LastIndexByte(text, '.') + 1
		b, err := base64.RawURLEncoding.DecodeString(text[at:])
		if err != nil {
			t.Fatal(err)
		}
		s := new(big.Int).SetBytes(b[32:])
		s.Sub(elliptic.P256().Params().N, s).FillBytes(b[32:])
		return text[:at] + encode(b)
	}
	type spelling struct {
		name    string
		respell func(string) string
		want    int // 401 where it is no spelling at all, 403 where it is one more use
	}
	for name, c := range map[string]struct {
		restriction string
		private     []byte
		spellings   []spelling
	}{
		"HS256": {token("Jwt", symmetric, ""), nil, []spelling{
			{"spare bits", spare, 401},
			{"a line break", func(s string) string { return s + "\n" }, 401},
			{"one in the middle", func(s string) string { return s[:len(s)-3] + "\r\n" + s[len(s)-3:] }, 401},
		}},
		"ES256": {token("Jwt", "", `,"openIdConnectDiscoveryDocument":"set"`), private, []spelling{
			{"spare bits", spare, 401},
			{"the other s", otherS, 403},
		}},
		"SWT": {token("Swt", symmetric, ""), nil, []spelling{
			{"no escape", func(s string) string { return strings.TrimSuffix(s, "%3D") + "=" }, 403},
			{"an escape in small letters", func(s string) string { return strings.TrimSuffix(s, "%3D") + "%3d" }, 403},
			{"no padding", func(s string) string { return strings.TrimSuffix(s, "%3D") }, 401},
			{"spare bits", func(s string) string { return spare(strings.TrimSuffix(s, "%3D")) + "%3D" }, 401},
			{"a line break", func(s string) string { return s + "%0A" }, 401},
		}},
	} {
		for _, x := range c.spellings {
			p := parse(t, written(c.restriction), set)
			text := signed(t, p, Grant{Until: now.Add(time.Hour), Uses: 1, Private: c.private}, now)
			if got := status(p.Allow(&Request{Token: text}, kid, now)); got != 200 {
				t.Fatalf("%s: %d", name, got)
			}
			if got := status(p.Allow(&Request{Token: x.respell(text)}, kid, now)); got != x.want {
				t.Errorf("%s, %s: %d, want %d", name, x.name, got, x.want)
			}
			if len(p.used.taken) != 1 || len(p.used.ends) != 1 {
				t.Errorf("%s, %s: %d tokens are remembered", name, x.name, len(p.used.taken))
			}
		}
	}
}

// What is remembered of tokens goes when they end, in whatever order that is, and
// of forged ones and those that are not counted nothing is.
func TestTokensThatEndedAreForgotten(t *testing.T) {
	p := parse(t, written(token("Jwt", symmetric, "")), none)
	for _, minutes := range []int{50, 10, 40, 20, 30} {
		text := signed(t, p, Grant{Until: now.Add(time.Duration(minutes) * time.Minute), Uses: 1}, now)
		for _, s := range []string{text, text + "x", "x" + text, signed(t, p, Grant{Until: now.Add(time.Hour)}, now)} {
			p.Allow(&Request{Token: s}, kid, now)
		}
	}
	for _, w := range []struct{ minutes, left int }{{0, 5}, {10, 5}, {12, 4}, {35, 2}, {60, 0}} {
		at := now.Add(time.Duration(w.minutes) * time.Minute)
		text := signed(t, p, Grant{Until: at.Add(time.Hour), Uses: 1}, at)
		if err := p.Allow(&Request{Token: text, Head: true}, kid, at); err != nil {
			t.Error(err)
		}
		if len(p.used.taken) != w.left || len(p.used.ends) != w.left {
			t.Errorf("after %d minutes %d tokens are remembered, want %d", w.minutes, len(p.used.taken), w.left)
		}
	}
}
