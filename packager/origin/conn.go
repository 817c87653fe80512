package origin

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"

	"manifold/packager/mux"
)

// conn is a connection that sends pieces of a segment in one call, the header
// of the answer with the first of them.
type conn struct {
	*net.TCPConn
	quick   quickly
	holding bool
	held    []byte // header that waits for the body
}

// Read implements io.Reader.
func (c *conn) Read(p []byte) (int, error) { return c.quick.read(c.TCPConn, p) }

// Write implements io.Writer.
func (c *conn) Write(p []byte) (int, error) {
	if c.holding {
		c.held = append(c.held, p...)
		return len(p), nil
	}
	if err := c.Gather([][]byte{p}, true); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Gather implements mux.Gatherer.
func (c *conn) Gather(pieces [][]byte, resident bool) error {
	if len(c.held) > 0 {
		pieces = append([][]byte{c.held}, pieces...)
	}
	var err error
	if resident {
		err = c.quick.write(c.TCPConn, pieces)
	} else {
		b := net.Buffers(pieces)
		_, err = b.WriteTo(c.TCPConn)
	}
	c.held = c.held[:0]
	return err
}

// ReadFrom implements io.ReaderFrom, by which net/http hands over a body.
func (c *conn) ReadFrom(r io.Reader) (int64, error) {
	c.holding = false
	if t, ok := r.(*transfer); ok {
		return t.WriteTo(c)
	}
	return c.TCPConn.ReadFrom(r)
}

// transfer is a segment on its way to a connection.
type transfer struct {
	ctx  context.Context
	body mux.Body
}

// WriteTo implements io.WriterTo.
func (t *transfer) WriteTo(w io.Writer) (int64, error) {
	if err := t.body.WriteTo(t.ctx, w); err != nil {
		return 0, err
	}
	return t.body.Size(), nil
}

// Read implements io.Reader. Nothing reads: ReadFrom and io.Copy find WriteTo.
func (t *transfer) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

// send writes a body, straight to the connection where that is one of ours.
func send(w http.ResponseWriter, r *http.Request, body mux.Body) error {
	c, ours := r.Context().Value(connKey{}).(*conn)
	to, ok := w.(io.ReaderFrom)
	if !ours || !ok {
		return body.WriteTo(r.Context(), w)
	}
	c.holding = true
	defer func() { c.holding = false }()
	if err := http.NewResponseController(w).Flush(); err != nil {
		return err
	}
	_, err := to.ReadFrom(&transfer{r.Context(), body})
	return err
}

type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// listener accepts connections as conn.
type listener struct{ net.Listener }

// Accept implements net.Listener.
func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if t, ok := c.(*net.TCPConn); ok {
		return &conn{TCPConn: t, quick: quick(t)}, err
	}
	return c, err
}
