//go:build !linux

package origin

import "net"

// quickly reads and writes as package net does.
type quickly struct{}

func quick(*net.TCPConn) quickly { return quickly{} }

func (quickly) read(c *net.TCPConn, p []byte) (int, error) { return c.Read(p) }

func (quickly) write(c *net.TCPConn, pieces [][]byte) error {
	b := net.Buffers(pieces)
	_, err := b.WriteTo(c)
	return err
}
