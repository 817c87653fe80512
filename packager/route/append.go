package route

import (
	"strconv"

	"manifold/packager/media"
)

// Append appends the URL of a request relative to its server manifest:
// "manifest(…)" or "QualityLevels(…)/…".
func Append(dst []byte, r *media.Request) []byte {
	if r.Target == media.Manifest {
		return appendManifest(dst, r)
	}
	return AppendTemplate(dst, r, strconv.Itoa(r.Bitrate), timeOf(r))
}

// AppendTemplate is Append for a level manifest or segment, with placeholders
// where the bitrate and the time stand.
func AppendTemplate(dst []byte, r *media.Request, bitrate, time string) []byte {
	dst = append(dst, "QualityLevels("...)
	dst = append(dst, bitrate...)
	dst = append(dst, ")/"...)
	return appendMedia(dst, r, time)
}

// AppendMedia appends the URL of a segment relative to its quality level, as
// media playlists have it: "Fragments(…)".
func AppendMedia(dst []byte, r *media.Request) []byte { return appendMedia(dst, r, timeOf(r)) }

func timeOf(r *media.Request) string {
	if r.Target == media.Init {
		return "i"
	}
	return strconv.FormatInt(r.Time, 10)
}

func appendManifest(dst []byte, r *media.Request) []byte {
	dst = append(dst, "manifest"...)
	at := len(dst)
	if r.Format != media.Smooth {
		dst = appendParameter(dst, "format=", string(r.Format))
	}
	if r.AudioTrack != "" {
		dst = appendParameter(dst, "audioTrack=", r.AudioTrack)
	}
	if r.AudioOnly != nil {
		dst = appendParameter(dst, "audio-only=", strconv.FormatBool(*r.AudioOnly))
	}
	dst = appendEncryption(dst, r)
	dst = appendFilters(dst, r)
	if len(dst) > at {
		dst[at] = '('
		dst = append(dst, ')')
	}
	return dst
}

func appendMedia(dst []byte, r *media.Request, time string) []byte {
	dst = append(append(dst, word(r.Target)...), '(')
	dst = AppendEscaped(dst, r.Track)
	if r.Target != media.Level {
		dst = append(dst, '=')
		dst = append(dst, time...)
	}
	if r.Format != media.Smooth && r.Format != media.Smooth20 {
		dst = appendParameter(dst, "format=", string(r.Format))
	}
	if r.AudioTrack != "" {
		dst = appendParameter(dst, "audiotrack=", r.AudioTrack)
	}
	if r.KeyFrames {
		dst = appendParameter(dst, "type=", "keyframes")
	}
	dst = appendEncryption(dst, r)
	if r.Target == media.Level { // filters never change a segment
		dst = appendFilters(dst, r)
	}
	return append(dst, ')')
}

func appendParameter(dst []byte, key, value string) []byte {
	dst = append(dst, ',')
	dst = append(dst, key...)
	return AppendEscaped(dst, value)
}

func appendEncryption(dst []byte, r *media.Request) []byte {
	if r.Encryption == "" {
		return dst
	}
	return appendParameter(dst, "encryption=", r.Encryption)
}

func appendFilters(dst []byte, r *media.Request) []byte {
	for i, f := range r.Filters {
		if i == 0 {
			dst = append(dst, ",filter="...)
		} else {
			dst = append(dst, ';')
		}
		dst = AppendEscaped(dst, f)
	}
	return dst
}

// AppendEscaped appends a name percent-encoded: everything but letters,
// digits, "-", ".", "_" and "~" (RFC 3986 §2.3), so that neither the grammar
// here nor the templates of DASH ($) and Smooth Streaming ({}) meet it.
func AppendEscaped(dst []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.', c == '_', c == '~':
			dst = append(dst, c)
		default:
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

// word is what URLs call a target below a quality level.
func word(t media.Target) string {
	switch t {
	case media.Level:
		return "Manifest"
	case media.KeyFrame:
		return "KeyFrames"
	}
	return "Fragments"
}
