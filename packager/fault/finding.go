package fault

import "fmt"

// Severity says how bad a finding is.
type Severity uint8

// From worth knowing to not served.
const (
	Info Severity = iota
	Warning
	Severe
)

// String returns the severity as JSON writes it.
func (s Severity) String() string { return [...]string{"info", "warning", "error"}[s] }

// MarshalText implements encoding.TextMarshaler.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Severity) UnmarshalText(b []byte) error {
	for v := Info; v <= Severe; v++ {
		if v.String() == string(b) {
			*s = v
			return nil
		}
	}
	return fmt.Errorf("%q is no severity", b)
}

// Finding is something that a user should know about an asset.
type Finding struct {
	Severity Severity `json:"severity"`
	Code     string   `json:"code"`  // stable, "gop-misaligned"
	Where    string   `json:"where"` // "b.mp4 track 1 sample 120"
	Message  string   `json:"message"`
	Affects  string   `json:"affects,omitempty"` // formats and players
	Advice   string   `json:"advice,omitempty"`
}

// Finding makes a finding of an error: nothing that it concerns can be served.
func (e *Error) Finding(affects string) Finding {
	return Finding{Severity: Severe, Code: e.findingCode(), Where: e.Where, Message: e.Sentence(), Affects: affects, Advice: e.Advice}
}

func (e *Error) findingCode() string {
	switch e.Code {
	case KeyFrameIntervalTooLarge:
		return "key-frame-interval"
	case MediaEntryNotFound:
		return "missing-file"
	case VideoEncodingNotSupported, AudioEncodingNotSupported, MediaTypeNotSupported:
		return "unsupported-codec"
	case AlreadyEncrypted:
		return "encrypted-source"
	}
	return "unreadable"
}
