package proof

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the headless build that the proof runs against.
var program string

// made is the folder of media sets, good and broken.
const made = "../../../testdata/.made"

// TestMain makes the media sets, builds the program without a window and serves
// the good sets for all tests.
func TestMain(m *testing.M) {
	os.Exit(prepare(m))
}

func prepare(m *testing.M) int {
	dir, err := os.MkdirTemp("", "manifold-proof")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "manifold")
	build := exec.Command("go", "build", "-buildvcs=false", "-tags", "headless", "-o", program, "../../..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	for _, cmd := range []*exec.Cmd{exec.Command("../../../testdata/make.sh"), build} {
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Run(); err != nil {
			fmt.Fprintln(os.Stderr, cmd, err)
			return 1
		}
	}
	shared, err = start(filepath.Join(dir, "data"), filepath.Join(made, "good"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}
