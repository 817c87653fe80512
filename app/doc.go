// Package app is the workbench without pixels: the engine, its server and
// pages put together, and what they say about assets as documents. The command
// line and the window are two faces of it.
//
//	service.go   engine + HTTP origin + pages on one address
//	document.go  the JSON that serve prints, and the start page
//	inspect.go   the JSON that inspect prints
//	sample.go    the sample asset on disk
package app
