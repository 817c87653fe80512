package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"manifold/packager"
	"manifold/packager/origin"
	"manifold/packager/timeline"
	"manifold/player"
)

// Config is what a Service is made with.
type Config struct {
	Data            string // data directory; "" is the user's
	Policy          string // streaming policy of default locators; "" is Workbench
	KeyPolicy       string // content key policy; "" is Open
	FragmentSeconds int    // 0: one GOP a fragment
	ExtendedCodecs  bool   // AV1, VP9, Opus, FLAC, AC-3, AC-4, too
	Bandwidth       string // of HLS: "" or "peak", or "ams" for the formula of Azure Media Services alone
	ManifestBytes   int    // memory for finished manifests; 0 is 64 MiB, less than 0 keeps none
	Base            string // public address, "https://media.example"; "" is the address that is listened on
}

// Service is the engine with its HTTP server: everything that runs, whether
// there is a window or not.
type Service struct {
	Engine *packager.Engine
	Stats  *origin.Stats

	origin *origin.Handler
	server *origin.Server
	base   *url.URL    // --base, nil when not given
	secure *tls.Config // nil: plain HTTP
}

// Misuse is the error of flags and settings that nothing can be done with, whatever
// the files.
type Misuse string

func (m Misuse) Error() string { return string(m) }

func misuse(format string, args ...any) error { return Misuse(fmt.Sprintf(format, args...)) }

// NewService returns a service that does not listen yet.
func NewService(c Config) (*Service, error) {
	if c.FragmentSeconds < 0 {
		return nil, misuse("%d seconds are no fragment duration; 0 leaves every GOP a fragment", c.FragmentSeconds)
	}
	if c.Bandwidth != "" && c.Bandwidth != "peak" && c.Bandwidth != "ams" {
		return nil, misuse("bandwidth %q is neither peak nor ams", c.Bandwidth)
	}
	s := &Service{}
	if c.Base != "" {
		var err error
		if s.base, err = publicBase(c.Base); err != nil {
			return nil, err
		}
	}
	var err error
	s.Engine, err = packager.New(packager.Config{
		Data: c.Data, Policy: c.Policy, KeyPolicy: c.KeyPolicy, Timeline: timeline.Options{FragmentSeconds: c.FragmentSeconds}, ExtendedCodecs: c.ExtendedCodecs,
		FormulaBandwidth: c.Bandwidth == "ams", TextBytes: c.ManifestBytes,
	})
	if err != nil {
		return nil, err
	}
	s.origin = &origin.Handler{Engine: s.Engine}
	if s.base != nil {
		s.origin.Base = s.base.String()
	}
	s.Stats = &s.origin.Stats
	return s, nil
}

// publicBase reads the address that --base gives.
func publicBase(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(text, "/"))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, misuse("--base %q is no address like https://media.example", text)
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > math.MaxUint16 {
			return nil, misuse("--base %q has no port between 1 and %d", text, math.MaxUint16)
		}
	}
	return u, nil
}

// Secure makes the service speak HTTPS, with a certificate and its key in PEM
// files. It is called before Start.
func (s *Service) Secure(certificate, key string) error {
	c, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return fmt.Errorf("the certificate %s with the key %s cannot be used: %w", certificate, key, err)
	}
	s.secure = &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12}
	return nil
}

// Start begins to listen on an address; port 0 picks a free one.
func (s *Service) Start(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return misuse("%q is no address to listen on, as 127.0.0.1:8080 is", address)
	}
	if _, err := s.Engine.Catalog().Endpoint(); err != nil {
		return err // it would be open to everybody
	}
	ip := net.ParseIP(host)
	s.origin.Hosts = origin.Hosts{Loopback: host == "localhost" || ip != nil && ip.IsLoopback()}
	if s.base != nil {
		s.origin.Hosts.Public = s.base.Hostname()
	}
	server, err := origin.Start(address, s.pages(), s.secure)
	if err != nil {
		return fmt.Errorf("%s cannot be listened on: %w", address, cause(err))
	}
	s.server = server
	return nil
}

// cause is what the system said, without the call that it said it to.
func cause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// Running says whether the service listens.
func (s *Service) Running() bool { return s.server != nil }

// Stop drains running requests as long as ctx lasts and stops listening.
func (s *Service) Stop(ctx context.Context) error {
	if s.server == nil {
		return nil
	}
	err := s.server.Stop(ctx)
	s.server = nil
	return err
}

// Base returns the address of the service in URLs, without a slash at the end;
// "" when there is none yet.
func (s *Service) Base() string {
	switch {
	case s.base != nil:
		return s.base.String()
	case s.server == nil:
		return ""
	}
	a := s.server.Address()
	host := a.IP.String()
	if a.IP.IsUnspecified() { // every address is listened on; this one is here
		host = "127.0.0.1"
	}
	return s.Named(s.at(host, a.Port))
}

// at returns the address of a host in URLs.
func (s *Service) at(host string, port int) string {
	scheme := "http"
	if s.secure != nil {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, fmt.Sprint(port))
}

// Shared returns the address of the service for other machines in the network,
// without a slash at the end; "" when it listens for this machine alone, or
// there is no network.
func (s *Service) Shared() string {
	if s.server == nil {
		return ""
	}
	a := s.server.Address()
	ip := a.IP
	if ip.IsUnspecified() {
		ip = networked()
	}
	if ip == nil || ip.IsLoopback() {
		return ""
	}
	return s.at(ip.String(), a.Port)
}

// networked returns the address of this machine in the network: of several the
// first, private ones (RFC 1918) before others; nil without one.
func networked() net.IP {
	list, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var found net.IP
	for _, a := range list {
		n, ok := a.(*net.IPNet)
		if !ok || n.IP.To4() == nil || n.IP.IsLoopback() || n.IP.IsLinkLocalUnicast() {
			continue
		}
		if n.IP.IsPrivate() {
			return n.IP
		}
		if found == nil {
			found = n.IP
		}
	}
	return found
}

// Named returns an address of the service under the name that its endpoint has in
// URLs.
func (s *Service) Named(address string) string {
	names := s.Engine.Endpoint().HostNames
	u, err := url.Parse(address)
	if err != nil || len(names) == 0 {
		return address
	}
	port := u.Port()
	u.Host = names[0]
	if port != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		u.Host += ":" + port
	}
	return u.String()
}

// pages puts the start page and the player in front of the origin.
func (s *Service) pages() http.Handler {
	index, preview, metrics := player.Index(s.index), player.Handler(), s.origin.Metrics()
	return s.origin.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch p := r.URL.Path; {
		case p == "/":
			index.ServeHTTP(w, r)
		case p == "/metrics":
			metrics.ServeHTTP(w, r)
		case p == "/player":
			http.Redirect(w, r, "/player/?"+r.URL.RawQuery, http.StatusPermanentRedirect)
		case strings.HasPrefix(p, "/player/"):
			preview.ServeHTTP(w, r)
		default:
			s.origin.ServeHTTP(w, r)
		}
	}))
}
