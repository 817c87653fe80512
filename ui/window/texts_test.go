package window

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"manifold/assets"
	"manifold/packager/media"
)

// Every translation has every text of the program, no other, and the same
// places for arguments.
func TestTranslationsAreComplete(t *testing.T) {
	texts := textsOfTheSource(t)
	files, err := fs.Glob(assets.Translations, "translations/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	for _, name := range files {
		b, err := assets.Translations.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var translated map[string]string
		if err := json.Unmarshal(b, &translated); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, text := range slices.Sorted(maps.Keys(texts)) {
			to, ok := translated["manifold."+text]
			switch {
			case !ok || to == "":
				t.Errorf("%s lacks %q", name, text)
			case !slices.Equal(verbs.FindAllString(text, -1), verbs.FindAllString(to, -1)):
				t.Errorf("%s: %q has other arguments than %q", name, to, text)
			}
		}
		for key := range translated {
			if !texts[strings.TrimPrefix(key, "manifold.")] {
				t.Errorf("%s translates %q, which the program does not say", name, key)
			}
		}
	}
}

var verbs = regexp.MustCompile(`%[a-z]`)

// textsOfTheSource returns what the window and its model give to L and Say.
func textsOfTheSource(t *testing.T) map[string]bool {
	texts := map[string]bool{}
	for _, name := range menus {
		texts[name] = true
	}
	for k := media.Video; k <= media.Text; k++ {
		texts[k.String()] = true
	}
	for _, dir := range []string{".", "../../app/workbench"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatal(dir, len(files), err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(tree, func(n ast.Node) bool {
				for _, e := range said(n) {
					if b, ok := e.(*ast.BasicLit); ok {
						text, err := strconv.Unquote(b.Value)
						if err != nil {
							t.Fatal(err)
						}
						texts[text] = text != "%s"
					}
				}
				return true
			})
		}
	}
	maps.DeleteFunc(texts, func(_ string, text bool) bool { return !text })
	return texts
}

// said returns the texts that a call or a sentence is about.
func said(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
		}
		switch {
		case name == "L":
			return n.Args[:1]
		case name == "Say":
			return n.Args[1:2]
		case name == "count" && len(n.Args) == 3:
			return n.Args[1:]
		}
	case *ast.CompositeLit:
		if id, ok := n.Type.(*ast.Ident); !ok || id.Name != "Sentence" || len(n.Elts) == 0 {
			return nil
		}
		if kv, ok := n.Elts[0].(*ast.KeyValueExpr); ok {
			return []ast.Expr{kv.Value}
		}
		return n.Elts[:1]
	}
	return nil
}
