package player

import (
	"bytes"
	"html/template"
	"net/http"
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
	Streams   []Stream
	Downloads []Link
}

// Stream is a manifest. Streams of one protocol stand together.
type Stream struct {
	Protocol string // "HLS"
	Label    string // "HLS CMAF"
	URL      string
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
