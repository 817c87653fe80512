package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestErrorsSayPlaceSentenceAndCause(t *testing.T) {
	for _, c := range []struct {
		err  *Error
		want string
	}{
		{New(ResourceNotFound, "", "there is no such asset", "Check the URL."), "there is no such asset"},
		{New(ResourceNotFound, "a.mp4", "the file is not there", ""), "a.mp4: the file is not there"},
		{&Error{Where: "a.mp4", What: "the file could not be read", Err: io.ErrUnexpectedEOF}, "a.mp4: the file could not be read: unexpected EOF"},
		{Newf(Internal, "", "%d bytes", 3), "3 bytes"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestAsFindsTheErrorUnderOthers(t *testing.T) {
	e := &Error{Code: TrackNotFound, Err: io.EOF}
	if As(fmt.Errorf("opening: %w", e)) != e {
		t.Error("a wrapped error is not found")
	}
	if !errors.Is(e, io.EOF) {
		t.Error("the cause is not unwrapped")
	}
	other := As(io.EOF)
	if other.Code != Internal || !errors.Is(other, io.EOF) {
		t.Errorf("a foreign error becomes %v", other)
	}
}

func TestCodesHaveNameStatusAndNumber(t *testing.T) {
	for _, c := range []struct {
		code   Code
		name   string
		status int
		number uint32
	}{
		{BadURLSyntax, "MPE_BAD_URL_SYNTAX", 400, 0x80890201},
		{TrackNotFound, "MPE_EGRESS_TRACK_NOT_FOUND", 404, 0x80890209},
		{KeyFrameIntervalTooLarge, "MPE_KEY_FRAME_INTERVAL_TOO_LARGE", 415, 0x808901FE},
		{Internal, "MPE_INTERNAL_ERROR", 500, 0x808900F2},
		{Code("UNHEARD_OF"), "MPE_UNHEARD_OF", 500, 0x808900F2},
	} {
		if c.code.String() != c.name || c.code.Status() != c.status || c.code.Number() != c.number {
			t.Errorf("%s: %s, %d, %#x", c.code, c.code.String(), c.code.Status(), c.code.Number())
		}
	}
}

func TestSeverityIsTextBothWays(t *testing.T) {
	for s := Info; s <= Severe; s++ {
		text, err := s.MarshalText()
		var back Severity
		if err != nil || back.UnmarshalText(text) != nil || back != s {
			t.Errorf("%d becomes %q becomes %d", s, text, back)
		}
	}
	var s Severity
	if s.UnmarshalText([]byte("dreadful")) == nil {
		t.Error("an unknown severity is accepted")
	}
}
