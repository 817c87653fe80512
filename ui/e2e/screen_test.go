package e2e

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program is the path of the window under test.
var program string

// display is the screen that all flows share, ":7".
var display string

// browserLog is where the web browser of the flows writes what it is asked to
// open.
var browserLog string

// tools are what the flows are driven with.
var tools = []string{"Xvfb", "openbox", "xdotool", "xclip", "import", "convert"}

func TestMain(m *testing.M) {
	status, err := prepare(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		status = 1
	}
	os.Exit(status)
}

// prepare builds the program, starts the screen and runs the flows.
func prepare(m *testing.M) (int, error) {
	for _, t := range tools {
		if _, err := exec.LookPath(t); err != nil {
			return 0, fmt.Errorf("%s is needed: %w", t, err)
		}
	}
	dir, err := os.MkdirTemp("", "manifold-e2e-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "manifold")
	build := exec.Command("go", "build", "-buildvcs=false", "-tags", "x11,migrated_fynedo,e2e", "-o", program, "manifold")
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("building the window: %w\n%s", err, out)
	}
	if err := fakeBrowser(filepath.Join(dir, "bin")); err != nil {
		return 0, err
	}
	stop, err := startScreen()
	if err != nil {
		return 0, err
	}
	defer stop()
	return m.Run(), nil
}

// fakeBrowser puts commands that open URLs first in PATH: they write down what
// they are asked to open.
func fakeBrowser(bin string) error {
	if err := os.Mkdir(bin, 0o755); err != nil {
		return err
	}
	browserLog = filepath.Join(bin, "opened")
	script := fmt.Sprintf("#!/bin/sh\nprintf '%%s\\n' \"$1\" >>'%s'\n", browserLog)
	for _, name := range []string{"xdg-open", "x-www-browser", "www-browser"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			return err
		}
	}
	return os.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// startScreen starts an X server on a free display and a window manager.
func startScreen() (stop func(), err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1920x1080x24", "+extension", "GLX", "+extension", "RANDR", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		return nil, err
	}
	w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		end(x)
		return nil, fmt.Errorf("Xvfb has no display: %w", err)
	}
	display = ":" + strings.TrimSpace(line)
	wm := exec.Command("openbox")
	wm.Env = onScreen()
	if err := wm.Start(); err != nil {
		end(x)
		return nil, err
	}
	return func() { end(wm); end(x) }, nil
}

// onScreen is the environment of programs on our screen.
func onScreen(more ...string) []string {
	env := append(os.Environ(), "DISPLAY="+display, "LIBGL_ALWAYS_SOFTWARE=1", "FYNE_SCALE=1", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "WAYLAND_DISPLAY=")
	return append(env, more...)
}

// end ends a program that we started.
func end(c *exec.Cmd) {
	c.Process.Signal(syscall.SIGTERM) // fails when it ended by itself
	done := make(chan struct{})
	go func() { c.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		c.Process.Kill()
		<-done
	}
}

// tool runs a program on our screen and returns what it prints.
func tool(ctx context.Context, stdin io.Reader, name string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, name, args...)
	c.Env, c.Stdin = onScreen(), stdin
	out, err := c.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		err = fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return string(out), err
}
