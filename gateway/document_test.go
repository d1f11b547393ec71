package gateway

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write golden files anew")

// The document lists every code with its status, article and words, and knows each field.
func TestDocument(t *testing.T) {
	const path = "../docs/gateway.md"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| code | status | Art. | 标题 | title |\n|---|---|---|---|---|\n")
	for _, c := range Codes() {
		g := grounds(c)
		fmt.Fprintf(&table, "| `%s` | %d | %s | %s | %s |\n", c, g.status, g.art, g.zh, g.en)
	}
	text := string(raw)
	head, rest, ok := strings.Cut(text, "-update -->\n")
	_, tail, ok2 := strings.Cut(rest, "<!-- end of codes -->")
	if !ok || !ok2 {
		t.Fatal("the marks around the table of codes are gone")
	}
	want := head + "-update -->\n" + table.String() + "<!-- end of codes -->" + tail
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if text != want {
		t.Errorf("%s does not list the codes as they are; run go test ./gateway -run Document -update", path)
	}
	for _, method := range methods {
		for _, field := range fieldsOf(method) {
			if !strings.Contains(text, "`"+field+"`") {
				t.Errorf("the field %s is not described", field)
			}
		}
	}
}

// Codes lists every constant of its type, each with words of its own.
func TestEveryCodeHasWords(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "refusal.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := v.Type.(*ast.Ident); ok && kind.Name == "Code" {
			declared[strings.Trim(v.Values[0].(*ast.BasicLit).Value, `"`)] = true
		}
		return true
	})
	titles := map[string]Code{}
	for _, c := range Codes() {
		g := grounds(c)
		if !declared[string(c)] || g.status < 400 || g.art == "" || g.zh == "" || g.en == "" || g.mendZh == "" || g.mendEn == "" {
			t.Errorf("%s: %+v", c, g)
		}
		if titles[g.zh] != "" {
			t.Errorf("%s and %s are said alike", c, titles[g.zh])
		}
		titles[g.zh] = c
		delete(declared, string(c))
	}
	if len(declared) > 0 {
		t.Errorf("not listed: %v", declared)
	}
}
