package subtitle

import (
	"bytes"
	"encoding/xml"
	"fmt"

	"manifold/packager/media"
)

// imsc writes IMSC1 text documents (W3C TTML Profiles for Internet Media Subtitles
// 1.1) of one track.
type imsc struct {
	language string
	look     *sheet
	markup   map[*media.Cue][]byte // content of the cues that were written and go on
}

// append appends a document with cues that are all seen in [from, to). Times are
// those of the presentation; cues that go on are cut, so that no player shows one
// twice.
func (d *imsc) append(dst []byte, list []*media.Cue, from, to int64) []byte {
	dst = append(dst, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" ttp:profile="http://www.w3.org/ns/ttml/profile/imsc1/text" ttp:timeBase="media" xml:lang="`...)
	dst = append(appendEscaped(dst, d.language), `">`...)
	if len(list) == 0 {
		return append(dst, "<body/></tt>"...)
	}
	regions := make(map[string]int) // settings to number
	dst = append(dst, `<head><layout>`...)
	for _, c := range list {
		if _, ok := regions[c.Settings]; !ok {
			regions[c.Settings] = len(regions)
			dst = appendRegion(dst, len(regions)-1, d.look.place(c.Settings))
		}
	}
	dst = append(dst, `</layout></head><body tts:fontFamily="proportionalSansSerif"><div>`...)
	for _, c := range list {
		dst = append(dst, `<p begin="`...)
		dst = appendClock(dst, max(c.Start, from))
		dst = append(dst, `" end="`...)
		dst = appendClock(dst, min(c.End, to))
		dst = fmt.Appendf(dst, `" region="r%d">`, regions[c.Settings])
		dst = append(append(dst, d.content(c)...), `</p>`...)
		if c.End <= to {
			delete(d.markup, c)
		}
	}
	return append(dst, `</div></body></tt>`...)
}

// content returns what stands in the paragraph of a cue. It is made once, however
// many fragments the cue goes on in.
func (d *imsc) content(c *media.Cue) []byte {
	b, ok := d.markup[c]
	if !ok {
		for _, p := range d.look.pieces(c.Text, d.look.cue(c.ID)) {
			b = appendPiece(b, p)
		}
		if d.markup == nil {
			d.markup = make(map[*media.Cue][]byte)
		}
		d.markup[c] = b
	}
	return b
}

func appendRegion(dst []byte, n int, p place) []byte {
	after := "before"
	if p.after {
		after = "after"
	}
	return fmt.Appendf(dst, `<region xml:id="r%d" tts:origin="%s %s" tts:extent="%s %s" tts:displayAlign="%s" tts:textAlign="%s"/>`,
		n, percent(p.left), percent(p.top), percent(p.width), percent(p.bottom-p.top), after, p.align)
}

func appendPiece(dst []byte, p piece) []byte {
	if p.text == "\n" {
		return append(dst, `<br/>`...)
	}
	if p.style == (style{}) {
		return appendEscaped(dst, p.text)
	}
	dst = append(dst, `<span`...)
	if p.bold {
		dst = append(dst, ` tts:fontWeight="bold"`...)
	}
	if p.italic {
		dst = append(dst, ` tts:fontStyle="italic"`...)
	}
	if p.underline {
		dst = append(dst, ` tts:textDecoration="underline"`...)
	}
	if p.colour != "" {
		dst = fmt.Appendf(dst, ` tts:color="%s"`, p.colour)
	}
	if p.background != "" {
		dst = fmt.Appendf(dst, ` tts:backgroundColor="%s"`, p.background)
	}
	dst = append(dst, '>')
	return append(appendEscaped(dst, p.text), `</span>`...)
}

func appendEscaped(dst []byte, s string) []byte {
	b := bytes.NewBuffer(dst)
	xml.EscapeText(b, []byte(s)) // a bytes.Buffer does not fail
	return b.Bytes()
}
