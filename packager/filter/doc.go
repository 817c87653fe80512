// Package filter holds dynamic manifests: which tracks and which stretch of
// time the manifests of an asset list. A filter never changes a segment.
//
//	filter.go     what a filter says
//	json.go       the JSON documents of Azure Media Services, read and checked
//	inline.go     a filter written out in a URL
//	document.go   one as an editor holds it, and writes it
//	apply.go      a presentation with less in it
//	translate.go  the syntaxes of other origins: unified.go, mediapackage.go, nginxvod.go
package filter
