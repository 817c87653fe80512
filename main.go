// Manifold is a workbench and just-in-time packaging origin for streaming
// video: one MP4 set in, every streaming format out.
package main

import (
	"os"

	"manifold/app/cli"
	"manifold/ui"
)

func main() { os.Exit(cli.Main(os.Args[1:], ui.Run)) }
