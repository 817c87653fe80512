package origin

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"manifold/packager/media"
)

// metrics are what Prometheus is told: numbers by format, status and code of the
// error, the dimensions that the service had; no names of assets, no keys.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	egress   *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "manifold_requests_total", Help: "Requests that were answered, by output format, HTTP status and error code.",
		}, []string{"format", "status", "code"}),
		egress: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "manifold_egress_bytes_total", Help: "Bytes of the bodies of answers, by output format.",
		}, []string{"format"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "manifold_request_duration_seconds", Help: "Time from a request to the end of its answer, by output format.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"format"}),
	}
	m.registry.MustRegister(m.requests, m.egress, m.seconds,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe takes an answer that ended.
func (m *metrics) observe(w *recorder) {
	m.requests.WithLabelValues(w.format, strconv.Itoa(w.status), w.code).Inc()
	m.egress.WithLabelValues(w.format).Add(float64(w.bytes))
	m.seconds.WithLabelValues(w.format).Observe(time.Since(w.begun).Seconds())
}

// measured returns the metrics of the handler.
func (h *Handler) measured() *metrics {
	h.once.Do(func() { h.metrics = newMetrics() })
	return h.metrics
}

// Metrics answers with the numbers of the server in the text format of
// Prometheus.
func (h *Handler) Metrics() http.Handler {
	return promhttp.HandlerFor(h.measured().registry, promhttp.HandlerOpts{})
}

// note tells the record of an answer what was asked for: a format that there is,
// or a download.
func note(w http.ResponseWriter, request *media.Request) {
	r, ok := w.(*recorder)
	if !ok {
		return
	}
	switch request.Format {
	case media.HLSV3, media.HLSV4, media.HLSCMAF, media.DASHCSF, media.DASHCMAF, media.Smooth, media.Smooth20:
		r.format = string(request.Format)
	}
	if request.Target == media.Download {
		r.format = "download"
	}
}

// noteCode tells the record of an answer why it is an error.
func noteCode(w http.ResponseWriter, code string) {
	if r, ok := w.(*recorder); ok {
		r.code = code
	}
}
