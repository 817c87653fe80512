package app_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// row says what a package may import beside the standard library: packages of
// this module, none of a higher layer, and modules of others.
type row struct {
	layer   int
	imports string // by space
}

const (
	nouns = "packager/media packager/fault "
	mp4ff = "github.com/Eyevinn/mp4ff "
)

// house is the picture of the house: every package, from the ground up.
var house = map[string]row{
	"packager/media":    {0, ""},
	"packager/fault":    {0, ""},
	"packager/document": {0, ""},
	"packager/aes128":   {0, "golang.org/x/sys"},

	"packager/source":          {1, nouns + "golang.org/x/sys"},
	"packager/codec":           {1, nouns + mp4ff},
	"packager/subtitle":        {1, nouns + "golang.org/x/text"},
	"packager/timeline":        {1, nouns},
	"packager/protect":         {1, nouns + "packager/aes128 packager/codec"},
	"packager/keypolicy":       {1, nouns + "packager/document packager/protect github.com/golang-jwt/jwt/v5"},
	"packager/route":           {1, nouns},
	"packager/filter":          {1, nouns + "packager/document golang.org/x/text"},
	"packager/manifest/text":   {1, nouns},
	"packager/manifest/hls":    {1, nouns + "packager/route packager/protect packager/manifest/text"},
	"packager/manifest/dash":   {1, nouns + "packager/route packager/protect packager/manifest/text golang.org/x/text"},
	"packager/manifest/smooth": {1, nouns + "packager/codec packager/route packager/protect packager/manifest/text"},
	"packager/mux":             {1, nouns + "packager/aes128 golang.org/x/sys"},
	"packager/mux/cmaf":        {1, nouns + "packager/mux packager/protect"},
	"packager/mux/ts":          {1, nouns + "packager/codec packager/mux packager/protect"},

	"packager/demux":   {2, nouns + "packager/codec"},
	"packager/asset":   {2, nouns + "packager/codec packager/source packager/subtitle packager/timeline packager/demux packager/mux/ts golang.org/x/text"},
	"packager/format":  {2, nouns + "packager/codec packager/subtitle packager/route packager/manifest/hls packager/manifest/dash packager/manifest/smooth packager/mux packager/mux/cmaf packager/mux/ts packager/protect"},
	"packager/cpix":    {2, nouns + "packager/protect github.com/beevik/etree github.com/russellhaering/goxmldsig"},
	"packager/catalog": {2, nouns + "packager/document packager/filter packager/keypolicy packager/protect github.com/google/uuid github.com/gofrs/flock"},

	"packager": {3, nouns + "packager/source packager/timeline packager/mux packager/asset packager/route packager/filter packager/format packager/catalog packager/keypolicy packager/protect github.com/hashicorp/golang-lru/v2"},

	"packager/origin": {4, nouns + "packager packager/catalog packager/keypolicy packager/mux packager/route packager/protect github.com/prometheus/client_golang"},

	"assets": {5, ""},
	"player": {5, "github.com/pkg/browser github.com/skratchdot/open-golang"}, // never the packager: it knows only URLs

	"app":              {6, nouns + "packager packager/asset packager/catalog packager/cpix packager/format packager/keypolicy packager/origin packager/protect packager/route packager/timeline player assets"},
	"app/verify":       {6, "github.com/Eyevinn/dash-mpd github.com/Eyevinn/hls-m3u8"}, // never the packager: it reads what an origin wrote as anybody would
	"app/verify/proof": {7, ""},                                                        // tests alone
	"app/cli":          {6, nouns + "packager packager/asset packager/catalog packager/cpix packager/filter packager/keypolicy packager/protect packager/route app app/watch github.com/alecthomas/kong github.com/google/uuid"},

	"app/xray":      {6, "github.com/Eyevinn/mp4ff golang.org/x/text google.golang.org/protobuf"}, // never the packager: it reads what anybody wrote
	"app/watch":     {6, "packager packager/asset github.com/fsnotify/fsnotify"},
	"app/workbench": {6, nouns + "packager packager/asset packager/catalog packager/keypolicy packager/filter packager/format packager/protect packager/route app app/watch app/xray github.com/aymanbagabas/go-udiff"},

	"ui":        {7, "app/cli app/workbench ui/window fyne.io/fyne/v2 github.com/go-gl/glfw"},
	"ui/window": {7, nouns + "packager/filter packager/protect app app/workbench app/xray player assets ui/kit ui/theme fyne.io/fyne/v2 rsc.io/qr"},
	"ui/kit":    {7, "ui/theme fyne.io/fyne/v2"},
	"ui/theme":  {7, "assets fyne.io/fyne/v2"},
	"ui/e2e":    {7, ""},           // drives the program from outside
	"":          {8, "app/cli ui"}, // main

	"packager/internal/synth": {0, ""}, // of tests
}

// impure is what the pure layers, 0 and 1, do without: the world, the clock, chance.
var impure = []string{"os", "os/exec", "os/signal", "net", "net/http", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand", "syscall"}

// source is a Go file of the module.
type source struct {
	name string // by slashes, from the root of the module
	dir  string // its package, "" at the root
	test bool
	*ast.File
}

// sources parses all Go files, whatever their build constraints.
func sources(t *testing.T) (list []source) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir("..", func(p string, e fs.DirEntry, err error) error {
		name := e.Name()
		switch {
		case err != nil:
			return err
		case e.IsDir() && (strings.HasPrefix(name, ".") && name != ".." || name == "node_modules" || name == "testdata"):
			return fs.SkipDir
		case e.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		f, err := parser.ParseFile(set, p, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		p = filepath.ToSlash(strings.TrimPrefix(p, ".."+string(filepath.Separator)))
		list = append(list, source{p, strings.TrimPrefix("/"+path.Dir(p), "/"), strings.HasSuffix(p, "_test.go"), f})
		if at := &list[len(list)-1]; at.dir == "." {
			at.dir = ""
		}
		return nil
	})
	if err != nil || len(list) == 0 {
		t.Fatal(len(list), err)
	}
	return list
}

func imports(f source) (list []string) {
	for _, i := range f.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		list = append(list, p)
	}
	return list
}

func TestPackagesImportWhatTheirRowAllows(t *testing.T) {
	there, used := make(map[string]bool), make(map[string]bool)
	for _, f := range sources(t) {
		there[f.dir] = true
		r, ok := house[f.dir]
		if !ok {
			t.Errorf("%s: package %q has no row", f.name, f.dir)
			continue
		}
		if f.test {
			continue
		}
		for _, p := range imports(f) {
			own, isOwn := strings.CutPrefix(p, "manifold/")
			if !isOwn && !strings.Contains(strings.Split(p, "/")[0], ".") {
				continue // the standard library
			}
			if !slices.ContainsFunc(strings.Fields(r.imports), func(a string) bool {
				allowed := isOwn && own == a || !isOwn && (p == a || strings.HasPrefix(p, a+"/"))
				if allowed {
					used[f.dir+" "+a] = true
				}
				return allowed
			}) {
				t.Errorf("%s imports %s, which its row does not allow", f.name, p)
			}
		}
	}
	for dir, r := range house {
		if !there[dir] {
			t.Errorf("there is a row for %q, and no such package", dir)
		}
		for _, a := range strings.Fields(strings.ReplaceAll(r.imports, nouns, "")) {
			if !used[dir+" "+a] {
				t.Errorf("the row of %q allows %s, which it does not import", dir, a)
			}
		}
		for _, a := range strings.Fields(r.imports) {
			if below, own := house[a]; own && below.layer > r.layer {
				t.Errorf("the row of %q, layer %d, allows %s, layer %d", dir, r.layer, a, below.layer)
			}
		}
	}
}

func TestLowLayersArePure(t *testing.T) {
	for _, f := range sources(t) {
		r, ok := house[f.dir]
		if f.test || !ok || r.layer > 1 || f.dir == "packager/source" || f.dir == "packager/internal/synth" {
			continue
		}
		for _, p := range imports(f) {
			if slices.Contains(impure, p) {
				t.Errorf("%s imports %s", f.name, p)
			}
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && fmt.Sprint(s.X) == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Tick", "Sleep"}, s.Sel.Name) {
				t.Errorf("%s calls time.%s", f.name, s.Sel.Name)
			}
			return true
		})
	}
}

func TestPackageVariablesAreTablesErrorsPoolsAndEmbeds(t *testing.T) {
	for _, f := range sources(t) {
		if f.test {
			continue
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				for i, name := range v.Names {
					var value ast.Expr
					if i < len(v.Values) {
						value = v.Values[i]
					}
					_, array := v.Type.(*ast.ArrayType) // of zeros
					if name.Name != "_" && !(array && value == nil) && !embedded(g.Doc) && !embedded(v.Doc) && !constant(value) {
						t.Errorf("%s: %s is a variable of the package", f.name, name.Name)
					}
				}
			}
		}
	}
}

func TestPackageVariablesAreNeverChanged(t *testing.T) {
	all := sources(t)
	variables := make(map[string]bool) // "dir.name"
	for _, f := range all {
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR && !f.test {
				for _, s := range g.Specs {
					for _, name := range s.(*ast.ValueSpec).Names {
						variables[f.dir+"."+name.Name] = true
					}
				}
			}
		}
	}
	for _, f := range all {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || f.test {
				continue
			}
			local := locals(fn)
			ast.Inspect(fn, func(n ast.Node) bool {
				var changed []ast.Expr
				switch n := n.(type) {
				case *ast.AssignStmt:
					changed = n.Lhs
				case *ast.IncDecStmt:
					changed = []ast.Expr{n.X}
				}
				for _, x := range changed {
					if name := root(x); variables[f.dir+"."+name] && !local[name] {
						t.Errorf("%s: %s changes %s", f.name, fn.Name.Name, name)
					}
				}
				return true
			})
		}
	}
}

// root returns the name that an assignable expression begins with.
func root(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.IndexExpr:
		return root(x.X)
	case *ast.SelectorExpr:
		return root(x.X)
	}
	return ""
}

// locals returns the names that a function declares itself.
func locals(fn *ast.FuncDecl) map[string]bool {
	names := make(map[string]bool)
	add := func(list []*ast.Ident) {
		for _, n := range list {
			names[n.Name] = true
		}
	}
	if fn.Recv != nil {
		add(fn.Recv.List[0].Names)
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			add(n.Names)
		case *ast.ValueSpec:
			add(n.Names)
		case *ast.RangeStmt:
			names[root(n.Key)], names[root(n.Value)] = true, true
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if n.Tok == token.DEFINE {
					names[root(x)] = true
				}
			}
		}
		return true
	})
	return names
}

func embedded(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// constant says whether an initial value is of what never changes, or of a
// pool: a literal, what is computed from literals once, a channel with room.
func constant(value ast.Expr) bool {
	switch v := value.(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		return constant(v.X)
	case *ast.CallExpr:
		switch f := v.Fun.(type) {
		case *ast.FuncLit: // a table that is computed
			return true
		case *ast.ArrayType: // []byte("…")
			return true
		case *ast.Ident: // make(chan T, n), or a function of this package that computes a table
			_, channel := v.Args[0].(*ast.ChanType)
			return f.Name != "make" || channel && len(v.Args) == 2
		case *ast.SelectorExpr:
			call := fmt.Sprint(f.X, ".", f.Sel.Name)
			return slices.Contains([]string{"errors.New", "fmt.Errorf", "fault.New", "regexp.MustCompile", "strings.NewReplacer", "template.Must", "language.Make", "sync.OnceValue", "sync.OnceFunc"}, call)
		}
	}
	return false
}

func TestNoPackageIsADrawerForOddments(t *testing.T) {
	for _, f := range sources(t) {
		for _, name := range []string{"util", "utils", "common", "helper", "helpers", "misc", "types", "base", "shared"} {
			if f.Name.Name == name || path.Base(f.dir) == name {
				t.Errorf("%s: package %s", f.name, name)
			}
		}
	}
}

func TestTopLevelEntriesAreTheAgreedOnes(t *testing.T) {
	agreed := strings.Fields("app ui packager player assets testdata FyneApp.toml go.mod go.sum main.go README.md Makefile LICENSE")
	ignored, err := os.ReadFile("../.gitignore")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Fields(string(ignored)) {
		agreed = append(agreed, strings.Trim(line, "/"))
	}
	list, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if name := e.Name(); !strings.HasPrefix(name, ".") && !slices.Contains(agreed, name) {
			t.Errorf("%s stands at the top", name)
		}
	}
}
