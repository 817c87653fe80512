package app

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"manifold/packager"
	"manifold/packager/asset"
	"manifold/packager/catalog"
	"manifold/packager/fault"
	"manifold/packager/format"
	"manifold/packager/keypolicy"
	"manifold/packager/media"
	"manifold/packager/protect"
	"manifold/packager/route"
	"manifold/player"
)

// Document is what serve and urls print with --json. Its shape is stable:
// fields may be added.
type Document struct {
	BaseURL   string          `json:"baseUrl"`
	PlayerURL string          `json:"playerUrl"`
	Assets    []DocumentAsset `json:"assets"`
	// Findings are about the documents of the data directory that are broken.
	Findings []fault.Finding `json:"findings"`

	token string // for the keys that the player page gets
}

// DocumentAsset is an asset with its locators and what was found in it.
type DocumentAsset struct {
	Name     string            `json:"name"`
	Locators []DocumentLocator `json:"locators"`
	Findings []fault.Finding   `json:"findings"`

	// Err is why the asset cannot be served, nil when it can.
	Err error `json:"-"`
}

// DocumentLocator is what listPaths of Azure Media Services said of a locator.
type DocumentLocator struct {
	ID             string               `json:"id"`
	Name           string               `json:"name"`
	Policy         string               `json:"policy"`
	ISM            string               `json:"ism"`
	Filters        []string             `json:"filters,omitempty"`   // of the locator
	Start          *time.Time           `json:"startTime,omitempty"` // it answers from then on
	End            *time.Time           `json:"endTime,omitempty"`   // and until then
	StreamingPaths []StreamingPath      `json:"streamingPaths"`
	DownloadPaths  []string             `json:"downloadPaths"`
	ContentKeys    []catalog.ContentKey `json:"contentKeys"` // with values only where they are wanted
}

// StreamingPath holds the URLs of one protocol with one encryption.
type StreamingPath struct {
	StreamingProtocol string   `json:"streamingProtocol"`
	EncryptionScheme  string   `json:"encryptionScheme"`
	Paths             []string `json:"paths"`
}

// Document describes all assets of a service at a base address. Assets are
// opened for their findings. The values of content keys are in it only with
// showKeys.
func (s *Service) Document(ctx context.Context, base string, showKeys bool) (*Document, error) {
	d := &Document{BaseURL: base, PlayerURL: base + "/player/", Assets: []DocumentAsset{}, Findings: append([]fault.Finding{}, s.Engine.Catalog().Findings()...)}
	if p, err := s.Engine.KeyPolicy(); err == nil && !p.Open() {
		now := time.Now()
		d.token, _ = p.Sign(keypolicy.Grant{Until: now.Add(previewToken)}, now) // without a private key, the user's players bring theirs
	}
	for _, e := range s.Engine.Entries() {
		a, err := s.Engine.Asset(ctx, e.Locator.ID)
		if err != nil {
			return nil, err
		}
		described := DocumentAsset{Name: e.Name, Findings: append([]fault.Finding{}, a.Findings...), Err: a.Err}
		for _, published := range s.Engine.Locators(e) {
			l, err := s.documentLocator(published, a, showKeys)
			if err != nil {
				described.Findings = append(described.Findings, fault.As(err).Finding("The locator "+l.Name+" is not encrypted with its keys."))
			}
			described.Locators = append(described.Locators, l)
		}
		d.Assets = append(d.Assets, described)
	}
	return d, nil
}

// documentLocator describes a locator; the error is of its keys, and leaves them out.
func (s *Service) documentLocator(e packager.Entry, a *asset.Asset, showKeys bool) (DocumentLocator, error) {
	keys := []catalog.ContentKey{}
	var failed error
	if a.Err == nil {
		made, err := s.Engine.Keys(e, a)
		keys, failed = append(keys, made...), err
	}
	for i := range keys {
		if !showKeys {
			keys[i].Value = nil
		}
	}
	l := describe(e.Locator)
	l.ISM, l.StreamingPaths, l.DownloadPaths, l.ContentKeys = e.ISM, streamingPaths(e), append([]string{}, e.Downloads(a)...), keys
	return l, failed
}

// describe says what a locator itself is.
func describe(l catalog.Locator) DocumentLocator {
	d := DocumentLocator{ID: l.ID, Name: l.Name, Policy: l.Policy.Name, Filters: l.Filters}
	if !l.Start.IsZero() {
		d.Start = &l.Start
	}
	if !l.End.IsZero() {
		d.End = &l.End
	}
	return d
}

// previewToken is how long the player page that is printed for people gets keys.
const previewToken = 12 * time.Hour

// streamingPaths groups the manifests of an asset by encryption and protocol.
func streamingPaths(e packager.Entry) []StreamingPath {
	out := []StreamingPath{}
	for _, p := range e.Paths() {
		at := slices.IndexFunc(out, func(s StreamingPath) bool {
			return s.StreamingProtocol == p.Row.Protocol && s.EncryptionScheme == p.Scheme.Family()
		})
		if at < 0 {
			at = len(out)
			out = append(out, StreamingPath{StreamingProtocol: p.Row.Protocol, EncryptionScheme: p.Scheme.Family()})
		}
		out[at].Paths = append(out[at].Paths, p.URL)
	}
	return out
}

// WriteText writes the document for people: the player's URL first.
func (d *Document) WriteText(w io.Writer) {
	fmt.Fprintf(w, "Player  %s\n", d.Play())
	fmt.Fprintf(w, "Start   %s/\n", d.BaseURL)
	for _, f := range d.Findings {
		fmt.Fprintln(w, findingText(f))
	}
	for _, a := range d.Assets {
		for _, l := range a.Locators {
			fmt.Fprintf(w, "\n%s  (%s)\n", strings.Join(append([]string{a.Name}, l.terms()...), " · "), l.Policy)
			if a.Err != nil { // its URLs answer what the finding says
				continue
			}
			for _, s := range l.StreamingPaths {
				for _, p := range s.Paths {
					fmt.Fprintf(w, "  %-20s %s%s\n", words(p), d.BaseURL, p)
				}
			}
			for _, p := range l.DownloadPaths {
				fmt.Fprintf(w, "  %-20s %s%s\n", "download", d.BaseURL, p)
			}
		}
		for _, f := range a.Findings {
			fmt.Fprintf(w, "  %s\n", findingText(f))
		}
	}
}

// terms says in words what a locator is that is not the default one.
func (l *DocumentLocator) terms() []string {
	var out []string
	if l.Name != catalog.DefaultName {
		out = append(out, l.Name)
	}
	if len(l.Filters) > 0 {
		out = append(out, "filter="+strings.Join(l.Filters, ";"))
	}
	if l.Start != nil {
		out = append(out, "from "+l.Start.UTC().Format(time.RFC3339))
	}
	if l.End != nil {
		out = append(out, "until "+l.End.UTC().Format(time.RFC3339))
	}
	return out
}

// Play returns the URL of the player on the first manifest.
func (d *Document) Play() string {
	for _, a := range d.Assets {
		if a.Err != nil {
			continue
		}
		for _, l := range a.Locators {
			for _, s := range l.StreamingPaths {
				if s.StreamingProtocol == format.DASH || len(l.StreamingPaths) == 1 {
					play := d.PlayerURL + "?url=" + url.QueryEscape(s.Paths[len(s.Paths)-1])
					if d.token != "" {
						play += "&token=" + url.QueryEscape(d.token)
					}
					return play
				}
			}
		}
	}
	return d.PlayerURL
}

// words names the format of a manifest URL, and its encryption.
func words(path string) string {
	r, err := route.Parse(path)
	if err != nil {
		return "" // it is one of ours
	}
	row, err := format.Of(r.Format)
	if err != nil {
		return ""
	}
	return label(row, protect.Scheme(r.Encryption))
}

func label(row *format.Row, s protect.Scheme) string {
	if s == "" {
		return row.Words
	}
	return row.Words + " · " + s.Words()
}

func findingText(f fault.Finding) string {
	s := fmt.Sprintf("%s: %s: %s.", f.Severity, f.Where, f.Message)
	if f.Where == "" {
		s = fmt.Sprintf("%s: %s.", f.Severity, f.Message)
	}
	if f.Advice != "" {
		s += " " + f.Advice
	}
	return s
}

// WriteJSON writes a document as one line.
func WriteJSON(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(document)
}

// index is what the start page lists.
func (s *Service) index() []player.Asset {
	var out []player.Asset
	for _, e := range s.Engine.Entries() {
		a, err := s.Engine.Asset(context.Background(), e.Locator.ID)
		if err != nil { // removed a moment ago
			continue
		}
		out = append(out, indexAsset(e, a, s.Engine.Locators(e)))
	}
	return out
}

func indexAsset(e packager.Entry, a *asset.Asset, locators []packager.Entry) player.Asset {
	p := player.Asset{Name: e.Name}
	if a.Presentation != nil {
		p.Duration = clock(a.Presentation.Duration)
	}
	tracks := slices.Clone(a.Tracks)
	slices.SortStableFunc(tracks, func(a, b *media.Track) int { return cmp.Compare(a.Kind, b.Kind) })
	for _, t := range tracks {
		p.Tracks = append(p.Tracks, player.Track{Kind: t.Kind.String(), Summary: Summary(t), Bitrate: rate(t.Bitrate)})
	}
	for _, f := range a.Findings {
		p.Findings = append(p.Findings, player.Finding{Severity: f.Severity.String(), Code: f.Code, Where: f.Where, Message: f.Message, Advice: f.Advice})
	}
	for _, published := range locators {
		p.Locators = append(p.Locators, indexLocator(published, a))
	}
	return p
}

func indexLocator(e packager.Entry, a *asset.Asset) player.Locator {
	described := describe(e.Locator)
	l := player.Locator{ID: e.Locator.ID, Policy: e.Locator.Policy.Name, Terms: strings.Join(described.terms(), " · ")}
	for _, path := range e.Paths() {
		if a.Err != nil { // there is nothing to play
			break
		}
		s := player.Stream{Protocol: protocols[path.Row.Protocol], Label: path.Row.Words, URL: path.URL}
		if path.Scheme != "" {
			s.Encryption = path.Scheme.Words()
		}
		l.Streams = append(l.Streams, s)
	}
	for i, url := range e.Downloads(a) {
		l.Downloads = append(l.Downloads, player.Link{Label: a.FileNames()[i], URL: url})
	}
	return l
}

var protocols = map[string]string{format.HLS: "HLS", format.DASH: "DASH", format.SmoothStreaming: "Smooth Streaming"}

// Summary describes a track in a few words: "1280×720 · H.264 High 3.1".
func Summary(t *media.Track) string {
	if t.Kind == media.Video {
		return fmt.Sprintf("%d×%d · %s", t.Codec.Width, t.Codec.Height, t.Codec.Words)
	}
	name := t.Label
	if name == "" {
		name = t.Language
	}
	if name == "" {
		name = "und"
	}
	return name + " · " + t.Codec.Words
}

// rate writes a bitrate with three digits: "3.58 Mbit/s", "128 kbit/s".
func rate(bits int) string {
	if bits >= 1e6 {
		return fmt.Sprintf("%.3g Mbit/s", float64(bits)/1e6)
	}
	return fmt.Sprintf("%d kbit/s", (bits+500)/1000)
}

// clock writes ticks as "1:10.315" or "2:03:04.000".
func clock(ticks int64) string {
	ms := media.RescaleRound(ticks, 1000, media.TicksPerSecond)
	h, m, s := ms/3_600_000, ms/60_000%60, ms/1000%60
	if h > 0 {
		return fmt.Sprintf("%d:%02d:%02d.%03d", h, m, s, ms%1000)
	}
	return fmt.Sprintf("%d:%02d.%03d", m, s, ms%1000)
}
