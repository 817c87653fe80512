// Package xray explains how answers of an origin are protected, from their bytes
// alone: where a key is named, what every protection system is told of it, and
// which bytes of a fragment are encrypted. It does not know who wrote them.
//
//	report.go     what is explained
//	manifest.go   keys in MPDs, HLS playlists and client manifests of Smooth Streaming
//	boxes.go      keys in initialization segments, the map of a fragment
//	piff.go       keys in fragments of PIFF 1.1
//	systems.go    what Widevine and PlayReady are told
package xray
