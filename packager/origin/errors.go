package origin

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"manifold/packager/fault"
)

// fail answers with an error: the status of its code, the code and plain
// sentences.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	e := fault.As(err)
	if errors.Is(err, context.DeadlineExceeded) {
		e = &fault.Error{Code: fault.StorageBusy, What: "the answer took too long", Advice: "Try again.", Err: err}
	}
	if e.Code.Status() >= 500 && r.Context().Err() == nil {
		slog.Error("a request failed", "path", r.URL.Path, "error", err)
	}
	if e.Code == fault.Internal { // its cause and places on this machine are for the log alone
		e = fault.New(e.Code, e.Where, e.What, e.Advice)
		if filepath.IsAbs(e.Where) {
			e.Where = ""
		}
	}
	refuse(w, r, e, e.Code.Status())
}

// refuse writes the text of an error. What comes from a file is in it by its
// name in the asset, never by its path on this machine.
func refuse(w http.ResponseWriter, r *http.Request, e *fault.Error, status int) {
	noteCode(w, string(e.Code))
	var b strings.Builder
	fmt.Fprintf(&b, "%s (0x%08X)\n", e.Code, e.Code.Number())
	if e.Where != "" {
		b.WriteString(clip(e.Where) + ": ")
	}
	b.WriteString(clip(e.Sentence()) + ".\n")
	if e.Advice != "" {
		b.WriteString(clip(e.Advice) + "\n")
	}
	h := w.Header()
	for _, name := range []string{"ETag", "Expires", "Content-Encoding"} {
		h.Del(name)
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer") // RFC 6750 §3
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write([]byte(b.String()))
	}
}

// maxSentence bounds what an answer repeats of a URL or file, in bytes.
const maxSentence = 800

func clip(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= maxSentence {
		return s
	}
	return strings.ToValidUTF8(s[:maxSentence], "") + "…"
}

// abort ends the connection of an answer that began and cannot be finished.
func abort(r *http.Request, err error) {
	if r.Context().Err() == nil && !gone(err) {
		slog.Error("an answer was broken off", "path", r.URL.Path, "error", err)
	}
	panic(http.ErrAbortHandler)
}

// gone says whether an error is that the client does not read on, as players do
// after every seek.
func gone(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "write" || op.Op == "writev")
}
