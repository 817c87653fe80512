package workbench

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aymanbagabas/go-udiff/lcs"

	"manifold/packager"
	"manifold/packager/fault"
	"manifold/packager/media"
)

// View is what a pane shows: the answer of the engine to a path.
type View struct {
	Path    string // what was asked; "" before anything was
	Format  media.Format
	Version string // of the asset that was asked, or why it cannot be served
	Text    string
	Type    string       // media type
	Err     *fault.Error // the answer is this error; Text holds it in words
	Changed []int        // lines that differ from what the pane showed before, from 0
	Took    time.Duration
}

// answer asks the engine for a manifest, as a player does over HTTP.
func answer(ctx context.Context, engine *packager.Engine, r *media.Request) (text, kind string, err error) {
	a, err := engine.Do(ctx, r, nil)
	if err != nil {
		return "", "", err
	}
	defer a.Close()
	return string(a.Text.Plain()), a.Type, nil
}

// refusal writes an error as a pane shows it: the status and code of the
// wire, then sentences.
func refusal(e *fault.Error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d  %s\n\n", e.Code.Status(), e.Code)
	sentence := e.Sentence()
	if sentence != "" {
		sentence = strings.ToUpper(sentence[:1]) + sentence[1:]
	}
	fmt.Fprintf(&b, "%s.\n", sentence)
	if e.Where != "" {
		fmt.Fprintf(&b, "Where: %s\n", e.Where)
	}
	if e.Advice != "" {
		fmt.Fprintf(&b, "\n%s\n", e.Advice)
	}
	return b.String()
}

// maxDiff bounds the texts that are compared, in lines: beyond, comparing
// takes longer than anybody waits for a mark.
const maxDiff = 20_000

// changed returns the lines of after that are not in before. Texts in
// different languages, of other assets and of other levels are not compared:
// everything would be new.
func changed(before, after View) []int {
	if before.Path == "" || !before.beside(after) || before.Err != nil || after.Err != nil || before.Type != after.Type || before.Text == after.Text {
		return nil
	}
	if strings.Count(before.Text, "\n") > maxDiff || strings.Count(after.Text, "\n") > maxDiff {
		return nil
	}
	var out []int
	for _, d := range lcs.DiffLines(lines(before.unnamed()), lines(after.unnamed())) {
		for i := d.ReplStart; i < d.ReplEnd; i++ {
			out = append(out, i)
		}
	}
	return out
}

// beside says whether two views show the same part of the same asset, whatever
// the format and what the URL chooses.
func (v *View) beside(o View) bool { return part(v.Path) == part(o.Path) }

// part is the path of a manifest without its parameters: of a level its track
// remains, and whether it is the I-frame playlist.
func part(path string) string {
	at := strings.LastIndexByte(path, '(')
	if at < 0 {
		return path
	}
	head, list := path[:at], path[at+1:]
	if !strings.HasSuffix(head, ")/Manifest") { // QualityLevels(n)/Manifest
		return head
	}
	track, rest, _ := strings.Cut(list, ",")
	if strings.Contains(rest, "type=keyframes") {
		track += ",keyframes"
	}
	return head + "(" + track
}

// unnamed is the text without the selector of its format in the URLs: after a
// switch every line with a URL would be new, and none of them says anything.
func (v *View) unnamed() string {
	return strings.ReplaceAll(v.Text, "format="+string(v.Format), "format=")
}

func lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }
