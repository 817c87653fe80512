package route

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// maxPath bounds the length of a path, in bytes.
const maxPath = 8 << 10

// Parse reads an escaped URL path, from the slash before the locator on.
// Query strings are not part of it. The error is BadURLSyntax, or
// ResourceNotFound when no locator can be meant.
func Parse(path string) (*media.Request, error) {
	if len(path) > maxPath {
		return nil, fault.Newf(fault.BadURLSyntax, "", "the path is longer than %d bytes", maxPath)
	}
	path = structural(path)
	locator, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	name, tail, below := strings.Cut(rest, "/")
	file, err := unescape(name, name)
	if err != nil {
		return nil, err
	}
	if locator == "" || file == "" {
		return nil, fault.New(fault.ResourceNotFound, path, "the path names no asset", "Paths look like /{locator}/{name}.ism/manifest(format=m3u8-cmaf).")
	}
	r := &media.Request{Locator: strings.ToLower(locator), File: file}
	if !strings.HasSuffix(strings.ToLower(file), ".ism") {
		if below {
			return nil, fault.New(fault.ResourceNotFound, path, "the path names no asset", "Files of an asset lie directly below the locator; manifests and segments below /{name}.ism/.")
		}
		r.Target = media.Download
		return r, nil
	}
	if !below || tail == "" {
		return nil, fault.New(fault.BadURLSyntax, file, "the URL ends at the server manifest", "Append /manifest or /manifest(format=m3u8-cmaf).")
	}
	if err := parseTail(r, tail); err != nil {
		return nil, err
	}
	return r, nil
}

// structural undoes the escapes of ( ) , = in the paths of clients that escape
// these, too. A path with literal parentheses keeps its escapes: they belong to
// names.
func structural(path string) string {
	if strings.Contains(path, "(") {
		return path
	}
	return escaped.Replace(path)
}

var escaped = strings.NewReplacer("%28", "(", "%29", ")", "%2C", ",", "%2c", ",", "%3D", "=", "%3d", "=", "%3B", ";", "%3b", ";")

func unescape(s, where string) (string, error) {
	u, err := url.PathUnescape(s)
	if err != nil {
		return "", fault.New(fault.BadURLSyntax, where, "a percent sign is not followed by two hexadecimal digits", "Write a percent sign as %25.")
	}
	return u, nil
}

// parseTail reads what follows the server manifest.
func parseTail(r *media.Request, tail string) error {
	parts := strings.Split(tail, "/")
	noun, list, err := call(parts[len(parts)-1])
	if err != nil {
		return err
	}
	switch {
	case len(parts) == 1 && noun == "manifest":
		r.Target, r.Format = media.Manifest, media.Smooth
		return parameters(r, list)
	case len(parts) != 2:
		return unknownTail(tail)
	}
	level, rate, err := call(parts[0])
	if err != nil {
		return err
	}
	if level != "qualitylevels" || len(rate) == 0 {
		return unknownTail(tail)
	}
	if r.Bitrate, err = bitrate(rate[0]); err != nil {
		return err
	}
	r.Format = media.Smooth
	switch noun {
	case "manifest":
		r.Target = media.Level
	case "fragments":
		r.Target = media.Fragment
	case "keyframes":
		r.Target = media.KeyFrame
	default:
		return unknownTail(tail)
	}
	if len(list) == 0 {
		return fault.New(fault.BadURLSyntax, parts[1], "the parentheses hold no track", "Name the track first, as in Manifest(video,format=m3u8-aapl).")
	}
	if err := address(r, list[0]); err != nil {
		return err
	}
	return parameters(r, list[1:])
}

func unknownTail(tail string) error {
	return fault.New(fault.BadURLSyntax, tail, "this is no manifest, level, fragment or key frame",
		"Tails are manifest(…), QualityLevels(n)/Manifest(track,…), QualityLevels(n)/Fragments(track=time,…) and QualityLevels(n)/KeyFrames(track=time,…).")
}

// call takes "Noun(a,b).suffix" apart. The noun is in lower case, the list is
// still escaped.
func call(s string) (noun string, list []string, err error) {
	body := s
	for _, suffix := range []string{".m3u8", ".mpd"} {
		if n := len(body) - len(suffix); n > 0 && strings.EqualFold(body[n:], suffix) {
			body = body[:n]
			break
		}
	}
	noun, inner, ok := strings.Cut(body, "(")
	if n, err := unescape(noun, s); err == nil {
		noun = n
	}
	noun = strings.ToLower(noun)
	if !ok {
		return noun, nil, nil
	}
	if at := strings.LastIndexByte(inner, ')'); at >= 0 && at < len(inner)-1 {
		return "", nil, fault.New(fault.BadURLSyntax, s, fmt.Sprintf("%q stands behind the parenthesis", inner[at+1:]), "Only .m3u8 or .mpd may, behind manifests.")
	}
	if !strings.HasSuffix(inner, ")") {
		return "", nil, fault.New(fault.BadURLSyntax, s, "a parenthesis is not closed", "Parentheses inside a track name are written %28 and %29.")
	}
	inner = strings.TrimSuffix(inner, ")")
	if inner == "" {
		return noun, nil, nil
	}
	for _, p := range strings.Split(inner, ",") {
		list = append(list, trim(p))
	}
	return noun, list, nil
}

// trim takes off spaces as they are written in paths.
func trim(s string) string {
	for {
		t := strings.TrimSuffix(strings.TrimPrefix(strings.Trim(s, " "), "%20"), "%20")
		if t == s {
			return t
		}
		s = t
	}
}

func bitrate(s string) (int, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || s[0] == '+' || s[0] == '-' {
		return 0, fault.New(fault.BadURLSyntax, "QualityLevels("+s+")", "this is no bitrate", "A bitrate is a whole number of bits per second; take it from the manifest.")
	}
	return int(n), nil
}

// address reads "track" of a level manifest or "track=time" of a segment.
func address(r *media.Request, s string) error {
	var err error
	if r.Target == media.Level {
		r.Track, err = unescape(s, s)
		return err
	}
	at := strings.LastIndexByte(s, '=')
	if at <= 0 {
		return fault.New(fault.BadURLSyntax, s, "the segment has no time", "Write track=time, as in Fragments(video=20000000).")
	}
	if r.Track, err = unescape(s[:at], s); err != nil {
		return err
	}
	if t := s[at+1:]; strings.EqualFold(t, "i") && r.Target == media.Fragment {
		r.Target = media.Init
	} else if r.Time, err = strconv.ParseInt(t, 10, 64); err != nil || r.Time < 0 || t[0] == '+' || t[0] == '-' {
		return fault.New(fault.BadURLSyntax, s, "this is no time", "A time is a whole number of 100 ns ticks from 0 on, or i for the initialization segment; take it from the manifest.")
	}
	return nil
}

// parameters reads key=value pairs. Keys are matched without case.
func parameters(r *media.Request, list []string) error {
	seen := make(map[string]bool)
	for _, s := range list {
		key, value, ok := strings.Cut(s, "=")
		if !ok {
			return fault.New(fault.BadURLSyntax, s, "this is no parameter", "Parameters are written name=value and separated by commas.")
		}
		value, err := unescape(trim(value), s)
		if err != nil {
			return err
		}
		key = strings.ToLower(trim(key))
		if seen[key] {
			return fault.New(fault.BadURLSyntax, s, fmt.Sprintf("the parameter %s is given twice", key), "Give every parameter once.")
		}
		seen[key] = true
		if err := parameter(r, key, value, s); err != nil {
			return err
		}
	}
	if r.KeyFrames && r.Target != media.Level {
		return fault.New(fault.BadURLSyntax, "type=keyframes", "only a level manifest has key frames", "Write QualityLevels(n)/Manifest(track,format=…,type=keyframes).")
	}
	return nil
}

func parameter(r *media.Request, key, value, where string) (err error) {
	switch key {
	case "format":
		r.Format, err = format(value, where)
		return err
	case "encryption":
		var known bool
		if r.Encryption, known = encryptions[strings.ToLower(value)]; !known {
			return fault.New(fault.BadURLSyntax, where, "there is no such encryption", "Encryptions are cbc, cenc, cbcs-aapl and piff.")
		}
	case "filter", "filtername":
		for _, f := range strings.Split(value, ";") {
			if f = strings.TrimSpace(f); f != "" {
				r.Filters = append(r.Filters, f)
			}
		}
	case "audiotrack":
		r.AudioTrack = value
	case "audio-only":
		on := strings.EqualFold(value, "true")
		if !on && !strings.EqualFold(value, "false") {
			return fault.New(fault.BadURLSyntax, where, "audio-only is neither true nor false", "Write audio-only=true or audio-only=false.")
		}
		r.AudioOnly = &on
	case "type":
		if !strings.EqualFold(value, "keyframes") {
			return fault.New(fault.BadURLSyntax, where, "there is no such type", "The only type is keyframes.")
		}
		r.KeyFrames = true
	default:
		return fault.New(fault.BadURLSyntax, where, "there is no such parameter", "Parameters are format, encryption, filter, audioTrack, audio-only and type.")
	}
	return nil
}

// encryptions are all spellings of encryption=.
var encryptions = map[string]string{"cbc": "cbc", "cenc": "cenc", "cbcs-aapl": "cbcs-aapl", "cbcs": "cbcs-aapl", "piff": "piff"}

// formats are all spellings of format=.
var formats = map[string]media.Format{
	"fmp4": media.Smooth, "fmp4-v20": media.Smooth20,
	"m3u8-aapl-v3": media.HLSV3, "m3u8-aapl": media.HLSV4, "m3u8-aapl-v4": media.HLSV4, "m3u8-cmaf": media.HLSCMAF,
	"mpd-time-csf": media.DASHCSF, "mpd-time-cmaf": media.DASHCMAF,
}

// retired are formats that once were answered.
var retired = map[string]string{
	"f4m-f4f":      "Adobe HDS is no longer delivered",
	"m3u8-aapl-v8": "HLS V8 is not delivered",
}

func format(value, where string) (media.Format, error) {
	v := strings.ToLower(value)
	if f, ok := formats[v]; ok {
		return f, nil
	}
	const advice = "Formats are m3u8-aapl-v3, m3u8-aapl, m3u8-cmaf, mpd-time-csf, mpd-time-cmaf, fmp4 and fmp4-v20; without format= it is Smooth Streaming."
	if what, ok := retired[v]; ok {
		return "", fault.New(fault.OutputFormatNotSupported, where, what, advice)
	}
	return "", fault.New(fault.BadURLSyntax, where, "there is no such format", advice)
}
