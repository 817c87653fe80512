package workbench

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"manifold/packager/catalog"
	"manifold/packager/fault"
	"manifold/packager/keypolicy"
)

// Document is a document of the data directory: a locator, a policy, the endpoint.
type Document = catalog.Document

// DocumentKind is a kind of them.
type DocumentKind = catalog.Kind

// DocumentKinds are the kinds of documents that are edited as text, in the order
// in which they are shown.
var DocumentKinds = []DocumentKind{Locators, Policies, KeyPolicies, Endpoint}

// The kinds.
const (
	Locators    = catalog.Locators
	Policies    = catalog.Policies
	KeyPolicies = catalog.KeyPolicies
	Endpoint    = catalog.Settings
)

// Documents reads all documents of the data directory, and hands them on.
func (w *Workbench) Documents(then func([]Document, error)) {
	w.goDo(func() {
		var out []Document
		c := w.service.engine().Catalog()
		for _, k := range DocumentKinds {
			list, err := c.Documents(k)
			if err != nil {
				then(nil, err)
				return
			}
			out = append(out, list...)
		}
		then(out, nil)
	})
}

// KeepDocument checks a document and keeps it. then is told what is wrong with
// it, nil when nothing is.
func (w *Workbench) KeepDocument(d Document, then func(error)) {
	w.goDo(func() {
		err := w.service.engine().Catalog().Keep(d)
		if err == nil {
			w.readAllPublished()
			w.Say(fault.Info, "%s saved", d.Name)
		}
		then(err)
	})
}

// DeleteDocument deletes a document.
func (w *Workbench) DeleteDocument(d Document, then func(error)) {
	w.goDo(func() {
		err := w.service.engine().Catalog().Delete(d.Kind, d.Name)
		if err == nil {
			w.readAllPublished()
			w.Say(fault.Info, "%s deleted", d.Name)
		}
		then(err)
	})
}

// PolicyNames hands on the names of streaming and of content key policies that
// default locators can have.
func (w *Workbench) PolicyNames(then func(streaming, keys []string)) {
	w.goDo(func() {
		c := w.service.engine().Catalog()
		then(c.PolicyNames(), c.KeyPolicyNames())
	})
}

// tokenLasts is how long a test token is valid.
const tokenLasts = 12 * time.Hour

// TestToken makes a token with which players get all keys under a content key
// policy for some hours.
func (w *Workbench) TestToken(policy string, then func(token string, err error)) {
	w.goDo(func() {
		p, err := w.service.engine().Catalog().KeyPolicy(policy)
		token := ""
		if err == nil {
			now := time.Now()
			token, err = p.Sign(keypolicy.Grant{Until: now.Add(tokenLasts)}, now)
		}
		if err == nil {
			w.Say(fault.Info, "A token for %s, valid for %d hours, is in the clipboard", policy, int(tokenLasts.Hours()))
		}
		then(token, err)
	})
}

// NewDocument returns the beginning of a document of a kind: one that can be
// saved as it is, for the asset that is chosen.
func (s *State) NewDocument(k DocumentKind) Document {
	d := Document{Kind: k}
	switch k {
	case Locators:
		path := "/"
		if a := s.Chosen(); a != nil {
			path = a.Path
		}
		quoted, _ := json.Marshal(path) // a string can be written
		d.Name, d.Text = "locator", fmt.Appendf(nil, `{
  "path": %s,
  "streamingPolicyName": "Predefined_ClearStreamingOnly",
  "filters": []
}
`, quoted)
	case Policies:
		d.Name, d.Text = "policy", []byte(`{
  "noEncryption": {
    "enabledProtocols": { "download": false, "dash": true, "hls": true, "smoothStreaming": true }
  },
  "commonEncryptionCenc": {
    "enabledProtocols": { "dash": true, "smoothStreaming": true },
    "clearKeyEncryptionConfiguration": {}
  }
}
`)
	case KeyPolicies:
		secret := make([]byte, 32)
		rand.Read(secret)
		d.Name, d.Text = "viewers", fmt.Appendf(nil, `{
  "options": [ {
    "configuration": { "@odata.type": "#Microsoft.Media.ContentKeyPolicyClearKeyConfiguration" },
    "restriction": {
      "@odata.type": "#Microsoft.Media.ContentKeyPolicyTokenRestriction",
      "restrictionTokenType": "Jwt",
      "issuer": "urn:me",
      "audience": "urn:viewers",
      "primaryVerificationKey": {
        "@odata.type": "#Microsoft.Media.ContentKeyPolicySymmetricTokenKey",
        "keyValue": "%s"
      }
    }
  } ]
}
`, base64.StdEncoding.EncodeToString(secret))
	}
	return d
}
