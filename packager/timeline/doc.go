// Package timeline puts the tracks of an asset on one clock and cuts them
// into fragments. It is the one place that knows where anything begins and
// ends: every manifest and every segment is written from what it leaves in
// the groups.
//
//	clock.go     which sample is the first, where zero is
//	video.go     fragments of whole GOPs, at sync samples that all renditions share
//	audio.go     fragments of equally many frames
//	text.go      the fragments of the picture
//	timeline.go  Plan: the steps in order
package timeline
