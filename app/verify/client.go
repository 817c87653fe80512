package verify

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
)

// maxAnswer bounds what is read of one answer, in bytes.
const maxAnswer = 256 << 20

// Client fetches from origins. The zero value is ready to use.
type Client struct {
	HTTP *http.Client // nil means http.DefaultClient
}

// Answer is a complete HTTP answer.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Type returns the media type of the answer without parameters.
func (a Answer) Type() string {
	t, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return t
}

// Fetch gets a URL. An answer that is shorter than its Content-Length, or longer
// than 256 MiB, is an error; a status is not.
func (c Client) Fetch(ctx context.Context, address string) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Answer{}, err
	}
	return c.Do(req)
}

// Do sends a request and reads its answer, as Fetch does.
func (c Client) Do(req *http.Request) (Answer, error) {
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return Answer{}, fmt.Errorf("%s: %w", req.URL, err)
	}
	if len(body) > maxAnswer {
		return Answer{}, fmt.Errorf("%s: more than %d bytes", req.URL, maxAnswer)
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

// ok fetches a URL that must be there.
func (c Client) ok(ctx context.Context, address string) (Answer, error) {
	a, err := c.Fetch(ctx, address)
	if err == nil && a.Status != http.StatusOK {
		err = fmt.Errorf("%s: status %d: %s", address, a.Status, bytes.TrimSpace(a.Body))
	}
	return a, err
}

// Open reads a manifest of any protocol, and in HLS its media playlists. What a
// document is, it tells from its first bytes.
func (c Client) Open(ctx context.Context, address string) (*Presentation, error) {
	a, err := c.ok(ctx, address)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	p := &Presentation{URL: address, Type: a.Type(), Text: a.Body}
	if bytes.HasPrefix(a.Body, []byte("#EXTM3U")) {
		err = c.openHLS(ctx, base, p)
	} else if bytes.Contains(a.Body[:min(len(a.Body), 1024)], []byte("<MPD")) {
		err = openDASH(base, p)
	} else if bytes.Contains(a.Body[:min(len(a.Body), 1024)], []byte("<SmoothStreamingMedia")) {
		err = openSmooth(base, p)
	} else {
		err = fmt.Errorf("neither a playlist nor an MPD nor a client manifest")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	return p, nil
}

// resolve returns the absolute form of a reference in a document. References
// hold parentheses, commas and equal signs, which are legal in a path.
func resolve(base *url.URL, ref string) (string, error) {
	u, err := url.Parse(ref)
	if err != nil {
		return "", err
	}
	return base.ResolveReference(u).String(), nil
}
