package catalog

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"slices"
	"strings"

	"manifold/packager/document"
	"manifold/packager/fault"
	"manifold/packager/filter"
	"manifold/packager/protect"
)

// Streaming policies of the user's are documents, policies/NAME.json.
const policiesName = "policies"

// parsePolicy reads the document of a name, which would do nothing where a policy is
// built in that has it.
func parsePolicy(name string, b []byte) (Policy, error) {
	if p, err := PolicyOf(name); err == nil {
		return Policy{}, badPolicy("", fmt.Errorf("the name %s is that of a policy that is built in", p.Name))
	}
	return ParsePolicy(b, name)
}

// Policy returns a policy by name: one that is built in, else the document; "" is
// Workbench.
func (c *Catalog) Policy(name string) (Policy, error) {
	p, missing := PolicyOf(name)
	if missing == nil || !filter.ValidName(name) {
		return p, missing
	}
	p, _, err := c.policies.get(name)
	if errors.Is(err, fs.ErrNotExist) {
		e := *fault.As(missing)
		e.Advice += " One of your own is " + c.policies.where(name) + " in the data directory."
		return p, &e
	}
	return p, err
}

// policyDocument is a streaming policy in JSON, as the resource of the service
// with its properties or the properties alone.
type policyDocument struct {
	Name       string            `json:"name"`
	Properties *policyProperties `json:"properties"`
	policyProperties
	document.Ignored
}

type policyProperties struct {
	Clear *struct {
		Protocols protocols `json:"enabledProtocols"`
	} `json:"noEncryption"`
	Envelope *encryptionDocument `json:"envelopeEncryption"`
	CENC     *encryptionDocument `json:"commonEncryptionCenc"`
	CBCS     *encryptionDocument `json:"commonEncryptionCbcs"`
	Created  string              `json:"created"`
	KeyRules string              `json:"defaultContentKeyPolicyName"`
}

type protocols struct {
	Download bool `json:"download"`
	DASH     bool `json:"dash"`
	HLS      bool `json:"hls"`
	Smooth   bool `json:"smoothStreaming"`
}

type encryptionDocument struct {
	Protocols   protocols         `json:"enabledProtocols"`
	ClearTracks []json.RawMessage `json:"clearTracks"`
	Keys        *struct {
		Default *struct {
			Label    string `json:"label"`
			KeyRules string `json:"policyName"`
		} `json:"defaultKey"`
		Mappings []struct {
			Label    string            `json:"label"`
			KeyRules string            `json:"policyName"`
			Tracks   []json.RawMessage `json:"tracks"`
		} `json:"keyToTrackMappings"`
		// Per is ours: what has keys of its own, "trackType" or "resolution".
		Per string `json:"per"`
	} `json:"contentKeys"`
	DRM *struct {
		PlayReady *struct {
			licenceTemplate
			Custom string `json:"playReadyCustomAttributes"`
			// Version is ours: the lowest version of PlayReady headers.
			Version string `json:"headerVersion"`
		} `json:"playReady"`
		Widevine *licenceTemplate `json:"widevine"`
		FairPlay *struct {
			licenceTemplate
			Persistent bool `json:"allowPersistentLicense"`
		} `json:"fairPlay"`
	} `json:"drm"`
	ClearKey *struct {
		URL string `json:"customKeysAcquisitionUrlTemplate"`
	} `json:"clearKeyEncryptionConfiguration"`
	KeyURL string `json:"customKeyAcquisitionUrlTemplate"`
}

type licenceTemplate struct {
	URL string `json:"customLicenseAcquisitionUrlTemplate"`
}

// ParsePolicy reads the document of a streaming policy.
func ParsePolicy(b []byte, name string) (Policy, error) {
	var d policyDocument
	if where, err := document.Decode(b, &d); err != nil {
		return Policy{}, badPolicy(where, err)
	}
	properties := d.policyProperties
	if d.Properties != nil {
		properties = *d.Properties
	}
	p := Policy{Name: name, KeyPolicy: properties.KeyRules}
	if c := properties.Clear; c != nil {
		p.Clear, p.Download = c.Protocols.list(), c.Protocols.Download
	}
	for _, e := range []struct {
		key    string
		scheme protect.Scheme
		*encryptionDocument
	}{{"envelopeEncryption", protect.Envelope, properties.Envelope}, {"commonEncryptionCenc", protect.CENC, properties.CENC}, {"commonEncryptionCbcs", protect.CBCS, properties.CBCS}} {
		if e.encryptionDocument == nil {
			continue
		}
		encryption, err := e.encryption(e.scheme)
		if err != nil {
			return Policy{}, badPolicy(e.key, err)
		}
		p.Encryptions = append(p.Encryptions, encryption)
	}
	if !p.Download && len(p.Clear)+len(p.Encryptions) == 0 {
		return Policy{}, badPolicy("", errors.New("it enables nothing"))
	}
	return p, nil
}

func badPolicy(where string, err error) error {
	return &fault.Error{
		Code: fault.Internal, Where: where, What: "the streaming policy is no valid document", Err: err,
		Advice: "A policy is a JSON object with noEncryption, envelopeEncryption, commonEncryptionCenc and commonEncryptionCbcs, each with enabledProtocols.",
	}
}

func (p protocols) list() []string {
	var out []string
	for _, x := range []struct {
		enabled bool
		name    string
	}{{p.HLS, hls}, {p.DASH, dash}, {p.Smooth, smooth}} {
		if x.enabled {
			out = append(out, x.name)
		}
	}
	return out
}

// encryption reads one of the encryptions. What would be served otherwise than
// the document says is refused.
func (d *encryptionDocument) encryption(s protect.Scheme) (Encryption, error) {
	e := Encryption{Scheme: s, Protocols: d.Protocols.list()}
	switch {
	case len(e.Protocols) == 0:
		return e, errors.New("enabledProtocols has none of hls, dash and smoothStreaming")
	case d.Protocols.Download:
		return e, errors.New("downloads are never encrypted; enable them in noEncryption")
	case s == protect.CBCS && slices.Contains(e.Protocols, smooth):
		return e, errors.New("Smooth Streaming has no CBCS")
	case s == protect.Envelope && (d.DRM != nil || d.ClearKey != nil):
		return e, errors.New("envelopes have no drm; customKeyAcquisitionUrlTemplate names a key server")
	case s != protect.Envelope && d.KeyURL != "":
		return e, errors.New("customKeyAcquisitionUrlTemplate belongs to envelopes; drm has licence servers")
	}
	if k := d.Keys; k != nil {
		per, ok := map[string]protect.Per{"": protect.OneKey, "trackType": protect.ByType, "resolution": protect.ByResolution}[k.Per]
		if !ok {
			return e, errors.New(`contentKeys: per is "trackType" or "resolution"`)
		}
		e.Split.Per = per
		if k.Default != nil {
			e.KeyPolicy = k.Default.KeyRules
			if l := k.Default.Label; l != "" && !validLabel(l) {
				return e, fmt.Errorf("defaultKey: %q is no label for a key", l)
			}
			if per == protect.OneKey { // with others there is no default key
				e.Split.Default = k.Default.Label
			}
		}
	}
	if err := d.rules(&e); err != nil {
		return e, err
	}
	if s == protect.Envelope && slices.Contains(e.Protocols, smooth) && (e.Split.Per != protect.OneKey || len(e.Split.Rules) > 0) {
		return e, errors.New("clients of Smooth Streaming open all of an envelope with one key: take clearTracks, keyToTrackMappings and per out, or smoothStreaming")
	}
	return e, d.systems(&e)
}

// rules reads which tracks stay in the clear, then which have keys of their own.
func (d *encryptionDocument) rules(e *Encryption) error {
	add := func(label, where string, tracks []json.RawMessage) error {
		if len(tracks) == 0 {
			return fmt.Errorf("%s chooses no tracks", where)
		}
		for i, b := range tracks {
			s, err := filter.ParseSelection(b, fmt.Sprintf("%s[%d]", where, i))
			if err != nil {
				return err
			}
			var says bytes.Buffer
			if err := json.Compact(&says, b); err != nil {
				return err
			}
			e.Split.Rules = append(e.Split.Rules, protect.Rule{Label: label, Chooses: s.Of, Says: says.String()})
		}
		return nil
	}
	if len(d.ClearTracks) > 0 {
		if err := add(protect.Clear, "clearTracks", d.ClearTracks); err != nil {
			return err
		}
	}
	if d.Keys == nil {
		return nil
	}
	if n := len(d.Keys.Mappings); n > maxMappings {
		return fmt.Errorf("keyToTrackMappings are %d, more than %d", n, maxMappings)
	}
	for i, m := range d.Keys.Mappings {
		where := fmt.Sprintf("keyToTrackMappings[%d]", i)
		if !validLabel(m.Label) {
			return fmt.Errorf("%s: %q is no label for a key", where, m.Label)
		}
		if other, named := e.KeyPolicies[m.Label]; named && other != m.KeyRules {
			return fmt.Errorf("%s: the key %s has two policies", where, m.Label)
		}
		if e.KeyPolicies == nil {
			e.KeyPolicies = make(map[string]string)
		}
		e.KeyPolicies[m.Label] = m.KeyRules
		if err := add(m.Label, where+".tracks", m.Tracks); err != nil {
			return err
		}
	}
	return nil
}

// validLabel says whether a key can have a label.
func validLabel(label string) bool { return filter.ValidName(label) && label != protect.Clear }

// systems reads which protection systems players are told about.
func (d *encryptionDocument) systems(e *Encryption) error {
	var failed error
	system := func(template string) *protect.System {
		if err := validTemplate(template); err != nil && failed == nil {
			failed = err
		}
		return &protect.System{License: template}
	}
	if d.KeyURL != "" {
		e.Systems.Envelope = system(d.KeyURL)
	}
	if d.ClearKey != nil {
		e.Systems.ClearKey = system(d.ClearKey.URL)
	}
	if d.DRM != nil {
		if p := d.DRM.PlayReady; p != nil {
			e.Systems.PlayReady = system(p.URL)
			e.Systems.PlayReady.Custom, e.Systems.PlayReady.Version = p.Custom, p.Version
			if all := protect.HeaderVersions(); p.Version != "" && !slices.Contains(all, p.Version) {
				return fmt.Errorf("playReady: headerVersion is one of %s", strings.Join(all, ", "))
			}
			if err := validCustom(p.Custom); err != nil {
				return err
			}
		}
		if w := d.DRM.Widevine; w != nil {
			e.Systems.Widevine = system(w.URL)
		}
		if f := d.DRM.FairPlay; f != nil {
			e.Systems.FairPlay = system(f.URL)
		}
	}
	s := &e.Systems
	switch {
	case failed != nil:
		return failed
	case e.Scheme == protect.CENC && s.FairPlay != nil:
		return errors.New("FairPlay needs CBCS")
	case e.Scheme != protect.Envelope && s.PlayReady == nil && s.Widevine == nil && s.FairPlay == nil && s.ClearKey == nil:
		return errors.New("players would not learn where the keys are: drm has none of playReady, widevine and fairPlay, and there is no clearKeyEncryptionConfiguration")
	case e.Scheme == protect.CBCS && slices.Contains(e.Protocols, hls) && s.FairPlay == nil && !s.ClearKey.Here():
		return errors.New("HLS in MPEG-2 TS needs fairPlay, or a clearKeyEncryptionConfiguration without a URL")
	}
	return nil
}

// What a PlayReady header can hold is 64 KiB: half of that is left for its keys.
const (
	maxTemplate = 2 << 10 // bytes; escaped, a byte becomes five characters at most
	maxCustom   = 4 << 10 // bytes
	maxMappings = 100
)

// validCustom says whether a text can be the contents of an XML element.
func validCustom(text string) error {
	if len(text) > maxCustom {
		return fmt.Errorf("playReadyCustomAttributes have %d bytes, more than %d", len(text), maxCustom)
	}
	x := xml.NewDecoder(strings.NewReader(text))
	for depth := 0; ; {
		t, err := x.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("playReadyCustomAttributes are no XML: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.ProcInst, xml.Directive:
			return errors.New("playReadyCustomAttributes are no XML that can stand in an element")
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(t)) > 0 {
				return errors.New("playReadyCustomAttributes have text outside their elements")
			}
		}
	}
}

// validTemplate says whether a URL can stand in manifests; "" can.
func validTemplate(template string) error {
	if template == "" {
		return nil
	}
	if len(template) > maxTemplate {
		return fmt.Errorf("the URL of a server has %d bytes, more than %d", len(template), maxTemplate)
	}
	plain := strings.NewReplacer("{ContentKeyId}", "x", "{AlternativeMediaId}", "x").Replace(template)
	u, err := url.Parse(plain) // which refuses control characters
	if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "skd"}, u.Scheme) || strings.ContainsAny(plain, "\"<>{}\\ ") {
		return fmt.Errorf("%q is no URL of a server; {ContentKeyId} and {AlternativeMediaId} may stand in it", template)
	}
	return nil
}
