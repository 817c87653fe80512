package window

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"manifold/app/workbench"
	"manifold/ui/kit"
)

// row chooses the row of the tree with a label.
func (d *documents) row(t *testing.T, b *bench, label string) {
	t.Helper()
	b.until(label+" is listed", func() bool {
		for i, x := range d.tree.Items() {
			if x.Label == label {
				d.tree.OnSelected(i)
				return true
			}
		}
		return false
	})
}

// A key policy is begun, mended, put in force and deleted, a token for it made,
// all in one dialog.
func TestDocumentsAreEditedAsText(t *testing.T) {
	b := start(t, 1280, 760)
	b.load()
	d := newDocuments(b.Window)
	d.open()
	d.row(t, b, "Content key policies")
	if d.editor.Visible() || !d.about.Visible() || !strings.Contains(d.words.Text, "token") {
		t.Errorf("of a kind there is an editor: %v, it says %q", d.editor.Visible(), d.words.Text)
	}
	test.Tap(d.begin)
	if !d.editor.Visible() || d.about.Visible() {
		t.Error("there is no editor for what is new")
	}
	whole := d.text.Text
	d.text.SetText(strings.Replace(whole, "options", "option", 1))
	test.Tap(d.save)
	b.until("what is wrong is said", func() bool { return strings.Contains(d.refusal.Text(), `"option"`) })
	d.text.SetText(whole)
	d.name.SetText("people")
	test.Tap(d.save)
	b.until("it is listed, and cannot be saved twice", func() bool {
		return d.now.Name == "people" && d.now.Revision != "" && d.save.Reason() == "Nothing was changed." && d.name.Disabled()
	})
	test.Tap(d.token)
	b.until("a token is in the clipboard", func() bool { return strings.Count(b.app.Clipboard().Content(), ".") == 2 })
	d.text.SetText(whole + "\n")
	test.Tap(d.save)
	b.until("the change is kept", func() bool { return string(d.now.Text) == whole+"\n" && d.save.Reason() != "" })

	d.row(t, b, "Locators")
	test.Tap(d.add)
	if !strings.Contains(d.text.Text, b.state.Chosen().Path) {
		t.Errorf("a new locator is for\n%s", d.text.Text)
	}
	test.Tap(d.save)
	b.until("the locator is there, and does not change", func() bool {
		return d.now.Kind == workbench.Locators && strings.Contains(d.text.Text, "streamingLocatorId") && d.text.Disabled() && d.save.Reason() == "Locators do not change."
	})
	b.until("the asset's facts have it", func() bool {
		return slices.ContainsFunc(b.inspector.facts.List(), func(f kit.Fact) bool { return f.Name == "Locator locator" })
	})
	d.row(t, b, "endpoint")
	if d.add.Reason() == "" || d.remove.Reason() == "" || d.save.Reason() != "" || !strings.Contains(d.text.Text, "maxCacheAge") {
		t.Errorf("the endpoint: new %q, delete %q, save %q\n%s", d.add.Reason(), d.remove.Reason(), d.save.Reason(), d.text.Text)
	}
}
