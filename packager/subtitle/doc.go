// Package subtitle reads and writes timed text. Whatever a source is, its cues
// are kept as WebVTT has them (settings and cue text, W3C WebVTT §3), with its
// styles and regions; they are written as WebVTT segments for MPEG-2 TS and as
// IMSC1 documents for all else.
//
//	read.go    which reader a file or a sample is for, characters, lines
//	webvtt.go  WebVTT: documents, segments, samples (wvtt)
//	srt.go     SubRip
//	tx3g.go    3GPP timed text: samples
//	ttml.go    TTML, DFXP and IMSC1
//	paragraph.go  of TTML: a cue for each time in which the same of it is shown
//	imsc.go    IMSC1 documents, one for each fragment
//	sheet.go   STYLE blocks: how cues look, by selectors
//	region.go  REGION blocks, and where cues in them stand
//	markup.go  cue text as a sequence of styled pieces
//	colour.go  colours by name, by number and by class
//	place.go   cue settings as a place
package subtitle
