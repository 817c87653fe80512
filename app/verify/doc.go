// Package verify reads what an origin serves, as a player would, and knows
// nothing of how it was made: it imports nothing of the packager. The outside
// proof of the project, package proof below, stands on it.
//
//	Client.Open ─ master playlist, MPD, client manifest ─▶ Presentation
//	                hls.go  dash.go  smooth.go               of Renditions of Segments
//	Reader.Read ─ one segment ─▶ Content: tracks of Packets
//	                fmp4.go  ts.go  adts.go
//	Picture ─ a packet's payload in one form whatever carried it
//	                h264.go
//
// The readers are strict: what the standards forbid is an error, since a player
// somewhere stumbles over it.
package verify
