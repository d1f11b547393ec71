package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

var (
	actions   = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	sentence  = regexp.MustCompile(`(?:^|[\s({|])t\s+("(?:[^"\\]|\\.)*")`)
	quotation = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

func chinese(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// Each sentence of the pages has its English, and each English line is said somewhere. A sentence is what {{t "…"}} says in a
// template and any Chinese text in the room's Go code: code that speaks to people speaks through t.
func TestEverySentenceHasItsEnglish(t *testing.T) {
	en, err := readWords("en")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string][]string{}
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range actions.FindAllString(string(raw), -1) {
			if strings.HasPrefix(a, "{{/*") || strings.HasPrefix(a, "{{- /*") {
				continue
			}
			for _, m := range sentence.FindAllStringSubmatch(a, -1) {
				s, err := strconv.Unquote(m[1])
				if err != nil {
					t.Fatalf("%s: %s: %v", name, m[1], err)
				}
				said[s] = append(said[s], name)
			}
			for _, q := range quotation.FindAllString(a, -1) {
				s, err := strconv.Unquote(q)
				if err != nil {
					t.Fatalf("%s: %s: %v", name, q, err)
				}
				if _, ok := said[s]; !ok && chinese(s) {
					said[s] = append(said[s], name)
				}
			}
		}
		bare := actions.ReplaceAllString(string(raw), "")
		for _, line := range strings.Split(bare, "\n") {
			if chinese(strings.ReplaceAll(line, "中文", "")) {
				t.Errorf("%s has Chinese outside {{t}}: %s", name, strings.TrimSpace(line))
			}
		}
	}
	for name, list := range sentencesInCode(t) {
		for _, s := range list {
			said[s] = append(said[s], name)
		}
	}
	for s, where := range said {
		if _, ok := en[s]; !ok && chinese(s) {
			t.Errorf("%s: no English for %q", where[0], s)
		}
	}
	for zh, text := range en {
		if _, ok := said[zh]; !ok {
			t.Errorf("nobody says %q", zh)
		}
		if chinese(text) {
			t.Errorf("the English of %q has Chinese: %q", zh, text)
		}
		for i := range 9 {
			mark := "{" + strconv.Itoa(i) + "}"
			if strings.Contains(zh, mark) != strings.Contains(text, mark) {
				t.Errorf("%q and %q do not both hold %s", zh, text, mark)
			}
		}
	}
}

// notSpoken are Chinese texts in code that are data, not sentences of a page.
var notSpoken = []string{"中文", "、"}

func sentencesInCode(t *testing.T) map[string][]string {
	t.Helper()
	list := map[string][]string{}
	all, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			l, ok := n.(*ast.BasicLit)
			if !ok || l.Kind != token.STRING {
				return true
			}
			s, err := strconv.Unquote(l.Value)
			if err == nil && chinese(s) && !slices.Contains(notSpoken, s) {
				list[e.Name()] = append(list[e.Name()], s)
			}
			return true
		})
	}
	return list
}
