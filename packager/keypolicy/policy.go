// Package keypolicy says who gets a content key: content key policies as Azure
// Media Services had them.
//
//	policy.go   the documents
//	keys.go     the keys that tokens are signed with
//	token.go    tokens are checked: JWT (RFC 7519) and SWT
//	uses.go     how often tokens may be used
//	sign.go     tokens are made, for tests
package keypolicy

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"manifold/packager/document"
	"manifold/packager/fault"
	"manifold/packager/protect"
)

// Policy lets in whom one of its options lets in.
type Policy struct {
	Name    string
	options []option
	used    uses
}

// option is one way to get a key; without a restriction everybody does.
type option struct {
	name        string
	restriction *restriction
}

// restriction asks for a token.
type restriction struct {
	swt      bool
	issuer   string
	audience string
	keys     []any // []byte, *rsa.PublicKey or *ecdsa.PublicKey
	claims   []claim
}

// claim is one that a token must have; value nil lets any through.
type claim struct {
	Type  string  `json:"claimType"`
	Value *string `json:"claimValue"`
}

// Claims of the service.
const (
	KIDClaim  = "urn:microsoft:azure:mediaservices:contentkeyidentifier" // binds a token to a key
	UsesClaim = "urn:microsoft:azure:mediaservices:maxuses"              // how often it may be used
)

// resource is a policy in JSON: as the resource of the service with its
// properties, or the properties alone.
type resource struct {
	Name       string      `json:"name"`
	Properties *properties `json:"properties"`
	properties
	document.Ignored
}

type properties struct {
	Options                                      []optionDocument `json:"options"`
	Description, PolicyID, Created, LastModified json.RawMessage
}

type optionDocument struct {
	ID            json.RawMessage   `json:"policyOptionId"`
	Name          string            `json:"name"`
	Configuration json.RawMessage   `json:"configuration"`
	Restriction   *tokenRestriction `json:"restriction"`
}

func (d *resource) list() []optionDocument {
	if d.Properties != nil {
		return d.Properties.Options
	}
	return d.Options
}

type tokenRestriction struct {
	Kind       string            `json:"@odata.type"`
	Issuer     string            `json:"issuer"`
	Audience   string            `json:"audience"`
	Primary    *verificationKey  `json:"primaryVerificationKey"`
	Alternates []verificationKey `json:"alternateVerificationKeys"`
	Claims     []claim           `json:"requiredClaims"`
	Type       string            `json:"restrictionTokenType"`
	Discovery  *string           `json:"openIdConnectDiscoveryDocument"`
}

// Files reads a file that a document names.
type Files func(name string) ([]byte, error)

// Parse reads the document of a content key policy.
func Parse(b []byte, name string, files Files) (*Policy, error) {
	var d resource
	if where, err := document.Decode(b, &d); err != nil {
		return nil, bad(where, err)
	}
	p := &Policy{Name: name}
	for i, o := range d.list() {
		where := fmt.Sprintf("options[%d]", i)
		delivered, err := clearKey(o.Configuration)
		if err != nil {
			return nil, bad(where, err)
		}
		if !delivered { // a licence server's
			continue
		}
		if o.Restriction == nil {
			return nil, bad(where, errors.New("it has no restriction"))
		}
		r, err := o.Restriction.read(files)
		if err != nil {
			return nil, bad(where, err)
		}
		p.options = append(p.options, option{o.Name, r})
	}
	if len(p.options) == 0 {
		return nil, bad("", errors.New("none of its options is for ClearKey, and other licences are not issued here"))
	}
	return p, nil
}

// Named returns the files that the document of a policy names, and those that these
// name, whether it is a good one or not.
func Named(b []byte, files Files) []string {
	var d resource
	json.Unmarshal(b, &d) // as far as it can be read
	var out []string
	for _, o := range d.list() {
		if r := o.Restriction; r != nil && r.Discovery != nil {
			_, read, _ := readSet(files, *r.Discovery)
			out = append(out, read...)
		}
	}
	return out
}

func bad(where string, err error) error {
	return &fault.Error{
		Code: fault.Internal, Where: where, What: "the content key policy is no valid document", Err: err,
		Advice: "A policy is a JSON object with options, each with a configuration and a restriction.",
	}
}

// kindOf returns the last word of a type of the service:
// "#Microsoft.Media.ContentKeyPolicyTokenRestriction" is a TokenRestriction.
func kindOf(odata string) string {
	return strings.TrimPrefix(strings.TrimPrefix(odata, "#Microsoft.Media."), "ContentKeyPolicy")
}

// clearKey says whether an option is for AES-128 and ClearKey.
func clearKey(configuration json.RawMessage) (bool, error) {
	var c struct {
		Kind string `json:"@odata.type"`
	}
	if len(configuration) == 0 || json.Unmarshal(configuration, &c) != nil {
		return false, errors.New("it has no configuration")
	}
	switch kind := kindOf(c.Kind); kind {
	case "ClearKeyConfiguration":
		return true, nil
	case "PlayReadyConfiguration", "WidevineConfiguration", "FairPlayConfiguration":
		return false, nil
	}
	return false, fmt.Errorf("configuration is of the unknown type %q", c.Kind)
}

// read returns what is asked of a token, nil for nothing.
func (d *tokenRestriction) read(files Files) (*restriction, error) {
	switch kindOf(d.Kind) {
	case "OpenRestriction":
		return nil, nil
	case "TokenRestriction":
	default:
		return nil, fmt.Errorf("restriction is of the unknown type %q", d.Kind)
	}
	r := &restriction{issuer: d.Issuer, audience: d.Audience, claims: d.Claims}
	switch strings.ToLower(d.Type) {
	case "jwt":
	case "swt":
		r.swt = true
	default:
		return nil, fmt.Errorf("restrictionTokenType is %q, neither Jwt nor Swt", d.Type)
	}
	for _, c := range d.Claims {
		if c.Type == "" {
			return nil, errors.New("a required claim has no claimType")
		}
	}
	list := d.Alternates
	if d.Primary != nil {
		list = append([]verificationKey{*d.Primary}, list...)
	}
	for i := range list {
		k, err := list[i].read()
		if err != nil {
			return nil, err
		}
		r.keys = append(r.keys, k)
	}
	if d.Discovery != nil && *d.Discovery != "" {
		keys, err := discovered(files, *d.Discovery)
		if err != nil {
			return nil, err
		}
		r.keys = append(r.keys, keys...)
	}
	if len(r.keys) == 0 {
		return nil, errors.New("there is no key to verify tokens with: it has no primaryVerificationKey and no openIdConnectDiscoveryDocument")
	}
	if _, symmetric := r.keys[0].([]byte); r.swt && !symmetric {
		return nil, errors.New("SWT are verified with a symmetric key")
	}
	return r, nil
}

// Open says whether keys are given without a token.
func (p *Policy) Open() bool {
	if p == nil {
		return true
	}
	for _, o := range p.options {
		if o.restriction == nil {
			return true
		}
	}
	return false
}

// Allow returns nil when the token of a request lets it have a key. The error is
// TokenRefused (401) where the token is missing, forged or out of date, and
// TokenForbidden (403) where it is for something else. A nil policy lets
// everybody have it.
func (p *Policy) Allow(r *Request, kid protect.KID, now time.Time) error {
	if p.Open() {
		return nil
	}
	var failed *fault.Error
	for _, o := range p.options {
		limit, err := o.restriction.check(r.Token, kid, now)
		if err == nil && !r.uses(p, limit, now) {
			err = forbidden(fmt.Sprintf("the token was used %d times, as often as it may be", limit.count))
		}
		if err == nil {
			return nil
		}
		if e := fault.As(err); failed == nil || e.Code.Status() == 403 {
			failed = e
		}
	}
	return failed
}
