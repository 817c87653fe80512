package origin

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"manifold/packager"
)

// respond writes an answer. matched is the entity tag by which the asker has it
// already; answers whose files do not change may be kept for maxAge.
func respond(w http.ResponseWriter, r *http.Request, a *packager.Answer, matched string, maxAge time.Duration) {
	h := w.Header()
	h.Set("ETag", a.ETag)
	if a.Mutable {
		h.Set("Cache-Control", "no-cache")
	} else {
		if left := time.Until(a.Until); !a.Until.IsZero() && left < maxAge {
			maxAge = max(left, 0)
		}
		h.Set("Cache-Control", "max-age="+strconv.Itoa(int(maxAge.Seconds())))
		h.Set("Expires", time.Now().Add(maxAge).UTC().Format(http.TimeFormat))
	}
	switch {
	case a.Text != nil:
		h.Set("Content-Type", a.Type)
		text(w, r, a)
	case a.Body != nil:
		h.Set("Content-Type", a.Type)
		segment(w, r, a)
	case a.File != nil:
		h.Set("Content-Type", a.Type)
		download(w, r, a)
	default: // with the header that the whole answer had (RFC 9110 §15.4.5)
		h.Set("ETag", matched)
		if a.Varies {
			h.Set("Vary", "Accept-Encoding")
		}
		w.WriteHeader(http.StatusNotModified)
	}
}

// download writes a file, or the parts of it that are asked for. The library refuses
// units that it does not know, which are to be ignored, and answers that it has the
// last 0 bytes (RFC 9110 §14.2, §15.5.17).
func download(w http.ResponseWriter, r *http.Request, a *packager.Answer) {
	asked := r.Header.Get("Range")
	last, suffix := strings.CutPrefix(asked, "bytes=-")
	switch {
	case !strings.HasPrefix(asked, "bytes="):
		r.Header.Del("Range")
	case suffix && last != "" && strings.Trim(last, "0") == "":
		w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", a.File.Size()))
		http.Error(w, "the file has no last 0 bytes", http.StatusRequestedRangeNotSatisfiable)
		return
	}
	http.ServeContent(w, r, "", a.File.Modified(), io.NewSectionReader(a.File, 0, a.File.Size()))
}

// text writes a manifest, compressed when that is welcome.
func text(w http.ResponseWriter, r *http.Request, a *packager.Answer) {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	b := a.Text.Plain()
	if acceptsGzip(r) {
		if p := a.Text.Gzip(); p != nil {
			b = p
			h.Set("Content-Encoding", "gzip")
			h.Set("ETag", packed(a.ETag))
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if r.Method != http.MethodHead {
		w.Write(b)
	}
}

// segment writes a segment. When it cannot be written to its end the
// connection is aborted: nobody may take a part for the whole.
func segment(w http.ResponseWriter, r *http.Request, a *packager.Answer) {
	w.Header().Set("Content-Length", strconv.FormatInt(a.Body.Size(), 10))
	if r.Method == http.MethodHead {
		return
	}
	if err := send(w, r, a.Body); err != nil {
		abort(r, err)
	}
	if b, ok := a.Body.(interface{ Damage() error }); ok && b.Damage() != nil {
		slog.Warn("the source is damaged", "path", r.URL.Path, "error", b.Damage())
	}
}

// acceptsGzip reads Accept-Encoding (RFC 9110 §12.5.3).
func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		coding, parameters, _ := strings.Cut(part, ";")
		if c := strings.TrimSpace(coding); c != "gzip" && c != "*" {
			continue
		}
		q, ok := strings.CutPrefix(strings.ReplaceAll(parameters, " ", ""), "q=")
		v, err := strconv.ParseFloat(q, 64)
		return !ok || err != nil || v > 0
	}
	return false
}
