package assets

import (
	"encoding/xml"
	"os"
	"strings"
	"testing"
)

// A double click opens what the MIME package names: the desktop entry has it.
func TestTheDesktopEntryTakesWhatTheMIMEPackageNames(t *testing.T) {
	entry, err := os.ReadFile("desktop/io.github.manifold.Manifold.desktop")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("desktop/io.github.manifold.Manifold.mime.xml")
	if err != nil {
		t.Fatal(err)
	}
	var info struct {
		Types []struct {
			Type string `xml:"type,attr"`
			Glob struct {
				Pattern string `xml:"pattern,attr"`
			} `xml:"glob"`
		} `xml:"mime-type"`
	}
	if err := xml.Unmarshal(b, &info); err != nil || len(info.Types) == 0 {
		t.Fatal(len(info.Types), err)
	}
	_, types, _ := strings.Cut(string(entry), "\nMimeType=")
	types, _, _ = strings.Cut(types, "\n")
	for _, m := range info.Types {
		if !strings.Contains(";"+types, ";"+m.Type+";") || !strings.HasPrefix(m.Glob.Pattern, "*.ism") {
			t.Errorf("%s (%s) is not in %s", m.Type, m.Glob.Pattern, types)
		}
	}
	if !strings.Contains(string(entry), "\nExec=manifold %F\n") || !strings.Contains(string(entry), "\nIcon=io.github.manifold.Manifold\n") {
		t.Errorf("%s", entry)
	}
}
