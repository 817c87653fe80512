package player

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
)

// Asset is what the index page tells of one asset. All its texts are for people.
type Asset struct {
	Name     string
	Duration string // "1:10.315"; "" when nothing plays
	Tracks   []Track
	Findings []Finding
	Locators []Locator
}

// Track is one line about a track.
type Track struct {
	Kind    string // "video", "audio" or "text"
	Summary string // "1280×720 · H.264 High"
	Bitrate string // "3.58 Mbit/s"
}

// Finding is something that a user should know about an asset.
type Finding struct {
	Severity string // "info", "warning" or "error"
	Code     string // "gop-misaligned"
	Where    string // "b.mp4 track 1 sample 120"
	Message  string
	Advice   string
}

// Locator is one publication of an asset. URLs are absolute, or paths on the
// server that shows the page.
type Locator struct {
	ID        string // GUID
	Policy    string // "Workbench"
	Terms     string // "premiere · until 2030-01-31T18:00:00Z"; "" for the default one
	Streams   []Stream
	Downloads []Link
}

// Stream is a manifest. Streams of one encryption stand together, and in it
// those of one protocol.
type Stream struct {
	Encryption string // "CENC"; "" in the clear
	Protocol   string // "HLS"
	Label      string // "HLS CMAF"
	URL        string
}

// Encrypted is the streams of one encryption.
type Encrypted struct {
	Name    string
	Streams []Stream
}

// Clear returns the streams that are not encrypted.
func (l Locator) Clear() []Stream {
	return slices.DeleteFunc(slices.Clone(l.Streams), func(s Stream) bool { return s.Encryption != "" })
}

// Encrypted returns the others, by encryption.
func (l Locator) Encrypted() []Encrypted {
	var out []Encrypted
	for _, s := range l.Streams {
		switch {
		case s.Encryption == "":
		case len(out) > 0 && out[len(out)-1].Name == s.Encryption:
			last := &out[len(out)-1]
			last.Streams = append(last.Streams, s)
		default:
			out = append(out, Encrypted{s.Encryption, []Stream{s}})
		}
	}
	return out
}

// Link is a file to download.
type Link struct {
	Label string
	URL   string
}

var indexTemplate = template.Must(template.ParseFS(web, "web/index.html"))

// Index serves the page that lists assets; list is called for every request.
func Index(list func() []Asset) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var page bytes.Buffer
		if err := indexTemplate.Execute(&page, list()); err != nil {
			http.Error(w, "The index page could not be made: "+err.Error(), http.StatusInternalServerError)
			return
		}
		newFile(page.Bytes(), contentTypes[".html"]).serve(w, r)
	})
}
