package window

import (
	"fmt"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"manifold/assets"
	"manifold/packager/media"
	"manifold/ui/kit"
	look "manifold/ui/theme"
)

// L translates a text into the language of the system, where there is a
// translation. The keys are of this program alone: the toolkit has texts of its
// own for many of the same words.
func L(text string) string { return lang.X("manifold."+text, text) }

// translate makes the translations known to L.
func translate() {
	if err := lang.AddTranslationsFS(assets.Translations, "translations"); err != nil {
		panic(err) // they are part of the program, and tests read them
	}
}

// rate writes a bitrate short: "3.58 M", "128 k".
func rate(bits int) string {
	if bits >= 1e6 {
		return fmt.Sprintf("%.2f M", float64(bits)/1e6)
	}
	return fmt.Sprintf("%d k", (bits+500)/1000)
}

// bitrate writes a bitrate with its unit: "3.58 Mbit/s".
func bitrate(bits int64) string {
	if bits >= 1e6 {
		return fmt.Sprintf("%.2f Mbit/s", float64(bits)/1e6)
	}
	return fmt.Sprintf("%.1f kbit/s", float64(bits)/1e3)
}

// seconds writes ticks as seconds: "44.044 s".
func seconds(ticks int64) string {
	ms := ticks / 10_000
	sign := ""
	if ms < 0 {
		sign, ms = "−", -ms
	}
	return fmt.Sprintf("%s%d.%03d s", sign, ms/1000, ms%1000)
}

// clock writes ticks as a running time: "1:10.315".
func clock(ticks int64) string {
	ms := media.RescaleRound(max(0, ticks), 1000, media.TicksPerSecond)
	h, m, s := ms/3_600_000, ms/60_000%60, ms/1000%60
	if h > 0 {
		return fmt.Sprintf("%d:%02d:%02d.%03d", h, m, s, ms%1000)
	}
	return fmt.Sprintf("%d:%02d.%03d", m, s, ms%1000)
}

// grouped writes a number with commas: "561,204".
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	var b strings.Builder
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return sign + b.String()
}

// bytes writes a size: "561,204 B".
func bytes(n int64) string { return grouped(n) + " B" }

// count writes a number with a noun: "1 finding", "2 findings".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + L(one)
	}
	return fmt.Sprintf("%d %s", n, L(many))
}

// title names a track where its kind is plain to see: "960×540", "English".
func title(t *media.Track) string {
	if t.Kind == media.Video {
		return fmt.Sprintf("%d×%d", t.Codec.Width, t.Codec.Height)
	}
	if t.Label != "" {
		return t.Label
	}
	return language(t.Language)
}

// codecWords is the codec in a few words for narrow places: "H.264 High". The
// level, and that a baseline is constrained, as they all are, stand in the facts.
func codecWords(t *media.Track) string {
	words := strings.Replace(t.Codec.Words, "Constrained ", "", 1)
	if i := strings.LastIndexByte(words, ' '); t.Kind == media.Audio && i > 0 {
		return words[:i] // channels are facts, too
	}
	if i := strings.LastIndexByte(words, ' '); i > 0 && strings.ContainsAny(words[i:], "0123456789") {
		return words[:i]
	}
	return words
}

// languages of subtitles and sound that are met often, by ISO 639-1 and -2.
var languages = map[string]string{
	"en": "English", "eng": "English", "fr": "Français", "fra": "Français", "fre": "Français", "de": "Deutsch", "deu": "Deutsch", "ger": "Deutsch",
	"es": "Español", "spa": "Español", "it": "Italiano", "ita": "Italiano", "pt": "Português", "por": "Português", "nl": "Nederlands", "nld": "Nederlands",
	"dut": "Nederlands", "sv": "Svenska", "swe": "Svenska", "da": "Dansk", "dan": "Dansk", "no": "Norsk", "nor": "Norsk", "fi": "Suomi", "fin": "Suomi",
	"pl": "Polski", "pol": "Polski", "ru": "Русский", "rus": "Русский", "uk": "Українська", "ukr": "Українська", "tr": "Türkçe", "tur": "Türkçe",
	"cs": "Čeština", "ces": "Čeština", "cze": "Čeština", "hu": "Magyar", "hun": "Magyar", "el": "Ελληνικά", "ell": "Ελληνικά", "gre": "Ελληνικά",
}

// language writes a language in itself, or its code.
func language(code string) string {
	primary, _, _ := strings.Cut(code, "-")
	switch name := languages[strings.ToLower(primary)]; {
	case code == "" || code == "und":
		return L("unknown")
	case name == "":
		return code
	case primary != code:
		return name + " (" + code + ")"
	default:
		return name
	}
}

// ink is the colour of a kind of track, and mark its sign.
func ink(k media.Kind) fyne.ThemeColorName {
	return [...]fyne.ThemeColorName{media.Video: look.ColorNameVideo, media.Audio: look.ColorNameAudio, media.Text: look.ColorNameText}[k]
}

func mark(k media.Kind) kit.Mark {
	return kit.Mark{Shape: [...]kit.Shape{media.Video: kit.Frames, media.Audio: kit.Levels, media.Text: kit.Lines}[k], Ink: ink(k)}
}
