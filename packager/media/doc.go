// Package media holds the nouns of the packager and their arithmetic: the
// sample index of a track (Samples, Column), the clock that takes a track's
// own times to the one presentation timeline (Clock), and the presentation
// that manifests and segments are written from (Presentation, Group, Track).
//
// Everything here is immutable once built and does no work beyond arithmetic:
// a Request says what a URL asks for, others read and write URLs. Times on the presentation timeline are integers in ticks of
// TicksPerSecond; times inside a track are in that track's own timescale.
package media
