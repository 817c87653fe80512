// Package ts writes MPEG-2 transport stream segments for HLS (ISO/IEC 13818-1,
// RFC 8216 §3.2): one stream of video, one of audio, or both interleaved. How a
// codec is carried is its row in package codec.
//
//	PAT PMT │ PES of the first picture │ PES of audio frames │ PES of a picture │ …
//
//	plan.go    which PES packets there are, in which order: a segment is planned
//	           twice, once to count its packets, once to write them
//	packet.go  PES packets cut into transport packets of 188 bytes
//	tables.go  PAT and PMT
//	segment.go the body: NAL units to byte streams, AAC to ADTS, other frames as they are
//
// Sizes are known before any media is read: start codes are as long as the
// four-byte lengths that they replace. Times: PTS = floor(p × 90000) + 10 s;
// DTS is ahead of it by a constant of the track. A segment keeps no state: the
// continuity counters of its streams start at 0, and the last PES packet of
// each is stretched until their packets are a multiple of 16, so that the next
// segment continues them.
package ts
