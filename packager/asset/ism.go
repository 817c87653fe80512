package asset

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"manifold/packager/fault"
	"manifold/packager/media"
	"manifold/packager/source"
)

// maxServerManifest bounds what is read of a server manifest, in bytes.
const maxServerManifest = 4 << 20

// ServerManifest is what an .ism says: a SMIL document that names the tracks
// of an asset. The client manifest (.ismc) that it may name is not read: it
// was derived from the media once, and manifests are derived anew on request.
type ServerManifest struct {
	Elements []Element
	Unread   []int // lines of other elements that name media

	hash [sha256.Size]byte // of the document
}

// Element is one audio, video or textstream element.
type Element struct {
	Kind     media.Kind
	Source   string // src, as written
	Bitrate  int    // systemBitrate, bit/s; 0 when not given
	TrackID  uint32 // 0 when not given
	Name     string // trackName, else title
	Label    string // title, textDisplayName
	Language string // systemLanguage
	Role     string
	Access   string // accessibility
	Hidden   bool   // outputFlag: manifests do not list it
	Inline   bool   // manifestOutput: what it says stands in the Smooth manifest itself
	Line     int    // where the element stands

	Unclear []string // what of it cannot be followed
}

// candidates returns the file names that src may mean: as written, and with
// percent-escapes undone.
func (e Element) candidates() []string {
	out := []string{path.Clean(e.Source)}
	if u, err := url.PathUnescape(e.Source); err == nil && u != e.Source {
		out = append(out, path.Clean(u))
	}
	return out
}

// readServerManifest reads and parses a file.
func readServerManifest(file string) (*ServerManifest, error) {
	name := filepath.Base(file)
	f, err := source.Open(file, nil)
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer f.Close()
	if f.Size() > maxServerManifest {
		return nil, fault.New(fault.InputFormatNotSupported, name, "the server manifest is larger than 4 MiB", "")
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil {
		return nil, unreadable(name, err)
	}
	m, err := ParseServerManifest(b)
	if err != nil {
		e := *fault.As(err)
		e.Where = strings.TrimSpace(name + " " + e.Where)
		return nil, &e
	}
	m.hash = sha256.Sum256(b)
	return m, nil
}

// ParseServerManifest reads the SMIL of an .ism in its full form (systemBitrate,
// trackID, trackName … as attributes or param elements) or its minimal form
// (src alone). Parameters that it does not know are ignored.
func ParseServerManifest(b []byte) (*ServerManifest, error) {
	b, err := toUTF8(b)
	if err != nil {
		return nil, err
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	d.Strict = true
	m := &ServerManifest{}
	var open *Element
	smil := false
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		line, column := d.InputPos()
		if err != nil {
			return nil, notXML(line, column, err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if !smil && t.Name.Local != "smil" {
				return nil, fault.New(fault.InputFormatNotSupported, fmt.Sprintf("line %d", line), fmt.Sprintf("the document is <%s>, not <smil>", t.Name.Local), "A server manifest is a SMIL document.")
			}
			smil = true
			if e, ok := newElement(t, line); ok {
				if len(m.Elements) == maxElements {
					return nil, fault.Newf(fault.FormatNotSupported, fmt.Sprintf("line %d", line), "the server manifest names more than %d tracks", maxElements)
				}
				m.Elements = append(m.Elements, e)
				open = &m.Elements[len(m.Elements)-1]
			} else if t.Name.Local == "param" && open != nil {
				open.set(attribute(t, "name"), attribute(t, "value"))
			} else if attribute(t, "src") != "" && len(m.Unread) < maxElements {
				m.Unread = append(m.Unread, line)
			}
		case xml.EndElement:
			if _, ok := kinds[t.Name.Local]; ok {
				open = nil
			}
		}
	}
	if !smil {
		return nil, fault.New(fault.InputFormatNotSupported, "", "the server manifest is empty", "A server manifest is a SMIL document with <video> and <audio> elements.")
	}
	return m, nil
}

const maxElements = 1024

func notXML(line, column int, err error) error {
	var s *xml.SyntaxError
	if errors.As(err, &s) {
		line, err = s.Line, errors.New(s.Msg)
	}
	return &fault.Error{
		Code: fault.InputFormatNotSupported, Where: fmt.Sprintf("line %d column %d", line, column),
		What: "the server manifest is not well-formed XML", Err: err, Advice: "Correct the document.",
	}
}

var kinds = map[string]media.Kind{"video": media.Video, "audio": media.Audio, "textstream": media.Text}

func newElement(t xml.StartElement, line int) (Element, bool) {
	kind, ok := kinds[t.Name.Local]
	if !ok {
		return Element{}, false
	}
	e := Element{Kind: kind, Line: line}
	for _, a := range t.Attr {
		e.set(a.Name.Local, a.Value)
	}
	return e, true
}

// set takes an attribute of the element or a param in it; what came first stays.
func (e *Element) set(name, value string) {
	text := func(to *string) {
		if *to == "" {
			*to = strings.TrimSpace(value)
		}
	}
	switch strings.ToLower(name) {
	case "src":
		text(&e.Source)
	case "systembitrate":
		if n := e.number(name, value, 31); e.Bitrate == 0 {
			e.Bitrate = int(n)
		}
	case "trackid":
		if n := e.number(name, value, 32); e.TrackID == 0 {
			e.TrackID = uint32(n)
		}
	case "trackname":
		e.Name = cmp.Or(strings.TrimSpace(value), e.Name)
	case "title":
		text(&e.Label)
		text(&e.Name)
	case "textdisplayname":
		text(&e.Label)
	case "systemlanguage":
		text(&e.Language)
	case "role":
		text(&e.Role)
	case "accessibility":
		text(&e.Access)
	case "outputflag":
		e.Hidden = !e.flag(name, value, true)
	case "manifestoutput":
		e.Inline = e.flag(name, value, false)
	}
}

// number reads a parameter of so many bits; 0 is none.
func (e *Element) number(name, value string, bits int) uint64 {
	value = strings.TrimSpace(value)
	n, err := strconv.ParseUint(value, 10, bits)
	if err != nil && value != "" {
		e.unclear(fmt.Sprintf("%s is %q and no number from 0 to %d", name, value, uint64(1)<<bits-1))
		return 0
	}
	return n
}

// flag reads a parameter that is yes or no.
func (e *Element) flag(name, value string, otherwise bool) bool {
	switch v := strings.ToLower(strings.TrimSpace(value)); v {
	case "true", "1", "yes", "visible":
		return true
	case "false", "0", "no", "hidden":
		return false
	case "":
	default:
		e.unclear(fmt.Sprintf("%s is %q, neither true nor false", name, value))
	}
	return otherwise
}

func (e *Element) unclear(what string) {
	if !slices.Contains(e.Unclear, what) {
		e.Unclear = append(e.Unclear, what)
	}
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// toUTF8 undoes UTF-16, which some servers wrote, and drops a byte order mark.
func toUTF8(b []byte) ([]byte, error) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte{0xEF, 0xBB, 0xBF}):
		return b[3:], nil
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	default:
		return b, nil
	}
	if len(b)%2 != 0 {
		return nil, fault.New(fault.InputFormatNotSupported, "", "the UTF-16 text ends in the middle of a character", "")
	}
	u := make([]uint16, 0, len(b)/2)
	for b = b[2:]; len(b) > 0; b = b[2:] {
		u = append(u, order.Uint16(b))
	}
	return []byte(string(utf16.Decode(u))), nil
}
