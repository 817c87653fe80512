package catalog

import (
	"sync"

	"github.com/google/uuid"

	"manifold/packager/fault"
	"manifold/packager/filter"
	"manifold/packager/keypolicy"
	"manifold/packager/protect"
)

// Catalog is what one installation publishes, and under which rules.
type Catalog struct {
	dir    string
	secret uuid.UUID
	policy Policy // of default locators, as it was when the catalog was opened
	keys   kept[protect.Key]

	filters     store[*filter.Filter]
	policies    store[Policy]
	keyPolicies keyPolicyStore
	locators    store[*locatorDocument]
	endpoint    store[*Endpoint]

	mu   sync.Mutex
	byID map[string]string // names of locators, by GUID, as they were found last
}

// Open reads the catalog in a data directory, which is made when it is not
// there. policy names the streaming policy of default locators, one
// that is built in or a document of the directory; "" is Workbench.
func Open(dir, policy string) (*Catalog, error) {
	c := &Catalog{
		dir:         dir,
		filters:     store[*filter.Filter]{root: dir, folder: filtersName, parse: parseFilter},
		policies:    store[Policy]{root: dir, folder: policiesName, parse: parsePolicy},
		keyPolicies: keyPolicyStore{store[*keypolicy.Policy]{root: dir, folder: keyPoliciesName, parse: parseKeyPolicy(dir)}},
		locators:    store[*locatorDocument]{root: dir, folder: locatorsName, parse: parseLocator},
		endpoint:    store[*Endpoint]{root: dir, parse: parseEndpoint},
		byID:        make(map[string]string),
	}
	var err error
	if c.policy, err = c.Policy(policy); err != nil {
		return nil, err
	}
	if c.secret, err = secret(dir); err != nil {
		return nil, err
	}
	return c, nil
}

// Findings returns what is wrong with the documents of the data directory: those
// that are not in force as they lie there or name what is not there, and keys that
// are used twice.
func (c *Catalog) Findings() []fault.Finding {
	out := c.endpoint.broken([]string{endpointName})
	policies := c.policies.names("")
	out = append(out, c.policies.broken(policies)...)
	for _, name := range policies {
		p, _, err := c.policies.get(name)
		if err != nil {
			continue // broken, or gone
		}
		for _, err := range c.policyLacks(&p) {
			out = append(out, c.policies.finding(name, err))
		}
	}
	out = append(out, c.keyPolicies.broken(c.keyPolicies.names(""))...)
	out = append(out, c.locators.broken(c.locators.names(""))...)
	locators, unresolved := c.resolve()
	out = append(out, unresolved...)
	for _, d := range locators {
		for _, err := range c.locatorLacks(d) {
			out = append(out, c.locators.finding(d.Name, err))
		}
	}
	out = append(out, c.sharedKeys(locators)...)
	for _, folder := range append([]string{""}, c.filters.folders()...) {
		out = append(out, c.filters.broken(c.filters.names(folder))...)
	}
	return out
}
