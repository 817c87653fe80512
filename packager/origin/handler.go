package origin

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"manifold/packager"
	"manifold/packager/catalog"
	"manifold/packager/fault"
	"manifold/packager/keypolicy"
	"manifold/packager/media"
	"manifold/packager/protect"
	"manifold/packager/route"
)

// Engine is what answers requests: *packager.Engine.
type Engine interface {
	Do(ctx context.Context, r *media.Request, known func(etag string) bool) (*packager.Answer, error)
	DeliverKey(id protect.KID, r *keypolicy.Request) (protect.Key, error)
	Endpoint() *catalog.Endpoint
}

// Handler answers everything below /{locator}/ and /keydelivery/, /healthz and what the
// endpoint says of itself. Other paths are NotFound; the pages of the server are
// put in front.
type Handler struct {
	Engine Engine
	Hosts  Hosts
	Base   string // public address in absolute URLs; "" is the Host that was asked
	Stats  Stats

	once    sync.Once
	metrics *metrics // see measured
	looked  atomic.Pointer[looked]
}

// Guard puts a handler, of the pages of the server and Handler itself, behind
// what holds for every request: our Host alone, clients that the endpoint admits
// alone, but for preflights, and the count.
func (h *Handler) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := h.Stats.begin(w, r, h.measured())
		defer out.end()
		out.Header().Set("X-Content-Type-Options", "nosniff")
		out.endpoint = h.settings()
		if err := h.Hosts.check(r.Host, out.endpoint.HostNames); err != nil {
			refuse(out, r, err, http.StatusMisdirectedRequest)
			return
		}
		if err := admit(r, out.endpoint); err != nil {
			open := forPages(r)
			if open {
				allowOrigins(out.Header())
			}
			if !open || r.Method != http.MethodOptions {
				fail(out, r, err)
				return
			}
		}
		next.ServeHTTP(out, r)
	})
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, keydelivery) {
		h.keys(w, r)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		if r.URL.Path == "/healthz" {
			health(w)
			return
		}
		endpoint := h.endpoint(w)
		if crossSite(w, r, endpoint) {
			return
		}
		h.get(w, r, endpoint)
	case http.MethodOptions:
		if forPages(r) {
			allowOrigins(w.Header())
		}
		preflight(w, r, methods)
	default:
		w.Header().Set("Allow", methods)
		refuse(w, r, fault.New(fault.BadURLSyntax, r.Method, "the method is not allowed here", "Use GET or HEAD."), http.StatusMethodNotAllowed)
	}
}

func health(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Write([]byte("ok\n"))
}

func (h *Handler) get(w http.ResponseWriter, r *http.Request, endpoint *catalog.Endpoint) {
	request, err := route.Parse(r.URL.EscapedPath())
	if ofLocator(err) {
		allowOrigins(w.Header())
	}
	if err != nil {
		fail(w, r, err)
		return
	}
	note(w, request)
	request.Base = h.base(r)
	if endpoint.Stopped {
		stopped(w, r)
		return
	}
	var matched string
	lost := false
	answer, err := h.Engine.Do(r.Context(), request, func(etag string) bool {
		lost, matched = outdated(r, etag), unchanged(r, etag)
		return lost || matched != ""
	})
	if err != nil {
		fail(w, r, err)
		return
	}
	defer answer.Close()
	if lost {
		refuse(w, r, fault.New(fault.StorageConflict, "If-Match", "the version that is asked for is not there any more", "Begin with the manifest."), http.StatusPreconditionFailed)
		return
	}
	if endpoint.CDN {
		announce(w, r, request, answer)
	}
	respond(w, r, answer, matched, endpoint.MaxAge)
}

// endpoint returns the settings of the endpoint by which a request is answered: they
// may change meanwhile.
func (h *Handler) endpoint(w http.ResponseWriter) *catalog.Endpoint {
	if r, ok := w.(*recorder); ok {
		return r.endpoint
	}
	return h.settings()
}

// forPages says whether pages of every origin may read the answer to a request. What
// their browsers ask before it is answered to everybody: a page does not learn why
// that was refused (Fetch §4.8).
func forPages(r *http.Request) bool {
	_, err := route.Parse(r.URL.EscapedPath())
	return ofLocator(err) || strings.HasPrefix(r.URL.Path, keydelivery)
}

// ofLocator says whether a path that was read with an error, or nil, is meant to be
// below a locator.
func ofLocator(err error) bool { return err == nil || fault.As(err).Code == fault.BadURLSyntax }

// base is the address of the server for absolute URLs.
func (h *Handler) base(r *http.Request) string {
	host := r.Host
	if host == "" { // HTTP/1.0
		host = fmt.Sprint(r.Context().Value(http.LocalAddrContextKey))
	}
	switch {
	case h.Base != "":
		return h.Base
	case r.TLS != nil:
		return "https://" + host
	}
	return "http://" + host
}

const methods = "GET, HEAD, OPTIONS"

// allowOrigins lets pages of every origin read the answer: players run anywhere.
func allowOrigins(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "Content-Length, Content-Range, Date, ETag, "+prefetchPath)
}

// preflight answers what browsers ask before requests with special headers,
// and before a public page may ask a private address.
func preflight(w http.ResponseWriter, r *http.Request, methods string) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", methods)
	h.Set("Access-Control-Allow-Headers", "Range, Authorization, Content-Type, If-None-Match")
	h.Set("Access-Control-Max-Age", "86400")
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
	h.Set("Allow", methods)
	w.WriteHeader(http.StatusNoContent)
}

// unchanged returns the entity tag by which the asker has a version (RFC 9110
// §13.1.2); "" when there is none.
func unchanged(r *http.Request, etag string) string {
	return listed(r.Header.Values("If-None-Match"), etag, true)
}

// outdated says whether the asker wants other versions only (RFC 9110 §13.1.1).
func outdated(r *http.Request, etag string) bool {
	wanted := r.Header.Values("If-Match")
	return len(wanted) > 0 && listed(wanted, etag, false) == ""
}

// listed returns the entity tag by which a header lists a version, in either
// encoding, as a weak one where those count; "" when it does not.
func listed(header []string, etag string, weak bool) string {
	for _, h := range header {
		for _, t := range strings.Split(h, ",") {
			t = strings.TrimSpace(t)
			if weak {
				t = strings.TrimPrefix(t, "W/")
			}
			switch t {
			case "*":
				return etag
			case etag, packed(etag):
				return t
			}
		}
	}
	return ""
}

// packed is the entity tag of the compressed text.
func packed(etag string) string { return strings.TrimSuffix(etag, `"`) + `-gzip"` }
