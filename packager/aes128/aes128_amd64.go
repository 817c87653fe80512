//go:build !purego

package aes128

import "golang.org/x/sys/cpu"

// fast says whether the processor has the instructions that are used here.
func fast() bool { return cpu.X86.HasAES && cpu.X86.HasSSE41 }

// wide says whether it has them for four blocks at once.
func wide() bool {
	return fast() && cpu.X86.HasAVX512VAES && cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ
}

// expand writes the round keys of a key.
//
//go:noescape
func expand(key *[16]byte, rounds *[11 * BlockSize]byte)

// encrypt encrypts n blocks, at least one.
//
//go:noescape
func encrypt(rounds *[11 * BlockSize]byte, chain *Chain, dst, src *byte, n, step int)

// encryptLanes encrypts n blocks of each lane, at least one.
//
//go:noescape
func encryptLanes(b *bundle, n, step int)

// count encrypts n blocks, at least one, with the key stream of a vector as it
// lies in memory, from block next on.
//
//go:noescape
func count(rounds *[11 * BlockSize]byte, iv, next uint64, dst, src *byte, n int)

// countWide is count for a multiple of sixteen blocks, where wide.
//
//go:noescape
func countWide(rounds *[11 * BlockSize]byte, iv, next uint64, dst, src *byte, n int)
