package window

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"manifold/app/workbench"
	"manifold/packager/fault"
	"manifold/ui/kit"
)

// documents edits what the data directory says of locators, policies and the
// endpoint: one document at a time, as text.
type documents struct {
	w *Window

	editor fyne.CanvasObject
	about  fyne.CanvasObject // instead of the editor where a kind is selected
	words  *widget.Label     // what the kind is for

	tree *kit.Tree
	rows []workbench.Document // what each row of the tree stands for; of a heading, the kind alone
	now  workbench.Document   // that is edited

	name    *entry
	text    *entry
	refusal *kit.Line
	add     *kit.Button
	begin   *kit.Button // is add beside the words
	save    *kit.Button
	remove  *kit.Button
	token   *kit.Button
	title   *kit.Caption
}

// kindWords names a kind of documents.
func kindWords(k workbench.DocumentKind) string {
	return map[workbench.DocumentKind]string{workbench.Locators: L("Locators"), workbench.Policies: L("Streaming policies"), workbench.KeyPolicies: L("Content key policies"), workbench.Endpoint: L("Streaming endpoint")}[k]
}

// kindTip says what documents of a kind are for.
func kindTip(k workbench.DocumentKind) string {
	return map[workbench.DocumentKind]string{
		workbench.Locators:    L("Publish an asset once more: other policy, filters, start and end. They do not change; delete one and make a new one."),
		workbench.Policies:    L("What a locator serves: protocols, encryptions, key systems. Settings say which one the default locators have."),
		workbench.KeyPolicies: L("Who gets content keys: everybody, or who has a token. Settings say which one is in force."),
		workbench.Endpoint:    L("How the server behaves: caching, cross-site policies, allowed addresses, host names."),
	}[k]
}

// showDocuments opens the dialog.
func (w *Window) showDocuments() { newDocuments(w).open() }

func newDocuments(w *Window) *documents {
	d := &documents{w: w, tree: kit.NewTree(), title: kit.NewCaption("")}
	d.name = w.newEntry("", L("Name"))
	d.text = w.newEntry("", "")
	d.text.MultiLine, d.text.TextStyle, d.text.Wrapping = true, fyne.TextStyle{Monospace: true}, fyne.TextWrapOff
	d.refusal = kit.NewLine("", kit.Body, theme.ColorNamePlaceHolder)
	d.save = kit.NewButton(L("Save"), theme.Icon(theme.IconNameDocumentSave), L("Checks the document and puts it in force"), d.keep)
	d.save.Importance = widget.HighImportance
	d.remove = kit.NewButton(L("Delete"), theme.Icon(theme.IconNameDelete), L("Deletes the document"), d.askDelete)
	d.token = kit.NewButton(L("Copy a test token"), theme.Icon(theme.IconNameContentCopy), L("A token for every key under this policy, valid for 12 hours"), d.copyToken)
	begin := func() *kit.Button {
		return kit.NewButton(L("New"), theme.Icon(theme.IconNameContentAdd), L("Begins a document of the kind that is selected"), func() { d.edit(d.w.state.NewDocument(d.now.Kind)) })
	}
	d.add, d.begin = begin(), begin()
	d.begin.Importance = widget.HighImportance
	d.words = widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{})
	d.words.Wrapping = fyne.TextWrapWord
	d.about = container.NewCenter(container.NewVBox(container.New(&fixedWidth{520}, d.words), container.NewCenter(d.begin)))
	d.tree.OnSelected = func(i int) { d.choose(d.rows[i]) }
	d.text.OnChanged = func(string) { d.allow() }
	d.name.OnChanged = func(string) { d.allow() }
	d.now.Kind = workbench.DocumentKinds[0]
	return d
}

func (d *documents) open() {
	left := container.NewBorder(nil, container.NewHBox(d.add), nil, nil, d.tree)
	head := container.NewBorder(nil, nil, d.title, nil, d.name)
	d.editor = container.NewBorder(head, container.NewHBox(d.save, d.remove, d.token), nil, nil, d.text)
	right := container.NewBorder(nil, inset(4, 2, 4, 2, d.refusal), nil, nil, container.NewStack(d.editor, d.about))
	split := container.NewHSplit(left, inset(8, 0, 0, 0, right))
	split.Offset = 0.27
	d.w.present(dialog.NewCustom(L("Locators and policies"), L("Close"), split, d.w.win), fyne.NewSize(1080, 640))
	d.read()
}

// read brings what lies in the data directory, and shows the document that is
// edited, or what its kind is for.
func (d *documents) read() {
	d.w.bench.Documents(func(list []workbench.Document, err error) {
		d.w.schedule(func() {
			if err != nil {
				d.refuse(err)
				return
			}
			d.list(list)
		})
	})
}

func (d *documents) list(list []workbench.Document) {
	var items []kit.TreeItem
	d.rows = nil
	selected := 0
	for _, k := range workbench.DocumentKinds {
		if k == d.now.Kind {
			selected = len(d.rows)
		}
		d.rows = append(d.rows, workbench.Document{Kind: k})
		items = append(items, kit.TreeItem{Label: kindWords(k), Strong: true, Tip: kindTip(k)})
		for _, x := range list {
			if x.Kind != k {
				continue
			}
			if x.Kind == d.now.Kind && x.Name == d.now.Name {
				selected = len(d.rows)
			}
			d.rows = append(d.rows, x)
			item := kit.TreeItem{Depth: 2, Label: x.Name, Mark: kit.Mark{Shape: kit.Lines, Ink: theme.ColorNamePlaceHolder}}
			if x.Fault != nil {
				item.Mark, item.Tip = kit.Mark{Shape: kit.Alarm, Ink: theme.ColorNameError}, x.Fault.Error()
			}
			items = append(items, item)
		}
	}
	d.tree.Set(items, selected)
	d.choose(d.rows[selected])
}

// choose edits a document, or tells of a kind what it is for.
func (d *documents) choose(x workbench.Document) {
	if x.Name != "" {
		d.edit(x)
		if x.Fault != nil {
			d.refuse(x.Fault)
		}
		return
	}
	d.edit(x)
	d.words.SetText(kindTip(x.Kind))
	d.editor.Hide()
	d.about.Show()
}

// edit shows a document. What has a revision keeps its name.
func (d *documents) edit(x workbench.Document) {
	d.now = x
	d.about.Hide()
	d.editor.Show()
	d.title.SetTitle(kindWords(x.Kind))
	d.name.SetText(x.Name)
	d.text.SetText(string(x.Text))
	d.refusal.Set(" ", theme.ColorNamePlaceHolder)
	d.text.Enable()
	d.name.Enable()
	if x.Revision != "" || x.Kind == workbench.Endpoint || x.Name == "" {
		d.name.Disable()
	}
	if d.fixed() {
		d.text.Disable()
		d.refusal.Set(kindTip(x.Kind), theme.ColorNamePlaceHolder)
	}
	if x.Kind == workbench.KeyPolicies && x.Revision != "" {
		d.token.Show()
	} else {
		d.token.Hide()
	}
	d.allow()
}

// fixed says whether the document cannot be changed.
func (d *documents) fixed() bool { return d.now.Kind == workbench.Locators && d.now.Revision != "" }

// allow says why nothing can be saved or deleted.
func (d *documents) allow() {
	why := ""
	switch {
	case d.now.Name == "":
		why = L("No document is selected.")
	case d.fixed():
		why = L("Locators do not change.")
	case d.now.Revision != "" && d.text.Text == string(d.now.Text):
		why = L("Nothing was changed.")
	}
	d.save.Allow(why)
	for _, b := range []*kit.Button{d.add, d.begin} {
		b.Allow(when(d.now.Kind == workbench.Endpoint, L("There is one endpoint.")))
	}
	d.remove.Allow(when(d.now.Revision == "", L("It was not saved yet.")))
}

func (d *documents) refuse(err error) {
	words := err.Error()
	if e := fault.As(err); e.Code != fault.Internal && e.Advice != "" {
		words += ". " + e.Advice
	}
	d.refusal.Set(sentence(words), theme.ColorNameError)
}

// done shows what came of saving or deleting.
func (d *documents) done(err error) {
	d.w.schedule(func() {
		if err != nil {
			d.refuse(err)
			return
		}
		d.read()
	})
}

func (d *documents) keep() {
	x := d.now
	x.Name, x.Text = d.name.Text, []byte(d.text.Text)
	d.w.bench.KeepDocument(x, func(err error) {
		if err == nil {
			d.w.schedule(func() { d.now = x })
		}
		d.done(err)
	})
}

// askDelete says what will happen, and deletes when it shall.
func (d *documents) askDelete() {
	x := d.now
	w := d.w
	ask := dialog.NewConfirm(kindWords(x.Kind), fmt.Sprintf(L("Delete %s? What it ruled is ruled as without it."), x.Name), func(ok bool) {
		if !ok {
			w.showDocuments()
			return
		}
		w.bench.DeleteDocument(x, func(err error) {
			w.schedule(func() {
				if err != nil {
					w.bench.Fail(err)
				}
				w.showDocuments()
			})
		})
	}, w.win)
	ask.SetConfirmText(L("Delete"))
	ask.SetDismissText(L("Cancel"))
	w.present(ask, fyne.NewSize(420, 160))
}

func (d *documents) copyToken() {
	d.w.bench.TestToken(d.now.Name, func(token string, err error) {
		d.w.schedule(func() {
			if err != nil {
				d.refuse(err)
				return
			}
			d.w.app.Clipboard().SetContent(token)
			d.refusal.Set(L("The token is in the clipboard; it is valid for 12 hours."), theme.ColorNameSuccess)
		})
	})
}
