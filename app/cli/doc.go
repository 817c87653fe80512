// Package cli is the command line: serve, inspect, get, urls and filter over the same
// engine that the window has. Errors go to stderr in one line; the status is 2
// for wrong usage and 1 for what went wrong.
package cli
