package origin

import (
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"manifold/packager"
	"manifold/packager/catalog"
	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/packager/route"
)

// looked is what the endpoint was set to at a time.
type looked struct {
	*catalog.Endpoint
	at time.Time
}

// settings returns what the endpoint is set to, give or take catalog.LookEvery.
func (h *Handler) settings() *catalog.Endpoint {
	l := h.looked.Load()
	if l == nil || time.Since(l.at) > catalog.LookEvery {
		l = &looked{h.Engine.Endpoint(), time.Now()}
		h.looked.Store(l)
	}
	return l.Endpoint
}

// admit refuses clients that the endpoint does not let in. A proxy in front is the
// client: what it says of others could be anybody's word.
func admit(r *http.Request, e *catalog.Endpoint) error {
	a, _ := netip.ParseAddrPort(r.RemoteAddr)
	if e.Admits(a.Addr()) {
		return nil
	}
	return fault.New(fault.TokenForbidden, a.Addr().Unmap().String(), "the streaming endpoint does not answer this address", "Add it to accessControl in endpoint.json of the data directory.")
}

// stopped answers for media while the endpoint is stopped.
func stopped(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, fault.New(fault.StorageBusy, "", "the streaming endpoint is stopped", "Start it: set resourceState to Running in endpoint.json of the data directory."), http.StatusServiceUnavailable)
}

// crossSite answers what clients of Silverlight and Flash ask for before they ask
// for media, if that is what is asked for.
func crossSite(w http.ResponseWriter, r *http.Request, e *catalog.Endpoint) bool {
	var text string
	switch r.URL.Path {
	case "/crossdomain.xml":
		text = e.CrossDomainPolicy
	case "/clientaccesspolicy.xml":
		text = e.ClientAccessPolicy
	}
	if text == "" {
		return false
	}
	h := w.Header()
	allowOrigins(h)
	h.Set("Content-Type", "text/xml")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Cache-Control", "no-cache")
	if r.Method != http.MethodHead {
		w.Write([]byte(text))
	}
	return true
}

// Headers by which a content delivery network and its origin agree on what to
// fetch ahead, as the service had them.
const (
	prefetchEnabled = "CDN-Origin-Assist-Prefetch-Enabled"
	prefetchPath    = "CDN-Origin-Assist-Prefetch-Path"
)

// announce tells a content delivery network that can fetch ahead which segment
// follows, relative to the one that it asks for.
func announce(w http.ResponseWriter, r *http.Request, asked *media.Request, a *packager.Answer) {
	if a.Next == 0 || r.Header.Get(prefetchEnabled) != "1" {
		return
	}
	next := *asked
	next.Time = a.Next
	w.Header().Set(prefetchPath, string(route.AppendMedia(nil, &next)))
}
