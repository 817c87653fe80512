package catalog

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"manifold/packager/document"
	"manifold/packager/fault"
)

// The settings of the streaming endpoint are one document, endpoint.json.
const endpointName = "endpoint"

// Endpoint is how the server behaves towards clients (a streaming endpoint of
// Azure Media Services).
type Endpoint struct {
	Stopped   bool          // nothing is streamed
	MaxAge    time.Duration // how long caches may keep what does not change
	HostNames []string      // names of the server in URLs; the first is the one that is printed
	CDN       bool          // a content delivery network is in front, which is told what comes next
	// ClientAccessPolicy and CrossDomainPolicy are what clients of Silverlight and
	// Flash ask for: /clientaccesspolicy.xml, "" for none, and /crossdomain.xml.
	ClientAccessPolicy, CrossDomainPolicy string

	restricted bool
	allow      []netip.Prefix
}

// Admits says whether clients of an address are answered.
func (e *Endpoint) Admits(a netip.Addr) bool {
	if !e.restricted {
		return true
	}
	for _, p := range e.allow {
		if p.Contains(a.Unmap().WithZone("")) {
			return true
		}
	}
	return false
}

const (
	defaultMaxAge = 3 * 24 * time.Hour
	maxMaxAge     = 365 * 24 * time.Hour
	minCDNMaxAge  = 10 * time.Minute
)

const everyDomain = `<?xml version="1.0"?>
<cross-domain-policy>
  <allow-access-from domain="*" secure="false" />
</cross-domain-policy>
`

// DefaultEndpoint is the document of an endpoint that nobody has set.
const DefaultEndpoint = `{
  "resourceState": "Running",
  "maxCacheAge": 259200,
  "customHostNames": [],
  "cdnEnabled": false
}
`

// Endpoint returns the settings of the endpoint, those of the service where
// nobody has set any. The error says what is wrong with a document that never
// was good; the settings are the default then.
func (c *Catalog) Endpoint() (*Endpoint, error) {
	e, _, err := c.endpoint.get(endpointName)
	if err == nil {
		return e, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return &Endpoint{MaxAge: defaultMaxAge, CrossDomainPolicy: everyDomain}, err
}

// EndpointDocument returns the document of the endpoint as it was written, the
// default one where there is none.
func (c *Catalog) EndpointDocument() ([]byte, error) {
	b, err := c.endpoint.bytes(endpointName)
	if errors.Is(err, fs.ErrNotExist) {
		return []byte(DefaultEndpoint), nil
	}
	return b, err
}

// SetEndpoint checks a document and keeps it.
func (c *Catalog) SetEndpoint(document []byte) error { return c.endpoint.set(endpointName, document) }

// endpointDocument is an endpoint in JSON, as the resource of the service with
// its properties or the properties alone.
type endpointDocument struct {
	Name       string              `json:"name"`
	Properties *endpointProperties `json:"properties"`
	endpointProperties
	document.Ignored
	Location, Tags, SKU json.RawMessage
}

type endpointProperties struct {
	State     string   `json:"resourceState"`
	MaxAge    *int64   `json:"maxCacheAge"` // seconds
	HostNames []string `json:"customHostNames"`
	CDN       bool     `json:"cdnEnabled"`
	Cross     *struct {
		ClientAccess string `json:"clientAccessPolicy"`
		CrossDomain  string `json:"crossDomainPolicy"`
	} `json:"crossSiteAccessPolicies"`
	Access *struct {
		IP *struct {
			Allow []addressRange `json:"allow"`
		} `json:"ip"`
		Akamai json.RawMessage `json:"akamai"`
	} `json:"accessControl"`

	// what has no meaning for one server of one's own
	Description, ScaleUnits, AvailabilitySetName, CDNProvider, CDNProfile, HostName,
	ProvisioningState, FreeTrialEndTime, Created, LastModified json.RawMessage
}

type addressRange struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Length  *int   `json:"subnetPrefixLength"`
}

// hostName is a name of the domain name system (RFC 1123 §2.1).
var hostName = regexp.MustCompile(`^(?i)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

// parseEndpoint checks a document.
func parseEndpoint(_ string, b []byte) (*Endpoint, error) {
	var d endpointDocument
	if where, err := document.Decode(b, &d); err != nil {
		return nil, badEndpoint(where, err)
	}
	p := d.endpointProperties
	if d.Properties != nil {
		p = *d.Properties
	}
	e := &Endpoint{MaxAge: defaultMaxAge, HostNames: p.HostNames, CDN: p.CDN, CrossDomainPolicy: everyDomain}
	switch strings.ToLower(p.State) {
	case "stopped":
		e.Stopped = true
	case "", "running":
	default:
		return nil, badEndpoint("resourceState", fmt.Errorf("%q is neither Running nor Stopped", p.State))
	}
	if p.MaxAge != nil {
		if *p.MaxAge < 0 || *p.MaxAge > int64(maxMaxAge/time.Second) {
			return nil, badEndpoint("maxCacheAge", fmt.Errorf("%d s is not between 0 and a year", *p.MaxAge))
		}
		e.MaxAge = time.Duration(*p.MaxAge) * time.Second
	}
	if e.CDN && e.MaxAge < minCDNMaxAge {
		return nil, badEndpoint("maxCacheAge", fmt.Errorf("with a CDN it is %d s at least", int(minCDNMaxAge.Seconds())))
	}
	for _, name := range p.HostNames {
		if len(name) > 253 || !hostName.MatchString(name) {
			return nil, badEndpoint("customHostNames", fmt.Errorf("%q is no host name", name))
		}
	}
	if c := p.Cross; c != nil {
		for _, x := range []struct {
			key, text string
			to        *string
		}{{"clientAccessPolicy", c.ClientAccess, &e.ClientAccessPolicy}, {"crossDomainPolicy", c.CrossDomain, &e.CrossDomainPolicy}} {
			if x.text == "" {
				continue
			}
			if err := wellFormed(x.text); err != nil {
				return nil, badEndpoint("crossSiteAccessPolicies."+x.key, err)
			}
			*x.to = x.text
		}
	}
	if a := p.Access; a != nil {
		if len(a.Akamai) > 0 && string(a.Akamai) != "null" {
			return nil, badEndpoint("accessControl.akamai", errors.New("signatures of Akamai are not checked"))
		}
		if a.IP != nil && a.IP.Allow != nil {
			e.restricted = true
			for i, r := range a.IP.Allow {
				prefix, err := r.prefix()
				if err != nil {
					return nil, badEndpoint(fmt.Sprintf("accessControl.ip.allow[%d]", i), err)
				}
				e.allow = append(e.allow, prefix)
			}
		}
	}
	return e, nil
}

func badEndpoint(where string, err error) error {
	return &fault.Error{
		Code: fault.Internal, Where: where, What: "the streaming endpoint is no valid document", Err: err,
		Advice: "It is a JSON object with resourceState, maxCacheAge, customHostNames, cdnEnabled, crossSiteAccessPolicies and accessControl.",
	}
}

// prefix reads the addresses of a range; without a length it is one address.
func (r addressRange) prefix() (netip.Prefix, error) {
	a, err := netip.ParseAddr(r.Address)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, fmt.Errorf("%q is no address of IPv4 or IPv6", r.Address)
	}
	a = a.Unmap()
	length := a.BitLen()
	if r.Length != nil {
		length = *r.Length
	}
	p, err := a.Prefix(length)
	if err != nil {
		return p, fmt.Errorf("subnetPrefixLength %d is not between 0 and %d", length, a.BitLen())
	}
	return p, nil
}

// wellFormed says whether a text is XML.
func wellFormed(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	elements := 0
	for {
		t, err := d.Token()
		if err == io.EOF && elements > 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("it is no XML: %w", err)
		}
		if _, ok := t.(xml.StartElement); ok {
			elements++
		}
	}
}
