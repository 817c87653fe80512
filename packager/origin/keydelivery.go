package origin

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/keypolicy"
	"manifold/packager/protect"
)

// keydelivery is the path below which keys are delivered:
//
//	/keydelivery/?kid=GUID           the 16 bytes of a key (GET and POST)
//	/keydelivery/ClearKey/?kid=GUID  a ClearKey licence (POST; Encrypted Media
//	                                 Extensions §9.1.4)
const keydelivery = "/keydelivery/"

const keyMethods = "GET, HEAD, POST, OPTIONS"

// maxLicenceRequest bounds what is read of a licence request, in bytes.
const maxLicenceRequest = 64 << 10

// maxLicenceKeys bounds the keys of a licence.
const maxLicenceKeys = 64

// keys answers below keydelivery. Nothing of it is kept anywhere.
func (h *Handler) keys(w http.ResponseWriter, r *http.Request) {
	allowOrigins(w.Header())
	w.Header().Set("Cache-Control", "no-store")
	clear := strings.EqualFold(strings.Trim(strings.TrimPrefix(r.URL.Path, keydelivery), "/"), "clearkey")
	switch {
	case r.Method == http.MethodOptions:
		preflight(w, r, keyMethods)
	case r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost:
		w.Header().Set("Allow", keyMethods)
		refuse(w, r, fault.New(fault.BadURLSyntax, r.Method, "the method is not allowed here", "Use GET or POST."), http.StatusMethodNotAllowed)
	case clear:
		h.licence(w, r)
	case strings.TrimPrefix(r.URL.Path, keydelivery) != "":
		fail(w, r, fault.New(fault.ResourceNotFound, r.URL.Path, "nothing is delivered here", "Keys are at /keydelivery/?kid=GUID, ClearKey licences at /keydelivery/ClearKey/. PlayReady, Widevine and FairPlay need a licence server of yours."))
	default:
		h.key(w, r)
	}
}

// asking is a request as key policies see it. HEAD gets the answer of GET without
// the keys (RFC 9110 §9.3.2).
func asking(r *http.Request) *keypolicy.Request {
	return &keypolicy.Request{Token: token(r), Head: r.Method == http.MethodHead}
}

// token returns what a request shows to get keys: its bearer token (RFC 6750
// §2.1, as the service wrote it, too: with the word "Bearer=" before it), or the
// parameter token of its URL.
func token(r *http.Request) string {
	a := r.Header.Get("Authorization")
	for _, scheme := range []string{"Bearer ", "Bearer="} {
		if len(a) > len(scheme) && strings.EqualFold(a[:len(scheme)], scheme) {
			return strings.TrimSpace(a[len(scheme):])
		}
	}
	return r.URL.Query().Get("token")
}

// key answers with the bytes of a key.
func (h *Handler) key(w http.ResponseWriter, r *http.Request) {
	id, err := protect.ParseKID(r.URL.Query().Get("kid"))
	if err != nil {
		fail(w, r, fault.New(fault.BadURLSyntax, "kid=", "the URL names no key", "Write ?kid= and the GUID of a key."))
		return
	}
	k, err := h.Engine.DeliverKey(id, asking(r))
	if err != nil {
		fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", "16")
	if r.Method != http.MethodHead {
		w.Write(k.Value[:])
	}
}

// jwk is a key as JSON Web Keys have it, in base64url without padding.
type jwk struct {
	Type string `json:"kty"`
	ID   string `json:"kid"`
	Key  string `json:"k"`
}

// licence answers a ClearKey licence request: the keys that it asks for and that
// are delivered, or the one of the URL.
func (h *Handler) licence(w http.ResponseWriter, r *http.Request) {
	ids, err := licenceKIDs(r)
	if err != nil {
		fail(w, r, err)
		return
	}
	out := struct {
		Keys []jwk  `json:"keys"`
		Type string `json:"type"`
	}{[]jwk{}, "temporary"}
	ask := asking(r)
	for _, id := range ids {
		var k protect.Key
		if k, err = h.Engine.DeliverKey(id, ask); err == nil {
			out.Keys = append(out.Keys, jwk{"oct", base64.RawURLEncoding.EncodeToString(id[:]), base64.RawURLEncoding.EncodeToString(k.Value[:])})
		}
	}
	if len(out.Keys) == 0 {
		fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if r.Method != http.MethodHead {
		json.NewEncoder(w).Encode(out)
	}
}

// licenceKIDs returns the key IDs of a licence request.
func licenceKIDs(r *http.Request) ([]protect.KID, error) {
	bad := func(what string) error {
		return fault.New(fault.BadURLSyntax, "", what, `Post {"kids":["…"],"type":"temporary"} with key IDs in base64url, or name one with ?kid=.`)
	}
	if s := r.URL.Query().Get("kid"); r.Method != http.MethodPost && s != "" {
		id, err := protect.ParseKID(s)
		if err != nil {
			return nil, bad("kid is no GUID")
		}
		return []protect.KID{id}, nil
	}
	var ask struct {
		KIDs []string `json:"kids"`
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, maxLicenceRequest+1))
	if len(b) > maxLicenceRequest {
		return nil, bad(fmt.Sprintf("the licence request has more than %d bytes", maxLicenceRequest))
	}
	if err == nil {
		err = json.Unmarshal(b, &ask)
	}
	if len(ask.KIDs) > maxLicenceKeys {
		return nil, bad(fmt.Sprintf("the licence request asks for more than %d keys", maxLicenceKeys))
	}
	if err != nil || len(ask.KIDs) == 0 {
		return nil, bad("this is no ClearKey licence request")
	}
	var out []protect.KID
	for _, s := range ask.KIDs {
		id, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
		if err != nil || len(id) != len(protect.KID{}) {
			return nil, bad("a key ID of the licence request is not 16 bytes in base64url")
		}
		out = append(out, protect.KID(id))
	}
	return out, nil
}
