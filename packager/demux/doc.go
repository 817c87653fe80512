// Package demux reads MP4 and QuickTime files into tracks with a sample index
// (ISO/IEC 14496-12). It is the only reader of untrusted media: it walks the
// boxes itself, reads nothing but moov and moof, takes the sample tables through
// a small buffer straight into columns and checks each against the others.
// Memory follows the number of samples that the file really describes, never
// a number that a box claims.
//
//	file ─ boxes.go ─▶ moov ─ movie.go ─▶ trak ─ track.go ─▶ stbl ─ tables.go ─▶ index.go ─▶ media.Samples
//	                ╰▶ moof ─ fragments.go ───────────────────────────────────────╯
//
// Movie fragments (CMAF, DASH, Smooth Streaming's ismv) and tables end in the
// same index, so that nothing behind this package can tell how a file was
// written. A track counts its decode times from its first sample; what the
// first fragment states is in its clock.
package demux
