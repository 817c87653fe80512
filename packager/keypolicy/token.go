package keypolicy

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"manifold/packager/fault"
	"manifold/packager/protect"
)

// maxToken bounds the length of tokens, in bytes.
const maxToken = 16 << 10

// skew is how far clocks may differ.
const skew = time.Minute

func refused(what string) error {
	return fault.New(fault.TokenRefused, "", what, "Send a token as Authorization: Bearer …, or as token= in the URL.")
}

func forbidden(what string) error {
	return fault.New(fault.TokenForbidden, "", what, "Ask for a token for this key.")
}

// check says whether a token is what the restriction asks for, and how often it
// may be used.
func (r *restriction) check(token string, kid protect.KID, now time.Time) (limit, error) {
	switch {
	case token == "":
		return limit{}, refused("the key is given for a token alone, and there is none")
	case len(token) > maxToken:
		return limit{}, refused(fmt.Sprintf("the token has %d bytes, more than %d", len(token), maxToken))
	case strings.ContainsAny(token, "\r\n"): // which decoders of base64 skip
		return limit{}, refused("the token has line breaks")
	}
	read := r.readJWT
	if r.swt {
		read = r.readSWT
	}
	claims, signed, err := read(token, now)
	if err != nil {
		return limit{}, err
	}
	if v, ok := claims[KIDClaim]; ok {
		if id, err := protect.ParseKID(fmt.Sprint(v)); err != nil || id != kid {
			return limit{}, forbidden("the token is for another key")
		}
	}
	for _, c := range r.claims {
		v, ok := claims[c.Type]
		switch {
		case !ok:
			return limit{}, forbidden("the token lacks the claim " + c.Type)
		case c.Value != nil && c.Type != KIDClaim && !has(v, *c.Value):
			return limit{}, forbidden("the claim " + c.Type + " of the token is another than asked for")
		}
	}
	l := limit{until: expiry(claims), token: sha256.Sum256([]byte(signed))}
	if v, ok := claims[UsesClaim]; ok {
		n, err := strconv.Atoi(fmt.Sprint(v))
		if err != nil || n < 1 {
			return limit{}, refused("the token says wrongly how often it may be used")
		}
		l.count = n
	}
	return l, nil
}

// has says whether a claim, or one of its values, is a text.
func has(v any, want string) bool {
	if list, ok := v.([]any); ok {
		for _, one := range list {
			if has(one, want) {
				return true
			}
		}
		return false
	}
	return fmt.Sprint(v) == want
}

func expiry(claims jwt.MapClaims) time.Time {
	at, err := claims.GetExpirationTime()
	if err != nil || at == nil {
		return time.Time{}
	}
	return at.Time
}

// readJWT reads a JSON Web Token; signed is its header and payload as they stand
// there (RFC 7515 §5.1). The library tries the keys whose type is that of the token's
// algorithm, so that a public key never counts as a secret; "none" is no algorithm.
func (r *restriction) readJWT(token string, now time.Time) (claims jwt.MapClaims, signed string, err error) {
	options := []jwt.ParserOption{
		jwt.WithValidMethods([]string{"HS256", "RS256", "ES256"}), jwt.WithExpirationRequired(), jwt.WithLeeway(skew),
		jwt.WithStrictDecoding(), jwt.WithJSONNumber(), jwt.WithTimeFunc(func() time.Time { return now }),
	}
	if r.issuer != "" {
		options = append(options, jwt.WithIssuer(r.issuer))
	}
	if r.audience != "" {
		options = append(options, jwt.WithAudience(r.audience))
	}
	claims = jwt.MapClaims{}
	_, err = jwt.NewParser(options...).ParseWithClaims(token, claims, func(*jwt.Token) (any, error) {
		var set jwt.VerificationKeySet
		for _, k := range r.keys {
			set.Keys = append(set.Keys, k)
		}
		return set, nil
	})
	switch {
	case err == nil:
		return claims, token[:strings.LastIndexByte(token, '.')], nil
	case errors.Is(err, jwt.ErrTokenSignatureInvalid), errors.Is(err, jwt.ErrTokenMalformed), errors.Is(err, jwt.ErrTokenUnverifiable):
		return nil, "", refused("the token is no JWT that one of our keys signed")
	case errors.Is(err, jwt.ErrTokenInvalidIssuer), errors.Is(err, jwt.ErrTokenInvalidAudience),
		errors.Is(err, jwt.ErrTokenRequiredClaimMissing) && claims["exp"] != nil:
		return nil, "", forbidden("the token has another issuer or audience")
	}
	return nil, "", refused("the token is not valid at this time, or does not say until when it is")
}

// signature is the parameter that ends a Simple Web Token.
const signature = "&HMACSHA256="

// readSWT reads a Simple Web Token: a form with Issuer, Audience, ExpiresOn in
// seconds since 1970, and the HMAC-SHA256 of all before it, which is signed.
func (r *restriction) readSWT(token string, now time.Time) (claims jwt.MapClaims, signed string, err error) {
	forged := refused("the token is no SWT that one of our keys signed")
	signed, mark, ok := strings.Cut(token, signature)
	if !ok {
		return nil, "", forged
	}
	mark, err = url.QueryUnescape(mark)
	if err != nil || !r.signed(signed, mark) {
		return nil, "", forged
	}
	form, err := url.ParseQuery(signed)
	if err != nil {
		return nil, "", forged
	}
	claims = make(jwt.MapClaims)
	for k, v := range form {
		claims[k] = v[0]
	}
	until, err := strconv.ParseInt(form.Get("ExpiresOn"), 10, 64)
	if err != nil || now.After(time.Unix(until, 0).Add(skew)) {
		return nil, "", refused("the token is not valid at this time, or does not say until when it is")
	}
	claims["exp"] = float64(until)
	if r.issuer != "" && form.Get("Issuer") != r.issuer || r.audience != "" && form.Get("Audience") != r.audience {
		return nil, "", forbidden("the token has another issuer or audience")
	}
	return claims, signed, nil
}

// signed says whether a text is the MAC of a body. The texts are compared, as base64
// has several for the same bytes.
func (r *restriction) signed(body, sum string) bool {
	for _, k := range r.keys {
		if secret, ok := k.([]byte); ok && hmac.Equal([]byte(sum), []byte(mac(secret, body))) {
			return true
		}
	}
	return false
}

// mac returns the HMAC-SHA256 of a body, in base64.
func mac(secret []byte, body string) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(body))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}
