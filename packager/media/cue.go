package media

// Cue is a piece of timed text.
type Cue struct {
	ID         string // by which a style may mean it; "" when it has none
	Start, End int64  // presentation time, ticks
	Settings   string // where it stands, as a WebVTT cue has it: "line:10% align:start", "region:a"; "" below in the middle
	Text       string // WebVTT cue text: lines, tags and character references
}
