package media

// Format is the value of format= that selects a protocol and container, in
// its canonical spelling.
type Format string

// The on-demand formats.
const (
	HLSV3    Format = "m3u8-aapl-v3"
	HLSV4    Format = "m3u8-aapl"
	HLSCMAF  Format = "m3u8-cmaf"
	DASHCSF  Format = "mpd-time-csf"
	DASHCMAF Format = "mpd-time-cmaf"
	Smooth   Format = "fmp4"     // manifest 2.2; also without format=
	Smooth20 Format = "fmp4-v20" // manifest 2.0
)

// Target is what a URL asks for below its locator.
type Target uint8

// The targets.
const (
	Manifest Target = iota // MPD, master playlist or Smooth client manifest
	Level                  // HLS media playlist of one rendition
	Init                   // initialization segment
	Fragment               // media segment
	KeyFrame               // one key frame of an I-frame playlist
	Download               // a source file as it is
)

// Request is a parsed URL below a locator. Child URIs of a manifest repeat
// its parameters, so renderers take it too.
type Request struct {
	Base    string // address of the server that is asked, for absolute URLs; without a slash at the end
	Locator string // lower-case
	File    string // server manifest (".ism" included), or the file of a Download; unescaped
	Target  Target
	Format  Format // not of a Download

	Track   string // stream name, unescaped; not of a Manifest
	Bitrate int    // bit/s; not of a Manifest
	Time    int64  // ticks; of Fragment and KeyFrame

	KeyFrames  bool     // type=keyframes: the I-frame playlist of a Level
	AudioTrack string   // audioTrack=: what HLS V3 muxes; "" = default (manifest) or none (fragment)
	AudioOnly  *bool    // audio-only=, nil when not given
	Encryption string   // encryption=, canonical lower case; "" = none given
	Filters    []string // filter=a;b, in order
}
