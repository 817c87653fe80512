package cpix

import (
	"crypto"
	_ "crypto/sha256" // what digests are made with
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/xml"
	"errors"
	"fmt"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
	"github.com/russellhaering/goxmldsig/types"
)

// Signature is one that was verified (XML Signature Syntax and Processing 1.1). It
// says who wrote something, by the certificate that it brings; whether to trust that
// one is up to people.
type Signature struct {
	Signer *x509.Certificate
	Covers []string // the elements below CPIX that it covers; "CPIX" is all of them
}

// Bounds of documents with signatures, whose canonical form is made once for each
// reference.
const (
	maxReferences = 32
	maxDepth      = 64 // elements in each other
	maxPrefixes   = 64 // of namespaces
)

// unsigned is why a document with a signature is refused.
func unsigned(where string, err error) error {
	return wrong(where, "the signature cannot be verified: "+err.Error(), "Ask for the document again; nothing of it was taken.")
}

// verify verifies all signatures of a document; there may be none. Those cover the
// document, or lists in it by their id (CPIX: one for each list, and one for all).
func verify(b []byte) ([]Signature, error) {
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(b); err != nil || doc.Root() == nil {
		return nil, unsigned("", errors.New("the document cannot be read again"))
	}
	root := doc.Root()
	signed, err := signatures(root)
	if err != nil || len(signed) == 0 {
		return nil, err
	}
	var out []Signature
	covered := make(map[*etree.Element]bool)
	references := 0
	for i, el := range signed {
		where := fmt.Sprintf("Signature[%d]", i)
		certificate, info, err := signedInfo(el)
		if err != nil {
			return nil, unsigned(where, err)
		}
		if references += len(info.References); references > maxReferences {
			return nil, unsigned(where, fmt.Errorf("there are more than %d references", maxReferences))
		}
		s := Signature{Signer: certificate}
		for _, ref := range info.References {
			of, err := verifyReference(root, el, &ref)
			if err != nil {
				return nil, unsigned(where+" Reference URI="+ref.URI, err)
			}
			covered[of] = true
			s.Covers = append(s.Covers, of.Tag)
		}
		out = append(out, s)
	}
	return out, unmixed(root, covered)
}

// signatures returns the signatures of a document, and refuses one that would take
// forever to look at.
func signatures(root *etree.Element) ([]*etree.Element, error) {
	var out []*etree.Element
	prefixes := make(map[string]bool)
	deep := false
	var walk func(el *etree.Element, depth int)
	walk = func(el *etree.Element, depth int) {
		if deep = deep || depth > maxDepth; deep {
			return
		}
		for _, a := range el.Attr {
			if a.Space == "xmlns" {
				prefixes[a.Key] = true
			}
		}
		if el.Tag == dsig.SignatureTag && el.NamespaceURI() == dsig.Namespace {
			out = append(out, el)
		}
		for _, c := range el.ChildElements() {
			walk(c, depth+1)
		}
	}
	walk(root, 1)
	if deep || len(prefixes) > maxPrefixes {
		return nil, wrong("", fmt.Sprintf("more than %d elements stand in each other, or namespaces have more than %d prefixes", maxDepth, maxPrefixes), "")
	}
	for _, s := range out {
		if s.Parent() != root {
			return nil, unsigned("Signature", errors.New("it does not stand in CPIX itself"))
		}
	}
	return out, nil
}

// signedInfo verifies that what a signature says of digests was signed, and returns
// what was.
func signedInfo(el *etree.Element) (*x509.Certificate, *types.SignedInfo, error) {
	whole, err := canonical(el, dsig.CanonicalXML11AlgorithmId.String(), "")
	if err != nil {
		return nil, nil, err
	}
	var s types.Signature
	if err := xml.Unmarshal(whole, &s); err != nil {
		return nil, nil, err
	}
	var infos []*etree.Element
	for _, c := range el.ChildElements() {
		if c.Tag == dsig.SignedInfoTag {
			infos = append(infos, c)
		}
	}
	switch {
	case len(infos) != 1 || s.SignedInfo == nil || s.SignatureValue == nil:
		return nil, nil, errors.New("it has not one SignedInfo and a SignatureValue")
	case s.KeyInfo == nil || len(s.KeyInfo.X509Data.X509Certificates) == 0:
		return nil, nil, errors.New("it does not bring the certificate of its signer")
	}
	der, err := decoded(s.KeyInfo.X509Data.X509Certificates[0].Data)
	if err != nil {
		return nil, nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	algorithm, ok := signatureAlgorithm(s.SignedInfo.SignatureMethod.Algorithm)
	if !ok {
		return nil, nil, fmt.Errorf("the algorithm %q is not supported", s.SignedInfo.SignatureMethod.Algorithm)
	}
	text, err := canonical(infos[0], s.SignedInfo.CanonicalizationMethod.Algorithm, "")
	if err != nil {
		return nil, nil, err
	}
	value, err := decoded(s.SignatureValue.Data)
	if err != nil {
		return nil, nil, err
	}
	if err := certificate.CheckSignature(algorithm, text, value); err != nil {
		return nil, nil, errors.New("it is not that of its certificate")
	}
	info := &types.SignedInfo{} // read from the very bytes that were signed
	if err := xml.Unmarshal(text, info); err != nil {
		return nil, nil, err
	}
	if len(info.References) == 0 {
		return nil, nil, errors.New("it covers nothing")
	}
	return certificate, info, nil
}

// verifyReference verifies the digest of what a reference is to, and returns that.
func verifyReference(root, signature *etree.Element, ref *types.Reference) (*etree.Element, error) {
	of, err := referenced(root, ref.URI)
	if err != nil {
		return nil, err
	}
	el, method, prefixes := of, dsig.CanonicalXML10RecAlgorithmId.String(), "" // §4.4.3.2: without a transform
	for _, t := range ref.Transforms.Transforms {
		if t.Algorithm != dsig.EnvelopedSignatureAltorithmId.String() {
			method = t.Algorithm
			if t.InclusiveNamespaces != nil {
				prefixes = t.InclusiveNamespaces.PrefixList
			}
			continue
		}
		if of != root {
			return nil, errors.New("the signature does not stand in what it covers")
		}
		el = root.Copy()
		el.RemoveChildAt(signature.Index())
	}
	hash, ok := digest(ref.DigestAlgo.Algorithm)
	if !ok {
		return nil, fmt.Errorf("the digest %q is not supported", ref.DigestAlgo.Algorithm)
	}
	text, err := canonical(el, method, prefixes)
	if err != nil {
		return nil, err
	}
	want, err := decoded(ref.DigestValue)
	if err != nil {
		return nil, err
	}
	h := hash.New()
	h.Write(text)
	if string(h.Sum(nil)) != string(want) {
		return nil, errors.New("the " + of.Tag + " was changed after it was signed")
	}
	return of, nil
}

// referenced returns what a reference within the document is to: CPIX, or the one
// element below it that has an id.
func referenced(root *etree.Element, uri string) (*etree.Element, error) {
	if uri == "" {
		return root, nil
	}
	var found []*etree.Element
	for _, el := range append([]*etree.Element{root}, root.ChildElements()...) {
		if id := el.SelectAttrValue("id", ""); id != "" && uri == "#"+id {
			found = append(found, el)
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d elements of CPIX have this id, not one", len(found))
	}
	return found[0], nil
}

// unmixed refuses lists that somebody put beside one that is signed: nobody could tell
// what of both is.
func unmixed(root *etree.Element, covered map[*etree.Element]bool) error {
	if covered[root] {
		return nil
	}
	tags := make(map[string]bool)
	for el := range covered {
		tags[el.Tag] = true
	}
	for _, el := range root.ChildElements() {
		if tags[el.Tag] && !covered[el] {
			return unsigned(el.Tag, errors.New("there is another one that it does not cover"))
		}
	}
	return nil
}

// canonical is the canonical form of an element where it stands, without comments as
// references have it (§4.4.3.3).
func canonical(el *etree.Element, method, prefixes string) ([]byte, error) {
	var c dsig.Canonicalizer
	switch dsig.AlgorithmID(method) {
	case dsig.CanonicalXML10ExclusiveAlgorithmId:
		c = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList(prefixes)
	case dsig.CanonicalXML10RecAlgorithmId:
		c = dsig.MakeC14N10RecCanonicalizer()
	case dsig.CanonicalXML11AlgorithmId:
		c = dsig.MakeC14N11Canonicalizer()
	default:
		return nil, fmt.Errorf("the transform %q is not supported", method)
	}
	around, err := etreeutils.NSBuildParentContext(el)
	if err != nil {
		return nil, err
	}
	alone, err := etreeutils.NSDetatch(around, el)
	if err != nil {
		return nil, err
	}
	return c.Canonicalize(alone)
}

// signatureAlgorithm returns one of those that CPIX documents are signed with.
func signatureAlgorithm(uri string) (x509.SignatureAlgorithm, bool) {
	switch uri {
	case dsig.RSASHA256SignatureMethod:
		return x509.SHA256WithRSA, true
	case dsig.RSASHA384SignatureMethod:
		return x509.SHA384WithRSA, true
	case dsig.RSASHA512SignatureMethod:
		return x509.SHA512WithRSA, true
	}
	return 0, false
}

func digest(uri string) (crypto.Hash, bool) {
	switch uri {
	case "http://www.w3.org/2001/04/xmlenc#sha256":
		return crypto.SHA256, true
	case "http://www.w3.org/2001/04/xmldsig-more#sha384":
		return crypto.SHA384, true
	case "http://www.w3.org/2001/04/xmlenc#sha512":
		return crypto.SHA512, true
	}
	return 0, false
}
