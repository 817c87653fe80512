//go:build headless

package ui

import (
	"errors"

	"manifold/app/cli"
)

// Run says that there is no window in this program.
func Run(cli.WindowOptions) error {
	return errors.New("this program was built without its window; use manifold serve, or build it without -tags headless")
}
