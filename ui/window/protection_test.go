package window

import (
	"strings"
	"testing"

	"manifold/app/workbench"
	"manifold/packager/media"
)

// What is encrypted is told in the drawer, and shown byte by byte for a fragment.
func TestProtectionIsExplained(t *testing.T) {
	b := start(t, 1600, 900)
	b.load()
	if len(b.drawer.keyed.table.Cells()) != 0 || b.drawer.keyed.head.Visible() {
		t.Error("nothing is encrypted, and keys are told")
	}
	g := b.state.Chosen().Groups()[0]
	key := workbench.TrackKey{Name: g.Name, Bitrate: g.Tracks[0].Bitrate}
	b.bench.Dispatch(workbench.SelectFragment{Track: key, Fragment: 1})
	b.do("format-" + string(media.DASHCMAF))
	b.do("encryption-cenc")
	b.until("the answers are looked into", func() bool { return len(b.drawer.keyed.table.Cells()) > 0 && b.inspector.over.Visible() })
	if words := b.drawer.keyed.verdict.Text(); !strings.Contains(words, "one key, the same in") {
		t.Errorf("the verdict is %q", words)
	}
	for _, row := range b.drawer.keyed.table.Cells() {
		if row[0].Text == "" || row[1].Text == "" {
			t.Errorf("a row without a place: %v", row)
		}
	}
	b.drawer.tabs.OnChosen(tabProtected, true)
	b.pump()
	table := b.drawer.keyed.table
	for i, row := range table.Cells() {
		for x := float32(0); x < table.Size().Width; x += 10 {
			if cut := table.Tip(i, x); cut != "" && (cut == row[1].Text || cut == row[2].Text) {
				t.Errorf("%q is cut in a table of %v", cut, table.Size().Width)
				break
			}
		}
	}
	samples := mapped(&b.state)
	if n := g.Tracks[0].First[2] - g.Tracks[0].First[1]; len(samples) != int(n) || !strings.HasPrefix(samples[0].Note, "IV ") {
		t.Errorf("%d samples are mapped, the fragment has %d", len(samples), n)
	}
	if legend := samples[0].Legend; !strings.Contains(legend, "B protected") || !strings.Contains(legend, "B clear") {
		t.Errorf("the legend is %q", legend)
	}
	b.do("encryption-")
	b.until("the map is gone", func() bool { return !b.inspector.over.Visible() && len(b.drawer.keyed.table.Cells()) == 0 })
}
