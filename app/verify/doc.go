// Package verify reads what an origin serves, as a player would, and knows
// nothing of how it was made: it imports nothing of the packager. Its tests are
// the outside proof of the project.
//
//	Client.Open ─ master playlist, MPD, client manifest ─▶ Presentation
//	                hls.go  dash.go  smooth.go               of Renditions of Segments
//	Client.Read ─ one segment ─▶ Content: tracks of Packets
//	                fmp4.go  ts.go  adts.go
//	Picture, Frame ─ a packet's payload in one form whatever carried it
//	                h264.go  adts.go
//
// The readers are strict: what the standards forbid is an error, since a player
// somewhere stumbles over it.
package verify
