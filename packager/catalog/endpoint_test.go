package catalog

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestEndpoint(t *testing.T) {
	dir := t.TempDir()
	c := open(t, dir, "")
	e, err := c.Endpoint()
	if err != nil || e.Stopped || e.MaxAge != 72*time.Hour || !e.Admits(netip.MustParseAddr("192.0.2.1")) || !strings.Contains(e.CrossDomainPolicy, `domain="*"`) || e.ClientAccessPolicy != "" {
		t.Errorf("%+v, %v", e, err)
	}
	b, err := c.EndpointDocument()
	if err == nil {
		err = c.SetEndpoint(b)
	}
	if err != nil {
		t.Errorf("the default document: %v", err)
	}
	// as the service had it
	err = c.SetEndpoint([]byte(`{"name":"default","location":"x","tags":{},"sku":{"name":"Standard"},"properties":{"description":"","scaleUnits":0,"availabilitySetName":null,
		"accessControl":{"ip":{"allow":[{"name":"office","address":"192.0.2.0","subnetPrefixLength":24},{"name":"one","address":"2001:db8::7"}]}},
		"maxCacheAge":600,"customHostNames":["Media.example","b.example"],"hostName":"h","cdnEnabled":true,"cdnProvider":"StandardVerizon","cdnProfile":"p","provisioningState":"Succeeded",
		"resourceState":"Stopped","crossSiteAccessPolicies":{"clientAccessPolicy":"<access-policy/>","crossDomainPolicy":"<cross-domain-policy/>"},"freeTrialEndTime":"x","created":"x","lastModified":"x"}}`))
	if err != nil {
		t.Fatal(err)
	}
	e, err = c.Endpoint()
	if err != nil || !e.Stopped || e.MaxAge != 10*time.Minute || len(e.HostNames) != 2 || !e.CDN || e.ClientAccessPolicy != "<access-policy/>" || e.CrossDomainPolicy != "<cross-domain-policy/>" {
		t.Errorf("%+v, %v", e, err)
	}
	for address, admitted := range map[string]bool{
		"192.0.2.255": true, "::ffff:192.0.2.1": true, "192.0.3.0": false, "2001:db8::7": true, "2001:db8::7%eth0": true, "2001:db8::8": false, "127.0.0.1": false,
	} {
		if e.Admits(netip.MustParseAddr(address)) != admitted {
			t.Errorf("%s: %t", address, !admitted)
		}
	}
	if err := c.SetEndpoint([]byte(`{"accessControl":{"ip":{"allow":[]}}}`)); err != nil {
		t.Fatal(err)
	}
	if e, _ := c.Endpoint(); e.Admits(netip.MustParseAddr("127.0.0.1")) {
		t.Error("an empty list lets somebody in")
	}
}

func TestEndpointsThatAreRefused(t *testing.T) {
	c := open(t, t.TempDir(), "")
	for document, says := range map[string]string{
		`{`:                                     "line 1",
		"{\n\"maxCacheAge\":\"long\"}":          "line 2: ",
		`{"maxCacheAge":-1}`:                    "maxCacheAge: ",
		`{"maxCacheAge":31536001}`:              "a year",
		`{"cdnEnabled":true,"maxCacheAge":599}`: "600 s at least",
		`{"resourceState":"Asleep"}`:            "neither Running nor Stopped",
		`{"customHostNames":["a_b"]}`:           "no host name",
		`{"customHostNames":["a:80"]}`:          "no host name",
		`{"customHostNames":[""]}`:              "no host name",
		`{"crossSiteAccessPolicies":{"clientAccessPolicy":"<a>"}}`:                            "no XML",
		`{"crossSiteAccessPolicies":{"crossDomainPolicy":"all"}}`:                             "no XML",
		`{"accessControl":{"ip":{"allow":[{"address":"10.0.0"}]}}}`:                           "allow[0]",
		`{"accessControl":{"ip":{"allow":[{"address":"10.0.0.1","subnetPrefixLength":33}]}}}`: "between 0 and 32",
		`{"accessControl":{"akamai":{"akamaiSignatureHeaderAuthenticationKeyList":[]}}}`:      "Akamai",
		`{"scale":1}`: `"scale"`,
	} {
		if err := c.SetEndpoint([]byte(document)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %s", document, err, says)
		}
	}
}
