//go:build !amd64

package cbc

func fast() bool { return false }

func expand(*[16]byte, *[11 * BlockSize]byte) {}

func encrypt(*[11 * BlockSize]byte, *Chain, *byte, *byte, int, int) {}
