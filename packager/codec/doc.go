// Package codec reads what a sample entry says, and knows how each kind of
// container carries a codec: one file for each codec, one table that ties
// sample entry types to them.
//
//	codec.go     the table, and sample entries taken apart
//	carriage.go  how MPEG-2 TS and Smooth Streaming carry a codec, or why not
//	nal.go       codecs that are made of NAL units: delimiters, parameter sets
//	parts.go     codecs whose samples have parts: tiles of AV1, frames of VP9
//	visual.go    what all video has in common
//
// What fragmented MP4 needs is in every description: the sample entry itself.
package codec
