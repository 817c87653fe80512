package workbench

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"

	"manifold/app"
)

// maxLog is the size from which a log file is put aside at a start.
const maxLog = 1 << 20

// LogPath returns the log file of a home.
func LogPath(home string) string { return filepath.Join(home, "manifold.log") }

// OpenLog sends the log to the file of a home and to standard error. The file
// before is kept when this one begins anew.
func OpenLog(home string, stderr io.Writer) (close func() error, err error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, err
	}
	path := LogPath(home)
	if i, err := os.Stat(path); err == nil && i.Size() > maxLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(io.MultiWriter(f, stderr), nil)))
	slog.Info("manifold "+app.Version, "home", home)
	return f.Close, nil
}

// GuardCrashes makes the runtime write what ends the program into a file of a
// home. It returns the report that the last run left, "" when it ended well,
// and what to call when this one ends well.
func GuardCrashes(home string) (report string, ended func(), err error) {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return "", nil, err
	}
	path := filepath.Join(home, "crash.txt")
	if i, err := os.Stat(path); err == nil && i.Size() > 0 {
		report = filepath.Join(home, "crash-"+i.ModTime().UTC().Format("20060102-150405")+".txt")
		if err := os.Rename(path, report); err != nil {
			return "", nil, fmt.Errorf("the report of a crash cannot be kept: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return report, nil, err
	}
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		f.Close()
		return report, nil, err
	}
	return report, func() {
		debug.SetCrashOutput(nil, debug.CrashOptions{}) // turning it off does not fail
		f.Close()
		os.Remove(path)
	}, nil
}
