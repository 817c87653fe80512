package xray

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"google.golang.org/protobuf/encoding/protowire"
)

// systems names protection systems by their identifiers.
var systems = map[string]string{
	"edef8ba9-79d6-4ace-a3c8-27dcd51d21ed": "Widevine",
	"9a04f079-9840-4286-ab92-e65be0885f95": "PlayReady",
	"1077efec-c0b2-4d02-ace3-3c1e52e2fb4b": "W3C common",
	"e2719d58-a985-b3c9-781a-b030af78d30e": "ClearKey",
	"94ce86fb-07ff-4f43-adb8-93d2fa968ca2": "FairPlay",
}

// systemName names a protection system; an unknown one keeps its identifier.
func systemName(id string) string {
	id = uuid(id)
	if name := systems[id]; name != "" {
		return name
	}
	return id
}

// told reads the data that a system gets in a pssh box or a manifest: the keys
// in it, and what else it says.
func told(system string, data []byte) (kids []string, says string) {
	switch system {
	case "Widevine":
		return widevine(data)
	case "PlayReady":
		return playReady(data)
	}
	if len(data) > 0 {
		says = fmt.Sprintf("%d bytes", len(data))
	}
	return nil, says
}

// widevine reads a WidevinePsshData message: key_id (2), provider (3),
// content_id (4), protection_scheme (9), the last as the four letters of schm.
func widevine(data []byte) (kids []string, says string) {
	var words []string
	for len(data) > 0 {
		number, kind, n := protowire.ConsumeTag(data)
		if n < 0 {
			return kids, "the message cannot be read"
		}
		data = data[n:]
		switch kind {
		case protowire.BytesType:
			v, n := protowire.ConsumeBytes(data)
			if n < 0 {
				return kids, "the message cannot be read"
			}
			data = data[n:]
			switch number {
			case 2:
				kids = append(kids, uuid(hex.EncodeToString(v)))
			case 3:
				words = append(words, fmt.Sprintf("provider %q", v))
			case 4:
				words = append(words, "content "+hex.EncodeToString(v))
			}
		case protowire.VarintType:
			v, n := protowire.ConsumeVarint(data)
			if n < 0 {
				return kids, "the message cannot be read"
			}
			data = data[n:]
			switch {
			case number == 9:
				words = append(words, string(binary.BigEndian.AppendUint32(nil, uint32(v))))
			case number == 1 && v == 1:
				words = append(words, "AES-CTR")
			}
		default:
			n := protowire.ConsumeFieldValue(number, kind, data)
			if n < 0 {
				return kids, "the message cannot be read"
			}
			data = data[n:]
		}
	}
	return kids, strings.Join(words, ", ")
}

// playReady reads a PlayReady object ("PlayReady Header Object", Microsoft): its
// records, of which the first type is a WRMHEADER in UTF-16.
func playReady(data []byte) (kids []string, says string) {
	if len(data) < 6 || int(binary.LittleEndian.Uint32(data)) != len(data) {
		return nil, "the object cannot be read"
	}
	records := int(binary.LittleEndian.Uint16(data[4:]))
	data = data[6:]
	for ; records > 0 && len(data) >= 4; records-- {
		kind, n := binary.LittleEndian.Uint16(data), int(binary.LittleEndian.Uint16(data[2:]))
		if n > len(data)-4 {
			break
		}
		if kind == 1 {
			return header(data[4 : 4+n])
		}
		data = data[4+n:]
	}
	return nil, "the object has no header"
}

// header reads a WRMHEADER, of any version from 4.0 to 4.3.
func header(utf16 []byte) (kids []string, says string) {
	text, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Bytes(utf16)
	if err != nil {
		return nil, "the header cannot be read"
	}
	words := []string{}
	x := xml.NewDecoder(bytes.NewReader(text))
	element := ""
	for {
		token, err := x.Token()
		if err != nil {
			break
		}
		switch t := token.(type) {
		case xml.StartElement:
			element = t.Name.Local
			for _, a := range t.Attr {
				switch {
				case element == "WRMHEADER" && a.Name.Local == "version":
					words = append(words, "header "+a.Value)
				case element == "KID" && a.Name.Local == "VALUE":
					kids = append(kids, swapped(a.Value))
				case element == "KID" && a.Name.Local == "ALGID":
					words = append(words, a.Value)
				}
			}
		case xml.CharData:
			v := strings.TrimSpace(string(t))
			switch {
			case v == "":
			case element == "KID":
				kids = append(kids, swapped(v))
			case element == "ALGID":
				words = append(words, v)
			case element == "LA_URL":
				words = append(words, "licences from "+v)
			}
		case xml.EndElement:
			element = ""
		}
	}
	return kids, strings.Join(words, ", ")
}

// swapped reads a key ID of PlayReady: in base64, a GUID whose first three
// numbers are little-endian.
func swapped(s string) string {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b) != 16 {
		return s
	}
	b[0], b[1], b[2], b[3] = b[3], b[2], b[1], b[0]
	b[4], b[5] = b[5], b[4]
	b[6], b[7] = b[7], b[6]
	return uuid(hex.EncodeToString(b))
}
