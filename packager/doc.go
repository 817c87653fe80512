// Package packager is the just-in-time packaging engine. Engine.Do is its one
// entry: the HTTP origin, the command line and the window all call it with the
// same request and get the same bytes.
//
//	request ─▶ library.go  which asset is meant, and its open version
//	        ─▶ engine.go   policy, format, ETag
//	        ─▶ answer.go   a manifest from the cache or rendered, or a segment
//	                       whose size is known and whose media is not read yet
package packager
