// Package synth makes MP4 and QuickTime files for tests, in memory, from a
// description: any tables, any order, damaged where a test wants it. Payload
// bytes are made when they are read, so that a file of many gigabytes costs
// nothing, and tell which sample they belong to.
//
//	File, Track, Sample ─ Build ─▶ Movie: io.ReaderAt, Bytes, Sample, WriteTo
//	Golden ─▶ Set: the five renditions and the audio track of the documented manifests
package synth
