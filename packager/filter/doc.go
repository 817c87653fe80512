// Package filter holds dynamic manifests: which tracks and which stretch of
// time the manifests of an asset list. A filter never changes a segment.
//
//	filter.go  what a filter says
//	json.go    the JSON documents of Azure Media Services, read and checked
//	apply.go   a presentation with less in it
package filter
