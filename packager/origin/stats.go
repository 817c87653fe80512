package origin

import (
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"manifold/packager/catalog"
)

// Stats counts what was asked for.
type Stats struct {
	Requests atomic.Int64
	Errors   atomic.Int64 // answered with 400 or more, or broken off by us
	Bytes    atomic.Int64 // of bodies
}

// recorder is a response writer that notes what is written.
type recorder struct {
	http.ResponseWriter
	stats  *Stats
	r      *http.Request
	begun  time.Time
	status int
	bytes  int64
	gone   bool // the client does not read on

	endpoint *catalog.Endpoint // by which the request is answered

	metrics *metrics
	format  string // that was asked for; "" is none
	code    string // of the error
}

func (s *Stats) begin(w http.ResponseWriter, r *http.Request, m *metrics) *recorder {
	s.Requests.Add(1)
	return &recorder{ResponseWriter: w, stats: s, r: r, begun: time.Now(), metrics: m}
}

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(p)
	w.bytes, w.gone = w.bytes+int64(n), w.gone || gone(err)
	return n, err
}

// ReadFrom implements io.ReaderFrom.
func (w *recorder) ReadFrom(r io.Reader) (int64, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	var n int64
	var err error
	if to, ok := w.ResponseWriter.(io.ReaderFrom); ok {
		n, err = to.ReadFrom(r)
	} else {
		n, err = io.Copy(w.ResponseWriter, r)
	}
	w.bytes, w.gone = w.bytes+n, w.gone || gone(err)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// end is deferred: it sees broken answers, too, and passes them on.
func (w *recorder) end() {
	broken := recover()
	if w.status == 0 && broken == nil { // net/http answers so for a handler that writes nothing, as to HEAD
		w.status = http.StatusOK
	}
	w.stats.Bytes.Add(w.bytes)
	w.metrics.observe(w)
	if w.status >= 400 || broken != nil && !w.gone && w.r.Context().Err() == nil {
		w.stats.Errors.Add(1)
	}
	if slog.Default().Enabled(w.r.Context(), slog.LevelDebug) { // what is not written is not put together
		slog.Debug("request", "method", w.r.Method, "path", w.r.URL.Path, "status", w.status, "bytes", w.bytes, "took", time.Since(w.begun), "broken", broken != nil)
	}
	if broken != nil {
		panic(broken)
	}
}
