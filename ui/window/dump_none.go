//go:build !e2e

package window

import "manifold/app/workbench"

// dump does nothing: the state is told to tests of the whole program alone.
func (w *Window) dump(*workbench.State) {}
