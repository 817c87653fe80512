// Package fault is the one error type of the packager. It is made where the
// kind is known, wrapped with %w above, mapped to an HTTP status in one table
// and to words only at the edges. Findings about an asset have the same shape.
package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Code names a failure as the streaming endpoint of Azure Media Services did;
// String puts "MPE_" in front.
type Code string

// Error is a failure that a user can act on.
type Error struct {
	Code   Code
	Where  string // file, box, byte offset, or the part of the URL; "" when there is no place
	What   string // one plain sentence without a full stop: what is wrong
	Advice string // one plain sentence: what to do; "" when there is nothing
	Err    error  // the cause, or nil
}

// New returns an error of the given code.
func New(code Code, where, what, advice string) *Error {
	return &Error{Code: code, Where: where, What: what, Advice: advice}
}

// Newf is New with a formatted sentence and no advice.
func Newf(code Code, where, format string, args ...any) *Error {
	return &Error{Code: code, Where: where, What: fmt.Sprintf(format, args...)}
}

// Error returns the sentence with its place and cause.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Where != "" {
		b.WriteString(e.Where)
		b.WriteString(": ")
	}
	b.WriteString(e.What)
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// As returns err as an *Error; anything else becomes Internal.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: Internal, What: "the request could not be answered", Advice: "See the log of the server.", Err: err}
}

// Sentence returns what is wrong with its cause, without the place. Paths on
// this machine do not leave the cause.
func (e *Error) Sentence() string {
	if e.Err == nil {
		return e.What
	}
	cause := e.Err
	var path *fs.PathError
	if errors.As(cause, &path) {
		cause = path.Err
	}
	return e.What + ": " + cause.Error()
}
