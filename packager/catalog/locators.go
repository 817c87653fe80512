package catalog

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"manifold/packager/document"
	"manifold/packager/fault"
	"manifold/packager/filter"
	"manifold/packager/protect"
)

// Locators beside the default ones are documents, locators/NAME.json. As in the
// service they are made and deleted, and not changed meanwhile.
const locatorsName = "locators"

// maxLocators is how many locators of its own an asset may have, as in the
// service.
const maxLocators = 100

// LocatorProperties is a locator in JSON, as Azure Media Services had it.
type LocatorProperties struct {
	Asset     string        `json:"assetName,omitempty"` // name of an asset in the server
	Path      string        `json:"path,omitempty"`      // ours: where the asset lies, absolute; goes before its name
	ID        string        `json:"streamingLocatorId,omitempty"`
	Policy    string        `json:"streamingPolicyName"`
	KeyPolicy string        `json:"defaultContentKeyPolicyName,omitempty"`
	Filters   []string      `json:"filters,omitempty"`
	Start     string        `json:"startTime,omitempty"` // RFC 3339
	End       string        `json:"endTime,omitempty"`
	MediaID   string        `json:"alternativeMediaId,omitempty"`
	Keys      []PropertyKey `json:"contentKeys,omitempty"`

	Created json.RawMessage `json:"created,omitempty"` // of the service's own
}

// PropertyKey is a content key of a locator in JSON.
type PropertyKey struct {
	ID        string `json:"id,omitempty"`   // GUID
	Type      string `json:"type,omitempty"` // its family; may be missing where the policy has one
	Label     string `json:"labelReferenceInStreamingPolicy,omitempty"`
	Value     []byte `json:"value,omitempty"` // 16 bytes, in base64
	KeyPolicy string `json:"policyName,omitempty"`

	Tracks json.RawMessage `json:"tracks,omitempty"` // of the service's own
}

// locatorDocument is a locator as its document says, without what it refers to.
type locatorDocument struct {
	Locator     // with the name of its policy alone
	asset, path string
	keys        []PropertyKey
}

// ReadLocator reads the document of a locator without checking what it says.
func ReadLocator(b []byte) (LocatorProperties, error) {
	var d struct {
		Name       string             `json:"name"`
		Properties *LocatorProperties `json:"properties"`
		LocatorProperties
		document.Ignored
	}
	if where, err := document.Decode(b, &d); err != nil {
		return LocatorProperties{}, badLocator(where, err)
	}
	if d.Properties != nil {
		return *d.Properties, nil
	}
	return d.LocatorProperties, nil
}

func badLocator(where string, err error) error {
	return &fault.Error{
		Code: fault.Internal, Where: where, What: "the locator is no valid document", Err: err,
		Advice: "A locator is a JSON object with assetName or path, streamingPolicyName and more; see manifold locator create --help.",
	}
}

// parseLocator checks a document.
func parseLocator(name string, b []byte) (*locatorDocument, error) {
	p, err := ReadLocator(b)
	if err != nil {
		return nil, err
	}
	d := &locatorDocument{
		Locator: Locator{Name: name, Policy: Policy{Name: p.Policy}, KeyPolicy: p.KeyPolicy, Filters: p.Filters, MediaID: p.MediaID},
		asset:   p.Asset, path: p.Path, keys: p.Keys,
	}
	wrong := func(where, format string, args ...any) (*locatorDocument, error) {
		return nil, badLocator(where, fmt.Errorf(format, args...))
	}
	switch {
	case !filter.ValidName(name):
		return wrong("", "%q is no name for a locator; letters, digits, '_', '-' and '.' make one, at most 100 of them", name)
	case name == DefaultName:
		return wrong("", "the name %s is that of the locator that every asset has", DefaultName)
	case p.Asset == "" && p.Path == "":
		return wrong("assetName", "it names no asset")
	case p.Path != "" && !filepath.IsAbs(p.Path):
		return wrong("path", "%q does not begin at the root", p.Path)
	case p.Policy == "":
		return wrong("streamingPolicyName", "it names no streaming policy")
	case len(p.Filters) > filter.MaxFilters:
		return wrong("filters", "%d filters are combined, more than %d", len(p.Filters), filter.MaxFilters)
	case len(p.MediaID) > 256 || strings.ContainsAny(p.MediaID, `"<>{}\ `) || strings.ContainsFunc(p.MediaID, unicode.IsControl):
		return wrong("alternativeMediaId", "%q cannot stand in a URL", p.MediaID)
	}
	for _, f := range p.Filters {
		if !filter.ValidName(f) {
			return wrong("filters", "%q is no name of a filter", f)
		}
	}
	if p.ID != "" {
		id, err := protect.ParseKID(p.ID)
		if err != nil {
			return wrong("streamingLocatorId", "%q is no GUID", p.ID)
		}
		d.ID = id.String()
	}
	for _, t := range []struct {
		key, text string
		to        *time.Time
	}{{"startTime", p.Start, &d.Start}, {"endTime", p.End, &d.End}} {
		if t.text == "" {
			continue
		}
		if *t.to, err = time.Parse(time.RFC3339, t.text); err != nil {
			return wrong(t.key, "%q is no time like 2030-01-31T18:00:00Z", t.text)
		}
	}
	if !d.End.IsZero() && !d.Start.Before(d.End) {
		return wrong("endTime", "the end is not after the start")
	}
	if d.path != "" {
		d.path = filepath.Clean(d.path)
		if real, err := filepath.EvalSymlinks(d.path); err == nil { // as assets are found
			d.path = real
		}
	}
	return d, nil
}

// encryption returns what a policy uses the key for: by its type, or as the service
// does by its label; nil where that is nothing, or might be several.
func (k *PropertyKey) encryption(p *Policy) (found *Encryption) {
	for i := range p.Encryptions {
		e := &p.Encryptions[i]
		means := strings.EqualFold(e.Scheme.Family(), k.Type)
		if k.Type == "" {
			_, means = e.Split.Names(k.Label)
			means = means && k.Label != "" || len(p.Encryptions) == 1
		}
		switch {
		case means && found != nil:
			return nil
		case means:
			found = e
		}
	}
	return found
}

// contentKeys reads the keys of a locator under its policy.
func (d *locatorDocument) contentKeys(policy *Policy) ([]LocatorKey, error) {
	var out []LocatorKey
	for i, k := range d.keys {
		where := fmt.Sprintf("contentKeys[%d]", i)
		key := LocatorKey{KeyPolicy: k.KeyPolicy}
		encryption := k.encryption(policy)
		if encryption == nil && k.Type == "" {
			return nil, badLocator(where, fmt.Errorf("it has no type, and not one encryption of the streaming policy %s alone has a key with the label %q", policy.Name, k.Label))
		}
		if encryption == nil {
			return nil, badLocator(where, fmt.Errorf("its type is not one that the streaming policy %s encrypts with", policy.Name))
		}
		key.Family = encryption.Scheme.Family()
		var known bool
		if key.Label, known = encryption.Split.Names(k.Label); !known {
			return nil, badLocator(where, fmt.Errorf("the streaming policy %s has no key with the label %q", policy.Name, k.Label))
		}
		var err error
		if key.ID, err = protect.ParseKID(k.ID); err != nil {
			return nil, badLocator(where, errors.New("its id is no GUID"))
		}
		if len(k.Value) != len(key.Value) {
			return nil, badLocator(where, fmt.Errorf("its value has %d bytes, not %d", len(k.Value), len(key.Value)))
		}
		key.Value = [16]byte(k.Value)
		for _, other := range out {
			if other.Family == key.Family && other.Label == key.Label || other.ID == key.ID {
				return nil, badLocator(where, errors.New("another key of the locator has its id, or its type and label"))
			}
		}
		out = append(out, key)
	}
	return out, nil
}

// resolve returns the locators that have documents, with the policies that they
// name, and what is wrong with those that are left out.
func (c *Catalog) resolve() ([]*locatorDocument, []fault.Finding) {
	var out []*locatorDocument
	var wrong []fault.Finding
	for _, name := range c.locators.names("") {
		d, err := c.locatorDocument(name)
		if d == nil && err == nil {
			continue // broken, or gone
		}
		for _, other := range out {
			if err == nil && other.ID == d.ID {
				err = fault.New(fault.StorageConflict, "", "the locator has the streamingLocatorId of "+other.Name, "Give it one of its own.")
			}
		}
		if err != nil {
			wrong = append(wrong, c.locators.finding(name, err))
			continue
		}
		out = append(out, d)
	}
	return out, wrong
}

// sharedKeys returns findings about keys that are used for two assets or in two
// families: who has one has the other. And about ids that two keys have, of which
// players would get one.
func (c *Catalog) sharedKeys(locators []*locatorDocument) []fault.Finding {
	type use struct{ where, asset, family string }
	var out []fault.Finding
	first, named := make(map[[16]byte]use), make(map[protect.KID]LocatorKey)
	add := func(k LocatorKey, u use) {
		if other, used := named[k.ID]; !used {
			named[k.ID] = k
		} else if other.Value != k.Value {
			out = append(out, fault.Finding{
				Severity: fault.Severe, Code: "key-id-shared", Where: u.where,
				Message: "another key has the id " + k.ID.String(), Affects: "Players get one of the two, and cannot decrypt with it what the other encrypts.",
				Advice: "Give every key an id of its own.",
			})
		}
		other, used := first[k.Value]
		if !used {
			first[k.Value] = u
		} else if other.asset != u.asset || other.family != u.family {
			out = append(out, fault.Finding{
				Severity: fault.Warning, Code: "key-shared", Where: u.where,
				Message: other.where + " has this key for " + other.family + ", of another asset or encryption",
				Advice:  "Give every asset and encryption a key of its own.",
			})
		}
	}
	for _, d := range locators {
		asset := d.path + "\x00" + d.asset
		if d.path != "" {
			asset = c.Default(d.path).ID
		}
		for i, k := range d.Keys {
			add(k, use{fmt.Sprintf("%s/%s.json contentKeys[%d]", locatorsName, d.Name, i), asset, k.Family})
		}
	}
	c.keptKeys(func(h Holding, path string) bool {
		where, err := filepath.Rel(c.dir, path)
		if err != nil {
			where = filepath.Base(path)
		}
		add(h.LocatorKey, use{filepath.ToSlash(where), h.Locator, h.Family})
		return true
	})
	return out
}

// locatorDocument returns the locator of a name, with the policy that it names;
// nil when there is none that is good. The error is of what it refers to.
func (c *Catalog) locatorDocument(name string) (*locatorDocument, error) {
	kept, _, err := c.locators.get(name)
	if err != nil {
		return nil, nil
	}
	d := *kept
	if d.Policy, err = c.Policy(d.Policy.Name); err != nil {
		return nil, err
	}
	if d.ID == "" { // written by hand: the same at every start
		d.ID = uuid.NewSHA1(c.secret, []byte(c.locators.where(name))).String()
	}
	if d.Keys, err = d.contentKeys(&d.Policy); err != nil {
		return nil, err
	}
	return &d, nil
}

// publishes says whether the locator is of an asset.
func (d *locatorDocument) publishes(name, path string) bool {
	if d.path != "" {
		return d.path == path
	}
	return d.asset == name
}

// Locators returns the locators that the asset of a name and absolute path has
// beside its default one, in lexical order.
func (c *Catalog) Locators(name, path string) []Locator {
	var out []Locator
	all, _ := c.resolve()
	for _, d := range all {
		if d.publishes(name, path) {
			out = append(out, d.Locator)
		}
	}
	return out
}

// Locator returns the locator that has a GUID and a document, and what says
// whether it is of the asset of a name and path.
func (c *Catalog) Locator(id string) (l Locator, publishes func(name, path string) bool, ok bool) {
	c.mu.Lock()
	name, known := c.byID[id]
	c.mu.Unlock()
	if known {
		if d, err := c.locatorDocument(name); err == nil && d != nil && d.ID == id {
			return d.Locator, d.publishes, true
		}
	}
	all, _ := c.resolve()
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.byID)
	for _, d := range all {
		c.byID[d.ID] = d.Name
		if d.ID == id {
			l, publishes, ok = d.Locator, d.publishes, true
		}
	}
	return l, publishes, ok
}

// Holding is a content key that a locator has.
type Holding struct {
	Locator string // GUID
	LocatorKey
}

// Holdings returns who has the key of an id: locators whose documents have it,
// then those that it was made for or given to.
func (c *Catalog) Holdings(id protect.KID) []Holding {
	var out []Holding
	all, _ := c.resolve()
	for _, d := range all {
		for _, k := range d.Keys {
			if k.ID == id {
				out = append(out, Holding{d.ID, k})
			}
		}
	}
	c.keptKeys(func(h Holding, _ string) bool {
		if h.ID == id {
			out = append(out, h)
		}
		return true
	})
	return out
}

// LocatorNames returns the names of all locators that have documents, good or not.
func (c *Catalog) LocatorNames() []string { return c.locators.names("") }

// LocatorDocument returns the document of a locator as it was written.
func (c *Catalog) LocatorDocument(name string) ([]byte, error) {
	b, err := c.locators.bytes(name)
	return b, noLocator(name, err)
}

func noLocator(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.ResourceNotFound, name, "there is no such locator", "manifold locator list shows them.")
	}
	return err
}

// CreateLocator keeps a new locator. It gets a GUID, and its content keys get
// ids and values, where the properties have none.
func (c *Catalog) CreateLocator(name string, p LocatorProperties) (Locator, error) {
	if p.ID == "" {
		id, err := uuid.NewRandom()
		if err != nil {
			return Locator{}, err
		}
		p.ID = id.String()
	} else if id, err := protect.ParseKID(p.ID); err == nil {
		p.ID = id.String() // as it is in URLs
	}
	for i := range p.Keys {
		k := &p.Keys[i]
		if k.ID == "" {
			id, err := uuid.NewRandom()
			if err != nil {
				return Locator{}, err
			}
			k.ID = id.String()
		}
		if len(k.Value) == 0 {
			k.Value = make([]byte, 16)
			rand.Read(k.Value)
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(p); err != nil {
		return Locator{}, err
	}
	d, err := parseLocator(name, b.Bytes())
	if err == nil {
		err = c.fits(d)
	}
	if err != nil {
		return Locator{}, err
	}
	return d.Locator, c.locators.write(name, b.Bytes(), func(_ []byte, there bool) error {
		if there {
			return fault.New(fault.StorageConflict, name, "there is a locator of this name, and locators do not change", "Take another name, or delete that one first.")
		}
		return c.unlike(d)
	})
}

// fits says whether there is what a new locator refers to.
func (c *Catalog) fits(d *locatorDocument) error {
	policy, err := c.Policy(d.Policy.Name)
	if err != nil {
		return err
	}
	if d.Keys, err = d.contentKeys(&policy); err != nil {
		return err
	}
	for _, err := range c.locatorLacks(d) {
		return err
	}
	return nil
}

// unlike says whether a new locator does not get into the way of others.
func (c *Catalog) unlike(d *locatorDocument) error {
	same := 0
	for _, name := range c.locators.names("") {
		other, err := c.locatorDocument(name)
		if err != nil || other == nil {
			continue
		}
		if other.ID == d.ID {
			return fault.New(fault.StorageConflict, "streamingLocatorId", "the locator "+name+" has this GUID", "Leave it out to get a new one.")
		}
		if other.path == d.path && other.asset == d.asset {
			same++
		}
	}
	if d.path != "" && d.ID == c.Default(d.path).ID {
		return fault.New(fault.StorageConflict, "streamingLocatorId", "the default locator of the asset has this GUID", "Leave it out to get a new one.")
	}
	if same >= maxLocators {
		return fault.Newf(fault.StorageConflict, d.Name, "the asset has %d locators, as many as it may", same)
	}
	given := make(map[string]protect.Key)
	for i, k := range d.Keys {
		given[fmt.Sprintf("contentKeys[%d]", i)] = k.Key
	}
	return c.unambiguous(given)
}

// DeleteLocator removes a locator; its URLs are not found then.
func (c *Catalog) DeleteLocator(name string) error {
	return noLocator(name, c.locators.delete(name, ""))
}
