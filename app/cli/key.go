package cli

import (
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/google/uuid"

	"manifold/app"
	"manifold/packager/catalog"
	"manifold/packager/cpix"
	"manifold/packager/protect"
)

// keyCommand is manifold key …: the content keys of the default locator of an
// asset.
type keyCommand struct {
	Set    keySet    `cmd:"" help:"Keep a content key for an asset."`
	List   keyList   `cmd:"" help:"The content keys of an asset."`
	Import keyImport `cmd:"" help:"Keep the content keys of a CPIX document."`
	Export keyExport `cmd:"" help:"Write the content keys of an asset as a CPIX document."`
}

// keyFlags name an asset.
type keyFlags struct {
	Path string `arg:"" help:"The asset: its folder or file."`
	Data string `placeholder:"DIR" help:"Where keys live (default: the user's data directory)."`
}

// open returns the catalog and the default locator of the asset.
func (f *keyFlags) open(r *run) (*catalog.Catalog, string, error) {
	return (&filterFlags{Asset: f.Path, Data: f.Data}).open(r)
}

// givenFlags say whose keys are given.
type givenFlags struct {
	keyFlags
	Policy  string `placeholder:"NAME" help:"Streaming policy that the asset is served under, to tell which keys it uses (default: Workbench)."`
	Replace bool   `help:"In place of other keys: whoever has licences for those cannot play any more."`
}

// keep keeps keys for the asset and tells those that its streaming policy does not
// use. used is the number of the others.
func (f *givenFlags) keep(r *run, keys ...catalog.ContentKey) (used int, policy string, err error) {
	cat, locator, err := f.open(r)
	if err != nil {
		return 0, "", err
	}
	p, err := cat.Policy(f.Policy)
	if err != nil {
		return 0, "", err
	}
	if err := cat.SetKeys(locator, f.Replace, keys...); err != nil {
		return 0, "", err
	}
	for _, k := range keys {
		if p.Uses(k.Scheme, k.Label) {
			used++
			continue
		}
		what := k.Scheme + " without a label"
		if k.Label != "" {
			what = fmt.Sprintf("%s with the label %q", k.Scheme, k.Label)
		}
		fmt.Fprintf(r.err, "manifold: the key %s is kept and not in force: the streaming policy %s has none for %s; serve the asset under one that has, with --policy\n", k.ID, p.Name, what)
	}
	return used, p.Name, nil
}

// families are the encryptions by their short names, as encryption= has them.
var families = map[string]protect.Scheme{"cbc": protect.Envelope, "cenc": protect.CENC, "cbcs": protect.CBCS}

type keySet struct {
	givenFlags
	Scheme string `required:"" enum:"cbc,cenc,cbcs" placeholder:"SCHEME" help:"What it encrypts with: cbc (AES-128), cenc (PIFF, too), cbcs."`
	Label  string `placeholder:"LABEL" help:"What it is for, where the streaming policy has several: video, audio, SD, HD, UHD."`
	ID     string `name:"id" placeholder:"GUID" help:"Its id (default: a new one)."`
	Value  string `arg:"" help:"The 16 bytes in hexadecimal digits or base64; - reads them from the standard input, which others on this machine cannot see."`
}

func (keySet) Help() string {
	return "Example: manifold key set movies/tears - --scheme cenc < key.hex"
}

func (c *keySet) Run(r *run) error {
	text := c.Value
	if text == "-" {
		b, err := readInput(r, "-")
		if err != nil {
			return err
		}
		text = string(b)
	}
	value, err := keyValue(strings.TrimSpace(text))
	if err != nil {
		return err
	}
	if c.ID == "" {
		c.ID = uuid.NewString()
	}
	_, _, err = c.keep(r, catalog.ContentKey{ID: c.ID, Scheme: families[c.Scheme].Family(), Label: c.Label, Value: value})
	return err
}

// keyValue reads the 16 bytes of a key. The error does not repeat them.
func keyValue(text string) ([]byte, error) {
	if b, err := hex.DecodeString(text); err == nil && len(b) == 16 {
		return b, nil
	}
	if b, err := base64.StdEncoding.DecodeString(text); err == nil && len(b) == 16 {
		return b, nil
	}
	return nil, app.Misuse("the value is neither 32 hexadecimal digits nor 16 bytes in base64")
}

type keyList struct {
	keyFlags
	JSON     bool `help:"Print JSON."`
	ShowKeys bool `help:"With their values."`
}

func (keyList) Help() string { return "Example: manifold key list movies/tears" }

func (c *keyList) Run(r *run) error {
	cat, locator, err := c.open(r)
	if err != nil {
		return err
	}
	keys, err := cat.Keys(locator)
	if err != nil {
		return err
	}
	if !c.ShowKeys {
		for i := range keys {
			keys[i].Value = nil
		}
	}
	if c.JSON {
		return app.WriteJSON(r.out, append([]catalog.ContentKey{}, keys...))
	}
	t := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	for _, k := range keys {
		fmt.Fprintln(t, strings.TrimRight(strings.Join([]string{k.Scheme, k.Label, k.ID, hex.EncodeToString(k.Value)}, "\t"), "\t"))
	}
	return t.Flush()
}

type keyImport struct {
	givenFlags
	File   string `arg:"" help:"CPIX document; - is the standard input."`
	Key    string `placeholder:"FILE" help:"RSA private key in PEM, of the recipient that the keys are encrypted for."`
	Scheme string `enum:",cbc,cenc,cbcs" default:"" placeholder:"SCHEME" help:"What keys are for that do not say it (default: cbc, AES-128)."`
}

func (keyImport) Help() string { return "Example: manifold key import movies/tears keys.xml" }

func (c *keyImport) Run(r *run) error {
	b, err := readInput(r, c.File)
	if err != nil {
		return err
	}
	var private *rsa.PrivateKey
	if c.Key != "" {
		if private, err = readPrivate(r, c.Key); err != nil {
			return err
		}
	}
	d, err := cpix.Read(b, private)
	if err != nil {
		return err
	}
	var keys []catalog.ContentKey
	otherIVs := false
	for _, k := range d.Keys {
		scheme, ok := families[k.Scheme]
		switch {
		case k.Scheme == "" && c.Scheme != "":
			scheme = families[c.Scheme]
		case k.Scheme == "":
			scheme = protect.Envelope
		case !ok:
			return fmt.Errorf("the key %s is for %q, which is not encrypted with here; it is cenc or cbcs", k.ID, k.Scheme)
		}
		keys = append(keys, catalog.ContentKey{ID: k.ID.String(), Scheme: scheme.Family(), Label: k.Label, Value: k.Value[:]})
		otherIVs = otherIVs || k.OtherIV
	}
	used, policy, err := c.keep(r, keys...)
	if err != nil {
		return err
	}
	for _, s := range d.Signatures {
		fmt.Fprintf(r.err, "manifold: signed by %q, certificate SHA-256 %X: %s\n", s.Signer.Subject.String(), sha256.Sum256(s.Signer.Raw), strings.Join(s.Covers, ", "))
	}
	if otherIVs {
		fmt.Fprintln(r.err, "manifold: explicitIV is not taken: initialization vectors are derived from keys, so that none is used twice")
	}
	fmt.Fprintf(r.err, "manifold: %d of %d content keys are in force under the streaming policy %s\n", used, len(keys), policy)
	return nil
}

type keyExport struct {
	engineFlags
	Path string `arg:"" help:"The asset: its folder or file."`
	File string `arg:"" help:"Where to write it, for its owner alone; - is the standard output."`
	For  string `placeholder:"FILE" help:"X.509 certificate in PEM, with an RSA key: only its owner can read the keys (default: everybody can)."`
}

func (keyExport) Help() string {
	return "Example: manifold key export movies/tears keys.xml --for packager.pem"
}

func (c *keyExport) Run(r *run) error {
	var to *x509.Certificate
	if c.For != "" {
		var err error
		if to, err = readCertificate(r, c.For); err != nil {
			return err
		}
	}
	s, entry, err := c.asset(r, "", c.Path)
	if err != nil {
		return err
	}
	d, err := s.CPIX(r, entry)
	if err != nil {
		return err
	}
	b, err := d.Write(to)
	if err != nil {
		return err
	}
	if c.File == "-" {
		_, err = r.out.Write(b)
		return err
	}
	return writePrivate(c.File, b)
}

// writePrivate writes a file that its owner alone can read, even where there was
// one that others could.
func writePrivate(file string, b []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if i, err := f.Stat(); err == nil && i.Mode().IsRegular() {
		if err := f.Chmod(0o600); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

// readPEM reads the first block of a PEM file.
func readPEM(ctx context.Context, file string) (*pem.Block, error) {
	b, err := readInput(ctx, file)
	if err != nil {
		return nil, err
	}
	p, _ := pem.Decode(b)
	if p == nil {
		return nil, fmt.Errorf("%s is no PEM file", file)
	}
	return p, nil
}

func readPrivate(ctx context.Context, file string) (*rsa.PrivateKey, error) {
	p, err := readPEM(ctx, file)
	if err != nil {
		return nil, err
	}
	if k, err := x509.ParsePKCS1PrivateKey(p.Bytes); err == nil {
		return k, nil
	}
	k, err := x509.ParsePKCS8PrivateKey(p.Bytes)
	if private, ok := k.(*rsa.PrivateKey); err == nil && ok {
		return private, nil
	}
	return nil, fmt.Errorf("%s has no RSA private key", file)
}

func readCertificate(ctx context.Context, file string) (*x509.Certificate, error) {
	p, err := readPEM(ctx, file)
	if err != nil {
		return nil, err
	}
	c, err := x509.ParseCertificate(p.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s has no certificate: %w", file, err)
	}
	return c, nil
}
