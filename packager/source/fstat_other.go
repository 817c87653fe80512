//go:build unix && !(linux && (amd64 || arm64))

package source

import "golang.org/x/sys/unix"

func fstat(fd int, s *unix.Stat_t) error { return unix.Fstat(fd, s) }
