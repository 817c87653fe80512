package verify

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
)

// order is how the schema of the MPD sorts the children of the elements that
// origins write (ISO/IEC 23009-1 Annex B: sequences, not sets).
var order = map[string][]string{
	"MPD":             {"ProgramInformation", "BaseURL", "Location", "ServiceDescription", "ContentProtection", "Period", "Metrics", "EssentialProperty", "SupplementalProperty", "UTCTiming"},
	"Period":          {"BaseURL", "SegmentBase", "SegmentList", "SegmentTemplate", "AssetIdentifier", "EventStream", "ServiceDescription", "ContentProtection", "AdaptationSet", "Subset", "SupplementalProperty", "EmptyAdaptationSet", "GroupLabel", "Preselection"},
	"AdaptationSet":   append(slices.Clone(common), "Accessibility", "Role", "Rating", "Viewpoint", "ContentComponent", "BaseURL", "SegmentBase", "SegmentList", "SegmentTemplate", "Representation"),
	"Representation":  append(slices.Clone(common), "BaseURL", "ExtendedBandwidth", "SubRepresentation", "SegmentBase", "SegmentList", "SegmentTemplate"),
	"SegmentTemplate": {"Initialization", "RepresentationIndex", "SegmentTimeline", "BitstreamSwitching"},
	"SegmentTimeline": {"Pattern", "S"},
	"S":               {},
}

// common are the children that RepresentationBaseType begins with.
var common = []string{"FramePacking", "AudioChannelConfiguration", "ContentProtection", "OutputProtection", "EssentialProperty", "SupplementalProperty", "InbandEventStream", "Switching", "RandomAccess", "GroupLabel", "Label", "ProducerReferenceTime", "ContentPopularityRate", "Resync"}

// checkOrder finds children that stand in an order which the schema forbids, or
// that it does not know, text between elements, and documents that are no MPD.
// The library that reads the MPD accepts any order, and never returns from some
// text that is not in its place.
func checkOrder(doc []byte) error {
	type level struct {
		name string
		last int
	}
	var path []level
	found := false
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		token, err := d.Token()
		if err == io.EOF {
			if !found {
				return errors.New("no element")
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(path) == 0 && (found || t.Name.Local != "MPD") {
				return fmt.Errorf("<%s> where one <MPD> is expected", t.Name.Local)
			}
			found = true
			if len(path) > 0 {
				parent := &path[len(path)-1]
				if names, known := order[parent.name]; known && t.Name.Space == "urn:mpeg:dash:schema:mpd:2011" {
					i := slices.Index(names, t.Name.Local)
					if i < parent.last {
						return fmt.Errorf("<%s> stands where <%s> does not allow it", t.Name.Local, parent.name)
					}
					parent.last = i
				}
			}
			path = append(path, level{name: t.Name.Local})
		case xml.CharData:
			if len(path) == 0 || len(bytes.TrimSpace(t)) == 0 {
				continue
			}
			if parent := path[len(path)-1].name; order[parent] != nil {
				return fmt.Errorf("text stands in <%s>, which has elements alone", parent)
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}
