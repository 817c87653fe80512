//go:build !amd64 || purego

package aes128

func fast() bool { return false }

func wide() bool { return false }

func expand(*[16]byte, *[11 * BlockSize]byte) {}

func encrypt(*[11 * BlockSize]byte, *Chain, *byte, *byte, int, int) {}

func encryptLanes(*bundle, int, int) {}

func count(*[11 * BlockSize]byte, uint64, uint64, *byte, *byte, int) {}

func countWide(*[11 * BlockSize]byte, uint64, uint64, *byte, *byte, int) {}
