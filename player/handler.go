package player

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed web/index.html web/player.html web/icon.svg web/icons.svg web/css web/js all:web/vendor
var web embed.FS

// contentSecurityPolicy lets a page run our own scripts alone. Media may come
// from any server, through blob: URLs of the Media Source API too, and hls.js
// and dash.js use workers. The hash is that of an empty style sheet, which
// dash.js adds to.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; img-src 'self' data:; " +
	"connect-src http: https: data: blob:; media-src http: https: data: blob:; worker-src 'self' blob:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// unbundled is what a request for an engine gets from a program that was
// built without the bundle. The page shows it.
const unbundled = "This program was built without the player engines.\nRun make in the source folder, which bundles them with npm, and start it again.\n"

// contentTypes by extension; the ones of the system differ from machine to machine.
var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// file is one file of the page, ready to be served.
type file struct {
	body        []byte
	contentType string
	etag        string
}

// Handler serves the player page and what it loads below /player/.
func Handler() http.Handler { return pages(web) }

// pages serves the folder web of a file system below /player/.
func pages(root fs.FS) http.Handler {
	files := make(map[string]file)
	err := fs.WalkDir(root, "web", func(name string, d fs.DirEntry, err error) error {
		contentType := contentTypes[path.Ext(name)]
		if err != nil || d.IsDir() || contentType == "" || name == "web/index.html" {
			return err
		}
		body, err := fs.ReadFile(root, name)
		files[strings.TrimPrefix(name, "web")] = newFile(body, contentType)
		return err
	})
	if err != nil {
		panic("player: embedded files: " + err.Error()) // they are part of the program
	}
	files["/"] = files["/player.html"]
	delete(files, "/player.html")

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/player")
		f, ok := files[name]
		switch {
		case !ok && strings.HasPrefix(name, "/vendor/"):
			http.Error(w, strings.TrimSuffix(unbundled, "\n"), http.StatusNotFound)
		case !ok:
			http.Error(w, "The player page has no such file.", http.StatusNotFound)
		default:
			f.serve(w, r)
		}
	})
}

func newFile(body []byte, contentType string) file {
	sum := sha256.Sum256(body)
	return file{body: body, contentType: contentType, etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
}

// serve answers GET and HEAD. Names do not change with their content, so a
// browser asks every time, and gets 304 while nothing changed.
func (f file) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This page can only be read.", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", f.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.body))
}
