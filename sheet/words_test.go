package sheet

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"mulu"
)

// codesInSource finds every code that this room's source gives to a problem or a note: the argument behind its place in the
// functions that take one, the field Code, the flaws of cells.
func codesInSource(t *testing.T) map[string]string {
	t.Helper()
	at := map[string]int{"problem": 1, "problemAt": 3, "problemIn": 2, "note": 1, "trouble": 3, "needs": 2, "spot": 3}
	found := map[string]string{}
	files, err := os.ReadDir(".")
	must(t, err)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") || f.Name() == "template.go" {
			continue
		}
		set := gotoken.NewFileSet()
		parsed, err := parser.ParseFile(set, f.Name(), nil, 0)
		must(t, err)
		take := func(e ast.Expr) {
			ast.Inspect(e, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == gotoken.STRING {
					s, _ := strconv.Unquote(lit.Value)
					found[s] = set.Position(lit.Pos()).String()
				}
				return true
			})
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if sel, ok := n.Fun.(*ast.SelectorExpr); ok {
					if i, ok := at[sel.Sel.Name]; ok && i < len(n.Args) {
						take(n.Args[i])
					}
				}
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && (k.Name == "Code" || k.Name == "flaw" || k.Name == "trouble") {
					take(n.Value)
				}
			case *ast.AssignStmt:
				if sel, ok := n.Lhs[0].(*ast.SelectorExpr); ok && sel.Sel.Name == "Code" {
					take(n.Rhs[0])
				}
			case *ast.CompositeLit:
				if id, ok := n.Type.(*ast.Ident); ok && id.Name == "cell" && len(n.Elts) == 2 {
					if lit, ok := n.Elts[1].(*ast.BasicLit); ok {
						take(lit)
					}
				}
			case *ast.ReturnStmt:
				for _, r := range n.Results {
					if lit, ok := r.(*ast.BasicLit); ok && lit.Kind == gotoken.STRING && (f.Name() == "open.go" || f.Name() == "duties.go") {
						take(lit)
					}
				}
			}
			return true
		})
	}
	delete(found, "")
	delete(found, "credit_code_") // joined with the check that failed
	for _, check := range []string{"length", "alphabet", "organisation", "check"} {
		found["credit_code_"+check] = "orgs.go"
	}
	return found
}

func TestEveryProblemHasItsSentences(t *testing.T) {
	used := codesInSource(t)
	if len(used) < 60 {
		t.Fatalf("only %d codes found in the source", len(used))
	}
	for code, where := range used {
		if _, ok := problems[code]; !ok {
			t.Errorf("%s: %s has no sentences", where, code)
		}
	}
	for code, w := range problems {
		if used[code] == "" {
			t.Errorf("%s has sentences and is never used", code)
		}
		if w[0] == "" || w[1] == "" || (w[2] == "") != (w[3] == "") {
			t.Errorf("%s is not said in both languages", code)
		}
		for i, s := range w {
			if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) && i%2 == 1 {
				t.Errorf("%s has Chinese in its English: %s", code, s)
			}
		}
		places := regexp.MustCompile(`\{\d\}`)
		if zh, en := places.FindAllString(w[0]+w[2], -1), places.FindAllString(w[1]+w[3], -1); code != "twice" && !slices.Equal(sorted(zh), sorted(en)) {
			t.Errorf("%s: the languages use other values: %v, %v", code, zh, en)
		}
	}
	for key, w := range words {
		if w[0] == "" || w[1] == "" {
			t.Errorf("%s is not said in both languages", key)
		}
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

func TestEveryWrongThingCanBeMended(t *testing.T) {
	notes := []string{"column_unknown", "code_not_kept", "class_local", "format_derived", "fields_derived", "item_grades", "grade_default", "channel_default",
		"words_left_out", "words_joined", "entry_not_linked"}
	for code, w := range problems {
		if w[2] == "" && !slices.Contains(notes, code) {
			t.Errorf("%s does not say what to do", code)
		}
	}
}

func TestSayingValues(t *testing.T) {
	p := Problem{File: "a.xlsx", Sheet: "目录", Row: 7, Column: "数据类型", Code: "not_in_list", Args: []string{"@col.entries.type", "{0}@list.type", "@list.sharing"}}
	if got := p.Where("zh") + p.Text("zh") + p.Mend("zh"); got != "a.xlsx 工作表“目录” 第 7 行 “数据类型”列：“数据类型”的取值“{0}@list.type”不在代码表中。可选：无条件共享、有条件共享、不予共享。" {
		t.Error(got)
	}
	if got := p.English(); got != "a.xlsx, sheet “目录”, row 7, column “数据类型”: Type: the value {0}@list.type is not in the code list. One of: unconditional, conditional, not shared." {
		t.Error(got)
	}
	// A value that looks like a key and is none is said as it stands.
	if got := fill("{0} {1} {9} {", "zh", []string{"@nobody", "@col.entries.nothing"}); got != "@nobody @col.entries.nothing {9} {" {
		t.Error(got)
	}
	if (&Problem{Code: "unheard"}).Text("zh") != "unheard" {
		t.Error("a code without sentences is not said by itself")
	}
}

func TestFileNames(t *testing.T) {
	if got := FileName(Entries, "zh", "区教委/a:b", "xlsx"); got != "数据目录-区教委_a_b.xlsx" {
		t.Error(got)
	}
	if got := FileName(Workbook, "en", "", "xlsx"); got != "five-sheet workbook.xlsx" {
		t.Error(got)
	}
}

func TestListsAreTheDomains(t *testing.T) {
	if got := len(offers("type", "zh")); got != len(mulu.ItemTypes) {
		t.Errorf("%d types offered", got)
	}
}
