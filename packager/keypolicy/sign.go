package keypolicy

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"manifold/packager/fault"
	"manifold/packager/protect"
)

// Grant is what a test token says.
type Grant struct {
	ID     string       // tells it from others that say the same, which are counted as one; may be ""
	KID    *protect.KID // the only key that it is for; nil for all
	Until  time.Time
	Uses   int               // how often it may be used; 0 for always
	Claims map[string]string // beside those that the policy asks for
	// Private is the private key (PEM, PKCS #1, #8 or SEC 1); nil where the policy
	// has a symmetric one.
	Private []byte
}

// Sign makes a token that the first option with a fitting key lets in. now is
// when it begins.
func (p *Policy) Sign(g Grant, now time.Time) (string, error) {
	if p.Open() {
		return "", errors.New("the policy gives keys without a token")
	}
	for _, name := range times {
		if _, given := g.Claims[name]; given {
			return "", fault.New(fault.BadURLSyntax, "claim "+name, "this claim is a time, which the token has by itself", "Say how long it is valid with --for.")
		}
	}
	for _, o := range p.options {
		method, key, err := o.restriction.signer(g.Private)
		if err != nil {
			return "", err
		}
		if method == nil {
			continue
		}
		claims := o.restriction.grant(g, now)
		if o.restriction.swt {
			return o.restriction.signSWT(key.([]byte), claims), nil
		}
		return jwt.NewWithClaims(method, claims).SignedString(key)
	}
	if g.Private != nil {
		return "", fmt.Errorf("the private key belongs to none of the policy %s", p.Name)
	}
	return "", fmt.Errorf("the keys of the policy %s only verify; give the private one", p.Name)
}

// times are claims that are numbers (RFC 7519 §4.1), and ExpiresOn of SWT: as texts
// they make a token that is not valid.
var times = []string{"exp", "nbf", "iat", "ExpiresOn"}

// signer returns how to sign for a restriction; no method when a key is lacking.
func (r *restriction) signer(private []byte) (jwt.SigningMethod, any, error) {
	if private == nil {
		for _, k := range r.keys {
			if secret, ok := k.([]byte); ok {
				return jwt.SigningMethodHS256, secret, nil
			}
		}
		return nil, nil, nil
	}
	if k, err := jwt.ParseRSAPrivateKeyFromPEM(private); err == nil {
		for _, public := range r.keys {
			if k.PublicKey.Equal(public) {
				return jwt.SigningMethodRS256, k, nil
			}
		}
		return nil, nil, nil
	}
	k, err := jwt.ParseECPrivateKeyFromPEM(private)
	if err != nil {
		return nil, nil, errors.New("this is no private key for RSA or ECDSA in PEM")
	}
	for _, public := range r.keys {
		if k.PublicKey.Equal(public) {
			return jwt.SigningMethodES256, k, nil
		}
	}
	return nil, nil, nil
}

// grant returns the claims of a token.
func (r *restriction) grant(g Grant, now time.Time) jwt.MapClaims {
	claims := jwt.MapClaims{"nbf": now.Unix(), "exp": g.Until.Unix()}
	if r.issuer != "" {
		claims["iss"] = r.issuer
	}
	if r.audience != "" {
		claims["aud"] = r.audience
	}
	for _, c := range r.claims {
		if c.Value != nil && c.Type != KIDClaim {
			claims[c.Type] = *c.Value
		}
	}
	if g.ID != "" {
		claims["jti"] = g.ID // RFC 7519 §4.1.7
	}
	if g.KID != nil {
		claims[KIDClaim] = g.KID.String()
	}
	if g.Uses > 0 {
		claims[UsesClaim] = fmt.Sprint(g.Uses)
	}
	for k, v := range g.Claims {
		claims[k] = v
	}
	return claims
}

func (r *restriction) signSWT(secret []byte, claims jwt.MapClaims) string {
	form := url.Values{}
	for k, v := range claims {
		switch k {
		case "nbf", "iss", "aud":
		case "exp":
			form.Set("ExpiresOn", fmt.Sprint(v))
		default:
			form.Set(k, fmt.Sprint(v))
		}
	}
	form.Set("Issuer", r.issuer)
	form.Set("Audience", r.audience)
	body := form.Encode()
	return body + signature + url.QueryEscape(mac(secret, body))
}
