// Package origin puts HTTP in front of the engine: methods, CORS, conditional
// requests, encodings, ranges and cache headers. It maps errors to statuses
// and sentences, and knows nothing about media.
//
//	handler.go  a request from the address line to the answer
//	respond.go  headers and bodies of the kinds of answers
//	errors.go   errors in words
//	hosts.go    which Host headers are ours
//	endpoint.go settings of the streaming endpoint
//	stats.go    what was asked for
package origin
