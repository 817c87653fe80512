//go:build !headless

// Package ui is the desktop window of the program, or the sentence that there
// is none. It is the only one that knows the toolkit's driver.
package ui

import (
	"fmt"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"github.com/go-gl/glfw/v3.4/glfw"

	"manifold/app/cli"
	"manifold/app/workbench"
	"manifold/ui/window"
)

// id names the program to the desktop, as FyneApp.toml does.
const id = "io.github.manifold.Manifold"

// Run opens the window and returns when it is closed. When there is a window
// of the same data directory already it gets the paths instead.
func Run(o cli.WindowOptions) error {
	home, err := workbench.Home(o.Data)
	if err != nil {
		return err
	}
	var later func(paths []string)
	ready := make(chan struct{})
	instance, err := workbench.Claim(home, o.Paths, func(paths []string) {
		<-ready
		later(paths)
	})
	if err != nil {
		return fmt.Errorf("the data directory cannot be used: %w", err)
	}
	if instance == nil {
		return nil
	}
	defer instance.Close()
	closeLog, err := workbench.OpenLog(home, os.Stderr)
	if err != nil {
		return err
	}
	defer closeLog()
	report, ended, err := workbench.GuardCrashes(home)
	if err != nil {
		return err
	}
	a := app.NewWithID(id)
	a.SetIcon(window.Icon())
	w, err := window.New(a, home)
	if err != nil {
		return err
	}
	later = w.OpenElsewhere
	close(ready)
	if report != "" {
		w.Crashed(report)
	}
	a.Lifecycle().SetOnStarted(func() { w.Clamp(screen()) })
	w.Show(o.Paths)
	a.Run()
	w.Finish()
	ended()
	return nil
}

// screen returns the room for windows on the first screen, in pixels; zero
// where the system does not say. The toolkit itself does not tell.
func screen() fyne.Size {
	m := glfw.GetPrimaryMonitor()
	if m == nil {
		return fyne.Size{}
	}
	_, _, width, height := m.GetWorkarea()
	return fyne.NewSize(float32(width), float32(height))
}
