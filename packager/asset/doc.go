// Package asset finds the sets of files that belong together and turns each
// into a presentation. All that it knows comes from file names, server
// manifests and the tables of the files; what cannot be served becomes a
// finding, and the rest is served.
//
//	folder or file ─ find.go, cluster.go ─▶ Set ─ asset.go ─▶ Asset
//	                                    ism.go     the server manifest (.ism)
//	                                    tracks.go  the tracks that the files hold
//	                                    groups.go  names, switching sets
//	                                    copies.go  audio that is muxed into several files
package asset
