// Package protect encrypts what the packager delivers, on the way out.
//
//	scheme.go      the encryptions that URLs name
//	key.go         content keys, key IDs, initialization vectors
//	protection.go  what is encrypted with which key, and which systems are told
//	subsamples.go  which bytes of a sample are protected
//	sealer.go      encrypts the samples of a track in place: cenc, cbcs, piff
//	sampleaes.go   SAMPLE-AES of MPEG-2 TS
//	pssh.go        headers of protection systems; playready.go, widevine.go
//
// A key and an initialization vector never cover two plaintexts, and every
// server with the same files and keys gives the same bytes.
// ISO/IEC 23001-7, PIFF 1.1, Apple's MPEG-2 Stream Encryption Format for HLS.
package protect
