package asset

import (
	"fmt"

	"manifold/packager/fault"
	"manifold/packager/media"
)

// together puts all tracks on one timeline. Recordings cut from a longer stream
// begin at whatever time it had come to; zero is the whole second before the
// earliest track begins, so that what is apart stays apart.
func together(list []listed) ([]listed, []fault.Finding) {
	if len(list) == 0 {
		return list, nil
	}
	first := list[0].Epoch
	for _, t := range list {
		first = min(first, t.Epoch)
	}
	var findings []fault.Finding
	out := list[:0:0]
	for _, t := range list {
		late := t.Epoch - first
		if late > media.MaxSeconds {
			findings = append(findings, fault.Finding{
				Severity: fault.Severe, Code: "not-same-programme", Where: t.Where(),
				Message: fmt.Sprintf("the %s begins %d s behind the earliest track", t.Kind, late),
				Affects: "The track is left out of every format.",
				Advice:  "Record all tracks with one clock, or open this file by itself.",
			})
			continue
		}
		t.Clock, t.Epoch = t.Clock.Add(late, 1), first
		out = append(out, t)
	}
	if first > 0 {
		findings = append(findings, fault.Finding{
			Severity: fault.Info, Code: "starts-late", Where: list[0].File,
			Message: fmt.Sprintf("the times in the files begin %d s behind zero; the asset begins at zero", first),
			Affects: "Times in manifests and URLs are smaller than those in the files by as much.",
			Advice:  "There is nothing to do, unless the times have to be kept.",
		})
	}
	return out, findings
}
