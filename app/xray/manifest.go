package xray

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"regexp"
	"strings"
)

// manifest reads where an MPD, a playlist or a client manifest tells of keys.
func (r *Report) manifest(in string, text []byte) {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("#EXTM3U")) {
		r.playlist(in, string(text))
		return
	}
	x := xml.NewDecoder(bytes.NewReader(text))
	var set string           // of the MPD
	var of *xml.StartElement // the ContentProtection that is open
	content := ""
	for {
		token, err := x.Token()
		if err != nil {
			return
		}
		switch t := token.(type) {
		case xml.StartElement:
			content = ""
			switch t.Name.Local {
			case "AdaptationSet":
				set = attribute(t, "contentType")
			case "ContentProtection":
				of = &t
				if scheme := attribute(t, "schemeIdUri"); scheme == "urn:mpeg:dash:mp4protection:2011" {
					r.add(in, where(set, "mp4protection"), attribute(t, "value"), uuid(attribute(t, "default_KID")))
				}
			case "SegmentEncryption":
				r.add(in, where(set, t.Name.Local), attribute(t, "schemeIdUri"))
			case "CryptoPeriod", "CryptoTimeline":
				var kids []string
				if k := hexKey.FindString(attribute(t, "keyUriTemplate")); k != "" {
					kids = append(kids, uuid(k))
				}
				r.add(in, where(set, t.Name.Local), "key from "+attribute(t, "keyUriTemplate")+", IV "+attribute(t, "IV"), kids...)
			case "laurl":
				content = attribute(t, "licenseUrl")
			case "ProtectionHeader":
				of = &t
			}
		case xml.CharData:
			content += string(t)
		case xml.EndElement:
			content := strings.TrimSpace(content)
			switch t.Name.Local {
			case "pssh":
				r.base64Box(in, set, content)
			case "pro":
				data, _ := base64.StdEncoding.DecodeString(content)
				kids, says := told("PlayReady", data)
				r.add(in, where(set, "PlayReady object"), says, kids...)
			case "Laurl", "laurl":
				r.add(in, where(set, "licence server"), content)
			case "ProtectionHeader":
				name := systemName(attribute(*of, "SystemID"))
				data, err := base64.StdEncoding.DecodeString(content)
				kids, says := told(name, data)
				if box := psshIn(data); err == nil && box != nil {
					kids, says = append(box.kids, kids...), box.says
				}
				r.add(in, name+" header", says, kids...)
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// where puts the set of an MPD in front of what stands in it.
func where(set, what string) string {
	if set == "" {
		return what
	}
	return set + " " + what
}

// base64Box reads a pssh box that stands in a manifest.
func (r *Report) base64Box(in, set, content string) {
	data, err := base64.StdEncoding.DecodeString(content)
	box := psshIn(data)
	if err != nil || box == nil {
		r.add(in, where(set, "pssh"), "the box cannot be read")
		return
	}
	r.add(in, where(set, box.system+" pssh"), box.says, box.kids...)
}

var (
	hlsAttribute = regexp.MustCompile(`([A-Z0-9-]+)=("[^"]*"|[^,]*)`)
	hexKey       = regexp.MustCompile(`(?i)[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}`)
)

// hlsFormats names key formats of HLS that are no UUID.
var hlsFormats = map[string]string{"": "AES-128", "identity": "AES-128", "com.apple.streamingkeydelivery": "FairPlay", "com.microsoft.playready": "PlayReady", "org.w3.clearkey": "ClearKey"}

// playlist reads the EXT-X-KEY and EXT-X-SESSION-KEY tags of a playlist
// (RFC 8216 §4.3.2.4).
func (r *Report) playlist(in, text string) {
	seen := make(map[string]bool)
	for _, line := range strings.Split(text, "\n") {
		tag, list, _ := strings.Cut(line, ":")
		if tag != "#EXT-X-KEY" && tag != "#EXT-X-SESSION-KEY" || seen[line] {
			continue
		}
		seen[line] = true
		a := make(map[string]string)
		for _, m := range hlsAttribute.FindAllStringSubmatch(list, -1) {
			a[m[1]] = strings.Trim(m[2], `"`)
		}
		if a["METHOD"] == "NONE" {
			continue
		}
		format := strings.ToLower(a["KEYFORMAT"])
		name, ok := hlsFormats[format]
		if !ok {
			name = systemName(strings.TrimPrefix(format, "urn:uuid:"))
		}
		words := []string{a["METHOD"]}
		if a["IV"] != "" {
			words = append(words, "IV "+a["IV"])
		}
		var kids []string
		if k := a["KEYID"]; k != "" {
			kids = append(kids, uuid(k))
		}
		if _, data, ok := strings.Cut(a["URI"], ";base64,"); ok {
			raw, _ := base64.StdEncoding.DecodeString(data)
			more, says := told(name, raw)
			if box := psshIn(raw); box != nil {
				more, says = box.kids, box.says
			}
			kids, words = append(kids, more...), append(words, says)
		} else {
			if k := hexKey.FindString(a["URI"]); k != "" {
				kids = append(kids, uuid(k))
			}
			words = append(words, "key from "+a["URI"])
		}
		r.add(in, name+" key", strings.Join(words, ", "), kids...)
	}
}
