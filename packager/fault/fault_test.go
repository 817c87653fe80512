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
		{FilterInvalid, "MPE_FILTER_INVALID", 415, 0x80890236},
		{FilterVersion, "MPE_FILTER_VERSION_INVALID", 415, 0x80890237},
		{FilterType, "MPE_FILTER_TYPE_INVALID", 415, 0x80890238},
		{FilterRange, "MPE_FILTER_RANGE_ATTRIBUTE_INVALID", 415, 0x80890239},
		{FilterTrack, "MPE_FILTER_TRACK_ATTRIBUTE_INVALID", 415, 0x8089023A},
		{FilterWindow, "MPE_FILTER_PRESENTATION_WINDOW_INVALID", 415, 0x8089023B},
		{FilterBackoff, "MPE_FILTER_LIVE_BACKOFF_INVALID", 415, 0x8089023C},
		{FilterTwice, "MPE_FILTER_MULTIPLE_SAME_TYPE_FILTERS", 415, 0x8089023D},
		{FilterRemovedAll, "MPE_FILTER_REMOVED_ALL_STREAMS", 415, 0x8089023E},
		{FilterBackoffOverDVR, "MPE_FILTER_LIVE_BACKOFF_OVER_DVRWINDOW", 415, 0x8089023F},
		{FilterCount, "MPE_FILTER_COMPOSITION_FILTER_COUNT_OVER_LIMIT", 415, 0x80890246},
		{FilterFirstQualities, "MPE_FILTER_COMPOSITION_MULTIPLE_FIRST_QUALITY_OPERATOR_NOT_ALLOWED", 415, 0x80890248},
		{FilterFirstQuality, "MPE_FILTER_FIRST_QUALITY_ATTRIBUTE_INVALID", 415, 0x80890249},
		{FilterBackoffOverWindow, "MPE_FILTER_LIVE_BACKOFF_OVER_PRESENTATION_WINDOW", 415, 0x80890262},
		{FilterForcedEnd, "MPE_FILTER_FORCE_END_LEFT_EDGE_CROSSED_DVR_WINDOW", 410, 0x80890263},
		{FilterNotFound, "MPE_EGRESS_FILTER_NOT_FOUND", 404, 0x8089020C},
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
