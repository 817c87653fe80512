package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/google/uuid"

	"manifold/app"
	"manifold/packager/catalog"
	"manifold/packager/keypolicy"
	"manifold/packager/protect"
)

// tokenCommand is manifold token: test tokens for key delivery.
type tokenCommand struct {
	Policy string            `arg:"" help:"Content key policy: keypolicies/NAME.json of the data directory."`
	KID    string            `name:"kid" placeholder:"GUID" help:"The only key that the token is for (default: every key)."`
	For    time.Duration     `default:"1h" placeholder:"TIME" help:"How long it is valid (default: ${default})."`
	Uses   int               `placeholder:"N" help:"How often it may be used (default: always)."`
	Claim  map[string]string `placeholder:"NAME=VALUE" help:"Further claims."`
	Key    string            `placeholder:"FILE" help:"Private key in PEM, where the policy has public keys."`
	Data   string            `placeholder:"DIR" help:"Data directory (default: the user's)."`
}

func (tokenCommand) Help() string { return "Example: manifold token mine --for 10m --uses 1" }

func (c *tokenCommand) Run(r *run) error {
	cat, err := openCatalog(c.Data)
	if err != nil {
		return err
	}
	p, err := cat.KeyPolicy(c.Policy)
	if err != nil {
		return err
	}
	now := time.Now()
	g := keypolicy.Grant{ID: uuid.NewString(), Until: now.Add(c.For), Uses: c.Uses, Claims: c.Claim}
	if c.KID != "" {
		id, err := protect.ParseKID(c.KID)
		if err != nil {
			return app.Misuse(fmt.Sprintf("--kid %s is no GUID", c.KID))
		}
		g.KID = &id
	}
	if c.Key != "" {
		if g.Private, err = os.ReadFile(c.Key); err != nil {
			var path *fs.PathError
			if errors.As(err, &path) {
				err = path.Err
			}
			return fmt.Errorf("%s cannot be read: %w", c.Key, err)
		}
	}
	token, err := p.Sign(g, now)
	if err == nil {
		fmt.Fprintln(r.out, token)
	}
	return err
}

// openCatalog opens the catalog of a data directory, "" for the user's.
func openCatalog(dir string) (*catalog.Catalog, error) {
	if dir == "" {
		var err error
		if dir, err = catalog.DefaultDirectory(); err != nil {
			return nil, err
		}
	}
	return catalog.Open(dir, "")
}
