package origin

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"
)

// Server is an HTTP server on one listener.
type Server struct {
	http   http.Server
	listen net.Listener
	done   chan error
}

// Timeouts against connections that only hold on. Answers may take as long as
// their readers want.
const (
	headerTimeout = 20 * time.Second
	idleTimeout   = 5 * time.Minute
	maxHeader     = 64 << 10
)

// Start begins to serve a handler on an address, "127.0.0.1:8080" for
// instance; port 0 picks a free one. With a configuration it speaks TLS alone.
// The error is of listening.
func Start(address string, h http.Handler, secure *tls.Config) (*Server, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	s := &Server{
		http:   http.Server{Handler: h, ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ConnContext: withConn, TLSConfig: secure},
		listen: l, done: make(chan error, 1),
	}
	if secure != nil {
		go func() { s.done <- s.http.ServeTLS(l, "", "") }()
	} else {
		go func() { s.done <- s.http.Serve(listener{l}) }()
	}
	return s, nil
}

// Address returns the address that is listened on.
func (s *Server) Address() *net.TCPAddr { return s.listen.Addr().(*net.TCPAddr) }

// Stop lets running requests finish for as long as ctx lasts, then breaks them
// off.
func (s *Server) Stop(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		s.http.Close()
	}
	if e := <-s.done; !errors.Is(e, http.ErrServerClosed) {
		return e
	}
	return err
}
