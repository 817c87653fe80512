package catalog

import "testing"

func FuzzParseLocator(f *testing.F) {
	f.Add([]byte(`{"properties":{"assetName":"a","streamingPolicyName":"p","startTime":"2021-01-01T00:00:00Z","contentKeys":[{"id":"x","value":"AAAA"}]}}`))
	f.Add([]byte(`{"path":"/a","streamingLocatorId":"0f0e0d0c-0b0a-4908-8706-050403020100","filters":["a"],"alternativeMediaId":"b"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := parseLocator("l", b)
		if err != nil {
			return
		}
		if d.asset == "" && d.path == "" || d.Policy.Name == "" || !d.End.IsZero() && !d.Start.Before(d.End) {
			t.Fatalf("%s is %+v", b, d)
		}
		_, _ = d.contentKeys(&policies[0])
	})
}

func FuzzParseEndpoint(f *testing.F) {
	f.Add([]byte(DefaultEndpoint))
	f.Add([]byte(`{"properties":{"accessControl":{"ip":{"allow":[{"address":"::1","subnetPrefixLength":8}]}},"crossSiteAccessPolicies":{"crossDomainPolicy":"<a/>"}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := parseEndpoint("", b); err == nil && (e.MaxAge < 0 || e.CDN && e.MaxAge < minCDNMaxAge || e.CrossDomainPolicy == "") {
			t.Fatalf("%s is %+v", b, e)
		}
	})
}
