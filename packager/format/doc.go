// Package format is the table of output formats: which selector has which
// manifests, segments and content types. It is the one place to add a format.
//
//	table.go    one row for each format
//	carry.go    which tracks a format has a place for
//	ts.go       MPEG-2 TS segments: groups of fragments, muxed audio
//	fmp4.go     CSF, CMAF and Smooth segments: one fragment each
package format
