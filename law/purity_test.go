package law

import (
	"encoding/json"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mulu"
)

// The law and the acts are pure: no clock, chance, goroutine, channel, walk over a map, floating point, input or output.
func TestPurity(t *testing.T) {
	exports := exportData(t)
	for _, dir := range []string{".", "../act"} {
		fset := token.NewFileSet()
		files := parseDir(t, fset, dir)
		info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
		conf := types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
		if _, err := conf.Check("mulu/"+filepath.Base(dir), fset, files, info); err != nil {
			t.Fatalf("%s: %v", dir, err)
		}
		for _, f := range files {
			for _, fault := range impurities(f, info) {
				t.Errorf("%s: %s", fset.Position(fault.at), fault.what)
			}
		}
	}
}

// The test itself sees what it is there to see.
func TestPurityFindsFaults(t *testing.T) {
	const bad = `package p
import ("time"; "math/rand"; "os")
var f float64
func g(m map[string]int, c chan int) {
	_ = time.Now()
	_ = rand.Int()
	_ = os.Args
	go g(m, c)
	c <- 1
	for range m {}
	_ = 1.5 * f
}`
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "bad.go", bad, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	exports := exportData(t)
	conf := types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
	if _, err := conf.Check("p", fset, []*ast.File{f}, info); err != nil {
		t.Fatal(err)
	}
	lines := map[int]bool{}
	for _, fault := range impurities(f, info) {
		lines[fset.Position(fault.at).Line] = true
	}
	for _, line := range []int{2, 3, 5, 8, 9, 10, 11} {
		if !lines[line] {
			t.Errorf("the fault on line %d is not found", line)
		}
	}
}

type fault struct {
	at   token.Pos
	what string
}

func impurities(f *ast.File, info *types.Info) (faults []fault) {
	allowed := map[string]bool{"_embed": true, "embed": true, "encoding/json": true, "encoding/base64": true, "encoding/hex": true,
		"errors": true, "fmt": true, "sort": true, "strconv": true, "strings": true, "time": true, "unicode": true, "unicode/utf8": true,
		"bytes": true, "io": true, "mulu": true, "mulu/act": true, "mulu/workday": true, "mulu/sm": true}
	for _, im := range f.Imports {
		if path, _ := strconv.Unquote(im.Path.Value); !allowed[path] {
			faults = append(faults, fault{im.Pos(), "imports " + path})
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			faults = append(faults, fault{n.Pos(), "starts a goroutine"})
		case *ast.SendStmt, *ast.SelectStmt, *ast.ChanType:
			faults = append(faults, fault{n.Pos(), "uses a channel"})
		case *ast.RangeStmt:
			if _, ok := info.TypeOf(n.X).Underlying().(*types.Map); ok {
				faults = append(faults, fault{n.Pos(), "walks a map"})
			}
		case *ast.Ident:
			if o := info.Uses[n]; o != nil && o.Pkg() != nil && o.Pkg().Path() == "time" && contains([]string{"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer", "NewTicker", "AfterFunc", "Local"}, o.Name()) {
				if _, method := o.Type().(*types.Signature); !method || o.Type().(*types.Signature).Recv() == nil {
					faults = append(faults, fault{n.Pos(), "reads the clock: time." + o.Name()})
				}
			}
		}
		if e, ok := n.(ast.Expr); ok {
			if t := info.TypeOf(e); t != nil {
				if basic, ok := t.Underlying().(*types.Basic); ok && basic.Info()&(types.IsFloat|types.IsComplex) != 0 {
					faults = append(faults, fault{e.Pos(), "counts in floating point"})
				}
			}
		}
		return true
	})
	return faults
}

func parseDir(t *testing.T, fset *token.FileSet, dir string) (files []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		t.Fatalf("no files in %s", dir)
	}
	return files
}

// exportData asks the go command where the compiled packages stand that law and act import.
func exportData(t *testing.T) map[string]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export", "mulu/law", "math/rand", "os")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	exports := map[string]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct{ ImportPath, Export string }
		if err := d.Decode(&p); err == io.EOF {
			return exports
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
	}
}

// Every cite in the rules stands in the regulation, and every one of the 44 articles has a rule, a reading, or a stated
// reason why it has none.
func TestCitations(t *testing.T) {
	if n := len(Regulation()); n != 44 {
		t.Fatalf("the regulation has %d articles, not 44", n)
	}
	fset := token.NewFileSet()
	ruled := map[int]bool{}
	for _, f := range parseDir(t, fset, ".") {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if id, ok := call.Fun.(*ast.Ident); !ok || id.Name != "cite" {
				return true
			}
			var parts []int
			for _, a := range call.Args {
				lit, ok := a.(*ast.BasicLit)
				if !ok {
					t.Errorf("%s: a cite is written in numbers", fset.Position(a.Pos()))
					return true
				}
				p, err := strconv.Atoi(lit.Value)
				if err != nil {
					t.Errorf("%s: %v", fset.Position(a.Pos()), err)
				}
				parts = append(parts, p)
			}
			c := mulu.NewCite(parts...)
			if _, ok := Quote(c); !ok {
				t.Errorf("%s: the regulation has no %s", fset.Position(call.Pos()), c.Zh())
			}
			ruled[parts[0]] = true
			return true
		})
	}
	readings, err := Readings()
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 44; n++ {
		if !ruled[n] && len(readings[n]) == 0 {
			t.Errorf("%s has neither a rule nor a reading nor a reason why none", mulu.NewCite(n).Zh())
		}
	}
}

// Every reading names a test that exists.
func TestReadingsNameTheirTests(t *testing.T) {
	readings, err := Readings()
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 44; n++ {
		for _, r := range readings[n] {
			if r.Test == "" && r.Reason == "" {
				t.Errorf("Art. %d: %q names no test", n, r.Zh)
			}
			for _, name := range strings.Fields(r.Test) {
				if _, err := os.Stat(filepath.Join("testdata", name)); err != nil {
					t.Errorf("Art. %d: the reading names the test %s: %v", n, name, err)
				}
			}
		}
	}
}

// Every refusal has its sentences in both languages.
func TestRefusalsHaveWords(t *testing.T) {
	fset := token.NewFileSet()
	for _, f := range parseDir(t, fset, ".") {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			if id, ok := call.Fun.(*ast.Ident); !ok || id.Name != "refuse" {
				return true
			}
			for _, code := range codes(call.Args[1]) {
				r := &mulu.Refusal{Code: code, Art: "1"}
				if r.Text("zh") == code || r.Text("en") == code || r.Text("en") == "" {
					t.Errorf("%s: the refusal %q has no words", fset.Position(call.Pos()), code)
				}
			}
			return true
		})
	}
}

// codes gives the codes an argument can stand for: a literal, or a literal with an ending known from the nouns.
func codes(e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, _ := strconv.Unquote(e.Value)
		return []string{s}
	case *ast.BinaryExpr:
		head := codes(e.X)[0]
		endings := map[string][]string{"credit_code_": {"length", "alphabet", "organisation", "check"},
			"duty_": {"no_data", "retired"}, "key_": {"rotated", "revoked"}}[head]
		var all []string
		for _, end := range endings {
			all = append(all, head+end)
		}
		if len(all) == 0 {
			return []string{head + "?"}
		}
		return all
	}
	return nil
}

// Every kind of fact that a script brings about has a title in both languages, and every kind of act a word.
func TestFactsAndActsHaveWords(t *testing.T) {
	fset := token.NewFileSet()
	for _, f := range parseDir(t, fset, ".") {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "put" || len(call.Args) < 2 {
				return true
			}
			if lit, ok := call.Args[1].(*ast.BasicLit); ok {
				kind, _ := strconv.Unquote(lit.Value)
				if mulu.FactTitle(kind, "zh") == kind || mulu.FactTitle(kind, "en") == kind {
					t.Errorf("%s: the fact %q has no title", fset.Position(call.Pos()), kind)
				}
			}
			return true
		})
	}
}
