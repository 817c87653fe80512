package packager

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"mime"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"manifold/packager/catalog"
	"manifold/packager/fault"
	"manifold/packager/format"
	"manifold/packager/media"
	"manifold/packager/mux"
	"manifold/packager/protect"
	"manifold/packager/route"
	"manifold/packager/source"
)

// Answer is what a request gets. One of Text, Body and File is set, or none
// when the asker has the current version already.
type Answer struct {
	Type    string    // media type
	ETag    string    // strong, in quotes; of the plain text where there is a Text
	Mutable bool      // the files behind may change: caches have to ask every time
	Varies  bool      // it may be sent compressed
	Until   time.Time // caches may keep it no longer; zero: as long as they want
	Next    int64     // time of the segment that follows, in ticks; 0 when there is none

	Text *Text        // a manifest or playlist
	Body mux.Body     // a segment; its media is read while it is written
	File *source.File // a source file, for downloads
}

// Close gives back what the answer holds.
func (a *Answer) Close() {
	if a.Body != nil {
		a.Body.Close()
	}
}

// Text is a rendered manifest.
type Text struct {
	plain []byte

	once   sync.Once
	packed []byte
}

// Plain returns the text. The caller must not change it.
func (t *Text) Plain() []byte { return t.plain }

// Gzip returns the text compressed (RFC 1952); nil when that saves nothing.
func (t *Text) Gzip() []byte {
	t.once.Do(func() {
		if len(t.plain) < 512 {
			return
		}
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(t.plain) // a bytes.Buffer does not fail
		w.Close()
		if b.Len() < len(t.plain) {
			t.packed = b.Bytes()
		}
	})
	return t.packed
}

// produce makes a manifest, playlist or segment of a presentation.
func (e *Engine) produce(p *media.Presentation, row *format.Row, r *media.Request, x *protect.Protection, policy *catalog.Policy, known func(string) bool) (*Answer, error) {
	key := strings.Join([]string{string(route.Append(nil, r)), string(r.Format), strconv.Itoa(row.Revision), p.Version, x.Revision()}, " ")
	a := &Answer{ETag: tag(key), Mutable: policy.Mutable, Varies: r.Target == media.Manifest || r.Target == media.Level}
	if known != nil && known(a.ETag) {
		return a, nil
	}
	switch r.Target {
	case media.Manifest, media.Level:
		a.Type = row.ManifestType
		text, ok := e.texts.Get(key)
		if !ok {
			b, err := row.Text(p, r, x)
			if err != nil {
				return nil, err
			}
			text = &Text{plain: b}
			e.texts.Add(key, text, len(b)+len(b)/4+len(key)+256)
		}
		a.Text = text
	default:
		body, kind, err := row.Body(p, r, x)
		if err != nil {
			return nil, err
		}
		a.Body, a.Type, a.Next = &guarded{body}, kind, row.Next(p, r)
	}
	return a, nil
}

// guarded is a body whose source may change while it is written.
type guarded struct{ mux.Body }

// WriteTo implements mux.Body.
func (g *guarded) WriteTo(ctx context.Context, w io.Writer) error {
	return source.Guard(func() error { return g.Body.WriteTo(ctx, w) })
}

// Damage returns what was wrong with the media that was written.
func (g *guarded) Damage() error {
	if d, ok := g.Body.(interface{ Damage() error }); ok {
		return d.Damage()
	}
	return nil
}

// tag makes an entity tag of what decides the bytes of an answer.
func tag(key string) string {
	h := sha256.Sum256([]byte(key))
	return `"` + hex.EncodeToString(h[:12]) + `"`
}

// download answers with a source file.
func (e *Engine) download(ctx context.Context, i *item, policy *catalog.Policy, r *media.Request) (*Answer, error) {
	if err := policy.AllowsDownload(); err != nil {
		return nil, err
	}
	a, err := e.library.current(ctx, i)
	if err != nil {
		return nil, err
	}
	f := a.File(r.File)
	if f == nil {
		advice := "The asset cannot be opened."
		if names := a.FileNames(); len(names) > 0 {
			advice = "Files are " + strings.Join(names, ", ") + "."
		}
		return nil, fault.New(fault.ResourceNotFound, r.File, "the asset has no such file", advice)
	}
	return &Answer{Type: fileType(r.File), ETag: tag(r.File + " " + f.Version()), Mutable: policy.Mutable, File: f}, nil
}

// fileType is the media type of a file; the system's table need not know
// those of media.
func fileType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".mp4", ".m4v", ".f4v", ".ismv", ".cmfv":
		return "video/mp4"
	case ".m4a", ".m4b", ".f4a", ".isma", ".cmfa":
		return "audio/mp4"
	case ".mov", ".qt":
		return "video/quicktime"
	case ".3gp":
		return "video/3gpp"
	case ".3g2":
		return "video/3gpp2"
	}
	return cmp.Or(mime.TypeByExtension(path.Ext(name)), "application/octet-stream")
}
