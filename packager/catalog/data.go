package catalog

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/google/uuid"

	"manifold/packager/fault"
)

// DefaultDirectory returns the data directory of the user: $MANIFOLD_DATA, or
// a folder where the system keeps the data of applications.
func DefaultDirectory() (string, error) {
	if dir := os.Getenv("MANIFOLD_DATA"); dir != "" {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	switch runtime.GOOS {
	case "windows":
		if dir := os.Getenv("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "Manifold"), nil
		}
		return filepath.Join(home, "AppData", "Local", "Manifold"), err
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "Manifold"), err
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "manifold"), nil
	}
	if err != nil {
		return "", fmt.Errorf("there is no home directory to keep data in (%w); name a folder with --data", err)
	}
	return filepath.Join(home, ".local", "share", "manifold"), nil
}

// secretName is the file with the secret of the installation: a random UUID
// that makes locators unguessable and keeps them from one start to the next.
const secretName = "installation"

// secret reads the secret of a data directory, or makes one.
func secret(dir string) (uuid.UUID, error) {
	path := filepath.Join(dir, secretName)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = createSecret(dir, path); err == nil {
			b, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return uuid.Nil, unusable(dir, err)
	}
	id, err := uuid.Parse(strings.TrimSpace(string(b)))
	if err != nil {
		return uuid.Nil, fault.New(fault.Internal, path, "the secret of the installation is not a UUID",
			"Restore the file from a copy, or delete it; without it all locators change.")
	}
	return id, nil
}

// createSecret writes a new secret. Two processes may do so at once: the one
// that links its file first wins, and both read that one.
func createSecret(dir, path string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	id, err := uuid.NewRandomFromReader(rand.Reader)
	if err != nil {
		return err
	}
	return createFile(path, []byte(id.String()+"\n"))
}

// createFile writes a file for its owner alone, unless there is one: of several
// that do so at once the first wins.
func createFile(path string, b []byte) error {
	written, err := writeBeside(path, ".new-*", b)
	if err != nil {
		return err
	}
	defer os.Remove(written)
	if err := os.Link(written, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return os.Rename(written, path) // a file system without hard links
	}
	return nil
}

// writeBeside writes a file of its own, for its owner alone, into the folder of
// another, and returns its path once it is whole on the disk.
func writeBeside(path, pattern string, b []byte) (written string, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), pattern) // mode 0600
	if err != nil {
		return "", err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return f.Name(), err
}

func unusable(dir string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	advice := "Name another folder with --data or MANIFOLD_DATA."
	if errors.Is(err, syscall.EMFILE) {
		advice = "Every asset has files open: allow more of them (ulimit -n), or serve fewer assets."
	}
	return &fault.Error{Code: fault.Internal, Where: dir, What: "the data directory cannot be used", Advice: advice, Err: err}
}
