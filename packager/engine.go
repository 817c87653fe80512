package packager

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"manifold/packager/asset"
	"manifold/packager/catalog"
	"manifold/packager/fault"
	"manifold/packager/filter"
	"manifold/packager/format"
	"manifold/packager/keypolicy"
	"manifold/packager/media"
	"manifold/packager/protect"
	"manifold/packager/source"
	"manifold/packager/timeline"
)

// Config is what an Engine is made with. The zero value works.
type Config struct {
	Data   string // data directory; "" is the user's
	Policy string // streaming policy of default locators; "" is Workbench
	// KeyPolicy is the content key policy of all keys; "" gives them to everybody.
	KeyPolicy string
	Timeline  timeline.Options
	// ExtendedCodecs lets in what Azure Media Services refused: AV1, VP9, Opus,
	// FLAC, AC-3, AC-4.
	ExtendedCodecs bool
	// FormulaBandwidth is media.Presentation's.
	FormulaBandwidth bool

	AssetBytes int // memory for indices of open assets; 0 is 1 GiB
	TextBytes  int // memory for rendered manifests; 0 is 64 MiB, less than 0 keeps none
}

// Engine answers requests for the assets that were added to it. It is safe for
// concurrent use.
type Engine struct {
	library library
	texts   *weighed[string, *Text]
	growths *weighed[protect.Run, []int32]
	maps    *weighed[protect.Run, *protect.Map]

	keyPolicy string // of keys whose locator has none
}

// learnedBytes is the memory for the growth of pictures under SAMPLE-AES, of about
// twenty hours of one rendition, and as much again for which bytes are protected in
// the other encryptions, of about eight.
const learnedBytes = 8 << 20

// New returns an engine without assets.
func New(c Config) (*Engine, error) {
	if c.Data == "" {
		dir, err := catalog.DefaultDirectory()
		if err != nil {
			return nil, err
		}
		c.Data = dir
	}
	if c.AssetBytes == 0 {
		c.AssetBytes = 1 << 30
	}
	if c.TextBytes == 0 {
		c.TextBytes = 64 << 20
	}
	cat, err := catalog.Open(c.Data, c.Policy)
	if err != nil {
		return nil, err
	}
	if _, err := cat.KeyPolicy(c.KeyPolicy); err != nil {
		return nil, err
	}
	return &Engine{
		keyPolicy: c.KeyPolicy,
		library:   library{catalog: cat, options: asset.Options{Timeline: c.Timeline, ExtendedCodecs: c.ExtendedCodecs, FormulaBandwidth: c.FormulaBandwidth, Maps: new(source.Maps), Digests: source.NewDigests(filepath.Join(c.Data, "digests"))}, open: newWeighed[string, *asset.Asset](c.AssetBytes)},
		texts:     newWeighed[string, *Text](c.TextBytes),
		growths:   newWeighed[protect.Run, []int32](learnedBytes),
		maps:      newWeighed[protect.Run, *protect.Map](learnedBytes),
	}, nil
}

// Close ends what the engine does in the background, and what waits for that.
func (e *Engine) Close() { e.library.options.Digests.Close() }

// Entry is an asset as one of its locators publishes it.
type Entry struct {
	Name    string // unique in the engine
	Path    string // absolute, on this machine
	From    string // what was searched to find it: opening that again finds it again
	ISM     string // its server manifest in URLs, unescaped
	Locator catalog.Locator
}

// Add publishes the assets at a path: a file, a server manifest, a folder with
// media, or a folder of such folders. Assets that are there already are read
// again. The error is for a path that does not exist; what is wrong with an
// asset stands in its findings.
func (e *Engine) Add(ctx context.Context, path string) ([]Entry, error) {
	items, err := e.library.add(ctx, path)
	return e.entries(items), err
}

// Reread makes the next request read an asset again, with all files that lie
// there now.
func (e *Engine) Reread(locator string) error {
	i, _, err := e.library.find(locator)
	if err == nil {
		e.library.forget(i)
	}
	return err
}

// Remove takes back what Add published.
func (e *Engine) Remove(path string) { e.library.remove(path) }

// Entries returns all assets under their default locators, in the order in
// which they were added.
func (e *Engine) Entries() []Entry { return e.entries(e.library.all()) }

func (e *Engine) entries(items []*item) []Entry {
	var out []Entry
	for _, i := range items {
		out = append(out, e.library.published(i))
	}
	return out
}

// Locators returns an asset under each of its locators, the default one first.
func (e *Engine) Locators(entry Entry) []Entry {
	entry.Locator = e.library.catalog.Default(entry.Path)
	out := []Entry{entry}
	for _, l := range e.library.catalog.Locators(entry.Name, entry.Path) {
		entry.Locator = l
		out = append(out, entry)
	}
	return out
}

// Catalog returns what is published beside the assets, and under which rules.
func (e *Engine) Catalog() *catalog.Catalog { return e.library.catalog }

// Endpoint returns the settings of the streaming endpoint, the default ones
// where the document never was good.
func (e *Engine) Endpoint() *catalog.Endpoint {
	settings, _ := e.library.catalog.Endpoint()
	return settings
}

// Asset opens the asset of a locator as it lies on disk now. An asset that
// cannot be served comes with its findings and Err; the error is for unknown
// locators.
func (e *Engine) Asset(ctx context.Context, locator string) (*asset.Asset, error) {
	i, _, err := e.library.find(locator)
	if err != nil {
		return nil, err
	}
	return e.library.current(ctx, i)
}

// Do answers a request. known is called with the ETag of the answer before
// work is done for it; when it returns true the answer has no content. It may
// be nil. The caller closes the answer.
func (e *Engine) Do(ctx context.Context, r *media.Request, known func(etag string) bool) (answer *Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			answer, err = nil, panicked(p)
		}
	}()
	i, l, err := e.library.find(r.Locator)
	if err == nil {
		err = l.Open(time.Now())
	}
	if err != nil {
		return nil, err
	}
	try := func() (err error) { answer, err = e.answer(ctx, i, &l, r, known); return err }
	err = source.Guard(try)
	if errors.Is(err, source.ErrChanged) { // the next version is an answer
		e.library.forget(i)
		err = source.Guard(try)
	}
	if answer != nil {
		answer.Until = l.End
	}
	return answer, err
}

// panicked is the error of a panic, which is a mistake of ours.
func panicked(p any) error {
	return &fault.Error{
		Code: fault.Internal, What: "the request could not be answered", Advice: "Please report this with the log of the server.",
		Err: fmt.Errorf("%v\n%s", p, debug.Stack()),
	}
}

// answer is one try to answer a request.
func (e *Engine) answer(ctx context.Context, i *item, l *catalog.Locator, r *media.Request, known func(string) bool) (*Answer, error) {
	if r.Target == media.Download {
		return e.download(ctx, i, &l.Policy, r)
	}
	if !strings.EqualFold(i.ISM, r.File) {
		return nil, fault.New(fault.ResourceNotFound, r.File, "the locator has no such server manifest", "It is "+i.ISM+".")
	}
	row, err := format.Of(r.Format)
	if err != nil {
		return nil, err
	}
	policy := &l.Policy
	scheme := protect.Scheme(r.Encryption)
	encryption, err := policy.Encryption(row.Protocol, row.IsCMAF(), scheme)
	if err != nil {
		return nil, err
	}
	if encryption != nil && scheme == "" {
		scheme = encryption.Scheme
	}
	if err := row.Protect(scheme); err != nil {
		return nil, err
	}
	a, err := e.library.current(ctx, i)
	if err != nil {
		return nil, err
	}
	if a.Err != nil {
		return nil, a.Err
	}
	sealing := format.Sealing{Scheme: scheme}
	if encryption != nil {
		sealing.Split = encryption.Split
	}
	p, err := row.Carried(a.Presentation, r, sealing)
	if err != nil {
		return nil, err
	}
	if r.Target == media.Manifest {
		p = p.Listed()
	}
	x, err := e.protection(ctx, l, a, encryption, scheme, r)
	if err != nil {
		return nil, err
	}
	p, err = e.filtered(p, i.Locator.ID, l.Filters, r)
	if err != nil {
		return nil, err
	}
	if err := carries(row, p, policy); err != nil {
		return nil, err
	}
	return e.produce(p, row, r, x, policy, known)
}

// protection makes what encrypts an asset in a scheme for a request; nil without
// one. Keys are made when they are first needed.
func (e *Engine) protection(ctx context.Context, l *catalog.Locator, a *asset.Asset, c *catalog.Encryption, scheme protect.Scheme, r *media.Request) (*protect.Protection, error) {
	if c == nil {
		return nil, nil
	}
	x := &protect.Protection{Scheme: scheme, Split: c.Split, Systems: c.Systems.For(l.MediaID), Base: r.Base, Growths: e.growths, Maps: e.maps}
	if scheme.Counts() && (r.Target == media.Fragment || r.Target == media.KeyFrame) {
		var err error
		if x.Fingerprint, err = a.Fingerprint(ctx); err != nil {
			return nil, err
		}
	}
	for _, label := range c.Split.Labels(a.Tracks, scheme) {
		k, err := e.key(l, scheme.Family(), label)
		if err != nil {
			return nil, err
		}
		x.Keys = append(x.Keys, protect.Labelled{Label: label, Key: k})
	}
	if len(x.Keys) == 0 { // all tracks stay in the clear
		return nil, nil
	}
	return x, nil
}

// key returns the key of a family and label: the one that the locator has of
// its own, else the one that was made for it.
func (e *Engine) key(l *catalog.Locator, family, label string) (protect.Key, error) {
	if k, ok := l.Key(family, label); ok {
		return k.Key, nil
	}
	return e.library.catalog.Key(l.ID, family, label)
}

// Keys returns the content keys of an asset under the policy of its locator.
func (e *Engine) Keys(entry Entry, a *asset.Asset) ([]catalog.ContentKey, error) {
	var out []catalog.ContentKey
	for _, c := range entry.Locator.Policy.Encryptions {
		for _, label := range c.Split.Labels(a.Tracks, c.Scheme) {
			k, err := e.key(&entry.Locator, c.Scheme.Family(), label)
			if err != nil {
				return nil, err
			}
			out = append(out, catalog.ContentKey{ID: k.ID.String(), Scheme: c.Scheme.Family(), Label: label, Value: k.Value[:]})
		}
	}
	return out, nil
}

// KeyPolicy says who gets keys whose locator does not say it; nil is everybody.
func (e *Engine) KeyPolicy() (*keypolicy.Policy, error) {
	return e.library.catalog.KeyPolicy(e.keyPolicy)
}

// DeliverKey returns a key of an asset that is published, when its policy
// delivers it to players: those of envelopes, and those that ClearKey is told
// of. r is the request that it is one of the keys of. The error says why there is
// none.
func (e *Engine) DeliverKey(id protect.KID, r *keypolicy.Request) (protect.Key, error) {
	var refused error = fault.New(fault.ResourceNotFound, "kid="+id.String(), "there is no such key", "Take the URL from the manifest.")
	for _, h := range e.library.catalog.Holdings(id) {
		_, l, err := e.library.find(h.Locator)
		if err != nil {
			continue // its asset is not here
		}
		if refused = e.delivers(&l, &h, r); refused == nil {
			return h.Key, nil
		}
	}
	return protect.Key{}, refused
}

// delivers says why a locator does not give a key.
func (e *Engine) delivers(l *catalog.Locator, h *catalog.Holding, r *keypolicy.Request) error {
	now := time.Now()
	if err := l.Open(now); err != nil {
		return err
	}
	c := delivering(&l.Policy, h.Family)
	if c == nil {
		return fault.New(fault.EncryptionNotInPolicy, "kid="+h.ID.String(), "the streaming policy leaves this key to licence servers", "Ask the licence server.")
	}
	policy, err := e.library.catalog.KeyPolicy(cmp.Or(h.KeyPolicy, c.Gives(h.Label), l.KeyPolicy, l.Policy.KeyPolicy, e.keyPolicy))
	if err != nil { // which policies there are, and what is wrong with them, is for the log alone
		return &fault.Error{Code: fault.Internal, Where: "kid=" + h.ID.String(), What: "the server cannot tell who may have this key", Advice: "See the log of the server.", Err: err}
	}
	return policy.Allow(r, h.ID, now)
}

// delivering returns the encryption of a policy whose keys of a family are given
// to players here, nil when none is.
func delivering(p *catalog.Policy, family string) *catalog.Encryption {
	for i := range p.Encryptions {
		c := &p.Encryptions[i]
		if c.Scheme.Family() == family && (c.Scheme == protect.Envelope && c.Systems.Envelope == nil || c.Systems.ClearKey.Here()) {
			return c
		}
	}
	return nil
}

// filtered returns what the filters of a locator and then those of a request
// leave of a presentation. asset is the default locator. Segments are the same
// with every filter.
func (e *Engine) filtered(p *media.Presentation, asset string, first []string, r *media.Request) (*media.Presentation, error) {
	names := slices.Concat(first, r.Filters)
	if len(names) == 0 || r.Target != media.Manifest && r.Target != media.Level {
		return p, nil
	}
	if err := filter.Combine(len(names)); err != nil { // before documents are looked for
		return nil, err
	}
	var filters []*filter.Filter
	var revisions []string
	for _, name := range names {
		f, revision, err := e.library.catalog.Filter(name, asset)
		if err != nil {
			return nil, err
		}
		filters, revisions = append(filters, f), append(revisions, revision)
	}
	out, err := filter.Apply(p, filters)
	if err != nil {
		return nil, err
	}
	out.Version += " " + strings.Join(revisions, " ")
	return out, nil
}

// maxLevels is the largest number of quality levels that is delivered.
const maxLevels = 64

// carries says whether a format can carry an asset under a policy.
func carries(row *format.Row, p *media.Presentation, policy *catalog.Policy) error {
	levels := 0
	for _, g := range p.Groups {
		levels += len(g.Tracks)
	}
	if levels > maxLevels {
		return fault.New(fault.FormatNotSupported, "", fmt.Sprintf("the asset has %d quality levels, more than %d", levels, maxLevels), "Take renditions out of the folder or the server manifest.")
	}
	if levels == 0 {
		return fault.New(fault.FilterRemovedAll, "", "the server manifest hides all tracks that the format can carry", "Take outputFlag out of those that shall be listed.")
	}
	has := func(k media.Kind) bool {
		return slices.ContainsFunc(p.Groups, func(g *media.Group) bool { return g.Kind == k })
	}
	if row.Protocol == format.HLS && !has(media.Video) && !has(media.Audio) {
		return fault.New(fault.FilterRemovedAll, "", "HLS offers text beside picture or sound alone, and neither is left", "Widen a condition of the filter, or ask for DASH.")
	}
	if row.Protocol == format.SmoothStreaming && !policy.Incomplete && !(has(media.Video) && has(media.Audio)) {
		return fault.New(fault.FormatNotSupported, "", "Smooth Streaming needs a video and an audio track, and the asset lacks one", "Ask for HLS or DASH.")
	}
	return nil
}
