// Package watch follows folders that were opened: what appears, changes or
// goes in them is noticed soon after, on network drives, too.
//
//	folders.go   which folders, and what was found in them
//	follow.go    when to look again
package watch
