package workbench

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/packager/route"
)

// Go shows what a URL asks for in the focused pane: an address of this
// server, one of another origin with the same grammar, which is then asked of
// the chosen asset, or a tail alone.
func (w *Workbench) Go(address string) error {
	s := w.State()
	r, foreign, err := s.parse(address)
	if err != nil {
		return err
	}
	w.Dispatch(SetRequest{r})
	if foreign != "" {
		w.Say(fault.Warning, "No open asset has the locator %s; this is %s with the same choice", foreign, s.Chosen().Name)
	}
	return nil
}

// locators are GUIDs.
var locators = regexp.MustCompile(`(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/`)

// parse reads an address as a request of an asset that is open. foreign is the
// locator of the address where no open asset has it: the request is then one of
// the chosen asset.
func (s *State) parse(address string) (r *media.Request, foreign string, err error) {
	a := s.Chosen()
	if a == nil {
		return nil, "", fault.New(fault.ResourceNotFound, "", "no asset is open that the URL could belong to", "Open one first.")
	}
	path := strings.TrimSpace(address)
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	if _, rest, ok := strings.Cut(path, "://"); ok {
		_, path, _ = strings.Cut(rest, "/")
		path = "/" + path
	}
	if at := locators.FindStringIndex(path); at != nil { // whatever host or folder stands before it
		path = "/" + path[at[0]:]
	}
	if !strings.HasPrefix(path, "/") { // a tail alone
		path = a.Base() + path
	}
	if r, err = route.Parse(escaped(path)); err != nil {
		return nil, "", err
	}
	if r.Target == media.Download {
		return nil, "", fault.New(fault.BadURLSyntax, r.File, "a download has no manifest to show", "Paste the URL of a manifest or of a segment.")
	}
	if s.Asset(r.Locator) != nil {
		return r, "", nil
	}
	foreign = r.Locator
	if r.Track != "" && a.Read != nil && a.Read.Presentation != nil {
		if _, _, ok := a.Read.Presentation.Track(r.Track, r.Bitrate); !ok {
			return nil, "", fault.New(fault.ResourceNotFound, foreign, fmt.Sprintf("no open asset has this locator, and %s has no track %q of %d bit/s", a.Name, r.Track, r.Bitrate), "Open the asset that the URL belongs to.")
		}
	}
	r.Locator, r.File = a.Locator.ID, a.ISM
	return r, foreign, nil
}

// escaped escapes what people type where a URL has escapes: blanks and
// letters of other languages.
func escaped(path string) string {
	var b strings.Builder
	for _, c := range path {
		if c <= ' ' || c > '~' {
			b.WriteString(url.PathEscape(string(c)))
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// Follow returns the request of a URI that stands in what pane i shows, as a
// player resolves it; false where the line holds no playlist of the asset.
func (s *State) Follow(i int, uri string) (*media.Request, bool) {
	base, err := url.Parse(s.Path(i))
	if err != nil || uri == "" {
		return nil, false
	}
	u, err := base.Parse(uri)
	if err != nil {
		return nil, false
	}
	r, _, err := s.parse(u.EscapedPath())
	return r, err == nil && (r.Target == media.Level || r.Target == media.Manifest)
}

// URIOf returns the URI that a line of a playlist holds: the line, or the
// value of its URI attribute (RFC 8216 §4.1); "" when it holds none.
func URIOf(line string) string {
	if !strings.HasPrefix(line, "#") {
		return strings.TrimSpace(line)
	}
	if _, rest, ok := strings.Cut(line, `URI="`); ok {
		uri, _, _ := strings.Cut(rest, `"`)
		return uri
	}
	return ""
}
